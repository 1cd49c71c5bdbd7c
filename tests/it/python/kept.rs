//! Options of projects that compile: what they change, also in a build that is kept.

use serde_json::{Value, json};

use super::{SCIKIT_BUILD_CORE, initialize, project};
use test_support::archive::Archive;
use test_support::build::Build;
use test_support::channel::Channel;
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::python::channel_or_skip;
use test_support::requests::Outputs;

/// A module in C that holds how it was compiled.
const CORE: &str = "#include <Python.h>\n\
    #define TEXT(it) #it\n#define EXPANDED(it) TEXT(it)\n\
    #ifdef __OPTIMIZE__\n#define MODE \"optimized\"\n#else\n#define MODE \"plain\"\n#endif\n\
    #ifndef WORD\n#define WORD none\n#endif\n\
    static struct PyModuleDef module = {\n\
        PyModuleDef_HEAD_INIT, \"core\", \"compiled \" MODE \" \" EXPANDED(WORD), 0, 0};\n\
    PyMODINIT_FUNC PyInit_core(void) { return PyModule_Create(&module); }\n";

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
                "cmake_minimum_required(VERSION 3.15)\nproject(fast LANGUAGES C)\n\
                 find_package(Python REQUIRED COMPONENTS Interpreter Development.Module)\n\
                 python_add_library(core MODULE core.c WITH_SOABI)\n\
                 install(TARGETS core DESTINATION fast)\n",
            ),
        ],
    ),
    (
        &["meson-python", "ninja"],
        &[
            (
                "pyproject.toml",
                "[build-system]\nrequires = [\"meson-python\"]\nbuild-backend = \"mesonpy\"\n\
                 [project]\nname = \"fast\"\nversion = \"1.0\"\n",
            ),
            (
                "meson.build",
                "project('fast', 'c')\npy = import('python').find_installation(pure: false)\n\
                 py.extension_module('core', 'core.c', install: true, subdir: 'fast')\n",
            ),
        ],
    ),
    (
        &["setuptools"],
        &[
            (
                "pyproject.toml",
                "[build-system]\nrequires = [\"setuptools\"]\n\
                 build-backend = \"setuptools.build_meta\"\n\
                 [project]\nname = \"fast\"\nversion = \"1.0\"\n\
                 [tool.setuptools]\npackages = [\"fast\"]\n",
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

/// Builds in the one work directory of the project, with these options.
#[track_caller]
fn built(project: &Project, host: &[&str], channel: &Channel, config: &Value) -> Archive {
    let mut pixi = Pixi::of(project);
    pixi.initialize(&initialize(project, host, config.clone()));
    let work = project.build_work("hello");
    let outputs = pixi.outputs(&Outputs::new(&work).channel(channel));
    let answer = pixi
        .build(&Build::prepare(&outputs[0], &work, channel).set("editable", json!(false)))
        .unwrap_or_else(|error| panic!("{error:#}"));
    Archive::open(answer["output_file"].as_str().expect("text"))
}

/// The text beginning with `compiled ` in the only module or program that was compiled.
fn compiled(package: &Archive) -> String {
    let modules = package.files().into_iter();
    let mut modules = modules.filter(|file| file.ends_with(".so") || file == "bin/fast");
    let module = modules.next();
    let module = module.unwrap_or_else(|| panic!("no module in {:#?}", package.files()));
    let module = package.read(&module);
    let text = String::from_utf8_lossy(&module);
    let text = text.split('\0').find(|text| text.starts_with("compiled "));
    text.expect("the module has it").to_string()
}

/// Builds the project again and again in one work directory, and compares what it was compiled
/// with.
#[track_caller]
fn compiles(host: &[&str], files: &[(&str, &str)], cases: &[(Value, &str)]) {
    let channel = channel_or_skip().expect("the test asks first");
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

/// A crate whose library is a module without bindings, with a program that holds the same.
const CRATE: [(&str, &str); 5] = [
    (
        "Cargo.toml",
        "[package]\nname = \"fast\"\nversion = \"1.0.0\"\nedition = \"2021\"\n\
         [lib]\nname = \"core\"\ncrate-type = [\"cdylib\"]\n",
    ),
    (
        "Cargo.lock",
        "version = 4\n\n[[package]]\nname = \"fast\"\nversion = \"1.0.0\"\n",
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

/// Projects with that crate.
const RUST_BACKENDS: [Files; 2] = [
    (
        &["setuptools", "setuptools-rust"],
        &[
            (
                "pyproject.toml",
                "[build-system]\nrequires = [\"setuptools\", \"setuptools-rust\"]\n\
             build-backend = \"setuptools.build_meta\"\n\
             [project]\nname = \"fast\"\nversion = \"1.0\"\n\
             [tool.setuptools]\npackages = [\"fast\"]\n\
             [[tool.setuptools-rust.ext-modules]]\n\
             target = \"fast.core\"\nbinding = \"NoBinding\"\n",
            ),
            ("fast/__init__.py", ""),
        ],
    ),
    (
        &["maturin"],
        &[(
            "pyproject.toml",
            "[build-system]\nrequires = [\"maturin\"]\nbuild-backend = \"maturin\"\n\
         [project]\nname = \"fast\"\nversion = \"1.0\"\n\
         [tool.maturin]\nbindings = \"bin\"\n",
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
