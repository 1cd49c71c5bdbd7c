//! What a backend may look at: one request, read-only.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use rattler_conda_types::Subdir;

use crate::project::Project;

/// Everything a backend may look at. Built once per request; read-only.
#[derive(Debug)]
pub struct Request<'a, C> {
    /// What the user wrote.
    pub project: &'a Project,
    /// The configuration for the host platform.
    pub config: &'a C,
    /// Where the build runs and what it builds for.
    pub platforms: Platforms,
    /// Variant keys with the values they may have (a `c_stdlib` decides whether one
    /// is needed).
    pub variants: &'a BTreeMap<String, Vec<String>>,
    /// Folders shared between builds.
    pub folders: &'a Folders,
    /// The process environment, captured at start.
    pub env: &'a Env,
    /// What the command line allows.
    pub run: &'a RunOptions,
    /// A development build: what is installed may point back into the project. Only
    /// builds are; what is described is the same for both.
    pub editable: bool,
}

/// What a command line allows a build. pixi has no say in it, so it is not part of a
/// recipe.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RunOptions {
    /// How many things may be compiled or downloaded at a time.
    pub jobs: Option<NonZeroUsize>,
    /// Whether the network is left alone.
    pub offline: bool,
    /// Whether somebody draws [`Progress`](crate::backend::Progress). Lines about it are
    /// of no use in a log.
    pub progress: bool,
}

/// The two platforms of a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Platforms {
    /// The build runs here.
    pub build: Subdir,
    /// The package runs here.
    pub host: Subdir,
}

/// Folders that outlive a request. `None` where pixi offers none.
#[derive(Debug, Clone, Default)]
pub struct Folders {
    /// pixi's cache: one per user, shared by everything.
    pub cache: Option<PathBuf>,
    /// Scratch space: one per workspace, shared by concurrent backends.
    pub scratch: Option<PathBuf>,
    /// The root of the workspace.
    pub workspace: Option<PathBuf>,
    /// The root of the checkout, when the source came from git or an archive.
    pub checkout: Option<PathBuf>,
}

/// The process environment, read once in the executable and passed down.
///
/// It may change the speed of a build, never its result.
#[derive(Debug, Clone, Default)]
pub struct Env {
    variables: BTreeMap<String, String>,
    executable: Option<PathBuf>,
}

impl Env {
    /// Takes the variables of this process. Names and values that are not
    /// Unicode are left out.
    pub fn capture() -> Self {
        let unicode = |text: std::ffi::OsString| text.into_string().ok();
        let variables = std::env::vars_os();
        Self {
            variables: variables
                .filter_map(|(name, value)| Some((unicode(name)?, unicode(value)?)))
                .collect(),
            executable: executable(),
        }
    }

    /// This executable, for build scripts that start it; see
    /// [`Backend::answer_script`](crate::backend::Backend::answer_script). `None` where
    /// another program serves the requests.
    pub fn executable(&self) -> Option<&Path> {
        self.executable.as_deref()
    }

    /// The same as seen from the executable `path`.
    #[must_use]
    pub fn of_executable(mut self, path: impl Into<PathBuf>) -> Self {
        self.executable = Some(path.into());
        self
    }

    /// The value of a variable that is set and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// The same with one more variable, or another value for it.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.insert(name.to_string(), value.into());
        self
    }

    /// Every variable that is not empty, with its value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let variables = self.variables.iter().filter(|(_, value)| !value.is_empty());
        variables.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value of a variable that names a folder or file.
    pub fn path(&self, name: &str) -> Option<&Path> {
        self.get(name).map(Path::new)
    }

    /// The folder of the user.
    pub fn home(&self) -> Option<&Path> {
        self.path("HOME").or_else(|| self.path("USERPROFILE"))
    }
}

/// The path of this executable. One that an update has removed is still reached through its
/// process.
fn executable() -> Option<PathBuf> {
    let path = std::env::current_exe().ok()?;
    if cfg!(target_os = "linux") && !path.exists() {
        return Some(format!("/proc/{}/exe", std::process::id()).into());
    }
    Some(path)
}

impl FromIterator<(String, String)> for Env {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Self {
        Self {
            variables: variables.into_iter().collect(),
            executable: None,
        }
    }
}
