//! Mistakes in recipes, as pixi shows them.

use serde_json::json;

use super::{build_error, describe, describe_with, project};
use test_support::project::Project;
use test_support::render_error::render_error;
use test_support::requests::Initialize;

fn error(recipe: &str) -> String {
    let project = project(recipe);
    let error = describe(&project, "linux-64", json!({})).expect_err("it has a mistake");
    render_error(&project, &error)
}

#[test]
fn an_unknown_key_below_text_of_other_scripts() {
    insta::assert_snapshot!(error(
        "# ä 🧪 日本語\npackage: {name: foobar, version: 0.1.0}\nrequirements:\n  hots: [🧪]\n"
    ));
}

#[test]
fn a_key_that_belongs_elsewhere() {
    insta::assert_snapshot!(error(
        "package: {name: foobar, version: 0.1.0}\nbuild:\n  host: [a]\n"
    ));
}

#[test]
fn a_template_without_its_dollar_sign() {
    insta::assert_snapshot!(error(
        "# ä\ncontext: {v: 1.0}\npackage:\n  name: foobar\n  version: {{ v }}\n"
    ));
}

#[test]
fn a_name_that_is_nearly_one() {
    insta::assert_snapshot!(error(
        "# 🧪\ncontext: {versoin: 1.0}\npackage:\n  name: foobar\n  version: ${{ version }}\n"
    ));
}

#[test]
fn a_name_of_the_pinning_of_conda_forge() {
    insta::assert_snapshot!(error(
        "package: {name: foobar, version: 0.1.0}\nrequirements:\n  host:\n    - python ${{ python_min }}.*\n"
    ));
}

#[test]
fn a_standard_library_that_nobody_named() {
    insta::assert_snapshot!(error(
        "package: {name: foobar, version: 0.1.0}\nrequirements:\n  build:\n    - ${{ stdlib('c') }}\n"
    ));
}

#[test]
fn an_experimental_feature() {
    insta::assert_snapshot!(error(
        "package: {name: foobar, version: 0.1.0}\nbuild:\n  steps:\n    - run: make\n"
    ));
}

#[test]
fn a_pin_to_nothing() {
    insta::assert_snapshot!(error(
        "package: {name: foobar, version: 0.1.0}\nrequirements:\n  run:\n    - ${{ pin_subpackage('fobar') }}\n"
    ));
}

#[test]
fn outputs_that_wait_for_each_other() {
    insta::assert_snapshot!(error(
        "recipe: {name: x, version: 1}\noutputs:\n  - package: {name: one}\n    requirements: {host: [two]}\n  - package: {name: two}\n    requirements: {host: [one]}\n"
    ));
}

#[test]
fn a_version_with_a_dash() {
    insta::assert_snapshot!(error("package:\n  name: foobar\n  version: 1.0-3\n"));
}

#[test]
fn a_spec_that_means_nothing() {
    insta::assert_snapshot!(error(
        "package: {name: foobar, version: 0.1.0}\nrequirements:\n  run:\n    - numpy ><12 # ä\n"
    ));
}

#[test]
fn no_recipe_at_all() {
    let project = Project::of(super::BACKEND).pixi_toml("[package]\nname = \"foo\"\n");
    let error = describe(&project, "linux-64", json!({})).expect_err("there is no recipe");
    insta::assert_snapshot!(render_error(&project, &error));
}

#[test]
fn a_binary_dependency_in_the_manifest() {
    let project = project("package: {name: foobar, version: 0.1.0}\n").file(
        "pixi.toml",
        "[package.build.backend]\nname = \"pixi-build-rattler-build\"\n\n[package.host-dependencies.\"if(linux)\"]\nhatchling = \">=1\"\n",
    );
    let binary = json!({"hatchling": {"binary": {"version": ">=1"}}});
    let model = json!({"targets": {"conditional": {"linux": {"hostDependencies": binary}}}});
    let initialize = Initialize::of(&project).model(model);
    let error = describe_with(&project, &initialize, "linux-64", json!({}));
    insta::assert_snapshot!(render_error(
        &project,
        &error.expect_err("it belongs into the recipe")
    ));
}

#[test]
fn options_that_are_not_there() {
    let project = project("context: {version: 1}\npackage: {name: foobar, version: 0.1.0}\n").file(
        "pixi.toml",
        "[package.build]\nbackend.name = \"pixi-build-rattler-build\"\nconfig.context.versoin = \"2\"\n\n[package.build.target.linux.config]\nexperimental = true\n",
    );
    let initialize = Initialize::of(&project).configuration(json!({"context": {"versoin": "2"}}));
    let error = describe_with(&project, &initialize, "linux-64", json!({}));
    insta::assert_snapshot!(render_error(
        &project,
        &error.expect_err("the recipe has no such entry")
    ));
    let target = json!({"linux": {"experimental": true}});
    let initialize = Initialize::of(&project).target_configuration(target);
    let error = describe_with(&project, &initialize, "linux-64", json!({}));
    insta::assert_snapshot!(render_error(
        &project,
        &error.expect_err("it is for all targets")
    ));
}

#[test]
fn a_variant_file_that_is_none() {
    let project = project("package: {name: foobar, version: 0.1.0}\n");
    for text in ["# ä\npython: 3.8\n", "- a\n", "python: [3.8\n"] {
        project.write("variants.yaml", text);
        let error = describe(&project, "linux-64", json!({})).expect_err("it has a mistake");
        insta::assert_snapshot!(render_error(&project, &error));
    }
}

#[test]
fn a_script_that_fails_is_pointed_at() {
    let recipe = "# ä\npackage: {name: foobar, version: 0.1.0}\nbuild:\n  script:\n    - echo one\n    - no-such-program --flag\n    - echo two\n";
    let error = build_error(&project(recipe));
    let error = error.replace(env!("CARGO_MANIFEST_DIR"), "");
    assert!(error.contains("this command"), "{error}");
    assert!(error.contains("requirements: build"), "{error}");
}

#[test]
fn packages_that_must_not_be() {
    let links = "package: {name: foobar, version: 0.1.0}\nbuild:\n  noarch: generic\n  script: ln -s a $PREFIX/b; echo > $PREFIX/a\n";
    insta::assert_snapshot!(build_error(&project(links)));
    let contents = "package: {name: foobar, version: 0.1.0}\ntests:\n  - package_contents:\n      files: [share/x.txt]\n";
    insta::assert_snapshot!(build_error(&project(contents)));
    let license = "package: {name: foobar, version: 0.1.0}\nabout:\n  license_file: LICENCE.txt\n";
    insta::assert_snapshot!(build_error(&project(license)));
}
