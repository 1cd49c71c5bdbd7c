//! The interface of a build backend.
//!
//! A backend reads a project once per [`Request`] into its own type and returns a
//! [`Draft`], which describes how to build the project. Both are plain data: no
//! rattler-build type, no open file and no running process crosses this boundary.
//! Everything else (variants, hashes, environments, packaging, the protocol) is shared by
//! all backends and is in the layers above. `docs/writing-a-backend.md` contains a
//! complete backend in eighty lines.

mod build_paths;
pub mod cache;
pub mod draft;
pub mod extra_input_globs;
pub mod extras;
pub mod failure;
pub mod git_folders;
pub mod hooks;
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
pub mod variables;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use miette::Report;
use rattler_conda_types::Subdir;

pub use crate::backend::build_paths::BuildPaths;
pub use crate::backend::cache::Cache;
pub use crate::backend::draft::{
    Draft, IgnoredRunExports, MappingCondition, OwnRecipe, Packaging, Requirement, Section,
    SourceMapping,
};
pub use crate::backend::extras::{Extras, Finished};
pub use crate::backend::failure::Diagnosis;
pub use crate::backend::inputs::GlobSet;
pub use crate::backend::log::Log;
pub use crate::backend::open::{AnyBackend, Context, OpenProject};
pub use crate::backend::request::{Env, Folders, Platforms, Request, RunOptions};
pub use crate::backend::script_call::{ScriptAnswer, ScriptCall};
pub use crate::backend::tools::SystemTools;
use crate::diagnostic::Warning;
use crate::project::config::Options;

/// A build backend for one kind of project.
pub trait Backend: Send + Sync + 'static {
    /// The name of the executable and of its conda package.
    const NAME: &'static str;

    /// The projects that it builds, in the plural, such as `Cargo projects`.
    const BUILDS: &'static str;

    /// The command that installs, in a readable form; for messages.
    const INSTALLS: &'static str;

    /// The file that contains the name and version of a project, such as `Cargo.toml`;
    /// for messages.
    const METADATA_FILE: &'static str;

    /// Whether the backend needs a project model, which only pixi manifests have.
    const NEEDS_MODEL: bool = true;

    /// The names of directories that its build tools create among the sources.
    const OUTPUT_DIRECTORIES: &'static [&'static str] = &[];

    /// The type of `[package.build.config]`.
    type Config: Options;

    /// The data that it reads from a project. It is read once per request and passed to
    /// every hook.
    type Source: Send + Sync;

    /// Reads the project.
    ///
    /// It must work without installed tools, because pixi also requests platforms that
    /// the machine cannot run.
    ///
    /// # Errors
    /// Errors in the user's files.
    fn read(&self, request: &Request<'_, Self::Config>) -> Result<Self::Source, Report>;

    /// Returns how to build the project. It does not build anything.
    ///
    /// # Errors
    /// Errors in the user's files.
    fn draft(
        &self,
        request: &Request<'_, Self::Config>,
        source: &Self::Source,
    ) -> Result<Draft, Report>;

    /// Prepares the work directory: removes files of earlier builds that the build tool
    /// would wrongly reuse. `paths` are the directories of the build.
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

    /// Completes the work of the script before anything is packaged: determines what the script
    /// created, and adds files that the build tool does not install.
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

    /// The files that may influence the package, as far as they are known before a build.
    fn inputs(&self, request: &Request<'_, Self::Config>, source: &Self::Source) -> Vec<GlobSet>;

    /// The files that the build read, which are known only after it has run. `None` when
    /// they are the same as before the build.
    ///
    /// # Errors
    /// The records of the build cannot be read. The inputs from before the build are then
    /// used, with a warning.
    fn built_inputs(
        &self,
        _request: &Request<'_, Self::Config>,
        _source: &Self::Source,
        _paths: &BuildPaths,
    ) -> Result<Option<Vec<GlobSet>>, Report> {
        Ok(None)
    }

    /// Records what a failed build has read, so that the next build in the same directory notices
    /// what has changed since then. `paths` are the directories of the build.
    ///
    /// # Errors
    /// The records of the build cannot be read.
    fn after_failure(
        &self,
        _request: &Request<'_, Self::Config>,
        _source: &Self::Source,
        _paths: &BuildPaths,
    ) -> Result<(), Report> {
        Ok(())
    }

    /// Compares the package with its description.
    ///
    /// # Errors
    /// The reason why the package must not be used. The package is then removed.
    fn check_package(
        &self,
        _request: &Request<'_, Self::Config>,
        _source: &Self::Source,
        _package: &InstalledPackage<'_>,
    ) -> Result<Vec<Warning>, Report> {
        Ok(Vec::new())
    }

    /// The reason why the script failed, if its log contains one.
    fn diagnose(
        &self,
        _request: &Request<'_, Self::Config>,
        _source: &Self::Source,
        _log: &Log,
    ) -> Option<Diagnosis> {
        None
    }

    /// The command that installs, if the options select another one than [`Self::INSTALLS`].
    fn installs(&self, _request: &Request<'_, Self::Config>) -> &'static str {
        Self::INSTALLS
    }

    /// The reason why nothing was installed although every command succeeded.
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

    /// The progress that a line of the build's log reports. `None` for all other lines.
    fn progress(&self, _line: &str) -> Option<Progress> {
        None
    }

    /// The tools of this machine that replace a build environment.
    ///
    /// # Errors
    /// A tool that is not installed.
    fn system_tools(&self, env: &Env, platforms: Platforms) -> Result<SystemTools, Report>;

    /// Variables that affect the speed of a build or allow it to use the network. They do not
    /// affect the package, so they are not part of the recipe. Variables in the user's
    /// configuration have priority, because the script sets them.
    fn passed_on(&self, _env: &Env, _run: &RunOptions) -> Vec<(String, String)> {
        Vec::new()
    }

    /// Handles a call of this executable by one of this backend's build scripts. `None` if `call`
    /// is not such a call but a user's command or a call for another backend.
    fn answer_script(&self, _call: &ScriptCall<'_>) -> Option<Result<ScriptAnswer, Report>> {
        None
    }

    /// Directories that outlive builds and whose content can be restored.
    fn caches(&self, _folders: &Folders) -> Vec<Cache> {
        Vec::new()
    }

    /// The variant files of the project itself, lowest priority first. Those of the
    /// workspace have a higher priority. `request` has no variants yet.
    ///
    /// # Errors
    /// Named files that do not exist.
    fn variant_files(&self, _request: &Request<'_, Self::Config>) -> Result<Vec<PathBuf>, Report> {
        Ok(Vec::new())
    }

    /// Default variants, for keys that neither the user nor a file sets.
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

/// The progress of a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The number of finished units and of all units, as the build tool counts them.
    pub units: Option<(u64, u64)>,
    /// The current work.
    pub now: String,
}

/// The files that the script installed into the prefix.
#[derive(Debug)]
pub struct InstalledPackage<'a> {
    /// The directories of the build.
    pub paths: &'a BuildPaths,
    /// The new files, relative to the host prefix.
    pub files: &'a BTreeSet<PathBuf>,
    /// The archive.
    pub archive: &'a Path,
    /// The output of the script.
    pub log: &'a Path,
}
