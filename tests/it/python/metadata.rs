//! The files that make pixi request the outputs of a Python project again.

use indoc::indoc;

use super::{initialize, plain, project};
use test_support::edits::Verdict::{Rebuild, Reuse};
use test_support::edits::{Finished, Row};
use test_support::freshness::Remembered;
use test_support::pixi::Pixi;
use test_support::requests::Outputs;

/// Requests outputs, edits files, and checks each edit like an edit after a build.
#[track_caller]
fn assert_verdicts(files: &[(&str, &str)], rows: &[Row<'_>]) {
    let project = project(files);
    let mut pixi = Pixi::of(&project);
    pixi.initialize(&initialize(&project, &[], plain()));
    let params = Outputs::new(&project.metadata_work("fast")).params();
    let answer = pixi.request("conda/outputs", params);
    let answer = answer.unwrap_or_else(|error| panic!("{error:#}"));
    let finished = Finished {
        cache: Remembered::of(&answer, project.dir()),
        project,
        answer,
        stderr: Vec::new(),
    };
    finished.assert_verdicts(rows);
}

#[test]
fn the_version_that_a_crate_inherits() {
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
                [tool.maturin]
                manifest-path = "rust/crates/core/Cargo.toml"
            "#},
        ),
        (
            "rust/Cargo.toml",
            "[workspace]\nmembers = [\"crates/core\"]\n[workspace.package]\nversion = \"1.0.0\"\n",
        ),
        (
            "rust/crates/core/Cargo.toml",
            "[package]\nname = \"core\"\nversion.workspace = true\n[lib]\n",
        ),
        ("rust/crates/core/src/other.rs", ""),
    ];
    assert_verdicts(
        &files,
        &[
            ("edit", "pyproject.toml", Rebuild),
            ("edit", "rust/Cargo.toml", Rebuild),
            ("edit", "rust/crates/core/Cargo.toml", Rebuild),
            ("edit", "rust/crates/core/src/other.rs", Reuse),
        ],
    );
}

#[test]
fn the_files_that_decide_which_compilers_are_needed() {
    let head = |backend: &str, requires: &str, more: &str| {
        format!(
            "[build-system]\nrequires = [\"{requires}\"]\nbuild-backend = \"{backend}\"\n\
             [project]\nname = \"fast\"\nversion = \"1\"\n{more}"
        )
    };
    let cmake = "project(fast LANGUAGES C)\n";
    let source_dir = "[tool.scikit-build]\ncmake.source-dir = \"cpp\"\n";
    let in_cpp = head("scikit_build_core.build", "scikit-build-core", source_dir);
    let files = [
        ("pyproject.toml", in_cpp.as_str()),
        ("cpp/CMakeLists.txt", cmake),
    ];
    assert_verdicts(&files, &[("edit", "cpp/CMakeLists.txt", Rebuild)]);
    let plugin = head("setuptools.build_meta", "scikit-build", "");
    let files = [
        ("pyproject.toml", plugin.as_str()),
        ("CMakeLists.txt", cmake),
    ];
    assert_verdicts(&files, &[("edit", "CMakeLists.txt", Rebuild)]);
    let crate_of_a_program = head("maturin", "maturin", "");
    let files = [
        ("pyproject.toml", crate_of_a_program.as_str()),
        ("Cargo.toml", "[package]\nname = \"fast\"\n"),
        ("src/main.rs", "fn main() {}\n"),
    ];
    let rows = [
        ("edit", "Cargo.toml", Rebuild),
        ("new", "src/lib.rs", Rebuild),
        ("remove", "src/main.rs", Rebuild),
        ("new", "src/other.rs", Reuse),
    ];
    assert_verdicts(&files, &rows);
    let cython = head("setuptools.build_meta", "cython", "");
    let files = [
        ("pyproject.toml", cython.as_str()),
        ("setup.py", "setup(ext_modules=cythonize('fast/*.pyx'))\n"),
        ("fast/core.pyx", "# distutils: language = c++\n"),
        ("fast/core.py", ""),
    ];
    let rows = [
        ("edit", "fast/core.pyx", Rebuild),
        ("edit", "fast/core.py", Reuse),
    ];
    assert_verdicts(&files, &rows);
}
