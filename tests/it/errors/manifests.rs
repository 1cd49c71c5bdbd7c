//! Errors in `Cargo.toml`, and names and versions that no manifest contains.

use indoc::indoc;
use serde_json::json;

use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::render_error::render_error;
use test_support::requests::{Initialize, Outputs};

/// Returns the error when the package in `folder` is described.
fn mistake_in(project: &Project, params: &Initialize) -> String {
    let mut pixi = Pixi::start();
    pixi.initialize(params);
    let params = Outputs::new(&project.metadata_work("hello")).params();
    let error = pixi.request("conda/outputs", params);
    render_error(project, &error.expect_err("the manifest is wrong"))
}

fn mistake(project: &Project) -> String {
    mistake_in(project, &Initialize::of(project))
}

#[test]
fn cargo_toml_that_is_missing() {
    let project = Project::new().pixi_toml(indoc! {r#"
        [package]
        name = "hello"
        version = "0.3.1"
    "#});
    let params = Initialize::of(&project).package("hello", "0.3.1");
    insta::assert_snapshot!(mistake_in(&project, &params));
}

#[test]
fn cargo_toml_that_is_broken() {
    let project = Project::new().file(
        "Cargo.toml",
        indoc! {r#"
        [package]
        name = "hello"
        version = 0.1
    "#},
    );
    insta::assert_snapshot!(mistake(&project));
}

#[test]
fn cargo_toml_that_is_not_toml() {
    let project = Project::new().file(
        "Cargo.toml",
        indoc! {r#"
            [package]
            name = "hello
            version = "0.1.0"
        "#},
    );
    insta::assert_snapshot!(mistake(&project));
}

#[test]
fn cargo_toml_that_is_not_text() {
    let project = Project::new().file("Cargo.toml", b"[package]\nname = \"\xff\"\n");
    insta::assert_snapshot!(mistake(&project));
}

#[test]
fn version_that_is_not_semver() {
    let project = Project::new().file(
        "Cargo.toml",
        indoc! {r#"
            [package]
            name = "hello"
            version = "1.0"
        "#},
    );
    insta::assert_snapshot!(mistake(&project));
}

#[test]
fn name_and_version_that_are_missing() {
    let project = Project::hello().pixi_toml("[package]\n");
    let params = Initialize::of(&project).configuration(json!({"ignore-cargo-manifest": true}));
    insta::assert_snapshot!(mistake_in(&project, &params));
}

#[test]
fn version_that_is_missing() {
    let project = Project::hello().pixi_toml("[package]\nname = \"hello\"\n");
    let params = Initialize::of(&project)
        .model(json!({"name": "hello"}))
        .configuration(json!({"ignore-cargo-manifest": true}));
    insta::assert_snapshot!(mistake_in(&project, &params));
}

#[test]
fn value_the_workspace_does_not_have() {
    let project = Project::new()
        .file(
            "Cargo.toml",
            indoc! {r#"
                [workspace]
                members = ["app"]

                [workspace.package]
                edition = "2024"
            "#},
        )
        .file(
            "app/Cargo.toml",
            indoc! {r#"
                [package]
                name = "app"
                version.workspace = true
            "#},
        );
    let params = Initialize::member(&project, "app");
    insta::assert_snapshot!(mistake_in(&project, &params));
}

#[test]
fn values_the_workspace_does_not_have() {
    let project = Project::new()
        .file("Cargo.toml", "[workspace]\nmembers = [\"app\"]\n")
        .file(
            "app/Cargo.toml",
            indoc! {r#"
                [package]
                name = "app"
                version.workspace = true
                license.workspace = true
            "#},
        );
    let params = Initialize::member(&project, "app");
    insta::assert_snapshot!(mistake_in(&project, &params));
}

#[test]
fn value_inherited_without_a_workspace() {
    let project = Project::new().file(
        "Cargo.toml",
        indoc! {r#"
            [package]
            name = "app"
            version = { workspace = true }
        "#},
    );
    insta::assert_snapshot!(mistake(&project));
}

#[test]
fn workspace_that_is_not_in_the_named_directory() {
    let project = Project::new().file(
        "app/Cargo.toml",
        indoc! {r#"
            [package]
            name = "app"
            version.workspace = true
            workspace = "../up"
        "#},
    );
    let params = Initialize::member(&project, "app");
    insta::assert_snapshot!(mistake_in(&project, &params));
}

#[test]
fn virtual_workspace_without_a_choice() {
    let project = Project::new()
        .file("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\n")
        .file("crates/one/Cargo.toml", "[package]\nname = \"one\"\n")
        .file("crates/one/src/main.rs", "fn main() {}\n")
        .file("crates/two/Cargo.toml", "[package]\nname = \"two\"\n")
        .file("crates/two/src/bin/second.rs", "fn main() {}\n")
        .file("crates/core/Cargo.toml", "[package]\nname = \"core\"\n")
        .file("crates/core/src/lib.rs", "");
    let params = Initialize::of(&project).package("hello", "0.3.1");
    insta::assert_snapshot!(mistake_in(&project, &params));
}
