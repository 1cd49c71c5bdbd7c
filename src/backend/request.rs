//! The input of a backend: one request, read-only.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use rattler_conda_types::Subdir;

use crate::project::Project;

/// All data that a backend may use. It is created once per request and is read-only.
#[derive(Debug)]
pub struct Request<'a, C> {
    /// The user's files.
    pub project: &'a Project,
    /// The configuration for the host platform.
    pub config: &'a C,
    /// The platform of the build and the platform of the package.
    pub platforms: Platforms,
    /// Variant keys with their possible values. For example, `c_stdlib` determines
    /// whether a standard library is required.
    pub variants: &'a BTreeMap<String, Vec<String>>,
    /// Directories that builds share.
    pub folders: &'a Folders,
    /// The process environment, captured at the start.
    pub env: &'a Env,
    /// The options of the command line.
    pub run: &'a RunOptions,
    /// Whether this is a development build, whose files may refer to the project. This is
    /// true only during a build; the description is the same for both kinds.
    pub editable: bool,
}

/// The options of the command line for a build. pixi does not set them, so they are not
/// part of a recipe.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RunOptions {
    /// The maximum number of concurrent compilations and downloads.
    pub jobs: Option<NonZeroUsize>,
    /// Whether the network must not be used.
    pub offline: bool,
    /// Whether the build environment consists of links to the tools of this machine.
    pub system_tools: bool,
    /// Whether [`Progress`](crate::backend::Progress) is displayed. Lines about it are
    /// not useful in a log.
    pub progress: bool,
}

/// The two platforms of a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Platforms {
    /// The platform on which the build runs.
    pub build: Subdir,
    /// The platform on which the package runs.
    pub host: Subdir,
}

/// Directories that outlive a request. `None` where pixi does not provide one.
#[derive(Debug, Clone, Default)]
pub struct Folders {
    /// The cache of pixi: one per user, shared by all builds.
    pub cache: Option<PathBuf>,
    /// Scratch space: one per workspace, shared by concurrent backends.
    pub scratch: Option<PathBuf>,
    /// The root of the workspace.
    pub workspace: Option<PathBuf>,
    /// The root of the checkout, when the source came from git or an archive.
    pub checkout: Option<PathBuf>,
}

/// The process environment, which the executable reads once and passes down.
///
/// It may affect the speed of a build, never its result.
#[derive(Debug, Clone, Default)]
pub struct Env {
    variables: BTreeMap<String, String>,
    executable: Option<PathBuf>,
}

impl Env {
    /// Reads the variables of this process. Names and values that are not Unicode are
    /// ignored.
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

    /// The path of this executable, for build scripts that start it; see
    /// [`Backend::answer_script`](crate::backend::Backend::answer_script). `None` if another
    /// program serves the requests.
    pub fn executable(&self) -> Option<&Path> {
        self.executable.as_deref()
    }

    /// The same environment, with `path` as the executable.
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

    /// The same environment, with another value for the variable `name`.
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

    /// The value of a variable that contains a path.
    pub fn path(&self, name: &str) -> Option<&Path> {
        self.get(name).map(Path::new)
    }

    /// The home directory of the user.
    pub fn home(&self) -> Option<&Path> {
        self.path("HOME").or_else(|| self.path("USERPROFILE"))
    }
}

/// The path of this executable. If an update has removed the file, the path goes through the
/// running process.
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
