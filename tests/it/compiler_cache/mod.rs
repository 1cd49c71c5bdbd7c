//! The compiler cache: which builds share compilations. A broken cache never fails a build.

mod broken;
mod checkouts;
mod secrets;
mod server;

use std::path::PathBuf;
use std::process::Command;

use indoc::indoc;
use serde_json::{Value, json};

use test_support::archive::Archive;
use test_support::build::{Build, compiler_cache};
use test_support::channel::Channel;
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::requests::{Initialize, Outputs};

/// The result of a build.
struct Done {
    answer: Result<Value, Value>,
    log: String,
    stderr: String,
    work: PathBuf,
}

impl Done {
    #[track_caller]
    fn archive(&self) -> Archive {
        let answer = self.answer.as_ref();
        let answer = answer.unwrap_or_else(|error| panic!("{error:#}\n{}", self.log));
        Archive::open(answer["output_file"].as_str().expect("a path"))
    }

    /// The number of compilations that were in the cache, and of those that were not.
    #[track_caller]
    fn hits_and_misses(&self) -> (u32, u32) {
        let found = compiler_cache(&self.log);
        found.unwrap_or_else(|| panic!("no statistics in\n{}", self.log))
    }
}

/// Builds the package at the root of a project with sccache. `variables` are set for the
/// backend, and `env` is set in the manifest.
fn build(project: &Project, channel: &Channel, variables: &[(&str, &str)], env: Value) -> Done {
    let configuration = json!({"compiler-cache": "sccache", "env": env});
    build_with(project, channel, variables, configuration)
}

fn build_with(
    project: &Project,
    channel: &Channel,
    variables: &[(&str, &str)],
    configuration: Value,
) -> Done {
    let mut pixi = start(variables);
    let initialize = Initialize::of(project).configuration(configuration);
    pixi.initialize(&initialize.package("tool", "1.0.0"));
    let work = project.build_work("tool");
    let outputs = pixi.outputs(&Outputs::new(&work).channel(channel));
    let build = Build::prepare(&outputs[0], &work, channel);
    let answer = pixi.build(&build);
    let log = fs_err::read_to_string(work.join("debug/build.log"));
    Done {
        answer,
        log: log.expect("the log was written"),
        stderr: pixi.stderr().join("\n"),
        work,
    }
}

fn start(variables: &[(&str, &str)]) -> Pixi {
    Pixi::start_with(|command: &mut Command| {
        command.envs(variables.iter().copied());
    })
}

/// A program `tool` in a workspace with a library.
fn tool() -> Project {
    Project::new()
        .file(
            "Cargo.toml",
            indoc! {r#"
                [package]
                name = "tool"
                version = "1.0.0"
                edition = "2024"
                license = "MIT"

                [workspace]
                members = ["part"]

                [dependencies]
                part = { path = "part" }
            "#},
        )
        .file(
            "src/main.rs",
            indoc! {r#"
            fn main() {
                println!("{}", part::text());
            }
        "#},
        )
        .file(
            "part/Cargo.toml",
            indoc! {r#"
                [package]
                name = "part"
                version = "1.0.0"
                edition = "2024"
            "#},
        )
        .file(
            "part/src/lib.rs",
            indoc! {r#"
            pub fn text() -> String {
                "part".to_string()
            }
        "#},
        )
        .lock()
}
