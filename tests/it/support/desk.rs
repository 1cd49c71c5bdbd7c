//! The executable as people run it: in a plain shell, without pixi.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::archive::Archive;
use super::channel::Channel;
use super::machine::forget_cargo;
use super::project::Project;

/// A `build` that is about to be run.
pub struct Desk {
    command: Command,
    project: PathBuf,
    cache: PathBuf,
}

/// How a command ended.
pub struct Ended {
    output: Output,
    project: PathBuf,
    cache: PathBuf,
}

impl Desk {
    /// `build` of the package in a folder of the project.
    pub fn build(project: &Project, folder: &str) -> Self {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("pixi-build-rust"));
        forget_cargo(&mut command);
        for name in ["RUST_LOG", "GITHUB_ACTIONS", "CLICOLOR_FORCE"] {
            command.env_remove(name);
        }
        command
            .arg("build")
            .arg(project.dir().join(folder))
            .current_dir(project.dir())
            .env("NO_COLOR", "1")
            .env("PIXI_CACHE_DIR", project.cache())
            // What the machine has must not decide what a test finds.
            .env("CONDA_OVERRIDE_GLIBC", "2.28");
        Self {
            command,
            project: project.dir().to_owned(),
            cache: project.cache().to_owned(),
        }
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
        Ended {
            output: self.command.output().expect("the executable can be run"),
            project: self.project,
            cache: self.cache,
        }
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
        self.output.status.code().expect("no signal ended it")
    }

    /// What went to stdout.
    pub fn stdout(&self) -> &str {
        std::str::from_utf8(&self.output.stdout).expect("it prints text")
    }

    /// What went to stderr.
    pub fn stderr(&self) -> &str {
        std::str::from_utf8(&self.output.stderr).expect("it prints text")
    }

    /// The exit code and the error, with the folders of the test named.
    pub fn error(&self) -> String {
        let stderr = self.stderr();
        // The report stands at the end, below its code.
        let start = stderr.rfind("\nError: ").map_or(0, |at| at + 1);
        let place = |path: &Path| path.to_str().expect("test folders are UTF-8").to_owned();
        let text = stderr[start..]
            .replace(&place(&self.project), "<ws>")
            .replace(&place(&self.cache), "<cache>");
        format!("exit code {}\n{text}", self.code())
    }
}
