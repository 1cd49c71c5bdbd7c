//! Names, versions, conditions and outputs that are not valid.

use indoc::{formatdoc, indoc};
use serde_json::{Value, json};

use test_support::build::Build;
use test_support::manifest::initialize;
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::render_error::render_error;
use test_support::requests::{Initialize, Outputs};
use test_support::toolchain::channel;

pub(super) fn mistake(project: &Project, params: &Initialize) -> String {
    let mut pixi = Pixi::start();
    pixi.initialize(params);
    let params = Outputs::new(&project.metadata_work("hello")).params();
    let error = pixi.request("conda/outputs", params);
    render_error(project, &error.expect_err("the package is wrong"))
}

#[test]
fn name_that_is_not_valid() {
    let project = Project::hello().pixi_toml("[package]\nname = \"hello world\"\n");
    insta::assert_snapshot!(mistake(&project, &initialize(&project)));
}

#[test]
fn version_that_is_not_valid() {
    let project = Project::hello().pixi_toml(indoc! {r#"
            [package]
            name = "hello"
            version = "1.0 final"
        "#});
    insta::assert_snapshot!(mistake(&project, &initialize(&project)));
}

/// Returns the error of a run dependency with a condition, in the manifest and in the project
/// model.
fn conditional(condition: &str) -> String {
    let project = Project::hello().pixi_toml(&formatdoc!(
        r#"
            [package]
            name = "hello"
            version = "0.3.1"

            [package.run-dependencies."if({condition})"]
            bash = "*"
        "#
    ));
    let run = json!({"runDependencies": {"bash": {"binary": {"version": "*"}}}});
    let params = initialize(&project).model(json!({"targets": {"conditional": {condition: run}}}));
    mistake(&project, &params)
}

#[test]
fn condition_that_cannot_be_read() {
    insta::assert_snapshot!(conditional("unix and"));
}

#[test]
fn condition_with_an_unknown_name() {
    insta::assert_snapshot!(conditional("plattform == 'linux-64'"));
}

#[test]
fn variants_with_the_same_result() {
    let project = Project::hello();
    // rattler-build treats `hash` as a function and does not record its use.
    let run = json!({"runDependencies": {"bash": {"binary": {"version": "*"}}}});
    let params = initialize(&project)
        .package("hello", "0.3.1")
        .model(json!({"targets": {"conditional": {"hash == 'b'": run}}}));
    let mut pixi = Pixi::start();
    pixi.initialize(&params);
    let outputs = Outputs::new(&project.metadata_work("hello"));
    let outputs = outputs.variants(json!({"hash": ["a", "b"]}));
    let error = pixi.request("conda/outputs", outputs.params());
    insta::assert_snapshot!(render_error(
        &project,
        &error.expect_err("the outputs are ambiguous")
    ));
}

/// Returns the error of a build whose output was modified by `change`.
fn build(change: impl FnOnce(&mut Value, &Project)) -> String {
    let project = Project::hello().pixi_toml("[package]\nname = \"hello\"\n");
    let mut pixi = Pixi::start();
    pixi.initialize(&initialize(&project));
    let work = project.build_work("hello");
    let outputs = pixi.outputs(&Outputs::new(&work).channel(channel()));
    let build = Build::prepare(&outputs[0], &work, channel());
    let mut output = build.params()["output"].clone();
    change(&mut output, &project);
    let error = pixi.build(&build.set("output", output));
    render_error(&project, &error.expect_err("there is no such output"))
}

#[test]
fn output_that_was_not_described() {
    insta::assert_snapshot!(build(|output, _| output["name"] = json!("goodbye")));
}

#[test]
fn output_that_changed_after_it_was_described() {
    insta::assert_snapshot!(build(|_, project| {
        let manifest = fs_err::read_to_string(project.dir().join("Cargo.toml"));
        let manifest = manifest.expect("it is there").replace("0.3.1", "0.4.0");
        project.write("Cargo.toml", manifest);
    }));
}
