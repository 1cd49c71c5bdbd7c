//! The files that make pixi request the outputs again: the manifest of the package, and the
//! manifests from which it inherits or could inherit values.

use std::path::Path;

use indoc::{formatdoc, indoc};
use serde_json::json;

use test_support::edits::Verdict::{Rebuild, Reuse};
use test_support::edits::{Finished, Row};
use test_support::freshness::Remembered;
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::requests::{Initialize, Outputs};

/// Requests outputs, edits files, and checks each edit like an edit after a build.
#[track_caller]
fn assert_verdicts(project: Project, folder: &str, rows: &[Row<'_>]) {
    let initialize = Initialize::member(&project, folder);
    assert_verdicts_of(&initialize, project, folder, rows);
}

#[track_caller]
fn assert_verdicts_of(initialize: &Initialize, project: Project, folder: &str, rows: &[Row<'_>]) {
    let mut pixi = Pixi::start();
    pixi.initialize(initialize);
    let params = Outputs::new(&project.metadata_work("app")).params();
    let answer = pixi.request("conda/outputs", params).expect("outputs");
    let source = project.dir().join(Path::new(folder));
    let finished = Finished {
        cache: Remembered::of(&answer, &source),
        project,
        answer,
        stderr: Vec::new(),
    };
    finished.assert_verdicts(rows);
}

fn crate_called(name: &str, version: &str) -> String {
    formatdoc!(
        r#"
        [package]
        name = "{name}"
        {version}
        edition = "2024"
    "#
    )
}

#[test]
fn a_crate_alone() {
    let project = Project::new()
        .file("Cargo.toml", crate_called("app", "version = \"1.0.0\""))
        .file("src/main.rs", "fn main() {}\n")
        .file("Cargo.lock", "version = 4\n");
    let rows = [
        ("edit", "Cargo.toml", Rebuild),
        ("edit", "src/main.rs", Reuse),
        ("edit", "Cargo.lock", Reuse),
        ("new", "src/Cargo.toml", Reuse),
        ("new", "rust-toolchain.toml", Reuse),
        ("new", "LICENSE", Reuse),
    ];
    assert_verdicts(project, "", &rows);
}

#[test]
fn a_crate_whose_toolchain_file_decides_the_compiler() {
    let project = Project::new()
        .file("Cargo.toml", crate_called("app", "version = \"1.0.0\""))
        .file("src/main.rs", "fn main() {}\n")
        .file("rust-toolchain.toml", "[toolchain]\nchannel = \"1.89\"\n");
    let config = json!({"rust-version": "toolchain-file", "ignore-cargo-manifest": true});
    let initialize = Initialize::of(&project)
        .package("app", "1.0.0")
        .configuration(config);
    let rows = [
        ("edit", "rust-toolchain.toml", Rebuild),
        ("new", "rust-toolchain", Rebuild),
        ("edit", "Cargo.toml", Reuse),
    ];
    assert_verdicts_of(&initialize, project, "", &rows);
}

fn workspace(version: &str) -> Project {
    Project::new()
        .file(
            "Cargo.toml",
            indoc! {r#"
                [workspace]
                members = ["crates/*"]
                [workspace.package]
                version = "1.0.0"
            "#},
        )
        .file("crates/app/Cargo.toml", crate_called("app", version))
        .file("crates/app/src/main.rs", "fn main() {}\n")
        .file("crates/other/Cargo.toml", crate_called("other", version))
}

#[test]
fn a_member_that_inherits() {
    let rows = [
        ("edit", "crates/app/Cargo.toml", Rebuild),
        ("edit", "Cargo.toml", Rebuild),
        // The new file would be the manifest of the workspace.
        ("new", "crates/Cargo.toml", Rebuild),
        ("edit", "crates/other/Cargo.toml", Reuse),
        ("edit", "crates/app/src/main.rs", Reuse),
        ("new", "Cargo.lock", Reuse),
        ("new", "crates/app/src/Cargo.toml", Reuse),
    ];
    assert_verdicts(workspace("version.workspace = true"), "crates/app", &rows);
}

#[test]
fn a_member_that_inherits_nothing() {
    let rows = [
        ("edit", "crates/app/Cargo.toml", Rebuild),
        ("edit", "Cargo.toml", Reuse),
        ("new", "crates/Cargo.toml", Reuse),
    ];
    assert_verdicts(workspace("version = \"2.0.0\""), "crates/app", &rows);
}

#[test]
fn a_workspace_that_is_named() {
    let project = Project::new()
        .file(
            "root/Cargo.toml",
            indoc! {r#"
                [workspace]
                members = ["../app"]
                [workspace.package]
                version = "1.0.0"
            "#},
        )
        .file(
            "app/Cargo.toml",
            crate_called("app", "version.workspace = true\nworkspace = \"../root\""),
        )
        .file("app/src/main.rs", "fn main() {}\n");
    let rows = [
        ("edit", "app/Cargo.toml", Rebuild),
        ("edit", "root/Cargo.toml", Rebuild),
        ("new", "Cargo.toml", Reuse),
    ];
    assert_verdicts(project, "app", &rows);
}
