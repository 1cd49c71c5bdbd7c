//! Options of projects that compile: what they change, also in a build that is kept.

use serde_json::{Value, json};

use super::{initialize, project};
use crate::support::archive::Archive;
use crate::support::build::Build;
use crate::support::channel::Channel;
use crate::support::pixi::Pixi;
use crate::support::project::Project;
use crate::support::python::channel_or_skip;
use crate::support::requests::Outputs;

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
            (
                "pyproject.toml",
                "[build-system]\nrequires = [\"scikit-build-core\"]\n\
                 build-backend = \"scikit_build_core.build\"\n\
                 [project]\nname = \"fast\"\nversion = \"1.0\"\n",
            ),
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

#[test]
fn options_that_change_count_in_what_is_kept() {
    let Some(channel) = channel_or_skip() else {
        return;
    };
    for (host, files) in BACKENDS {
        let project = project(files);
        project.write("core.c", CORE);
        for (config, expected) in [
            (json!({"env": {"CFLAGS": "-DWORD=one"}}), "optimized one"),
            (json!({"env": {"CFLAGS": "-DWORD=two"}}), "optimized two"),
            (json!({}), "optimized none"),
            (json!({"profile": "debug"}), "plain none"),
            (
                json!({"profile": "release", "build-dir": "temporary"}),
                "optimized none",
            ),
        ] {
            let package = built(&project, host, channel, &config);
            let expected = format!("compiled {expected}");
            assert_eq!(compiled(&package), expected, "{host:?} {config}");
        }
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
    let Some(channel) = channel_or_skip() else {
        return;
    };
    for (host, files) in RUST_BACKENDS {
        let project = project(files);
        for (path, text) in CRATE {
            project.write(path, text);
        }
        for (config, expected) in [
            (json!({}), "compiled optimized"),
            (json!({"profile": "debug"}), "compiled plain"),
        ] {
            let package = built(&project, host, channel, &config);
            assert_eq!(package.index()["noarch"], Value::Null);
            assert_eq!(compiled(&package), expected, "{host:?} {config}");
        }
    }
}
