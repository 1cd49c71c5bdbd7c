//! Unusual projects, each of which once led to a stale package.

use indoc::{formatdoc, indoc};
use serde_json::json;

use test_support::edits::Verdict::{Rebuild, Reuse};
use test_support::edits::{Finished, Row, finish};
use test_support::project::Project;
use test_support::requests::Initialize;

const MAIN: &str = "fn main() {}\n";

fn manifest(name: &str, rest: &str) -> String {
    formatdoc!(
        r#"
        [package]
        name = "{name}"
        version = "1.0.0"
        edition = "2024"
        {rest}"#
    )
}

fn app(rest: &str) -> Project {
    Project::new()
        .file("Cargo.toml", manifest("app", rest))
        .pixi_toml(indoc! {r#"
            [package]
            name = "app"
            version = "1.0.0"
        "#})
}

#[track_caller]
fn assert_verdicts(
    project: Project,
    configuration: serde_json::Value,
    rows: &[Row<'_>],
) -> Finished {
    let initialize = Initialize::of(&project).package("app", "1.0.0");
    let finished = finish(project, &initialize.configuration(configuration), "app");
    assert!(finished.is_exact(), "{:#?}", finished.stderr);
    finished.assert_verdicts(rows);
    finished
}

#[test]
fn macros_tools_of_build_scripts_and_patches() {
    let dependencies = indoc! {r#"
        [dependencies]
        macros = { path = "macros" }
        shout = "1"
        [build-dependencies]
        tool = { path = "tool" }
        [patch.crates-io]
        shout = { path = "shout" }
    "#};
    let project = app(dependencies)
        .file(
            "src/main.rs",
            indoc! {r#"
            fn main() {
                println!("{}{}", macros::one!(), shout::X);
            }
        "#},
        )
        .file(
            "build.rs",
            indoc! {"
            fn main() {
                tool::run();
            }
        "},
        )
        .file("tool/Cargo.toml", manifest("tool", ""))
        .file(
            "tool/src/lib.rs",
            indoc! {r#"
            pub fn run() {
                println!("cargo::rerun-if-changed=build.rs");
            }
        "#},
        )
        .file(
            "macros/Cargo.toml",
            manifest("macros", "[lib]\nproc-macro = true\n"),
        )
        .file(
            "macros/src/lib.rs",
            indoc! {r#"
            use proc_macro::TokenStream;
            #[proc_macro]
            pub fn one(_: TokenStream) -> TokenStream {
                "1".parse().unwrap()
            }
        "#},
        )
        .file("shout/Cargo.toml", manifest("shout", ""))
        .file("shout/src/lib.rs", "pub const X: u8 = 1;\n")
        .lock();
    let rows = [
        ("edit", "macros/src/lib.rs", Rebuild),
        ("edit", "macros/Cargo.toml", Rebuild),
        ("edit", "tool/src/lib.rs", Rebuild),
        ("edit", "tool/Cargo.toml", Rebuild),
        ("edit", "shout/src/lib.rs", Rebuild),
        ("edit", "shout/Cargo.toml", Rebuild),
        ("new", "shout/README.md", Reuse),
        ("new", "macros/tests/works.rs", Reuse),
    ];
    assert_verdicts(project, json!({}), &rows);
}

#[test]
fn examples_that_are_installed() {
    let project = || {
        app("")
            .file("src/main.rs", MAIN)
            .file("examples/show.rs", MAIN)
            .file("examples/other.rs", MAIN)
            .lock()
    };
    let rows = [
        ("edit", "examples/show.rs", Rebuild),
        ("edit", "examples/other.rs", Reuse),
        ("edit", "src/main.rs", Reuse),
    ];
    let arguments = ["--example", "show"];
    assert_verdicts(project(), json!({"extra-args": arguments}), &rows);

    // Patterns cover all examples.
    let project = project();
    let configuration = json!({"extra-args": arguments, "input-tracking": "globs"});
    let initialize = Initialize::of(&project).package("app", "1.0.0");
    let finished = finish(project, &initialize.configuration(configuration), "app");
    finished.assert_verdicts(&rows[..1]);
}

#[test]
fn names_full_of_signs() {
    let texts = [
        "!bang.txt",
        "#hash.txt",
        "{a,b}*?.txt",
        "blank .txt",
        ".hidden.txt",
    ];
    let includes: String = texts
        .iter()
        .map(|name| format!("const _: &str = include_str!(\"../[x] y/{name}\");\n"))
        .collect();
    let mut project = app("")
        .file(
            "src/main.rs",
            formatdoc!(
                r#"
                #[path = "we[ir]d.rs"]
                mod weird;
                {includes}{MAIN}"#
            ),
        )
        .file("src/we[ir]d.rs", "")
        .file("src/wei.rs", "");
    for name in texts {
        project = project.file(&format!("[x] y/{name}"), "text\n");
    }
    let mut rows = vec![
        ("edit", "src/we[ir]d.rs", Rebuild),
        ("edit", "src/wei.rs", Reuse),
        ("new", "x/#hash.txt", Reuse),
        ("new", "[x] y/a.txt", Reuse),
        ("new", "[x] y/bang.txt", Reuse),
        ("new", "[x] y/deep/blank .txt", Reuse),
    ];
    let paths: Vec<String> = texts.iter().map(|name| format!("[x] y/{name}")).collect();
    rows.extend(paths.iter().map(|path| ("edit", path.as_str(), Rebuild)));
    assert_verdicts(project.lock(), json!({}), &rows);
}

#[test]
fn output_folders_under_any_name() {
    // The build script names no files, so Cargo watches the whole package.
    let project = app("")
        .file("src/main.rs", MAIN)
        .file("build.rs", MAIN)
        .file("data/x.txt", "text\n")
        .file(
            "tagged/CACHEDIR.TAG",
            "Signature: 8a477f597d28d172789f06886806bc55\n",
        )
        .file("nested/Cargo.toml", manifest("nested", "[workspace]\n"))
        .file(".cargo/config.toml", "[build]\ntarget-dir = \"out\"\n")
        .lock();
    let configuration = json!({"env": {"CARGO_TARGET_DIR": "src/produced"}});
    let rows = [
        ("edit", "data/x.txt", Rebuild),
        ("new", "data/y.txt", Rebuild),
        ("new", "target/x.rs", Reuse),
        ("new", "out/release/x.rs", Reuse),
        ("new", "src/produced/x.rs", Reuse),
        ("new", "tagged/x.rs", Reuse),
        ("new", "nested/src/lib.rs", Reuse),
        ("new", "tests/x.rs", Reuse),
    ];
    assert_verdicts(project, configuration, &rows);
}

#[test]
fn configuration_that_includes_another() {
    let project = app("")
        .file("src/main.rs", MAIN)
        .file(".cargo/config.toml", "include = [\"more.toml\"]\n")
        .file(".cargo/more.toml", "[env]\nX = \"1\"\n")
        .file(".cargo/other.toml", "[env]\nX = \"1\"\n")
        .lock();
    let rows = [
        ("edit", ".cargo/more.toml", Rebuild),
        ("edit", ".cargo/other.toml", Reuse),
    ];
    assert_verdicts(project, json!({}), &rows);
}

#[test]
fn configuration_of_the_command_line() {
    let project = app("")
        .file("src/main.rs", MAIN)
        .file("ci/cargo.toml", "[env]\nX = \"1\"\n")
        .file("ci/other.toml", "[env]\nX = \"1\"\n")
        .lock();
    let rows = [
        ("edit", "ci/cargo.toml", Rebuild),
        ("edit", "ci/other.toml", Reuse),
    ];
    let arguments = ["--config", "net.retry=1", "--config", "ci/cargo.toml"];
    assert_verdicts(project, json!({"extra-args": arguments}), &rows);
}

#[test]
fn binaries_that_were_not_asked_for() {
    let project = app("")
        .file("src/bin/one.rs", MAIN)
        .file("src/bin/two/main.rs", "mod part;\nfn main() {}\n")
        .file("src/bin/two/part.rs", "")
        .lock();
    let rows = [
        ("edit", "src/bin/one.rs", Rebuild),
        ("edit", "src/bin/two/main.rs", Reuse),
        ("edit", "src/bin/two/part.rs", Reuse),
    ];
    assert_verdicts(project, json!({"binaries": ["one"]}), &rows);
}

#[test]
fn values_taken_from_the_pixi_workspace() {
    let backend = indoc! {r#"
        [package.build.backend]
        name = "pixi-build-rust"
        version = "*"
    "#};
    let project = Project::new()
        .file("pixi.toml", "[workspace]\ndescription = \"one\"\n")
        .file(
            "app/pixi.toml",
            formatdoc!(
                r#"
                [package]
                name = "app"
                description.workspace = true
                {backend}"#
            ),
        )
        .file("app/Cargo.toml", manifest("app", ""))
        .file("app/src/main.rs", MAIN)
        .lock_in("app");
    let initialize = Initialize::member(&project, "app").package("app", "1.0.0");
    let rows = [
        ("edit", "pixi.toml", Rebuild),
        ("edit", "app/pixi.toml", Rebuild),
        ("new", "app/pyproject.toml", Reuse),
    ];
    finish(project, &initialize, "app").assert_verdicts(&rows);
}

#[test]
fn a_path_that_a_build_script_waits_for() {
    let script = indoc! {r#"
        fn main() {
            for path in ["build.rs", "later/file.txt", "folder"] {
                println!("cargo::rerun-if-changed={path}");
            }
        }
    "#};
    let project = app("")
        .file("src/main.rs", MAIN)
        .file("build.rs", script)
        .lock();
    let rows = [
        ("new", "later/file.txt", Rebuild),
        ("new", "later/other.txt", Reuse),
        ("new", "folder", Rebuild),
        ("new", "folder/deep/x.txt", Rebuild),
    ];
    assert_verdicts(project, json!({}), &rows);
}

#[cfg(unix)]
#[test]
fn sources_behind_a_link() {
    let project = app("")
        .file("code/main.rs", "mod part;\nfn main() {}\n")
        .file("code/part.rs", "")
        .file("code/unused.rs", "");
    fs_err::os::unix::fs::symlink("code", project.dir().join("src")).expect("own folder");
    let rows = [
        ("edit", "code/main.rs", Rebuild),
        ("edit", "code/part.rs", Rebuild),
        ("new", "code/new.rs", Rebuild),
        ("edit", "code/unused.rs", Reuse),
    ];
    assert_verdicts(project.lock(), json!({}), &rows);
}

#[test]
fn dep_info_with_relative_paths() {
    let project = app("[dependencies]\nlib = { path = \"lib\" }\n")
        .file("src/main.rs", MAIN)
        .file("lib/Cargo.toml", manifest("lib", ""))
        .file("lib/src/lib.rs", "")
        .file(".cargo/config.toml", "[build]\ndep-info-basedir = \".\"\n")
        .lock();
    let rows = [
        ("edit", "src/main.rs", Rebuild),
        ("edit", "lib/src/lib.rs", Rebuild),
        ("edit", "lib/Cargo.toml", Rebuild),
    ];
    assert_verdicts(project, json!({}), &rows);
}

#[test]
fn a_virtual_workspace_as_the_source() {
    let root = indoc! {r#"
        [workspace]
        members = ["crates/*"]
        resolver = "3"
    "#};
    let project = Project::new()
        .file("Cargo.toml", root)
        .file(
            "crates/app/Cargo.toml",
            manifest("app", "[dependencies]\nlib = { path = \"../lib\" }\n"),
        )
        .file("crates/app/src/main.rs", MAIN)
        .file("crates/lib/Cargo.toml", manifest("lib", ""))
        .file("crates/lib/src/lib.rs", "")
        .file("crates/tool/Cargo.toml", manifest("tool", ""))
        .file("crates/tool/src/main.rs", MAIN)
        .pixi_toml(indoc! {r#"
            [package]
            name = "app"
            version = "1.0.0"
        "#})
        .lock();
    let rows = [
        ("edit", "Cargo.toml", Rebuild),
        ("edit", "Cargo.lock", Rebuild),
        ("edit", "pixi.toml", Rebuild),
        ("edit", "crates/app/src/main.rs", Rebuild),
        ("edit", "crates/app/Cargo.toml", Rebuild),
        ("edit", "crates/lib/src/lib.rs", Rebuild),
        ("edit", "crates/lib/Cargo.toml", Rebuild),
        ("new", "crates/lib/src/new.rs", Rebuild),
        ("edit", "crates/tool/Cargo.toml", Reuse),
        ("edit", "crates/tool/src/main.rs", Reuse),
        ("new", "src/main.rs", Reuse),
        ("new", "target/x.rs", Reuse),
    ];
    assert_verdicts(project, json!({}), &rows);
}

#[test]
fn the_flat_list_alone_serves_older_clients() {
    let project = app("")
        .file(
            "src/main.rs",
            indoc! {r#"
                mod part;
                fn main() {
                    include_str!("../data/x.txt");
                }
            "#},
        )
        .file("src/part.rs", "")
        .file("src/unused.rs", "")
        .file("data/x.txt", "text\n")
        .file("LICENSE", "text\n")
        .lock();
    let initialize = Initialize::of(&project).package("app", "1.0.0");
    let mut finished = finish(project, &initialize, "app");
    finished.answer["input_glob_sets"] = json!(null);
    let source = finished.project.dir().to_owned();
    finished.cache = test_support::freshness::Remembered::of(&finished.answer, &source);
    finished.assert_verdicts(&[
        ("edit", "src/part.rs", Rebuild),
        ("new", "src/new.rs", Rebuild),
        ("edit", "data/x.txt", Rebuild),
        ("edit", "Cargo.toml", Rebuild),
        ("edit", "Cargo.lock", Rebuild),
        ("edit", "pixi.toml", Rebuild),
        ("edit", "LICENSE", Rebuild),
        ("new", "build.rs", Rebuild),
        ("edit", "src/unused.rs", Reuse),
        ("new", "data/y.txt", Reuse),
        ("new", "target/x.rs", Reuse),
    ]);
}
