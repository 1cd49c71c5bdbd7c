//! The executable as people run it: in a plain shell, without pixi.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use super::archive::Archive;
use super::channel::Channel;
use super::drawn::drawn;
use super::machine::forget_cargo;
use super::project::Project;

/// A `build` that is about to be run.
pub struct Desk<'p> {
    command: Command,
    project: &'p Project,
}

/// How a command ended.
pub struct Ended(Output);

impl<'p> Desk<'p> {
    /// `build` of the package in a folder of the project.
    pub fn build(project: &'p Project, folder: &str) -> Self {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("pixi-build-rust"));
        forget_cargo(&mut command);
        for name in ["RUST_LOG", "GITHUB_ACTIONS", "CLICOLOR_FORCE"] {
            command.env_remove(name);
        }
        command
            .arg("build")
            .args((!folder.is_empty()).then_some(folder))
            .current_dir(project.dir())
            .env("NO_COLOR", "1")
            .env("PIXI_CACHE_DIR", project.cache())
            // What the machine has must not decide what a test finds.
            .env("CONDA_OVERRIDE_GLIBC", "2.28");
        Self { command, project }
    }

    /// Takes packages from this channel.
    pub fn channel(self, channel: &Channel) -> Self {
        let url = channel.url();
        self.args(["--channel", &url])
    }

    /// Adds arguments.
    pub fn args<'a>(mut self, arguments: impl IntoIterator<Item = &'a str>) -> Self {
        self.command.args(arguments);
        self
    }

    /// Sets a variable.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs it to the end.
    pub fn run(mut self) -> Ended {
        Ended(self.command.output().expect("the executable can be run"))
    }

    /// Runs it, which must fail, and draws the error as the user sees it. Paths of this
    /// run read `/ws` and `/cache`.
    #[track_caller]
    pub fn error(self) -> (i32, String) {
        let project = self.project;
        let ended = self.args(["--json"]).run();
        let last = ended.stdout().lines().last().unwrap_or_default();
        let cache = project.cache().to_str().expect("temporary paths are UTF-8");
        let last: Value = serde_json::from_str(&last.replace(cache, "/cache"))
            .unwrap_or_else(|error| panic!("{error}: {}", ended.stderr()));
        assert_eq!(last["event"], "error", "{}", ended.stderr());
        let shown = json!({"code": -32000, "data": last["error"]});
        (ended.code(), drawn(project, &shown))
    }

    /// Runs it, which must succeed, and opens what it built, in order.
    #[track_caller]
    pub fn packages(self) -> Vec<Archive> {
        let ended = self.run();
        assert_eq!(ended.code(), 0, "{}", ended.stderr());
        ended
            .stdout()
            .lines()
            .map(|path| Archive::open(Path::new(path)))
            .collect()
    }

    /// Runs it, which must succeed, and opens the one package it built.
    #[track_caller]
    pub fn package(self) -> Archive {
        let mut packages = self.packages();
        assert_eq!(packages.len(), 1, "one package");
        packages.remove(0)
    }
}

impl Ended {
    /// The exit code.
    pub fn code(&self) -> i32 {
        self.0.status.code().expect("no signal ended it")
    }

    /// What went to stdout.
    pub fn stdout(&self) -> &str {
        std::str::from_utf8(&self.0.stdout).expect("it prints text")
    }

    /// What went to stderr.
    pub fn stderr(&self) -> &str {
        std::str::from_utf8(&self.0.stderr).expect("it prints text")
    }
}
