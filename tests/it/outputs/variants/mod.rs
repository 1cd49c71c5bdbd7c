//! Variants: the sources of their values, the outputs that they define, and that each output
//! can be found again by its variant alone.

mod files;
mod usage;

use indoc::indoc;
use pixi_build_backends::backend::Env;
use pixi_build_backends::backends::cargo::Cargo;
use pixi_build_backends::engine::Session;
use serde_json::{Value, json};

use crate::protocol::properties::describe_then_build_agrees;
use crate::server::Server;
use test_support::project::Project;
use test_support::requests::{Initialize, Outputs};

/// A crate with variants.
struct Case {
    project: Project,
    initialize: Initialize,
    files: Vec<std::path::PathBuf>,
    host: &'static str,
}

impl Case {
    /// A package `demo` with these host dependencies, which have no version.
    fn new(bare: &[&str]) -> Self {
        let project = Project::new().file(
            "Cargo.toml",
            indoc! {r#"
                [package]
                name = "demo"
                version = "1.2.3"
            "#},
        );
        let mut initialize = Initialize::of(&project).package("demo", "1.2.3");
        for name in bare {
            initialize = initialize.dependency("hostDependencies", name, "*");
        }
        Self {
            project,
            initialize,
            files: Vec::new(),
            host: "linux-64",
        }
    }

    /// Adds a run dependency under a condition.
    fn when(mut self, condition: &str, name: &str) -> Self {
        let dependency = json!({"binary": {"version": "*"}});
        self.initialize = self.initialize.model(json!({"targets": {"conditional": {
            condition: {"runDependencies": {name: dependency}},
        }}}));
        self
    }

    /// Adds a variant file.
    fn file(mut self, name: &str, text: &str) -> Self {
        self.project.write(name, text);
        self.files.push(self.project.dir().join(name));
        self
    }

    fn host(mut self, host: &'static str) -> Self {
        self.host = host;
        self
    }

    fn request(&self, variants: Value) -> Value {
        Outputs::new(&self.project.metadata_work("demo"))
            .host_platform(self.host)
            .set("buildPlatform", json!("linux-64"))
            .set("variantFiles", json!(self.files))
            .variants(variants)
            .params()
    }

    /// Returns every output, and asserts that a build finds each of them again.
    #[track_caller]
    fn outputs(&self, variants: Value) -> Vec<Value> {
        let params = self.request(variants);
        let request = serde_json::from_value(params.clone()).expect("own request");
        describe_then_build_agrees(&self.session(), request);
        Server::initialized(self.initialize.params()).outputs(params)
    }

    fn session(&self) -> Session {
        let initialize = serde_json::from_value(self.initialize.params());
        let session = Session::open(&Cargo, initialize.expect("own request"), Env::default());
        session.expect("the session can be opened")
    }

    /// Returns the variant of every output without its platform.
    #[track_caller]
    fn variants(&self, variants: Value) -> Value {
        let outputs = self.outputs(variants);
        let variants = outputs.iter().map(|output| {
            let mut variant = output["metadata"]["variant"].clone();
            let members = variant.as_object_mut().expect("a variant is an object");
            members.remove("target_platform");
            variant
        });
        variants.collect()
    }

    /// Returns the message of the error.
    #[track_caller]
    fn error(&self, variants: Value) -> String {
        let server = Server::initialized(self.initialize.params());
        let error = server.outputs_error(self.request(variants));
        error["message"].as_str().expect("a message").to_owned()
    }
}

/// The version of one host dependency of each output.
fn versions(outputs: &[Value], name: &str) -> Vec<Value> {
    let version = |output: &Value| {
        let depends = output["hostDependencies"]["depends"].as_array();
        let mut depends = depends.expect("checked").iter();
        let found = depends.find(|dependency| dependency["name"] == name);
        found.expect("it is there")["binary"]["version"].clone()
    };
    outputs.iter().map(version).collect()
}

#[test]
fn bare_dependencies_are_pinned_and_make_one_output_per_value() {
    let case = Case::new(&["python", "zlib"]);
    let outputs = case.outputs(json!({"python": ["3.12", "3.13"], "unused": ["1", "2"]}));
    assert_eq!(versions(&outputs, "python"), ["3.12.*", "3.13.*"]);
    assert_eq!(versions(&outputs, "zlib"), [Value::Null, Value::Null]);
    assert_eq!(
        case.variants(json!({"python": ["3.12", "3.13"], "unused": ["1", "2"]})),
        json!([{"python": "3.12"}, {"python": "3.13"}])
    );
}

#[test]
fn values_are_prefixes_or_specs() {
    let case = Case::new(&["zlib"]);
    for (value, version, build) in [
        (json!("3.12"), "3.12.*", Value::Null),
        (json!(3), "3.*", Value::Null),
        (json!("<=2.28"), "<=2.28", Value::Null),
        (json!(">=3,<4"), ">=3,<4", Value::Null),
        (json!("3.12.* *_cpython"), "3.12.*", json!("*_cpython")),
    ] {
        let outputs = case.outputs(json!({"zlib": [value]}));
        let binary = &outputs[0]["hostDependencies"]["depends"][0]["binary"];
        assert_eq!(binary["version"], version);
        assert_eq!(binary["build"], build);
        assert_eq!(outputs[0]["metadata"]["variant"]["zlib"], value);
    }
    let error = case.error(json!({"zlib": [">=<"]}));
    assert!(
        error.starts_with("the variant `zlib` has the value `>=<`"),
        "{error}"
    );
}

#[test]
fn a_language_that_is_part_of_the_build_string_needs_one_version() {
    let error = Case::new(&["python"]).error(json!({"python": ["3.12", ">=3,<4"]}));
    assert!(
        error.starts_with("the variant `python` has the value `>=3,<4`, which cannot be part of"),
        "{error}"
    );
}

#[test]
fn names_and_keys_are_compared_without_regard_to_dashes_and_dots() {
    let case = Case::new(&["hello-lib", "ruamel.yaml"]);
    let variants = json!({"hello-lib": ["1.2.*"], "ruamel_yaml": ["0.18"]});
    let outputs = case.outputs(variants.clone());
    assert_eq!(versions(&outputs, "hello-lib"), ["1.2.*"]);
    assert_eq!(versions(&outputs, "ruamel.yaml"), ["0.18.*"]);
    assert_eq!(
        case.variants(variants),
        json!([{"hello_lib": "1.2.*", "ruamel_yaml": "0.18"}])
    );
}

#[test]
fn a_key_in_two_spellings_is_ambiguous() {
    let case = Case::new(&["hello-lib"]);
    assert_eq!(
        case.error(json!({"hello-lib": ["1"], "hello_lib": ["2", "3"]})),
        "the build variant `hello_lib` is ambiguous: it is set as `hello-lib` (1) and `hello_lib` (2, 3)"
    );
    let same = json!({"hello-lib": ["1"], "hello.lib": ["1"]});
    assert_eq!(case.variants(same), json!([{"hello_lib": "1"}]));
}

#[test]
fn integers_and_booleans_stay_what_they_are() {
    let case = Case::new(&[]).when("with_gui and level > 1", "gui");
    let variants = case.variants(json!({"with_gui": [true, false], "level": [1, 2]}));
    // Where `with_gui` is false, `level` has no effect.
    assert_eq!(
        variants,
        json!([{"with_gui": false}, {"level": 1, "with_gui": true}, {"level": 2, "with_gui": true}])
    );
    let unicode = Case::new(&[]).when("label == 'ü'", "x");
    assert_eq!(
        unicode.variants(json!({"label": ["ü", "\u{1f600}\"\\"]})),
        json!([{"label": "ü"}, {"label": "\u{1f600}\"\\"}])
    );
}

#[test]
fn fractions_and_other_values_are_refused() {
    let case = Case::new(&["python"]);
    let error = case.error(json!({"python": [3.12]}));
    assert!(error.contains("write it as the string \"3.12\""), "{error}");
    for value in [
        json!(null),
        json!(["3.12"]),
        json!({"a": 1}),
        json!(18_446_744_073_709_551_615_u64),
    ] {
        let error = case.error(json!({"python": [value]}));
        assert!(
            error.contains("a string, an integer or a boolean as the value of a variant"),
            "{error}"
        );
    }
}

#[test]
fn duplicates_collapse() {
    let case = Case::new(&["python"]);
    let variants = json!({"python": ["3.12", "3.12"], "c_stdlib": ["sysroot", "sysroot"]});
    assert_eq!(
        case.variants(variants),
        json!([{"c_stdlib": "sysroot", "python": "3.12"}])
    );
}

#[test]
fn a_key_without_values_is_a_key_that_nobody_set() {
    let case = Case::new(&["python"]);
    assert_eq!(case.variants(json!({"python": []})), json!([{}]));
}
