//! Finding the manifest and the workspace.

use serde_json::json;

use super::{BACKEND, Tree, WORKSPACE};

fn member() -> Tree {
    Tree::new()
        .file(
            "ws/a/b/pixi.toml",
            &format!("[package]\nname = \"b\"\n{BACKEND}"),
        )
        .at("ws/a/b")
}

#[test]
fn empty_directory_does_not_have_a_manifest() {
    insta::assert_snapshot!(Tree::new().file("ws/readme", "").at("ws").mistakes());
}

#[test]
fn missing_manifest_is_named() {
    insta::assert_snapshot!(
        Tree::new()
            .file("ws/readme", "")
            .at("ws/pixi.toml")
            .mistakes()
    );
}

#[test]
fn missing_directory_is_named() {
    insta::assert_snapshot!(Tree::new().at("nowhere").mistakes());
}

#[test]
fn other_files_are_not_manifests() {
    insta::assert_snapshot!(
        Tree::new()
            .file("ws/Cargo.toml", "")
            .at("ws/Cargo.toml")
            .mistakes()
    );
}

#[test]
fn workspace_without_package_is_refused() {
    insta::assert_snapshot!(
        Tree::new()
            .file("ws/pixi.toml", WORKSPACE)
            .at("ws")
            .mistakes()
    );
}

#[test]
fn packages_below_a_workspace_are_named() {
    let package = format!("[package]\nname = \"a\"\n{BACKEND}");
    let tree = Tree::new()
        .file("ws/pixi.toml", WORKSPACE)
        .file("ws/crates/a/pixi.toml", &package)
        .file("ws/crates/b/pixi.toml", &package);
    insta::assert_snapshot!(tree.at("ws").mistakes());
}

#[test]
fn packages_below_a_directory_without_a_manifest_are_named() {
    let package = format!("[package]\nname = \"a\"\n{BACKEND}");
    let tree = Tree::new().file("ws/crates/a/pixi.toml", &package);
    insta::assert_snapshot!(tree.at("ws").mistakes());
}

#[test]
fn package_in_the_neighboring_file_is_pointed_at() {
    let tree = Tree::new()
        .file("ws/pixi.toml", WORKSPACE)
        .file(
            "ws/pyproject.toml",
            "[tool.pixi.package.build.backend]\nname = \"pixi-build-rust\"",
        )
        .at("ws");
    insta::assert_snapshot!(tree.mistakes());
}

#[test]
fn file_can_be_named_when_the_folder_has_two() {
    let tree = Tree::new()
        .file("ws/pixi.toml", WORKSPACE)
        .file("ws/mojoproject.toml", &format!("{WORKSPACE}{BACKEND}"))
        .at("ws/mojoproject.toml");
    assert_eq!(
        tree.record()["manifestPath"],
        "/home/user/ws/mojoproject.toml"
    );
}

#[test]
fn syntax_error_points_at_the_text() {
    let tree = Tree::new()
        .file("ws/pixi.toml", "[package]\nname = \"a\" b\n")
        .at("ws");
    insta::assert_snapshot!(tree.mistakes());
}

#[test]
fn manifest_without_workspace_works() {
    let tree = member().at("ws/a/b");
    let record = tree.record();
    assert_eq!(record["workspaceDirectory"], "/home/user/ws/a/b");
    assert_eq!(
        record["channels"],
        json!(["https://conda.anaconda.org/conda-forge"])
    );
    assert_eq!(tree.variants()["c_stdlib"], json!(["sysroot"]));
}

#[test]
fn nearest_workspace_counts_and_packages_between_do_not() {
    let tree = member()
        .file("pixi.toml", "[workspace]\nchannels = [\"outer\"]")
        .file("ws/pixi.toml", "[workspace]\nchannels = [\"inner\"]")
        .file(
            "ws/a/pixi.toml",
            &format!("[package]\nname = \"a\"\n{BACKEND}"),
        );
    assert_eq!(tree.record()["workspaceDirectory"], "/home/user/ws");
    assert_eq!(
        tree.record()["channels"],
        json!(["https://conda.anaconda.org/inner"])
    );
}

#[test]
fn files_without_tables_are_passed_over() {
    let tree = member()
        .file("ws/pixi.toml", WORKSPACE)
        .file("ws/a/pixi.toml", "[dependencies]\n");
    assert_eq!(tree.record()["workspaceDirectory"], "/home/user/ws");
}

#[test]
fn broken_pyproject_of_another_tool_is_passed_over() {
    let tree = member()
        .file("ws/pixi.toml", WORKSPACE)
        .file("ws/a/pyproject.toml", "[tool.black\n");
    assert_eq!(tree.record()["workspaceDirectory"], "/home/user/ws");
}

#[test]
fn broken_manifest_above_is_an_error() {
    insta::assert_snapshot!(member().file("ws/pixi.toml", "[workspace\n").mistakes());
}

#[test]
fn workspace_with_its_old_name_is_not_found_from_below() {
    let tree = member().file("ws/pixi.toml", "[project]\nchannels = []\nplatforms = []");
    assert_eq!(tree.record()["workspaceDirectory"], "/home/user/ws/a/b");
    insta::assert_snapshot!(tree.warnings());
}

#[test]
fn workspace_with_its_old_name_counts_in_its_own_file() {
    let tree = Tree::new()
        .file(
            "ws/pixi.toml",
            &format!("[project]\nchannels = [\"a\"]\n{BACKEND}"),
        )
        .at("ws");
    assert_eq!(
        tree.record()["channels"],
        json!(["https://conda.anaconda.org/a"])
    );
    insta::assert_snapshot!(tree.warnings());
}

#[test]
fn workspace_with_both_names_is_refused() {
    let text = format!("[project]\nchannels = []\n[workspace]\nchannels = []\n{BACKEND}");
    insta::assert_snapshot!(Tree::new().file("ws/pixi.toml", &text).at("ws").mistakes());
}

#[test]
fn a_manifest_in_another_encoding_cannot_be_read() {
    let tree = Tree::package("").at("ws");
    let manifest = tree.request.current_folder.join("ws/pixi.toml");
    fs_err::write(manifest, b"[package]\nname = \"gr\xf6\xdfe\"\n").unwrap();
    insta::assert_snapshot!(tree.mistakes());
}

#[test]
fn links_are_resolved() {
    #[cfg(unix)]
    {
        let tree = member();
        let root = tree.request.current_folder.clone();
        std::os::unix::fs::symlink(root.join("ws/a/b"), root.join("link")).unwrap();
        assert_eq!(
            tree.at("link").record()["manifestPath"],
            "/home/user/ws/a/b/pixi.toml"
        );
    }
}
