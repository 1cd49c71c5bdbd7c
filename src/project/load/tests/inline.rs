//! Packages that a workspace defines in its dependencies, and sources in a repository.

use std::path::PathBuf;

use serde_json::json;

use super::{BACKEND, Tree, WORKSPACE};
use crate::project::load::{Inline, LoadRequest, inline_packages, remote_source};
use crate::protocol::spec::SourceLocation;

/// The packages that the workspace of `tree` defines: name, location, backend.
fn defined(tree: &Tree) -> Vec<String> {
    let packages =
        inline_packages(&tree.request).unwrap_or_else(|errors| panic!("{}", tree.render(&errors)));
    let shown = packages.iter().map(|package| {
        let place = match &package.location {
            SourceLocation::Path(location) => location.path.clone(),
            SourceLocation::Git(location) => location.git.clone(),
            SourceLocation::Url(location) => location.url.clone(),
        };
        let backend = package.backend.as_deref().unwrap_or("no backend");
        tree.redact(format!("{} {place} {backend}", package.name))
    });
    shown.collect()
}

/// The same tree, with a request for the package `name` with its source in `folder`.
fn inline(tree: Tree, name: &str, folder: &str) -> Tree {
    tree.with(|request: &mut LoadRequest| {
        request.inline = Some(Inline {
            name: name.to_owned(),
            folder: request.current_folder.join(folder),
        });
    })
}

fn teapot() -> Tree {
    let definition = "[dependencies]\nplain = \"1\"\nteapot = { path = \"vendor/teapot\", package.build.backend.name = \
                      \"pixi-build-rust\" }\n\n[feature.x.dependencies.kettle]\ngit = \"https://example.org/k\"\n\n\
                      [feature.x.dependencies.kettle.package.build]\nbackend = { name = \"pixi-build-cmake\" }\n\
                      \n[workspace.dependencies]\ngauge = { path = \"../gauge\", package = { name = \"gauge\", \
                      build = { backend = { name = \"pixi-build-rust\" }, config = { binaries = [\"g\"] } }, \
                      run-dependencies = { zlib = \"*\" } } }\n";
    Tree::new()
        .file("ws/pixi.toml", &format!("{WORKSPACE}{definition}"))
        .file("ws/vendor/teapot/Cargo.toml", "")
        .file("gauge/Cargo.toml", "")
        .at("ws")
}

#[test]
fn definitions_are_found_in_every_table_that_can_have_them() {
    let expected = [
        "gauge /home/user/ws/../gauge pixi-build-rust",
        "teapot /home/user/ws/vendor/teapot pixi-build-rust",
        "kettle https://example.org/k pixi-build-cmake",
    ];
    assert_eq!(defined(&teapot()), expected);
    let member = teapot().file("ws/a/pixi.toml", &format!("[package]\n{BACKEND}"));
    assert_eq!(defined(&member.at("ws/a")), expected);
    assert_eq!(defined(&Tree::package("")), [""; 0]);
}

#[test]
fn a_definition_is_read_as_if_the_folder_had_a_manifest() {
    let loaded = inline(teapot(), "teapot", "ws/vendor/teapot").record();
    assert_eq!(
        loaded["manifestPath"],
        "/home/user/ws/vendor/teapot/pixi.toml"
    );
    assert_eq!(loaded["sourceDirectory"], "/home/user/ws/vendor/teapot");
    assert_eq!(loaded["workspaceDirectory"], "/home/user/ws");
    let loaded = inline(teapot(), "gauge", "gauge").record();
    assert_eq!(loaded["configuration"], json!({"binaries": ["g"]}));
    let run = &loaded["projectModel"]["targets"]["defaultTarget"]["runDependencies"];
    assert_eq!(run["zlib"]["binary"]["version"], "*");
}

#[test]
fn errors_in_a_definition_are_shown_under_its_place() {
    let text = "[dependencies]\nteapot = { path = \"t\", package = { nmae = \"x\", build.backend.name = \"b\" } }\n";
    let tree = Tree::new()
        .file("ws/pixi.toml", &format!("{WORKSPACE}{text}"))
        .at("ws");
    insta::assert_snapshot!(inline(tree, "teapot", "ws").mistakes());
    insta::assert_snapshot!(inline(teapot(), "samovar", "ws").mistakes());
}

#[test]
fn a_member_takes_a_definition_from_the_workspace() {
    let member = |text: &str| {
        let text =
            format!("[package]\nname = \"a\"\n{BACKEND}[package.run-dependencies]\n{text}\n");
        teapot().file("ws/a/pixi.toml", &text).at("ws/a")
    };
    let model = member("gauge.workspace = true").model();
    let gauge = &model["targets"]["defaultTarget"]["runDependencies"]["gauge"];
    assert_eq!(gauge, &json!({"source": {"path": {"path": "../../gauge"}}}));
    let own = member("gauge = { path = \"../../gauge\", package.build.backend.name = \"b\" }");
    insta::assert_snapshot!(own.mistakes());
}

#[test]
fn code_elsewhere_is_named_for_whoever_fetches_it() {
    let named = |source: &str| {
        let tree = Tree::package(&format!("[package.build.source]\n{source}"));
        remote_source(&tree.request).map(|source| serde_json::to_value(source).unwrap())
    };
    assert_eq!(
        named("git = \"https://example.org/a\"\ntag = \"v1\"\nsubdirectory = \"./b\""),
        Some(
            json!({"git": {"git": "https://example.org/a", "rev": {"tag": "v1"}, "subdirectory": "b"}})
        )
    );
    let archive = named("url = \"https://example.org/a.tar.gz\"").expect("an archive");
    assert_eq!(archive["url"]["url"], "https://example.org/a.tar.gz");
    assert_eq!(named("path = \"..\""), None);
    assert_eq!(named("git = \"no address\""), None);
    // The fetched directory replaces the location.
    let tree = Tree::package("[package.build.source]\ngit = \"https://example.org/a\"")
        .file("fetched/Cargo.toml", "")
        .with(|request| request.source_directory = Some(PathBuf::from("fetched")));
    assert_eq!(tree.record()["sourceDirectory"], "/home/user/fetched");
}
