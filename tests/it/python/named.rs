//! Files that are inputs because the project names them: edits of them, and files that are added.

use indoc::indoc;

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
