//! Python projects: their descriptions, their packages and their errors.

mod builds;
mod compiled;
mod crates;
mod dependencies;
mod described;
mod editable;
mod edits;
mod kept;
mod kinds;
mod metadata;
mod mistakes;
mod named;
mod script;
mod shapes;
mod tags;
mod versions;

use indoc::indoc;
use serde_json::{Value, json};

use test_support::project::Project;
use test_support::requests::Initialize;

/// The name of the executable.
pub const NAME: &str = "pixi-build-python";

/// A project with these files, and a manifest of pixi with an empty `[package]`.
pub fn project(files: &[(&str, &str)]) -> Project {
    project_in("ws", files)
}

/// A project with these files in a directory with the name `folder`.
pub fn project_in(folder: &str, files: &[(&str, &str)]) -> Project {
    let project = Project::called(folder).built_by(NAME);
    let project = project.pixi_toml("[package]\n");
    for (path, content) in files {
        project.write(path, content);
    }
    project
}

/// The parameters of `initialize` for a manifest with these host dependencies and options.
pub fn initialize(project: &Project, host: &[&str], config: Value) -> Initialize {
    let initialize = Initialize::of(project).configuration(config);
    let names = host.iter();
    names.fold(initialize, |initialize, name| {
        initialize.dependency("hostDependencies", name, "*")
    })
}

/// No options.
pub fn plain() -> Value {
    json!({})
}

/// The `pyproject.toml` of a project that CMake builds.
pub const SCIKIT_BUILD_CORE: (&str, &str) = (
    "pyproject.toml",
    indoc! {r#"
        [build-system]
        requires = ["scikit-build-core"]
        build-backend = "scikit_build_core.build"
        [project]
        name = "fast"
        version = "1.0"
    "#},
);

/// A hatchling project with a program, a data file, a readme and a test.
pub const HELLO: &[(&str, &str)] = &[
    (
        "pyproject.toml",
        r#"[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "Hello_World"
version = "0.3.1"
description = "Says hello"
readme = "README.md"
license = "MIT"
requires-python = ">=3.9"
dependencies = ["click>=8,<9", "colorama; sys_platform == 'win32'"]

[project.scripts]
hello = "hello_world:main"

[project.urls]
"Home Page" = "https://hello.example"
Source = "https://code.example/hello"
"#,
    ),
    ("README.md", "Hello\n"),
    ("LICENSE", "Do what you want\n"),
    (
        "src/hello_world/__init__.py",
        "def main():\n    print('hello')\n",
    ),
    ("src/hello_world/greetings.json", "{}\n"),
    ("tests/test_hello.py", "assert True\n"),
];
