//! Errors in recipes that the user wrote, and in the options of their backend.

use indoc::indoc;
use serde_json::{Value, json};

use crate::rattler_build::{describe_with, project};
use test_support::cli_command::CliCommand;
use test_support::project::Project;
use test_support::render_error::render_error;
use test_support::requests::Initialize;

const RECIPE: &str = "package: {name: foobar, version: 0.1.0}\n";

fn mistake(project: &Project, configuration: Value, variants: Value) -> String {
    let initialize = Initialize::of(project).configuration(configuration);
    let error = describe_with(project, &initialize, "linux-64", variants);
    render_error(project, &error.expect_err("the recipe is wrong"))
}

/// Returns the error of a recipe without options.
fn recipe(text: &str) -> String {
    mistake(&project(text), json!({}), json!({}))
}

/// Returns the error of a correct recipe with one option.
fn option(key: &str, value: Value) -> String {
    let project = project(RECIPE).pixi_toml(&format!(
        "[package.build.backend]\nname = \"pixi-build-rattler-build\"\n\n\
         [package.build.config]\n{key} = {value}\n"
    ));
    mistake(&project, json!({ key: value }), json!({}))
}

#[test]
fn recipe_that_does_not_exist() {
    insta::assert_snapshot!(option("recipe", json!("conda/recipe.yaml")));
}

#[test]
fn source_that_is_not_a_directory() {
    insta::assert_snapshot!(option("source", json!("vendor")));
}

#[test]
fn variant_file_that_does_not_exist() {
    insta::assert_snapshot!(option("variant-files", json!(["cuda.yaml"])));
}

#[test]
fn outputs_that_nothing_matches() {
    insta::assert_snapshot!(option("outputs", json!(["lib*"])));
}

#[test]
fn recipe_that_is_not_yaml() {
    insta::assert_snapshot!(recipe("package: {name: foobar\nbuild: [\n"));
}

#[test]
fn recipe_without_a_version() {
    insta::assert_snapshot!(recipe("package:\n  name: foobar\n"));
}

#[test]
fn inheritance_from_an_output_that_is_no_staging_output() {
    insta::assert_snapshot!(recipe(indoc! {"
        recipe: {name: x, version: 1}
        outputs:
          - staging: {name: build}
          - package: {name: one}
            inherit: compiled
    "}));
}

#[test]
fn two_outputs_with_one_name() {
    insta::assert_snapshot!(recipe(indoc! {"
        recipe: {name: x, version: 1}
        outputs:
          - package: {name: one}
            build: {string: a}
          - package: {name: one}
            build: {string: a}
    "}));
}

#[test]
fn file_of_a_recipe_that_cannot_be_read() {
    let project = project(indoc! {"
        context:
          version: ${{ load_from_file('package.json').version }}
        package: {name: foobar, version: \"${{ version }}\"}
    "});
    let experimental = json!({"experimental": true});
    insta::assert_snapshot!(mistake(&project, experimental, json!({})));
}

#[test]
fn file_of_a_recipe_in_the_current_directory() {
    let project = Project::of("pixi-build-rattler-build")
        .pixi_toml(indoc! {r#"
            [package.build]
            backend.name = "pixi-build-rattler-build"
            config.experimental = true
        "#})
        .file("package.json", "{\"version\": \"1.0\"}")
        .file(
            "recipe/recipe.yaml",
            indoc! {"
                context:
                  version: ${{ load_from_file('package.json').version }}
                package: {name: foobar, version: \"${{ version }}\"}
            "},
        );
    insta::assert_snapshot!(CliCommand::build(&project, "").error().1);
}

#[test]
fn zipped_variants_of_different_lengths() {
    let project = project(indoc! {"
        package: {name: foobar, version: 0.1.0}
        requirements: {host: [blas, mpi]}
    "})
    .file(
        "variants.yaml",
        "blas: [a, b]\nmpi: [c]\nzip_keys: [[blas, mpi]]\n",
    );
    insta::assert_snapshot!(mistake(&project, json!({}), json!({})));
}
