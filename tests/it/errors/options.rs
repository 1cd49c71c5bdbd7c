//! Errors in `[package.build.config]`.

use indoc::indoc;
use serde_json::json;

use test_support::manifest::initialize;
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::render_error::render_error;
use test_support::requests::{Initialize, Outputs};

const BACKEND: &str = indoc! {r#"
    [package]
    name = "hello"
    version = "0.1.0"

    [package.build.backend]
    name = "pixi-build-rust"
    version = "*"

"#};

/// Returns the error of a configuration.
fn mistake(configuration: &str) -> String {
    let project = Project::new().pixi_toml(&format!("{BACKEND}{configuration}"));
    let mut pixi = Pixi::start();
    let error = pixi.try_initialize(&initialize(&project));
    render_error(&project, &error.expect_err("the configuration is wrong"))
}

#[test]
fn misspelled_option() {
    insta::assert_snapshot!(mistake(
        "[package.build.config]\nextra-arg = [\"--all-features\"]\n"
    ));
}

#[test]
fn key_of_another_table() {
    insta::assert_snapshot!(mistake(
        "[package.build.config]\nsecrets = [\"TOKEN\"]\nrun-dependencies = {}\n"
    ));
}

#[test]
fn unknown_option() {
    insta::assert_snapshot!(mistake("[package.build.config]\nfrobnicate = true\n"));
}

#[test]
fn wrong_type() {
    insta::assert_snapshot!(mistake(
        "[package.build.config]\nextra-args = \"--all-features\"\n"
    ));
}

#[test]
fn wrong_type_of_a_variable() {
    insta::assert_snapshot!(mistake(indoc! {r#"
            [package.build.config.env]
            RUST_LOG = "debug"
            JOBS = 4
        "#}));
}

#[test]
fn several_errors() {
    insta::assert_snapshot!(mistake(indoc! {r#"
            [package.build.config]
            binary = ["hello"]
            ignore-cargo-manifest = "yes"

            [package.build.target.osx.config]
            compiler = ["rust"]
        "#}));
}

#[test]
fn configuration_that_is_not_a_table() {
    insta::assert_snapshot!(mistake("[package.build]\nconfig = [\"--all-features\"]\n"));
}

#[test]
fn target_configured_twice() {
    insta::assert_snapshot!(mistake(indoc! {r#"
            [package.build.target.linux-64.config]
            binaries = ["a"]

            [package.build.config.targets.linux-64]
            binaries = ["b"]
        "#}));
}

#[test]
fn unknown_target() {
    insta::assert_snapshot!(mistake(
        "[package.build.config.targets.windows]\nbinaries = [\"b\"]\n"
    ));
}

#[test]
fn target_in_the_singular() {
    insta::assert_snapshot!(mistake(
        "[package.build.config.target.linux-64]\nbinaries = [\"b\"]\n"
    ));
}

#[test]
fn compiler_with_a_quote() {
    insta::assert_snapshot!(mistake(
        "[package.build.config]\ncompilers = [\"rust\", \"it's\"]\n"
    ));
}

#[test]
fn misspelled_compiler() {
    insta::assert_snapshot!(mistake(
        "[package.build.config]\ncompilers = [\"rust\", \"c++\"]\n"
    ));
}

#[test]
fn unknown_compiler_cache() {
    insta::assert_snapshot!(mistake(
        "[package.build.config]\ncompiler-cache = \"ccache\"\n"
    ));
}

#[test]
fn variable_of_the_build() {
    insta::assert_snapshot!(mistake("[package.build.config.env]\nPREFIX = \"/opt\"\n"));
}

#[test]
fn pattern_that_cannot_be_read() {
    insta::assert_snapshot!(mistake(
        "[package.build.config]\nextra-input-globs = [\"data/{a\"]\n"
    ));
}

#[test]
fn variable_nobody_can_set() {
    insta::assert_snapshot!(mistake("[package.build.config.env]\nMY-VAR = \"1\"\n"));
}

#[test]
fn misspelled_option_in_pyproject_toml() {
    let text = "[tool.pixi.package.build]\nconfig = { binarys = [\"hello\"] }\n";
    let project = Project::new().file("pyproject.toml", text);
    let params = Initialize::of(&project)
        .set("manifestPath", json!(project.dir().join("pyproject.toml")))
        .configuration(json!({"binarys": ["hello"]}));
    let error = Pixi::start().try_initialize(&params);
    let error = error.expect_err("the configuration is wrong");
    insta::assert_snapshot!(render_error(&project, &error));
}

#[test]
fn mistakes_without_a_manifest_are_told_without_a_place() {
    let project = Project::new();
    let params = Initialize::of(&project).configuration(json!({"binarys": ["hello"]}));
    let error = Pixi::start().try_initialize(&params);
    let error = error.expect_err("the configuration is wrong");
    assert_eq!(error["data"]["labels"], json!([]));
    assert_eq!(error["data"]["help"], "did you mean `binaries`?");
}

#[test]
fn nul_in_arguments_and_variables() {
    insta::assert_snapshot!(mistake(indoc! {r#"
            [package.build.config]
            extra-args = ["--features", "a\u0000b"]

            [package.build.config.env]
            WORD = "\u0000"
        "#}));
}

/// Returns the error of a configuration for a build on Windows. bash on Linux accepts the
/// configuration.
fn mistake_on_windows(configuration: &str) -> String {
    let project = Project::hello().pixi_toml(&format!("{BACKEND}{configuration}"));
    let mut pixi = Pixi::start();
    pixi.initialize(&initialize(&project));
    let outputs = Outputs::new(&project.metadata_work("hello"));
    let answer = pixi.request("conda/outputs", outputs.params());
    answer.expect("bash can say everything");
    let windows = outputs
        .host_platform("win-64")
        .set("buildPlatform", json!("win-64"));
    let answer = pixi.request("conda/outputs", windows.params());
    render_error(&project, &answer.expect_err("cmd cannot say it"))
}

#[test]
fn line_break_in_an_argument_on_windows() {
    insta::assert_snapshot!(mistake_on_windows(
        "[package.build.config]\nextra-args = [\"--config=env.X='one\\ntwo'\"]\n"
    ));
}

#[test]
fn line_break_in_a_variable_on_windows() {
    insta::assert_snapshot!(mistake_on_windows(indoc! {r#"
            [package.build.config.env]
            WORDS = "one two"

            [package.build.target.win.config.env]
            WORDS = "one\r\ntwo"
        "#}));
}
