//! Builds of CMake projects, through the protocol and with the command `build`.

use std::path::Path;

use indoc::{formatdoc, indoc};
use serde_json::json;

use super::project;
use test_support::archive::Archive;
use test_support::cli_command::CliCommand;
use test_support::cmake::{BACKEND, Order, PackageBuilder, channel_or_skip};
use test_support::machine::on_path;
use test_support::prefix::output;
use test_support::project::Project;

const PROGRAM: &str = "#include <cstdio>\nint main() { std::puts(\"hello from CMake\"); }\n";

fn hello() -> Project {
    project("add_executable(app main.cpp)\ninstall(TARGETS app)\n").file("main.cpp", PROGRAM)
}

#[test]
fn a_program_is_built_packed_and_runs() {
    let Some(workshop) = PackageBuilder::open(hello(), |_| {}) else {
        return;
    };
    let built = workshop.build(Order::default());
    built.archive.check_paths();
    assert_eq!(built.archive.files(), ["bin/app"]);
    assert_eq!(built.says("bin/app"), "hello from CMake");
    assert_eq!(built.answer["name"], "app");
    assert_eq!(built.answer["version"], "1.2.0");

    let again = workshop.build(Order::default());
    assert!(!again.configured());
    assert!(again.log.contains("no work to do"));
}

#[test]
fn the_tools_of_the_machine_build_too() {
    if on_path("cmake").is_none() || on_path("ninja").is_none() {
        assert!(
            std::env::var_os("CI").is_none(),
            "the gate installs CMake and ninja"
        );
        return;
    }
    let lists = indoc! {"
        add_library(part SHARED part.cpp)
        add_executable(app main.cpp)
        target_link_libraries(app part)
        install(TARGETS app part)
    "};
    let project = project(lists)
        .file("main.cpp", PROGRAM)
        .file("part.cpp", "void part() {}\n");
    let ended = CliCommand::build(&project, "")
        .args(["--system-toolchain"])
        .run();
    assert_eq!(ended.code(), 0, "{}", ended.stderr());
    let archive = Archive::open(Path::new(ended.stdout().trim_end()));
    assert_eq!(archive.files(), ["bin/app", "lib/libpart.so"]);
    // Only the log contains the messages of the packaging step.
    assert!(!ended.stderr().contains("Relinking"), "{}", ended.stderr());
}

#[test]
fn arguments_reach_cmake_as_they_are() {
    let project = project(
        "file(GENERATE OUTPUT seen.txt CONTENT \"${A}|${B}|${T}|${R}|${L}|${P}|$ENV{FOO}|${CMAKE_BUILD_TYPE}|${BUILD_SHARED_LIBS}\")\n\
         install(FILES ${CMAKE_BINARY_DIR}/seen.txt DESTINATION share)\n",
    );
    let Some(workshop) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    let config = json!({
        "extra-args": ["-DA=x y", "-D", "B=it's \"quoted\"", "-DT=X86;ARM", "-DR=$ORIGIN/../lib"],
        "define": {"L": ["a;b", "c"], "P:PATH": "$PREFIX/share", "UNREAD": true},
        "env": {"FOO": "$BAR bar"},
    });
    let built = workshop.build(Order {
        config,
        ..Order::default()
    });
    let seen = built.archive.text("share/seen.txt");
    let host = workshop.work("work");
    let (start, prefix) = seen.split_once("a\\;b;c|").expect(&seen);
    assert_eq!(start, "x y|it's \"quoted\"|X86;ARM|$ORIGIN/../lib|");
    assert!(
        prefix.starts_with(host.to_str().expect("the path is UTF-8")),
        "{prefix}"
    );
    assert!(prefix.ends_with("/share| bar|Release|ON"), "{prefix}");
    let warnings = built.stderr.join("\n");
    assert!(
        warnings.contains("the project does not read `UNREAD`"),
        "{warnings}"
    );
}

#[test]
fn a_library_and_its_consumer_find_each_other() {
    let library = indoc! {"
        cmake_minimum_required(VERSION 3.15)
        project(greet VERSION 1.0 LANGUAGES CXX)
        add_library(greet greet.cpp)
        target_include_directories(greet PUBLIC $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}> $<INSTALL_INTERFACE:include>)
        install(TARGETS greet EXPORT greetTargets)
        install(FILES greet.h DESTINATION include)
        install(EXPORT greetTargets NAMESPACE greet:: FILE greetConfig.cmake DESTINATION lib/cmake/greet)
    "};
    let app = indoc! {"
        cmake_minimum_required(VERSION 3.15)
        project(app VERSION 1.0 LANGUAGES CXX)
        find_package(greet REQUIRED)
        add_executable(app main.cpp)
        target_link_libraries(app greet::greet)
        install(TARGETS app)
    "};
    let backend = formatdoc!(
        r#"
        [package.build.backend]
        name = "{BACKEND}"
        version = "*"
    "#
    );
    let project = Project::of(BACKEND)
        .file(
            "lib/pixi.toml",
            formatdoc!(
                r#"
                [package]
                name = "greet"
                {backend}"#
            ),
        )
        .file("lib/CMakeLists.txt", library)
        .file("lib/greet.h", "const char *greet();\n")
        .file(
            "lib/greet.cpp",
            "#include \"greet.h\"\nconst char *greet() { return \"greetings\"; }\n",
        )
        .file(
            "app/pixi.toml",
            formatdoc!(
                r#"
                [package]
                name = "app"
                {backend}"#
            ),
        )
        .file("app/CMakeLists.txt", app)
        .file(
            "app/main.cpp",
            indoc! {"
                #include <greet.h>
                #include <cstdio>
                int main() { std::puts(greet()); }
            "},
        );
    let Some(mut workshop) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    let library = workshop.build(Order {
        folder: "lib",
        work: "lib",
        ..Order::default()
    });
    workshop.channel.adopt(library.path());
    let app = workshop.build(Order {
        folder: "app",
        work: "app",
        host: &[("greet", "*")],
        ..Order::default()
    });
    let libraries = library.archive.root().join("lib");
    let mut program = std::process::Command::new(app.archive.root().join("bin/app"));
    let output = program
        .env("LD_LIBRARY_PATH", libraries)
        .output()
        .expect("the program can be run");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "greetings\n");
    let inputs = app.answer["input_glob_sets"].to_string();
    assert!(!inputs.contains("greet.h"), "{inputs}");
}

#[test]
fn a_rust_program_links_a_library_of_cmake() {
    let package = |name: &str, backend: &str| {
        formatdoc!(
            r#"
                [package]
                name = "{name}"
                version = "1.0.0"
                [package.build.backend]
                name = "{backend}"
                version = "*"
            "#
        )
    };
    let app = package("app", "pixi-build-rust")
        + indoc! {r#"
            [package.host-dependencies]
            greet = { path = "../greet" }
            [package.run-dependencies]
            greet = { path = "../greet" }
        "#};
    let project = Project::of(BACKEND)
        .file(
            "pixi.toml",
            indoc! {r#"
                [workspace]
                channels = []
                platforms = ["linux-64", "linux-aarch64", "osx-arm64"]
                preview = ["pixi-build"]
            "#},
        )
        .file("greet/pixi.toml", package("greet", BACKEND))
        .file(
            "greet/CMakeLists.txt",
            indoc! {"
                cmake_minimum_required(VERSION 3.15)
                project(greet LANGUAGES CXX)
                add_library(greet greet.cpp)
                install(TARGETS greet)
            "},
        )
        .file(
            "greet/greet.cpp",
            "extern \"C\" int greet() { return 42; }\n",
        )
        .file("app/pixi.toml", app)
        .file(
            "app/Cargo.toml",
            indoc! {r#"
                [package]
                name = "app"
                version = "1.0.0"
                edition = "2021"
            "#},
        )
        .file(
            "app/Cargo.lock",
            indoc! {r#"
                version = 4

                [[package]]
                name = "app"
                version = "1.0.0"
            "#},
        )
        .file(
            "app/build.rs",
            indoc! {r#"
                fn main() {
                    let prefix = std::env::var("PREFIX").unwrap();
                    println!("cargo::rerun-if-env-changed=PREFIX");
                    println!("cargo::rustc-link-search=native={prefix}/lib");
                    println!("cargo::rustc-link-lib=dylib=greet");
                }
            "#},
        )
        .file(
            "app/src/main.rs",
            indoc! {r#"
                extern "C" {
                    fn greet() -> i32;
                }
                fn main() {
                    println!("{}", unsafe { greet() });
                }
            "#},
        );
    let Some(channel) = channel_or_skip(&project) else {
        return;
    };
    let packages = CliCommand::build(&project, "app")
        .channel(&channel)
        .packages();
    let files: Vec<_> = packages.iter().map(|it| it.files().join(" ")).collect();
    assert_eq!(files, ["lib/libgreet.so", "bin/app"]);
    assert_eq!(packages[1].index()["depends"][0], "greet");
    let mut program = std::process::Command::new(packages[1].root().join("bin/app"));
    program.env("LD_LIBRARY_PATH", packages[0].root().join("lib"));
    assert_eq!(output(&mut program), "42");
}

#[test]
fn a_package_that_registers_itself_is_built() {
    let project = project(
        "install(FILES x.txt DESTINATION share)\n\
         install(FILES x.txt DESTINATION \"$ENV{HOME}/.cmake/packages/app\" RENAME 0123)\n",
    )
    .file("x.txt", "x\n");
    let Some(builder) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    let built = builder.build(Order::default());
    assert!(built.archive.root().join("share/x.txt").is_file());
}
