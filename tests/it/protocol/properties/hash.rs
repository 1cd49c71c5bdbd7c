//! The hash in the build string, against Python's `json.dumps`.

use std::collections::BTreeMap;
use std::fmt::Write;

use indoc::indoc;
use proptest::prelude::*;
use rattler_build_jinja::Variable;
use rattler_build_recipe::stage1::{HashInfo, HashInput};
use rattler_build_types::NormalizedKey;
use rattler_conda_types::NoArchType;
use serde_json::{Value, json};

use crate::server::Server;
use test_support::project::Project;
use test_support::requests::{Initialize, Outputs};

fn variant(members: &Value) -> BTreeMap<NormalizedKey, Variable> {
    let variable = |value: &Value| match value {
        Value::String(text) => Variable::from(text.as_str()),
        Value::Bool(truth) => Variable::from(*truth),
        number => Variable::from(number.as_i64().expect("variants have no fractions")),
    };
    let members = members.as_object().expect("a variant is an object");
    members
        .iter()
        .map(|(key, value)| (key.as_str().into(), variable(value)))
        .collect()
}

/// `json.dumps(members, sort_keys=True, ensure_ascii=False)`, written from
/// Python's documentation.
fn dumps(members: &Value) -> String {
    let members = members.as_object().expect("a variant is an object");
    let sorted: BTreeMap<&String, &Value> = members.iter().collect();
    let members = sorted.into_iter().map(|(key, value)| {
        let value = match value {
            Value::String(text) => quoted(text),
            other => other.to_string(),
        };
        format!("{}: {value}", quoted(key))
    });
    format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for sign in text.chars() {
        match sign {
            '"' | '\\' => out.extend(['\\', sign]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\0'..' ' => write!(out, "\\u{:04x}", u32::from(sign)).expect("a string grows"),
            sign => out.push(sign),
        }
    }
    out + "\""
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<String>().prop_map(Value::from),
        "[ -~]{0,12}".prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
    ]
}

proptest! {
    #[test]
    fn the_text_that_is_hashed_is_pythons(
        members in proptest::collection::btree_map("[a-z][a-z0-9_]{0,8}", value(), 0..6)
    ) {
        let members = json!(members);
        let text = HashInput::from_variant(&variant(&members));
        prop_assert_eq!(text.as_str(), dumps(&members));
    }
}

#[test]
fn known_variants_have_known_hashes() {
    let known = [
        (json!({"target_platform": "linux-64"}), "hb0f4dca"),
        (json!({"target_platform": "osx-arm64"}), "h60d57d3"),
        (json!({"target_platform": "noarch"}), "h4616a5c"),
        (
            json!({"c_compiler": "vs2022", "target_platform": "win-64"}),
            "he01afda",
        ),
        (
            json!({"c_stdlib": "sysroot", "c_stdlib_version": "2.28", "target_platform": "linux-64"}),
            "ha35fb5c",
        ),
        (
            json!({"c_stdlib": "sysroot", "c_stdlib_version": "2.17", "target_platform": "linux-64"}),
            "h41f06ac",
        ),
        (
            json!({
                "c_stdlib": "macosx_deployment_target", "c_stdlib_version": "13.0",
                "target_platform": "osx-arm64",
            }),
            "hea27dcd",
        ),
        (
            json!({
                "c_stdlib": "sysroot", "c_stdlib_version": "2.28", "python": "3.12",
                "target_platform": "linux-64",
            }),
            "py312h2e77849",
        ),
    ];
    for (members, expected) in known {
        let hash = HashInfo::from_variant(&variant(&members), &NoArchType::none());
        assert_eq!(hash.to_string(), expected, "{members}");
    }
}

/// The build strings for a platform, a build string prefix and variants.
fn builds(platform: &str, prefix: Value, variants: Value) -> Vec<String> {
    let project = Project::new().file(
        "Cargo.toml",
        indoc! {r#"
            [package]
            name = "demo"
            version = "1.0.0"
        "#},
    );
    let initialize = Initialize::of(&project)
        .model(json!({"buildStringPrefix": prefix}))
        .dependency("hostDependencies", "python", "*");
    let server = Server::initialized(initialize.params());
    let outputs = Outputs::new(&project.metadata_work("demo"))
        .host_platform(platform)
        .variants(variants);
    let outputs = server.outputs(outputs.params());
    let build = |output: &Value| output["metadata"]["build"].as_str().map(str::to_owned);
    outputs.iter().filter_map(build).collect()
}

#[test]
fn build_strings_are_made_from_used_variants() {
    let glibc = json!({"c_stdlib": ["sysroot"], "c_stdlib_version": ["2.28"]});
    let macos = json!({"c_stdlib": ["macosx_deployment_target"], "c_stdlib_version": ["13.0"]});
    let mut python = glibc.clone();
    python["python"] = json!(["3.12"]);
    let unused = json!({"perl": ["5.32"], "numpy": ["2"]});

    assert_eq!(builds("linux-64", Value::Null, json!({})), ["hb0f4dca_0"]);
    assert_eq!(builds("linux-64", Value::Null, unused), ["hb0f4dca_0"]);
    assert_eq!(builds("osx-arm64", Value::Null, json!({})), ["h60d57d3_0"]);
    assert_eq!(builds("win-64", Value::Null, json!({})), ["he01afda_0"]);
    assert_eq!(builds("osx-arm64", Value::Null, macos), ["hea27dcd_0"]);
    assert_eq!(
        builds("linux-64", json!("cuda"), glibc),
        ["cuda_ha35fb5c_0"]
    );
    assert_eq!(
        builds("linux-64", Value::Null, python.clone()),
        ["py312h2e77849_0"]
    );
    assert_eq!(
        builds("linux-64", json!("cuda"), python),
        ["cuda_py312h2e77849_0"]
    );
}
