//! Warnings, in the form that a user sees. Those of the examples and vectors are tested
//! there.

use super::{BACKEND, Tree, WORKSPACE};

#[test]
fn old_names_are_deprecated() {
    insta::assert_snapshot!(
        Tree::package(
            "[package.build]\nconfiguration = { a = 1 }\nchannels = [\"x\"]\nadditional-dependencies = { y = \"*\" }\n\
             [package.build.target.linux]\nconfiguration = { a = 2 }"
        )
        .warnings()
    );
}

#[test]
fn old_targets_are_part_of_the_configuration() {
    let tree = Tree::package("[package.build.config.targets.linux-64]\na = 1");
    assert_eq!(
        tree.load().configuration.unwrap().to_string(),
        r#"{"targets":{"linux-64":{"a":1}}}"#
    );
    insta::assert_snapshot!(tree.warnings());
}

#[test]
fn targets_of_cmake_are_an_option() {
    let tree = Tree::package("[package.build.config]\ntargets = [\"app\"]");
    let configuration = tree.load().configuration.expect("the table has an option");
    assert_eq!(configuration.to_string(), r#"{"targets":["app"]}"#);
    assert_eq!(tree.warnings(), "");
}

#[test]
fn other_names_for_windows_never_apply() {
    insta::assert_snapshot!(
        Tree::package("[package.build.target.windows.config]\na = 1").warnings()
    );
}

#[test]
fn word_is_not_a_pin_expression() {
    insta::assert_snapshot!(
        Tree::package(
            "[package.run-dependencies]\na = { pin-compatible = { upper-bound = \"y.y\" } }"
        )
        .warnings()
    );
}

#[test]
fn word_is_no_request_for_a_version() {
    insta::assert_snapshot!(Tree::package("[package]\nversion = \"dynamic\"").warnings());
}

#[test]
fn subdirectory_needs_a_checkout() {
    insta::assert_snapshot!(
        Tree::package("[package.run-dependencies]\na = { path = \"a\", subdirectory = \"b\" }")
            .warnings()
    );
}

#[test]
fn license_file_that_does_not_exist_is_not_inherited() {
    insta::assert_snapshot!(Tree::package("[package]\nlicense-file.workspace = true").warnings());
}

#[test]
fn version_of_the_workspace_is_warned_of_once_at_its_place() {
    let text = format!(
        "{WORKSPACE}[workspace.dependencies]\na = \"1.2\"\n{BACKEND}\
         [package.host-dependencies]\na.workspace = true\n[package.run-dependencies]\na.workspace = true\n"
    );
    insta::assert_snapshot!(Tree::new().file("ws/pixi.toml", &text).at("ws").warnings());
}

#[test]
fn osx_and_macos_variants_replace_each_other() {
    let text = format!(
        "{WORKSPACE}[workspace.target.osx.build-variants]\na = [\"1\"]\nb = [\"1\"]\n\
         [workspace.target.macos.build-variants]\na = [\"2\"]\n{BACKEND}"
    );
    let tree = Tree::new()
        .file("ws/pixi.toml", &text)
        .at("ws")
        .host("osx-64");
    assert_eq!(tree.variants()["a"], serde_json::json!(["2"]));
    assert!(tree.variants().get("b").is_none());
    insta::assert_snapshot!(tree.warnings());
}
