//! Errors in projects, as the user sees them.

use std::process::Command;

use indoc::indoc;
use serde_json::{Value, json};

use super::builds::{built, tried};
use super::{HELLO, NAME, initialize, plain, project};
use test_support::cli_command::CliCommand;
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::python::{channel_or_skip, version};
use test_support::render_error::render_error;
use test_support::requests::Outputs;

#[track_caller]
fn outputs_error(project: &Project, config: Value) -> String {
    let mut pixi = Pixi::of(project);
    pixi.initialize(&initialize(project, &[], config));
    let params = Outputs::new(&project.metadata_work("hello")).params();
    let error = pixi
        .request("conda/outputs", params)
        .expect_err("the project has an error");
    render_error(project, &error)
}

#[track_caller]
fn of_pyproject(text: &str) -> String {
    outputs_error(&project(&[("pyproject.toml", text)]), plain())
}

#[test]
fn no_project() {
    insta::assert_snapshot!(outputs_error(&Project::of(NAME).pixi_toml("[package]\n"), plain()), @r#"
    python::no_project

      × there is no Python project in /ws: neither `pyproject.toml` nor `setup.py`
      help: if the code is in another directory, name it in
            `[package.build.source]`: `path = "…"`
    "#);
}

#[test]
fn a_version_that_only_the_build_knows() {
    let text = indoc! {r#"
        [project]
        name = "a"
        dynamic = ["version"]
        [tool.setuptools_scm]
    "#};
    insta::assert_snapshot!(of_pyproject(text), @r#"
    python::dynamic_version

      × the package has no version: setuptools-scm computes it from Git, but there
      │ is no Git checkout
       ╭─[/ws/pyproject.toml:3:12]
     2 │ name = "a"
     3 │ dynamic = ["version"]
       ·            ────┬────
       ·                ╰── the project leaves it open here
     4 │ [tool.setuptools_scm]
       ╰────
      help: write `version = "…"` into `[package]` of the pixi manifest, and the
            wheel gets the same version; or say where it is: `version-from` in
            `[package.build.config]` can be `"file:PATH"`
    "#);
}

#[test]
fn a_version_that_no_setting_names() {
    let pyproject = |requires: &str, backend: &str, rest: &str| {
        format!(
            "[build-system]\nrequires = [\"{requires}\"]\nbuild-backend = \"{backend}\"\n\
             [project]\nname = \"a\"\ndynamic = [\"version\"]\n{rest}"
        )
    };
    let meson = project(&[
        ("pyproject.toml", &pyproject("meson-python", "mesonpy", "")),
        (
            "meson.build",
            "project('a', 'c',\n  version: run_command('python', 'v.py', check: true).stdout().strip())\n\
             dependency('b', version: '>=1')\n",
        ),
    ]);
    insta::assert_snapshot!(outputs_error(&meson, plain()), @r#"
    python::dynamic_version

      × the package has no version: `version` of `project()` on line 2 of
      │ meson.build computes it during the build
       ╭─[/ws/pyproject.toml:6:12]
     5 │ name = "a"
     6 │ dynamic = ["version"]
       ·            ────┬────
       ·                ╰── the project leaves it open here
       ╰────
      help: write `version = "…"` into `[package]` of the pixi manifest; or say
            where it is: `version-from` in `[package.build.config]` can be
            `"file:PATH"`
    "#);
    let hatchling = pyproject("hatchling", "hatchling.build", "");
    insta::assert_snapshot!(of_pyproject(&hatchling), @r#"
    python::dynamic_version

      × the package has no version: hatchling finds it with
      │ `[tool.hatch.version]`, which pyproject.toml does not have
       ╭─[/ws/pyproject.toml:6:12]
     5 │ name = "a"
     6 │ dynamic = ["version"]
       ·            ────┬────
       ·                ╰── the project leaves it open here
       ╰────
      help: add `[tool.hatch.version]` with `path = "…"`, the file that sets
            `__version__`; or write `version = "…"` into `[project]`
    "#);
    let hook = "[tool.hatch.metadata.hooks.custom]\n";
    let hook = pyproject("hatchling", "hatchling.build", hook);
    insta::assert_snapshot!(of_pyproject(&hook), @r#"
    python::dynamic_version

      × the package has no version: `hatchling` adds it during the build, from a
      │ place that pyproject.toml does not name
       ╭─[/ws/pyproject.toml:6:12]
     5 │ name = "a"
     6 │ dynamic = ["version"]
       ·            ────┬────
       ·                ╰── the project leaves it open here
     7 │ [tool.hatch.metadata.hooks.custom]
       ╰────
      help: write `version = "…"` into `[package]` of the pixi manifest; or say
            where it is: `version-from` in `[package.build.config]` can be
            `"file:PATH"`
    "#);
}

#[test]
fn a_dependency_that_cannot_be_read() {
    let text = indoc! {r#"
        [project]
        name = "a"
        version = "1"
        dependencies = ["requests >= two"]
    "#};
    insta::assert_snapshot!(of_pyproject(text), @r#"
    python::bad_dependency

      × `requests >= two` is not a dependency: `two` is not a version that conda
      │ can compare
       ╭─[/ws/pyproject.toml:4:17]
     3 │ version = "1"
     4 │ dependencies = ["requests >= two"]
       ·                 ────────┬────────
       ·                         ╰── this dependency
       ╰────
      help: write it as in `requests >=2.31; python_version < '3.12'` (PEP 508)
    "#);
}

#[test]
fn an_entry_point_without_a_function() {
    let text = indoc! {r#"
        [project]
        name = "a"
        version = "1"
        [project.scripts]
        a = "a.main"
    "#};
    insta::assert_snapshot!(of_pyproject(text), @r#"
    python::bad_entry_point

      × `a` cannot be started: `a.main` is not a function of a module
       ╭─[/ws/pyproject.toml:5:5]
     4 │ [project.scripts]
     5 │ a = "a.main"
       ·     ────┬───
       ·         ╰── not `module:function`
       ╰────
      help: write `module:function`, such as `a:main`
    "#);
    let text = text.replace("a.main", "greeter");
    let told = of_pyproject(&text);
    assert!(told.contains("such as `greeter:main`"), "{told}");
}

#[test]
fn a_name_with_a_space() {
    let text = indoc! {r#"
        [project]
        name = "greeter project"
        version = "1"
    "#};
    insta::assert_snapshot!(of_pyproject(text), @r#"
    package::bad_name

      × `greeter project` cannot be the name of a conda package
       ╭─[/ws/pyproject.toml:2:8]
     1 │ [project]
     2 │ name = "greeter project"
       ·        ────────┬────────
       ·                ╰── this name
     3 │ version = "1"
       ╰────
      help: use letters, digits, `-`, `_` and `.`; or set `name` in `[package]` of
            the pixi manifest
    "#);
}

#[test]
fn a_program_whose_module_is_not_packed() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    let project = project(HELLO).pixi_toml(indoc! {r#"
            [package]
            [package.build.backend]
            name = "pixi-build-python"
            [package.host-dependencies]
            hatchling = "*"
        "#});
    let told = |target: &str| {
        let (_, text) = HELLO[0];
        project.write("pyproject.toml", text.replace("hello_world:main", target));
        let ended = CliCommand::build(&project, "").channel(channel).run();
        assert_eq!(ended.code(), 0, "{}", ended.stderr());
        let folder = project.dir().display().to_string();
        let text = ended.stderr().replace(&folder, "/ws");
        let start = text.find("/ws/pyproject.toml:").unwrap_or(text.len());
        text[start..].lines().take(1).collect::<String>()
    };
    let targets = [
        "hello_wrold:main",
        "hello_world.cli:main",
        "hello_world:main",
        "click:echo",
    ];
    insta::assert_snapshot!(targets.map(told).join("\n"));
}

#[test]
fn a_build_backend_that_nobody_has() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    let told = |table: &str| {
        let text = format!("{table}[project]\nname = \"hello\"\nversion = \"1\"\n");
        let project = project(&[("pyproject.toml", &text), ("src/hello/__init__.py", "")]);
        let error = tried(
            &project,
            &initialize(&project, &["hatchling"], plain()),
            channel,
            false,
        );
        let drawn = render_error(&project, &error.expect_err(table));
        let lines = drawn.lines().filter(|line| !line.contains("the whole log"));
        lines.map(|line| format!("  {line}\n")).collect::<String>()
    };
    let backend = |name: &str| {
        told(&format!(
            "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"{name}\"\n"
        ))
    };
    insta::assert_snapshot!(
        [
            backend("hatchlin.build"),
            backend("hatchling.builder"),
            told("")
        ]
        .join("----\n")
    );
    // As with pip, setuptools builds a project that names no build backend.
    let text = "[project]\nname = \"hello\"\nversion = \"1\"\n";
    let project = project(&[("pyproject.toml", text), ("src/hello/__init__.py", "")]);
    let initialize = initialize(&project, &["setuptools"], plain());
    built(&project, &initialize, channel, false);
}

#[test]
fn a_version_that_is_not_valid() {
    let text = indoc! {r#"
        [project]
        name = "a"
        version = "latest!"
    "#};
    insta::assert_snapshot!(of_pyproject(text), @r#"
    python::bad_version

      × `latest!` is not a version of a Python project
       ╭─[/ws/pyproject.toml:3:11]
     2 │ name = "a"
     3 │ version = "latest!"
       ·           ────┬────
       ·               ╰── this version
       ╰────
      help: versions look like `1.2.3`, `1.2rc1` or `2024.1.post2` (PEP 440)
    "#);
}

#[test]
fn two_versions_of_python_that_exclude_each_other() {
    let project = project(HELLO).pixi_toml(indoc! {r#"
            [package]
            [package.build.backend]
            name = "pixi-build-python"
            [package.host-dependencies]
            python = "3.8.*"
        "#});
    let mut pixi = Pixi::of(&project);
    let params = initialize(&project, &[], json!({}));
    pixi.initialize(&params.dependency("hostDependencies", "python", "3.8.*"));
    let outputs = Outputs::new(&project.metadata_work("hello")).params();
    let error = pixi
        .request("conda/outputs", outputs)
        .expect_err("the project has an error");
    insta::assert_snapshot!(render_error(&project, &error), @r#"
    python::no_common_python

      × no version of Python satisfies both `3.8.*` and `>=3.9`, which line 11 of
      │ pyproject.toml asks for
       ╭─[/ws/pixi.toml:5:10]
     4 │ [package.host-dependencies]
     5 │ python = "3.8.*"
       ·          ───┬───
       ·             ╰── this version of Python
       ╰────
      help: change one of the two; without `python` in the manifest the project
            decides
    "#);
}

#[test]
fn elements_of_options_without_a_meaning() {
    let manifest = indoc! {r#"
        [package]
        name = "hello"
        version = "1.0"
        [package.build.backend]
        name = "pixi-build-python"
        version = "*"
        [package.build.config]
        entry-points = ["one = hello:one", "hello = hello"]
        exclude = ["a[b"]
        python-versions = ["3.12", "312"]
    "#};
    let project = project(HELLO).pixi_toml(manifest);
    let mut command = Command::new(env!("CARGO_BIN_EXE_pixi-build-python"));
    let output = command.arg("outputs").arg(project.dir()).output();
    let output = output.expect("the executable can be run");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let told = told.replace(&project.dir().display().to_string(), "/ws");
    insta::assert_snapshot!(told, @r#"
    config::invalid

      × failed to parse configuration: 3 errors

    Error: config::invalid_value

      × failed to parse configuration: `hello = hello` is not a program
       ╭─[/ws/pixi.toml:8:36]
     7 │ [package.build.config]
     8 │ entry-points = ["one = hello:one", "hello = hello"]
       ·                                    ───────┬───────
       ·                                           ╰── here
     9 │ exclude = ["a[b"]
       ╰────
      help: write `name = module:function`

    Error: config::invalid_value

      × failed to parse configuration: `a[b` is not a pattern: invalid range
      │ pattern
        ╭─[/ws/pixi.toml:9:12]
      8 │ entry-points = ["one = hello:one", "hello = hello"]
      9 │ exclude = ["a[b"]
        ·            ──┬──
        ·              ╰── here
     10 │ python-versions = ["3.12", "312"]
        ╰────
      help: `[[]` and `[]]` match brackets

    Error: config::invalid_value

      × failed to parse configuration: `312` is not a version of Python
        ╭─[/ws/pixi.toml:10:28]
      9 │ exclude = ["a[b"]
     10 │ python-versions = ["3.12", "312"]
        ·                            ──┬──
        ·                              ╰── here
        ╰────
      help: write a version such as `3.12`, perhaps with a build string after a
            space
    "#);
}

#[test]
fn options_that_nothing_depends_on() {
    let manifest = indoc! {r#"
        [package]
        name = "hello"
        version = "1.0"
        [package.build.backend]
        name = "pixi-build-python"
        version = "*"
        [package.build.config]
        profile = "debug"
        version-from = "git"
    "#};
    let project = project(HELLO).pixi_toml(manifest);
    let mut command = Command::new(env!("CARGO_BIN_EXE_pixi-build-python"));
    let output = command.arg("outputs").arg(project.dir()).output();
    let output = output.expect("the executable can be run");
    insta::assert_snapshot!(String::from_utf8_lossy(&output.stderr), @r"
    warning: `version-from` has no effect beside a `version` in `[package]` (help: remove one of the two)
    warning: `profile` has no effect: the project compiles nothing
    ");
}

/// Returns the error of a build with these files, `pixi.toml` and options.
#[track_caller]
fn build_error(files: &[(&str, &str)], host: &[&str], config: Value) -> Option<String> {
    let channel = channel_or_skip()?;
    let project = project(files);
    let initialize = initialize(&project, host, config);
    let error = tried(&project, &initialize, channel, false).expect_err("the package is wrong");
    let digits = version(channel).replace('.', "");
    let tag = format!("cp{digits}-cp{digits}-linux_{}", std::env::consts::ARCH);
    let error = error.to_string().replace(&tag, "cp313-cp313-linux_64");
    let error = serde_json::from_str(&error).expect("a tag needs no escapes");
    Some(render_error(&project, &error))
}

#[test]
fn a_wheel_without_modules() {
    let pyproject = indoc! {r#"
        [build-system]
        requires = ["setuptools"]
        build-backend = "setuptools.build_meta"
        [project]
        name = "hello"
        version = "1.0"
        [tool.setuptools]
        packages = []
    "#};
    let files = [("pyproject.toml", pyproject), ("hello/__init__.py", "")];
    let Some(error) = build_error(&files, &["setuptools"], plain()) else {
        return;
    };
    insta::assert_snapshot!(error, @r#"
    python::empty_wheel

      × the wheel of `hello` does not contain a module: `setuptools` found nothing
      │ to pack
      help: setuptools looks for packages in the project and in `src`; name them
            in `[tool.setuptools]`: `packages = ["…"]`
    "#);
}

#[test]
fn a_package_that_cmake_does_not_find() {
    let files = [
        super::SCIKIT_BUILD_CORE,
        (
            "CMakeLists.txt",
            "cmake_minimum_required(VERSION 3.15)\nproject(fast LANGUAGES C)\n\
             find_package(FooOfNobody REQUIRED)\n",
        ),
    ];
    let host = ["scikit-build-core", "cmake", "ninja"];
    let Some(error) = build_error(&files, &host, json!({})) else {
        return;
    };
    let lines = error.lines().filter(|line| !line.contains("the whole log"));
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r"
    cmake::missing_package

      × `uv pip` failed with exit code 1: CMake did not find the package
      │ `FooOfNobody`
       ╭─[/ws/CMakeLists.txt:3:1]
     2 │ project(fast LANGUAGES C)
     3 │ find_package(FooOfNobody REQUIRED)
       · ─────────────────┬────────────────
       ·                  ╰── here
       ╰────
      help: add the conda package that has it to `[package.host-dependencies]`
    ");
}

#[test]
fn a_wheel_with_another_version() {
    let pyproject = indoc! {r#"
        [build-system]
        requires = ["hatchling"]
        build-backend = "hatchling.build"
        [project]
        name = "hello"
        dynamic = ["version"]
        [tool.hatch.version]
        source = "code"
        path = "hello.py"
    "#};
    let module = "__version__ = \"1.0\"\n__version__ += \".1\"\n";
    let files = [("pyproject.toml", pyproject), ("hello.py", module)];
    let Some(error) = build_error(&files, &["hatchling"], plain()) else {
        return;
    };
    insta::assert_snapshot!(error, @r#"
    python::other_version

      × the package was described with version 1.0, but its wheel has 1.0.1
      help: write `version = "1.0.1"` into `[package]` of the pixi manifest
    "#);
    let pyproject = indoc! {r#"
        [build-system]
        requires = ["setuptools", "setuptools-scm"]
        build-backend = "setuptools.build_meta"
        [project]
        name = "hello"
        dynamic = ["version"]
        [tool.setuptools_scm]
        fallback_version = "1.0"
    "#};
    let files = [("pyproject.toml", pyproject), ("hello.py", "")];
    let error = build_error(&files, &["setuptools"], plain()).expect("the channel exists");
    insta::assert_snapshot!(error, @r#"
    python::other_version

      × the package was described with version 1.0, but its wheel has 0.0.0
      help: the tool that computes the version did not run: add it to
            `[package.host-dependencies]`, such as `setuptools-scm = "*"`
    "#);
}

#[test]
fn a_wheel_for_one_version_of_python_with_abi3() {
    let pyproject = indoc! {r#"
        [build-system]
        requires = ["setuptools"]
        build-backend = "setuptools.build_meta"
        [project]
        name = "hello"
        version = "1.0"
        requires-python = ">=3.9"
        [tool.setuptools]
        ext-modules = [{ name = "hello", sources = ["hello.c"] }]
    "#};
    let code = indoc! {r#"
        #include <Python.h>
        static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "hello", 0, 0, 0};
        PyMODINIT_FUNC PyInit_hello(void) { return PyModule_Create(&module); }
    "#};
    let files = [("pyproject.toml", pyproject), ("hello.c", code)];
    let Some(error) = build_error(&files, &["setuptools"], json!({"abi3": true})) else {
        return;
    };
    insta::assert_snapshot!(error, @r"
    python::not_abi3

      × `abi3 = true`, but the wheel is for one version of Python: cp313-cp313-
      │ linux_64
      help: remove `abi3`, or have the project build for the stable ABI:
            `wheel.py-api` of scikit-build-core, the feature `abi3-py39` of PyO3,
            `py_limited_api` of setuptools, `limited-api` of meson-python
    ");
}

#[test]
fn a_wheel_without_compiled_code_with_abi3() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    let warned = |option: &str| {
        let project = project(HELLO).pixi_toml(&format!(
            "[package]\n[package.build.backend]\nname = \"pixi-build-python\"\n\
             [package.build.config]\n{option}\n\
             [package.host-dependencies]\nhatchling = \"*\"\n"
        ));
        let ended = CliCommand::build(&project, "").channel(channel).run();
        assert_eq!(ended.code(), 0, "{}", ended.stderr());
        let lines = ended.stderr().lines();
        let found = lines.filter(|line| line.contains("depends on the platform"));
        found.map(str::trim).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(warned("abi3 = true"), @r#"│ warning: nothing in the package depends on the platform (help: write `noarch = true` instead of `abi3 = true` into `[package.build.config]` to build one package for all platforms)"#);
    assert_eq!(warned("noarch = true"), "");
}
