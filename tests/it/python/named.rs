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

/// uv_build is a native program, which leaves no trace.
#[test]
fn settings_of_uv() {
    let files = [
        (
            "pyproject.toml",
            indoc! {r#"
                [build-system]
                requires = ["uv_build"]
                build-backend = "uv_build"
                [project]
                name = "violet"
                version = "1.2"
                readme = "docs/README.md"
                license = "MIT"
                license-files = ["LICENSE", "vendor/*.txt"]
                [tool.uv.build-backend]
                module-root = "lib/python"
                module-name = "ultra"
                source-include = ["notes/**"]
                [tool.uv.build-backend.data]
                data = "data"
                scripts = "scripts/all"
                headers = "include"
            "#},
        ),
        ("docs/README.md", "Violet\n"),
        ("docs/page.md", ""),
        ("LICENSE", "MIT\n"),
        ("vendor/one.txt", "MIT\n"),
        ("data/share/violet.txt", "violet\n"),
        ("scripts/all/violet", "#!/bin/sh\n"),
        ("include/violet.h", ""),
        ("lib/python/ultra/__init__.py", ""),
        ("notes/one.md", ""),
        ("tests/test_violet.py", ""),
    ];
    let Some(finished) = finished(&files, &["uv-build"], false) else {
        return;
    };
    finished.assert_verdicts(&[
        ("edit", "docs/README.md", Rebuild),
        ("edit", "LICENSE", Rebuild),
        ("edit", "vendor/one.txt", Rebuild),
        ("new", "vendor/two.txt", Rebuild),
        ("edit", "data/share/violet.txt", Rebuild),
        ("new", "data/more/violet.txt", Rebuild),
        ("edit", "scripts/all/violet", Rebuild),
        ("new", "scripts/all/more", Rebuild),
        ("edit", "include/violet.h", Rebuild),
        ("new", "include/sub/violet.h", Rebuild),
        ("edit", "lib/python/ultra/__init__.py", Rebuild),
        ("new", "lib/python/ultra/data.json", Rebuild),
        ("edit", "docs/page.md", Reuse),
        ("edit", "notes/one.md", Reuse),
        ("new", "vendor/two.md", Reuse),
        ("new", "lib/python/other/__init__.py", Reuse),
        ("edit", "tests/test_violet.py", Reuse),
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
fn settings_of_hatchling() {
    let files = [
        (
            "pyproject.toml",
            indoc! {r#"
                [build-system]
                requires = ["hatchling"]
                build-backend = "hatchling.build"
                [project]
                name = "acme-tools"
                version = "1.0"
                [tool.hatch.build.targets.wheel]
                packages = ["source/acme"]
                [tool.hatch.build.targets.wheel.force-include]
                "share" = "acme/tools/share"
                "one.txt" = "acme/tools/one.txt"
                [tool.hatch.build.targets.wheel.shared-data]
                "etc" = "etc/acme"
            "#},
        ),
        ("source/acme/tools/__init__.py", ""),
        ("share/one.json", "{}\n"),
        ("one.txt", ""),
        ("etc/acme.conf", ""),
        ("tests/test_acme.py", ""),
        ("source/notes.txt", ""),
    ];
    let Some(packages) = finished(&files, &["hatchling"], false) else {
        return;
    };
    packages.assert_verdicts(&[
        ("edit", "source/acme/tools/__init__.py", Rebuild),
        ("new", "source/acme/tools/n.json", Rebuild),
        ("new", "source/acme/tools/sub/__init__.py", Rebuild),
        ("new", "source/acme/more/x.py", Rebuild),
        ("edit", "share/one.json", Rebuild),
        ("new", "share/sub/two.txt", Rebuild),
        ("edit", "one.txt", Rebuild),
        ("new", "etc/more.conf", Rebuild),
        ("edit", "tests/test_acme.py", Reuse),
        ("new", "two.txt", Reuse),
        ("edit", "source/notes.txt", Reuse),
        ("new", "source/acme/tools/x.pyc", Reuse),
    ]);
    let host = ["hatchling", "editables"];
    let Some(editable) = finished(&files, &host, true) else {
        return;
    };
    editable.assert_verdicts(&[
        ("edit", "share/one.json", Rebuild),
        ("new", "share/sub/two.txt", Rebuild),
        ("new", "etc/more.conf", Rebuild),
        ("edit", "source/acme/tools/__init__.py", Reuse),
        ("new", "source/acme/more/x.py", Reuse),
    ]);
    let pyproject = indoc! {r#"
        [build-system]
        requires = ["hatchling"]
        build-backend = "hatchling.build"
        [project]
        name = "acme-tools"
        version = "1.0"
        [tool.hatch.build.targets.wheel]
        include = ["/source/**/*.py", "*.json"]
        exclude = ["drafts"]
        sources = ["source"]
    "#};
    let files = [
        ("pyproject.toml", pyproject),
        ("source/acme/tools/__init__.py", ""),
        ("share/one.json", "{}\n"),
        ("tests/test_acme.py", ""),
    ];
    let Some(patterns) = finished(&files, &["hatchling"], false) else {
        return;
    };
    patterns.assert_verdicts(&[
        ("edit", "source/acme/tools/__init__.py", Rebuild),
        ("new", "source/other/x.py", Rebuild),
        ("edit", "share/one.json", Rebuild),
        ("new", "data/two.json", Rebuild),
        ("new", "drafts/two.json", Reuse),
        ("new", "dist/two.json", Reuse),
        ("edit", "tests/test_acme.py", Reuse),
        ("new", "data/two.txt", Reuse),
    ]);
}

/// Poetry, PDM and flit pack files by their patterns, also those that no file matches yet.
#[test]
fn settings_of_poetry_pdm_and_flit() {
    let poetry = indoc! {r#"
        [build-system]
        requires = ["poetry-core"]
        build-backend = "poetry.core.masonry.api"
        [project]
        name = "acme"
        version = "1.0"
        [tool.poetry]
        include = [
            "NOTES.md",
            { path = "share/**/*.json", format = "wheel" },
            { path = "etc", format = ["sdist", "wheel"] },
            { path = "drafts/*", format = "sdist" },
        ]
    "#};
    let module = ("src/acme/__init__.py", "");
    let one = ("etc/acme.conf", "");
    let files = [("pyproject.toml", poetry), module, one];
    let Some(packages) = finished(&files, &["poetry-core"], false) else {
        return;
    };
    packages.assert_verdicts(&[
        ("new", "share/deep/one.json", Rebuild),
        ("new", "etc/sub/more.conf", Rebuild),
        ("edit", "etc/acme.conf", Rebuild),
        ("new", "src/acme/one.txt", Rebuild),
        ("new", "share/one.txt", Reuse),
        ("new", "drafts/one.txt", Reuse),
        ("new", "NOTES.md", Reuse),
    ]);
    let pdm = indoc! {r#"
        [build-system]
        requires = ["pdm-backend"]
        build-backend = "pdm.backend"
        [project]
        name = "acme"
        version = "1.0"
        [tool.pdm.build]
        includes = ["src/acme", "share/*"]
        package-dir = "src"
        [tool.pdm.build.wheel-data]
        data = [{ path = "etc/**/*.conf", relative-to = "." }]
        scripts = ["bin/*"]
    "#};
    let files = [("pyproject.toml", pdm), module, one];
    let Some(packages) = finished(&files, &["pdm-backend"], false) else {
        return;
    };
    packages.assert_verdicts(&[
        ("new", "share/one.json", Rebuild),
        ("new", "share/sub/one.json", Rebuild),
        ("edit", "etc/acme.conf", Rebuild),
        ("new", "etc/sub/more.conf", Rebuild),
        ("new", "bin/acme", Rebuild),
        ("new", "src/acme/one.txt", Rebuild),
        ("new", "etc/one.txt", Reuse),
        ("new", "one.txt", Reuse),
    ]);
    let flit = indoc! {r#"
        [build-system]
        requires = ["flit-core"]
        build-backend = "flit_core.buildapi"
        [project]
        name = "acme"
        version = "1.0"
        description = "Tools"
        [tool.flit.external-data]
        directory = "etc"
    "#};
    let files = [("pyproject.toml", flit), module, one];
    let Some(packages) = finished(&files, &["flit-core"], false) else {
        return;
    };
    packages.assert_verdicts(&[
        ("edit", "etc/acme.conf", Rebuild),
        ("new", "etc/share/one.json", Rebuild),
        ("new", "src/acme/one.txt", Rebuild),
        ("new", "one.txt", Reuse),
    ]);
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
        (
            "setup.py",
            "from setuptools import setup\nsetup(license_files=['legal/*.txt'])\n",
        ),
        ("legal/one.txt", "MIT\n"),
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
        ("new", "legal/two.txt", Rebuild),
    ]);
}

/// In `src`, setuptools finds modules, and packages without an `__init__.py`.
#[test]
fn modules_that_setuptools_finds() {
    let pyproject = indoc! {r#"
        [build-system]
        requires = ["setuptools"]
        build-backend = "setuptools.build_meta"
        [project]
        name = "fast"
        version = "1.0"
    "#};
    let listing = format!("{pyproject}[tool.setuptools]\npackages = [\"fast\"]\n");
    let listing = format!("{listing}package-dir = {{ \"\" = \"src\" }}\n");
    let files = |pyproject| {
        [
            ("pyproject.toml", pyproject),
            ("src/fast/__init__.py", ""),
            ("tests/test_fast.py", ""),
        ]
    };
    let Some(finding) = finished(&files(pyproject), &["setuptools"], false) else {
        return;
    };
    finding.assert_verdicts(&[
        ("new", "src/nspkg/x.py", Rebuild),
        ("new", "src/nspkg/sub/x.py", Rebuild),
        ("new", "src/mod.py", Rebuild),
        ("new", "src/more/__init__.py", Rebuild),
        ("new", "src/notes.txt", Reuse),
        ("new", "src/fast.egg-info/x.py", Reuse),
        ("new", "tests/x.py", Reuse),
        ("new", "other.py", Reuse),
    ]);
    let Some(listed) = finished(&files(&listing), &["setuptools"], false) else {
        return;
    };
    listed.assert_verdicts(&[
        ("new", "src/fast/x.py", Rebuild),
        ("new", "src/nspkg/x.py", Reuse),
        ("new", "src/mod.py", Reuse),
    ]);
}

#[test]
fn hidden_files_that_setuptools_packs() {
    let files = [
        (
            "pyproject.toml",
            indoc! {r#"
                [build-system]
                requires = ["setuptools"]
                build-backend = "setuptools.build_meta"
                [project]
                name = "pkg"
                version = "1.0"
                [tool.setuptools.package-data]
                pkg = ["*", ".*", "*/.*", "*/.*/*"]
            "#},
        ),
        ("src/pkg/__init__.py", ""),
        ("src/pkg/.defaults", "x"),
        ("src/pkg/templates/.gitignore", "y"),
        ("src/pkg/templates/.hidden/name", "z"),
        ("src/.editor", ""),
    ];
    let Some(finished) = finished(&files, &["setuptools"], false) else {
        return;
    };
    finished.assert_verdicts(&[
        ("edit", "src/pkg/.defaults", Rebuild),
        ("edit", "src/pkg/templates/.gitignore", Rebuild),
        ("edit", "src/pkg/templates/.hidden/name", Rebuild),
        ("edit", "src/.editor", Reuse),
    ]);
}
