//! Editable packages of projects that compile: an edit has an effect without a build. A package
//! that is a copy does not contain any part of an editable one.

use std::process::Command;

use indoc::indoc;
use serde_json::{Value, json};

use super::SCIKIT_BUILD_CORE;
use super::{initialize, project_in};
use test_support::archive::Archive;
use test_support::build::Build;
use test_support::pixi::Pixi;
use test_support::prefix::output;
use test_support::project::Project;
use test_support::python::channel_or_skip;
use test_support::requests::{Initialize, Outputs};

/// Characters with a meaning for shells, in patterns and for setuptools.
const FOLDER: &str = "a b$c[d]";

/// A C module with one function.
const CORE: &str = indoc! {r#"
    #include <Python.h>
    static PyObject *one(PyObject *self, PyObject *none) { return PyLong_FromLong(1); }
    static PyMethodDef methods[] = {{"one", one, METH_NOARGS, 0}, {0}};
    static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "core", 0, -1, methods};
    PyMODINIT_FUNC PyInit_core(void) { return PyModule_Create(&module); }
"#};

const MODULE: &str = "from fast.core import one\nWORD = 'first'\n";

/// Builds the package, and runs its module with the Python of the host environment.
#[track_caller]
fn built_and_run(
    project: &Project,
    initialize: &Initialize,
    editable: bool,
) -> Option<(Archive, String, Build)> {
    let channel = channel_or_skip()?;
    let mut pixi = Pixi::of(project);
    pixi.initialize(initialize);
    // CMake itself, which is in the host environment, does not work in such a directory.
    let work = project.cache().join("bld");
    let outputs = pixi.outputs(&Outputs::new(&work).channel(channel));
    let build = Build::prepare(&outputs[0], &work, channel).set("editable", json!(editable));
    let answer = pixi
        .build(&build)
        .unwrap_or_else(|error| panic!("{error:#}"));
    let package = Archive::open(
        answer["output_file"]
            .as_str()
            .expect("`output_file` is text"),
    );
    let said = run(&build);
    Some((package, said, build))
}

fn run(build: &Build) -> String {
    let mut python = Command::new(build.host_prefix().join("bin/python"));
    python.args(["-B", "-c", "import fast; print(fast.WORD, fast.one())"]);
    output(python.current_dir("/"))
}

/// Checks an editable package, and after it two packages that are copies.
fn check(files: &[(&str, &str)], host: &[&str], config: Value, module: &str) {
    let project = project_in(FOLDER, files);
    let initialize = initialize(&project, host, config);
    let Some((package, said, build)) = built_and_run(&project, &initialize, true) else {
        return;
    };
    assert_eq!(said, "first 1");
    let index = package.index();
    assert_eq!(index["noarch"], Value::Null, "{index}");
    project.write(module, MODULE.replace("first", "second"));
    assert_eq!(
        run(&build),
        "second 1",
        "an edit has an effect without a build"
    );
    let (package, said, _) =
        built_and_run(&project, &initialize, false).expect("the channel exists");
    assert_eq!(said, "second 1");
    project.write(module, MODULE.replace("first", "third"));
    let (again, said, build) =
        built_and_run(&project, &initialize, false).expect("the channel exists");
    assert_eq!(said, "third 1");
    project.remove(module);
    assert_eq!(run(&build), "third 1", "a copy does not need the sources");
    for package in [package, again] {
        let files = package.files();
        let refers = |file: &&String| file.ends_with(".pth") || file.contains("editable");
        assert_eq!(files.iter().find(refers), None, "{files:#?}");
        let modules = files.iter().filter(|file| file.ends_with(".so"));
        assert_eq!(modules.count(), 1, "{files:#?}");
    }
}

#[test]
fn setuptools() {
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
                [tool.setuptools.package-data]
                fast = ["*"]
            "#},
        ),
        (
            "setup.py",
            "from setuptools import Extension, setup\n\
             setup(ext_modules=[Extension('fast.core', ['native/core.c'])])\n",
        ),
        ("src/fast/__init__.py", MODULE),
        ("native/core.c", CORE),
    ];
    check(&files, &["setuptools"], json!({}), "src/fast/__init__.py");
}

#[test]
fn scikit_build_core() {
    let files = [
        SCIKIT_BUILD_CORE,
        (
            "CMakeLists.txt",
            indoc! {"
                cmake_minimum_required(VERSION 3.15)
                project(fast LANGUAGES C)
                find_package(Python REQUIRED COMPONENTS Interpreter Development.Module)
                python_add_library(core MODULE native/core.c WITH_SOABI)
                install(TARGETS core DESTINATION fast)
            "},
        ),
        ("src/fast/__init__.py", MODULE),
        ("native/core.c", CORE),
    ];
    let host = ["scikit-build-core", "cmake", "ninja"];
    check(&files, &host, json!({}), "src/fast/__init__.py");
}

#[test]
fn meson_python_where_the_user_insists() {
    let files = [
        (
            "pyproject.toml",
            indoc! {r#"
                [build-system]
                requires = ["meson-python"]
                build-backend = "mesonpy"
                [project]
                name = "fast"
                version = "1.0"
            "#},
        ),
        (
            "meson.build",
            indoc! {"
                project('fast', 'c')
                py = import('python').find_installation(pure: false)
                py.extension_module('core', 'native/core.c', install: true, subdir: 'fast')
                py.install_sources('fast/__init__.py', subdir: 'fast')
            "},
        ),
        ("fast/__init__.py", MODULE),
        ("native/core.c", CORE),
    ];
    let project = project_in(FOLDER, &files);
    let initialize = initialize(&project, &["meson-python", "ninja"], json!({}));
    // With `"auto"` the package is a copy. The import hook of meson-python would run tools that no
    // longer exist.
    let Some((package, said, _)) = built_and_run(&project, &initialize, true) else {
        return;
    };
    assert_eq!(said, "first 1");
    let files = package.files();
    assert!(
        files.iter().any(|file| file.ends_with("fast/__init__.py")),
        "{files:#?}"
    );
}

#[test]
fn maturin() {
    let files = [
        (
            "pyproject.toml",
            indoc! {r#"
                [build-system]
                requires = ["maturin"]
                build-backend = "maturin"
                [project]
                name = "fast"
                version = "1.0"
                requires-python = ">=3.9"
                [tool.maturin]
                python-source = "python"
                module-name = "fast.core"
            "#},
        ),
        (
            "Cargo.toml",
            indoc! {r#"
                [package]
                name = "fast"
                version = "1.0.0"
                edition = "2021"
                [lib]
                name = "core"
                crate-type = ["cdylib"]
                [dependencies]
                pyo3 = { version = "0.27", features = ["extension-module"] }
            "#},
        ),
        (
            "src/lib.rs",
            indoc! {"
                use pyo3::prelude::*;
                #[pyfunction]
                fn one() -> u8 { 1 }
                #[pymodule]
                fn core(module: &Bound<'_, PyModule>) -> PyResult<()> {
                    module.add_function(wrap_pyfunction!(one, module)?)
                }
            "},
        ),
        ("python/fast/__init__.py", MODULE),
    ];
    check(&files, &["maturin"], json!({}), "python/fast/__init__.py");
}
