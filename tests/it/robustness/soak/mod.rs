//! Rare events: crashes, full disks, many backends at once. Each test has a short form, which
//! always runs, and a long form for `tests/soak.sh`.

mod crash;
mod crowd;
mod disk;

use std::path::Path;

use test_support::archive::Archive;
use test_support::build::Build;
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::requests::{Initialize, Outputs};
use test_support::toolchain;

/// A program with a build script and a crate from the registry.
fn counting() -> Project {
    Project::counts().file("build.rs", "fn main() {}\n")
}

/// A backend whose packages always have the same date.
fn backend(project: &Project) -> Pixi {
    let mut pixi = Pixi::start_with(|command| {
        command.env("SOURCE_DATE_EPOCH", "1700000000");
    });
    pixi.initialize(&Initialize::of(project));
    pixi
}

/// Prepares the environments in `work` and returns the request for a build.
fn prepare(pixi: &mut Pixi, work: &Path) -> Build {
    let outputs = pixi.outputs(&Outputs::new(work).channel(toolchain::channel()));
    Build::prepare(&outputs[0], work, toolchain::channel())
}

/// Builds and returns the bytes of the package.
fn package(project: &Project, work: &Path) -> Vec<u8> {
    let mut pixi = backend(project);
    let build = prepare(&mut pixi, work);
    let answer = pixi.build(&build).unwrap_or_else(|error| {
        panic!("build failed: {error:#}\n{}", pixi.stderr().join("\n"));
    });
    let path = answer["output_file"].as_str().expect("checked");
    fs_err::read(path).expect("it is there")
}

/// Fails if there is an incomplete package.
fn no_half_package(work: &Path) {
    let folder = work.join("output").join("linux-64");
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("own folder").path();
        if path.extension().is_some_and(|ending| ending == "conda") {
            Archive::open(path).check_paths();
        }
    }
}

/// Removes all builds of the workspace.
fn start_over(project: &Project) {
    let pixi = project.dir().join(".pixi");
    fs_err::remove_dir_all(&pixi).expect("own folder");
    fs_err::create_dir_all(pixi.join("scratch-v0")).expect("own folder");
}
