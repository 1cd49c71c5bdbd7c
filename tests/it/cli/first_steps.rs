//! Commands that a new user tries, and their output.

use indoc::{formatdoc, indoc};

use super::{pixi_build_rust, text};
use test_support::cli_command::CliCommand;
use test_support::project::Project;
use test_support::toolchain;

/// Returns the exit code, stdout and stderr, with `/ws` in place of the path of the project.
fn run(project: &Project, arguments: &[&str]) -> (i32, String, String) {
    let run = pixi_build_rust()
        .args(arguments)
        .current_dir(project.dir())
        .env("PIXI_CACHE_DIR", project.cache())
        .output()
        .expect("the executable starts");
    let root = project.dir().display().to_string();
    let shown = |bytes: &[u8]| text(bytes).replace(&root, "/ws");
    let code = run.status.code().expect("no signal ended it");
    (code, shown(&run.stdout), shown(&run.stderr))
}

const BACKEND: &str = "[package.build.backend]\nname = \"pixi-build-rust\"\n";

/// A workspace with two crates. Each has the manifest `manifest`.
fn crates(manifest: Option<&str>) -> Project {
    let mut project = Project::new().file(
        "pixi.toml",
        indoc! {"
            [workspace]
            channels = []
            platforms = []
        "},
    );
    for name in ["one", "two"] {
        let cargo = formatdoc!(
            r#"
            [package]
            name = "{name}"
            version = "1.0.0"
        "#
        );
        project = project
            .file(&format!("{name}/Cargo.toml"), cargo)
            .file(&format!("{name}/src/main.rs"), "fn main() {}\n");
        if let Some(manifest) = manifest {
            project = project.file(&format!("{name}/pixi.toml"), manifest);
        }
    }
    project
}

#[test]
fn a_path_that_does_not_exist_is_the_first_thing_said() {
    let (code, _, stderr) = run(&Project::new(), &["build", "/nope"]);
    assert_eq!(code, 1);
    assert!(stderr.contains("× `/nope` does not exist"), "{stderr}");
    assert!(!stderr.contains("mistake"), "{stderr}");
    let (_, stdout, _) = run(&Project::new(), &["build", "/nope", "--json"]);
    assert!(
        stdout.contains("\"message\":\"`/nope` does not exist\""),
        "{stdout}"
    );
}

#[test]
fn commands_for_all_packages_are_about_all_packages() {
    let project = crates(Some(BACKEND));
    let (code, stdout, _) = run(&project, &["outputs", "--all"]);
    assert_eq!(code, 0);
    let names: Vec<&str> = stdout
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(names, ["Name", "one", "two"]);
    let (code, stdout, _) = run(&project, &["explain", "--all"]);
    assert_eq!(code, 0);
    assert_eq!(
        stdout.matches("pixi asks for the metadata again").count(),
        2
    );
    let (code, stdout, _) = run(&project, &["clean", "--all"]);
    let nothing = "nothing to remove in `/ws/.pixi`\n";
    assert_eq!((code, stdout.as_str()), (0, nothing));
}

#[test]
fn a_workspace_without_manifests_of_packages_is_told_where_they_belong() {
    for command in ["build", "outputs", "explain"] {
        let (code, _, stderr) = run(&crates(None), &[command, "--all"]);
        assert_eq!(code, 1);
        assert!(stderr.starts_with("build::no_members"), "{stderr}");
        assert!(
            stderr.contains("no manifest says how to build `one` and `two`"),
            "{stderr}"
        );
    }
}

#[test]
fn channels_mean_nothing_to_the_tools_of_the_machine() {
    let arguments = ["build", "--system-toolchain", "--channel", "conda-forge"];
    let (code, _, stderr) = run(&Project::hello(), &arguments);
    assert_eq!(code, 2);
    assert!(
        stderr.contains("'--system-toolchain' cannot be used with '--channel"),
        "{stderr}"
    );
}

#[test]
fn a_misspelled_platform_has_one_suggestion() {
    let (code, _, stderr) = run(
        &Project::hello(),
        &["build", "--target-platform", "linux64"],
    );
    assert_eq!(code, 2);
    assert!(stderr.contains("did you mean `linux-64`?"), "{stderr}");
    assert!(
        stderr.lines().all(|line| line.chars().count() <= 100),
        "{stderr}"
    );
}

#[test]
fn two_kinds_of_build_keep_their_packages_apart() {
    let channel = toolchain::channel().url();
    let project = Project::hello()
        .file("LICENSE", "the text\n")
        .pixi_toml(&formatdoc!(
            r#"
            [workspace]
            channels = ["{channel}"]
            platforms = []

            [package]
            name = "hello"

            {BACKEND}"#
        ));
    let (code, own, stderr) = run(&project, &["build", "--system-toolchain"]);
    assert_eq!(code, 0, "{stderr}");
    let archive = CliCommand::build(&project, "").package();
    let own = project.dir().join(own.trim().trim_start_matches("/ws/"));
    assert!(own.is_file() && own != archive.path());
    assert_eq!(own.file_name(), archive.path().file_name());

    let dist = project.dir().join("dist").display().to_string();
    CliCommand::build(&project, "")
        .args(["--output-dir", &dist])
        .package();
    let arguments = ["build", "--system-toolchain", "--output-dir", "dist"];
    let (code, _, stderr) = run(&project, &arguments);
    assert_eq!(code, 2, "{stderr}");
    let start = stderr.find("usage::").expect("an error");
    insta::assert_snapshot!(stderr[start..].trim_end());
}

#[test]
fn a_failed_script_is_explained_and_nothing_else() {
    let project = Project::hello().file("src/main.rs", "fn main() { missing() }\n");
    let (_, _, stderr) = run(&project, &["build", "--system-toolchain"]);
    assert!(stderr.contains("build::compile_error"), "{stderr}");
    assert!(!stderr.contains("Script failed with status"), "{stderr}");
    assert!(!stderr.contains("placehold"), "{stderr}");
    let work = project.dir().join(".pixi/bld/hello/system-toolchain");
    let log = fs_err::read_to_string(work.join("debug/build.log")).expect("it was written");
    let last = log.lines().last().unwrap_or_default();
    assert!(
        last.starts_with("the script ran in ") && last.contains("replay"),
        "{last}"
    );
}

#[test]
fn a_missing_license_text_is_said_once_and_when_it_matters() {
    const SAID: &str = "no license text was found";
    let project = Project::hello().pixi_toml(&formatdoc!(
        r#"
            [package]
            name = "hello"

            [package.host-dependencies]
            some = "*"

            {BACKEND}"#
    ));
    for command in ["outputs", "explain", "recipe"] {
        let (code, stdout, stderr) = run(&project, &[command]);
        assert_eq!(code, 0, "{stderr}");
        assert!(
            !stdout.contains(SAID) && !stderr.contains(SAID),
            "{command}"
        );
    }
    let two = ["build", "--system-toolchain", "--variant", "some=1,2"];
    let (code, stdout, stderr) = run(&project, &two);
    assert_eq!((code, stdout.lines().count()), (0, 2), "{stderr}");
    assert_eq!(stderr.matches(SAID).count(), 1, "{stderr}");
    assert!(
        stderr.contains("`license-file` below `[package]` of Cargo.toml"),
        "{stderr}"
    );
}

#[test]
fn building_into_a_channel_again_says_nothing_about_times() {
    let project = Project::hello().file("LICENSE", "the text\n");
    let arguments = [
        "build",
        "--system-toolchain",
        "--output-dir",
        "dist",
        "--quiet",
    ];
    for _ in 0..2 {
        let (code, _, stderr) = run(&project, &arguments);
        assert_eq!(
            (code, stderr.as_str()),
            (0, ""),
            "warnings are what `--quiet` leaves"
        );
        project.write(
            "src/main.rs",
            indoc! {r#"
            fn main() {
                println!("hello");
            }
        "#},
        );
    }
}
