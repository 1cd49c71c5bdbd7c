//! Requirements that contradict each other.

use indoc::indoc;
use serde_json::{Value, json};

use test_support::manifest::initialize;
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::render_error::render_error;
use test_support::requests::Outputs;
use test_support::toolchain::rust_name;

fn project() -> Project {
    Project::hello().pixi_toml(indoc! {r#"
            [package]
            name = "hello"
            version = "0.3.1"

            [package.build-dependencies]
            rust = "1.70.*"
        "#})
}

fn outputs(project: &Project, variants: Value) -> Result<Value, Value> {
    let mut pixi = Pixi::start();
    pixi.initialize(&initialize(project));
    let params = Outputs::new(&project.metadata_work("hello")).variants(variants);
    pixi.request("conda/outputs", params.params())
}

#[test]
fn rust_that_the_variants_do_not_allow() {
    let project = project();
    let answer = outputs(&project, json!({"rust_compiler_version": ["1.80"]}));
    insta::assert_snapshot!(render_error(
        &project,
        &answer.expect_err("there is no such rust")
    ));
}

#[test]
fn rust_that_nothing_contradicts_stands_beside_the_compiler() {
    let project = project();
    for variants in [json!({}), json!({"rust_compiler_version": ["1.70"]})] {
        let answer = outputs(&project, variants).expect("both can be installed");
        let depends = answer["outputs"][0]["buildDependencies"]["depends"].as_array();
        let names: Vec<&Value> = depends
            .expect("a list")
            .iter()
            .map(|spec| &spec["name"])
            .collect();
        assert!(names.contains(&&json!("rust")), "{names:?}");
        assert!(names.contains(&&json!(rust_name())), "{names:?}");
    }
}
