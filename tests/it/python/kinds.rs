//! Projects whose packages are for one platform, and the versions of Python of these packages.

use indoc::{formatdoc, indoc};
use serde_json::json;

use super::described::{described, described_as};
use super::{HELLO, initialize, plain, project};

#[test]
fn what_compiles_is_a_package_of_its_platform() {
    let backend = |requires: &str, backend: &str| {
        formatdoc!(
            r#"
                [build-system]
                requires = ["{requires}"]
                build-backend = "{backend}"
                [project]
                name = "a"
                version = "1"
            "#
        )
    };
    let mut all = Vec::new();
    for (requires, name, file, content) in [
        ("maturin", "maturin", "Cargo.toml", ""),
        (
            "scikit-build-core",
            "scikit_build_core.build",
            "CMakeLists.txt",
            "project(a CXX)",
        ),
        (
            "meson-python",
            "mesonpy",
            "meson.build",
            "project('a', 'c', 'cython')",
        ),
        ("meson-python", "mesonpy", "meson.build", "project('a')"),
        ("setuptools-rust", "setuptools.build_meta", "x", ""),
        (
            "setuptools",
            "setuptools.build_meta",
            "setup.py",
            "setup(ext_modules=[Extension('a', ['a.c'])])",
        ),
        (
            "setuptools",
            "setuptools.build_meta",
            "setup.py",
            "class Dist(Distribution): has_ext_modules = lambda self: True",
        ),
        ("setuptools", "setuptools.build_meta", "setup.py", "setup()"),
        ("hatchling", "hatchling.build", "x", ""),
    ] {
        let files = [
            ("pyproject.toml", backend(requires, name)),
            (file, content.to_string()),
        ];
        let files = files.each_ref().map(|(path, text)| (*path, text.as_str()));
        let shown = described(&files, plain(), json!({}));
        let mut lines = shown.lines();
        let (first, build) = (lines.next().unwrap_or("-"), lines.next().unwrap_or("-"));
        all.push(format!("{name}, {content}: {first}; {build}"));
    }
    insta::assert_snapshot!(all.join("\n"), @r#"
    maturin, : a 1  linux-64 ["pkg:pypi/a"]; build: rust_linux-64 *, gcc_linux-64 *
    scikit_build_core.build, project(a CXX): a 1  linux-64 ["pkg:pypi/a"]; build: gxx_linux-64 *
    mesonpy, project('a', 'c', 'cython'): a 1  linux-64 ["pkg:pypi/a"]; build: gcc_linux-64 *
    mesonpy, project('a'): a 1 py noarch ["pkg:pypi/a"]; build: 
    setuptools.build_meta, : a 1  linux-64 ["pkg:pypi/a"]; build: rust_linux-64 *, gcc_linux-64 *
    setuptools.build_meta, setup(ext_modules=[Extension('a', ['a.c'])]): a 1  linux-64 ["pkg:pypi/a"]; build: gcc_linux-64 *
    setuptools.build_meta, class Dist(Distribution): has_ext_modules = lambda self: True: a 1  linux-64 ["pkg:pypi/a"]; build: gcc_linux-64 *
    setuptools.build_meta, setup(): a 1 py noarch ["pkg:pypi/a"]; build: 
    hatchling.build, : a 1 py noarch ["pkg:pypi/a"]; build:
    "#);
}

#[test]
fn build_hooks_overrides_and_backends_in_the_project_are_read() {
    let project = indoc! {r#"
        [project]
        name = "a"
        version = "1"
    "#};
    let of = |backend: &str, rest: &str| {
        let module = backend
            .split(['.', ':'])
            .next()
            .expect("the build backend is in a module");
        let requires = module.replace('_', "-");
        formatdoc!(
            r#"
                [build-system]
                requires = ["{requires}"]
                build-backend = "{backend}"
                {rest}
                {project}"#
        )
    };
    let hatch = |rest: &str| {
        of(
            "hatchling.build",
            &format!("[tool.hatch.build.hooks.mypyc]\n{rest}"),
        )
    };
    let scikit = |rest: &str| {
        of(
            "scikit_build_core.build",
            &formatdoc!(
                "
                [tool.scikit-build]
                wheel.cmake = false
                {rest}"
            ),
        )
    };
    let custom = of(
        "hatchling.build",
        "[tool.hatch.build.hooks.custom]\npath = \"packaging/own_backend/hooks.py\"\n",
    );
    let in_tree = of("own_backend.hooks", "backend-path = [\"packaging\"]\n");
    let mut all = Vec::new();
    for (what, pyproject, code) in [
        ("a hook", hatch(""), ""),
        (
            "a hook that nobody enables",
            hatch("enable-by-default = false\n"),
            "",
        ),
        (
            "a hook in a file of its own",
            custom,
            "build_data['pure_python'] = False\n",
        ),
        ("no CMake", scikit(""), ""),
        (
            "CMake where an override asks for it",
            scikit(indoc! {"
                    [[tool.scikit-build.overrides]]
                    if.env.CONDA_BUILD = true
                    wheel.cmake = true
                "}),
            "",
        ),
        (
            "a backend of its own",
            in_tree.clone(),
            "from setuptools.build_meta import *\n",
        ),
        (
            "a backend of its own that compiles",
            in_tree,
            indoc! {"
                from setuptools.build_meta import *

                def build_wheel():
                    from Cython.Build import cythonize
            "},
        ),
    ] {
        let files = [
            ("pyproject.toml", pyproject.as_str()),
            ("packaging/own_backend/hooks.py", code),
        ];
        let shown = described(&files, plain(), json!({}));
        let mut lines = shown.lines();
        let (first, build) = (lines.next().unwrap_or("-"), lines.next().unwrap_or("-"));
        all.push(format!("{what}: {first}; {build}"));
    }
    insta::assert_snapshot!(all.join("\n"), @r#"
    a hook: a 1  linux-64 ["pkg:pypi/a"]; build: gcc_linux-64 *
    a hook that nobody enables: a 1 py noarch ["pkg:pypi/a"]; build: 
    a hook in a file of its own: a 1  linux-64 ["pkg:pypi/a"]; build: gcc_linux-64 *
    no CMake: a 1 py noarch ["pkg:pypi/a"]; build: 
    CMake where an override asks for it: a 1  linux-64 ["pkg:pypi/a"]; build: gcc_linux-64 *, gxx_linux-64 *
    a backend of its own: a 1 py noarch ["pkg:pypi/a"]; build: 
    a backend of its own that compiles: a 1  linux-64 ["pkg:pypi/a"]; build: gcc_linux-64 *
    "#);
}

#[test]
fn py_build_cmake_and_sip_compile() {
    let cmake = "[tool.py-build-cmake.cmake]\nsource_path = \"native\"\n";
    let mut all = Vec::new();
    for (backend, table) in [
        ("py_build_cmake.build", cmake),
        ("py_build_cmake.build", ""),
        ("sipbuild.api", "[tool.sip.project]\n"),
    ] {
        let text = format!(
            "[build-system]\nrequires = []\nbuild-backend = \"{backend}\"\n\
             [project]\nname = \"a\"\nversion = \"1\"\n{table}"
        );
        let files = [
            ("pyproject.toml", text.as_str()),
            ("native/CMakeLists.txt", "project(a LANGUAGES C)\n"),
        ];
        let shown = described(&files, plain(), json!({}));
        let lines: Vec<&str> = shown.lines().take(2).collect();
        all.push(format!("{backend}: {}", lines.join("; ")));
    }
    insta::assert_snapshot!(all.join("\n"), @r#"
    py_build_cmake.build: a 1  linux-64 ["pkg:pypi/a"]; build: gcc_linux-64 *
    py_build_cmake.build: a 1 py noarch ["pkg:pypi/a"]; build: 
    sipbuild.api: a 1  linux-64 ["pkg:pypi/a"]; build: gcc_linux-64 *, gxx_linux-64 *
    "#);
}

#[test]
fn compilers_follow_the_languages_of_cmake() {
    let pyproject = "[build-system]\nrequires = [\"scikit-build-core\"]\n\
                     build-backend = \"scikit_build_core.build\"\n\
                     [project]\nname = \"a\"\nversion = \"1\"\n";
    let mut all = Vec::new();
    for cmake in [
        "project(${SKBUILD_PROJECT_NAME} VERSION ${SKBUILD_PROJECT_VERSION} LANGUAGES CXX)",
        "project(a C # CXX\n)",
        "project(a LANGUAGES C)\nenable_language(Fortran)",
        "include(cmake/languages.cmake)\nproject(a LANGUAGES ${used})",
        "project(a LANGUAGES ${elsewhere})",
        "project(a NONE)",
        "if(A)\n  project(a C)\nendif()",
    ] {
        let files = [
            ("pyproject.toml", pyproject),
            ("CMakeLists.txt", cmake),
            ("cmake/languages.cmake", "set(used C)"),
        ];
        let shown = described(&files, plain(), json!({}));
        all.push(shown.lines().nth(1).unwrap_or("-").to_string());
    }
    insta::assert_snapshot!(all.join("\n"), @r#"
    build: gxx_linux-64 *
    build: gcc_linux-64 *
    build: gcc_linux-64 *, gfortran_linux-64 *
    build: gcc_linux-64 *
    build: gcc_linux-64 *, gxx_linux-64 *
    build: gcc_linux-64 *, gxx_linux-64 *
    build: gcc_linux-64 *, gxx_linux-64 *
    "#);
}

#[test]
fn the_stable_abi_is_one_package_for_later_versions_too() {
    let config = json!({"abi3": true});
    insta::assert_snapshot!(described(HELLO, config, json!({"python": ["3.12.*"]})), @r#"
    hello_world 0.3.1  linux-64 ["pkg:pypi/hello-world"]
    build: 
    host: uv *, python >=3.9, python-abi3 3.9.*
    run: python >=3.9
    "#);
}

#[test]
fn a_leftover_setup_py_does_not_describe_a_project_of_another_build_backend() {
    let setup = "from setuptools import Extension, setup\n\
                 setup(name='old', version='0.1', ext_modules=[Extension('old', ['old.c'])],\n\
                 python_requires='<3', entry_points={'console_scripts': ['old = old:main']})\n";
    let cfg = "[metadata]\nlicense = GPL-3.0-only\n[options.ext_modules]\nold = old\n";
    let mut all = Vec::new();
    for (requires, backend) in [
        ("hatchling", "hatchling.build"),
        ("flit-core", "flit_core.buildapi"),
        ("poetry-core", "poetry.core.masonry.api"),
        ("uv-build", "uv_build"),
        ("pdm-backend", "pdm.backend"),
        ("setuptools", "setuptools.build_meta"),
    ] {
        let text = format!(
            "[build-system]\nrequires = [\"{requires}\"]\nbuild-backend = \"{backend}\"\n\
             [project]\nname = \"a\"\nversion = \"1\"\n"
        );
        let files = [
            ("pyproject.toml", text.as_str()),
            ("setup.py", setup),
            ("setup.cfg", cfg),
        ];
        // The build uses `pyproject.toml` even if the backend ignores its metadata.
        for ignored in [false, true] {
            let config =
                json!({"ignore-pyproject-manifest": ignored, "ignore-pypi-mapping": false});
            let project = project(&files);
            let initialize = initialize(&project, &[], config);
            let initialize = if ignored {
                initialize.package("b", "2")
            } else {
                initialize
            };
            let shown = described_as(&project, &initialize, json!({}));
            all.push(format!(
                "{backend} {ignored}: {}",
                shown.replace('\n', "; ")
            ));
        }
    }
    insta::assert_snapshot!(all.join("\n"), @r#"
    hatchling.build false: a 1 py noarch ["pkg:pypi/a"]; build: ; host: uv *, python *, hatchling *; run: python *
    hatchling.build true: b 2 py noarch ["pkg:pypi/a"]; build: ; host: uv *, python *; run: python *
    flit_core.buildapi false: a 1 py noarch ["pkg:pypi/a"]; build: ; host: uv *, python *, flit-core *; run: python *
    flit_core.buildapi true: b 2 py noarch ["pkg:pypi/a"]; build: ; host: uv *, python *; run: python *
    poetry.core.masonry.api false: a 1 py noarch ["pkg:pypi/a"]; build: ; host: uv *, python *, poetry-core *; run: python *
    poetry.core.masonry.api true: b 2 py noarch ["pkg:pypi/a"]; build: ; host: uv *, python *; run: python *
    uv_build false: a 1 py noarch ["pkg:pypi/a"]; build: ; host: uv *, python *, uv-build *; run: python *
    uv_build true: b 2 py noarch ["pkg:pypi/a"]; build: ; host: uv *, python *; run: python *
    pdm.backend false: a 1 py noarch ["pkg:pypi/a"]; build: ; host: uv *, python *, pdm-backend *; run: python *
    pdm.backend true: b 2 py noarch ["pkg:pypi/a"]; build: ; host: uv *, python *; run: python *
    setuptools.build_meta false: a 1  linux-64 ["pkg:pypi/a"]; build: gcc_linux-64 *; host: uv *, python <3, setuptools *; run: python <3
    setuptools.build_meta true: b 2  linux-64 ["pkg:pypi/a"]; build: gcc_linux-64 *; host: uv *, python <3; run: python <3
    "#);
}

#[test]
fn a_module_of_cython_says_whether_it_needs_cxx() {
    let text = "[build-system]\nrequires = [\"setuptools\", \"cython\"]\n\
                build-backend = \"setuptools.build_meta\"\n[project]\nname = \"a\"\nversion = \"1\"\n";
    let files = [
        ("pyproject.toml", text),
        ("setup.py", "setup(ext_modules=cythonize('a.pyx'))\n"),
        (
            "a.pyx",
            "# cython: language_level=3\n# distutils: language = c++\n",
        ),
    ];
    let shown = described(&files, plain(), json!({}));
    let build = shown.lines().find(|line| line.starts_with("build"));
    assert_eq!(build, Some("build: gcc_linux-64 *, gxx_linux-64 *"));
}
