//! The commands of the executable.

use std::path::Path;

use assert_cmd::Command;
use indoc::indoc;

use test_support::archive::Archive;
use test_support::project::Project;

mod clean;
mod completions;
mod docs;
mod first_steps;
mod guides;
mod outputs;
mod picture;
mod places;
mod recipe;
mod replay;
mod report;

pub(crate) fn pixi_build_rust() -> Command {
    let mut command = Command::cargo_bin("pixi-build-rust").expect("the executable is built");
    for name in ["RUST_LOG", "GITHUB_ACTIONS", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command.env("NO_COLOR", "1");
    command
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("output is text")
}

#[test]
fn build_prints_the_path_of_a_package_and_nothing_else() {
    let project = Project::hello();
    let run = pixi_build_rust()
        .args(["build", "--system-toolchain"])
        .arg(project.dir())
        .env("PIXI_CACHE_DIR", project.cache())
        .unwrap();
    let stdout = text(&run.stdout);
    let path = stdout.strip_suffix('\n').expect("one line");
    let archive = Archive::open(path);
    assert_eq!(archive.files(), ["bin/hello"]);
    archive.check_paths();
    assert!(
        Path::new(path).starts_with(
            project
                .dir()
                .join(".pixi/bld/hello/system-toolchain/output")
        )
    );
    let stderr = text(&run.stderr);
    assert!(stderr.contains("Compiling hello v0.3.1"), "{stderr}");
    assert!(!stderr.contains('\u{1b}'), "plain lines where nobody looks");
}

#[test]
fn folders_of_the_command_line_are_used() {
    let project = Project::hello().file("LICENSE", "the text\n");
    let (work, output) = (
        project.dir().join("a work"),
        project.dir().join("an output"),
    );
    let run = pixi_build_rust()
        .args(["build", "--quiet", "--system-toolchain", "--work-dir"])
        .arg(&work)
        .arg("--output-dir")
        .arg(&output)
        .arg(project.dir().join("pixi.toml"))
        .env("PIXI_CACHE_DIR", project.cache())
        .unwrap();
    let path = text(&run.stdout);
    assert!(Path::new(path.trim()).starts_with(&output), "{path}");
    assert!(work.join("debug/build.log").is_file());
    assert_eq!(text(&run.stderr), "");
}

#[test]
fn a_filter_of_the_log_that_cannot_be_read_is_said() {
    let run = pixi_build_rust()
        .args(["recipe", "examples/hello"])
        .env("RUST_LOG", "info,[[")
        .unwrap();
    let stderr = text(&run.stderr);
    let said = "`RUST_LOG` is left out: invalid filter directive";
    assert!(stderr.contains(said), "{stderr}");
}

#[test]
fn every_table_of_the_manifest_counts() {
    let project = Project::new()
        .file(
            "Cargo.toml",
            indoc! {r#"
                [package]
                name = "tool"
                version = "1.0.0"
                edition = "2024"

                [features]
                loud = []
            "#},
        )
        .file(
            "src/main.rs",
            indoc! {r#"
            #[cfg(not(feature = "loud"))]
            compile_error!("quiet");
            fn main() {}
        "#},
        )
        .pixi_toml(indoc! {r#"
                [package]
                name = "Tool"
                version = "2.0.0"
                description = "from the manifest"

                [package.build.backend]
                name = "pixi-build-rust"

                [package.build.config]
                extra-args = []

                [package.build.config.targets.unix]
                extra-args = ["--features", "loud"]

                [package.build-dependencies]
                cmake = "*"

                [package.host-dependencies]
                zlib = "*"

                [package.run-dependencies]
                bash = ">=5"

                [package.run-exports]
                weak = { libtool = ">=2" }
            "#})
        .lock();
    let run = pixi_build_rust()
        .args(["build", "--system-toolchain"])
        .arg(project.dir())
        .env("PIXI_CACHE_DIR", project.cache())
        .unwrap();
    let archive = Archive::open(text(&run.stdout).trim());
    assert_eq!(archive.index()["name"], "tool");
    assert_eq!(archive.index()["version"], "2.0.0");
    assert_eq!(archive.index()["depends"][0], "bash >=5");
    assert_eq!(archive.about()["description"], "from the manifest");
    let exports = String::from_utf8(archive.read("info/run_exports.json")).expect("it is text");
    assert!(exports.contains("libtool >=2"), "{exports}");
    let said = text(&run.stderr);
    let warning = "not installed because of --system-toolchain: cmake, zlib\n";
    assert!(said.contains(warning), "{said}");
}

/// Cargo receives the path of the directory and runs in other directories.
#[test]
fn a_relative_cache_folder_lies_where_the_command_runs() {
    let project = Project::hello();
    pixi_build_rust()
        .args(["build", "--system-toolchain", "."])
        .current_dir(project.dir())
        .env("PIXI_CACHE_DIR", "own cache")
        .unwrap();
    let home = Path::new("own cache/pixi-build-rust/cargo-home");
    assert!(project.dir().join(home).is_dir());
    let work = project.dir().join(".pixi/bld/hello/system-toolchain/work");
    assert!(work.is_dir() && !work.join(home).exists());
}

#[test]
fn a_package_of_another_backend_is_not_built() {
    let project = Project::hello().pixi_toml(indoc! {r#"
            [package]
            name = "hello"

            [package.build.backend]
            name = "pixi-build-go"
        "#});
    let run = pixi_build_rust()
        .args(["build", "--system-toolchain"])
        .arg(project.dir())
        .assert()
        .code(1);
    let here = project.dir().display().to_string();
    insta::assert_snapshot!(text(&run.get_output().stderr).replace(&here, "/ws"));
}

#[test]
fn a_broken_crate_ends_with_exit_code_1() {
    let project = Project::hello().file("src/main.rs", "fn main() { missing() }\n");
    let run = pixi_build_rust()
        .args(["build", "--system-toolchain"])
        .arg(project.dir())
        .env("PIXI_CACHE_DIR", project.cache())
        .assert()
        .code(1);
    let output = run.get_output();
    assert_eq!(text(&output.stdout), "");
    let stderr = text(&output.stderr);
    assert!(stderr.contains("error[E0425]"), "{stderr}");
}

/// The build script names no files, so every file of the crate is an input.
#[test]
fn packages_that_are_put_beside_the_sources_are_no_inputs() {
    let project = Project::hello().file("build.rs", "fn main() {}\n");
    pixi_build_rust()
        .args(["build", "--system-toolchain", "--output-dir"])
        .arg(project.dir().join("dist"))
        .arg(project.dir())
        .env("PIXI_CACHE_DIR", project.cache())
        .unwrap();
    assert!(project.dir().join("dist/noarch/repodata.json").is_file());
    let run = pixi_build_rust()
        .arg("explain")
        .arg(project.dir())
        .env("PIXI_CACHE_DIR", project.cache())
        .unwrap();
    let said = text(&run.stdout);
    assert!(said.contains("can be reused"), "{said}");
}

#[test]
fn explain_prints_the_inputs_with_their_reasons() {
    let project = Project::hello().file("LICENSE", "the text\n");
    let explain = || {
        let run = pixi_build_rust()
            .arg("explain")
            .arg(project.dir())
            .env("PIXI_CACHE_DIR", project.cache())
            .unwrap();
        text(&run.stdout)
            .replace(&project.dir().display().to_string(), "<project>")
            .replace(&project.cache().display().to_string(), "<cache>")
    };
    let before = explain();
    assert!(before.contains("no finished build is recorded"), "{before}");
    pixi_build_rust()
        .args(["build", "--system-toolchain"])
        .arg(project.dir())
        .env("PIXI_CACHE_DIR", project.cache())
        .unwrap();
    insta::with_settings!({filters => [(r"[\d.]+ [KMG]?i?B in", "<size> in")]}, {
        insta::assert_snapshot!(explain());
    });

    project.write("src/main.rs", "mod more;\nfn main() {}\n");
    project.write("src/more.rs", "");
    project.remove("LICENSE");
    project.write("README.md", "not an input");
    let after = explain();
    let (_, changes) = after
        .split_once("cannot be reused")
        .expect("three files are other ones");
    let changes = changes.split("\n\n").next().expect("a list");
    insta::assert_snapshot!("explain_says_what_has_changed", changes);
}

#[test]
fn explain_names_the_packages_that_are_built_from_source() {
    let project = Project::hello().pixi_toml(
        "[package]\nname = \"hello\"\nversion = \"0.3.1\"\n\
         [package.host-dependencies]\nlib = { path = \"../lib\" }\n\
         [package.run-dependencies]\nother = { path = \"../other\" }\n",
    );
    let run = pixi_build_rust().arg("explain").arg(project.dir()).unwrap();
    let said = text(&run.stdout);
    let mut parts = said.split("\n\n");
    let named = parts.find(|part| part.contains("built from source"));
    insta::assert_snapshot!(named.expect("a dependency"), @r"
    pixi also rebuilds the package after these packages, which are built from source:
      lib (../lib)
    ");
}

#[test]
fn a_command_line_that_makes_no_sense_ends_with_exit_code_2() {
    pixi_build_rust()
        .args(["build", "--nonsense"])
        .assert()
        .code(2);
}

#[test]
fn help_fits_on_a_terminal() {
    for arguments in [
        &["--help"][..],
        &["build", "--help"],
        &["outputs", "--help"],
        &["recipe", "--help"],
        &["explain", "--help"],
        &["clean", "--help"],
        &["replay", "--help"],
        &["completions", "--help"],
        &["schema", "--help"],
        &["capabilities", "--help"],
    ] {
        let run = pixi_build_rust()
            .args(arguments)
            .env("COLUMNS", "80")
            .unwrap();
        let name = arguments.join(" ").replace("--", "");
        insta::assert_snapshot!(format!("help {name}").replace(' ', "_"), text(&run.stdout));
    }
}

#[test]
fn every_shell_gets_its_completions() {
    for (shell, sign) in [
        ("bash", "complete -F _pixi__build__rust"),
        ("zsh", "#compdef pixi-build-rust"),
        ("fish", "complete -c pixi-build-rust"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion"),
    ] {
        let run = pixi_build_rust().args(["completions", shell]).unwrap();
        let script = text(&run.stdout);
        assert!(script.contains(sign), "{shell} has no `{sign}`");
        assert!(script.contains("output-dir"), "{shell} misses options");
    }
    pixi_build_rust()
        .args(["completions", "cmd"])
        .assert()
        .code(2);
}

#[test]
fn version_and_capabilities_are_printed() {
    let run = pixi_build_rust().arg("--version").unwrap();
    let version = format!("pixi-build-rust {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(text(&run.stdout), version);
    let run = pixi_build_rust().arg("capabilities").unwrap();
    let capabilities = text(&run.stdout);
    assert!(
        capabilities.contains("conda/build_v1: supported"),
        "{capabilities}"
    );
}

#[test]
fn a_reader_who_has_seen_enough_is_no_mistake() {
    let project = Project::hello().file("LICENSE", "the text\n");
    let folder = project.dir().as_os_str();
    for arguments in [
        ["explain".as_ref(), folder].as_slice(),
        &["capabilities".as_ref()],
    ] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let program = assert_cmd::cargo::cargo_bin("pixi-build-rust");
        let run = std::process::Command::new(program)
            .args(arguments)
            .env("PIXI_CACHE_DIR", project.cache())
            .stdout(writer)
            .output()
            .expect("the executable is built");
        assert_eq!(text(&run.stderr), "");
        assert_eq!(run.status.code(), Some(141));
    }
}
