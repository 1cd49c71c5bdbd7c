//! Requirements and commands that follow from the manifest and the project.

use indoc::indoc;
use serde_json::{Value, json};

use super::{HEAD, project};
use test_support::cmake::{BACKEND, Order, PackageBuilder};
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::requests::{Initialize, Outputs};

/// Returns the build requirements of a project, in order.
fn requirements(project: &Project, change: impl FnOnce(Initialize) -> Initialize) -> String {
    with_variants(project, change, json!({}))
}

fn with_variants(
    project: &Project,
    change: impl FnOnce(Initialize) -> Initialize,
    variants: Value,
) -> String {
    let mut pixi = Pixi::of(project);
    pixi.initialize(&change(Initialize::of(project).package("app", "1")));
    let work = project.metadata_work("app");
    let outputs = pixi.outputs(&Outputs::new(&work).variants(variants));
    let depends = outputs[0]["buildDependencies"]["depends"].as_array();
    let shown = |spec: &Value| {
        let name = spec["name"]
            .as_str()
            .expect("a spec has a name")
            .to_string();
        match spec["binary"]["version"].as_str() {
            Some(version) => format!("{name} {version}"),
            None => name,
        }
    };
    let shown: Vec<String> = depends
        .expect("the output has build dependencies")
        .iter()
        .map(shown)
        .collect();
    shown.join(", ")
}

fn with_lists(lists: &str) -> Project {
    Project::of(BACKEND)
        .pixi_toml(indoc! {r#"
            [package]
            name = "app"
            version = "1"
        "#})
        .file("CMakeLists.txt", lists)
}

#[test]
fn requirements_follow_the_project_and_the_options() {
    let languages = |languages: &str| {
        let lists = format!("project(app LANGUAGES {languages})\n");
        requirements(&with_lists(&lists), |initialize| initialize)
    };
    assert_eq!(languages("CXX"), "gxx_linux-64, cmake, ninja");
    assert_eq!(languages("C"), "gxx_linux-64, cmake, ninja");
    assert_eq!(languages("NONE"), "cmake, ninja");
    assert_eq!(
        languages("C Fortran"),
        "gxx_linux-64, gfortran_linux-64, cmake, ninja"
    );
    assert_eq!(
        languages("CXX CUDA"),
        "gxx_linux-64, cuda-nvcc_linux-64, cmake, ninja"
    );

    let configured = |table: Value| {
        let project = with_lists("cmake_minimum_required(VERSION 3.20...4.0)\nproject(app)\n");
        requirements(&project, |initialize| initialize.configuration(table))
    };
    assert_eq!(configured(json!({})), "gxx_linux-64, cmake >=3.20, ninja");
    assert_eq!(configured(json!({"compilers": []})), "cmake >=3.20, ninja");
    assert_eq!(
        configured(json!({"compilers": ["c", "cxx", "fortran", "cuda"]})),
        "gcc_linux-64, gxx_linux-64, gfortran_linux-64, cuda-nvcc_linux-64, cmake >=3.20, ninja"
    );
    assert_eq!(
        configured(json!({"compiler-cache": "ccache"})),
        "gxx_linux-64, cmake >=3.20, ninja, ccache"
    );
    let project = with_lists("cmake_minimum_required(VERSION 3.20)\nproject(app)\n");
    let variants = json!({"cmake": ["3.31.*"], "ninja": ["1.12.*"]});
    assert_eq!(
        with_variants(&project, |initialize| initialize, variants),
        "gxx_linux-64, cmake 3.31.*, cmake >=3.20, ninja 1.12.*"
    );
    let own = requirements(&with_lists("project(app)\n"), |initialize| {
        initialize.dependency("buildDependencies", "cmake", "3.31.*")
    });
    assert_eq!(own, "cmake 3.31.*, gxx_linux-64, ninja");
}

#[test]
fn a_preset_can_be_an_argument() {
    let presets = json!({"version": 3, "configurePresets": [
        {"name": "data", "cacheVariables": {"FILE": "a.txt"}}
    ]});
    let project = with_lists(indoc! {"
            cmake_minimum_required(VERSION 3.20)
            project(app VERSION 2.0 LANGUAGES NONE)
            install(FILES ${FILE} DESTINATION share)
        "})
    .file("CMakePresets.json", presets.to_string())
    .file("a.txt", "a\n");
    let Some(workshop) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    let config = json!({"extra-args": ["--preset=data"]});
    let built = workshop.build(Order {
        config,
        ..Order::default()
    });
    assert_eq!(built.archive.files(), ["share/a.txt"]);
}

#[test]
fn a_package_of_headers_needs_no_compiler() {
    let project = with_lists(indoc! {"
            cmake_minimum_required(VERSION 3.15)
            project(app VERSION 2.0 LANGUAGES NONE)
            install(DIRECTORY include/ DESTINATION include)
        "})
    .pixi_toml("[package]\nname = \"app\"\n")
    .file("include/app/app.h", "#pragma once\n");
    let Some(workshop) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    let built = workshop.build(Order::default());
    assert_eq!(built.archive.files(), ["include/app/app.h"]);
    assert_eq!(built.answer["version"], "2.0");
}

#[test]
fn targets_components_tests_and_a_link_for_editors() {
    let project = project(indoc! {"
            enable_testing()
            add_executable(app main.cpp)
            add_executable(broken broken.cpp)
            add_test(NAME works COMMAND app)
            install(TARGETS app COMPONENT tools)
            install(FILES main.cpp DESTINATION share COMPONENT extra)
        "})
    .file("main.cpp", "int main() { return 0; }\n")
    .file("broken.cpp", "nothing\n");
    let Some(workshop) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    let config = json!({
        "targets": ["app"], "components": ["tools"], "tests": "run", "strip": true, "jobs": 1,
        "compile-commands": "cc/compile_commands.json", "build-type": "RelWithDebInfo",
    });
    let built = workshop.build(Order {
        config,
        ..Order::default()
    });
    assert_eq!(built.archive.files(), ["bin/app"]);
    assert!(built.log.contains("100% tests passed"));
    let link = workshop.project.dir().join("cc/compile_commands.json");
    let commands = fs_err::read_to_string(link).expect("the link leads to a file");
    assert!(commands.contains("-O2 -g"), "{commands}");
    let inputs = built.answer["input_glob_sets"].to_string();
    assert!(
        inputs.contains("a test may read it") || inputs.contains("**"),
        "{inputs}"
    );
}

#[test]
fn a_preset_decides_what_it_names_and_the_prefix_stays() {
    let presets = json!({"version": 3, "configurePresets": [{
        "name": "rel", "generator": "Unix Makefiles", "binaryDir": "${sourceDir}/elsewhere",
        "cacheVariables": {"CMAKE_BUILD_TYPE": "MinSizeRel", "FROM": "the preset", "CMAKE_INSTALL_PREFIX": "/nowhere"},
    }]});
    let project = project(
        "file(GENERATE OUTPUT seen.txt CONTENT \"${FROM} ${CMAKE_BUILD_TYPE} ${BUILD_SHARED_LIBS}\")\n\
         install(FILES ${CMAKE_BINARY_DIR}/seen.txt DESTINATION share)\n",
    )
    .file("CMakePresets.json", presets.to_string());
    let Some(workshop) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    let seen = |config| {
        let built = workshop.build(Order {
            config,
            ..Order::default()
        });
        built.archive.text("share/seen.txt")
    };
    assert_eq!(seen(json!({"preset": "rel"})), "the preset MinSizeRel ");
    assert!(!workshop.project.dir().join("elsewhere").exists());
    // An edit of the preset has an effect, and arguments have priority over the preset.
    let text = presets.to_string().replace("the preset", "another");
    workshop.project.write("CMakePresets.json", text);
    assert_eq!(seen(json!({"preset": "rel"})), "another MinSizeRel ");
    let config = json!({"preset": "rel", "define": {"FROM": "me"}, "build-type": "Debug"});
    assert!(seen(config).starts_with("me "));
}

#[test]
fn a_project_of_an_older_time_says_what_cmake_4_needs() {
    let lists = HEAD.replace("3.15", "2.8");
    let project = with_lists(&lists);
    let mut pixi = Pixi::of(&project);
    pixi.initialize(&Initialize::of(&project).package("app", "1"));
    let work = project.metadata_work("app");
    let outputs = pixi.outputs(&Outputs::new(&work));
    let depends = outputs[0]["buildDependencies"]["depends"].to_string();
    assert!(depends.contains(">=2.8"), "{depends}");
}
