//! Warnings about projects that can be built.

use std::process::Command;

use indoc::{formatdoc, indoc};

use super::{GREET, MAIN, backend, project};

/// Returns the warnings about a package with a program and a library, with this configuration and
/// these further tables.
fn warnings(config: &str, tables: &str) -> String {
    let project = project()
        .file("main.mojo", MAIN)
        .file("greet/__init__.mojo", GREET)
        .file("test/greet_test.mojo", MAIN)
        .file(
            "module.mojo",
            "def PyInit_greet_py() abi(\"C\"):\n    pass\n",
        )
        .file(
            "pixi.toml",
            formatdoc!(
                r#"
                    [package]
                    name = "greet"
                    version = "0.1.0"
                    {}
                    {tables}
                "#,
                backend(config)
            ),
        );
    let output = Command::new(assert_cmd::cargo::cargo_bin("pixi-build-mojo"))
        .arg("outputs")
        .current_dir(project.dir())
        .output()
        .expect("the executable can be run");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{text}");
    text.trim().to_string()
}

#[test]
fn a_compiler_that_cannot_read_the_library() {
    let compilers = |build: &str, run: &str| {
        format!(
            "[package.build-dependencies]\nmojo-compiler = \"{build}\"\n\
             [package.run-dependencies]\nmojo-compiler = \"{run}\"\n"
        )
    };
    let library = |build: &str, run: &str| warnings("pkg = {}", &compilers(build, run));
    insta::assert_snapshot!(library("==1.2.0", ">=1,<2"), @r#"warning: `mojo-compiler` in the run dependencies allows compilers that cannot read the precompiled library (help: write `mojo-compiler = "==1.2.0"`, remove it so that it is pinned, or use `format = "source"`)"#);
    insta::assert_snapshot!(library("==1.2.0", "==1.1.0"), @r#"warning: `mojo-compiler ==1.1.0` in the run dependencies excludes the compiler of the build, `==1.2.0`, which alone can read the precompiled library (help: write `mojo-compiler = "==1.2.0"`, remove it so that it is pinned, or use `format = "source"`)"#);
    insta::assert_snapshot!(library("=1.2.0", ">=1,<1.2"), @r#"warning: `mojo-compiler` in the run dependencies allows compilers that cannot read the precompiled library (help: write `mojo-compiler = "==<version of the build>"`, remove it so that it is pinned, or use `format = "source"`)"#);
    assert_eq!(library("==1.2.0", "==1.2.0"), "");
    assert_eq!(library("=1.2.0", "=1.2.0"), "");
    // A program contains no precompiled library.
    assert_eq!(warnings("bins = [{}]", &compilers("==1.2.0", ">=1,<2")), "");
}

#[test]
fn tests_that_do_not_exist() {
    let tests = |tests: &str| warnings(&format!("bins = [{{}}]\ntests = [{tests}]"), "");
    insta::assert_snapshot!(tests(r#""tset/test_*.mojo", "test/*.mojo""#), @"warning: `tset/test_*.mojo` in `tests` matches no Mojo file (help: write the path of a directory or a pattern such as `test/**/test_*.mojo`, relative to the source)");
    insta::assert_snapshot!(tests(r#""greet""#), @"warning: the directory `greet` in `tests` has no test: no file is called `test_*.mojo` or `*_test.mojo` (help: name the files with a pattern)");
    assert_eq!(tests(r#""test", "!test/slow""#), "");
}

#[test]
fn import_paths_that_do_not_exist() {
    let config = indoc! {r#"
        bins = [{ extra-args = ["-I", "vendor", "-Igreet", "-I$PREFIX/x"] }]
        import-paths = ["tset", "test"]
    "#};
    insta::assert_snapshot!(warnings(config, ""), @"
    warning: there is no directory `tset` (`import-paths`) (help: did you mean `test`?)
    warning: there is no directory `vendor` (`extra-args`) (help: paths are relative to the source)
    ");
}

#[test]
fn a_python_module_with_another_name() {
    let module = |name: &str| {
        let module = format!("{{ name = \"{name}\", path = \"module.mojo\" }}");
        warnings(&format!("python-modules = [{module}]"), "")
    };
    assert_eq!(module("greet_py"), "");
    insta::assert_snapshot!(module("greet"), @"warning: Python cannot import the module `greet`: no function is called `PyInit_greet` (help: give the entry of `python-modules` the name that the function has)");
}

#[test]
fn a_processor_that_not_every_machine_has() {
    let cpu = |level: &str, tables: &str| {
        let config = format!("bins = [{{}}]\ntarget-cpu = \"x86-64-v{level}\"");
        warnings(&config, tables)
    };
    insta::assert_snapshot!(cpu("3", ""), @r#"warning: the package can be installed on processors that cannot run it, because of `target-cpu = "x86-64-v3"` (help: write `x86_64-microarch-level = "3.*"` into `[package.build-dependencies]`; the package is in conda-forge)"#);
    assert_eq!(cpu("2", ""), "");
    let level = "[package.build-dependencies]\nx86_64-microarch-level = \"3.*\"\n";
    assert_eq!(cpu("3", level), "");
}
