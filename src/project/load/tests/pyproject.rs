//! `pyproject.toml`: tables below `tool.pixi`, defaults from other tables.

use serde_json::json;

use super::Tree;

const PIXI: &str = "[tool.pixi.workspace]\nchannels = [\"conda-forge\"]\n\
                    [tool.pixi.package.build.backend]\nname = \"pixi-build-rust\"\n";

fn pyproject(text: &str) -> Tree {
    Tree::new()
        .file("ws/pyproject.toml", &format!("{PIXI}{text}\n"))
        .at("ws")
}

#[test]
fn project_table_gives_defaults() {
    let tree = pyproject(
        "[project]\nname = \"a\"\nversion = \"1.0rc1\"\ndescription = \"d\"\nlicense = \"MIT\"\nrequires-python = \">=3\"\n\
         [tool.poetry]\nauthors = [\"A <a@b.c>\"]\nname = \"ignored\"",
    );
    let model = tree.model();
    assert_eq!(model["name"], "a");
    assert_eq!(model["version"], "1.0rc1");
    assert_eq!(model["description"], "d");
    assert_eq!(model["authors"], json!(["A <a@b.c>"]));
    assert!(model.get("license").is_none());
}

#[test]
fn own_values_beat_defaults() {
    let tree =
        pyproject("[project]\nname = \"a\"\nversion = \"1\"\n[tool.pixi.package]\nname = \"b\"");
    assert_eq!(tree.model()["name"], "b");
    assert_eq!(tree.model()["version"], "1");
}

#[test]
fn poetry_gives_no_name_and_no_bad_version() {
    let tree =
        pyproject("[tool.poetry]\nname = \"a\"\nversion = \"not a version\"\ndescription = \"d\"");
    let model = tree.model();
    assert!(model.get("name").is_none());
    assert!(model.get("version").is_none());
    assert_eq!(model["description"], "d");
}

#[test]
fn workspace_values_have_the_same_defaults() {
    let tree = pyproject("[project]\nversion = \"2.0\"").file(
        "ws/member/pixi.toml",
        "[package]\nversion.workspace = true\n[package.build.backend]\nname = \"pixi-build-rust\"",
    );
    assert_eq!(tree.at("ws/member").model()["version"], "2.0");
}

#[test]
fn mistakes_show_the_whole_path() {
    insta::assert_snapshot!(
        pyproject("[tool.pixi.package]\nname = 1\n[tool.pixi.package.run-dependecies]\na = \"*\"")
            .mistakes()
    );
}

#[test]
fn package_is_missing() {
    let tree = Tree::new()
        .file("ws/pyproject.toml", "[tool.pixi.workspace]\nchannels = []")
        .at("ws");
    insta::assert_snapshot!(tree.mistakes());
}
