//! Builds of one workspace at the same time.

use std::path::PathBuf;
use std::thread;

use indoc::{formatdoc, indoc};

use test_support::build::Build;
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::requests::{Initialize, Outputs};
use test_support::toolchain;

const TOOLS: [&str; 4] = ["alpha", "beta", "gamma", "delta"];

/// Four tools that share a crate of the workspace, a crate from the registry and a crate that
/// compiles C.
fn workspace() -> Project {
    let mut project = Project::new()
        .file(
            "Cargo.toml",
            indoc! {r#"
                [workspace]
                members = ["alpha", "beta", "gamma", "delta", "common"]
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

                [dependencies]
                itoa = "1"

                [build-dependencies]
                cc = "1"
            "#},
        )
        .file(
            "common/build.rs",
            indoc! {r#"
                fn main() {
                    println!("cargo::rerun-if-changed=common.c");
                    cc::Build::new().file("common.c").compile("commonc");
                }
            "#},
        )
        .file("common/common.c", "int common(void) { return 42; }\n")
        .file(
            "common/src/lib.rs",
            indoc! {r#"
                unsafe extern "C" {
                    fn common() -> i32;
                }
                pub fn say(who: &str) {
                    println!("{who} {}", itoa::Buffer::new().format(unsafe { common() }));
                }
            "#},
        );
    for tool in TOOLS {
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
                        common = {{ path = "../common" }}
                    "#
                ),
            )
            .file(
                &format!("{tool}/src/main.rs"),
                formatdoc!(
                    r#"
                    fn main() {{
                        common::say("{tool}");
                    }}
                "#
                ),
            )
            .file(
                &format!("{tool}/pixi.toml"),
                format!("[package]\nname = \"{tool}\"\n"),
            );
    }
    project.lock()
}

/// Builds a tool and returns the bytes of its package.
fn build(project: &Project, tool: &str) -> Vec<u8> {
    let mut pixi = Pixi::start_with(|command| {
        command.env("SOURCE_DATE_EPOCH", "1700000000");
    });
    pixi.initialize(&Initialize::member(project, tool));
    let work = project.build_work(tool);
    let outputs = pixi.outputs(&Outputs::new(&work).channel(toolchain::channel()));
    let build = Build::prepare(&outputs[0], &work, toolchain::channel());
    let answer = pixi
        .build(&build)
        .unwrap_or_else(|error| panic!("{tool}: {error:#}\n{}", pixi.stderr().join("\n")));
    let archive = PathBuf::from(answer["output_file"].as_str().expect("a path"));
    fs_err::read(archive).expect("it was just written")
}

fn forget(project: &Project) {
    for folder in ["bld", "scratch-v0"] {
        fs_err::remove_dir_all(project.dir().join(".pixi").join(folder)).expect("builds were here");
    }
}

/// `PIXI_BUILD_ROUNDS` is the number of rounds.
#[test]
fn packages_built_at_once_are_those_built_alone() {
    let rounds = std::env::var("PIXI_BUILD_ROUNDS");
    let rounds: usize = rounds.map_or(2, |rounds| rounds.parse().expect("a number"));
    let project = workspace();
    let alone: Vec<Vec<u8>> = TOOLS
        .iter()
        .map(|tool| {
            let package = build(&project, tool);
            forget(&project);
            package
        })
        .collect();
    for round in 0..rounds {
        // Two, three or four tools. Every second round keeps the artifacts of the round before.
        let tools = &TOOLS[..2 + round % 3];
        if round % 2 == 1 {
            forget(&project);
        }
        let together: Vec<Vec<u8>> = thread::scope(|scope| {
            let builds: Vec<_> = tools
                .iter()
                .map(|tool| scope.spawn(|| build(&project, tool)))
                .collect();
            let finished = builds.into_iter().map(|build| build.join());
            finished
                .map(|package| package.expect("a build failed"))
                .collect()
        });
        for (tool, (one, other)) in tools.iter().zip(alone.iter().zip(&together)) {
            assert!(one == other, "{tool} came out different in round {round}");
        }
    }
}
