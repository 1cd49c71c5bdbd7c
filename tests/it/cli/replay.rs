//! A recorded build can run again, even after its environments were removed.

use std::path::Path;
use std::process::Output;

use serde_json::json;

use super::{Project, pixi_build_rust, text};
use test_support::archive::Archive;
use test_support::build::Build;
use test_support::cli_command::CliCommand;
use test_support::machine::machine;
use test_support::pixi::Pixi;
use test_support::requests::{Initialize, Outputs};
use test_support::toolchain;

fn replay(project: &Project, folder: &Path) -> Output {
    pixi_build_rust()
        .arg("replay")
        .arg(folder)
        .env("PIXI_CACHE_DIR", project.cache())
        .output()
        .expect("the executable starts")
}

#[track_caller]
fn replayed(project: &Project, folder: &Path) -> Archive {
    let run = replay(project, folder);
    assert!(run.status.success(), "{}", text(&run.stderr));
    Archive::open(text(&run.stdout).trim())
}

/// Removes both prefixes of a work directory.
fn forget_environments(work: &Path) {
    let mut removed = 0;
    for entry in fs_err::read_dir(work).expect("it was built") {
        let path = entry.expect("readable").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name == "bld" || name.starts_with("host") {
            fs_err::remove_dir_all(&path).expect("it can be removed");
            removed += 1;
        }
    }
    assert_eq!(removed, 2, "both prefixes");
}

#[test]
fn environments_are_installed_again_from_the_record() {
    let project = Project::hello().file("LICENSE", "the text\n");
    let first = CliCommand::build(&project, "")
        .channel(toolchain::channel())
        .package();
    let depends = first.index()["depends"].clone();
    let work = project.dir().join(".pixi/bld/hello");
    forget_environments(&work);
    fs_err::remove_file(first.path()).expect("it can be removed");
    let recorded = |name: &str| {
        work.join("debug")
            .join(format!("conda_build_v1_{name}.json"))
    };
    // As if the first build had failed.
    fs_err::rename(recorded("response"), recorded("error")).expect("it was built");
    let again = replayed(&project, &work.join("debug"));
    assert!(recorded("response").is_file() && !recorded("error").exists());
    assert_eq!(again.path(), first.path());
    assert_eq!(again.files(), ["bin/hello"]);
    assert_eq!(again.index()["depends"], depends);
}

#[test]
fn the_machines_toolchain_is_found_again() {
    let project = Project::hello();
    let run = pixi_build_rust()
        .args(["build", "--system-toolchain"])
        .arg(project.dir())
        .env("PIXI_CACHE_DIR", project.cache())
        .unwrap();
    assert!(run.status.success());
    let builds = project.dir().join(".pixi/bld/hello");
    for folder in [&builds, project.dir()] {
        forget_environments(&builds.join("system-toolchain"));
        assert_eq!(replayed(&project, folder).files(), ["bin/hello"]);
    }
}

#[test]
fn what_pixi_asked_for_can_be_replayed_too() {
    let project = Project::hello();
    let work = project.build_work("hello");
    let mut pixi = Pixi::start();
    pixi.initialize(&Initialize::of(&project).package("hello", "0.3.1"));
    let outputs = pixi.outputs(&Outputs::new(&work).channel(toolchain::channel()));
    let build = Build::prepare(&outputs[0], &work, toolchain::channel());
    pixi.build(&build).expect("it builds");
    pixi.end_input();
    assert!(pixi.finish().status.success());
    forget_environments(&work);
    assert_eq!(replayed(&project, &work).files(), ["bin/hello"]);
    // The directory of the package, in which pixi has a directory for each build.
    let builds = work.parent().expect("pixi's directory of the package");
    assert_eq!(replayed(&project, builds).files(), ["bin/hello"]);
}

/// Returns the error of a replay that is refused, with this exit code.
fn refused(project: &Project, code: i32) -> String {
    let run = replay(project, project.dir());
    assert_eq!(run.status.code(), Some(code));
    let root = project.dir().display().to_string();
    text(&run.stderr)
        .replace(&root, "/ws")
        .trim_end()
        .to_string()
}

#[test]
fn a_folder_without_a_record_is_a_mistake_on_the_command_line() {
    insta::assert_snapshot!(refused(&Project::hello(), 2));
}

#[test]
fn a_record_of_another_machine_or_project_is_refused() {
    let project = Project::hello();
    let debug = project.dir().join(".pixi/bld/hello/debug");
    fs_err::create_dir_all(&debug).expect("own folder");
    let moved =
        json!({"manifestPath": "/home/user/old/pixi.toml", "sourceDirectory": "/home/user/old"});
    let initialize = debug.join("initialize_params.json");
    fs_err::write(&initialize, moved.to_string()).expect("own folder");
    fs_err::write(debug.join("backend.json"), "\"pixi-build-rust\"").expect("own folder");
    let prefix = |platform: &str| json!({"prefix": "/p", "platform": platform, "dependencies": [], "packages": []});
    let build = |platform: &str| {
        json!({
            "channels": [], "workDirectory": project.dir().join(".pixi/bld/hello"),
            "buildPrefix": prefix(platform), "hostPrefix": prefix(platform),
            "output": {"name": "hello", "version": "0.3.1", "build": "h1_0", "subdir": platform, "variant": {}},
        })
    };
    let record = debug.join("conda_build_v1_params.json");
    for (content, code) in [
        (build(machine().subdir.as_str()).to_string(), 2),
        (build("win-arm64").to_string(), 2),
        ("{\"channels\":".to_string(), 1),
    ] {
        fs_err::write(&record, content).expect("own folder");
        insta::assert_snapshot!(refused(&project, code));
    }
}
