//! The files that trigger a rebuild are the files that the compiler reads.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use indoc::{formatdoc, indoc};
use serde_json::Value;

use super::compiler::{channel, real_or_skip};
use super::{backend, project};
use test_support::edits::Verdict::{Rebuild, Reuse};
use test_support::edits::{Finished, finish_from};
use test_support::freshness::Remembered;
use test_support::machine::on_path;
use test_support::manifest;
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::requests::Outputs;
use test_support::toolchain::{Missing, or_skip};

/// A program with imports of every kind, and files that it does not import.
fn program() -> Project {
    let files = [
        (
            "app/main.mojo",
            indoc! {r#"
                """A program.

                import no_module
                """
                from words import greeting, deep
                import words.sub.more as m
                from extra import mark
                from std.math import sqrt


                def main():
                    from later import late

                    print(greeting(), deep.DEPTH, m.more(), mark(), late(), sqrt(4.0))
                    print("hello")
            "#},
        ),
        ("app/later.mojo", "def late() -> Int:\n    return 1\n"),
        ("app/unused.mojo", "import later\n"),
        (
            "app/words/__init__.mojo",
            indoc! {"
                from .greet import (
                    greeting,  # said first
                )
            "},
        ),
        (
            "app/words/greet.mojo",
            indoc! {"
                from . import name


                def greeting() -> String:
                    return name.NAME
            "},
        ),
        ("app/words/name.mojo", "comptime NAME = \"you\"\n"),
        ("app/words/deep.mojo", "comptime DEPTH = 2\n"),
        ("app/words/unused.mojo", "comptime UNUSED = 2\n"),
        ("app/words/sub/__init__.mojo", ""),
        (
            "app/words/sub/more.mojo",
            indoc! {"
                from ..deep import DEPTH


                def more() -> Int:
                    return DEPTH
            "},
        ),
        (
            "common/extra/__init__.mojo",
            "from extra.mark import mark\n",
        ),
        (
            "common/extra/mark.mojo",
            "def mark() -> String:\n    return \"!\"\n",
        ),
        ("common/other.mojo", "comptime OTHER = 1\n"),
        ("app/test_app.mojo", "import main\n"),
        ("app/README.md", "# app\n"),
    ];
    let project = files
        .into_iter()
        .fold(project(), |project, (path, text)| project.file(path, text));
    let config = backend("import-paths = [\"../common\"]\n");
    let package = indoc! {r#"
        [package]
        name = "app"
        version = "0.1.0"
    "#};
    project.file("app/pixi.toml", format!("{package}{config}"))
}

fn built(project: Project, folder: &str, package: &str) -> Finished {
    let initialize = manifest::initialize_member(&project, folder);
    finish_from(&channel(), project, &initialize, package)
}

#[test]
fn edits_of_a_program() {
    let project = program();
    let opened = opened(project.dir());
    let finished = built(project, "app", "app");
    finished.assert_verdicts(&[
        ("edit", "app/main.mojo", Rebuild),
        ("touch", "app/main.mojo", Reuse),
        ("edit", "app/later.mojo", Rebuild),
        ("edit", "app/words/__init__.mojo", Rebuild),
        ("edit", "app/words/name.mojo", Rebuild),
        ("edit", "app/words/deep.mojo", Rebuild),
        ("edit", "app/words/sub/__init__.mojo", Rebuild),
        ("edit", "app/words/sub/more.mojo", Rebuild),
        ("edit", "common/extra/mark.mojo", Rebuild),
        ("edit", "app/pixi.toml", Rebuild),
        ("new", "app/LICENSE", Rebuild),
        // The compiler would import these files instead of others.
        ("new", "app/extra.mojo", Rebuild),
        ("new", "app/extra/__init__.mojo", Rebuild),
        ("new", "app/std.mojo", Rebuild),
        ("new", "app/later/__init__.mojo", Rebuild),
        ("edit", "app/unused.mojo", Reuse),
        ("edit", "app/words/unused.mojo", Reuse),
        ("new", "app/words/new.mojo", Reuse),
        ("edit", "common/other.mojo", Reuse),
        ("new", "app/new.mojo", Reuse),
        ("edit", "app/test_app.mojo", Reuse),
        ("edit", "app/README.md", Reuse),
        ("new", "app/__mojocache__/main.so", Reuse),
        ("new", "app/main.mojo~", Reuse),
        ("new", "pixi.lock", Reuse),
    ]);
    if let Some(opened) = opened {
        let root = finished.project.dir();
        let names = finished.cache.names(root);
        let inputs = names.iter().map(|name| root.join(name));
        let inputs: BTreeSet<PathBuf> = inputs.filter(|path| is_source(path)).collect();
        assert_eq!(
            inputs, opened,
            "the inputs are the files that the compiler opens"
        );
    }
}

#[test]
fn edits_of_a_library() {
    let project = project()
        .file(
            "greet/__init__.mojo",
            "from .words import hello\nfrom beside import beside\n",
        )
        .file(
            "greet/words.mojo",
            "def hello() -> String:\n    return \"hello\"\n",
        )
        .file("greet/deep/more.mojo", "comptime MORE = 1\n")
        .file("beside.mojo", "def beside() -> Int:\n    return 1\n")
        .file("other.mojo", "comptime OTHER = 1\n")
        .file("test/test_greet.mojo", "import greet\n")
        .file(
            "pixi.toml",
            formatdoc!(
                r#"
                    [package]
                    name = "greet"
                    version = "0.1.0"
                    {}"#,
                backend("")
            ),
        );
    built(project, "", "greet").assert_verdicts(&[
        ("edit", "greet/words.mojo", Rebuild),
        ("edit", "greet/deep/more.mojo", Rebuild),
        ("remove", "greet/deep/more.mojo", Rebuild),
        ("new", "greet/new.mojo", Rebuild),
        ("new", "greet/deep/er/new.mojo", Rebuild),
        ("edit", "beside.mojo", Rebuild),
        // The backend would build this program instead of the library.
        ("new", "main.mojo", Rebuild),
        ("edit", "other.mojo", Reuse),
        ("new", "greet/README.md", Reuse),
        ("new", "greet/__mojocache__/words.mojo", Reuse),
        ("edit", "test/test_greet.mojo", Reuse),
        ("new", "stage/lib/mojo/greet.mojoc", Reuse),
    ]);
}

#[test]
fn patterns_cover_what_the_compiler_reads() {
    let config = indoc! {r#"
        bins = [{ extra-args = ["-I", "../more"] }]
        import-paths = ["../common"]
        input-tracking = "globs"
    "#};
    let package = "[package]\nname = \"app\"\nversion = \"0.1.0\"\n";
    let project = project()
        .file(
            "app/main.mojo",
            "import shared\nimport extra\n\ndef main():\n    pass\n",
        )
        .file("app/unused.mojo", "")
        .file("common/shared.mojo", "")
        .file("common/unused.mojo", "")
        .file("more/extra.mojo", "")
        .file("more/unused.mojo", "")
        .file("app/pixi.toml", format!("{package}{}", backend(config)));
    built(project, "app", "app").assert_verdicts(&[
        ("edit", "app/main.mojo", Rebuild),
        ("edit", "app/unused.mojo", Rebuild),
        ("new", "app/new.mojo", Rebuild),
        ("edit", "common/unused.mojo", Rebuild),
        ("edit", "more/extra.mojo", Rebuild),
        ("new", "more/extra/__init__.mojo", Rebuild),
        ("edit", "more/unused.mojo", Reuse),
    ]);
}

#[test]
fn imports_of_a_library_decide_on_its_dependencies() {
    let described = |host: &str, file: &str, text: &str| {
        let project = project()
            .file(
                "greet/__init__.mojo",
                "from .words import hello\nfrom beside import beside\n",
            )
            .file("greet/words.mojo", "from base import hello\n")
            .file("beside.mojo", "def beside() -> Int:\n    return 1\n")
            .file("main.mojo", "")
            .file(
                "pixi.toml",
                formatdoc!(
                    r#"
                        [package]
                        name = "greet"
                        version = "0.1.0"
                        {}[package.host-dependencies]
                        {host} = "*"
                    "#,
                    backend("pkg = {}\n")
                ),
            );
        let mut pixi = Pixi::of(&project);
        pixi.initialize(&manifest::initialize(&project));
        let params = Outputs::new(&project.metadata_work("greet")).params();
        let mut described = || {
            let answer = pixi.request("conda/outputs", params.clone());
            answer.expect("the package can be described")
        };
        let depends = |answer: &Value| answer["outputs"][0]["runDependencies"]["depends"].clone();
        let before = described();
        let remembered = Remembered::of(&before, project.dir());
        project.write(file, text);
        let is_noticed = !remembered.changes().is_empty();
        (is_noticed, depends(&described()) != depends(&before))
    };
    let import = "from words import hello\n";
    for file in [
        "greet/__init__.mojo",
        "greet/new.mojo",
        "greet/deep/new.mojo",
        "beside.mojo",
    ] {
        assert_eq!(described("words", file, import), (true, true), "{file}");
    }
    // A module of the project replaces the package.
    assert_eq!(described("base", "base.mojo", ""), (true, true));
    // Nothing that a library imports would be a dependency.
    assert_eq!(
        described("python", "greet/new.mojo", import),
        (false, false)
    );
    assert_eq!(described("words", "other.mojo", import), (false, false));
}

fn is_source(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "mojo")
}

/// Returns the sources below `root` that the real compiler opens. `None` if the machine does not
/// have the compiler or strace.
fn opened(root: &Path) -> Option<BTreeSet<PathBuf>> {
    let prefix = real_or_skip()?;
    let strace = or_skip(on_path("strace").ok_or(Missing("strace")))?;
    let elsewhere = tempfile::tempdir().expect("a temporary directory can be created");
    let trace = elsewhere.path().join("trace");
    let output = Command::new(strace)
        .args(["-f", "-qq", "-s", "4096", "-e", "trace=openat", "-o"])
        .arg(&trace)
        .arg(prefix.join("bin/mojo"))
        .args(["build", "-I", "../common", "main.mojo", "-o"])
        .arg(elsewhere.path().join("main"))
        .current_dir(root.join("app"))
        .env("MODULAR_MAX_PACKAGE_ROOT", &prefix)
        .env("MODULAR_MOJO_MAX_PACKAGE_ROOT", &prefix)
        .env("MODULAR_MOJO_MAX_IMPORT_PATH", prefix.join("lib/mojo"))
        .env("MODULAR_CRASH_REPORTING_ENABLED", "0")
        .env("MODULAR_TELEMETRY_ENABLED", "0")
        .env("MODULAR_CACHE_DIR", elsewhere.path())
        .output()
        .expect("strace can be run");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let text = fs_err::read_to_string(trace).expect("strace wrote it");
    let opened = text.lines().filter(|line| !line.contains("ENOENT"));
    let opened = opened.filter_map(|line| line.split_once("openat(")?.1.split('"').nth(1));
    let opened = opened.map(|path| root.join("app").join(path));
    let opened = opened.filter_map(|path| dunce::canonicalize(path).ok());
    let own = opened.filter(|path| path.starts_with(root) && is_source(path));
    Some(own.collect())
}
