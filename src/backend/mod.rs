//! What a build backend is. The page a sibling's author reads.
//!
//! A backend reads a project once per [`Request`], into a type of its own, and answers
//! with a [`Draft`]: how to build it. Both are plain data: no type of rattler-build, no
//! open file, no running process crosses this line. Everything else (variants, hashes,
//! environments, packing, the protocol) is shared by all backends and is in the layers
//! above. `docs/writing-a-backend.md` builds one in eighty lines.

mod build_paths;
pub mod cache;
pub mod draft;
pub mod extra_input_globs;
pub mod extras;
pub mod failure;
pub mod inputs;
pub mod log;
pub mod named;
mod open;
pub mod options;
pub mod package_options;
pub mod project_files;
pub mod request;
pub mod script;
pub mod script_call;
pub mod tools;
pub mod tree;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use miette::Report;
use rattler_conda_types::Subdir;

pub use crate::backend::build_paths::BuildPaths;
pub use crate::backend::cache::Cache;
pub use crate::backend::draft::{
    Draft, IgnoredRunExports, OwnRecipe, Packaging, Requirement, Section, SourceMapping,
};
pub use crate::backend::extras::{Extras, Finished};
pub use crate::backend::failure::Diagnosis;
pub use crate::backend::inputs::{GlobSet, Inputs};
pub use crate::backend::log::Log;
pub use crate::backend::open::{AnyBackend, Context, OpenProject};
pub use crate::backend::request::{Env, Folders, Platforms, Request, RunOptions};
pub use crate::backend::script_call::{ScriptAnswer, ScriptCall};
pub use crate::backend::tools::SystemTools;
use crate::diagnostic::Warning;
use crate::project::Project;
use crate::project::config::Options;

/// A build backend for one kind of project.
pub trait Backend: Send + Sync + 'static {
    /// The name of the executable and of its conda package.
    const NAME: &'static str;

    /// What it builds, in the plural, as in `Cargo projects`.
    const BUILDS: &'static str;

    /// The command that installs, as people call it; for messages.
    const INSTALLS: &'static str;

    /// Where a project of this kind states its name and version, as in `Cargo.toml`; for
    /// messages.
    const METADATA_FILE: &'static str;

    /// Whether a project without a model of the package (no manifest of pixi) makes no
    /// sense.
    const NEEDS_MODEL: bool = true;

    /// Directories that its build tools fill in the middle of the sources, by name.
    const OUTPUT_DIRECTORIES: &'static [&'static str] = &[];

    /// `[package.build.config]`, typed.
    type Config: Options;

    /// What it has read of a project. Read once per request; every hook gets it.
    type Source: Send + Sync;

    /// Reads the project.
    ///
    /// Needs no installed tool: pixi asks for platforms the machine cannot run.
    ///
    /// # Errors
    /// Mistakes in the user's files.
    fn read(&self, request: &Request<'_, Self::Config>) -> Result<Self::Source, Report>;

    /// Says how to build the project. Builds nothing.
    ///
    /// # Errors
    /// Mistakes in the user's files.
    fn draft(
        &self,
        request: &Request<'_, Self::Config>,
        source: &Self::Source,
    ) -> Result<Draft, Report>;

    /// Makes the work directory ready, in which earlier builds may have left what
    /// the build tool would wrongly reuse. `paths` says where those are.
    ///
    /// # Errors
    /// Files that cannot be read or removed.
    fn before_build(
        &self,
        _request: &Request<'_, Self::Config>,
        _source: &Self::Source,
        _paths: &BuildPaths,
    ) -> Result<(), Report> {
        Ok(())
    }

    /// Does what is easier once the script has run and before anything is packed: finds
    /// out what the script made, and adds files that are no business of the build tool.
    ///
    /// # Errors
    /// Files that cannot be read or written.
    fn finish(
        &self,
        _request: &Request<'_, Self::Config>,
        _source: &Self::Source,
        _paths: &BuildPaths,
        _log: &Log,
    ) -> Result<Finished, Report> {
        Ok(Finished::default())
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
        _source: &Self::Source,
        _paths: &BuildPaths,
    ) -> Result<Option<Vec<GlobSet>>, Report> {
        Ok(None)
    }

    /// Checks what was packed against what was described.
    ///
    /// # Errors
    /// Why the package must not be used; it is removed.
    fn check_package(
        &self,
        _request: &Request<'_, Self::Config>,
        _source: &Self::Source,
        _package: &InstalledPackage<'_>,
    ) -> Result<Vec<Warning>, Report> {
        Ok(Vec::new())
    }

    /// Why the script failed, as far as its log says.
    fn diagnose(
        &self,
        _request: &Request<'_, Self::Config>,
        _source: &Self::Source,
        _log: &Log,
    ) -> Option<Diagnosis> {
        None
    }

    /// Why nothing was installed although every command succeeded.
    fn nothing_installed(
        &self,
        _request: &Request<'_, Self::Config>,
        _source: &Self::Source,
        _log: &Log,
    ) -> Diagnosis {
        Diagnosis {
            code: "build::nothing_installed",
            message: "nothing was installed into the prefix".to_string(),
            ..Default::default()
        }
    }

    /// What a line of the build's log says about how far the build is. `None` for lines
    /// that say something else.
    fn progress(&self, _line: &str) -> Option<Progress> {
        None
    }

    /// The tools of this machine that take the place of a build environment.
    ///
    /// # Errors
    /// A tool that is not there.
    fn system_tools(&self, env: &Env, platforms: Platforms) -> Result<SystemTools, Report>;

    /// Variables that change how fast a build is, or whether it may use the network. They
    /// change no package, so they are not part of the recipe. What the user configures
    /// wins, because the script sets it.
    fn passed_on(&self, _env: &Env, _run: &RunOptions) -> Vec<(String, String)> {
        Vec::new()
    }

    /// Does what its build script wants from this executable. `None` where `call` is not
    /// one of a build script of this backend: a user's, or that of another backend.
    fn answer_script(&self, _call: &ScriptCall<'_>) -> Option<Result<ScriptAnswer, Report>> {
        None
    }

    /// Folders that outlive builds and can be filled again.
    fn caches(&self, _folders: &Folders) -> Vec<Cache> {
        Vec::new()
    }

    /// Variant files of the project itself, weakest first. Those of the workspace win.
    ///
    /// # Errors
    /// Files that are named and do not exist.
    fn variant_files(
        &self,
        _project: &Project,
        _config: &Self::Config,
    ) -> Result<Vec<PathBuf>, Report> {
        Ok(Vec::new())
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

/// How far a build is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// How much is done, of how much, in the build tool's own units.
    pub units: Option<(u64, u64)>,
    /// What is being done.
    pub now: String,
}

/// What was installed into the prefix by the script.
#[derive(Debug)]
pub struct InstalledPackage<'a> {
    /// Where the build took place.
    pub paths: &'a BuildPaths,
    /// The new files, relative to the host prefix.
    pub files: &'a BTreeSet<PathBuf>,
    /// The archive.
    pub archive: &'a Path,
}
