//! Files that are inputs because the project names them: edits of them, and files that are added.

use indoc::indoc;

use super::SCIKIT_BUILD_CORE;
use super::edits::finished;
use test_support::edits::Verdict::{Rebuild, Reuse};

/// As cffi does, `setup.py` generates C code in the build directory.
#[test]
fn headers_that_only_generated_code_includes() {
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
            indoc! {r##"
                import os
                from setuptools import Extension, setup
                from setuptools.command.build_ext import build_ext

                CODE = """
                #include <Python.h>
                #include "one.h"
                static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "core", 0, ONE, 0};
                PyMODINIT_FUNC PyInit_core(void) { return PyModule_Create(&module); }
                """

                class generate(build_ext):
                    def build_extension(self, extension):
                        path = os.path.join(os.path.abspath(self.build_temp), "made.c")
                        os.makedirs(os.path.dirname(path), exist_ok=True)
                        with open(path, "w") as file:
                            file.write(CODE)
                        extension.sources = [path]
                        super().build_extension(extension)

                setup(
                    cmdclass={"build_ext": generate},
                    ext_modules=[Extension("fast.core", ["made.c"], include_dirs=["native"])],
                )
            "##},
        ),
        ("src/fast/__init__.py", ""),
        ("native/one.h", "#define ONE 1\n"),
        ("native/unused.h", "#define ONE 2\n"),
    ];
    let Some(finished) = finished(&files, &["setuptools"], false) else {
        return;
    };
    finished.assert_verdicts(&[
        ("edit", "native/one.h", Rebuild),
        ("edit", "native/unused.h", Reuse),
    ]);
}

/// No build tool asks CMake what it installs.
#[test]
fn commands_of_cmake_that_install() {
    let files = [
        SCIKIT_BUILD_CORE,
        (
            "CMakeLists.txt",
            indoc! {r#"
                cmake_minimum_required(VERSION 3.15)
                project(fast LANGUAGES C)
                file(GLOB SOURCES CONFIGURE_DEPENDS "native/*.c")
                find_package(Python REQUIRED COMPONENTS Interpreter Development.Module)
                python_add_library(core MODULE ${SOURCES} WITH_SOABI)
                install(TARGETS core DESTINATION fast)
                set(MODULES extra/one.py "${CMAKE_CURRENT_SOURCE_DIR}/extra/two.py")
                install(FILES ${MODULES} DESTINATION fast)
                add_subdirectory(share)
            "#},
        ),
        (
            "share/CMakeLists.txt",
            "install(PROGRAMS run.sh DESTINATION fast)\n\
             install(DIRECTORY data/ ../more DESTINATION fast/data)\n\
             install(SCRIPT after.cmake)\n\
             file(COPY copied DESTINATION ${CMAKE_CURRENT_BINARY_DIR})\n",
        ),
        ("share/run.sh", "#!/bin/sh\n"),
        ("share/data/one.txt", ""),
        ("share/after.cmake", "message(\"installed\")\n"),
        ("share/copied/one.txt", ""),
        ("share/notes.txt", ""),
        ("more/sub/one.txt", ""),
        ("extra/one.py", ""),
        ("extra/two.py", ""),
        ("extra/three.py", ""),
        ("src/fast/__init__.py", ""),
        (
            "native/core.c",
            indoc! {r#"
                #include <Python.h>
                static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "core", 0, 1, 0};
                PyMODINIT_FUNC PyInit_core(void) { return PyModule_Create(&module); }
            "#},
        ),
    ];
    let host = ["scikit-build-core", "cmake", "ninja"];
    for editable in [false, true] {
        let Some(finished) = finished(&files, &host, editable) else {
            return;
        };
        finished.assert_verdicts(&[
            ("new", "native/two.c", Rebuild),
            ("edit", "extra/one.py", Rebuild),
            ("edit", "extra/two.py", Rebuild),
            ("edit", "share/run.sh", Rebuild),
            ("edit", "share/data/one.txt", Rebuild),
            ("new", "share/data/two.txt", Rebuild),
            ("new", "share/data/sub/two.txt", Rebuild),
            ("edit", "more/sub/one.txt", Rebuild),
            ("new", "more/two.txt", Rebuild),
            ("edit", "share/after.cmake", Rebuild),
            ("edit", "share/copied/one.txt", Rebuild),
            ("new", "share/copied/two.txt", Rebuild),
            ("edit", "share/notes.txt", Reuse),
            ("edit", "extra/three.py", Reuse),
            ("new", "extra/four.py", Reuse),
            ("new", "notes.txt", Reuse),
        ]);
    }
}

#[test]
fn license_files_that_the_project_lists() {
    let toml = indoc! {r#"
        [build-system]
        requires = ["hatchling"]
        build-backend = "hatchling.build"
        [project]
        name = "fast"
        version = "1.0"
        license = "MIT"
        license-files = ["LICEN[CS]E*", "licenses/*.txt"]
    "#};
    let files = [
        ("pyproject.toml", toml),
        ("LICENSE", "MIT\n"),
        ("licenses/one.txt", "MIT\n"),
        ("src/fast/__init__.py", ""),
    ];
    let Some(listed) = finished(&files, &["hatchling"], false) else {
        return;
    };
    listed.assert_verdicts(&[
        ("new", "LICENCE.MIT", Rebuild),
        ("new", "licenses/two.txt", Rebuild),
        ("edit", "licenses/one.txt", Rebuild),
        ("remove", "LICENSE", Rebuild),
        ("new", "licenses/two.md", Reuse),
        ("new", "licenses/sub/two.txt", Reuse),
        ("new", "COPYING", Reuse),
        ("new", "notes.txt", Reuse),
    ]);
    let cfg = "[metadata]\nname = fast\nversion = 1.0\nlicense_files = third_party/*/LICENSE\n";
    let files = [
        (
            "pyproject.toml",
            "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n",
        ),
        ("setup.cfg", cfg),
        ("third_party/one/LICENSE", "MIT\n"),
        ("src/fast/__init__.py", ""),
    ];
    let Some(listed) = finished(&files, &["setuptools"], false) else {
        return;
    };
    listed.assert_verdicts(&[
        ("edit", "third_party/one/LICENSE", Rebuild),
        ("new", "third_party/two/LICENSE", Rebuild),
        ("new", "third_party/two/notes.txt", Reuse),
    ]);
}
