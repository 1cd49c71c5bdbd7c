//! The options that all backends except the one for recipes have, with the real tools of each.

use indoc::indoc;
use serde_json::{Value, json};

use crate::mojo::compiler;
use test_support::archive::Archive;
use test_support::channel::Channel;
use test_support::cmake::{self, Order, PackageBuilder};
use test_support::edits::Verdict::{Rebuild, Reuse};
use test_support::edits::finish_from;
use test_support::project::Project;
use test_support::python;
use test_support::requests::Initialize;

/// One option of each kind that adds files to a package, for a program `tool`.
fn options() -> Value {
    let run = |command: &str| json!({"run": ["sh", "-c", command]});
    json!({
        "completions": {"tool": ["complete", "{shell}"]},
        "man-pages": ["doc/tool.1"],
        "install": {
            "share/tool/": "doc/*.txt",
            "share/tool/all/": "assets",
            "share/tool/link": {"link": "text.txt"},
        },
        "activation": {"env": {"TOOL_HOME": "$PREFIX/share/tool"}},
        "hooks": {
            "before-build": run("mkdir -p $PREFIX/share/early && touch $PREFIX/share/early/file"),
            "after-install": run("test -x $PREFIX/bin/tool && touch $PREFIX/share/tool/late"),
        },
        "version-check": {"tool": ["version"]},
        "dynamic-linking": {"overlinking-behavior": "ignore"},
        "prefix-detection": {"ignore-binary-files": true},
        "ignore-run-exports": {"by-name": ["nothing"]},
    })
}

fn with_documentation(project: Project) -> Project {
    project
        .file("doc/tool.1", ".TH TOOL 1\n")
        .file("doc/text.txt", "text\n")
        .file("assets/.hidden", "hidden\n")
        .file("assets/deep/data", "data\n")
}

/// Asserts that the package contains the files of the options. `own` are the directories in
/// which the build tool installs files.
#[track_caller]
fn assert_installed(archive: &Archive, own: &[&str]) {
    let files = archive.files();
    let is_own = |path: &str| own.iter().any(|folder| path.starts_with(folder));
    let added = files.iter().filter(|path| !is_own(path));
    let added: Vec<&str> = added.map(String::as_str).collect();
    let expected = [
        "etc/conda/env_vars.d/tool.json",
        "share/bash-completion/completions/tool",
        "share/early/file",
        "share/fish/vendor_completions.d/tool.fish",
        "share/man/man1/tool.1",
        "share/tool/all/.hidden",
        "share/tool/all/deep/data",
        "share/tool/late",
        "share/tool/link",
        "share/tool/text.txt",
        "share/zsh/site-functions/_tool",
    ];
    assert_eq!(added, expected);
    let tests = archive.text("info/tests/tests.yaml");
    assert!(tests.contains("tool version"), "{tests}");
}

/// Builds a member of a workspace that inherits from the workspace, and edits what the options
/// name.
#[track_caller]
fn built(project: Project, initialize: Initialize, channel: &Channel) -> Archive {
    let workspace = project.dir().parent().expect("a temporary directory");
    let manifest = workspace.join("mojoproject.toml");
    fs_err::write(manifest, "[workspace]\n").expect("own directory");
    let initialize = initialize
        .set("workspaceDirectory", json!(workspace))
        .configuration(options());
    let finished = finish_from(channel, project, &initialize, "tool");
    finished.assert_verdicts(&[
        ("edit", "../mojoproject.toml", Rebuild),
        ("edit", "doc/text.txt", Rebuild),
        ("new", "doc/more.txt", Rebuild),
        ("new", "doc/more.md", Reuse),
        ("edit", "assets/deep/data", Rebuild),
        ("edit", "assets/.hidden", Rebuild),
        ("new", "assets/new/file", Rebuild),
        ("new", "assets/.file.swp", Reuse),
    ]);
    let archive = finished.answer["output_file"].as_str();
    Archive::open(archive.expect("a path"))
}

#[test]
fn a_project_of_cmake_has_them() {
    let lists = indoc! {"
        cmake_minimum_required(VERSION 3.20...4.0)
        project(tool VERSION 1.2 LANGUAGES NONE)
        install(PROGRAMS tool DESTINATION bin)
    "};
    let project = Project::of(cmake::BACKEND)
        .pixi_toml("[package]\nname = \"tool\"\n")
        .file("CMakeLists.txt", lists)
        .file("tool", "#!/bin/sh\necho \"$@\"\n");
    let project = with_documentation(project);
    let Some(builder) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    let built = builder.build(Order {
        config: options(),
        ..Order::default()
    });
    assert_installed(&built.archive, &["bin/tool"]);
}

#[test]
fn a_project_of_python_has_them() {
    let Some(channel) = python::channel_or_skip() else {
        return;
    };
    let manifest = indoc! {r#"
        [build-system]
        requires = ["hatchling"]
        build-backend = "hatchling.build"
        [project]
        name = "tool"
        version = "1.2"
        [project.scripts]
        tool = "tool:main"
    "#};
    let code = indoc! {"
        import sys


        def main():
            print(*sys.argv[1:])
    "};
    let project = Project::of("pixi-build-python")
        .pixi_toml("[package]\nversion.workspace = true\n")
        .file("pyproject.toml", manifest)
        .file("src/tool/__init__.py", code);
    let project = with_documentation(project);
    let requirements = ["hatchling", "editables"].into_iter();
    let initialize = requirements.fold(Initialize::of(&project), |initialize, name| {
        initialize.dependency("hostDependencies", name, "*")
    });
    let archive = built(project, initialize, channel);
    assert_installed(&archive, &["site-packages/"]);
}

#[test]
fn a_project_of_mojo_has_them() {
    let project = Project::of("pixi-build-mojo")
        .pixi_toml(indoc! {r#"
            [package]
            name = "tool"
            version = { workspace = true }
        "#})
        .file("main.mojo", "def main():\n    print(\"complete\")\n");
    let project = with_documentation(project);
    let initialize = Initialize::of(&project).package("tool", "1.2");
    let archive = built(project, initialize, &compiler::channel());
    assert_installed(&archive, &["bin/tool"]);
}
