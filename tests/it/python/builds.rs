//! Real builds with a real Python, uv, pip and build backends.

use std::process::Command;

use indoc::{formatdoc, indoc};
use serde_json::{Value, json};

use super::{HELLO, initialize, plain, project, project_in};
use test_support::archive::Archive;
use test_support::build::Build;
use test_support::channel::Channel;
use test_support::cli_command::CliCommand;
use test_support::pixi::Pixi;
use test_support::prefix::output;
use test_support::project::Project;
use test_support::python::{channel_or_skip, version};
use test_support::render_error::render_error;
use test_support::requests::{Initialize, Outputs};

/// Builds as pixi does, and opens the package.
#[track_caller]
pub(super) fn built(
    project: &Project,
    initialize: &Initialize,
    channel: &Channel,
    editable: bool,
) -> Archive {
    match tried(project, initialize, channel, editable) {
        Ok(answer) => Archive::open(
            answer["output_file"]
                .as_str()
                .expect("`output_file` is text"),
        ),
        Err(error) => panic!("{error:#}"),
    }
}

pub(super) fn tried(
    project: &Project,
    initialize: &Initialize,
    channel: &Channel,
    editable: bool,
) -> Result<Value, Value> {
    let mut pixi = Pixi::of(project);
    pixi.initialize(initialize);
    let work = project.build_work("hello");
    let outputs = pixi.outputs(&Outputs::new(&work).channel(channel));
    let build = Build::prepare(&outputs[0], &work, channel).set("editable", json!(editable));
    pixi.build(&build)
}

#[test]
fn modules_that_python_cannot_compile_are_a_warning() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    let files = [
        HELLO,
        &[("src/hello_world/template.py", "import os\ntwo words\n")],
    ];
    let warned = |skipped: &[&str]| {
        let project = project(&files.concat());
        let config = json!({"noarch": false, "skip-pyc-compilation": skipped});
        let mut pixi = Pixi::of(&project);
        pixi.initialize(&initialize(&project, &["hatchling"], config));
        let work = project.build_work("hello");
        let outputs = pixi.outputs(&Outputs::new(&work).channel(channel));
        let build = Build::prepare(&outputs[0], &work, channel).set("editable", json!(false));
        let answer = pixi.build(&build);
        let answer = answer.unwrap_or_else(|error| panic!("{error:#}"));
        let package = Archive::open(answer["output_file"].as_str().expect("it is text"));
        let compiled = package.files().into_iter();
        let compiled = compiled.filter(|file| file.ends_with(".pyc"));
        assert_eq!(compiled.count(), 1, "only `__init__.py` has byte code");
        let lines = pixi.stderr().into_iter();
        let lines: Vec<String> = lines
            .filter(|line| line.contains("cannot compile"))
            .collect();
        lines.join("\n")
    };
    insta::assert_snapshot!(warned(&[]), @"warning: the Python of the package cannot compile some of its modules: hello_world/template.py, line 2: invalid syntax (help: write `skip-pyc-compilation = [\"hello_world/template.py\"]` into `[package.build.config]` if these files are templates or are for another version of Python)");
    assert_eq!(warned(&["**/template.py"]), "");
}

#[test]
fn a_pure_project_with_both_installers() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    let mut contents = Vec::new();
    for installer in ["uv", "pip"] {
        let project = project(HELLO);
        let config = json!({"installer": installer});
        let initialize = initialize(&project, &["hatchling"], config);
        let package = built(&project, &initialize, channel, false);
        package.check_paths();
        let index = package.index();
        assert_eq!(index["noarch"], "python");
        assert_eq!(index["depends"], json!(["python >=3.9", "python"]));
        assert_eq!(
            package.json("info/link.json")["noarch"]["entry_points"],
            json!(["hello = hello_world:main"])
        );
        assert!(package.has("info/licenses/LICENSE"));
        let record = package.text("site-packages/hello_world-0.3.1.dist-info/RECORD");
        contents.push((package.files(), record));
    }
    assert_eq!(
        contents[0].0, contents[1].0,
        "both installers install the same files"
    );
    insta::assert_snapshot!(contents[0].0.join("\n"), @r#"
    site-packages/hello_world-0.3.1.dist-info/INSTALLER
    site-packages/hello_world-0.3.1.dist-info/METADATA
    site-packages/hello_world-0.3.1.dist-info/RECORD
    site-packages/hello_world-0.3.1.dist-info/WHEEL
    site-packages/hello_world-0.3.1.dist-info/entry_points.txt
    site-packages/hello_world-0.3.1.dist-info/licenses/LICENSE
    site-packages/hello_world/__init__.py
    site-packages/hello_world/greetings.json
    "#);
}

#[test]
fn every_build_backend_of_pure_projects() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    for (host, build_backend) in [
        ("setuptools", "setuptools.build_meta"),
        ("flit-core", "flit_core.buildapi"),
        ("poetry-core", "poetry.core.masonry.api"),
        ("pdm-backend", "pdm.backend"),
        ("uv-build", "uv_build"),
    ] {
        let text = formatdoc!(
            r#"
                [build-system]
                requires = ["{host}"]
                build-backend = "{build_backend}"
                [project]
                name = "pure"
                version = "1.0"
                description = "d"
                [project.scripts]
                pure = "pure:main"
                [tool.setuptools.package-data]
                pure = ["*.txt"]
            "#
        );
        let project = project(&[
            ("pyproject.toml", &text),
            ("src/pure/__init__.py", "def main(): pass\n"),
            ("src/pure/data.txt", "data\n"),
        ]);
        let initialize = initialize(&project, &[host], plain());
        let files = built(&project, &initialize, channel, false).files();
        for file in [
            "site-packages/pure/__init__.py",
            "site-packages/pure/data.txt",
        ] {
            assert!(files.iter().any(|found| found == file), "{host}: {files:?}");
        }
        let leftovers = ["build", "src/pure.egg-info", "dist"];
        let left = leftovers
            .iter()
            .find(|name| project.dir().join(name).exists());
        assert_eq!(left, None, "{host} leaves files in the sources");
    }
}

/// A setuptools project with one C extension.
const EXTENSION: &[(&str, &str)] = &[
    (
        "pyproject.toml",
        indoc! {r#"
            [build-system]
            requires = ["setuptools"]
            build-backend = "setuptools.build_meta"
            [project]
            name = "fast"
            version = "1.0"
        "#},
    ),
    (
        "setup.py",
        "from setuptools import Extension, setup\n\
         setup(ext_modules=[Extension('fast.core', ['src/fast/core.c'], include_dirs=['native'])])\n",
    ),
    ("src/fast/__init__.py", "from fast.core import one\n"),
    ("native/one.h", "#define ONE 1\n"),
    (
        "src/fast/core.c",
        indoc! {r#"
            #include <Python.h>
            #include "one.h"
            static PyObject *one(PyObject *self, PyObject *none) { return PyLong_FromLong(ONE); }
            static PyMethodDef methods[] = {{"one", one, METH_NOARGS, 0}, {0}};
            static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "core", 0, -1, methods};
            PyMODINIT_FUNC PyInit_core(void) { return PyModule_Create(&module); }
        "#},
    ),
];

#[test]
fn an_extension_in_c_is_compiled_and_packed_the_same_every_time() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    let mut hashes = Vec::new();
    for folder in ["one", "an/other"] {
        let project = Project::of(super::NAME);
        for (path, content) in EXTENSION {
            project.write(&format!("{folder}/{path}"), content);
        }
        project.write(&format!("{folder}/pixi.toml"), "[package]\n");
        let member = Initialize::member(&project, folder);
        let initialize = member.dependency("hostDependencies", "setuptools", "*");
        let package = built(&project, &initialize, channel, false);
        let index = package.index();
        assert_eq!(index["noarch"], Value::Null);
        let depends = index["depends"].to_string();
        assert!(depends.contains("python_abi"), "{depends}");
        let paths = package.paths();
        let paths = paths["paths"]
            .as_array()
            .expect("`paths` is a list")
            .clone();
        let paths = paths.iter().map(|entry| entry.to_string());
        hashes.push(paths.collect::<Vec<_>>().join("\n"));
    }
    assert!(hashes[0].contains("core.cpython-"), "{}", hashes[0]);
    assert_eq!(hashes[0], hashes[1]);
}

#[test]
fn compiled_code_in_a_package_for_every_platform_is_refused() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    let project = project(EXTENSION);
    let config = json!({"noarch": true, "compilers": ["c"]});
    let initialize = initialize(&project, &["setuptools"], config);
    let error = tried(&project, &initialize, channel, false).expect_err("the package is rejected");
    let drawn = render_error(&project, &error);
    let drawn = drawn.replace(&version(channel), "3.X");
    let drawn = drawn.replace(&version(channel).replace('.', ""), "3X");
    insta::assert_snapshot!(drawn, @r#"
    python::native_in_noarch

      × the package is for every platform, but its wheel is not: lib/python3.X/
      │ site-packages/fast/core.cpython-3X-x86_64-linux-gnu.so
      help: remove `noarch = true` from `[package.build.config]`
    "#);
}

#[test]
fn a_build_backend_that_is_missing_is_named_with_the_line_to_write() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    let project = project(HELLO);
    for installer in ["uv", "pip"] {
        let initialize = initialize(&project, &[], json!({"installer": installer}));
        let error =
            tried(&project, &initialize, channel, false).expect_err("the build backend is missing");
        let drawn = render_error(&project, &error).replace(['│', '\n'], "");
        let drawn = drawn.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            drawn.contains("`hatchling` is not in the host environment"),
            "{drawn}"
        );
        assert!(drawn.contains("hatchling = \"*\""), "{drawn}");
        assert!(drawn.contains("host-dependencies"), "{drawn}");
    }
}

#[test]
fn failures_of_compilers_and_hooks_are_explained() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    let project = project(EXTENSION);
    let initialize = initialize(&project, &["setuptools"], plain());
    let mut told = Vec::new();
    for (path, content) in [
        ("src/fast/core.c", "int broken(void) { return }\n"),
        ("src/fast/core.c", "#include <zlib_of_nobody.h>\n"),
        ("setup.py", "import numpy\n"),
        (
            "setup.py",
            indoc! {"
            def size():
                return 1 / 0

            size()
        "},
        ),
        (
            "setup.py",
            "from setuptools import setup\nsetup(\n    name='x'\n    version='1',\n)\n",
        ),
    ] {
        project.write(path, content);
        let error = tried(&project, &initialize, channel, false).expect_err(content);
        let drawn = render_error(&project, &error);
        let lines = drawn.lines().filter(|line| !line.contains("the whole log"));
        told.push(lines.collect::<Vec<_>>().join("\n"));
    }
    insta::assert_snapshot!(told.join("\n----\n"), @r#"
    build::compile_error

      × `uv pip` failed with exit code 1: expected expression before ‘}’ token
       ╭─[/ws/src/fast/core.c:1:1]
     1 │ int broken(void) { return }
       · ─────────────┬─────────────
       ·              ╰── here
       ╰────
    ----
    python::missing_header

      × `uv pip` failed with exit code 1: the C compiler does not find
      │ `zlib_of_nobody.h`
       ╭─[/ws/src/fast/core.c:1:1]
     1 │ #include <zlib_of_nobody.h>
       · ─────────────┬─────────────
       ·              ╰── included here
       ╰────
      help: add the package that has it to `[package.host-dependencies]`
    ----
    python::missing_requirement

      × `uv pip` failed with exit code 1: the build imports `numpy`, which is not
      │ in the host environment
      help: write `numpy = "*"` into `[package.host-dependencies]`
    ----
    python::hook_failed

      × `uv pip` failed with exit code 1: the build backend failed:
      │ ZeroDivisionError: division by zero
       ╭─[/ws/setup.py:2:5]
     1 │ def size():
     2 │     return 1 / 0
       ·     ──────┬─────
       ·           ╰── this line
     3 │
       ╰────
    ----
    python::hook_failed

      × `uv pip` failed with exit code 1: the build backend failed: SyntaxError:
      │ invalid syntax. Perhaps you forgot a comma?
       ╭─[/ws/setup.py:3:5]
     2 │ setup(
     3 │     name='x'
       ·     ────┬───
       ·         ╰── this line
     4 │     version='1',
       ╰────
    "#);
}

#[test]
fn a_compiler_that_the_build_does_not_find_is_named() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    let told = |compilers: &[&str]| {
        let project = project(EXTENSION);
        let env = json!({"CC": "absent-gcc"});
        let config = json!({"compilers": compilers, "noarch": false, "env": env});
        let initialize = initialize(&project, &["setuptools"], config);
        let error = tried(&project, &initialize, channel, false).expect_err("no compiler");
        let drawn = render_error(&project, &error);
        let lines = drawn.lines().filter(|line| !line.contains("the whole log"));
        lines.collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(told(&[]), @r#"
    python::no_compiler

      × `uv pip` failed with exit code 1: the project compiles code, and the build
      │ environment has no compiler for it
      help: write `compilers = ["c"]` into `[package.build.config]`
    "#);
    insta::assert_snapshot!(told(&["c"]), @r#"
    python::no_compiler

      × `uv pip` failed with exit code 1: the project compiles code, and the build
      │ environment has no compiler for it
      help: the compilers for `c` are in the build environment under other names,
            which are in variables such as `CC` and `CXX`: the project has to
            start those instead of `absent-gcc`
    "#);
    let project = project(EXTENSION).pixi_toml(indoc! {r#"
        [package.build]
        backend = { name = "pixi-build-python", version = "*" }
        config = { env = { CC = "absent-gcc" } }
    "#});
    let (_, error) = CliCommand::build(&project, "")
        .args(["--system-toolchain"])
        .error();
    let by_hand = error.split("the whole log").next().unwrap_or_default();
    insta::assert_snapshot!(by_hand.trim_end(), @r#"
    python::no_compiler

      × `uv pip` failed with exit code 1: the project compiles code, and the build
      │ environment has no compiler for it
      help: with `--system-toolchain`, the compilers of this machine are used:
            install `absent-gcc` on this machine, or build with a channel
    "#);
}

#[test]
fn a_module_that_was_renamed_is_not_packed_any_more() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    let text = indoc! {r#"
        [build-system]
        requires = ["setuptools"]
        build-backend = "setuptools.build_meta"
        [project]
        name = "pure"
        version = "1.0"
    "#};
    let files = [("pyproject.toml", text), ("src/pure/__init__.py", "")];
    let project = project(&files);
    project.write("src/pure/old.py", "");
    let initialize = initialize(&project, &["setuptools"], plain());
    let first = built(&project, &initialize, channel, false);
    assert!(first.has("site-packages/pure/old.py"));
    project.remove("src/pure/old.py");
    project.write("src/pure/new.py", "");
    let second = built(&project, &initialize, channel, false);
    assert!(second.has("site-packages/pure/new.py"));
    assert!(!second.has("site-packages/pure/old.py"));
}

#[test]
fn directories_may_have_any_name() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    for installer in ["uv", "pip"] {
        let project = Project::of(super::NAME);
        let folder = "it's #1 $HOME & a [b]";
        for (path, content) in HELLO {
            project.write(&format!("{folder}/{path}"), content);
        }
        project.write(&format!("{folder}/pixi.toml"), "[package]\n");
        let member = Initialize::member(&project, folder);
        let member = member.configuration(json!({"installer": installer}));
        let initialize = member.dependency("hostDependencies", "hatchling", "*");
        let package = built(&project, &initialize, channel, false);
        assert!(package.has("site-packages/hello_world/greetings.json"));
    }
}

/// uv hides the path of the interpreter in the first lines of such a program.
#[test]
fn a_program_with_an_encoding_starts_in_any_environment() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    let setup = "from setuptools import setup\nsetup(name='hello', version='1', scripts=['hi'])\n";
    let program = "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\nprint('hi')\n";
    let project = project(&[("setup.py", setup), ("hi", program)]);
    let initialize = initialize(&project, &["setuptools"], plain());
    let package = built(&project, &initialize, channel, false);
    let paths = package.paths();
    let mut entries = paths["paths"].as_array().expect("`paths` is a list").iter();
    let is_program = |entry: &&Value| entry["_path"] == "python-scripts/hi";
    let entry = entries.find(is_program).expect("it is packed");
    assert_eq!(entry["file_mode"], "text", "{entry}");
    assert!(entry["prefix_placeholder"].is_string(), "{entry}");
}

#[test]
fn work_directories_may_have_any_name() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    // setuptools replaces `$name` in the paths of its options.
    let project = project_in("it's $HOME [x] & a b", EXTENSION);
    let initialize = initialize(&project, &["setuptools"], plain());
    let package = built(&project, &initialize, channel, false);
    let files = package.files();
    let is_module = |file: &String| file.contains("core.cpython-");
    assert!(files.iter().any(is_module), "{files:#?}");
}

#[test]
fn an_editable_package_refers_to_the_sources() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    let project = project(HELLO);
    let initialize = initialize(&project, &["hatchling", "editables"], plain());
    let package = built(&project, &initialize, channel, true);
    let files = package.files();
    let link = files
        .iter()
        .find(|file| file.ends_with(".pth"))
        .expect("the package has a `.pth` file");
    let source = project.dir().join("src").display().to_string();
    assert!(
        package.text(link).contains(&source),
        "{}",
        package.text(link)
    );
    let copied = built(&project, &initialize, channel, false).files();
    assert!(
        copied
            .iter()
            .any(|file| file == "site-packages/hello_world/__init__.py")
    );
    assert!(!copied.iter().any(|file| file.ends_with(".pth")));
}

#[test]
fn a_project_that_its_own_environment_needs_is_packed_whole() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    let text = indoc! {r#"
        [build-system]
        requires = ["hatchling"]
        build-backend = "hatchling.build"
        [project]
        name = "pluggy"
        version = "1.7.0"
    "#};
    let installed = "VERSION = 'ours'\n";
    let project = project(&[
        ("pyproject.toml", text),
        ("src/pluggy/__init__.py", installed),
    ]);
    // The package also contains the files that options and hooks install.
    let touch = |name: &str| json!({"run": ["sh", "-c", format!("mkdir -p $PREFIX/share && touch $PREFIX/share/{name}")]});
    let options = json!({
        "install": {"share/marker": {"content": ""}},
        "hooks": {"before-build": touch("early"), "after-install": touch("late")},
    });
    let initialize = initialize(&project, &["hatchling"], options);
    for _ in 0..2 {
        // hatchling imports pluggy, so the second build would fail if the first one left this
        // module in the host environment.
        let package = built(&project, &initialize, channel, false);
        assert_eq!(package.text("site-packages/pluggy/__init__.py"), installed);
        assert!(package.has("site-packages/pluggy-1.7.0.dist-info/RECORD"));
        assert!(!package.has("site-packages/pluggy/_hooks.py"));
        let files = package.files();
        let shared = files.iter().filter(|path| path.starts_with("share/"));
        let shared: Vec<&String> = shared.collect();
        assert_eq!(shared, ["share/early", "share/late", "share/marker"]);
    }
}

#[test]
fn the_pip_of_the_machine_does_not_need_uv() {
    let Some(_) = channel_or_skip() else {
        return;
    };
    let project = project(HELLO).pixi_toml(
        "[package]\n[package.build]\nbackend = { name = \"pixi-build-python\", version = \"*\" }\n\
         [package.build.config]\ninstaller = \"pip\"\n",
    );
    CliCommand::build(&project, "")
        .args(["--system-toolchain", "--work-dir", "work"])
        .package();
    let log = project.dir().join("work/debug/build.log");
    let log = fs_err::read_to_string(log).expect("it was written");
    assert!(log.contains("Successfully installed"), "{log}");
    assert!(!log.contains("uv"), "{log}");
}

#[test]
fn the_python_of_the_machine_builds_by_hand() {
    let Some(_) = channel_or_skip() else {
        return;
    };
    let project = project(HELLO);
    let package = CliCommand::build(&project, "")
        .args(["--system-toolchain"])
        .package();
    assert!(package.has("site-packages/hello_world/greetings.json"));
    let others = package
        .files()
        .into_iter()
        .find(|file| file.starts_with("bin/"));
    assert_eq!(
        others, None,
        "the package contains a program of the machine"
    );
    let mut explain = Command::new(env!("CARGO_BIN_EXE_pixi-build-python"));
    let explained = output(explain.arg("explain").arg(project.dir()));
    assert!(explained.contains("greetings.json"), "{explained}");
    assert!(!explained.contains("pyvenv.cfg"), "{explained}");
}

/// The installer does not call the hook of a build backend that asks for requirements.
#[test]
fn what_a_build_backend_asks_for_in_a_hook_is_installed_by_hand() {
    let Some(_) = channel_or_skip() else {
        return;
    };
    let project = project(&[
        (
            "pyproject.toml",
            indoc! {r#"
                [build-system]
                requires = ["flit-core>=3"]
                build-backend = "own"
                backend-path = ["backend"]
                [project]
                name = "hello"
                version = "1.0"
                description = "Says hello"
            "#},
        ),
        ("hello.py", ""),
        (
            "backend/own.py",
            indoc! {r#"
                from flit_core import buildapi

                def get_requires_for_build_wheel(config_settings=None):
                    return [
                        "iniconfig >= 2; python_version > '3'",
                        "colorama; sys_platform == 'win32'",
                        "flit-core < 99",
                    ]

                def build_wheel(*arguments):
                    import iniconfig
                    return buildapi.build_wheel(*arguments)
            "#},
        ),
    ]);
    let project = project.pixi_toml(indoc! {r#"
        [package.build]
        backend = { name = "pixi-build-python", version = "*" }
        config = { build-system-requires = "map" }
        [package.host-dependencies]
        flit-core = "*"
    "#});
    let command = CliCommand::build(&project, "");
    let ended = command.args(["--system-toolchain", "--verbose"]).run();
    let log = ended.stderr();
    assert_eq!(ended.code(), 0, "{log}");
    // The manifest and the project ask for the same package.
    let left_out = "not installed because of --system-toolchain: flit-core\n";
    assert!(log.contains(left_out), "{log}");
    assert!(log.contains("installing iniconfig >= 2"), "{log}");
    assert!(!log.contains("colorama"), "{log}");
}

/// A build by hand does not read the dependencies of the manifest.
#[test]
fn a_module_that_the_machine_does_not_have_is_explained() {
    let Some(_) = channel_or_skip() else {
        return;
    };
    let project = project(&[
        (
            "pyproject.toml",
            indoc! {r#"
                [build-system]
                requires = ["setuptools"]
                build-backend = "setuptools.build_meta"
                [project]
                name = "hello"
                version = "1.0"
            "#},
        ),
        ("setup.py", "import nobody_has_this_module\n"),
        ("hello.py", ""),
    ]);
    let (_, error) = CliCommand::build(&project, "")
        .args(["--system-toolchain"])
        .error();
    let told = error.split("the whole log").next().unwrap_or_default();
    insta::assert_snapshot!(told.trim_end());
}

#[test]
fn a_requirement_that_cannot_be_installed_by_hand_leads_to_its_line() {
    let Some(_) = channel_or_skip() else {
        return;
    };
    let told = |requires: &str, options: &[&str], words: &[&str]| {
        let text = HELLO[0].1.replace("[\"hatchling\"]", requires);
        let project = project(HELLO);
        project.write("pyproject.toml", &text);
        let command = CliCommand::build(&project, "").args(["--system-toolchain"]);
        let (_, error) = command.args(options.iter().copied()).error();
        // The words of uv and pip differ between versions, and without a network.
        for word in words {
            assert!(error.contains(word), "{word}: {error}");
        }
    };
    let meant = "did you mean `hatchling` in `build-system.requires`?";
    let code = "python::missing_requirement";
    told("[\"hatchlingg\"]", &[], &[code, "`hatchlingg`", meant]);
    let offline = "build without `--offline`";
    let words = [code, "`hatchling>=9999`", offline];
    told("[\"hatchling>=9999\"]", &["--offline"], &words);
}

#[test]
fn the_python_of_the_machine_is_that_of_the_package() {
    let Some(_) = channel_or_skip() else {
        return;
    };
    let project = project(HELLO);
    project.write(
        "pixi.toml",
        indoc! {r#"
            [package]
            [package.build.backend]
            name = "pixi-build-python"
            [package.build.config]
            noarch = false
        "#},
    );
    let arguments = ["--system-toolchain", "--variant", "python=3.59.*"];
    let (_, error) = CliCommand::build(&project, "").args(arguments).error();
    for words in ["python::other_python", "Python 3.59", "first on `PATH`"] {
        assert!(error.contains(words), "{words}: {error}");
    }
}

/// The build uses a `pyproject.toml` that the description of the package ignores.
#[test]
fn requirements_of_an_ignored_project_file_are_installed_by_hand() {
    let Some(_) = channel_or_skip() else {
        return;
    };
    let project = project(HELLO);
    project.write(
        "pixi.toml",
        indoc! {r#"
            [workspace]
            channels = []
            platforms = ["linux-64"]
            preview = ["pixi-build"]

            [package]
            name = "hello"
            version = "1.0"

            [package.build.backend]
            name = "pixi-build-python"

            [package.build.config]
            ignore-pyproject-manifest = true
            noarch = true
        "#},
    );
    let package = CliCommand::build(&project, "")
        .args(["--system-toolchain"])
        .package();
    assert!(package.has("site-packages/hello_world/greetings.json"));
}
