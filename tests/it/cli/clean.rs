//! The command `clean`, and the limits for the sizes of caches.

use std::fs::File;
use std::path::PathBuf;

use indoc::indoc;

use super::{pixi_build_rust, text};
use test_support::project::Project;

fn build(project: &Project) -> String {
    let run = pixi_build_rust()
        .args(["build", "--system-toolchain"])
        .arg(project.dir())
        .env("PIXI_CACHE_DIR", project.cache())
        .unwrap();
    text(&run.stderr)
}

fn clean(project: &Project, arguments: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = pixi_build_rust();
    command.arg("clean").args(arguments).arg(project.dir());
    command.env("PIXI_CACHE_DIR", project.cache()).assert()
}

fn shared(project: &Project) -> PathBuf {
    project.dir().join(".pixi/scratch-v0/pixi-build-rust/plain")
}

#[test]
fn clean_removes_what_builds_left() {
    let project = Project::hello();
    build(&project);
    let artifacts = shared(&project).join("target");
    let work = project.dir().join(".pixi/bld/hello/system-toolchain/work");
    let downloads = project.cache().join("pixi-build-rust/cargo-home");
    let pixis = project.build_work("hello").join("work");
    let kept = project.dir().join(".pixi/artifacts-v0/hello/key");
    for folder in [&pixis, &kept] {
        fs_err::create_dir_all(folder).expect("own folder");
        fs_err::write(folder.join("a file"), "its text").expect("own folder");
    }
    fs_err::write(pixis.with_file_name(".lock"), "").expect("own folder");
    fs_err::create_dir_all(&downloads).expect("own folder");

    let said = clean(&project, &["--dry-run"]).success();
    let said = text(&said.get_output().stdout);
    assert_eq!(said.matches("would remove").count(), 4, "{said}");
    assert!(artifacts.is_dir() && work.is_dir() && pixis.is_dir() && kept.is_dir());

    let said = clean(&project, &[]).success();
    let said =
        text(&said.get_output().stdout).replace(&project.dir().display().to_string(), "<project>");
    insta::with_settings!({filters => [(r"[\d.]+ [KMG]?i?B in", "<size> in")]}, {
        insta::assert_snapshot!(said);
    });
    assert!(!artifacts.exists() && !work.exists());
    assert!(!pixis.exists() && !kept.exists() && downloads.is_dir());
    let again = clean(&project, &[]).success();
    let again = text(&again.get_output().stdout);
    assert!(again.starts_with("nothing to remove in "), "{again}");
    assert!(
        !build(&project).is_empty(),
        "what was removed is made again"
    );

    let compilations = downloads.with_file_name("sccache").join("0/1");
    fs_err::write(downloads.join("a crate"), "").expect("own folder");
    fs_err::create_dir_all(&compilations).expect("own folder");
    clean(&project, &["--user"]).success();
    assert!(!downloads.join("a crate").exists());
    assert!(!compilations.exists());
}

#[test]
fn nothing_is_removed_that_a_build_uses() {
    let project = Project::hello();
    build(&project);
    let lock = File::open(shared(&project).join("lock")).expect("a build was here");
    lock.lock().expect("nobody else is here");
    let said = clean(&project, &[]).code(1);
    let said =
        text(&said.get_output().stderr).replace(&project.dir().display().to_string(), "<project>");
    insta::assert_snapshot!(said);
    assert!(shared(&project).join("target").is_dir());
}

#[test]
fn artifacts_above_the_limit_are_removed() {
    let project = Project::hello().pixi_toml(indoc! {r#"
            [package]
            name = "hello"

            [package.build.config]
            artifact-limit = "10 kB"

            [package.build.backend]
            name = "pixi-build-rust"
        "#});
    const COMPILED: &str = "Compiling hello";
    assert!(build(&project).contains(COMPILED));
    // The backend measures the size at most once an hour.
    assert!(!build(&project).contains(COMPILED));
    fs_err::remove_file(shared(&project).join("weighed")).expect("a build was here");
    let said = build(&project);
    assert!(said.contains("is more than 9.8 KiB"), "{said}");
    assert!(said.contains(COMPILED), "{said}");
}
