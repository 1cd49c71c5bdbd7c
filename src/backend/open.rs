//! Backends without their types, so that one process can contain several.
//!
//! Each [`Backend`] has its own types for configuration and source. All layers above this
//! one use [`AnyBackend`] and [`OpenProject`] instead. Both are implemented once, here.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use indexmap::IndexMap;
use miette::Report;
use rattler_conda_types::Subdir;
use serde_json::Value;

use crate::backend::{
    Backend, BuildPaths, Cache, Diagnosis, Draft, Env, Finished, Folders, GlobSet,
    InstalledPackage, Log, Platforms, Progress, Request, RunOptions, ScriptAnswer, ScriptCall,
    SystemTools,
};
use crate::diagnostic::Warning;
use crate::project::Project;
use crate::project::config::{ConfigTables, Options};
use crate::project::manifest::Manifest;

/// A [`Backend`] of any type.
pub trait AnyBackend: Send + Sync {
    /// [`Backend::NAME`].
    fn name(&self) -> &'static str;
    /// [`Backend::BUILDS`].
    fn builds(&self) -> &'static str;
    /// [`Backend::METADATA_FILE`].
    fn metadata_file(&self) -> &'static str;
    /// [`Backend::NEEDS_MODEL`].
    fn needs_model(&self) -> bool;
    /// [`Backend::OUTPUT_DIRECTORIES`].
    fn output_directories(&self) -> &'static [&'static str];
    /// The keys of the options; see [`Options::KEYS`].
    fn option_keys(&self) -> &'static [&'static str];
    /// Reads and checks the tables of the configuration, for all targets.
    ///
    /// # Errors
    /// See [`ConfigTables::read`].
    fn tables(
        &self,
        configuration: Option<Value>,
        targets: Option<IndexMap<String, Value>>,
        manifest: &Manifest,
    ) -> Result<ConfigTables, Report>;
    /// [`Backend::variant_files`].
    ///
    /// # Errors
    /// Named files that do not exist.
    fn variant_files(&self, context: &Context<'_>) -> Result<Vec<PathBuf>, Report>;
    /// [`Backend::default_variants`].
    fn default_variants(&self, host: Subdir) -> Vec<(&'static str, Vec<&'static str>)>;
    /// Reads a project for one request.
    ///
    /// # Errors
    /// Errors in the user's files.
    fn open<'a>(
        &'a self,
        context: Context<'a>,
        variants: BTreeMap<String, Vec<String>>,
    ) -> Result<Box<dyn OpenProject + 'a>, Report>;
    /// [`Backend::progress`].
    fn progress(&self, line: &str) -> Option<Progress>;
    /// [`Backend::system_tools`].
    ///
    /// # Errors
    /// A tool that is not installed.
    fn system_tools(&self, env: &Env, platforms: Platforms) -> Result<SystemTools, Report>;
    /// [`Backend::passed_on`].
    fn passed_on(&self, env: &Env, run: &RunOptions) -> Vec<(String, String)>;
    /// [`Backend::answer_script`].
    fn answer_script(&self, call: &ScriptCall<'_>) -> Option<Result<ScriptAnswer, Report>>;
    /// [`Backend::caches`].
    fn caches(&self, folders: &Folders) -> Vec<Cache>;
}

impl fmt::Debug for dyn AnyBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The data of a request before its configuration has a type; see [`Request`].
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The user's files.
    pub project: &'a Project,
    /// The configuration, checked but not yet merged.
    pub tables: &'a ConfigTables,
    /// The platform of the build and the platform of the package.
    pub platforms: Platforms,
    /// Directories that builds share.
    pub folders: &'a Folders,
    /// The process environment, captured at the start.
    pub env: &'a Env,
    /// The options of the command line.
    pub run: &'a RunOptions,
    /// Whether this is a development build.
    pub editable: bool,
}

/// A project that a backend has read for one request. The hooks of [`Backend`] are its
/// methods.
pub trait OpenProject: Send + Sync {
    /// Warnings about the configuration.
    fn config_warnings(&self) -> Vec<Warning>;
    /// [`Backend::draft`].
    ///
    /// # Errors
    /// Errors in the user's files.
    fn draft(&self) -> Result<Draft, Report>;
    /// [`Backend::before_build`].
    ///
    /// # Errors
    /// Files that cannot be read or removed.
    fn before_build(&self, paths: &BuildPaths) -> Result<(), Report>;
    /// [`Backend::finish`].
    ///
    /// # Errors
    /// Files that cannot be read or written.
    fn finish(&self, paths: &BuildPaths, log: &Log) -> Result<Finished, Report>;
    /// [`Backend::inputs`].
    fn inputs(&self) -> Vec<GlobSet>;
    /// [`Backend::built_inputs`].
    ///
    /// # Errors
    /// The records of the build cannot be read.
    fn built_inputs(&self, paths: &BuildPaths) -> Result<Option<Vec<GlobSet>>, Report>;
    /// [`Backend::after_failure`].
    ///
    /// # Errors
    /// The records of the build cannot be read.
    fn after_failure(&self, paths: &BuildPaths) -> Result<(), Report>;
    /// [`Backend::check_package`].
    ///
    /// # Errors
    /// The reason why the package must not be used.
    fn check_package(&self, package: &InstalledPackage<'_>) -> Result<Vec<Warning>, Report>;
    /// [`Backend::installs`].
    fn installs(&self) -> &'static str;
    /// [`Backend::diagnose`].
    fn diagnose(&self, log: &Log) -> Option<Diagnosis>;
    /// [`Backend::nothing_installed`].
    fn nothing_installed(&self, log: &Log) -> Diagnosis;
}

impl<B: Backend> AnyBackend for B {
    fn name(&self) -> &'static str {
        B::NAME
    }

    fn builds(&self) -> &'static str {
        B::BUILDS
    }

    fn metadata_file(&self) -> &'static str {
        B::METADATA_FILE
    }

    fn needs_model(&self) -> bool {
        B::NEEDS_MODEL
    }

    fn output_directories(&self) -> &'static [&'static str] {
        B::OUTPUT_DIRECTORIES
    }

    fn option_keys(&self) -> &'static [&'static str] {
        B::Config::KEYS
    }

    fn tables(
        &self,
        configuration: Option<Value>,
        targets: Option<IndexMap<String, Value>>,
        manifest: &Manifest,
    ) -> Result<ConfigTables, Report> {
        ConfigTables::read::<B::Config>(B::NAME, configuration, targets, manifest)
    }

    fn variant_files(&self, context: &Context<'_>) -> Result<Vec<PathBuf>, Report> {
        let config: B::Config = context.tables.merged(context.platforms.host)?;
        let variants = BTreeMap::new();
        Backend::variant_files(self, &request(context, &config, &variants))
    }

    fn default_variants(&self, host: Subdir) -> Vec<(&'static str, Vec<&'static str>)> {
        Backend::default_variants(self, host)
    }

    fn open<'a>(
        &'a self,
        context: Context<'a>,
        variants: BTreeMap<String, Vec<String>>,
    ) -> Result<Box<dyn OpenProject + 'a>, Report> {
        let config: B::Config = context.tables.merged(context.platforms.host)?;
        let source = self.read(&request(&context, &config, &variants))?;
        Ok(Box::new(Opened {
            backend: self,
            context,
            config,
            variants,
            source,
        }))
    }

    fn progress(&self, line: &str) -> Option<Progress> {
        Backend::progress(self, line)
    }

    fn system_tools(&self, env: &Env, platforms: Platforms) -> Result<SystemTools, Report> {
        Backend::system_tools(self, env, platforms)
    }

    fn passed_on(&self, env: &Env, run: &RunOptions) -> Vec<(String, String)> {
        Backend::passed_on(self, env, run)
    }

    fn answer_script(&self, call: &ScriptCall<'_>) -> Option<Result<ScriptAnswer, Report>> {
        Backend::answer_script(self, call)
    }

    fn caches(&self, folders: &Folders) -> Vec<Cache> {
        Backend::caches(self, folders)
    }
}

fn request<'a, C>(
    context: &Context<'a>,
    config: &'a C,
    variants: &'a BTreeMap<String, Vec<String>>,
) -> Request<'a, C> {
    let Context {
        project,
        tables: _,
        platforms,
        folders,
        env,
        run,
        editable,
    } = *context;
    Request {
        project,
        config,
        platforms,
        variants,
        folders,
        env,
        run,
        editable,
    }
}

/// A project with all data that its backend has read.
struct Opened<'a, B: Backend> {
    backend: &'a B,
    context: Context<'a>,
    config: B::Config,
    variants: BTreeMap<String, Vec<String>>,
    source: B::Source,
}

impl<B: Backend> Opened<'_, B> {
    fn request(&self) -> Request<'_, B::Config> {
        request(&self.context, &self.config, &self.variants)
    }
}

impl<B: Backend> OpenProject for Opened<'_, B> {
    fn config_warnings(&self) -> Vec<Warning> {
        self.config.warnings()
    }

    fn draft(&self) -> Result<Draft, Report> {
        self.backend.draft(&self.request(), &self.source)
    }

    fn before_build(&self, paths: &BuildPaths) -> Result<(), Report> {
        (self.backend).before_build(&self.request(), &self.source, paths)
    }

    fn finish(&self, paths: &BuildPaths, log: &Log) -> Result<Finished, Report> {
        (self.backend).finish(&self.request(), &self.source, paths, log)
    }

    fn inputs(&self) -> Vec<GlobSet> {
        self.backend.inputs(&self.request(), &self.source)
    }

    fn built_inputs(&self, paths: &BuildPaths) -> Result<Option<Vec<GlobSet>>, Report> {
        (self.backend).built_inputs(&self.request(), &self.source, paths)
    }

    fn after_failure(&self, paths: &BuildPaths) -> Result<(), Report> {
        (self.backend).after_failure(&self.request(), &self.source, paths)
    }

    fn check_package(&self, package: &InstalledPackage<'_>) -> Result<Vec<Warning>, Report> {
        (self.backend).check_package(&self.request(), &self.source, package)
    }

    fn installs(&self) -> &'static str {
        self.backend.installs(&self.request())
    }

    fn diagnose(&self, log: &Log) -> Option<Diagnosis> {
        let diagnosis = (self.backend).diagnose(&self.request(), &self.source, log)?;
        Some(if self.context.run.system_tools {
            diagnosis.with_system_tools()
        } else {
            diagnosis
        })
    }

    fn nothing_installed(&self, log: &Log) -> Diagnosis {
        (self.backend).nothing_installed(&self.request(), &self.source, log)
    }
}
