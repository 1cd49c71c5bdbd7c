//! The life of the process: nothing outlives it.

use std::path::Path;
use std::time::{Duration, Instant};

use super::support::build::Build;
use super::support::pixi::Pixi;
use super::support::project::Project;
use super::support::requests::{Initialize, Outputs};
use super::support::toolchain;

/// A crate whose build script never ends. It leaves its process number behind.
fn endless() -> Project {
    Project::hello().file(
        "build.rs",
        "fn main() {\n    \
            let pid = std::process::id().to_string();\n    \
            std::fs::write(\"../pid.part\", pid).unwrap();\n    \
            std::fs::rename(\"../pid.part\", \"../pid\").unwrap();\n    \
            loop { std::thread::park() }\n}\n",
    )
}

/// Asks for a build and waits until its build script runs.
fn start_building(project: &Project, pixi: &mut Pixi) -> u32 {
    pixi.initialize(&Initialize::of(project).package("hello", "0.3.1"));
    let work = project.build_work("hello");
    let outputs = pixi.outputs(&Outputs::new(&work).channel(toolchain::channel()));
    let build = Build::prepare(&outputs[0], &work, toolchain::channel());
    pixi.send("conda/build_v1", build.params());
    let file = project.dir().join("../pid");
    wait_for("the build script to start", || file.is_file());
    let pid = fs_err::read_to_string(file).expect("the script wrote it");
    pid.parse().expect("a process number")
}

fn kill(signal: &str, pid: u32) {
    let mut kill = std::process::Command::new("kill");
    let killed = kill.args([signal, &pid.to_string()]).status();
    assert!(killed.expect("kill can be run").success());
}

/// Looks again and again; a machine under load may need a while.
pub(crate) fn wait_for(what: &str, mut happened: impl FnMut() -> bool) {
    let start = Instant::now();
    while !happened() {
        assert!(
            start.elapsed() < Duration::from_secs(120),
            "waited for {what}"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn is_running(pid: u32) -> bool {
    let stat = fs_err::read_to_string(Path::new("/proc").join(pid.to_string()).join("stat"));
    // A zombie is dead already, only nobody has asked how it ended.
    stat.is_ok_and(|stat| !stat.contains(") Z "))
}

#[test]
fn a_build_ends_with_its_client() {
    let project = endless();
    let mut pixi = Pixi::start();
    let script = start_building(&project, &mut pixi);
    assert!(is_running(script));
    pixi.end_input();
    let ended = pixi.finish();
    assert!(ended.status.success(), "{:?}", ended.status);
    wait_for("the build script to end", || !is_running(script));
}

#[test]
fn a_build_ends_with_a_signal() {
    let project = endless();
    let mut pixi = Pixi::start();
    let script = start_building(&project, &mut pixi);
    kill("-TERM", pixi.id());
    let ended = pixi.finish();
    assert_eq!(ended.status.code(), Some(143));
    wait_for("the build script to end", || !is_running(script));
}

#[test]
fn a_build_ends_when_the_backend_is_killed() {
    let project = endless();
    let mut pixi = Pixi::start();
    let script = start_building(&project, &mut pixi);
    let children = descendants(pixi.id());
    assert!(children.contains(&script), "{children:?}");
    kill("-KILL", pixi.id());
    let ended = pixi.finish();
    assert_eq!(ended.status.code(), None, "it had no time to say anything");
    wait_for("everything to end", || {
        !children.iter().any(|pid| is_running(*pid))
    });
}

#[test]
fn a_build_ends_when_the_process_that_works_is_killed() {
    let project = endless();
    let mut pixi = Pixi::start();
    let script = start_building(&project, &mut pixi);
    let children = descendants(pixi.id());
    assert!(children.contains(&script), "{children:?}");
    kill("-KILL", children[0]);
    let ended = pixi.finish();
    assert_eq!(ended.status.code(), Some(137));
    wait_for("everything to end", || {
        !children.iter().any(|pid| is_running(*pid))
    });
}

/// The processes below `pid`, parents before their children.
fn descendants(pid: u32) -> Vec<u32> {
    let mut found = vec![pid];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        next += 1;
        let tasks = fs_err::read_dir(format!("/proc/{parent}/task"));
        for task in tasks.into_iter().flatten().flatten() {
            let children = fs_err::read_to_string(task.path().join("children"));
            let children = children.unwrap_or_default();
            found.extend(
                children
                    .split(' ')
                    .filter_map(|pid| pid.parse::<u32>().ok()),
            );
        }
    }
    found.remove(0);
    found
}
