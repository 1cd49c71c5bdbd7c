//! Packages whose sources are not next to a manifest of pixi.

use std::process::Command;

use indoc::indoc;

use super::{MAIN, build, cargo_toml, run};
use test_support::cli_command::CliCommand;
use test_support::git::commit;
use test_support::project::Project;

const WORKSPACE: &str = indoc! {r#"
    [workspace]
    channels = []
    platforms = ["linux-64"]
"#};

/// A project with this manifest, and a crate in `vendor/teapot` without a manifest of pixi.
fn teapot(manifest: &str) -> Project {
    Project::new()
        .file("vendor/teapot/Cargo.toml", cargo_toml("teapot", ""))
        .file("vendor/teapot/src/main.rs", MAIN)
        .file("pixi.toml", format!("{WORKSPACE}{manifest}"))
        .lock_in("vendor/teapot")
}

#[test]
fn a_package_that_the_workspace_defines_is_built_with_the_others() {
    let project = teapot(
        "\n[dependencies]\nteapot = { path = \"vendor/teapot\", package.build.backend.name = \"pixi-build-rust\" }\n",
    );
    let (archive, _) = build(&project, &["--all"]).package();
    assert_eq!(run(&archive, "bin/teapot"), "it runs");
}

#[test]
fn a_definition_in_the_pool_says_how_a_dependency_is_built() {
    let definition = "\n[workspace.dependencies.teapot]\npath = \"vendor/teapot\"\n\n[workspace.dependencies.teapot.package]\nname = \"teapot\"\nversion = \"7.0\"\nbuild = { backend = { name = \"pixi-build-rust\" } }\n";
    let member = indoc! {r#"
        [package]
        name = "kettle"

        [package.build.backend]
        name = "pixi-build-rust"

        [package.run-dependencies]
        teapot.workspace = true
    "#};
    let project = teapot(definition)
        .file("kettle/pixi.toml", member)
        .file("kettle/Cargo.toml", cargo_toml("kettle", ""))
        .file("kettle/src/main.rs", MAIN)
        .lock_in("kettle");
    let outputs = Command::new(assert_cmd::cargo::cargo_bin!("pixi-build-rust"))
        .args(["outputs", "kettle", "--json"])
        .current_dir(project.dir())
        .output()
        .expect("the executable can be run");
    let text = String::from_utf8_lossy(&outputs.stdout);
    assert!(text.contains("teapot"), "{text}");

    let packages = CliCommand::build(&project, "kettle")
        .channel(test_support::toolchain::channel())
        .packages();
    let names: Vec<String> = packages
        .iter()
        .map(|package| package.index()["name"].to_string())
        .collect();
    assert!(
        names.iter().any(|name| name.contains("kettle")),
        "{names:?}"
    );
    let teapot = project.dir().join(".pixi/bld/teapot");
    assert!(teapot.is_dir(), "the build includes the dependency");
}

#[test]
fn code_in_a_repository_or_an_archive_is_fetched() {
    let source = Project::new()
        .file("tool/Cargo.toml", cargo_toml("brook", ""))
        .file("tool/src/main.rs", MAIN)
        .lock_in("tool");
    let package = "\n[package]\nname = \"brook\"\n\n[package.build.backend]\nname = \"pixi-build-rust\"\n\n[package.build.source]\n";
    let with =
        |source: String| Project::new().file("pixi.toml", format!("{WORKSPACE}{package}{source}"));

    let archive = source.cache().join("brook.tar.gz");
    fs_err::create_dir_all(source.cache()).expect("the test owns the directory");
    let packed = Command::new("tar")
        .arg("-czf")
        .arg(&archive)
        .arg("tool")
        .current_dir(source.dir())
        .status();
    assert!(packed.expect("tar can be run").success());
    let project = with(format!("url = \"file://{}\"\n", archive.display()));
    let (built, _) = build(&project, &[]).package();
    assert_eq!(run(&built, "bin/brook"), "it runs");

    commit(source.dir());
    let project = with(format!(
        "git = \"file://{}\"\nsubdirectory = \"tool\"\n",
        source.dir().display()
    ));
    let (built, _) = build(&project, &[]).package();
    assert_eq!(run(&built, "bin/brook"), "it runs");

    let project = with(format!(
        "git = \"file://{}/gone\"\n",
        source.dir().display()
    ));
    let failure = build(&project, &[]).failure();
    assert!(failure.starts_with("environment::not_fetched"), "{failure}");
}
