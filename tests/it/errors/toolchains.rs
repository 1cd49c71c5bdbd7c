//! Errors of `--system-toolchain` on a machine without tools.

use test_support::project::Project;

use crate::cli::{pixi_build_rust, text};

/// Returns the error of a build for a platform, on a machine with these variables.
fn refused(project: &Project, platform: &[&str], variables: &[(&str, &str)]) -> String {
    let run = pixi_build_rust()
        .args(["build", "--system-toolchain"])
        .args(platform)
        .arg(project.dir())
        .env("PIXI_CACHE_DIR", project.cache())
        .envs(variables.iter().copied())
        .output()
        .expect("the executable starts");
    assert!(!run.status.success());
    let root = project.dir().display().to_string();
    let stderr = text(&run.stderr).replace(&root, "/ws");
    let start = stderr.find("toolchain::").expect("the code of the error");
    stderr[start..].trim_end().to_string()
}

fn cmake() -> Project {
    Project::of("pixi-build-cmake")
        .pixi_toml("[package]\nname = \"app\"\nversion = \"1.0\"\n")
        .file("CMakeLists.txt", "project(app)\n")
}

#[test]
fn no_rust_toolchain() {
    let nothing = [("PATH", "/nonexistent"), ("RUSTC", "rustc")];
    insta::assert_snapshot!(refused(&Project::hello(), &[], &nothing));
}

#[test]
fn a_toolchain_without_cargo() {
    let project = Project::hello();
    let rustc = project.cache().join("rustc");
    fs_err::write(&rustc, "#!/bin/sh\necho /nonexistent\n").expect("own folder");
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs_err::set_permissions(&rustc, executable).expect("own file");
    let rustc = rustc.display().to_string();
    insta::assert_snapshot!(refused(&project, &[], &[("RUSTC", &rustc)]));
}

#[test]
fn no_cmake() {
    insta::assert_snapshot!(refused(&cmake(), &[], &[("PATH", "/nonexistent")]));
}

#[test]
fn compilers_for_another_platform() {
    let platform = ["--target-platform", "win-arm64"];
    insta::assert_snapshot!(refused(&cmake(), &platform, &[]));
}
