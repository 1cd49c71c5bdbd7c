//! A package does not contain artifacts that belong to another environment.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use indoc::{formatdoc, indoc};
use serde_json::{Value, json};

use test_support::archive::Archive;
use test_support::build::Build;
use test_support::channel::Channel;
use test_support::machine::{Machine, machine};
use test_support::packages::Package;
use test_support::pixi::Pixi;
use test_support::prefix::output;
use test_support::project::Project;
use test_support::requests::{Initialize, Outputs};
use test_support::toolchain;

/// A tool that prints the sources of its crates.
struct Tool {
    project: Project,
    channel: Channel,
}

/// The log of a build, and the output of the program that it built.
struct Built {
    log: String,
    says: String,
}

impl Tool {
    /// Creates a tool that calls the crate `prints`.
    fn calling(prints: Project, channel: impl FnOnce(&Project) -> Channel) -> Self {
        let project = prints
            .file(
                "Cargo.toml",
                indoc! {r#"
                    [package]
                    name = "tool"
                    version = "1.0.0"
                    edition = "2024"

                    [features]
                    loud = []

                    [dependencies]
                    prints = { path = "prints" }
                "#},
            )
            .file(
                "src/main.rs",
                indoc! {r#"
                    fn main() {
                        println!("{}{}{}", prints::what(),
                            if cfg!(feature = "loud") { " loud" } else { "" },
                            if cfg!(debug_assertions) { " checked" } else { "" });
                    }
                "#},
            )
            .pixi_toml("[package]\nname = \"tool\"\n")
            .lock();
        let channel = channel(&project);
        Self { project, channel }
    }

    /// Builds in the work directory `work` with one version of the library `libanswer`.
    fn build(&self, work: &str, answer: &str, configuration: Value) -> Built {
        let mut pixi = Pixi::start();
        pixi.initialize(
            &Initialize::of(&self.project)
                .dependency("hostDependencies", "libanswer", &format!("=={answer}"))
                .configuration(configuration),
        );
        let work = self.project.build_work(work);
        let outputs = pixi.outputs(&Outputs::new(&work).channel(&self.channel));
        let build = Build::prepare(&outputs[0], &work, &self.channel);
        let answer = pixi.build(&build).expect("the crate compiles");
        let archive = Archive::open(answer["output_file"].as_str().expect("a path"));
        Built {
            log: fs_err::read_to_string(work.join("debug/build.log")).expect("a log"),
            says: output(&mut Command::new(archive.root().join("bin/tool"))),
        }
    }
}

/// The toolchain and two versions of a header.
fn headers(mut channel: Channel) -> Channel {
    for version in ["1", "2"] {
        let header = format!("#define ANSWER {version}\n");
        channel.add(Package::new("libanswer", version).file("include/answer.h", header));
    }
    channel
}

fn usual(project: &Project) -> Channel {
    let mut channel = Channel::new(project.cache().join("channel"));
    channel.include(toolchain::channel());
    headers(channel)
}

/// A crate that compiles C, as most `-sys` crates do.
fn compiles_c() -> Project {
    with_c(Project::new())
}

fn with_c(project: Project) -> Project {
    project
        .file(
            "prints/Cargo.toml",
            indoc! {r#"
                [package]
                name = "prints"
                version = "1.0.0"
                edition = "2024"

                [build-dependencies]
                cc = "1"
            "#},
        )
        .file(
            "prints/build.rs",
            indoc! {r#"
                fn main() {
                    println!("cargo::rerun-if-changed=prints.c");
                    cc::Build::new().file("prints.c").compile("prints");
                }
            "#},
        )
        .file(
            "prints/prints.c",
            indoc! {"
                #include <answer.h>
                #ifndef COMPILER
                #define COMPILER 1
                #endif
                int answer(void) { return 10 * COMPILER + ANSWER; }
            "},
        )
        .file(
            "prints/src/lib.rs",
            indoc! {r#"
                unsafe extern "C" {
                    fn answer() -> i32;
                }
                pub fn what() -> i32 {
                    unsafe { answer() }
                }
            "#},
        )
}

const COMPILED: &str = "Compiling prints";

#[test]
fn equal_environments_compile_c_once() {
    let tool = Tool::calling(compiles_c(), usual);
    let first = tool.build("first", "1", json!({}));
    assert!(first.log.contains(COMPILED), "{}", first.log);
    let second = tool.build("second", "1", json!({}));
    assert!(!second.log.contains(COMPILED), "{}", second.log);
    assert_eq!(second.says, "11");
}

#[test]
fn another_header_compiles_c_again() {
    let tool = Tool::calling(compiles_c(), usual);
    assert_eq!(tool.build("one", "1", json!({})).says, "11");
    assert_eq!(tool.build("two", "2", json!({})).says, "12");
    // The same work directory has a prefix at the same path.
    assert_eq!(tool.build("one", "2", json!({})).says, "12");
    assert_eq!(tool.build("two", "1", json!({})).says, "11");
}

#[test]
fn another_header_compiles_c_again_where_a_path_has_blanks() {
    let tool = Tool::calling(with_c(Project::called("my tools")), usual);
    assert_eq!(tool.build("one", "1", json!({})).says, "11");
    assert_eq!(tool.build("one", "2", json!({})).says, "12");
    assert_eq!(tool.build("two", "1", json!({})).says, "11");
}

#[test]
fn another_c_compiler_compiles_c_again() {
    let mut tool = Tool::calling(compiles_c(), usual);
    assert_eq!(tool.build("one", "1", json!({})).says, "11");
    let cc = machine().cc.display();
    let other = Machine {
        cc: program(&tool.project, &format!("exec '{cc}' -DCOMPILER=2 \"$@\"\n")),
        ..machine().clone()
    };
    let root = tool.project.cache().join("other compiler");
    tool.channel = headers(toolchain::channel_of(&other, &root));
    assert_eq!(tool.build("two", "1", json!({})).says, "21");
    assert_eq!(tool.build("one", "1", json!({})).says, "21");
}

#[test]
fn another_rustc_compiles_everything_again() {
    let mut tool = Tool::calling(compiles_c(), usual);
    tool.build("one", "1", json!({}));
    let rustc = machine().rustc.display();
    let other = Machine {
        rustc: program(
            &tool.project,
            &formatdoc!(
                r#"
                    case $* in
                    -vV) '{rustc}' -vV | sed 's/^commit-hash: .*/commit-hash: 1234/' ;;
                    *) exec '{rustc}' "$@" ;;
                    esac
                "#
            ),
        ),
        ..machine().clone()
    };
    let root = tool.project.cache().join("other rustc");
    tool.channel = headers(toolchain::channel_of(&other, &root));
    let built = tool.build("two", "1", json!({}));
    assert!(built.log.contains(COMPILED), "{}", built.log);
}

#[test]
fn a_cargo_without_build_dir_keeps_its_artifacts_to_itself() {
    let mut tool = Tool::calling(compiles_c(), usual);
    let old = Machine {
        rust_version: "1.90.0".to_string(),
        ..machine().clone()
    };
    let root = tool.project.cache().join("old rust");
    tool.channel = headers(toolchain::channel_of(&old, &root));
    let built = tool.build("one", "1", json!({}));
    assert!(built.log.contains("that needs Rust 1.91"), "{}", built.log);
    assert_eq!(built.says, "11");
    assert_eq!(tool.build("one", "2", json!({})).says, "12");
}

#[test]
fn features_and_profiles_do_not_mix() {
    let tool = Tool::calling(compiles_c(), usual);
    let with = |arguments: Value| {
        tool.build("one", "1", json!({"extra-args": arguments}))
            .says
    };
    assert_eq!(with(json!([])), "11");
    assert_eq!(with(json!(["--features", "loud"])), "11 loud");
    assert_eq!(with(json!(["--profile", "dev"])), "11 checked");
    assert_eq!(with(json!([])), "11");
}

/// A crate that the tool calls, without sources.
fn without_dependencies() -> Project {
    Project::new().file(
        "prints/Cargo.toml",
        indoc! {r#"
            [package]
            name = "prints"
            version = "1.0.0"
            edition = "2024"
        "#},
    )
}

#[test]
fn a_build_script_that_hides_what_it_reads_runs_again() {
    // The build script tells Cargo to watch only the script, but it also reads a prefix.
    let peeks = without_dependencies()
        .file(
            "prints/build.rs",
            indoc! {r#"
                use std::{env, fs, path::PathBuf};

                fn main() {
                    println!("cargo::rerun-if-changed=build.rs");
                    let prefix = PathBuf::from(env::var_os("PREFIX").unwrap());
                    let header = fs::read_to_string(prefix.join("include/answer.h")).unwrap();
                    let work = prefix.ancestors().nth(2).unwrap().file_name().unwrap();
                    let text = format!("{header}of {}", work.display());
                    fs::write(PathBuf::from(env::var_os("OUT_DIR").unwrap()).join("text"), text).unwrap();
                }
            "#},
        )
        .file(
            "prints/src/lib.rs",
            indoc! {r#"
                pub fn what() -> &'static str {
                    include_str!(concat!(env!("OUT_DIR"), "/text"))
                }
            "#},
        );
    let tool = Tool::calling(peeks, usual);
    for (work, answer) in [("one", "1"), ("two", "1"), ("one", "1"), ("one", "2")] {
        let says = tool.build(work, answer, json!({})).says;
        assert_eq!(says, format!("#define ANSWER {answer}\nof {work}"));
    }
    let again = tool.build("one", "2", json!({}));
    assert!(!again.log.contains("Compiling"), "{}", again.log);
}

#[test]
fn a_build_script_that_another_value_makes_run_again_finds_its_folder_empty() {
    // The activation of the C compiler puts the path of a prefix into this variable.
    let asks = without_dependencies()
        .file(
            "prints/build.rs",
            indoc! {r#"
                use std::{env, fs, path::PathBuf};

                fn main() {
                    println!("cargo::rerun-if-env-changed=LDFLAGS");
                    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap());
                    let count = fs::read_dir(&out).unwrap().count();
                    fs::write(out.join("count"), format!("{count}")).unwrap();
                }
            "#},
        )
        .file(
            "prints/src/lib.rs",
            indoc! {r#"
                pub fn what() -> &'static str {
                    include_str!(concat!(env!("OUT_DIR"), "/count"))
                }
            "#},
        );
    let tool = Tool::calling(asks, usual);
    for work in ["one", "two", "one"] {
        assert_eq!(tool.build(work, "1", json!({})).says, "0");
    }
    let again = tool.build("one", "1", json!({}));
    assert!(!again.log.contains("Compiling"), "{}", again.log);
}

/// Creates a shell script that replaces a tool.
fn program(project: &Project, text: &str) -> PathBuf {
    let path: PathBuf = project.cache().join("program");
    write_executable(&path, &format!("#!/bin/sh\n{text}"));
    path
}

fn write_executable(path: &Path, text: &str) {
    fs_err::write(path, text).expect("own folder");
    fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("own file");
}

#[test]
fn an_older_file_counts_for_every_package_of_the_workspace() {
    let mut project = Project::new()
        .file(
            "Cargo.toml",
            indoc! {r#"
                [workspace]
                members = ["one", "two", "common"]
                resolver = "3"
            "#},
        )
        .file(
            "common/Cargo.toml",
            indoc! {r#"
                [package]
                name = "common"
                version = "1.0.0"
                edition = "2024"
            "#},
        );
    for tool in ["one", "two"] {
        let dependency = "common = { path = \"../common\" }";
        project = project
            .file(
                &format!("{tool}/Cargo.toml"),
                formatdoc!(
                    r#"
                    [package]
                    name = "{tool}"
                    version = "1.0.0"
                    edition = "2024"

                    [dependencies]
                    {dependency}
                "#
                ),
            )
            .file(
                &format!("{tool}/src/main.rs"),
                indoc! {r#"
                fn main() {
                    println!("{}", common::NAME);
                }
            "#},
            )
            .file(
                &format!("{tool}/pixi.toml"),
                format!("[package]\nname = \"{tool}\"\n"),
            );
    }
    let common = |name: &str| format!("pub const NAME: &str = \"{name}\";\n");
    let project = project
        .file("common/src/lib.rs", common("first"))
        .file("common/src/lib.rs.old", common("older"))
        .lock();
    let library = project.dir().join("common/src/lib.rs");
    let builds = |tool: &str| {
        let mut pixi = Pixi::start();
        pixi.initialize(&Initialize::member(&project, tool));
        let archive = pixi.package(&project, toolchain::channel(), tool);
        output(&mut Command::new(archive.root().join("bin").join(tool)))
    };
    assert_eq!(builds("one"), "first");
    // Cargo compares modification times, and this file is older than the first build.
    fs_err::rename(library.with_extension("rs.old"), &library).expect("own files");
    assert_eq!(builds("two"), "older");
    assert_eq!(builds("one"), "older");
}

#[test]
fn an_older_file_counts_after_a_build_that_failed() {
    let project = Project::new()
        .file(
            "Cargo.toml",
            indoc! {r#"
                [package]
                name = "tool"
                version = "1.0.0"
                edition = "2024"

                [dependencies]
                itoa = "1"
                prints = { path = "prints" }
            "#},
        )
        .file(
            "prints/Cargo.toml",
            indoc! {r#"
                [package]
                name = "prints"
                version = "1.0.0"
                edition = "2024"
            "#},
        )
        .file("prints/src/lib.rs", "pub const WHAT: u8 = 1;\n")
        .file("prints/src/lib.rs.old", "pub const WHAT: u8 = 9;\n")
        .file(
            "src/main.rs",
            "fn main() {\n    let _ = prints::WHAT + \"\";\n}\n",
        )
        .pixi_toml("[package]\nname = \"tool\"\n")
        .lock();
    let work = project.build_work("tool");
    let build = || {
        let mut pixi = Pixi::start();
        pixi.initialize(&Initialize::of(&project));
        let channel = toolchain::channel();
        let outputs = pixi.outputs(&Outputs::new(&work).channel(channel));
        let answer = pixi.build(&Build::prepare(&outputs[0], &work, channel));
        let log = fs_err::read_to_string(work.join("debug/build.log")).expect("a log");
        (answer, log)
    };
    let (failed, log) = build();
    failed.expect_err("the crate does not compile");
    assert!(log.contains(COMPILED), "{log}");
    // Cargo compares modification times, and this file is older than the build that failed.
    let library = project.dir().join("prints/src/lib.rs");
    fs_err::rename(library.with_extension("rs.old"), &library).expect("own files");
    project.write(
        "src/main.rs",
        "fn main() {\n    println!(\"{}\", itoa::Buffer::new().format(prints::WHAT));\n}\n",
    );
    let (answer, log) = build();
    let answer = answer.expect("the crate compiles");
    let archive = Archive::open(answer["output_file"].as_str().expect("a path"));
    assert_eq!(
        output(&mut Command::new(archive.root().join("bin/tool"))),
        "9"
    );
    assert!(!log.contains("Compiling itoa"), "{log}");
    let (_, log) = build();
    assert!(!log.contains("Compiling"), "{log}");
}
