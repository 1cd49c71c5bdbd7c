//! Edits of real projects: those that trigger a rebuild, and those that do not.

use indoc::{formatdoc, indoc};
use serde_json::json;

use super::project;
use test_support::cmake::{BACKEND, channel_or_skip};
use test_support::edits::Verdict::{Rebuild, Reuse};
use test_support::edits::{Finished, finish_from};
use test_support::project::Project;
use test_support::requests::Initialize;

fn built(
    project: Project,
    folder: &str,
    change: impl FnOnce(Initialize) -> Initialize,
) -> Option<Finished> {
    let channel = channel_or_skip(&project)?;
    let initialize = change(Initialize::member(&project, folder));
    let finished = finish_from(&channel, project, &initialize, "app");
    assert!(finished.is_exact(), "{:#?}", finished.stderr);
    Some(finished)
}

#[test]
fn a_program_and_what_it_is_made_from() {
    let project = project(
        indoc! {"
            add_subdirectory(src)
            include(cmake/extra.cmake)
            configure_file(config.h.in config.h)
            file(GLOB PLUGINS CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/plugins/*.cpp)
            add_library(plugins ${PLUGINS})
            add_custom_command(OUTPUT made.h COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_CURRENT_SOURCE_DIR}/made.txt made.h DEPENDS made.txt)
            add_executable(app main.cpp made.h)
            target_include_directories(app PRIVATE ${CMAKE_BINARY_DIR} include)
            install(TARGETS app)
            install(FILES include/installed.h DESTINATION include)
            install(DIRECTORY data DESTINATION share)
            install(DIRECTORY api/ DESTINATION include FILES_MATCHING PATTERN \"*.h\")
            install(DIRECTORY doc DESTINATION share PATTERN \"*.tmp\" EXCLUDE)
        "},
    )
    .file("main.cpp", indoc! {r#"
        #include "deep.inl"
        #include "config.h"
        #include "made.h"
        int main() {}
    "#})
    .file("include/deep.inl", "#include \"more.tpp\"\n")
    .file("include/more.tpp", "\n")
    .file("include/installed.h", "\n")
    .file("include/unused.h", "\n")
    .file("include/a[1] b.h", "\n")
    .file("unused.cpp", "\n")
    .file("config.h.in", "#define X \"@PROJECT_VERSION@\"\n")
    .file("made.txt", "#define MADE\n")
    .file("cmake/extra.cmake", "\n")
    .file("cmake/unused.cmake", "\n")
    .file("src/CMakeLists.txt", "add_library(inner STATIC inner.c \"a b.c\")\n")
    .file("src/inner.c", "int inner;\n")
    .file("src/a b.c", "#include \"../include/a[1] b.h\"\nint ab;\n")
    .file("other/CMakeLists.txt", "\n")
    .file("plugins/one.cpp", "int one() { return 1; }\n")
    .file("api/a.h", "\n")
    .file("api/a.txt", "\n")
    .file("doc/a.txt", "\n")
    .file("data/x.txt", "x\n")
    .file("data/.hidden", "h\n")
    .file("data/.deep/z.txt", "z\n")
    .file("LICENSE", "do as you like\n")
    .file("README.md", "# app\n")
    .file("CMakeUserPresets.json", "{\"version\": 3}\n");
    let Some(finished) = built(project, "", |initialize| initialize) else {
        return;
    };
    finished.assert_verdicts(&[
        ("edit", "main.cpp", Rebuild),
        ("touch", "main.cpp", Reuse),
        ("edit", "include/deep.inl", Rebuild),
        ("edit", "include/more.tpp", Rebuild),
        ("edit", "include/a[1] b.h", Rebuild),
        ("edit", "include/installed.h", Rebuild),
        ("edit", "CMakeLists.txt", Rebuild),
        ("edit", "cmake/extra.cmake", Rebuild),
        ("edit", "config.h.in", Rebuild),
        ("edit", "made.txt", Rebuild),
        ("edit", "src/CMakeLists.txt", Rebuild),
        ("edit", "src/inner.c", Rebuild),
        ("edit", "src/a b.c", Rebuild),
        ("remove", "src/a b.c", Rebuild),
        ("edit", "plugins/one.cpp", Rebuild),
        ("new", "plugins/two.cpp", Rebuild),
        ("remove", "plugins/one.cpp", Rebuild),
        ("edit", "data/x.txt", Rebuild),
        ("new", "data/deep/y.txt", Rebuild),
        ("edit", "data/.hidden", Rebuild),
        ("edit", "api/a.h", Rebuild),
        ("new", "api/deep/b.h", Rebuild),
        ("new", "doc/b.txt", Rebuild),
        ("new", "data/.deep/w.txt", Rebuild),
        ("edit", "LICENSE", Rebuild),
        ("edit", "pixi.toml", Rebuild),
        // The build does not read these files.
        ("edit", "include/unused.h", Reuse),
        ("edit", "unused.cpp", Reuse),
        ("edit", "cmake/unused.cmake", Reuse),
        ("edit", "other/CMakeLists.txt", Reuse),
        ("new", "plugins/deep/three.cpp", Reuse),
        ("new", "new.cpp", Reuse),
        ("edit", "README.md", Reuse),
        ("edit", "CMakeUserPresets.json", Reuse),
        ("new", ".clang-format", Reuse),
        ("new", ".git/HEAD", Reuse),
        ("new", "compile_commands.json", Reuse),
        ("new", "build/CMakeCache.txt", Reuse),
        ("new", "cmake-build-debug/main.cpp", Reuse),
        ("new", "main.cpp~", Reuse),
        ("new", "data/x.txt~", Reuse),
        ("new", "data/.x.txt.swp", Reuse),
        ("new", "api/b.txt", Reuse),
        ("edit", "api/a.txt", Reuse),
        ("new", "doc/b.tmp", Reuse),
        ("new", "data/.git/HEAD", Reuse),
        ("new", "data/.pixi/x", Reuse),
    ]);
}

#[test]
fn a_package_with_headers_beside_it_and_a_preset() {
    let backend = formatdoc!(
        r#"
        [package.build.backend]
        name = "{BACKEND}"
        version = "*"
    "#
    );
    let project = Project::of(BACKEND)
        .file("app/pixi.toml", formatdoc!(r#"
            [package]
            name = "app"
            {backend}"#))
        .file(
            "app/CMakeLists.txt",
            indoc! {"
                cmake_minimum_required(VERSION 3.20)
                project(app VERSION 1.0 LANGUAGES CXX)
                add_library(app INTERFACE)
                add_library(part part.cpp)
                target_include_directories(part PRIVATE ../common)
                install(TARGETS part)
                install(DIRECTORY include/ DESTINATION include)
            "},
        )
        .file("app/part.cpp", "#include <common.h>\nint part() { return COMMON; }\n")
        .file("app/include/app.h", "\n")
        .file(
            "app/CMakePresets.json",
            "{\"version\": 4, \"include\": [\"presets/base.json\"], \"configurePresets\": [{\"name\": \"rel\", \"inherits\": \"base\"}]}\n",
        )
        .file(
            "app/presets/base.json",
            "{\"version\": 4, \"configurePresets\": [{\"name\": \"base\", \"hidden\": true, \"cacheVariables\": {\"X\": \"1\"}}]}\n",
        )
        .file("common/common.h", "#define COMMON 1\n")
        .file("common/other.h", "\n")
        .file("commonly/x.h", "\n");
    let preset = |initialize: Initialize| initialize.configuration(json!({"preset": "rel"}));
    let Some(finished) = built(project, "app", preset) else {
        return;
    };
    finished.assert_verdicts(&[
        ("edit", "app/part.cpp", Rebuild),
        ("edit", "common/common.h", Rebuild),
        ("edit", "app/include/app.h", Rebuild),
        ("new", "app/include/deep/new.h", Rebuild),
        ("edit", "app/CMakePresets.json", Rebuild),
        ("edit", "app/presets/base.json", Rebuild),
        ("new", "app/CMakeUserPresets.json", Rebuild),
        ("edit", "common/other.h", Reuse),
        ("edit", "commonly/x.h", Reuse),
        ("new", "common/new.h", Reuse),
    ]);
}

#[test]
fn files_that_tests_name() {
    let project = project(indoc! {"
            enable_testing()
            add_subdirectory(tests)
            install(FILES CMakeLists.txt DESTINATION share)
        "})
    .file("tests/CMakeLists.txt", indoc! {"
        add_test(NAME same COMMAND ${CMAKE_COMMAND} -E compare_files ${PROJECT_SOURCE_DIR}/data/in.txt expected.txt
          WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
        add_test(NAME list COMMAND ${CMAKE_COMMAND} -E echo --data=${PROJECT_SOURCE_DIR}/all)
        set_tests_properties(same PROPERTIES REQUIRED_FILES ${PROJECT_SOURCE_DIR}/required.txt)
    "})
    .file("tests/expected.txt", "in\n")
    .file("data/in.txt", "in\n")
    .file("data/other.txt", "other\n")
    .file("all/a.txt", "a\n")
    .file("required.txt", "r\n");
    let run = |initialize: Initialize| initialize.configuration(json!({"tests": "run"}));
    let Some(finished) = built(project, "", run) else {
        return;
    };
    finished.assert_verdicts(&[
        ("edit", "tests/expected.txt", Rebuild),
        ("edit", "data/in.txt", Rebuild),
        ("edit", "all/a.txt", Rebuild),
        ("new", "all/b.txt", Rebuild),
        ("edit", "required.txt", Rebuild),
        ("edit", "data/other.txt", Reuse),
    ]);
}

#[test]
fn what_is_read_is_complete_in_a_directory_with_an_odd_name() {
    let project = Project::of(BACKEND)
        .pixi_toml("[workspace]\n")
        .file(
            "a b/$x é/pixi.toml",
            formatdoc!(
                r#"
                [package]
                name = "app"
                [package.build.backend]
                name = "{BACKEND}"
                version = "*"
            "#
            ),
        )
        .file(
            "a b/$x é/CMakeLists.txt",
            indoc! {"
                cmake_minimum_required(VERSION 3.15)
                project(app VERSION 1.0 LANGUAGES C)
                add_executable(app main.c)
                install(TARGETS app)
            "},
        )
        .file(
            "a b/$x é/main.c",
            "#include \"x.h\"\nint main(void) { return 0; }\n",
        )
        .file("a b/$x é/x.h", "\n");
    let Some(finished) = built(project, "a b/$x é", |initialize| initialize) else {
        return;
    };
    finished.assert_verdicts(&[
        ("edit", "a b/$x é/main.c", Rebuild),
        ("edit", "a b/$x é/x.h", Rebuild),
        ("new", "a b/$x é/y.h", Reuse),
    ]);
}

#[test]
fn a_directory_outside_of_the_workspace() {
    let outside = tempfile::tempdir().expect("a temporary directory can be created");
    let at = |name: &str| outside.path().join(name);
    fs_err::write(
        at("CMakeLists.txt"),
        "add_library(outside STATIC outside.c)\n",
    )
    .expect("the test owns the directory");
    fs_err::write(
        at("outside.c"),
        "#include \"outside.h\"\nint outside() { return 0; }\n",
    )
    .expect("the test owns the directory");
    fs_err::write(at("outside.h"), "").expect("the test owns the directory");
    fs_err::write(at("unused.h"), "").expect("the test owns the directory");
    let lists = formatdoc! {"
        add_subdirectory({} outside)
        add_executable(app main.c)
        target_link_libraries(app outside)
        install(TARGETS app)
    ", outside.path().display()};
    let project = project(&lists).file(
        "main.c",
        "int outside(); int main() { return outside(); }\n",
    );
    let Some(finished) = built(project, "", |initialize| initialize) else {
        return;
    };
    let path = |name: &str| at(name).display().to_string();
    finished.assert_verdicts(&[
        ("edit", &path("outside.c"), Rebuild),
        ("edit", &path("outside.h"), Rebuild),
        ("edit", &path("CMakeLists.txt"), Rebuild),
        ("edit", &path("unused.h"), Reuse),
        ("new", "pixi.lock", Reuse),
    ]);
}
