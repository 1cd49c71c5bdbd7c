//! The end of the process, which also ends all processes that it started.

use indoc::indoc;

use test_support::build::Build;
use test_support::pixi::Pixi;
use test_support::process::{descendants, is_running, kill, wait_for};
use test_support::project::Project;
use test_support::requests::{Initialize, Outputs};
use test_support::toolchain;

/// A crate whose build script never ends. The script writes its process ID to a file.
fn endless() -> Project {
    Project::hello().file(
        "build.rs",
        indoc! {r#"
            fn main() {
                let pid = std::process::id().to_string();
                std::fs::write("../pid.part", pid).unwrap();
                std::fs::rename("../pid.part", "../pid").unwrap();
                loop { std::thread::park() }
            }
        "#},
    )
}

/// Requests a build, waits until its build script runs, and returns the process ID of the
/// script.
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
    for (signal, code) in [("-TERM", 143), ("-INT", 130), ("-HUP", 129)] {
        let project = endless();
        // The process that runs the tests may ignore SIGHUP.
        let mut pixi = Pixi::start_by("env", &["--default-signal=HUP"]);
        let script = start_building(&project, &mut pixi);
        kill(signal, pixi.id());
        let ended = pixi.finish();
        assert_eq!(ended.status.code(), Some(code));
        wait_for("the build script to end", || !is_running(script));
    }
}

/// With `nohup`, the backend continues when the terminal closes.
#[test]
fn a_build_that_is_to_survive_its_terminal_does() {
    let project = endless();
    let mut pixi = Pixi::start_by("nohup", &[]);
    let script = start_building(&project, &mut pixi);
    kill("-HUP", pixi.id());
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

#[test]
fn a_client_that_reads_no_more_is_no_mistake() {
    use std::io::Write;
    use std::process::{Command, Stdio};

    let mut backend = Command::new(assert_cmd::cargo::cargo_bin!("pixi-build-rust"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the executable starts");
    drop(backend.stdout.take());
    let mut input = backend.stdin.take().expect("a pipe");
    let question = r#"{"jsonrpc":"2.0","id":1,"method":"negotiateCapabilities","params":{}}"#;
    writeln!(input, "{question}").expect("the backend reads");
    let ended = backend
        .wait_with_output()
        .expect("it ends although its input does not");
    drop(input);
    assert!(ended.status.success(), "{:?}", ended.status);
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
}
