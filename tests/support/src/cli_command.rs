//! The executable on the command line, without pixi.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use super::archive::Archive;
use super::channel::Channel;
use super::executables::backend;
use super::machine::forget_cargo;
use super::project::Project;
use super::render_error::render_error;

/// A `build` command before it runs.
pub struct CliCommand<'p> {
    command: Command,
    project: &'p Project,
}

/// The result of a command.
pub struct Ended(Output);

impl<'p> CliCommand<'p> {
    /// `build` for the package in a directory of the project.
    pub fn build(project: &'p Project, folder: &str) -> Self {
        let mut command = Command::new(backend("pixi-build-rust"));
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
            // The system of the machine must not affect the result of a test.
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

    /// Runs the command.
    pub fn run(mut self) -> Ended {
        Ended(self.command.output().expect("the executable can be run"))
    }

    /// Runs the command, which must fail, and renders the error as the user sees it.
    /// Temporary paths are replaced with `/ws` and `/cache`.
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
        (ended.code(), render_error(project, &shown))
    }

    /// Runs the command, which must succeed, and opens the packages that it built, in
    /// their order.
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

    /// Runs the command, which must succeed, and opens its only package.
    #[track_caller]
    pub fn package(self) -> Archive {
        let mut packages = self.packages();
        assert_eq!(packages.len(), 1, "the command builds one package");
        packages.remove(0)
    }
}

impl Ended {
    /// The exit code.
    pub fn code(&self) -> i32 {
        self.0.status.code().expect("no signal ended the command")
    }

    /// The contents of stdout.
    pub fn stdout(&self) -> &str {
        std::str::from_utf8(&self.0.stdout).expect("the command prints UTF-8")
    }

    /// The contents of stderr.
    pub fn stderr(&self) -> &str {
        std::str::from_utf8(&self.0.stderr).expect("the command prints UTF-8")
    }
}
