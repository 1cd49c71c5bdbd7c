//! Edits that trigger a rebuild, and edits that do not.

use std::path::PathBuf;

use indoc::indoc;
use serde_json::{Value, json};

use super::{HELLO, NAME, initialize, plain, project};
use test_support::build::Build;
use test_support::channel::Channel;
use test_support::edits::Finished;
use test_support::edits::Verdict::{Rebuild, Reuse};
use test_support::freshness::Remembered;
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::python::channel_or_skip;
use test_support::requests::{Initialize, Outputs};

/// Builds as pixi does, and remembers the files that pixi remembers.
pub(super) fn finished(files: &[(&str, &str)], host: &[&str], editable: bool) -> Option<Finished> {
    finished_with(files, host, editable, plain())
}

/// The same with options.
pub(super) fn finished_with(
    files: &[(&str, &str)],
    host: &[&str],
    editable: bool,
    config: Value,
) -> Option<Finished> {
    let channel = channel_or_skip()?;
    let project = project(files);
    let initialize = initialize(&project, host, config);
    Some(built_once(channel, project, &initialize, editable))
}

#[track_caller]
fn built_once(
    channel: &Channel,
    project: Project,
    initialize: &Initialize,
    editable: bool,
) -> Finished {
    let params = initialize.params();
    let source = params["sourceDirectory"].as_str().map(PathBuf::from);
    let source = source.expect("`initialize` has a source directory");
    let mut pixi = Pixi::of(&project);
    pixi.initialize(initialize);
    let work = project.build_work("hello");
    let outputs = pixi.outputs(&Outputs::new(&work).channel(channel));
    let build = Build::prepare(&outputs[0], &work, channel).set("editable", json!(editable));
    let answer = pixi
        .build(&build)
        .unwrap_or_else(|error| panic!("{error:#}"));
    let finished = Finished {
        cache: Remembered::of(&answer, &source),
        stderr: pixi.stderr(),
        project,
        answer,
    };
    assert!(finished.is_exact(), "{:#?}", finished.stderr);
    assert_eq!(finished.cache.changes(), [], "no file is modified");
    finished
}

#[test]
fn a_pure_project() {
    let Some(finished) = finished(HELLO, &["hatchling"], false) else {
        return;
    };
    finished.assert_verdicts(&[
        ("edit", "src/hello_world/__init__.py", Rebuild),
        ("touch", "src/hello_world/__init__.py", Reuse),
        ("edit", "src/hello_world/greetings.json", Rebuild),
        ("remove", "src/hello_world/greetings.json", Rebuild),
        ("new", "src/hello_world/more.py", Rebuild),
        ("new", "src/hello_world/templates/page.html", Rebuild),
        ("edit", "README.md", Rebuild),
        ("edit", "LICENSE", Rebuild),
        ("new", "COPYING", Rebuild),
        ("edit", "pyproject.toml", Rebuild),
        ("edit", "pixi.toml", Rebuild),
        ("edit", "tests/test_hello.py", Reuse),
        ("new", "tests/test_more.py", Reuse),
        ("new", "notes.txt", Reuse),
        (
            "new",
            "src/hello_world/__pycache__/x.cpython-311.pyc",
            Reuse,
        ),
        ("new", "dist/hello_world-0.3.1.tar.gz", Reuse),
        ("new", ".venv/lib/x.py", Reuse),
        ("new", "src/hello_world/main.py~", Reuse),
    ]);
}

#[test]
fn a_hook_that_compiles_leaves_no_record_of_what_it_read() {
    let manifest = indoc! {r#"
        [build-system]
        requires = ["hatchling"]
        build-backend = "hatchling.build"
        [project]
        name = "hello"
        version = "1.0"
        [tool.hatch.build.targets.wheel]
        artifacts = ["*.so"]
        packages = ["src/hello"]
        [tool.hatch.build.hooks.custom]
    "#};
    let hook = indoc! {r#"
        import os
        import shlex
        import subprocess

        from hatchling.builders.hooks.plugin.interface import BuildHookInterface


        class Hook(BuildHookInterface):
            def initialize(self, version, data):
                compiler = shlex.split(os.environ["CC"]) + ["-shared", "-fPIC"]
                code = os.path.join(self.root, "csrc", "one.c")
                subprocess.check_call(compiler + [code, "-o", "src/hello/one.so"])
                data["pure_python"] = False
                data["infer_tag"] = True
    "#};
    let files = [
        ("pyproject.toml", manifest),
        ("hatch_build.py", hook),
        ("src/hello/__init__.py", ""),
        (
            "csrc/one.c",
            "#include \"one.h\"\nint one(void) { return ONE; }\n",
        ),
        ("csrc/one.h", "#define ONE 1\n"),
        ("csrc/notes.txt", "\n"),
    ];
    let config = json!({"compilers": ["c"]});
    let Some(finished) = finished_with(&files, &["hatchling"], false, config) else {
        return;
    };
    finished.assert_verdicts(&[
        ("edit", "csrc/one.c", Rebuild),
        ("edit", "csrc/one.h", Rebuild),
        ("new", "csrc/two.h", Rebuild),
        ("edit", "hatch_build.py", Rebuild),
        ("edit", "csrc/notes.txt", Reuse),
    ]);
}

#[test]
fn an_editable_project() {
    let host = ["hatchling", "editables"];
    let Some(finished) = finished(HELLO, &host, true) else {
        return;
    };
    finished.assert_verdicts(&[
        ("edit", "src/hello_world/__init__.py", Reuse),
        ("edit", "src/hello_world/greetings.json", Reuse),
        ("new", "src/hello_world/more.py", Reuse),
        ("edit", "pyproject.toml", Rebuild),
        ("edit", "pixi.toml", Rebuild),
        ("edit", "tests/test_hello.py", Reuse),
    ]);
}

/// Without `src`, an editable installation of setuptools finds the packages by their names.
#[test]
fn an_editable_project_of_setuptools() {
    let files = [
        (
            "pyproject.toml",
            indoc! {r#"
                [build-system]
                requires = ["setuptools"]
                build-backend = "setuptools.build_meta"
                [project]
                name = "fast"
                version = "1.0"
                [tool.setuptools.packages.find]
                include = ["fast*"]
            "#},
        ),
        ("fast/__init__.py", ""),
        ("fast/core.py", ""),
        ("tests/__init__.py", ""),
    ];
    let Some(finished) = finished(&files, &["setuptools"], true) else {
        return;
    };
    finished.assert_verdicts(&[
        ("new", "faster/__init__.py", Rebuild),
        ("edit", "fast/__init__.py", Reuse),
        ("new", "fast/more/__init__.py", Reuse),
        ("new", "fast/more.py", Reuse),
        ("edit", "fast/core.py", Reuse),
        ("edit", "tests/__init__.py", Reuse),
        ("new", "notes/x.txt", Reuse),
    ]);
}

#[test]
fn a_project_of_setuptools_with_an_extension() {
    let files = [
        (
            "pyproject.toml",
            indoc! {r#"
                [build-system]
                requires = ["setuptools"]
                build-backend = "setuptools.build_meta"
                [project]
                name = "fast"
                version = "1.0"
                readme = "README.md"
            "#},
        ),
        (
            "setup.py",
            "from setuptools import Extension, setup\n\
             setup(ext_modules=[Extension('fast.core', ['native/core.c'], include_dirs=['native'])])\n",
        ),
        ("README.md", "Fast\n"),
        ("MANIFEST.in", "recursive-include src *.txt\n"),
        ("src/fast/__init__.py", ""),
        ("src/fast/data/words.txt", "one\n"),
        ("native/one.h", "#define ONE 1\n"),
        ("native/unused.h", "#define TWO 2\n"),
        (
            "native/core.c",
            indoc! {r#"
                #include <Python.h>
                #include "one.h"
                static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "core", 0, ONE, 0};
                PyMODINIT_FUNC PyInit_core(void) { return PyModule_Create(&module); }
            "#},
        ),
        ("tests/test_fast.py", ""),
        ("docs/page.md", ""),
    ];
    let Some(finished) = finished(&files, &["setuptools"], false) else {
        return;
    };
    finished.assert_verdicts(&[
        ("edit", "native/core.c", Rebuild),
        ("edit", "native/one.h", Rebuild),
        ("edit", "src/fast/__init__.py", Rebuild),
        ("edit", "src/fast/data/words.txt", Rebuild),
        ("new", "src/fast/data/more.txt", Rebuild),
        ("new", "src/faster/__init__.py", Rebuild),
        ("edit", "README.md", Rebuild),
        ("edit", "setup.py", Rebuild),
        ("edit", "MANIFEST.in", Rebuild),
        ("edit", "pyproject.toml", Rebuild),
        ("edit", "pixi.toml", Rebuild),
        ("new", "setup.cfg", Rebuild),
        // The build does not read these files.
        ("edit", "native/unused.h", Reuse),
        ("edit", "tests/test_fast.py", Reuse),
        ("new", "tests/test_more.py", Reuse),
        ("edit", "docs/page.md", Reuse),
        ("new", "build/lib/fast/x.py", Reuse),
        ("new", "src/fast/core.so", Reuse),
        ("new", "src/fast/__pycache__/x.pyc", Reuse),
    ]);
}

/// `setup.py` finds sources, templates and data files with `glob`.
#[test]
fn directories_that_the_build_searches() {
    let files = [
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
            indoc! {r#"
                from glob import glob
                from pathlib import Path
                from setuptools import Extension, setup
                texts = [path.read_text() for path in sorted(Path("texts").glob("*.txt"))]
                setup(
                    description=" ".join(text.strip() for text in texts),
                    data_files=[("share/fast", glob("share/*.json"))],
                    ext_modules=[Extension("fast.core", sorted(glob("native/*.c")))],
                )
            "#},
        ),
        ("src/fast/__init__.py", ""),
        ("texts/one.txt", "one\n"),
        ("texts/notes.md", "not read\n"),
        ("share/one.json", "{}\n"),
        (
            "native/core.c",
            indoc! {r#"
                #include <Python.h>
                static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "core", 0, 1, 0};
                PyMODINIT_FUNC PyInit_core(void) { return PyModule_Create(&module); }
            "#},
        ),
        ("tests/test_fast.py", ""),
        ("docs/page.md", ""),
    ];
    let Some(finished) = finished(&files, &["setuptools"], false) else {
        return;
    };
    finished.assert_verdicts(&[
        ("new", "texts/two.txt", Rebuild),
        ("new", "share/two.json", Rebuild),
        ("new", "native/two.c", Rebuild),
        ("remove", "texts/one.txt", Rebuild),
        ("remove", "native/core.c", Rebuild),
        ("edit", "texts/notes.md", Reuse),
        ("new", "texts/more.md", Reuse),
        ("new", "native/two.h", Reuse),
        ("new", "docs/more.md", Reuse),
        ("new", "tests/test_more.py", Reuse),
        ("new", "notes.txt", Reuse),
    ]);
}

/// Installers resolve the link, which leads out of the workspace.
#[cfg(unix)]
#[test]
fn a_project_behind_a_symbolic_link() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    let elsewhere = Project::called("elsewhere")
        .built_by(NAME)
        .pixi_toml("[package]\n");
    let setup_py = indoc! {r#"
        from pathlib import Path
        from setuptools import setup
        setup(
            name="linked",
            version="1.0",
            description=Path("words.txt").read_text().strip(),
            packages=["linked"],
        )
    "#};
    elsewhere.write("setup.py", setup_py);
    elsewhere.write("words.txt", "one\n");
    elsewhere.write("notes.txt", "one\n");
    elsewhere.write("linked/__init__.py", "");
    let project = project(&[]);
    let link = project.dir().join("link");
    std::os::unix::fs::symlink(elsewhere.dir(), link).expect("the test owns the directory");
    let initialize = Initialize::member(&project, "link");
    let initialize = initialize.dependency("hostDependencies", "setuptools", "*");
    let finished = built_once(channel, project, &initialize, false);
    finished.assert_verdicts(&[
        ("edit", "link/words.txt", Rebuild),
        ("edit", "link/setup.py", Rebuild),
        ("edit", "link/linked/__init__.py", Rebuild),
        ("new", "link/linked/more.py", Rebuild),
        ("edit", "link/notes.txt", Reuse),
        ("new", "link/other.txt", Reuse),
    ]);
}

/// CMake reports neither `file(GLOB)` nor `file(READ)`.
#[test]
fn files_that_cmake_does_not_report() {
    let files = [
        super::SCIKIT_BUILD_CORE,
        (
            "CMakeLists.txt",
            indoc! {r#"
                cmake_minimum_required(VERSION 3.15)
                project(fast LANGUAGES C)
                file(READ "number.txt" NUMBER)
                file(GLOB SOURCES "native/*.c")
                find_package(Python REQUIRED COMPONENTS Interpreter Development.Module)
                python_add_library(core MODULE ${SOURCES} WITH_SOABI)
                target_compile_definitions(core PRIVATE NUMBER=${NUMBER})
                install(TARGETS core DESTINATION fast)
            "#},
        ),
        ("number.txt", "1"),
        ("src/fast/__init__.py", ""),
        (
            "native/core.c",
            indoc! {r#"
                #include <Python.h>
                static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "core", 0, NUMBER, 0};
                PyMODINIT_FUNC PyInit_core(void) { return PyModule_Create(&module); }
            "#},
        ),
    ];
    let host = ["scikit-build-core", "cmake", "ninja"];
    let Some(finished) = finished(&files, &host, false) else {
        return;
    };
    finished.assert_verdicts(&[
        ("edit", "number.txt", Rebuild),
        ("edit", "native/core.c", Rebuild),
        ("new", "native/two.c", Rebuild),
        ("new", "native/two.h", Reuse),
        ("new", "number.md", Reuse),
    ]);
}
