//! Options of projects that compile, which must have an effect in a reused build directory too.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use indoc::indoc;
use serde_json::{Value, json};

use super::{SCIKIT_BUILD_CORE, initialize, project};
use test_support::archive::Archive;
use test_support::build::Build;
use test_support::channel::Channel;
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::python::{channel_or_skip, version};
use test_support::requests::Outputs;

/// A C module that contains the options with which it was compiled.
const CORE: &str = indoc! {r#"
    #include <Python.h>
    #define TEXT(it) #it
    #define EXPANDED(it) TEXT(it)
    #ifdef __OPTIMIZE__
    #define MODE "optimized"
    #else
    #define MODE "plain"
    #endif
    #ifndef WORD
    #define WORD none
    #endif
    static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "core", "compiled " MODE " " EXPANDED(WORD), 0, 0};
    PyMODINIT_FUNC PyInit_core(void) { return PyModule_Create(&module); }
"#};

/// The host dependencies of a project, and its files with their content.
type Files = (
    &'static [&'static str],
    &'static [(&'static str, &'static str)],
);

/// Projects with that module, one for each build backend.
const BACKENDS: [Files; 3] = [
    (
        &["scikit-build-core", "cmake", "ninja"],
        &[
            SCIKIT_BUILD_CORE,
            (
                "CMakeLists.txt",
                indoc! {"
                    cmake_minimum_required(VERSION 3.15)
                    project(fast LANGUAGES C)
                    find_package(Python REQUIRED COMPONENTS Interpreter Development.Module)
                    python_add_library(core MODULE core.c WITH_SOABI)
                    install(TARGETS core DESTINATION fast)
                "},
            ),
        ],
    ),
    (
        &["meson-python", "ninja"],
        &[
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
                    py.extension_module('core', 'core.c', install: true, subdir: 'fast')
                "},
            ),
        ],
    ),
    (
        &["setuptools"],
        &[
            (
                "pyproject.toml",
                indoc! {r#"
                    [build-system]
                    requires = ["setuptools"]
                    build-backend = "setuptools.build_meta"
                    [project]
                    name = "fast"
                    version = "1.0"
                    [tool.setuptools]
                    packages = ["fast"]
                "#},
            ),
            (
                "setup.py",
                "from setuptools import Extension, setup\n\
                 setup(ext_modules=[Extension('fast.core', ['core.c'])])\n",
            ),
            ("fast/__init__.py", ""),
        ],
    ),
];

/// Builds with these options, always in the same work directory.
#[track_caller]
fn built(project: &Project, host: &[&str], channel: &Channel, config: &Value) -> Archive {
    let mut pixi = Pixi::of(project);
    pixi.initialize(&initialize(project, host, config.clone()));
    let work = project.build_work("hello");
    let outputs = pixi.outputs(&Outputs::new(&work).channel(channel));
    let answer = pixi
        .build(&Build::prepare(&outputs[0], &work, channel).set("editable", json!(false)))
        .unwrap_or_else(|error| panic!("{error:#}"));
    Archive::open(
        answer["output_file"]
            .as_str()
            .expect("`output_file` is text"),
    )
}

/// Returns the text that begins with `compiled ` in the only compiled module or program.
fn compiled(package: &Archive) -> String {
    let modules = package.files().into_iter();
    let mut modules = modules.filter(|file| file.ends_with(".so") || file == "bin/fast");
    let module = modules.next();
    let module = module.unwrap_or_else(|| panic!("no module in {:#?}", package.files()));
    let module = package.read(&module);
    let text = String::from_utf8_lossy(&module);
    let text = text.split('\0').find(|text| text.starts_with("compiled "));
    text.expect("the module contains the text").to_string()
}

/// Builds the project once for each case, in the same work directory, and compares the options
/// with which it was compiled.
#[track_caller]
fn compiles(host: &[&str], files: &[(&str, &str)], cases: &[(Value, &str)]) {
    let channel = channel_or_skip().expect("the test checked the channel");
    let project = project(files);
    for (config, expected) in cases {
        let package = built(&project, host, channel, config);
        assert_eq!(package.index()["noarch"], Value::Null);
        let expected = format!("compiled {expected}");
        assert_eq!(compiled(&package), expected, "{host:?} {config}");
    }
}

#[test]
fn options_that_change_count_in_what_is_kept() {
    if channel_or_skip().is_none() {
        return;
    }
    let cases = [
        (json!({"env": {"CFLAGS": "-DWORD=one"}}), "optimized one"),
        (json!({"env": {"CFLAGS": "-DWORD=two"}}), "optimized two"),
        (json!({}), "optimized none"),
        (json!({"profile": "debug"}), "plain none"),
        (
            json!({"profile": "release", "build-dir": "temporary"}),
            "optimized none",
        ),
    ];
    for (host, files) in BACKENDS {
        compiles(host, &[files, &[("core.c", CORE)]].concat(), &cases);
    }
}

/// Projects of two compiled files, with an option for the first one, whose default is `one`. The
/// last text sets the option in `pyproject.toml`.
const OPTIONS: [(Files, &str, &str); 2] = [
    (
        (
            &["scikit-build-core", "cmake", "ninja"],
            &[
                SCIKIT_BUILD_CORE,
                (
                    "CMakeLists.txt",
                    indoc! {r#"
                        cmake_minimum_required(VERSION 3.15)
                        project(fast LANGUAGES C)
                        set(WORD one CACHE STRING "a word")
                        find_package(Python REQUIRED COMPONENTS Interpreter Development.Module)
                        add_library(other OBJECT other.c)
                        set_target_properties(other PROPERTIES POSITION_INDEPENDENT_CODE ON)
                        python_add_library(core MODULE core.c $<TARGET_OBJECTS:other> WITH_SOABI)
                        target_compile_definitions(core PRIVATE WORD=${WORD})
                        install(TARGETS core DESTINATION fast)
                    "#},
                ),
            ],
        ),
        "CMakeLists.txt",
        "[tool.scikit-build.cmake.define]\nWORD = \"three\"\n",
    ),
    (
        (
            &["meson-python", "ninja"],
            &[
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
                        other = static_library('other', 'other.c', pic: true)
                        py.extension_module('core', 'core.c', install: true, subdir: 'fast',
                        link_whole: other, c_args: '-DWORD=' + get_option('word'))
                    "},
                ),
                (
                    "meson.options",
                    "option('word', type: 'string', value: 'one')\n",
                ),
            ],
        ),
        "meson.options",
        "[tool.meson-python.args]\nsetup = [\"-Dword=three\"]\n",
    ),
];

/// The time of the last compilation of `other.c`.
fn compilation_of_the_other(project: &Project) -> SystemTime {
    let work = project.build_work("hello");
    let files = walkdir::WalkDir::new(&work).into_iter();
    let mut files = files.map(|file| file.expect("the directory can be read"));
    let object = files.find(|file| file.file_name() == "other.c.o");
    let object = object.expect("the object is kept").metadata();
    let time = object.expect("the file exists").modified();
    time.expect("the file has a time")
}

#[test]
fn options_of_the_project_that_change_count_in_what_is_kept() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    for ((host, files), definition, setting) in OPTIONS {
        let project = project(&[files, &[("core.c", CORE), ("other.c", "int other;\n")]].concat());
        let word = || {
            let package = built(&project, host, channel, &json!({}));
            (compiled(&package), compilation_of_the_other(&project))
        };
        let (first, time) = word();
        assert_eq!(first, "compiled optimized one", "{host:?}");
        let text = |name: &str| fs_err::read_to_string(project.dir().join(name)).expect("a file");
        project.write(definition, text(definition).replace("one", "two"));
        assert_eq!(
            word(),
            ("compiled optimized two".to_string(), time),
            "{host:?}"
        );
        let without = text("pyproject.toml");
        project.write("pyproject.toml", format!("{without}{setting}"));
        assert_eq!(
            word(),
            ("compiled optimized three".to_string(), time),
            "{host:?}"
        );
        project.write("pyproject.toml", without);
        assert_eq!(
            word(),
            ("compiled optimized two".to_string(), time),
            "{host:?}"
        );
    }
}

/// A project that builds itself with a module of its own.
const OWN_BACKEND: [(&str, &str); 3] = [
    (
        "pyproject.toml",
        indoc! {r#"
            [build-system]
            requires = ["hatchling"]
            build-backend = "own"
            backend-path = ["."]
            [project]
            name = "hello"
            version = "1.0"
        "#},
    ),
    ("own.py", "from hatchling.build import *\n"),
    ("hello.py", "GREETING = 'hello'\n"),
];

/// The byte code of a module in `folder`, and the time of its last modification.
fn byte_code(folder: &Path, module: &str) -> Option<(PathBuf, SystemTime)> {
    let entries = fs_err::read_dir(folder.join("__pycache__")).ok()?;
    let mut files = entries.map(|entry| entry.expect("the directory can be read"));
    let file = files.find(|file| {
        let name = file.file_name().into_string();
        name.expect("a name in UTF-8")
            .starts_with(&format!("{module}."))
    })?;
    let time = file.metadata().and_then(|file| file.modified());
    Some((file.path(), time.expect("the file has a time")))
}

#[test]
fn byte_code_of_the_environment_is_kept_and_that_of_the_project_is_not_written() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    let project = project(&OWN_BACKEND);
    let mut pixi = Pixi::of(&project);
    pixi.initialize(&initialize(
        &project,
        &["hatchling"],
        json!({"noarch": false}),
    ));
    let work = project.build_work("hello");
    let outputs = pixi.outputs(&Outputs::new(&work).channel(channel));
    let build = Build::prepare(&outputs[0], &work, channel).set("editable", json!(false));
    let modules = format!("lib/python{}/site-packages", version(channel));
    let modules = build.host_prefix().join(modules);
    let mut once = || {
        let answer = pixi.build(&build);
        let answer = answer.unwrap_or_else(|error| panic!("{error:#}"));
        let package = Archive::open(answer["output_file"].as_str().expect("it is text"));
        let code = package.files().into_iter();
        let code: Vec<String> = code.filter(|file| file.ends_with(".pyc")).collect();
        assert_eq!(code.len(), 1, "{code:#?}");
        assert!(code[0].contains("/__pycache__/hello."), "{code:#?}");
        byte_code(&modules.join("hatchling"), "build").expect("it is kept")
    };
    let first = once();
    project.write("own.py", "from hatchling.build import *\nimport hello\n");
    assert_eq!(
        once(),
        first,
        "the second build uses the byte code of the first"
    );
    assert_eq!(byte_code(project.dir(), "own"), None);
    assert_eq!(byte_code(project.dir(), "hello"), None);
}

/// A crate with a program, and with a library that is a Python module without bindings. Both
/// contain the profile.
const CRATE: [(&str, &str); 5] = [
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
    (
        "src/lib.rs",
        r#"include!("mode.rs");
        #[no_mangle]
        pub extern "C" fn PyInit_core() -> *const u8 { mode().as_ptr() }
        "#,
    ),
    (
        "src/main.rs",
        r#"include!("mode.rs");
        fn main() { println!("{}", mode()) }
        "#,
    ),
    (
        "src/mode.rs",
        r#"fn mode() -> &'static str {
            if cfg!(debug_assertions) { "\0compiled plain\0" } else { "\0compiled optimized\0" }
        }
        "#,
    ),
];

/// Projects with that crate, one for each build backend.
const RUST_BACKENDS: [Files; 2] = [
    (
        &["setuptools", "setuptools-rust"],
        &[
            (
                "pyproject.toml",
                indoc! {r#"
                    [build-system]
                    requires = ["setuptools", "setuptools-rust"]
                    build-backend = "setuptools.build_meta"
                    [project]
                    name = "fast"
                    version = "1.0"
                    [tool.setuptools]
                    packages = ["fast"]
                    [[tool.setuptools-rust.ext-modules]]
                    target = "fast.core"
                    binding = "NoBinding"
                "#},
            ),
            ("fast/__init__.py", ""),
        ],
    ),
    (
        &["maturin"],
        &[(
            "pyproject.toml",
            indoc! {r#"
                [build-system]
                requires = ["maturin"]
                build-backend = "maturin"
                [project]
                name = "fast"
                version = "1.0"
                [tool.maturin]
                bindings = "bin"
            "#},
        )],
    ),
];

#[test]
fn the_profile_is_that_of_cargo_too() {
    if channel_or_skip().is_none() {
        return;
    }
    let cases = [
        (json!({}), "optimized"),
        (json!({"profile": "debug"}), "plain"),
    ];
    for (host, files) in RUST_BACKENDS {
        compiles(host, &[files, &CRATE].concat(), &cases);
    }
}
