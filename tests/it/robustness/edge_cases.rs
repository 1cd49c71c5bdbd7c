//! Builds under unusual conditions. The backend always responds, and a build that can succeed
//! succeeds.

use indoc::indoc;
use serde_json::{Value, json};

use test_support::build::Build;
use test_support::channel::Channel;
use test_support::packages::Package;
use test_support::pixi::Pixi;
use test_support::project::Project;
use test_support::requests::{Initialize, Outputs};
use test_support::toolchain;

/// Builds with this channel and configuration.
fn build(project: &Project, channel: &Channel, configuration: Value) -> Result<Value, Value> {
    let mut pixi = Pixi::start();
    pixi.initialize(&Initialize::of(project).configuration(configuration));
    let work = project.build_work("hello");
    let outputs = pixi.outputs(&Outputs::new(&work).channel(channel));
    let build = Build::prepare(&outputs[0], &work, channel);
    pixi.build(&build)
}

fn log(project: &Project) -> String {
    let log = project.build_work("hello").join("debug/build.log");
    fs_err::read_to_string(log).expect("the log is text")
}

#[test]
fn output_that_is_no_text_ends_neither_log_nor_build() {
    let project = Project::hello();
    let cargo = "printf 'before \\377\\376 \\303\\050\\n'; echo after\n";
    let channel = toolchain::with_cargo(project.cache(), cargo);
    build(&project, &channel, json!({})).expect("the build is good");
    let log = log(&project);
    assert!(log.contains("before \u{fffd}"), "{log}");
    assert!(log.contains("after"), "{log}");
}

#[test]
fn every_build_has_a_log_of_its_own() {
    let project = Project::hello();
    let cargo = "[ \"$1\" = install ] && echo installing now\nexit 0\n";
    let channel = toolchain::with_cargo(project.cache(), cargo);
    for _ in 0..3 {
        build(&project, &channel, json!({})).expect("the build is good");
        let log = log(&project);
        assert_eq!(log.matches("\ninstalling now").count(), 1, "{log}");
    }
}

#[test]
fn a_cache_without_statistics_is_no_mistake() {
    let project = Project::hello();
    let mut channel = toolchain::with_cargo(project.cache(), "");
    let sccache = indoc! {"
        #!/bin/sh
        echo no statistics >&2
        exit 7
    "};
    channel.add(Package::new("sccache", "0.1.0").executable("bin/sccache", sccache));
    let configuration = json!({"env": {"SCCACHE_DIR": project.cache()}});
    build(&project, &channel, configuration).expect("the build is good");
}

#[test]
fn a_work_directory_of_any_length_has_an_answer() {
    let project = Project::hello();
    let channel = toolchain::with_cargo(project.cache(), "");
    let mut pixi = Pixi::start();
    pixi.initialize(&Initialize::of(&project));
    let long = ["a".repeat(120), "b".repeat(120), "c".repeat(60)].join("/");
    let long = project.build_work(&long);
    let outputs = pixi.outputs(&Outputs::new(&long).channel(&channel));
    // conda prefixes do not fit into this directory, so they are elsewhere.
    let build = Build::prepare(&outputs[0], &project.build_work("hello"), &channel);
    let build = build.set("workDirectory", json!(long));
    pixi.build(&build).expect("the build is good");
}

#[test]
fn a_work_directory_that_cannot_be_has_an_answer() {
    let project = Project::hello();
    let mut pixi = Pixi::start();
    pixi.initialize(&Initialize::of(&project));
    for impossible in ["a".repeat(300), "b/".repeat(3000)] {
        let work = project.build_work(&impossible);
        // Requests for outputs do not need the directory, and their debug files are optional.
        let outputs = pixi.outputs(&Outputs::new(&work));
        let metadata = &outputs[0]["metadata"];
        let params = json!({
            "channels": [],
            "output": {"name": "hello", "subdir": metadata["subdir"], "variant": metadata["variant"]},
            "workDirectory": work,
        });
        let error = pixi
            .request("conda/build_v1", params)
            .expect_err("nothing can be there");
        assert_eq!(error["data"]["code"], "io::write", "{error:#}");
    }
}
