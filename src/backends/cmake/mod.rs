//! CMake projects: configure with Ninja, build, install into the host prefix.
//!
//! The backend reads missing metadata from `CMakeLists.txt`, requires compilers, CMake
//! and ninja, and writes the commands. After the build it reads the files that CMake and
//! ninja have used from their records.

mod arguments;
mod caches;
mod config;
mod copies;
mod failure;
mod file_api;
mod globs;
pub(crate) mod guest;
mod inputs;
mod listfile;
mod metadata;
mod mistakes;
mod nested;
mod ninja;
mod presets;
mod progress;
mod project;
mod requirements;
mod reuse;
mod script;
mod system_tools;
mod tree;
mod unreported;
mod view;

use miette::Report;

pub use config::Config;

use crate::backend::{
    Backend, BuildPaths, Cache, Diagnosis, Draft, Env, Folders, GlobSet, InstalledPackage, Log,
    Platforms, Progress, Request, RunOptions, SystemTools,
};
use crate::diagnostic::Warning;
use view::{Source, View};

const NAME: &str = "pixi-build-cmake";

/// The backend for CMake projects.
#[derive(Debug, Clone, Copy)]
pub struct CMake;

impl Backend for CMake {
    const NAME: &'static str = NAME;

    const BUILDS: &'static str = "CMake projects";

    const INSTALLS: &'static str = "cmake --install";

    const METADATA_FILE: &'static str = listfile::LISTS;

    type Config = Config;

    type Source = Source;

    fn read(&self, request: &Request<'_, Config>) -> Result<Source, Report> {
        Source::read(request)
    }

    fn draft(&self, request: &Request<'_, Config>, source: &Source) -> Result<Draft, Report> {
        let view = View::of(request, source);
        let mut warnings = Vec::new();
        let draft = Draft {
            metadata: metadata::of(&view, &mut warnings)?,
            requirements: requirements::of(&view, &mut warnings),
            variants: Vec::new(),
            script: script::install(&view),
            metadata_inputs: inputs::metadata(&view),
            warnings,
            ..Draft::default()
        };
        let Config {
            package, common, ..
        } = request.config;
        package.applied(draft, request, common)
    }

    fn before_build(
        &self,
        request: &Request<'_, Config>,
        source: &Source,
        paths: &BuildPaths,
    ) -> Result<(), Report> {
        let view = View::of(request, source);
        caches::keep_within_limit(&view)?;
        reuse::prepare(&view, paths)
    }

    fn inputs(&self, request: &Request<'_, Config>, source: &Source) -> Vec<GlobSet> {
        inputs::drafted(&View::of(request, source))
    }

    fn built_inputs(
        &self,
        request: &Request<'_, Config>,
        source: &Source,
        paths: &BuildPaths,
    ) -> Result<Option<Vec<GlobSet>>, Report> {
        inputs::built(&View::of(request, source), paths)
    }

    fn after_failure(
        &self,
        request: &Request<'_, Config>,
        source: &Source,
        paths: &BuildPaths,
    ) -> Result<(), Report> {
        inputs::remember(&View::of(request, source), paths)
    }

    fn check_package(
        &self,
        request: &Request<'_, Config>,
        source: &Source,
        package: &InstalledPackage<'_>,
    ) -> Result<Vec<Warning>, Report> {
        let view = View::of(request, source);
        failure::outside(&view, package)?;
        let log = std::fs::read(package.log).unwrap_or_default();
        let log = Log::new(&String::from_utf8_lossy(&log));
        Ok(failure::unused(&view, &log).into_iter().collect())
    }

    fn diagnose(
        &self,
        request: &Request<'_, Config>,
        source: &Source,
        log: &Log,
    ) -> Option<Diagnosis> {
        failure::diagnose(&View::of(request, source), log)
    }

    fn nothing_installed(
        &self,
        request: &Request<'_, Config>,
        source: &Source,
        _: &Log,
    ) -> Diagnosis {
        failure::nothing_installed(&View::of(request, source))
    }

    fn progress(&self, line: &str) -> Option<Progress> {
        progress::read(line)
    }

    fn system_tools(&self, env: &Env, platforms: Platforms) -> Result<SystemTools, Report> {
        system_tools::find(env, platforms)
    }

    fn passed_on(&self, env: &Env, run: &RunOptions) -> Vec<(String, String)> {
        let jobs = run.jobs.map(|jobs| jobs.to_string());
        let jobs = jobs.or_else(|| env.get(script::JOBS).map(str::to_string));
        jobs.map(|jobs| (script::JOBS.to_string(), jobs))
            .into_iter()
            .collect()
    }

    fn caches(&self, folders: &Folders) -> Vec<Cache> {
        caches::all(folders)
    }
}
