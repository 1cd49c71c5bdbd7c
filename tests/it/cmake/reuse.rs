//! Sources that are compiled again in another environment, and sources that are not.

use std::process::Command;

use indoc::{formatdoc, indoc};
use serde_json::json;

use super::project;
use test_support::channel::Channel;
use test_support::cmake::{Order, PackageBuilder, tool};
use test_support::packages::{Package, placeholder};
use test_support::prefix::output;
use test_support::toolchain::{self, Extra};

/// A program of three source files. One includes a header of `liba`, one includes a header of
/// `libb` if it exists, and one includes neither.
fn workshop() -> Option<PackageBuilder> {
    let project = project(indoc! {"
            find_package(liba REQUIRED)
            add_executable(app main.cpp a.cpp b.cpp)
            target_link_libraries(app liba::liba)
            install(TARGETS app)
        "})
    .file(
        "main.cpp",
        indoc! {r#"
        #include <cstdio>
        int a(); int b();
        int main() { std::printf("%d %d", a(), b()); }
    "#},
    )
    .file("a.cpp", "#include <liba/a.h>\nint a() { return A; }\n")
    .file(
        "b.cpp",
        indoc! {"
        #if __has_include(<libb/b.h>)
        #include <libb/b.h>
        #else
        #define B 0
        #endif
        int b() { return B; }
    "},
    );
    PackageBuilder::open(project, libraries)
}

/// Two header-only libraries in two versions each, and a package without headers.
fn libraries(channel: &mut Channel) {
    let config = "add_library(liba::liba INTERFACE IMPORTED)\n\
        set_target_properties(liba::liba PROPERTIES INTERFACE_INCLUDE_DIRECTORIES \"${CMAKE_CURRENT_LIST_DIR}/../../../include\")\n";
    for version in ["1", "2"] {
        channel.add(
            Package::new("liba", version)
                .file("include/liba/a.h", format!("#define A {version}\n"))
                .file("lib/cmake/liba/libaConfig.cmake", config),
        );
        channel.add(
            Package::new("libb", version)
                .file("include/libb/b.h", format!("#define B {version}\n")),
        );
    }
    channel.add(Package::new("data", "1").file("share/data.txt", "data\n"));
}

const A1: (&str, &str) = ("liba", "==1");
const A2: (&str, &str) = ("liba", "==2");
const B1: (&str, &str) = ("libb", "==1");
const B2: (&str, &str) = ("libb", "==2");
const DATA: (&str, &str) = ("data", "==1");

#[test]
fn what_is_compiled_again_depends_on_what_changed() {
    let Some(workshop) = workshop() else {
        return;
    };
    let build = |work: &str, host: &[(&str, &str)]| {
        let built = workshop.build(Order {
            work,
            host,
            ..Order::default()
        });
        let compiled: Vec<String> = built.compiled().iter().map(ToString::to_string).collect();
        (compiled.join(" "), built.says("bin/app"))
    };
    let expect = |compiled: &str, says: &str| (compiled.to_string(), says.to_string());
    assert_eq!(build("one", &[A1]), expect("a.cpp b.cpp main.cpp", "1 0"));
    // The same packages in another work directory.
    assert_eq!(build("two", &[A1]), expect("", "1 0"));
    // An additional package without headers.
    assert_eq!(build("three", &[A1, DATA]), expect("", "1 0"));
    // A header with other content and the same modification time.
    assert_eq!(build("four", &[A2]), expect("a.cpp", "2 0"));
    // A header that a source includes if it exists: it is added, and then modified.
    assert_eq!(build("five", &[A2, B1]), expect("b.cpp", "2 1"));
    assert_eq!(build("six", &[A2, B2]), expect("b.cpp", "2 2"));
    // The header no longer exists.
    assert_eq!(build("seven", &[A2]), expect("b.cpp", "2 0"));
    // The first packages again, in the first work directory.
    assert_eq!(build("one", &[A1]), expect("a.cpp", "1 0"));
    // Another version of a package in the same work directory.
    assert_eq!(build("one", &[A2]), expect("a.cpp", "2 0"));
}

#[test]
fn every_option_of_the_build_counts() {
    let project = project(indoc! {r#"
            option(LOUD "" OFF)
            if(LOUD)
            add_definitions(-DLOUD)
            endif()
            add_executable(app main.cpp)
            install(TARGETS app)
        "#})
    .file(
        "main.cpp",
        indoc! {r#"
            #include <cstdio>
            #ifdef LOUD
            #define A "loud"
            #else
            #define A "quiet"
            #endif
            #ifdef EXTRA
            #define B " extra"
            #else
            #define B ""
            #endif
            int main() { std::puts(A B); }
        "#},
    );
    let Some(workshop) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    let says = |config| {
        workshop
            .build(Order {
                config,
                ..Order::default()
            })
            .says("bin/app")
    };
    assert_eq!(says(json!({})), "quiet");
    assert_eq!(says(json!({"extra-args": ["-DLOUD=ON"]})), "loud");
    assert_eq!(says(json!({})), "quiet");
    assert_eq!(says(json!({"define": {"LOUD": true}})), "loud");
    assert_eq!(says(json!({"env": {"CXXFLAGS": "-DEXTRA"}})), "quiet extra");
    assert_eq!(says(json!({"env": {"CMAKE_ARGS": "-DLOUD=1"}})), "loud");
    // The project modifies the default of the option.
    let lists = workshop.project.dir().join("CMakeLists.txt");
    let text = fs_err::read_to_string(&lists).expect("the file exists");
    workshop
        .project
        .write("CMakeLists.txt", text.replace("\"\" OFF", "\"\" ON"));
    assert_eq!(says(json!({})), "loud");
}

#[test]
fn the_package_names_the_prefix_and_not_the_link_to_it() {
    let project = project(indoc! {r#"
            find_package(liba REQUIRED)
            configure_file(found.txt.in found.txt)
            add_executable(app main.cpp)
            target_compile_definitions(app PRIVATE FOUND="${liba_DIR}")
            set_target_properties(app PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)
            install(TARGETS app)
            install(FILES ${CMAKE_BINARY_DIR}/found.txt DESTINATION share)
        "#})
    .file("found.txt.in", "@liba_DIR@\n")
    .file(
        "main.cpp",
        "#include <cstdio>\nint main() { std::puts(FOUND); }\n",
    );
    let workshop = PackageBuilder::open(project, |channel| {
        channel.add(Package::new("liba", "1").file("lib/cmake/liba/libaConfig.cmake", ""));
    });
    let Some(workshop) = workshop else {
        return;
    };
    let order = Order {
        host: &[A1],
        ..Order::default()
    };
    let built = workshop.build(order);
    let prefix = built.archive.path_entry("bin/app");
    let prefix = prefix["prefix_placeholder"]
        .as_str()
        .expect("the program names its prefix");
    assert_eq!(prefix.len(), 255);
    let expected = format!("{prefix}/lib/cmake/liba");
    assert_eq!(built.archive.text("share/found.txt").trim(), expected);
    assert_eq!(built.says("bin/app"), expected);
}

#[test]
fn what_a_program_of_a_package_makes_is_made_again() {
    let project = project(indoc! {"
            find_program(MAKER maker REQUIRED)
            add_custom_command(OUTPUT made.h COMMAND ${MAKER} > made.h)
            add_executable(app main.cpp other.cpp made.h)
            target_include_directories(app PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
            install(TARGETS app)
        "})
    .file(
        "main.cpp",
        indoc! {r#"
            #include <cstdio>
            #include "made.h"
            int main() { std::puts(MADE); }
        "#},
    )
    .file("other.cpp", "void other() {}\n");
    let workshop = PackageBuilder::open(project, |channel| {
        for version in ["1", "2"] {
            let script = format!("#!/bin/sh\necho '#define MADE \"{version}\"'\n");
            channel.add(Package::new("maker", version).executable("bin/maker", script));
        }
    });
    let Some(workshop) = workshop else {
        return;
    };
    let build = |work, version| {
        let built = workshop.build(Order {
            work,
            build: &[("maker", version)],
            config: json!({"compilers": ["cxx"]}),
            ..Order::default()
        });
        let compiled: Vec<String> = built.compiled().iter().map(ToString::to_string).collect();
        (compiled.join(" "), built.says("bin/app"))
    };
    assert_eq!(build("one", "==1").1, "1");
    assert_eq!(build("two", "==1"), (String::new(), "1".to_string()));
    assert_eq!(build("three", "==2").1, "2");
}

#[test]
fn a_build_that_failed_is_forgotten() {
    let project = project(indoc! {"
            find_package(liba REQUIRED)
            add_executable(app main.cpp a.cpp)
            target_link_libraries(app liba::liba)
            install(TARGETS app)
        "})
    .file(
        "main.cpp",
        indoc! {r#"
            #include <cstdio>
            int a();
            int main() { std::printf("%d", a()); }
        "#},
    )
    .file("a.cpp", "#include <liba/a.h>\nint a() { return A }\n");
    let Some(workshop) = PackageBuilder::open(project, libraries) else {
        return;
    };
    let error = workshop.error(Order::default());
    assert!(
        error.contains("CMake did not find the package `liba`"),
        "{error}"
    );
    let order = || Order {
        work: "other",
        host: &[A1],
        ..Order::default()
    };
    let error = workshop.error(order());
    assert!(error.contains("a.cpp:2:"), "{error}");
    let source = "#include <liba/a.h>\nint a() { return A; }\n";
    workshop.project.write("a.cpp", source);
    assert_eq!(workshop.build(order()).says("bin/app"), "1");
    assert_eq!(
        workshop
            .build(Order {
                host: &[A2],
                ..order()
            })
            .says("bin/app"),
        "2"
    );
}

#[test]
fn a_precompiled_header_is_as_old_as_what_it_includes() {
    let project = project(indoc! {"
            find_package(liba REQUIRED)
            add_executable(app main.cpp)
            target_link_libraries(app liba::liba)
            target_precompile_headers(app PRIVATE <liba/a.h>)
            install(TARGETS app)
        "})
    .file(
        "main.cpp",
        "#include <cstdio>\nint main() { std::printf(\"%d\", A); }\n",
    );
    let Some(workshop) = PackageBuilder::open(project, libraries) else {
        return;
    };
    let says = |work, host| {
        workshop
            .build(Order {
                work,
                host,
                ..Order::default()
            })
            .says("bin/app")
    };
    assert_eq!(says("one", &[A1]), "1");
    assert_eq!(says("two", &[A2]), "2");
    assert_eq!(says("one", &[A1]), "1");
}

#[test]
fn what_pkg_config_says_is_the_same_in_every_prefix() {
    let project = project(indoc! {"
            find_package(PkgConfig REQUIRED)
            pkg_check_modules(LIBP REQUIRED IMPORTED_TARGET libp)
            add_executable(app main.cpp)
            target_link_libraries(app PkgConfig::LIBP)
            install(TARGETS app)
        "})
    .file(
        "main.cpp",
        indoc! {r#"
            #include <cstdio>
            #include <p.h>
            int main() { std::printf("%d", P); }
        "#},
    );
    let Some(tools) = toolchain::channel_or_skip(&[Extra::PkgConfig]) else {
        return;
    };
    let workshop = PackageBuilder::open(project, |channel| {
        channel.include(&tools);
        let text = formatdoc!(
            "
                prefix={}
                Name: libp
                Description: p
                Version: 1
                Cflags: -I${{prefix}}/include/deep
            ",
            placeholder()
        );
        channel.add(
            Package::new("libp", "1")
                .file("include/deep/p.h", "#define P 1\n")
                .file("share/pkgconfig/libp.pc", text),
        );
    });
    let Some(workshop) = workshop else {
        return;
    };
    let build = |work| {
        workshop.build(Order {
            work,
            host: &[("libp", "*")],
            build: &[("pkg-config", "*")],
            ..Order::default()
        })
    };
    assert_eq!(build("one").says("bin/app"), "1");
    let again = build("two");
    assert!(again.configured());
    assert_eq!(again.compiled(), [""; 0]);
}

#[test]
fn a_variable_that_only_a_compiler_sees_counts() {
    let project = project("add_executable(app main.cpp)\ninstall(TARGETS app)\n")
        .file(
            "main.cpp",
            indoc! {"
                #include <cstdio>
                #include <which.h>
                int main() { std::puts(WHICH); }
            "},
        )
        .file("one/which.h", "#define WHICH \"one\"\n")
        .file("two/which.h", "#define WHICH \"two\"\n");
    let Some(workshop) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    let root = workshop.project.dir().display().to_string();
    let says = |folder: &str| {
        let config = json!({"env": {"CPATH": format!("{root}/{folder}")}, "jobs": 1});
        workshop
            .build(Order {
                config,
                ..Order::default()
            })
            .says("bin/app")
    };
    assert_eq!(says("one"), "one");
    assert_eq!(says("two"), "two");
}

#[test]
fn an_older_source_counts() {
    let project = project("add_executable(app main.cpp other.cpp)\ninstall(TARGETS app)\n")
        .file(
            "main.cpp",
            indoc! {r#"
                #include <cstdio>
                #include "x.h"
                int main() { std::puts(X); }
            "#},
        )
        .file("other.cpp", "void other() {}\n")
        .file("x.h", "#define X \"new\"\n");
    let Some(workshop) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    assert_eq!(workshop.build(Order::default()).says("bin/app"), "new");
    workshop.project.write("x.h", "#define X \"old\"\n");
    let header = workshop.project.dir().join("x.h");
    let long_ago =
        std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    let file = fs_err::File::options()
        .write(true)
        .open(&header)
        .expect("the file exists");
    file.file()
        .set_modified(long_ago)
        .expect("the test owns the file");
    let built = workshop.build(Order::default());
    assert_eq!(built.says("bin/app"), "old");
    assert_eq!(built.compiled(), ["main.cpp"]);
}

#[test]
fn ccache_keeps_what_was_compiled_when_the_tree_is_removed() {
    let Some(ccache) = toolchain::or_skip(tool("ccache", &[])) else {
        return;
    };
    let Some(mut workshop) = workshop() else {
        return;
    };
    workshop.channel.add(ccache);
    let cache = workshop.project.cache().join("ccache");
    let hits = || {
        let mut command = Command::new("ccache");
        let statistics = output(command.arg("--print-stats").env("CCACHE_DIR", &cache));
        let mut lines = statistics.lines().filter_map(|line| line.split_once('\t'));
        let found = lines.find(|(key, _)| *key == "preprocessed_cache_hit");
        let (_, count) = found.expect("ccache counts hits");
        count.parse::<u32>().expect("the count is a number")
    };
    let build = || {
        let built = workshop.build(Order {
            host: &[A1],
            build: &[("ccache", "*")],
            ..Order::default()
        });
        assert_eq!(built.compiled(), ["a.cpp", "b.cpp", "main.cpp"]);
    };
    build();
    let before = hits();
    let scratch = workshop.project.dir().join(".pixi/scratch-v0");
    fs_err::remove_dir_all(scratch).expect("the test owns the directory");
    build();
    assert_eq!(hits(), before + 3, "all three sources are in the cache");
}

#[test]
fn another_header_package_counts_with_ccache_too() {
    let Some(ccache) = toolchain::or_skip(tool("ccache", &[])) else {
        return;
    };
    let Some(mut workshop) = workshop() else {
        return;
    };
    workshop.channel.add(ccache);
    let build = |work: &str, host: &[(&str, &str)]| {
        let built = workshop.build(Order {
            work,
            host,
            build: &[("ccache", "*")],
            ..Order::default()
        });
        let compiled: Vec<String> = built.compiled().iter().map(ToString::to_string).collect();
        (compiled.join(" "), built.says("bin/app"))
    };
    let all = "a.cpp b.cpp main.cpp";
    assert_eq!(build("one", &[A1]), (all.into(), "1 0".into()));
    assert_eq!(build("two", &[A1, DATA]), (String::new(), "1 0".into()));
    assert_eq!(build("three", &[A2]), ("a.cpp".into(), "2 0".into()));
    assert_eq!(build("four", &[A2, B1]), ("b.cpp".into(), "2 1".into()));
}
