//! The output of a build for the user, for programs and for GitHub.

use indoc::indoc;
use serde_json::Value;

use super::{Project, pixi_build_rust, text};
use test_support::cli_command::CliCommand;
use test_support::machine::machine;
use test_support::toolchain;

/// Builds with `arguments` and returns the exit code, stdout and stderr, without text that
/// differs from run to run.
fn build(project: &Project, arguments: &[&str], env: &[(&str, &str)]) -> (i32, String, String) {
    let run = pixi_build_rust()
        .args(["build", "--system-toolchain"])
        .args(arguments)
        .arg(project.dir())
        .env("PIXI_CACHE_DIR", project.cache())
        .env("GITHUB_WORKSPACE", project.dir())
        .envs(env.iter().copied())
        .output()
        .expect("the executable starts");
    let plain = |bytes: &[u8]| {
        let text = text(bytes).replace(&project.dir().display().to_string(), "<project>");
        let lines = text.lines().map(|line| {
            let words = line.split_inclusive(' ');
            let mut plain = String::new();
            for word in words {
                let is_time = word.contains('.') && word.trim().parse::<f32>().is_ok();
                plain.push_str(if is_time { "<time> " } else { word });
            }
            plain + "\n"
        });
        lines.collect::<String>()
    };
    let code = run.status.code().expect("no signal");
    (code, plain(&run.stdout), plain(&run.stderr))
}

fn with_license() -> Project {
    Project::hello().file("LICENSE", "the text\n")
}

#[test]
fn people_see_steps_with_their_times() {
    let (_, _, stderr) = build(&with_license(), &[], &[]);
    insta::with_settings!({filters => [(r"target\(s\) in [0-9.]+s", "target(s) in <time>")]}, {
        insta::assert_snapshot!(stderr);
    });
}

#[test]
fn programs_get_an_object_for_each_step_and_last_the_packages() {
    let project = with_license();
    let (code, stdout, _) = build(&project, &["--json"], &[]);
    assert_eq!(code, 0);
    let lines: Vec<Value> = stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("one object a line"))
        .collect();
    let package = &lines.last().expect("lines")["packages"][0];
    let path = package["path"].as_str().expect("a path");
    let path = path.replace("<project>", &project.dir().display().to_string());
    let archive = fs_err::read(path).expect("the archive exists");
    let digest = rattler_digest::compute_bytes_digest::<rattler_digest::Sha256>(&archive);
    assert_eq!(package["sha256"], hex::encode(digest));
    assert_eq!(package["size"], archive.len());
    let filters = [
        (r#""seconds":[0-9.]+"#, r#""seconds":<time>"#),
        (
            r#""sha256":"[0-9a-f]{64}","size":[0-9]+"#,
            r#""sha256":<digest>,"size":<size>"#,
        ),
    ];
    insta::with_settings!({filters => filters}, {
        insta::assert_snapshot!(stdout);
    });
}

#[test]
fn environments_are_shown_when_they_are_solved() {
    let project = with_license();
    let ended = CliCommand::build(&project, "")
        .channel(toolchain::channel())
        .args(["--json"])
        .run();
    let step = ended
        .stderr()
        .split("╭─ ")
        .find(|step| step.starts_with("solving"));
    let filters = [
        (r"[0-9]+\.[0-9.]+", "<number>"),
        (r"[0-9a-f]{16}", "<channel>"),
        (r"[a-z0-9]+_0", "<build>"),
        (r" {2,}", "  "),
    ];
    insta::with_settings!({filters => filters}, {
        insta::assert_snapshot!(step.expect("it was solved"));
    });
    let environments: Vec<Value> = ended
        .stdout()
        .lines()
        .map(|line| serde_json::from_str(line).expect("one object a line"))
        .filter(|object: &Value| object["event"] == "environment")
        .collect();
    let [build, host] = environments.as_slice() else {
        panic!("two environments, not {environments:?}");
    };
    assert_eq!(build["environment"], "build");
    let packages = build["packages"].as_array().expect("a list");
    let rust = packages.iter().find(|package| package["name"] == "rust");
    assert_eq!(
        rust.expect("there is rust")["version"],
        machine().rust_version
    );
    assert_eq!(host["environment"], "host");
}

#[test]
fn colors_are_there_when_they_are_asked_for() {
    let project = with_license();
    let stderr = |name: &str| {
        let run = pixi_build_rust()
            .args(["build", "--system-toolchain"])
            .arg(project.dir())
            .env("PIXI_CACHE_DIR", project.cache())
            .env_remove("NO_COLOR")
            .env(name, "true")
            .unwrap();
        text(&run.stderr)
    };
    assert!(stderr("CLICOLOR_FORCE").contains('\u{1b}'));
    assert!(!stderr("GITHUB_ACTIONS").contains('\u{1b}'));
    assert!(!stderr("NO_COLOR").contains('\u{1b}'));
}

#[test]
fn the_last_line_for_programs_is_the_error() {
    let project = with_license().file("src/main.rs", "fn main() { missing() }\n");
    let (code, stdout, _) = build(&project, &["--json"], &[]);
    assert_eq!(code, 1);
    insta::assert_snapshot!(stdout.lines().last().expect("lines"));
}

#[test]
fn github_gets_groups_and_no_color() {
    let (_, stdout, stderr) = build(&with_license(), &[], &[("GITHUB_ACTIONS", "true")]);
    assert!(stdout.ends_with(".conda\n"), "{stdout}");
    let commands: Vec<&str> = stderr
        .lines()
        .filter(|line| !line.starts_with('+'))
        .collect();
    insta::with_settings!({filters => [(r"target\(s\) in [0-9.]+s", "target(s) in <time>")]}, {
        insta::assert_snapshot!(commands.join("\n"));
    });
}

#[test]
fn github_shows_compiler_errors_at_their_lines() {
    // rustc runs in the root of the Cargo workspace and prints paths relative to this root.
    let project = Project::new()
        .file(
            "Cargo.toml",
            indoc! {r#"
                [workspace]
                members = ["tool"]
                resolver = "3"
            "#},
        )
        .file(
            "tool/Cargo.toml",
            indoc! {r#"
                [package]
                name = "tool"
                version = "1.0.0"
                edition = "2024"
            "#},
        )
        .file(
            "tool/src/main.rs",
            indoc! {r#"
                fn main() {
                    missing();
                    let x: u8 = "";
                }
            "#},
        )
        .file(
            "tool/pixi.toml",
            indoc! {r#"
                [package]
                name = "tool"

                [package.build.backend]
                name = "pixi-build-rust"
            "#},
        )
        .lock();
    let run = pixi_build_rust()
        .args(["build", "--system-toolchain"])
        .arg(project.dir().join("tool"))
        .env("PIXI_CACHE_DIR", project.cache())
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_WORKSPACE", project.dir())
        .assert()
        .code(1);
    let stderr = text(&run.get_output().stderr);
    let annotations: Vec<&str> = stderr
        .lines()
        .filter(|line| line.starts_with("::error"))
        .collect();
    insta::assert_snapshot!(annotations.join("\n"));
}

#[test]
fn github_shows_a_mistake_where_it_was_made() {
    let project = with_license().pixi_toml(indoc! {r#"
            [package]
            name = "hello"

            [package.build.backend]
            name = "pixi-build-rust"

            [package.build.config]
            extra-arg = []
        "#});
    let (code, _, stderr) = build(&project, &[], &[("GITHUB_ACTIONS", "true")]);
    assert_eq!(code, 1);
    let annotation = stderr.lines().find(|line| line.starts_with("::error"));
    insta::assert_snapshot!(annotation.expect("an annotation"));
}

#[test]
fn a_warning_about_a_manifest_has_its_place_everywhere() {
    let project = with_license().pixi_toml(indoc! {r#"
            [package]
            name = "hello"

            [package.build.backend]
            name = "pixi-build-rust"

            [package.run-dependencies]
            zlib = "1.3"
        "#});
    let shown = |line: &str| line.replace(&project.dir().display().to_string(), "/ws");
    let warning = |text: &str, sign: &str| {
        let line = text.lines().find(|line| line.contains(sign));
        shown(line.expect("a warning"))
    };
    let (_, stdout, stderr) = build(&project, &["--json"], &[]);
    insta::assert_snapshot!(
        [
            warning(&stderr, "exactly"),
            warning(&stdout, "exactly"),
            warning(
                &build(&project, &[], &[("GITHUB_ACTIONS", "true")]).2,
                "::warning"
            ),
        ]
        .join("\n")
    );
}

#[test]
fn a_command_line_that_makes_no_sense_is_an_error_for_programs_too() {
    let run = pixi_build_rust()
        .args(["build", "--json", "--work-dri", "x"])
        .assert()
        .code(2);
    insta::assert_snapshot!(text(&run.get_output().stdout));
}

#[cfg(unix)]
#[test]
fn a_build_that_is_interrupted_says_so() {
    use std::io::{BufRead, BufReader, Read};

    let project = with_license().file("build.rs", "fn main() { loop { std::thread::park() } }\n");
    let mut process = std::process::Command::new(assert_cmd::cargo::cargo_bin!("pixi-build-rust"))
        .args(["build", "--json", "--system-toolchain"])
        .arg(project.dir())
        .env("PIXI_CACHE_DIR", project.cache())
        .env_remove("GITHUB_ACTIONS")
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the executable starts");
    // The first line of cargo means that the script is running.
    let mut stderr = BufReader::new(process.stderr.take().expect("piped")).lines();
    stderr
        .find(|line| line.as_ref().is_ok_and(|line| line.contains("Compiling")))
        .expect("cargo compiles")
        .expect("stderr is text");
    let interrupted = std::process::Command::new("kill")
        .args(["-INT", &process.id().to_string()])
        .status();
    assert!(interrupted.expect("kill exists").success());
    let mut stdout = String::new();
    let mut pipe = process.stdout.take().expect("piped");
    pipe.read_to_string(&mut stdout).expect("stdout is text");
    let status = process.wait().expect("it ends");
    assert_eq!(status.code(), Some(130));
    let steps = stdout.lines().filter(|line| line.contains("step-finished"));
    let steps: Vec<Value> = steps
        .map(|line| serde_json::from_str(line).expect("one object a line"))
        .collect();
    assert_eq!(steps.len(), 2, "{stdout}");
    for step in steps {
        assert_eq!(
            (&step["failed"], &step["interrupted"]),
            (&true.into(), &true.into())
        );
    }
    let told: Vec<String> = stderr.map_while(Result::ok).collect();
    let ends = told
        .iter()
        .filter(|line| line.contains("╰─ interrupted after"));
    assert_eq!(ends.count(), 2, "{told:?}");
    insta::assert_snapshot!(stdout.lines().last().expect("lines"));
}
