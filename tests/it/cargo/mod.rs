//! Problems that users had when they packaged programs with Cargo, taken from public reports.
//! The tests run the command `build` with the toolchain of the machine.

mod copies;
mod cross;
mod failures;
mod libraries;
mod manifests;
mod members;
mod out_dir;
mod sources;
mod third_party;

use std::path::Path;

use indoc::{formatdoc, indoc};
use serde_json::Value;

use test_support::archive::Archive;
use test_support::cli_command::CliCommand;
use test_support::prefix::{install_package, output};
use test_support::project::Project;

const MAIN: &str = indoc! {r#"
    fn main() {
        println!("it runs");
    }
"#};

/// A project whose package has this name, or the name of its crate if `name` is empty.
fn project(name: &str) -> Project {
    let name = match name {
        "" => String::new(),
        name => format!("name = \"{name}\"\n"),
    };
    Project::new().pixi_toml(&format!("[package]\n{name}"))
}

/// A project whose package has these lines in `[package.build.config]`.
fn configured(options: &str) -> Project {
    Project::new().pixi_toml(&manifest(options))
}

/// The pixi manifest of a package with these options.
fn manifest(options: &str) -> String {
    format!(
        "[package]\n\n[package.build.backend]\nname = \"pixi-build-rust\"\n\n\
         [package.build.config]\n{options}\n"
    )
}

/// The manifest of a crate.
fn cargo_toml(name: &str, rest: &str) -> String {
    formatdoc!(
        r#"
        [package]
        name = "{name}"
        version = "0.1.0"
        edition = "2021"
        {rest}"#
    )
}

/// The result of a build.
struct Ended {
    packages: Vec<Archive>,
    warnings: Vec<String>,
    /// The code, the message and the help.
    error: Option<String>,
}

/// Builds with the toolchain of the machine.
fn build(project: &Project, arguments: &[&str]) -> Ended {
    let desk = CliCommand::build(project, "").args(["--system-toolchain", "--json"]);
    let ended = desk.args(arguments.iter().copied()).run();
    let events = ended.stdout().lines().map(|line| -> Value {
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
    });
    let events: Vec<Value> = events.collect();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let warnings = events.iter().filter(|event| event["event"] == "warning");
    let last = events.last().expect("a build reports its end");
    let packages = last["packages"].as_array().into_iter().flatten();
    let error = last.get("error").map(|error| {
        let all = [&error["code"], &error["message"], &error["help"]];
        all.map(text).join("\n")
    });
    Ended {
        packages: packages
            .map(|package| Archive::open(Path::new(&text(&package["path"]))))
            .collect(),
        warnings: warnings.map(|event| text(&event["message"])).collect(),
        error,
    }
}

impl Ended {
    /// Returns the only package of a successful build, and its warnings.
    #[track_caller]
    fn package(mut self) -> (Archive, String) {
        assert_eq!(self.error, None);
        assert_eq!(self.packages.len(), 1, "the build creates one package");
        (self.packages.remove(0), self.warnings.join("\n"))
    }

    /// Returns the error of a build that must fail.
    #[track_caller]
    fn failure(self) -> String {
        self.error.expect("the build fails")
    }
}

/// Installs a package, runs one of its programs and returns the output.
fn run(archive: &Archive, program: &str) -> String {
    let prefix = tempfile::tempdir().expect("a temporary directory can be created");
    install_package(archive.path(), prefix.path());
    output(&mut std::process::Command::new(prefix.path().join(program)))
}
