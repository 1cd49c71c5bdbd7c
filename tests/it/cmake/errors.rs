//! Errors of builds, as the user sees them.

use indoc::indoc;
use serde_json::{Value, json};

use super::project;
use test_support::cmake::{Order, PackageBuilder};
use test_support::project::Project;

#[test]
fn a_compile_error_is_shown_with_its_place() {
    let project = project("add_executable(app main.cpp)\ninstall(TARGETS app)\n").file(
        "main.cpp",
        indoc! {"
            int main() {
              return undeclared;
            }
        "},
    );
    let Some(workshop) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    insta::assert_snapshot!(workshop.error(Order::default()), @r#"
    build::compile_error

      × `cmake` failed with exit code 1: the code does not compile
      │   ‘undeclared’ was not declared in this scope (main.cpp:2:10)
       ╭─[/ws/main.cpp:2:3]
     1 │ int main() {
     2 │   return undeclared;
       ·   ─────────┬────────
       ·            ╰── here
     3 │ }
       ╰────
      help: the whole log is in /ws/.pixi/bld/work/kSOLZ0CokNw/debug/build.log
    "#);
}

#[test]
fn a_missing_package_is_named_with_what_to_do() {
    let project = project("find_package(ZLIB REQUIRED)\n");
    let Some(workshop) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    insta::assert_snapshot!(workshop.error(Order::default()), @r#"
    cmake::missing_package

      × `cmake` failed with exit code 1: CMake did not find the package `ZLIB`
      │   Could NOT find ZLIB (missing: ZLIB_LIBRARY ZLIB_INCLUDE_DIR)
       ╭─[/ws/CMakeLists.txt:3:1]
     2 │ project(app VERSION 1.2.0 LANGUAGES C CXX)
     3 │ find_package(ZLIB REQUIRED)
       · ─────────────┬─────────────
       ·              ╰── find_package
       ╰────
      help: add it to `[package.host-dependencies]`; in conda it is called `zlib`
            the whole log is in /ws/.pixi/bld/work/kSOLZ0CokNw/debug/build.log
    "#);
    let lists = indoc! {"
        cmake_minimum_required(VERSION 3.15)
        project(app VERSION 1 LANGUAGES CXX)
        find_package(no_such_thing CONFIG REQUIRED)
    "};
    workshop.project.write("CMakeLists.txt", lists);
    insta::assert_snapshot!(workshop.error(Order::default()), @r#"
    cmake::missing_package

      × `cmake` failed with exit code 1: CMake did not find the package
      │ `no_such_thing`
       ╭─[/ws/CMakeLists.txt:3:1]
     2 │ project(app VERSION 1 LANGUAGES CXX)
     3 │ find_package(no_such_thing CONFIG REQUIRED)
       · ─────────────────────┬─────────────────────
       ·                      ╰── find_package
       ╰────
      help: add it to `[package.host-dependencies]`; in conda it is often called
            `no_such_thing`
            the whole log is in /ws/.pixi/bld/work/kSOLZ0CokNw/debug/build.log
    "#);
    let lists = indoc! {"
        cmake_minimum_required(VERSION 3.15)
        project(app VERSION 1 LANGUAGES CXX)
        option(APP_TESTS \"Build the tests\" ON)
        if(APP_TESTS)
          find_package(Catch2 REQUIRED)
        endif()
    "};
    workshop.project.write("CMakeLists.txt", lists);
    insta::assert_snapshot!(workshop.error(Order::default()), @r#"
    cmake::missing_package

      × `cmake` failed with exit code 1: CMake did not find the package `Catch2`
       ╭─[/ws/CMakeLists.txt:5:3]
     4 │ if(APP_TESTS)
     5 │   find_package(Catch2 REQUIRED)
       ·   ──────────────┬──────────────
       ·                 ╰── find_package
     6 │ endif()
       ╰────
      help: add it to `[package.host-dependencies]`; in conda it is called
            `catch2`; or do without it: set `define.APP_TESTS = false`
            the whole log is in /ws/.pixi/bld/work/kSOLZ0CokNw/debug/build.log
    "#);
}

#[test]
fn a_project_without_install_rules_gets_an_example() {
    let project = project("add_executable(app main.cpp)\n").file("main.cpp", "int main() {}\n");
    let Some(workshop) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    insta::assert_snapshot!(workshop.error(Order::default()), @r#"
    cmake::no_install_rules

      × `cmake --install` failed: the project has no install rules
      help: add to CMakeLists.txt:
              include(GNUInstallDirs)
              install(TARGETS app)
            the whole log is in /ws/.pixi/bld/work/kSOLZ0CokNw/debug/build.log
    "#);
}

#[test]
fn files_installed_outside_of_the_prefix_are_refused() {
    let project = project("install(FILES x.txt DESTINATION ${CMAKE_SOURCE_DIR}/out)\ninstall(FILES x.txt DESTINATION share)\n")
        .file("x.txt", "x\n");
    let Some(workshop) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    insta::assert_snapshot!(workshop.error(Order::default()), @r#"
    cmake::installed_outside

      × /ws/out/x.txt was installed outside of the prefix and is not in the
      │ package
       ╭─[/ws/CMakeLists.txt:3:1]
     2 │ project(app VERSION 1.2.0 LANGUAGES C CXX)
     3 │ install(FILES x.txt DESTINATION ${CMAKE_SOURCE_DIR}/out)
       · ────────────────────────────┬───────────────────────────
       ·                             ╰── installed here
     4 │ install(FILES x.txt DESTINATION share)
       ╰────
      help: make `DESTINATION` relative; the file still exists and must be removed
            by hand
    "#);
}

#[test]
fn a_project_without_lists_gets_their_location() {
    let project = project("").file("cpp/CMakeLists.txt", "project(x)\n");
    project.remove("CMakeLists.txt");
    let Some(workshop) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    insta::assert_snapshot!(workshop.error(Order::default()), @r#"
    cmake::no_lists

      × no CMakeLists.txt in /ws
      help: set `source-dir = "cpp"` in `[package.build.config]`
    "#);
}

#[test]
fn a_preset_that_does_not_exist_is_pointed_at() {
    let project = project("").file(
        "CMakePresets.json",
        "{\"version\": 3, \"configurePresets\": [{\"name\": \"release\"}]}\n",
    );
    project.write(
        "pixi.toml",
        indoc! {r#"
            [package]
            name = "app"
            [package.build.config]
            preset = "relaese"
            [package.build.backend]
            name = "pixi-build-cmake"
            version = "*"
        "#},
    );
    let Some(workshop) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    let config = json!({"preset": "relaese"});
    insta::assert_snapshot!(workshop.error(Order { config, ..Order::default() }), @r#"
    cmake::preset

      × there is no configure preset `relaese`
       ╭─[/ws/pixi.toml:4:10]
     3 │ [package.build.config]
     4 │ preset = "relaese"
       ·          ────┬────
       ·              ╰── asked for here
     5 │ [package.build.backend]
       ╰────
      help: did you mean `release`?
    "#);
}

#[test]
fn failing_tests_and_undefined_symbols_are_named() {
    let project = project(indoc! {"
            enable_testing()
            add_executable(app main.cpp)
            add_test(NAME fails COMMAND app)
            install(TARGETS app)
        "})
    .file(
        "main.cpp",
        "#include <cstdio>\nint main() { std::puts(\"2 is not 3\"); return 3; }\n",
    );
    let Some(workshop) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    let config = json!({"tests": "run"});
    insta::assert_snapshot!(workshop.error(Order { config, ..Order::default() }), @r#"
    cmake::tests_failed

      × `ctest` failed with exit code 8: tests of the project failed
      │   1 - fails (Failed)
      │   the output of `fails` ends with:
      │     2 is not 3
      help: the whole log is in /ws/.pixi/bld/work/kSOLZ0CokNw/debug/build.log
    "#);
    workshop
        .project
        .write("main.cpp", "void nowhere();\nint main() { nowhere(); }\n");
    insta::assert_snapshot!(workshop.error(Order::default()), @r#"
    cmake::step

      × `cmake` failed with exit code 1: `app` could not be built
      │   main.cpp:(.text.startup.main+0x6): undefined reference to `nowhere()'
      help: a library is missing in `target_link_libraries`, or a source in its
            target
            the whole log is in /ws/.pixi/bld/work/kSOLZ0CokNw/debug/build.log
    "#);
}

#[test]
fn missing_sources_are_named_with_a_way_to_get_them() {
    let lists = "cmake_minimum_required(VERSION 3.15)\nproject(app VERSION 1 LANGUAGES NONE)\n";
    let project = project("add_subdirectory(third_party/words)\n").file(
        ".gitmodules",
        "[submodule \"words\"]\n\tpath = third_party/words\n\turl = https://git.example/words\n",
    );
    for folder in ["third_party/words", ".git"] {
        fs_err::create_dir_all(project.dir().join(folder)).expect("the test owns the directory");
    }
    let Some(workshop) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    insta::assert_snapshot!(workshop.error(Order::default()), @r#"
    cmake::empty_directory

      × `cmake` failed with exit code 1: the project asks for the directory
      │ `third_party/words`, which has no CMakeLists.txt
       ╭─[/ws/CMakeLists.txt:3:1]
     2 │ project(app VERSION 1.2.0 LANGUAGES C CXX)
     3 │ add_subdirectory(third_party/words)
       · ─────────────────┬─────────────────
       ·                  ╰── add_subdirectory
       ╰────
      help: it is a Git submodule: `git submodule update --init` checks it out
            the whole log is in /ws/.pixi/bld/work/kSOLZ0CokNw/debug/build.log
    "#);
    let download = "file(DOWNLOAD https://download.invalid/words.h ${CMAKE_BINARY_DIR}/words.h\n  EXPECTED_HASH SHA256=ea379c4a3cb5799027b1eb451163dff065a3d641aaba23bf4e24ee6b536bd9bc)\n";
    workshop
        .project
        .write("CMakeLists.txt", format!("{lists}{download}"));
    // Older versions of curl use other words.
    let error = workshop.error(Order::default());
    let error = error.replace("Couldn't resolve host name", "Could not resolve hostname");
    insta::assert_snapshot!(error, @r#"
    build::network

      × `cmake` failed with exit code 1: the project downloads sources, and the
      │ network cannot be reached
      │   status: [6;"Could not resolve hostname"]
       ╭─[/ws/CMakeLists.txt:3:1]
     2 │ project(app VERSION 1 LANGUAGES NONE)
     3 │ file(DOWNLOAD https://download.invalid/words.h ${CMAKE_BINARY_DIR}/words.h
       · ─────────────────────────────────────┬────────────────────────────────────
       ·                                      ╰── file
     4 │   EXPECTED_HASH SHA256=ea379c4a3cb5799027b1eb451163dff065a3d641aaba23bf4e24ee6b536bd9bc)
       ╰────
      help: add the library to `[package.host-dependencies]`, with
            `define.FETCHCONTENT_TRY_FIND_PACKAGE_MODE = "ALWAYS"` for
            FetchContent of CMake 3.24, or keep its sources in the project
            the whole log is in /ws/.pixi/bld/work/kSOLZ0CokNw/debug/build.log
    "#);
}

#[test]
fn an_example_of_install_rules_names_no_tests() {
    let tests: String = (0..20)
        .map(|number| format!("add_executable(test-{number} main.cpp)\n"))
        .collect();
    let project = project(&format!("add_executable(app main.cpp)\n{tests}"))
        .file("main.cpp", "int main() { return 0; }\n");
    let Some(workshop) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    let config = json!({"targets": ["app"]});
    insta::assert_snapshot!(workshop.error(Order { config, ..Order::default() }), @r"
    cmake::no_install_rules

      × `cmake --install` failed: the project has no install rules
      help: add to CMakeLists.txt:
              include(GNUInstallDirs)
              install(TARGETS app)
            the whole log is in /ws/.pixi/bld/work/kSOLZ0CokNw/debug/build.log
    ");
}

#[test]
fn names_in_options_lead_back_to_the_options() {
    let lines = "add_executable(server main.cpp)\nadd_executable(client main.cpp)\ninstall(TARGETS server)\n";
    let project = project(lines).file("main.cpp", "int main() { return 0; }\n");
    let Some(workshop) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    let mut told = Vec::new();
    for (line, config) in [
        (
            "targets = [\"client\", \"sever\"]",
            json!({"targets": ["client", "sever"]}),
        ),
        (
            "targets = [\"everything\"]",
            json!({"targets": ["everything"]}),
        ),
        (
            "define = { CMAKE_GENERATOR = \"Make\" }",
            json!({"define": {"CMAKE_GENERATOR": "Make"}}),
        ),
        (
            "extra-args = [\"-DCMAKE_GENERATOR=Make\"]",
            json!({"extra-args": ["-DCMAKE_GENERATOR=Make"]}),
        ),
        ("tests = \"yes\"", json!({"tests": "yes"})),
        ("tests = \"runs\"", json!({"tests": "runs"})),
        (
            "extra-args = [\"--target\", \"server\"]",
            json!({"extra-args": ["--target", "server"]}),
        ),
        (
            "extra-args = [\"-DX=1\", \"--no-such\"]",
            json!({"extra-args": ["-DX=1", "--no-such"]}),
        ),
        (
            "compilers = [\"c\", \"c++\"]",
            json!({"compilers": ["c", "c++"]}),
        ),
    ] {
        let manifest = format!(
            "[package]\nname = \"app\"\n[package.build.config]\n{line}\n\
             [package.build.backend]\nname = \"pixi-build-cmake\"\n"
        );
        workshop.project.write("pixi.toml", manifest);
        let error = workshop.error(Order {
            config,
            ..Order::default()
        });
        let lines = error.lines().filter(|line| !line.contains("the whole log"));
        let lines: String = lines.map(|line| format!("  {line}\n")).collect();
        told.push(format!("{line}\n{lines}"));
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_file_that_no_step_creates_is_named() {
    let project = project(
        "add_executable(app main.c)\ntarget_link_libraries(app ${CMAKE_BINARY_DIR}/stage/libx.a)\ninstall(TARGETS app)\n",
    )
    .file("main.c", "int main(void) { return 0; }\n");
    let Some(workshop) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    insta::assert_snapshot!(workshop.error(Order::default()), @r"
    cmake::no_rule

      × `cmake` failed with exit code 1: `app` needs `stage/libx.a`, which does
      │ not exist and which no step makes
      help: if a step of ExternalProject makes the file, name it in
            `BUILD_BYPRODUCTS`; if a command makes it, name it in `OUTPUT` or
            `BYPRODUCTS`
            the whole log is in /ws/.pixi/bld/work/kSOLZ0CokNw/debug/build.log
    ");
}

#[test]
fn what_is_looked_for_and_missing_leads_to_its_package() {
    let project = project("").file(
        "main.c",
        "#include <nlohmann/json.hpp>\nint main(void) { return 0; }\n",
    );
    let Some(workshop) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    let message = |lines: &str| {
        let lists = format!(
            "cmake_minimum_required(VERSION 3.15)\nproject(app VERSION 1 LANGUAGES C)\n{lines}\n"
        );
        workshop.project.write("CMakeLists.txt", lists);
        let error = workshop.error(Order::default());
        let words = error.replace('│', " ");
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let between = |start: &str, end: &str| {
            let (_, rest) = words.split_once(start).expect("it has this part");
            rest.split(end).next().unwrap_or(rest).to_string()
        };
        format!(
            "  {}\n  {}\n",
            between("exit code 1: ", "╭─"),
            between("help: ", "the whole log")
        )
    };
    let told = [
        "find_program(TOOL no-such-tool REQUIRED)",
        "find_library(LIBRARY NAMES no_such_lib nor_this REQUIRED)",
        "find_path(HEADER no_such.h REQUIRED)",
        "message(FATAL_ERROR \"Could NOT find PkgConfig (missing: PKG_CONFIG_EXECUTABLE)\")",
        "add_executable(app main.c)\ninstall(TARGETS app)",
    ];
    let told: Vec<String> = told
        .map(|lines| format!("{lines}\n{}", message(lines)))
        .into();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_module_of_pkg_config_leads_to_its_package() {
    let lines = "find_package(PkgConfig)\nif(NOT PKG_CONFIG_FOUND)\n  message(STATUS \"Checking for module 'no-such-1.0>=2'\")\n  message(FATAL_ERROR \"A required package was not found\")\nendif()\npkg_check_modules(X REQUIRED IMPORTED_TARGET no-such-1.0>=2)\n";
    let Some(workshop) = PackageBuilder::open(project(lines), |_| {}) else {
        return;
    };
    let error = workshop.error(Order::default());
    assert!(
        error.contains("pkg-config did not find `no-such-1.0`"),
        "{error}"
    );
    let words = error.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("called `no-such`"), "{error}");
}

#[test]
fn a_project_that_installs_everything_elsewhere_is_told_so() {
    let project =
        project("install(FILES x.txt DESTINATION ${CMAKE_SOURCE_DIR}/out)\n").file("x.txt", "x\n");
    let Some(workshop) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    let error = workshop.error(Order::default());
    assert!(error.contains("cmake::installed_outside"), "{error}");
    assert!(error.contains("installed here"), "{error}");
}

#[test]
fn a_version_that_only_cmake_knows_is_pointed_at() {
    let project = project("");
    project.write(
        "CMakeLists.txt",
        "cmake_minimum_required(VERSION 3.15)\ninclude(version)\nproject(app VERSION ${V} LANGUAGES C)\n",
    );
    let Some(workshop) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    insta::assert_snapshot!(workshop.error(Order::default()));
}

/// Returns the error of a project with these `CMakeLists.txt` and files, or `None` without CMake.
fn refused(lists: &str, files: &[(&str, &str)], config: Value) -> Option<String> {
    let project = project("");
    project.write("CMakeLists.txt", lists);
    for (path, text) in files {
        project.write(path, text);
    }
    let workshop = PackageBuilder::open(project, |_| {})?;
    Some(workshop.error(Order {
        config,
        ..Order::default()
    }))
}

#[test]
fn a_project_whose_name_is_not_one_of_a_package() {
    let project = Project::of("pixi-build-cmake")
        .pixi_toml("[package]\n")
        .file("CMakeLists.txt", "project(c++tools VERSION 1.0)\n");
    let Some(workshop) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    insta::assert_snapshot!(workshop.error(Order::default()));
}

#[test]
fn presets_that_are_not_json() {
    let lists = "project(app VERSION 1.0 LANGUAGES C)\n";
    let presets = "{\"version\": 3,\n \"configurePresets\": [{\"name\": \"release\",}]\n}\n";
    let files = [("CMakePresets.json", presets)];
    let config = json!({"preset": "release"});
    if let Some(error) = refused(lists, &files, config) {
        insta::assert_snapshot!(error);
    }
}

#[test]
fn an_error_that_the_project_reports() {
    let lists = indoc! {r#"
        cmake_minimum_required(VERSION 3.15)
        project(app VERSION 1.0 LANGUAGES C)
        if(NOT APP_LICENSE)
          message(FATAL_ERROR "set APP_LICENSE to the path of the license")
        endif()
    "#};
    if let Some(error) = refused(lists, &[], json!({})) {
        insta::assert_snapshot!(error);
    }
}

#[test]
fn a_command_that_nothing_defines() {
    let lists = indoc! {r#"
        cmake_minimum_required(VERSION 3.15)
        project(app VERSION 1.0 LANGUAGES NONE)
        option(WITH_PYTHON "build the module" ON)
        if(WITH_PYTHON)
          pybind11_add_module(app app.cpp)
        endif()
    "#};
    if let Some(error) = refused(lists, &[], json!({})) {
        insta::assert_snapshot!(error);
    }
}

#[test]
fn a_language_without_a_compiler() {
    let lists = indoc! {"
        cmake_minimum_required(VERSION 3.15)
        project(app VERSION 1.0 LANGUAGES C)
        include(languages.cmake)
    "};
    let files = [(
        "languages.cmake",
        "set(more Swift)\nenable_language(${more})\n",
    )];
    if let Some(error) = refused(lists, &files, json!({})) {
        insta::assert_snapshot!(error);
    }
}

#[test]
fn an_install_rule_that_fails() {
    let lists = indoc! {r#"
        cmake_minimum_required(VERSION 3.15)
        project(app VERSION 1.0 LANGUAGES C)
        install(CODE "message(FATAL_ERROR \"no manual\")")
    "#};
    if let Some(error) = refused(lists, &[], json!({})) {
        insta::assert_snapshot!(error);
    }
}

#[test]
fn a_library_that_is_used_although_it_was_not_found() {
    let lists = indoc! {"
        cmake_minimum_required(VERSION 3.15)
        project(app VERSION 1.0 LANGUAGES C)
        find_library(FOO foozle)
        add_executable(app main.c)
        target_link_libraries(app ${FOO})
        install(TARGETS app)
    "};
    let files = [("main.c", "int main() { return 0; }\n")];
    if let Some(error) = refused(lists, &files, json!({})) {
        insta::assert_snapshot!(error);
    }
}

#[test]
fn a_syntax_error_is_pointed_at() {
    let lists = indoc! {"
        cmake_minimum_required(VERSION 3.15)
        project(app VERSION 1.0 LANGUAGES NONE)
        install(FILES a.txt DESTINATION share
    "};
    let Some(error) = refused(lists, &[("a.txt", "")], json!({})) else {
        return;
    };
    insta::assert_snapshot!(error, @r#"
    cmake::configure

      × `cmake` failed with exit code 1: Parse error.  Function missing ending
      │ ")".  End of file reached.
       ╭─[/ws/CMakeLists.txt:3:1]
     2 │ project(app VERSION 1.0 LANGUAGES NONE)
     3 │ install(FILES a.txt DESTINATION share
       · ──────────────────┬──────────────────
       ·                   ╰── here
       ╰────
      help: the whole log is in /ws/.pixi/bld/work/kSOLZ0CokNw/debug/build.log
    "#);
}

#[test]
fn a_source_that_does_not_exist_leads_to_a_similar_one() {
    let lists = indoc! {"
        cmake_minimum_required(VERSION 3.15)
        project(app VERSION 1.0 LANGUAGES C)
        add_executable(app src/mian.c)
        install(TARGETS app)
    "};
    let files = [("src/main.c", "int main() { return 0; }\n")];
    let Some(error) = refused(lists, &files, json!({})) else {
        return;
    };
    insta::assert_snapshot!(error, @r"
    cmake::missing_source

      × `cmake` failed with exit code 1: the source `src/mian.c` does not exist
       ╭─[/ws/CMakeLists.txt:3:1]
     2 │ project(app VERSION 1.0 LANGUAGES C)
     3 │ add_executable(app src/mian.c)
       · ───────────────┬──────────────
       ·                ╰── add_executable
     4 │ install(TARGETS app)
       ╰────
      help: did you mean `src/main.c`?
            the whole log is in /ws/.pixi/bld/work/kSOLZ0CokNw/debug/build.log
    ");
}
