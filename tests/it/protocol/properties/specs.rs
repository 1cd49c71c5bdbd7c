//! The backend returns dependencies as it received them.

use pixi_build_backends::protocol::spec::{
    BinarySpec, Condition, MatchSpec, NamedSpec, PackageSpec,
};
use pixi_build_backends::recipe::spec::{from_match_spec, to_match_spec};
use proptest::option::of;
use proptest::prelude::*;
use rattler_conda_types::{PackageName, ParseStrictness, VersionSpec};
use serde_json::{Value, json};

fn version() -> impl Strategy<Value = String> {
    "[0-9]{1,2}(\\.[0-9]{1,3}){0,3}(rc[0-9])?"
}

/// Version specs as pixi writes them, without spaces.
fn version_spec() -> impl Strategy<Value = String> {
    let operator = prop_oneof![
        Just(">="),
        Just("<="),
        Just(">"),
        Just("<"),
        Just("!="),
        Just("==")
    ];
    let simple = prop_oneof![
        (operator, version()).prop_map(|(operator, version)| format!("{operator}{version}")),
        version().prop_map(|version| format!("{version}.*")),
        "[0-9]{1,2}\\.[0-9]{1,3}".prop_map(|version| format!("~={version}")),
    ];
    let and = proptest::collection::vec(simple, 1..4).prop_map(|specs| specs.join(","));
    proptest::collection::vec(and, 1..3).prop_map(|specs| specs.join("|"))
}

fn condition() -> impl Strategy<Value = Condition> {
    let spec = ("[a-z_]{1,8}", of(version_spec())).prop_map(|(name, version)| {
        Condition::MatchSpec(Box::new(MatchSpec {
            name,
            version: version.map(canonical),
            ..Default::default()
        }))
    });
    spec.prop_recursive(3, 8, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Condition::And(a.into(), b.into())),
            (inner.clone(), inner).prop_map(|(a, b)| Condition::Or(a.into(), b.into())),
        ]
    })
}

/// Returns a version spec as rattler prints it.
fn canonical(spec: String) -> String {
    let read = VersionSpec::from_str(&spec, ParseStrictness::Lenient);
    read.expect("a version spec").to_string()
}

prop_compose! {
    fn binary()(
        version in of(version_spec()),
        build in of(prop_oneof![Just("h*_1".to_owned()), Just("py_0".to_owned()), Just("^a.*b$".to_owned())]),
        build_number in of("(>=|>|<|<=|!=|==)(0|[1-9][0-9]{0,2})"),
        extras in of(proptest::collection::vec("[a-z]{1,5}", 1..3)),
        channel in of(prop_oneof![
            Just("https://conda.example/forge/".to_owned()),
            Just("https://conda.example/t/token/forge/".to_owned()),
        ]),
        subdir in of(Just("linux-64".to_owned())),
        sha256 in of("[0-9a-f]{64}"),
        md5 in of("[0-9a-f]{32}"),
        url in of(Just("https://conda.example/forge/linux-64/a-1-0.conda".to_owned())),
        license in of(Just("MIT".to_owned())),
        condition in of(condition()),
    ) -> BinarySpec {
        BinarySpec {
            version, build, build_number, file_name: None, extras, flags: None, channel, subdir,
            md5, sha256, url, license, condition,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_version_spec_means_the_same_after_the_round_trip(spec in version_spec()) {
        let again = canonical(spec.clone());
        let read = |text: &str| VersionSpec::from_str(text, ParseStrictness::Strict);
        prop_assert_eq!(read(&again), VersionSpec::from_str(&spec, ParseStrictness::Lenient));
        prop_assert!(!again.contains(' '), "{}", again);
        prop_assert_eq!(canonical(again.clone()), again);
    }

    #[test]
    fn a_spec_survives_the_round_trip(stated in binary()) {
        let name: PackageName = "dep".parse().expect("a name");
        let spec = to_match_spec(&name, &stated).expect("it can be read");
        let again = from_match_spec(&spec).expect("it can be written");
        let expected = BinarySpec { version: stated.version.clone().map(canonical), ..stated };
        prop_assert_eq!(again, expected);
    }

    #[test]
    fn the_wire_form_of_a_spec_survives_the_round_trip(stated in binary()) {
        let named = NamedSpec { name: "dep".to_owned(), spec: PackageSpec::Binary(stated) };
        let text = serde_json::to_string(&named).expect("it can be written");
        let again: NamedSpec = serde_json::from_str(&text).expect("it can be read");
        prop_assert_eq!(again, named);
    }
}

#[test]
fn any_version_alone_is_bare_and_beside_a_selector_it_is_kept() {
    let name: PackageName = "dep".parse().expect("a name");
    let version = |spec: Value| {
        let spec: BinarySpec = serde_json::from_value(spec).expect("it can be read");
        let spec = to_match_spec(&name, &spec).expect("it can be read");
        spec.version.map(|version| version.to_string())
    };
    assert_eq!(version(json!({"version": "*"})), None);
    assert_eq!(version(json!({"version": null})), None);
    assert_eq!(version(json!({"version": "*", "extras": ["a"]})), None);
    assert_eq!(
        version(json!({"version": "*", "build": "h*"})).as_deref(),
        Some("*")
    );
    assert_eq!(
        version(json!({"version": "*", "channel": "https://c.example/"})).as_deref(),
        Some("*")
    );
}

#[test]
fn objects_with_two_meanings_are_refused() {
    let refused = [
        json!({}),
        json!({"binary": {}, "source": {"path": {"path": "."}}}),
        json!({"source": {"path": {"path": "."}, "git": {"git": "https://g.example/x.git"}}}),
        json!({"source": {"version": "1"}}),
        json!({"pinSubpackage": {"lowerBound": {"expression": "x", "version": "1"}}}),
        json!({"binary": {"condition": {"And": [], "Or": []}}}),
    ];
    for spec in refused {
        let read: Result<PackageSpec, _> = serde_json::from_value(spec.clone());
        assert!(read.is_err(), "{spec}");
    }
    let null = json!({"binary": {"version": null}, "source": null, "pinCompatible": null});
    serde_json::from_value::<PackageSpec>(null).expect("`null` is missing");
}
