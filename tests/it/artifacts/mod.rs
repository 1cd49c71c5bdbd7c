//! A build does not repeat compilations of an earlier build.

mod concurrent_builds;
mod stale;

use std::collections::BTreeMap;

use indoc::indoc;
use serde_json::json;

use test_support::archive::Archive;
use test_support::build::Build;
use test_support::packages::Package;
use test_support::pixi::Pixi;
use test_support::prefix::output;
use test_support::project::Project;
use test_support::requests::{Initialize, Outputs};
use test_support::toolchain;

/// A program with a crate from the registry.
fn counting() -> Project {
    Project::counts()
        // Build scripts that compile C depend on this variable too.
        .file(
            "build.rs",
            indoc! {r#"
                fn main() {
                    println!("cargo::rerun-if-env-changed=SOURCE_DATE_EPOCH");
                }
            "#},
        )
}

/// Builds in the work directory `work`, with the packages `host` in the host environment.
fn build_in(project: &Project, work: &str, host: &[&str]) -> (Archive, String) {
    let mut channel = test_support::channel::Channel::new(project.cache().join(work));
    channel.include(toolchain::channel());
    channel.add(Package::new("libmore", "1.0").file("lib/libmore.txt", "more"));
    let mut initialize = Initialize::of(project);
    for name in host {
        initialize = initialize.dependency("hostDependencies", name, "*");
    }
    let mut pixi = Pixi::start();
    pixi.initialize(&initialize);
    let work = project.build_work(work);
    let outputs = pixi.outputs(&Outputs::new(&work).channel(&channel));
    let build = Build::prepare(&outputs[0], &work, &channel);
    let answer = pixi.build(&build).expect("the crate compiles");
    let log = fs_err::read_to_string(work.join("debug/build.log")).expect("a log");
    let path = answer["output_file"].as_str().expect("a path");
    (Archive::open(path), log)
}

#[test]
fn a_script_that_asks_for_the_compiler_begins_anew_in_another_environment() {
    let script = indoc! {r#"
        fn main() {
            println!("cargo::rerun-if-env-changed=CC");
            let out = std::env::var("OUT_DIR").unwrap();
            std::fs::create_dir(format!("{out}/objects")).unwrap();
        }
    "#};
    let project = Project::new()
        .file(
            "Cargo.toml",
            indoc! {r#"
                [package]
                name = "counts"
                version = "1.0.0"
                edition = "2024"

                [dependencies]
                native = { path = "native" }
            "#},
        )
        .file(
            "src/main.rs",
            indoc! {"
            fn main() {
                native::call();
            }
        "},
        )
        .file(
            "native/Cargo.toml",
            indoc! {r#"
                [package]
                name = "native"
                version = "1.0.0"
                edition = "2024"
            "#},
        )
        .file("native/src/lib.rs", "pub fn call() {}\n")
        .file("native/build.rs", script)
        .pixi_toml("[package]\nname = \"counts\"\n")
        .lock();
    build_in(&project, "first", &[]);
    let (_, second) = build_in(&project, "second", &["libmore"]);
    assert!(second.contains("Compiling native"), "{second}");
    let (_, again) = build_in(&project, "again", &["libmore"]);
    assert!(!again.contains("Compiling native"), "{again}");
}

#[test]
fn a_changed_environment_compiles_the_package_alone() {
    let project = counting();
    let (_, first) = build_in(&project, "first", &[]);
    assert!(first.contains("Compiling itoa"), "{first}");
    let (archive, second) = build_in(&project, "second", &["libmore"]);
    assert!(!second.contains("Compiling itoa"), "{second}");
    assert!(second.contains("Compiling counts"), "{second}");

    // The second package does not contain the first work directory.
    let program = archive.root().join("bin/counts");
    let bytes = fs_err::read(&program).expect("the program was packed");
    let first = project.build_work("first").display().to_string();
    assert!(
        !bytes
            .windows(first.len())
            .any(|bytes| bytes == first.as_bytes()),
        "a path of the first build is in the second program"
    );
    let dynamic = output(
        std::process::Command::new("readelf")
            .arg("-d")
            .arg(&program),
    );
    assert!(dynamic.contains("[$ORIGIN/../lib]"), "{dynamic}");
}

#[test]
fn the_same_work_directory_compiles_nothing() {
    let project = counting();
    build_in(&project, "same", &[]);
    let (archive, again) = build_in(&project, "same", &[]);
    assert!(!again.contains("Compiling"), "{again}");
    // The first build downloaded everything, so the index of the registry is not updated.
    assert!(!again.contains("Updating"), "{again}");
    assert_eq!(archive.files(), ["bin/counts"]);
}

#[test]
fn another_environment_downloads_nothing() {
    let project = counting();
    let downloads = || {
        let mut open = vec![project.cache().join("pixi-build-rust/cargo-home/registry")];
        let mut files = BTreeMap::new();
        while let Some(path) = open.pop() {
            if path.is_dir() {
                let entries = fs_err::read_dir(path).expect("cargo made it");
                open.extend(entries.map(|entry| entry.expect("readable").path()));
            } else {
                let content = fs_err::read(&path).expect("cargo made it");
                files.insert(path, content);
            }
        }
        files
    };
    build_in(&project, "first", &[]);
    let before = downloads();
    assert!(before.keys().any(|path| path.ends_with("src/lib.rs")));
    let (_, log) = build_in(&project, "second", &["libmore"]);
    assert!(
        !log.contains("Updating") && !log.contains("Download"),
        "{log}"
    );
    let after = downloads();
    let new: Vec<_> = after
        .iter()
        .filter(|file| !before.contains_key(file.0))
        .collect();
    assert!(new.is_empty(), "{new:?}");
    assert!(before == after, "the registry was written to");
}

#[test]
fn a_library_that_is_linked_by_name_is_the_one_of_this_environment() {
    // Without a build script, Cargo does not know that the library exists.
    let project = Project::new()
        .file(
            "Cargo.toml",
            indoc! {r#"
                [package]
                name = "asks"
                version = "1.0.0"
                edition = "2024"
            "#},
        )
        .file(
            "src/main.rs",
            indoc! {r#"
                #[link(name = "answer")]
                unsafe extern "C" {
                    fn answer() -> i32;
                }
                fn main() {
                    println!("{}", unsafe { answer() });
                }
            "#},
        )
        .pixi_toml("[package]\nname = \"asks\"\n")
        .lock();
    let build = |work: &str, number: u32| {
        let mut channel = test_support::channel::Channel::new(project.cache().join(work));
        channel.include(toolchain::channel());
        channel.add(
            Package::new("libanswer", &format!("{number}.0"))
                .copy_of("lib/libanswer.a", &archive_of(&project, number)),
        );
        let mut pixi = Pixi::start();
        pixi.initialize(
            &Initialize::of(&project)
                .dependency("hostDependencies", "libanswer", "*")
                .configuration(json!({"env": {"LIBRARY_PATH": "$PREFIX/lib"}})),
        );
        let work = project.build_work(work);
        let outputs = pixi.outputs(&Outputs::new(&work).channel(&channel));
        let build = Build::prepare(&outputs[0], &work, &channel);
        let answer = pixi.build(&build).expect("the crate links");
        let archive = Archive::open(answer["output_file"].as_str().expect("a path"));
        output(&mut std::process::Command::new(
            archive.root().join("bin/asks"),
        ))
    };
    assert_eq!(build("one", 1), "1");
    assert_eq!(build("two", 2), "2");
    assert_eq!(build("one", 1), "1");
}

/// Creates a static library whose `answer()` returns `number`.
fn archive_of(project: &Project, number: u32) -> std::path::PathBuf {
    let folder = project.cache().join(format!("answer-{number}"));
    fs_err::create_dir_all(&folder).expect("own folder");
    let source = folder.join("answer.c");
    fs_err::write(
        &source,
        format!("int answer(void) {{ return {number}; }}\n"),
    )
    .expect("own folder");
    let object = folder.join("answer.o");
    let library = folder.join("libanswer.a");
    output(
        std::process::Command::new("cc")
            .arg("-c")
            .arg(&source)
            .arg("-o")
            .arg(&object),
    );
    output(
        std::process::Command::new("ar")
            .arg("rcs")
            .arg(&library)
            .arg(&object),
    );
    library
}

#[test]
fn a_build_script_may_run_another_cargo() {
    let project = Project::new()
        .file(
            "Cargo.toml",
            indoc! {r#"
                [package]
                name = "outer"
                version = "1.0.0"
                edition = "2024"

                [workspace]
                exclude = ["inner"]
            "#},
        )
        .file("src/main.rs", indoc! {r#"
            fn main() {
                print!("{}", env!("SAID"));
            }
        "#})
        .file(
            "build.rs",
            r#"use std::process::Command;
            fn main() {
                let target = std::env::var("OUT_DIR").unwrap() + "/inner";
                let cargo = std::env::var("CARGO").unwrap();
                let arguments = ["build", "--release", "--manifest-path", "inner/Cargo.toml", "--target-dir"];
                let mut built = Command::new(cargo);
                built.args(arguments).arg(&target).env_remove("CARGO_BUILD_TARGET");
                let built = built.status().unwrap();
                assert!(built.success());
                let inner = Command::new(target + "/release/inner").output().unwrap();
                println!("cargo::rustc-env=SAID={}", String::from_utf8(inner.stdout).unwrap());
            }"#,
        )
        .file(
            "inner/Cargo.toml",
            indoc! {r#"
                [package]
                name = "inner"
                version = "1.0.0"
                edition = "2024"
            "#},
        )
        .file("inner/src/main.rs", indoc! {r#"
            fn main() {
                print!("inside");
            }
        "#})
        .pixi_toml("[package]\nname = \"outer\"\n")
        .lock();
    let (archive, log) = build_in(&project, "outer", &[]);
    let mut outer = std::process::Command::new(archive.root().join("bin/outer"));
    assert_eq!(output(&mut outer), "inside", "{log}");
}
