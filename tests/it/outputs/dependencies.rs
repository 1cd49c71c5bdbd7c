//! The backend returns the dependencies of every section without a change.

use indoc::indoc;
use serde_json::{Value, json};

use super::{Case, labeled, names};

fn any() -> Value {
    json!({"binary": {"version": "*"}})
}

/// Returns one run dependency as the backend sends it back.
#[track_caller]
fn returned(spec: Value) -> Value {
    let case = Case::with(json!({"runDependencies": {"dep": spec}}));
    let output = case.output("linux-64");
    let mut returned = output["runDependencies"]["depends"][0].clone();
    let name = returned
        .as_object_mut()
        .and_then(|members| members.remove("name"));
    assert_eq!(name, Some(json!("dep")));
    returned
}

#[test]
fn every_selector_of_a_binary_dependency_comes_back() {
    let condition = json!({"Or": [
        {"MatchSpec": {"name": "python", "version": ">=3.10", "channel": {"base_url": "https://c.example/x"}}},
        {"And": [{"MatchSpec": {"name": "__unix"}}, {"MatchSpec": {"name": "__cuda", "build_number": ">=1"}}]},
    ]});
    let spec = json!({"binary": {
        "version": ">=1.2,<2|3.*", "build": "py*_1", "buildNumber": ">=3", "fileName": "dep-1-0.conda",
        "extras": ["cli", "all"], "flags": ["tls:*"], "channel": "https://c.example/forge/", "subdir": "linux-64",
        "md5": "0123456789abcdef0123456789abcdef",
        "sha256": "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
        "license": "MIT", "condition": condition,
    }});
    assert_eq!(returned(spec.clone()), spec);
    let url = json!({"binary": {"url": "https://c.example/forge/linux-64/dep-1-0.conda"}});
    assert_eq!(returned(url.clone()), url);
}

#[test]
fn channels_come_back_in_the_form_they_were_sent() {
    for channel in [
        "https://c.example/forge/",
        "https://c.example/forge",
        "https://c.example/forge/noarch",
        "https://c.example/t/token/forge/",
        "file:///srv/channel/",
        "https://C.example:443/Forge/",
    ] {
        let spec = json!({"binary": {"version": ">=1", "channel": channel}});
        assert_eq!(returned(spec.clone()), spec);
    }
}

#[test]
fn versions_are_written_in_full() {
    for (stated, written) in [
        ("1.2.3", "==1.2.3"),
        ("==1.2.3", "==1.2.3"),
        ("=1.2", "1.2.*"),
        ("1.2.*", "1.2.*"),
        (">=1,<2", ">=1,<2"),
        ("1.2.*|1.4.*", "1.2.*|1.4.*"),
        ("~=1.4.2", "~=1.4.2"),
        ("!=1.3", "!=1.3"),
        ("(>=1,<2)|>3", ">=1,<2|>3"),
    ] {
        let spec = returned(json!({"binary": {"version": stated}}));
        assert_eq!(spec, json!({"binary": {"version": written}}), "{stated}");
    }
    assert_eq!(returned(any()), json!({"binary": {}}));
    let narrowed = json!({"binary": {"version": "*", "build": "h*"}});
    assert_eq!(returned(narrowed.clone()), narrowed);
}

#[test]
fn sources_come_back_with_their_selectors() {
    let git = json!({"source": {
        "git": {"git": "https://g.example/x.git", "rev": {"rev": "0123abc"}, "subdirectory": "a/b", "lfs": false},
        "version": ">=1.2", "build": "h*", "buildNumber": ">=1", "subdir": "linux-64", "license": "MIT",
        "extras": ["cli"], "flags": ["fast"], "condition": {"MatchSpec": {"name": "__unix"}},
    }});
    assert_eq!(returned(git.clone()), git);
    for rev in [
        json!({"branch": "b"}),
        json!({"tag": "t"}),
        json!("defaultBranch"),
        Value::Null,
    ] {
        let git = json!({"source": {
            "git": {"git": "https://g.example/x.git", "rev": rev, "subdirectory": null},
        }});
        assert_eq!(returned(git.clone()), git);
    }
    let url = json!({"source": {"url": {
        "url": "https://d.example/x.tar.gz", "md5": null, "sha256": null, "subdirectory": "x",
    }}});
    assert_eq!(returned(url.clone()), url);
    // API 3 wrote these tags with capitals. A source without a tag has the same form in all
    // versions.
    let path = json!({"source": {"path": {"path": "../a b"}, "version": null}});
    assert_eq!(
        returned(path),
        json!({"source": {"path": {"path": "../a b"}}})
    );
}

#[test]
fn compatible_pins_come_back_as_they_are() {
    for pin in [
        json!({}),
        json!({"exact": true}),
        json!({"lowerBound": {"expression": "x.x.x.x.x.x"}, "upperBound": {"expression": "x"}}),
        json!({"lowerBound": {"version": "1.02"}, "upperBound": {"version": "2.0.1"}, "build": "h*"}),
        json!({"upperBound": {"expression": "x.x"}}),
    ] {
        let spec = json!({"pinCompatible": pin});
        assert_eq!(returned(spec.clone()), spec);
    }
}

#[test]
fn a_package_that_names_itself_means_its_source_except_in_constraints() {
    let own = json!({"binary": {"version": ">=1", "channel": "https://c.example/"}});
    let case = Case::with(json!({
        "buildDependencies": {"Demo": own}, "hostDependencies": {"demo": own},
        "runDependencies": {"demo": own}, "runConstraints": {"demo": own},
        "extraDependencies": {"all": {"demo": own}},
        "runExports": {"weak": {"demo": own}, "strong": {"demo": any()}, "noarch": {"demo": own},
                       "weakConstraints": {"demo": own}, "strongConstraints": {"demo": own}},
    }));
    let output = case.output("linux-64");
    let source = json!({"name": "demo", "source": {"path": {"path": "."}, "version": ">=1"}});
    let mut capital = source.clone();
    capital["name"] = json!("Demo");
    let mut binary = own.clone();
    binary["name"] = json!("demo");
    assert_eq!(output["buildDependencies"]["depends"][0], capital);
    assert_eq!(output["hostDependencies"]["depends"], json!([source]));
    assert_eq!(
        output["runDependencies"],
        json!({"depends": [source], "constraints": [binary]})
    );
    assert_eq!(output["extraDependencies"], json!({"all": [source]}));
    assert_eq!(
        output["runExports"],
        json!({
            "weak": [source], "strong": [{"name": "demo", "source": {"path": {"path": "."}}}],
            "noarch": [source], "weakConstrains": [binary], "strongConstrains": [binary],
        })
    );
}

#[test]
fn pins_to_the_package_itself_are_resolved() {
    let pin = |pin: Value| {
        let table = json!({"demo": {"pinSubpackage": pin}});
        let case = Case::with(json!({
            "runExports": {"weak": table}, "runConstraints": table,
        }));
        let output = case.output("linux-64");
        let mut source = output["runExports"]["weak"][0]["source"].clone();
        let limit = &output["runDependencies"]["constraints"][0]["binary"];
        let path = source
            .as_object_mut()
            .and_then(|members| members.remove("path"));
        assert_eq!(path, Some(json!({"path": "."})));
        assert_eq!(source, *limit);
        source
    };
    let expression = |text: &str| json!({"expression": text});
    assert_eq!(
        pin(json!({"lowerBound": expression("x.x"), "upperBound": expression("x.x")})),
        json!({"version": ">=1.2,<1.3.0a0"})
    );
    assert_eq!(
        pin(json!({"lowerBound": expression("x.x.x.x.x.x"), "upperBound": expression("x")})),
        json!({"version": ">=1.2.3,<2.0a0"})
    );
    assert_eq!(
        pin(json!({"lowerBound": {"version": "1.1"}, "upperBound": {"version": "4"}})),
        json!({"version": ">=1.1,<4"})
    );
    assert_eq!(
        pin(json!({"upperBound": expression("x")})),
        json!({"version": "<2.0a0"})
    );
    assert_eq!(
        pin(json!({"exact": true})),
        json!({"version": "==1.2.3", "build": "hb0f4dca_0"})
    );
    assert_eq!(
        pin(json!({"lowerBound": expression("x"), "build": "h*"})),
        json!({"version": ">=1", "build": "h*"})
    );
    assert_eq!(pin(json!({})), json!({}));
}

#[test]
fn groups_of_extra_dependencies_are_put_together_from_all_conditions() {
    let case = Case::new().targets(json!({
        "defaultTarget": {"extraDependencies": {"b": {"one": any()}, "a": {"two": any()}}},
        "conditional": {
            "linux": {"extraDependencies": {"b": {"three": any()}}},
            "win": {"extraDependencies": {"b": {"four": any()}, "c": {"five": any()}}},
        },
    }));
    let output = case.output("linux-64");
    let extras = &output["extraDependencies"];
    assert_eq!(names(&extras["b"]), ["one", "three"]);
    assert_eq!(names(&extras["a"]), ["two"]);
}

#[test]
fn what_cannot_be_a_dependency_is_refused_with_its_name() {
    let pin = json!({"pinCompatible": {"lowerBound": {"expression": "x"}}});
    let source = json!({"source": {"path": {"path": "../x"}}});
    let refused = [
        (
            json!({"buildDependencies": {"dep": pin}}),
            "pin specs are not supported in build dependencies: `dep`",
        ),
        (
            json!({"extraDependencies": {"all": {"dep": pin}}}),
            "pin specs are not supported in extra dependencies: `dep`",
        ),
        (
            json!({"runConstraints": {"dep": source}}),
            "the run constraint `dep` cannot be a source",
        ),
        (
            json!({"runExports": {"weakConstraints": {"dep": source}}}),
            "the run constraint `dep` cannot be a source",
        ),
        (
            json!({"runDependencies": {"dep": {"pinSubpackage": {}}}}),
            "`pin-subpackage` must name the package itself, `demo`, not `dep`",
        ),
        (
            json!({"runDependencies": {"dep": {"pinCompatible": {"exact": true, "build": "h*"}}}}),
            "invalid dependency `dep`: `exact` and `build` cannot be combined in a pin",
        ),
        (
            json!({"runDependencies": {"dep": {"pinCompatible": {"lowerBound": {"expression": "x..x"}}}}}),
            "the dependency `dep` has an invalid lower bound `x..x`: expressions look like `x.x`, one `x` for each part of the version",
        ),
    ];
    for (tables, message) in refused {
        assert_eq!(Case::with(tables).error()["message"], message);
    }
    for (selector, value) in [
        ("version", ">=<"),
        ("build", "^(.*$"),
        ("buildNumber", "many"),
        ("md5", "12"),
        ("sha256", "xy"),
        ("url", "no url"),
        ("channel", "no url"),
    ] {
        let tables = json!({"hostDependencies": {"dep": {"binary": {selector: value}}}});
        let message = Case::with(tables).error()["message"].to_string();
        assert!(
            message.contains("`dep`") && message.contains(value),
            "{message}"
        );
    }
}

#[test]
fn a_misplaced_pin_is_shown_where_it_stands() {
    let pin = json!({"pinCompatible": {"lowerBound": {"expression": "x"}}});
    let case = Case::with(json!({"buildDependencies": {"dep": pin}})).file(
        "pixi.toml",
        indoc! {r#"
            [package]
            name = "demo"

            [package.build-dependencies]
            dep = { pin-compatible = true }
        "#},
    );
    assert_eq!(labeled(&case.error()), "dep");
}
