//! Recipes without a manifest, through the protocol and with the command `build`.

use indoc::indoc;
use serde_json::{Value, json};

use super::{empty_channel, line};
use test_support::cli_command::CliCommand;
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::requests::{Initialize, Outputs};

const TWO: &str = indoc! {r#"
    recipe: {name: x, version: 1.2.3}
    outputs:
      - package: {name: r-lib}
        build: {script: 'echo 1 > $PREFIX/r.txt'}
      - package: {name: r}
        requirements:
          host: [r-lib]
          run: ["${{ pin_subpackage('r-lib', exact=true) }}"]
        build: {script: 'cat $PREFIX/r.txt > $PREFIX/r2.txt'}
"#};

#[test]
fn pixi_may_name_the_recipe_and_send_no_model() {
    for name in [
        "recipe.yaml",
        "recipe.yml",
        "recipe/recipe.yaml",
        "recipe/recipe.yml",
    ] {
        let project = Project::of(super::BACKEND).file(name, TWO);
        let initialize = Initialize::of(&project)
            .set("manifestPath", json!(project.dir().join(name)))
            .set("projectModel", Value::Null);
        let mut pixi = Pixi::of(&project);
        pixi.initialize(&initialize);
        let outputs = pixi.outputs(&Outputs::new(&project.metadata_work("x")));
        assert_eq!(line(&outputs[0]), "r-lib 1.2.3 hb0f4dca_0", "{name}");
    }
}

#[test]
fn a_directory_with_a_recipe_is_built_by_hand() {
    for (name, path) in [
        ("recipe.yaml", ""),
        ("recipe/recipe.yml", ""),
        ("recipe.yaml", "recipe.yaml"),
    ] {
        let project = Project::of(super::BACKEND).file(name, TWO);
        let built = CliCommand::build(&project, path)
            .channel(&empty_channel(&project))
            .packages();
        assert_eq!(built.len(), 2, "{name}");
        assert_eq!(built[1].text("r2.txt"), "1\n");
        assert_eq!(
            built[1].index()["depends"],
            json!(["r-lib ==1.2.3 hb0f4dca_0"])
        );
    }
}

#[test]
fn a_build_that_skips_every_output_says_so() {
    let recipe = indoc! {r#"
        recipe: {name: x, version: 1.2.3}
        build: {skip: [unix]}
        outputs:
          - package: {name: one}
          - package: {name: two}
            build: {skip: ["1 < 2"]}
    "#};
    let project = Project::of(super::BACKEND).file("recipe.yaml", recipe);
    let ended = CliCommand::build(&project, "")
        .channel(&empty_channel(&project))
        .args(["--json", "--target-platform", "linux-64"])
        .run();
    assert_eq!(ended.code(), 0, "{}", ended.stderr());
    let folder = project.dir().display().to_string();
    let told = format!("{}{}", ended.stdout(), ended.stderr());
    insta::assert_snapshot!(told.replace(&folder, "/ws"));
}

#[test]
fn a_package_with_a_manifest_wins_over_a_recipe() {
    let project = Project::hello().file("recipe.yaml", TWO);
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("pixi-build-rust"));
    command
        .args(["outputs", "--json"])
        .current_dir(project.dir());
    let ended = command.output().expect("the executable can be run");
    let text = String::from_utf8_lossy(&ended.stdout).into_owned();
    assert!(text.contains("\"hello\""), "{text}");
}

#[test]
fn the_example_gives_its_two_packages() {
    let example =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/recipe-two-outputs");
    let mut project = Project::of(super::BACKEND);
    for file in [
        "pixi.toml",
        "recipe.yaml",
        "src/en.txt",
        "src/de.txt",
        "src/greet.sh",
    ] {
        project = project.file(
            file,
            fs_err::read(example.join(file)).expect("the example has the file"),
        );
    }
    let channel = empty_channel(&project);
    let built = CliCommand::build(&project, "").channel(&channel).packages();
    assert_eq!(
        built[0].files(),
        ["share/greetings/de.txt", "share/greetings/en.txt"]
    );
    assert_eq!(built[1].files(), ["bin/greet"]);
    let depends = built[1].index()["depends"].to_string();
    assert!(
        depends.contains("greetings-data ==1.0.0 h4616a5c_0"),
        "{depends}"
    );
}
