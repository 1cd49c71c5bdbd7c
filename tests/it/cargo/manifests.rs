//! Manifests and arguments that Cargo accepts and users expect to work.

use indoc::{formatdoc, indoc};

use super::{MAIN, build, cargo_toml, configured, project, run};

#[test]
fn a_manifest_from_the_beginnings_of_cargo_is_built() {
    let manifest = cargo_toml("oldtimer", "")
        .replace("[package]", "[project]")
        .replace("2021", "2018");
    let project = project("")
        .file("Cargo.toml", manifest)
        .file("src/main.rs", MAIN)
        .lock();
    let (archive, _) = build(&project, &[]).package();
    assert_eq!(archive.index()["name"], "oldtimer");
    assert_eq!(archive.index()["version"], "0.1.0");
    assert_eq!(run(&archive, "bin/oldtimer"), "it runs");
}

#[test]
fn a_crate_without_a_version_is_worth_a_warning() {
    let manifest = cargo_toml("driftwood", "").replace("version = \"0.1.0\"\n", "");
    let built = |text: &str| {
        let project = project("driftwood");
        let toml =
            fs_err::read_to_string(project.dir().join("pixi.toml")).expect("the manifest exists");
        let toml = toml.replace("[package]\n", &format!("[package]\n{text}"));
        project.write("pixi.toml", toml);
        let project = project
            .file("Cargo.toml", &manifest)
            .file("src/main.rs", MAIN)
            .lock();
        let (archive, warnings) = build(&project, &[]).package();
        (archive.index()["version"].clone(), warnings)
    };
    let (version, warnings) = built("");
    assert_eq!(version, "0.0.0");
    assert!(
        warnings.contains("Cargo.toml has no `version`"),
        "{warnings}"
    );
    let (version, warnings) = built("version = \"3.0\"\n");
    assert_eq!(version, "3.0");
    assert!(!warnings.contains("version"), "{warnings}");
}

#[test]
fn the_member_of_a_workspace_that_is_meant_is_built() {
    let workspace = indoc! {r#"
        [workspace]
        resolver = "2"
        members = ["crates/*"]
    "#};
    let program = cargo_toml(
        "lathe-cli",
        indoc! {r#"
            [[bin]]
            name = "lathe"
            path = "src/main.rs"

            [dependencies]
            lathe = { path = "../lathe" }
        "#},
    );
    let lathe = project("lathe")
        .file("Cargo.toml", workspace)
        .file("crates/lathe/Cargo.toml", cargo_toml("lathe", ""))
        .file("crates/lathe/src/lib.rs", "")
        .file("crates/lathe-cli/Cargo.toml", program)
        .file("crates/lathe-cli/src/main.rs", MAIN)
        .file(
            "crates/chores/Cargo.toml",
            cargo_toml("chores", "publish = false\n"),
        )
        .file("crates/chores/src/main.rs", MAIN)
        .lock();
    let (archive, _) = build(&lathe, &[]).package();
    assert_eq!(archive.files(), ["bin/lathe"]);
    assert_eq!(run(&archive, "bin/lathe"), "it runs");
}

#[test]
fn arguments_of_cargo_build_are_understood_or_refused_where_they_are() {
    let ladle = |arguments: &str| {
        let config = formatdoc!(
            r#"
                [package]

                [package.build.config]
                extra-args = {arguments}

                [package.build.backend]
                name = "pixi-build-rust"
            "#
        );
        test_support::project::Project::new()
            .pixi_toml(&config)
            .file(
                "Cargo.toml",
                indoc! {r#"
                    [workspace]
                    resolver = "2"
                    members = ["ladle", "spoon"]
                "#},
            )
            .file("ladle/Cargo.toml", cargo_toml("ladle", ""))
            .file("ladle/src/main.rs", MAIN)
            .file("spoon/Cargo.toml", cargo_toml("spoon", ""))
            .file("spoon/src/main.rs", MAIN)
            .lock()
    };
    let (archive, warnings) = build(&ladle("[\"-p\", \"ladle\", \"--release\"]"), &[]).package();
    assert_eq!(archive.files(), ["bin/ladle"]);
    assert!(
        warnings.contains("`-p ladle`") && warnings.contains("`--release`"),
        "{warnings}"
    );
    let failure = build(&ladle("[\"--package=fork\"]"), &[]).failure();
    assert!(
        failure.contains("`fork`, which `extra-args` names, is not a member"),
        "{failure}"
    );
    let failure = build(&ladle("[\"--workspace\"]"), &[]).failure();
    assert!(
        failure.contains("`--workspace` selects several crates"),
        "{failure}"
    );
}

#[test]
fn a_member_or_a_feature_that_does_not_exist_is_blamed_on_its_option() {
    let failure = |options: &str| {
        let project = configured(options)
            .file(
                "Cargo.toml",
                "[workspace]\nresolver = \"2\"\nmembers = [\"ladle\"]\n",
            )
            .file("ladle/Cargo.toml", cargo_toml("ladle", ""))
            .file("ladle/src/main.rs", MAIN)
            .lock();
        build(&project, &[]).failure()
    };
    let told = failure("packages = [\"fork\"]");
    assert!(
        told.contains("`fork`, which `packages` names, is not a member"),
        "{told}"
    );
    assert!(told.contains("name one of them in `packages`"), "{told}");
    let told = failure("features = [\"silver\"]");
    assert!(
        told.contains("no feature `silver`, which `features` names"),
        "{told}"
    );
    let told = failure("extra-args = [\"--features=silver\"]");
    assert!(
        told.contains("no feature `silver`, which `extra-args` names"),
        "{told}"
    );
}
