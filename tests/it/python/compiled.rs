//! Projects whose build backends compile: their packages, and the edits that trigger a rebuild.

use indoc::indoc;
use serde_json::{Value, json};

use super::builds::built;
use super::edits::{finished, finished_with};
use super::{SCIKIT_BUILD_CORE, initialize, project};
use test_support::archive::Archive;
use test_support::edits::Finished;
use test_support::edits::Verdict::{Rebuild, Reuse};
use test_support::python::channel_or_skip;

/// A C module that includes one of two headers.
const CORE: &str = indoc! {r#"
    #include <Python.h>
    #include "one.h"
    static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "core", 0, ONE, 0};
    PyMODINIT_FUNC PyInit_core(void) { return PyModule_Create(&module); }
"#};

/// Checks that the package is for one platform, and that it contains a compiled module and byte
/// code.
#[track_caller]
fn is_native(finished: &Finished) {
    let path = finished.answer["output_file"]
        .as_str()
        .expect("`output_file` is text");
    let package = Archive::open(path);
    assert_eq!(package.index()["noarch"], Value::Null);
    let files = package.files();
    let is_module = |file: &String| file.contains("site-packages") && file.ends_with(".so");
    assert!(files.iter().any(is_module), "{files:#?}");
    let is_code = |file: &String| file.ends_with(".pyc");
    assert!(files.iter().any(is_code), "{files:#?}");
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
                include(cmake/more.cmake)
                python_add_library(core MODULE native/core.c WITH_SOABI)
                target_include_directories(core PRIVATE native)
                install(TARGETS core DESTINATION fast)
            "},
        ),
        ("cmake/more.cmake", "set(MORE 1)\n"),
        ("cmake/unused.cmake", "set(MORE 2)\n"),
        ("native/core.c", CORE),
        ("native/one.h", "#define ONE 1\n"),
        ("native/unused.h", "#define ONE 2\n"),
        ("src/fast/__init__.py", ""),
        ("tests/test_fast.py", ""),
    ];
    for tools in [&["cmake", "ninja"][..], &["cmake"]] {
        let host: Vec<&str> = ["scikit-build-core"].iter().chain(tools).copied().collect();
        let Some(finished) = finished(&files, &host, false) else {
            return;
        };
        is_native(&finished);
        finished.assert_verdicts(&[
            ("edit", "native/core.c", Rebuild),
            ("edit", "native/one.h", Rebuild),
            ("edit", "CMakeLists.txt", Rebuild),
            ("edit", "cmake/more.cmake", Rebuild),
            ("edit", "src/fast/__init__.py", Rebuild),
            ("new", "src/fast/more.py", Rebuild),
            ("edit", "native/unused.h", Reuse),
            ("edit", "cmake/unused.cmake", Reuse),
            ("edit", "tests/test_fast.py", Reuse),
        ]);
    }
}

/// The project or the user chooses another build directory.
#[test]
fn scikit_build_core_with_a_build_directory() {
    let (name, pyproject) = SCIKIT_BUILD_CORE;
    let own = format!("{pyproject}[tool.scikit-build]\nbuild-dir = \"build/{{wheel_tag}}\"\n");
    let cmake = indoc! {"
        cmake_minimum_required(VERSION 3.15)
        project(fast LANGUAGES C)
        find_package(Python REQUIRED COMPONENTS Interpreter Development.Module)
        python_add_library(core MODULE native/core.c WITH_SOABI)
        install(TARGETS core DESTINATION fast)
    "};
    let chosen = json!({"env": {"SKBUILD_BUILD_DIR": "build/{wheel_tag}"}});
    for (pyproject, config, unused) in [
        (own.as_str(), json!({}), Reuse),
        (pyproject, chosen, Rebuild),
    ] {
        let files = [
            (name, pyproject),
            ("CMakeLists.txt", cmake),
            ("native/core.c", CORE),
            ("native/one.h", "#define ONE 1\n"),
            ("native/unused.h", "#define ONE 2\n"),
            ("src/fast/__init__.py", ""),
        ];
        let host = ["scikit-build-core", "cmake", "ninja"];
        let Some(finished) = finished_with(&files, &host, false, config) else {
            return;
        };
        finished.assert_verdicts(&[
            ("edit", "native/core.c", Rebuild),
            ("edit", "native/one.h", Rebuild),
            ("edit", "CMakeLists.txt", Rebuild),
            ("edit", "native/unused.h", unused),
        ]);
    }
}

#[test]
fn meson_python() {
    let files = [
        (
            "pyproject.toml",
            indoc! {r#"
                [build-system]
                requires = ["meson-python"]
                build-backend = "mesonpy"
                [project]
                name = "fast"
                dynamic = ["version"]
            "#},
        ),
        (
            "meson.build",
            indoc! {"
                project('fast', 'c', version: '1.0')
                py = import('python').find_installation(pure: false)
                py.extension_module('core', 'native/core.c', install: true, subdir: 'fast',
                include_directories: include_directories('native'))
                subdir('fast')
            "},
        ),
        (
            "fast/meson.build",
            "py.install_sources('__init__.py', subdir: 'fast')\n",
        ),
        ("fast/__init__.py", ""),
        ("native/core.c", CORE),
        ("native/one.h", "#define ONE 1\n"),
        ("native/unused.h", "#define ONE 2\n"),
    ];
    let Some(finished) = finished(&files, &["meson-python", "ninja"], false) else {
        return;
    };
    is_native(&finished);
    finished.assert_verdicts(&[
        ("edit", "native/core.c", Rebuild),
        ("edit", "native/one.h", Rebuild),
        ("edit", "meson.build", Rebuild),
        ("edit", "fast/meson.build", Rebuild),
        ("edit", "fast/__init__.py", Rebuild),
        ("edit", "native/unused.h", Reuse),
    ]);
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
                dynamic = ["version"]
                requires-python = ">=3.9"
                [tool.maturin]
                bindings = "bin"
            "#},
        ),
        (
            "Cargo.toml",
            indoc! {r#"
                [package]
                name = "fast"
                version = "1.0.0"
                edition = "2021"
            "#},
        ),
        (
            "Cargo.lock",
            indoc! {r#"
                version = 4

                [[package]]
                name = "fast"
                version = "1.0.0"
            "#},
        ),
        ("src/main.rs", "mod inner;\nfn main() { inner::none() }\n"),
        ("src/inner.rs", "pub fn none() {}\n"),
        ("src/unused.rs", ""),
    ];
    let Some(finished) = finished(&files, &["maturin"], false) else {
        return;
    };
    let path = finished.answer["output_file"]
        .as_str()
        .expect("`output_file` is text");
    let package = Archive::open(path);
    assert!(package.has("bin/fast"));
    let depends = package.index()["depends"].to_string();
    assert!(
        !depends.contains("\"python"),
        "a program does not depend on Python: {depends}"
    );
    finished.assert_verdicts(&[
        ("edit", "src/main.rs", Rebuild),
        ("edit", "src/inner.rs", Rebuild),
        ("edit", "Cargo.toml", Rebuild),
        ("edit", "Cargo.lock", Rebuild),
        ("edit", "src/unused.rs", Reuse),
        ("new", "target/debug/x.rs", Reuse),
    ]);
}

#[test]
fn cython() {
    let files = [
        (
            "pyproject.toml",
            indoc! {r#"
                [build-system]
                requires = ["setuptools", "cython"]
                build-backend = "setuptools.build_meta"
                [project]
                name = "fast"
                version = "1.0"
            "#},
        ),
        (
            "setup.py",
            indoc! {"
                from Cython.Build import cythonize
                from setuptools import setup
                setup(ext_modules=cythonize(['src/fast/core.pyx']))
            "},
        ),
        ("src/fast/__init__.py", ""),
        (
            "src/fast/core.pyx",
            "include 'part.pxi'\ndef one(): return ONE\n",
        ),
        ("src/fast/part.pxi", "ONE = 1\n"),
    ];
    let Some(finished) = finished(&files, &["setuptools", "cython"], true) else {
        return;
    };
    // Edits of compiled code trigger a rebuild of an editable package too.
    finished.assert_verdicts(&[
        ("edit", "src/fast/core.pyx", Rebuild),
        ("edit", "src/fast/part.pxi", Rebuild),
        ("edit", "setup.py", Rebuild),
        ("edit", "src/fast/__init__.py", Reuse),
        ("edit", "src/fast/core.c", Reuse),
    ]);
}

#[test]
fn a_module_for_the_stable_abi_is_one_package_for_later_versions_of_python() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    let core = CORE.replace(
        "#include <Python.h>",
        "#define Py_LIMITED_API 0x03090000\n#include <Python.h>",
    );
    let setup = "from setuptools import Extension, setup\n\
        setup(ext_modules=[Extension('fast.core', ['core.c'], py_limited_api=True)],\n\
        options={'bdist_wheel': {'py_limited_api': 'cp39'}}, packages=['fast'])\n";
    let files = [
        (
            "pyproject.toml",
            "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n\
             [project]\nname = \"fast\"\nversion = \"1.0\"\nrequires-python = \">=3.9\"\n",
        ),
        ("setup.py", setup),
        ("core.c", &core),
        ("one.h", "#define ONE 1\n"),
        ("fast/__init__.py", ""),
    ];
    let project = project(&files);
    let initialize = initialize(&project, &["setuptools"], json!({"abi3": true}));
    let package = built(&project, &initialize, channel, false);
    package.check_paths();
    let index = package.index();
    insta::assert_snapshot!(format!(
        "{} {} {}\n{}\n{}",
        index["noarch"],
        index["subdir"] == "noarch",
        index["build"].as_str().unwrap_or_default().starts_with("h"),
        index["depends"],
        package.files().join("\n")
    ), @r#"
    "python" false true
    ["python >=3.9","cpython >=3.9","libgcc >=12"]
    site-packages/fast-1.0.dist-info/INSTALLER
    site-packages/fast-1.0.dist-info/METADATA
    site-packages/fast-1.0.dist-info/RECORD
    site-packages/fast-1.0.dist-info/WHEEL
    site-packages/fast-1.0.dist-info/top_level.txt
    site-packages/fast/__init__.py
    site-packages/fast/core.abi3.so
    "#);
}

#[test]
fn a_library_that_does_not_use_python_is_one_package_for_all_versions_of_it() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    let (name, pyproject) = SCIKIT_BUILD_CORE;
    let pyproject = format!("{pyproject}[tool.scikit-build]\nwheel.py-api = \"py3\"\n");
    let cmake = indoc! {"
        cmake_minimum_required(VERSION 3.15)
        project(fast LANGUAGES C)
        add_library(fast SHARED fast.c)
        install(TARGETS fast DESTINATION fast)
    "};
    let project = project(&[
        (name, &pyproject),
        ("CMakeLists.txt", cmake),
        ("fast.c", "int one(void) { return 1; }\n"),
        ("src/fast/__init__.py", ""),
    ]);
    let host = ["scikit-build-core", "cmake", "ninja"];
    let initialize = initialize(&project, &host, json!({"abi3": true}));
    let package = built(&project, &initialize, channel, false);
    assert_eq!(package.index()["noarch"], "python");
    assert!(package.has("site-packages/fast/libfast.so"));
    let wheel = package.text("site-packages/fast-1.0.dist-info/WHEEL");
    assert!(wheel.contains("Tag: py3-none-"), "{wheel}");
}
