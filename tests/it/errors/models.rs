//! Values of a project model that are not valid. The manifest of the user contains them, and pixi
//! passes them on.

use indoc::formatdoc;
use serde_json::{Value, json};

use super::packages::mistake;
use test_support::manifest::initialize;
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::render_error::render_error;
use test_support::requests::Outputs;

/// Returns the error about a model. `manifest` is the part of the manifest that it comes from.
fn model(manifest: &str, members: Value) -> String {
    let project = Project::hello().pixi_toml(&formatdoc!(
        r#"
            [package]
            name = "hello"
            version = "0.3.1"

            {manifest}
        "#
    ));
    let params = initialize(&project).model(members);
    mistake(&project, &params)
}

/// Returns the error about a dependency of the default target.
fn dependency(table: &str, manifest: &str, dependency: Value) -> String {
    let (name, spec) = manifest.split_once(" = ").expect("a key and a value");
    let written = match table {
        "buildDependencies" => "build-dependencies",
        "hostDependencies" => "host-dependencies",
        "runDependencies" => "run-dependencies",
        _ => "run-constraints",
    };
    let manifest = format!("[package.{written}]\n{name} = {spec}\n");
    let target = json!({table: {name.trim_matches('"'): dependency}});
    model(&manifest, json!({"targets": {"defaultTarget": target}}))
}

/// Returns the error about variants.
fn variants(variants: Value) -> String {
    let project = Project::hello().pixi_toml("[package]\nname = \"hello\"\n");
    let mut pixi = Pixi::start();
    let params = initialize(&project);
    pixi.initialize(&params.dependency("hostDependencies", "zlib", "*"));
    let outputs = Outputs::new(&project.metadata_work("hello")).variants(variants);
    let error = pixi.request("conda/outputs", outputs.params());
    render_error(&project, &error.expect_err("the variants are wrong"))
}

#[test]
fn prefix_of_the_build_string_that_is_not_valid() {
    insta::assert_snapshot!(model(
        "[package.build]\nbuild-string-prefix = \"cuda 12\"",
        json!({"buildStringPrefix": "cuda 12"}),
    ));
}

#[test]
fn flag_of_the_package_that_is_not_valid() {
    insta::assert_snapshot!(model(
        "[package.build]\nflags = [\"GPU!\"]",
        json!({"buildFlags": ["GPU!"]}),
    ));
}

#[test]
fn name_of_a_dependency_that_is_not_valid() {
    let binary = json!({"binary": {"version": "*"}});
    insta::assert_snapshot!(dependency("hostDependencies", "\"my lib\" = \"*\"", binary));
}

#[test]
fn value_of_a_dependency_that_is_not_valid() {
    let binary = json!({"binary": {"version": ">=1,<"}});
    insta::assert_snapshot!(dependency("hostDependencies", "zlib = \">=1,<\"", binary));
}

#[test]
fn pin_in_the_build_environment() {
    let pin = json!({"pinCompatible": {"lowerBound": {"expression": "x"}}});
    insta::assert_snapshot!(dependency(
        "buildDependencies",
        "zlib = { pin-compatible = true }",
        pin
    ));
}

#[test]
fn pin_subpackage_of_another_package() {
    let pin = json!({"pinSubpackage": {"lowerBound": {"expression": "x"}}});
    insta::assert_snapshot!(dependency(
        "runDependencies",
        "zlib = { pin-subpackage = true }",
        pin
    ));
}

#[test]
fn exact_pin_with_a_build() {
    let pin = json!({"pinCompatible": {"exact": true, "build": "h1_0"}});
    insta::assert_snapshot!(dependency(
        "runDependencies",
        "zlib = { pin-compatible = { exact = true, build = \"h1_0\" } }",
        pin
    ));
}

#[test]
fn constraint_that_is_a_source() {
    let source = json!({"source": {"path": {"path": "../zlib"}}});
    insta::assert_snapshot!(dependency(
        "runConstraints",
        "zlib = { path = \"../zlib\" }",
        source
    ));
}

#[test]
fn variant_that_is_not_a_version() {
    insta::assert_snapshot!(variants(json!({"zlib": [">=1,<"]})));
}

#[test]
fn variant_with_two_spellings() {
    insta::assert_snapshot!(variants(json!({"my-lib": ["1"], "my_lib": ["2"]})));
}
