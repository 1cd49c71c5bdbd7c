//! Each build has its own server, which ends with the build.

use std::path::{Path, PathBuf};

use indoc::indoc;
use serde_json::json;

use super::{build, start, tool};
use test_support::build::Build;
use test_support::pixi::Pixi;
use test_support::process::{descendants, kill, wait_for};
use test_support::requests::{Initialize, Outputs};
use test_support::toolchain::{self, Extra};

/// A function that ends a backend.
type End = fn(&mut Pixi);

/// The servers that run in a work directory.
fn servers(work: &Path) -> Vec<PathBuf> {
    let processes = fs_err::read_dir("/proc").expect("Linux").flatten();
    let processes = processes.map(|process| process.path());
    let of_work = processes.filter(|process| {
        let name = fs_err::read_to_string(process.join("comm")).unwrap_or_default();
        let folder = std::fs::read_link(process.join("cwd")).unwrap_or_default();
        name.trim() == "sccache" && folder.starts_with(work)
    });
    of_work.collect()
}

#[test]
fn no_server_is_left_after_a_build() {
    let Some(channel) = toolchain::channel_or_skip(&[Extra::Sccache]) else {
        return;
    };
    let project = tool();
    let done = build(&project, &channel, &[], json!({}));
    done.archive();
    assert_eq!(servers(&done.work), Vec::<PathBuf>::new());

    project.write(
        "part/src/lib.rs",
        indoc! {r#"
        pub fn text() -> u8 {
            "no"
        }
    "#},
    );
    let done = build(&project, &channel, &[], json!({}));
    let error = done.answer.as_ref().expect_err("the crate is broken");
    let message = error["data"]["message"].as_str().expect("a message");
    assert!(message.contains("mismatched types"), "{message}");
    assert_eq!(servers(&done.work), Vec::<PathBuf>::new());
}

#[test]
fn no_server_is_left_when_a_build_is_killed() {
    let Some(channel) = toolchain::channel_or_skip(&[Extra::Sccache]) else {
        return;
    };
    let project = tool().file(
        "build.rs",
        indoc! {"
            fn main() {
                loop { std::thread::park() }
            }
        "},
    );
    let ends: [(&str, End); 4] = [
        ("its client leaves", Pixi::end_input),
        ("it is asked to end", |pixi| kill("-TERM", pixi.id())),
        ("it is killed", |pixi| kill("-KILL", pixi.id())),
        ("the process that works is killed", |pixi| {
            kill("-KILL", descendants(pixi.id())[0]);
        }),
    ];
    for (how, end) in ends {
        let mut pixi = start(&[]);
        let configuration = json!({"compiler-cache": "sccache"});
        let initialize = Initialize::of(&project).configuration(configuration);
        pixi.initialize(&initialize.package("tool", "1.0.0"));
        let work = project.build_work("tool");
        let outputs = pixi.outputs(&Outputs::new(&work).channel(&channel));
        let build = Build::prepare(&outputs[0], &work, &channel);
        pixi.send("conda/build_v1", build.params());
        wait_for("the server", || !servers(&work).is_empty());
        end(&mut pixi);
        pixi.finish();
        wait_for(&format!("the server to end when {how}"), || {
            servers(&work).is_empty()
        });
    }
}

#[test]
fn a_long_path_of_the_work_directory_is_no_obstacle() {
    let Some(channel) = toolchain::channel_or_skip(&[Extra::Sccache]) else {
        return;
    };
    let project = test_support::project::Project::called(&"long/".repeat(24)).with_hello();
    let mut pixi = start(&[]);
    let configuration = json!({"compiler-cache": "sccache"});
    let initialize = Initialize::of(&project).configuration(configuration);
    pixi.initialize(&initialize.package("hello", "0.3.1"));
    pixi.package(&project, &channel, "hello");
    let log = project.build_work("hello").join("debug/build.log");
    let log = fs_err::read_to_string(log).expect("the log was written");
    assert!(log.contains("compiler cache: 0 hits, 0 misses"), "{log}");
}
