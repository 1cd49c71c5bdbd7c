//! What a build backend is. The page a sibling's author reads.
//!
//! A backend is a function from [`Request`] to [`Draft`]. Both are plain data:
//! no type of rattler-build, no open file, no running process crosses this line.
//! Everything else (variants, hashes, environments, packing, the protocol) is
//! shared by all backends and lives in the layers above.

pub mod cache;
pub mod inputs;
pub mod script;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use miette::Report;
use rattler_conda_types::Subdir;

pub use crate::backend::cache::Cache;
pub use crate::backend::inputs::{Built, GlobSet, Inputs};
use crate::backend::script::Script;
use crate::diagnostic::Warning;
use crate::project::config::Options;
use crate::project::{Metadata, Project};
use crate::protocol::spec::BinarySpec;

/// A build backend for one kind of project.
pub trait Backend: Send + Sync + 'static {
    /// The name of the executable and of its conda package.
    const NAME: &'static str;

    /// `[package.build.config]`, typed.
    type Config: Options;

    /// Reads the project and says how to build it.
    ///
    /// Builds nothing and needs no installed tool: pixi asks for platforms the
    /// machine cannot run.
    ///
    /// # Errors
    /// Mistakes in the user's files.
    fn draft(&self, request: &Request<'_, Self::Config>) -> Result<Draft, Report>;

    /// Makes the work directory ready, in which earlier builds may have left what
    /// the build tool would wrongly reuse. `built` says where those are.
    ///
    /// # Errors
    /// Files that cannot be read or removed.
    fn before_build(
        &self,
        _request: &Request<'_, Self::Config>,
        _built: &Built,
    ) -> Result<(), Report> {
        Ok(())
    }

    /// Inputs that are known only once the build has run: exactly what it read.
    /// `None` when those of the draft are all there is to say.
    ///
    /// # Errors
    /// Why the traces of the build cannot be read. The inputs of the draft stand
    /// in, and the user is told.
    fn built_inputs(
        &self,
        _request: &Request<'_, Self::Config>,
        _built: &Built,
    ) -> Result<Option<Vec<GlobSet>>, Report> {
        Ok(None)
    }

    /// What a line of the build's log says about how far the build is. `None` for lines
    /// that say something else.
    fn progress(_line: &str) -> Option<Progress> {
        None
    }

    /// Folders that outlive builds and can be filled again.
    fn caches(&self, _folders: &Folders) -> Vec<Cache> {
        Vec::new()
    }

    /// Variants to assume where neither the user nor a file sets them.
    fn default_variants(&self, host: Subdir) -> Vec<(&'static str, Vec<&'static str>)> {
        let mut variants = Vec::new();
        if host.is_windows() {
            variants.push(("c_compiler", vec!["vs2022"]));
            variants.push(("cxx_compiler", vec!["vs2022"]));
        }
        if host.is_windows() || host.is_linux() {
            variants.push(("cuda_compiler", vec!["cuda-nvcc"]));
        }
        variants
    }
}

/// The variable of [`Env`] by which somebody who draws [`Progress`] asks for it. Such
/// lines are of no use in a log.
pub const SHOW_PROGRESS: &str = "PIXI_BUILD_SHOW_PROGRESS";

/// How far a build is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// How much is done, of how much, in the build tool's own units.
    pub units: Option<(u64, u64)>,
    /// What is being done.
    pub now: String,
}

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
pub struct Env(BTreeMap<String, String>);

impl Env {
    /// Takes the variables of this process. Names and values that are not
    /// Unicode are left out.
    pub fn capture() -> Self {
        let unicode = |text: std::ffi::OsString| text.into_string().ok();
        Self(
            std::env::vars_os()
                .filter_map(|(name, value)| Some((unicode(name)?, unicode(value)?)))
                .collect(),
        )
    }

    /// The value of a variable that is set and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// The same with one more variable, or another value for it.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.insert(name.to_string(), value.into());
        self
    }

    /// Every variable that is not empty, with its value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let variables = self.0.iter().filter(|(_, value)| !value.is_empty());
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

impl FromIterator<(String, String)> for Env {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Self {
        Self(variables.into_iter().collect())
    }
}

/// What a backend answers.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// Found values; the manifest wins field by field.
    pub metadata: Metadata,
    /// What the build needs beside what the user asked for.
    pub requirements: Vec<Requirement>,
    /// How to build.
    pub script: Script,
    /// Which files matter.
    pub inputs: Inputs,
    /// What the user should know.
    pub warnings: Vec<Warning>,
}

/// Something the build needs beside what the user asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Requirement {
    /// The compiler of a language, by conda's naming convention.
    Compiler(String),
    /// The standard library of a language, when the variants name one.
    Stdlib(String),
    /// A package of the build environment.
    Build(String, Box<BinarySpec>),
}
