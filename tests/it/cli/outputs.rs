//! The command `outputs`, as text and as JSON.

use indoc::indoc;

use super::{Project, pixi_build_rust, text};

fn variants() -> Project {
    Project::hello()
        .file("LICENSE", "the text\n")
        .pixi_toml(indoc! {r#"
            [workspace]
            channels = []
            platforms = ["linux-64"]

            [workspace.build-variants]
            python = ["3.11.*", "3.12.*"]

            [package]
            name = "hello"

            [package.build.backend]
            name = "pixi-build-rust"

            [package.host-dependencies]
            python = "*"

            [package.run-dependencies]
            bash = ">=5"
            helper = { path = "helper" }
        "#})
}

fn outputs(project: &Project, arguments: &[&str]) -> String {
    let run = pixi_build_rust()
        .arg("outputs")
        .args(arguments)
        .arg(project.dir())
        .env("PIXI_CACHE_DIR", project.cache())
        .unwrap();
    assert_eq!(text(&run.stderr), "");
    text(&run.stdout)
}

#[test]
fn people_get_a_row_for_each_variant() {
    insta::assert_snapshot!(outputs(&variants(), &[]));
}

#[test]
fn programs_get_the_dependencies_too() {
    insta::assert_snapshot!(outputs(&variants(), &["--json"]));
}

#[test]
fn for_programs_an_error_is_a_document_too() {
    let project = Project::hello().pixi_toml("[package]\nnames = \"hello\"\n");
    let run = pixi_build_rust()
        .args(["outputs", "--json"])
        .arg(project.dir())
        .assert()
        .code(1);
    let stdout = text(&run.get_output().stdout);
    let stdout = stdout.replace(&project.dir().display().to_string(), "<project>");
    insta::assert_snapshot!(stdout);
}
