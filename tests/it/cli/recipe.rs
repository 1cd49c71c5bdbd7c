//! The printed recipe equals the recipe of the build.

use indoc::indoc;
use pixi_build_backends::backend::{Env, Platforms};
use pixi_build_backends::backends::cargo::Cargo;
use pixi_build_backends::engine::{Plan, PlanRequest, Session, plan};
use pixi_build_backends::project::load::{LoadRequest, load};
use pixi_build_backends::recipe::variants::VariantSelection;
use rattler_build_recipe::stage0::parse_recipe_or_multi_from_source;
use rattler_build_recipe::variant_render::render_recipe_with_variant_config;
use rattler_build_recipe::{RenderConfig, Stage1Recipe};
use rattler_build_variant_config::VariantConfig;
use rattler_conda_types::RepodataRevision;
use serde_yaml::Value;

use super::{Project, pixi_build_rust, text};
use test_support::machine::machine;

/// Plans the project and passes the plan to `read`.
fn planned<T>(project: &Project, read: impl FnOnce(&Plan<'_>) -> T) -> T {
    let subdir = machine().subdir;
    let platforms = Platforms {
        build: subdir,
        host: subdir,
    };
    let loaded = load(&LoadRequest {
        path: project.dir().to_path_buf(),
        inline: None,
        source_directory: None,
        host_platform: subdir,
        build_platform: subdir,
        variants: Default::default(),
        variant_files: Vec::new(),
        channels: Vec::new(),
        build_number: None,
        build_string_prefix: None,
        suggested_backend: "pixi-build-rust",
        home: None,
        current_folder: project.dir().to_path_buf(),
    })
    .expect("the manifest is good");
    let initialize =
        loaded.initialize_params(project.cache().to_path_buf(), project.dir().join("scratch"));
    let session = Session::open(&Cargo, initialize, Env::default()).expect("the project is good");
    let choice = VariantSelection::Matrix {
        files: loaded.variant_files.clone(),
        user: loaded.variant_configuration.clone(),
    };
    let ask = PlanRequest {
        platforms,
        choice,
        editable: false,
    };
    read(&plan(&session, &ask).expect("the project is good"))
}

/// Returns the build string and the rendered recipe of each output as text.
fn rendered(recipe: &str, variants: &str) -> Vec<(String, String)> {
    let recipe = parse_recipe_or_multi_from_source(recipe).expect("rattler-build reads it");
    let variants: VariantConfig = serde_yaml::from_str(variants).expect("variants are read");
    let subdir = machine().subdir;
    let config = RenderConfig {
        repodata_revision: RepodataRevision::V3,
        target_platform: subdir,
        host_platform: subdir,
        build_platform: subdir,
        ..Default::default()
    };
    let outputs =
        render_recipe_with_variant_config(&recipe, &variants, config).expect("it can be rendered");
    outputs
        .iter()
        .map(|output| {
            let string = output.recipe.build().string.as_resolved();
            (
                string.expect("it is decided").to_string(),
                written(&output.recipe),
            )
        })
        .collect()
}

/// Returns a recipe as text. A script with only commands has two forms, of which one is used.
fn written(recipe: &Stage1Recipe) -> String {
    let mut recipe = serde_yaml::to_value(recipe).expect("recipes are YAML");
    recipe["build"]["string"] = Value::Null;
    let script = &mut recipe["build"]["script"];
    if let Some(commands) = script.get("content")
        && script.as_mapping().is_some_and(|script| script.len() == 1)
    {
        *script = commands.clone();
    }
    serde_yaml::to_string(&recipe).expect("recipes are YAML")
}

#[track_caller]
fn check(project: &Project) {
    let (recipe, variants, expected) = planned(project, |plan| {
        let (recipe, _) = plan.recipe.to_yaml().expect("the recipe is YAML");
        let variants = plan.variant_config().expect("the variants are YAML");
        let outputs = plan.outputs.iter();
        let outputs = outputs.map(|output| (output.build_string.clone(), written(&output.recipe)));
        let expected: Vec<(String, String)> = outputs.collect();
        (recipe, variants, expected)
    });
    assert_eq!(rendered(&recipe, &variants), expected);
}

#[test]
fn what_is_printed_is_what_is_built() {
    check(&Project::hello().file("LICENSE", "the text\n"));
}

#[test]
fn text_that_looks_like_a_template_stays_text() {
    let project = Project::hello().pixi_toml(indoc! {r#"
            [package]
            name = "hello"
            description = "says ${{ hello }} {# and #} {% more %}"

            [package.build.backend]
            name = "pixi-build-rust"

            [package.build.config]
            extra-args = ["--config", 'env.A="${{ x }}"']

            [package.build.config.env]
            PLAIN = "a $HOME {{ b }}"
            MADE = "${{ target_platform }} {# no #}"
        "#});
    check(&project);
}

#[test]
fn conditions_variants_and_pins_come_through() {
    let project = Project::hello().pixi_toml(indoc! {r#"
            [workspace]
            channels = []
            platforms = ["linux-64"]

            [workspace.build-variants]
            python = ["3.11.*", "3.12.*"]

            [package]
            name = "hello"

            [package.build]
            build-number = 4
            secrets = ["TOKEN"]

            [package.build.backend]
            name = "pixi-build-rust"

            [package.host-dependencies]
            python = "*"
            zlib = { version = ">=1.2", build = "*_0" }

            [package.run-dependencies]
            zlib = { pin-compatible = { lower-bound = "x.x" } }

            [package.run-constraints]
            numpy = ">=2"

            [package.run-dependencies."if(unix)"]
            bash = ">=5"

            [package.run-exports]
            weak = { hello = { pin-subpackage = { upper-bound = "x" } } }
        "#});
    check(&project);
}

#[test]
fn the_prefix_of_the_build_string_comes_through() {
    let project = Project::hello().pixi_toml(indoc! {r#"
            [package]
            name = "hello"

            [package.build]
            build-number = 4
            build-string-prefix = "mine"

            [package.build.backend]
            name = "pixi-build-rust"
        "#});
    check(&project);
}

#[test]
fn what_no_recipe_can_say_is_warned_of() {
    let project = Project::hello()
        .file("LICENSE", "the text\n")
        .pixi_toml(indoc! {r#"
            [package]
            name = "hello"

            [package.build.backend]
            name = "pixi-build-rust"

            [package.run-dependencies]
            helper = { path = "helper" }
        "#});
    let (recipe, warnings) = planned(&project, |plan| plan.recipe.to_yaml()).expect("a recipe");
    assert!(recipe.contains("  run:\n  - helper\n"), "{recipe}");
    let warnings: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    let expected = "`helper` is built from source by pixi, which a recipe cannot express";
    assert_eq!(warnings, [expected]);
}

#[test]
fn the_recipe_of_a_small_package_is_short() {
    let project = Project::hello().file("LICENSE", "the text\n");
    let run = pixi_build_rust()
        .arg("recipe")
        .arg(project.dir())
        .env("PIXI_CACHE_DIR", project.cache())
        .unwrap();
    assert_eq!(text(&run.stderr), "");
    let recipe = text(&run.stdout).replace(&project.dir().display().to_string(), "<project>");
    let (before, after) = recipe.split_once("  script:\n").expect("a script");
    let (script, after) = after.split_once("requirements:").expect("requirements");
    assert!(script.contains(" install --locked --root "), "{script}");
    insta::assert_snapshot!(format!("{before}  script: …\nrequirements:{after}"));
}
