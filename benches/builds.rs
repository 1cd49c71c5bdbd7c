//! Compares builds of this backend with Cargo alone.
//!
//! `cargo bench --bench builds` builds a workspace of four tools that share serde, regex, clap
//! and a crate that compiles C, with activation as on conda-forge. It prints each case beside
//! Cargo in the same run. Crates are downloaded before the measurements. Where sccache and
//! Redis are installed, a second checkout reuses the compilations of the first one.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;

use test_support::build::{Build, compiler_cache};
use test_support::channel::Channel;
use test_support::comparison::Comparison;
use test_support::machine::{forget_cargo, machine};
use test_support::packages::Package;
use test_support::pixi::Pixi;
use test_support::prefix::output;
use test_support::project::Project;
use test_support::redis::Redis;
use test_support::requests::{Initialize, Outputs};
use test_support::toolchain::{self, Extra};

const TOOLS: [&str; 4] = ["alpha", "beta", "gamma", "delta"];

/// The number of cold builds, of which the one with the median ratio counts.
const TURNS: usize = 3;

fn main() {
    let turns: Vec<_> = (0..TURNS).map(|_| cold()).collect();
    Comparison::median(turns.iter().map(|(_, _, times)| *times)).print_ratio(
        "four tools, everything cold",
        "cold `cargo build --release --workspace`",
    );
    let (project, channel, _) = turns.last().expect("several turns");

    remove(project, "target");
    let member = cargo(project, &["-p", "alpha"]);
    let print = |case: &str| {
        let times = Comparison {
            backend: build(project, channel, "alpha", "second", &["libmore"]),
            alone: member,
        };
        times.print_ratio(case, "cold build of that member");
    };
    print("one more host package");
    print("the same again");

    project.write("alpha/src/main.rs", source("alpha") + "// edited\n");
    let edited = Comparison {
        alone: cargo(project, &["-p", "alpha"]),
        backend: build(project, channel, "alpha", "second", &["libmore"]),
    };
    edited.print_difference("one-line edit");

    let redis = Redis::start_or_skip(None);
    let sccache = toolchain::channel_or_skip(&[Extra::Sccache]);
    if let (Some(redis), Some(sccache)) = (redis, sccache) {
        second_checkout(&redis, &sccache);
    }
}

/// Measures all tools in a new workspace.
fn cold() -> (Project, Channel, Comparison) {
    let project = workspace();
    let channel = channel(&project);
    let alone = cargo(&project, &["--workspace"]);
    let built = |tool: &&str| build(&project, &channel, tool, "first", &[]);
    let backend = TOOLS.iter().map(built).sum();
    (project, channel, Comparison { backend, alone })
}

/// Measures the same commit in two directories, which share a Redis storage and no other cache.
fn second_checkout(redis: &Redis, channel: &Channel) {
    cached(&workspace(), channel, redis);
    let second = workspace();
    let alone = cargo(&second, &["--workspace"]);
    let (backend, hits, misses) = cached(&second, channel, redis);
    Comparison { backend, alone }.print_ratio(
        "second checkout elsewhere, remote sccache warm",
        "cold `cargo build --release --workspace`",
    );
    println!(
        "second checkout elsewhere: {hits} of {} cacheable units hit",
        hits + misses
    );
}

/// Builds all tools with sccache, and returns the time, the hits and the misses.
fn cached(project: &Project, channel: &Channel, redis: &Redis) -> (Duration, u32, u32) {
    let (mut time, mut hits, mut misses) = (Duration::ZERO, 0, 0);
    for tool in TOOLS {
        let mut pixi = Pixi::start_with(|command| {
            command.env("SCCACHE_REDIS_ENDPOINT", redis.url());
        });
        let initialize = Initialize::member(project, tool);
        pixi.initialize(&initialize.configuration(json!({"compiler-cache": "sccache"})));
        let work = project.build_work(tool);
        let outputs = pixi.outputs(&Outputs::new(&work).channel(channel));
        let build = Build::prepare(&outputs[0], &work, channel);
        let start = Instant::now();
        pixi.build(&build).expect("the tool compiles");
        time += start.elapsed();
        let log = fs_err::read_to_string(work.join("debug/build.log")).expect("it was written");
        let found = compiler_cache(&log).expect("statistics are in the log");
        hits += found.0;
        misses += found.1;
    }
    (time, hits, misses)
}

fn workspace() -> Project {
    let members = TOOLS.map(|tool| format!("\"{tool}\"")).join(", ");
    let mut project = Project::new().file(
        "Cargo.toml",
        format!(
            "[workspace]\nmembers = [{members}]\nresolver = \"3\"\n\n[workspace.dependencies]\n\
             serde = {{ version = \"1\", features = [\"derive\"] }}\nserde_json = \"1\"\nregex = \"1\"\n\
             clap = {{ version = \"4\", features = [\"derive\"] }}\n\
             libz-sys = {{ version = \"1\", features = [\"static\"] }}\n"
        ),
    );
    for tool in TOOLS {
        project = project
            .file(
                &format!("{tool}/Cargo.toml"),
                format!(
                    "[package]\nname = \"{tool}\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
                     serde.workspace = true\nserde_json.workspace = true\nregex.workspace = true\n\
                     clap.workspace = true\nlibz-sys.workspace = true\n"
                ),
            )
            .file(&format!("{tool}/src/main.rs"), source(tool))
            .file(&format!("{tool}/pixi.toml"), format!("[package]\nname = \"{tool}\"\n"));
    }
    project.lock()
}

fn source(tool: &str) -> String {
    format!(
        "use clap::Parser;\n\
         #[derive(Parser, serde::Serialize)]\nstruct Arguments {{ pattern: String, text: String }}\n\
         fn main() {{\n    let arguments = Arguments::parse();\n    \
         let found = regex::Regex::new(&arguments.pattern).unwrap().is_match(&arguments.text);\n    \
         let zlib = unsafe {{ libz_sys::zlibCompileFlags() }};\n    \
         println!(\"{tool} {{found}} {{zlib}} {{}}\", serde_json::to_string(&arguments).unwrap());\n}}\n"
    )
}

fn channel(project: &Project) -> Channel {
    let mut channel = Channel::new(project.cache().join("channel"));
    channel.include(toolchain::channel());
    channel.add(Package::new("libmore", "1.0").file("lib/libmore.txt", "more"));
    channel
}

/// Returns the time of one build without the installation of its environments.
fn build(project: &Project, channel: &Channel, tool: &str, work: &str, host: &[&str]) -> Duration {
    let mut initialize = Initialize::member(project, tool);
    for name in host {
        initialize = initialize.dependency("hostDependencies", name, "*");
    }
    let mut pixi = Pixi::start();
    pixi.initialize(&initialize);
    let work = project.build_work(&format!("{tool}-{work}"));
    let outputs = pixi.outputs(&Outputs::new(&work).channel(channel));
    let build = Build::prepare(&outputs[0], &work, channel);
    let start = Instant::now();
    pixi.build(&build).expect("the tool compiles");
    start.elapsed()
}

/// Returns the time that Cargo alone needs, in a separate target directory.
fn cargo(project: &Project, arguments: &[&str]) -> Duration {
    let mut command = Command::new(&machine().cargo);
    forget_cargo(&mut command);
    command
        .args(["build", "--release", "--locked", "--target-dir"])
        .arg(project.cache().join("target"))
        .args(arguments)
        .current_dir(project.dir())
        .env(
            "CARGO_HOME",
            project.cache().join("pixi-build-rust/cargo-home"),
        )
        .env("RUSTC", &machine().rustc);
    let start = Instant::now();
    output(&mut command);
    start.elapsed()
}

fn remove(project: &Project, folder: &str) {
    fs_err::remove_dir_all(project.cache().join(folder)).expect("cargo made it");
}
