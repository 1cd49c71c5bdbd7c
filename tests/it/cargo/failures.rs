//! Builds that fail because of the project's own files.

use indoc::indoc;

use super::{MAIN, build, cargo_toml, project};
use test_support::project::Project;

fn tool(files: &[(&str, &str)]) -> Project {
    let project = project("tool").file("Cargo.toml", cargo_toml("tool", ""));
    let project = project.file("src/main.rs", MAIN);
    let project = files
        .iter()
        .fold(project, |project, (path, text)| project.file(path, text));
    project.lock()
}

#[test]
fn what_the_projects_own_configuration_asks_for_is_named() {
    let linker = "[target.'cfg(unix)']\nlinker = \"linker-of-nobody\"\n";
    let wrapper = "[build]\nrustc-wrapper = \"wrapper-of-nobody\"\n";
    for (text, name) in [(linker, "linker-of-nobody"), (wrapper, "wrapper-of-nobody")] {
        let failure = build(&tool(&[(".cargo/config.toml", text)]), &[]).failure();
        assert!(failure.starts_with("build::missing_tool"), "{failure}");
        assert!(
            failure.contains(&format!("`{name}`, which .cargo/config.toml asks for")),
            "{failure}"
        );
        assert!(
            failure.contains("[package.build-dependencies]"),
            "{failure}"
        );
    }
}

#[test]
fn features_of_a_nightly_are_explained_by_the_toolchain_file() {
    let main = format!("#![feature(never_type)]\n{MAIN}");
    let toolchain = "[toolchain]\nchannel = \"nightly-2026-01-15\"\n";
    let project = tool(&[("src/main.rs", &main)]);
    project.write("rust-toolchain.toml", toolchain);
    let failure = build(&project, &[]).failure();
    assert!(failure.starts_with("build::nightly_features"), "{failure}");
    assert!(
        failure.contains("E0554") && failure.contains("rust-toolchain.toml"),
        "{failure}"
    );
}

#[test]
fn code_that_does_not_compile_comes_before_what_a_script_warned_of() {
    let script = indoc! {r#"
        fn main() {
            println!("cargo::warning=protoc: command not found, the checked-in code is used");
        }
    "#};
    let project = tool(&[
        ("build.rs", script),
        (
            "src/main.rs",
            indoc! {r#"
                fn main() {
                    let count: u32 = "three";
                }
            "#},
        ),
    ]);
    let failure = build(&project, &[]).failure();
    assert!(failure.starts_with("build::compile_error"), "{failure}");
    assert!(
        failure.contains("E0308") && failure.contains("src/main.rs:2"),
        "{failure}"
    );
}

#[test]
fn a_crate_below_a_workspace_that_does_not_list_it_is_told_how_it_could() {
    let project = Project::new()
        .file(
            "Cargo.toml",
            indoc! {r#"
                [workspace]
                members = ["core"]
                resolver = "2"
            "#},
        )
        .file("core/Cargo.toml", cargo_toml("core", ""))
        .file("core/src/lib.rs", "")
        .lock();
    project.write("tools/gen/Cargo.toml", cargo_toml("gen", ""));
    project.write("tools/gen/src/main.rs", MAIN);
    let toml = indoc! {r#"
        [workspace]
        channels = []
        platforms = ["linux-64"]

        [package]

        [package.build.backend]
        name = "pixi-build-rust"
    "#};
    project.write("tools/gen/pixi.toml", toml);
    let failure = build(&project, &["tools/gen"]).failure();
    assert!(failure.starts_with("build::not_a_member"), "{failure}");
    assert!(
        failure.contains("add `tools/gen` to `members`"),
        "{failure}"
    );
}
