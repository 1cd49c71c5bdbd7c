//! The files that messages name, seen from the current directory of the user.

use indoc::indoc;
use serde_json::Value;

use super::{Project, pixi_build_rust, text};

const WORKSPACE: &str = "[workspace]\nchannels = [\"conda-forge\"]\nplatforms = [\"linux-64\"]\n";

const PACKAGE: &str = indoc! {r#"
    [package]
    name = "tool"
    version = "1.0"
    [package.build.backend]
    name = "pixi-build-rust"
"#};

/// A workspace with a package in `crates/tool`, whose manifest ends with `rest`.
fn workspace(rest: &str) -> Project {
    Project::new()
        .file("pixi.toml", WORKSPACE)
        .file("crates/tool/pixi.toml", format!("{PACKAGE}{rest}"))
        .file(
            "crates/tool/Cargo.toml",
            "[package]\nname = \"tool\"\nversion = \"1.0.0\"\nedition = \"2024\"\n",
        )
        .file("crates/tool/src/main.rs", "fn main() {}\n")
}

/// A command line and, indented, what it prints.
fn session(line: &str, printed: &str) -> String {
    let lines = printed.lines().filter(|line| !line.is_empty());
    let lines: String = lines.map(|line| format!("  {line}\n")).collect();
    format!("$ {line}\n{lines}")
}

/// Runs a command line in a directory of the project and returns stdout and stderr.
fn run(project: &Project, folder: &str, line: &str, env: &[(&str, &str)]) -> (String, String) {
    let run = pixi_build_rust()
        .args(line.split(' '))
        .current_dir(project.dir().join(folder))
        .env("PIXI_CACHE_DIR", project.cache())
        .env("GITHUB_WORKSPACE", project.dir())
        .envs(env.iter().copied())
        .output()
        .expect("the executable starts");
    let plain = |bytes: &[u8]| text(bytes).replace(&project.dir().display().to_string(), "/ws");
    (plain(&run.stdout), plain(&run.stderr))
}

#[test]
fn a_mistake_of_a_member_is_in_the_file_of_the_member() {
    let project = workspace("[package.run-dependencies]\nzlib = { versoin = \"1\" }\n");
    let mut told = Vec::new();
    for line in ["build --all", "outputs --all", "explain --all"] {
        let (_, stderr) = run(&project, "", line, &[]);
        told.push(session(line, &stderr));
        let (_, stderr) = run(&project, "", line, &[("GITHUB_ACTIONS", "true")]);
        let annotation = stderr.lines().find(|line| line.starts_with("::error"));
        told.push(annotation.expect("an annotation").to_owned());
        if line != "explain --all" {
            let (stdout, _) = run(&project, "", &format!("{line} --json"), &[]);
            let last = stdout.lines().last().expect("a line");
            let error: Value = serde_json::from_str(last).expect("an object");
            told.push(error["error"]["places"].to_string());
        }
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_warning_about_a_member_is_in_the_file_of_the_member() {
    let project = workspace("[package.run-dependencies]\nzlib = \"1.3\"\n");
    let warnings = |text: &str| -> Vec<String> {
        let warnings = text.lines().filter(|line| line.contains("exactly"));
        warnings.map(str::to_owned).collect()
    };
    let terminal = run(&project, "", "outputs --all", &[]).1;
    let github = run(&project, "", "outputs --all", &[("GITHUB_ACTIONS", "true")]).1;
    insta::assert_snapshot!([warnings(&terminal), warnings(&github)].concat().join("\n"));
}

#[test]
fn a_warning_that_two_packages_have_names_the_package() {
    let manifest = |name: &str| {
        format!(
            "[package]\nname = \"{name}\"\n[package.build.backend]\nname = \"pixi-build-cmake\"\n\
             [package.build.config.env]\nCMAKE_GENERATOR = \"Make\"\n"
        )
    };
    let lists = "project(any VERSION 1.0 LANGUAGES C)\n";
    let project = Project::new()
        .file("pixi.toml", WORKSPACE)
        .file("one/pixi.toml", manifest("one"))
        .file("one/CMakeLists.txt", lists)
        .file("two/pixi.toml", manifest("two"))
        .file("two/CMakeLists.txt", lists);
    let (_, stderr) = run(&project, "", "outputs --all", &[]);
    let warnings = stderr.lines().filter(|line| line.contains("no effect"));
    insta::assert_snapshot!(warnings.collect::<Vec<_>>().join("\n"));
}

#[test]
fn the_manifest_of_the_workspace_is_named_from_where_the_user_is() {
    let project = workspace("");
    project.write("pixi.toml", format!("{WORKSPACE}build-variants = 1\n"));
    let mut told = Vec::new();
    for (folder, path) in [
        ("", "crates/tool"),
        ("crates/tool", "."),
        ("crates", "tool"),
    ] {
        let (_, stderr) = run(&project, folder, &format!("outputs {path}"), &[]);
        let place = stderr.lines().find(|line| line.contains("╭─["));
        told.push(place.expect("a place").trim().to_owned());
        let line = format!("outputs --json {path}");
        let (stdout, stderr) = run(&project, folder, &line, &[("GITHUB_ACTIONS", "true")]);
        let error: Value = serde_json::from_str(&stdout).expect("an object");
        told.push(error["error"]["places"][0]["file"].to_string());
        let annotation = stderr.lines().find(|line| line.starts_with("::error"));
        told.push(annotation.expect("an annotation").to_owned());
    }
    let elsewhere = tempfile::tempdir().expect("a folder");
    let ended = pixi_build_rust()
        .arg("outputs")
        .arg(project.dir().join("crates/tool"))
        .current_dir(elsewhere.path())
        .output()
        .expect("the executable starts");
    let stderr = text(&ended.stderr).replace(&project.dir().display().to_string(), "/ws");
    let place = stderr.lines().find(|line| line.contains("╭─["));
    told.push(place.expect("a place").trim().to_owned());
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_misspelled_backend_is_a_mistake_and_another_one_is_not() {
    let other = |name: &str, backend: &str| {
        let text = PACKAGE.replace("\"tool\"", &format!("\"{name}\""));
        text.replace("pixi-build-rust", backend)
    };
    let project = workspace("").file("ros/pixi.toml", other("talker", "pixi-build-ros"));
    let (stdout, stderr) = run(&project, "", "outputs --all", &[]);
    assert!(stdout.contains("tool"), "{stdout}");
    let mut told = vec![stderr];
    project.write("ros/pixi.toml", other("talker", "pixi-build-pyhton"));
    for line in ["outputs --all", "build --all", "outputs ros"] {
        told.push(session(line, &run(&project, "", line, &[]).1));
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_wrong_directory_is_named_with_what_was_searched() {
    let project = workspace("");
    let lines = [
        "replay nowhere",
        "replay crates",
        "explain nowhere",
        "explain crates",
        "explain crates/tool --work-dir crates",
        "clean nowhere",
        "clean crates",
        "clean crates/tool",
    ];
    let told = |line: &str| {
        let (stdout, stderr) = run(&project, "", line, &[]);
        session(line, &(stdout + &stderr))
    };
    let mut told: Vec<String> = lines.into_iter().map(told).collect();
    // The manifest is above the directory that a user sees in the messages of a build.
    fs_err::create_dir_all(project.dir().join(".pixi/bld/tool")).expect("own folder");
    for line in ["replay .", "clean .pixi/bld/tool"] {
        let (stdout, stderr) = run(&project, "", line, &[]);
        told.push(session(line, &(stdout + &stderr)));
    }
    insta::assert_snapshot!(told.join("\n"));
}

/// A terminal of util-linux, in which the input has ended.
#[cfg(target_os = "linux")]
#[test]
fn a_server_on_a_terminal_says_what_it_waits_for() {
    let program = assert_cmd::cargo::cargo_bin!("pixi-build-rust");
    let on_terminal = std::process::Command::new("script")
        .args(["--quiet", "--return", "--command"])
        .arg(program)
        .arg("/dev/null")
        .stdin(std::process::Stdio::null())
        .output();
    let Ok(on_terminal) = on_terminal else {
        eprintln!("skipped, this machine has no `script`");
        return;
    };
    let told = text(&on_terminal.stdout).replace('\r', "");
    let told = told.replace("^D\u{8}\u{8}", "");
    insta::assert_snapshot!(told.trim());
    let piped = pixi_build_rust().write_stdin("").unwrap();
    assert_eq!(text(&piped.stderr), "");
}
