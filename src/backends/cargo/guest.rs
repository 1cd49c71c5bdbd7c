//! Lets another backend, whose build tool starts Cargo, use the shared tree of the workspace.
//!
//! The other backend writes the command that starts Cargo. This module sets up everything that
//! keeps the artifacts of several environments apart, in the same way as for a Rust package.
//! Otherwise the builds would not find each other's artifacts, or would find wrong ones.

use std::path::{Path, PathBuf};

use miette::Report;

use crate::backend::options::{CommonOptions, CompilerCache};
use crate::backend::script::{ScriptFile, Step, Word};
use crate::backend::{BuildPaths, Cache, Folders, Request};
use crate::backends::cargo::build_dir::{
    changed_prefixes, dep_info, out_dirs, shared_build_dir, size_limit, stale_sources,
};
use crate::backends::cargo::config::Config;
use crate::backends::cargo::context::crate_context::{CrateBuild, CrateContext};
use crate::backends::cargo::context::layout;
use crate::backends::cargo::context::tools::Tools;
use crate::backends::cargo::script::environment::ScriptEnvironment;
use crate::backends::cargo::script::{install, rustflags};
use crate::backends::cargo::wrapper::shared;

pub(crate) use crate::backends::cargo::context::layout::TARGET_DIR;
pub(crate) use crate::backends::cargo::wrapper::settings::Linking;

/// A crate that another backend builds in the shared tree.
#[derive(Debug)]
pub(crate) struct Guest {
    config: Config,
    context: CrateContext,
    lock: PathBuf,
}

/// The parts of a build script with which it uses the shared tree.
#[derive(Debug)]
pub(crate) struct GuestScript {
    /// The steps before Cargo runs. They follow all other steps that set variables.
    pub(crate) steps: Vec<Step>,
    /// The files that the steps need.
    pub(crate) files: Vec<ScriptFile>,
    /// The arguments that Cargo needs.
    pub(crate) arguments: Vec<Word>,
}

impl Guest {
    /// Reads the crate in the source directory. `profile` is the profile of Cargo, unless it is
    /// the one for releases. `None` if this build cannot use the shared tree.
    pub(crate) fn of<T>(
        request: &Request<'_, T>,
        common: &CommonOptions,
        profile: Option<&str>,
    ) -> Option<Self> {
        let config = Config {
            common: CommonOptions {
                env: common.env.clone(),
                artifact_limit: common.artifact_limit.clone(),
                compiler_cache: CompilerCache::None,
                ..CommonOptions::default()
            },
            // The other backend reads the metadata.
            ignore_cargo_manifest: true,
            profile: profile.map(str::to_string),
            ..Config::default()
        };
        let own = with_config(request, &config);
        let mut context = match CrateContext::read(&own) {
            Ok(context) => context,
            Err(error) => {
                tracing::info!("Rust code does not use the shared artifacts: {error}");
                return None;
            }
        };
        if context.root != request.project.source || context.package.is_empty() {
            let root = context.root.display();
            tracing::info!("Rust code does not use the shared artifacts: the crate is in {root}");
            return None;
        }
        // A Rust package of the same crate reads other files.
        context.notes = format!("{}.guest", context.package);
        let lock = shared_build_dir::lock(context.shared_folder.as_deref()?);
        Some(Self {
            config,
            context,
            lock,
        })
    }

    /// The file that a build locks while it uses the shared tree.
    pub(crate) fn lock(&self) -> &Path {
        &self.lock
    }

    /// The parts of the script. `linking` replaces the run path of programs.
    pub(crate) fn script<T>(&self, request: &Request<'_, T>, linking: Linking) -> GuestScript {
        let request = with_config(request, &self.config);
        let build = self.build(&request);
        let tools = Tools {
            build: request.platforms.build,
        };
        // The other build tool decides whether the lock file must match.
        let shared = shared_build_dir::settings(build, Vec::new());
        let shared = shared.map(|settings| settings.linked_by(linking));
        let environment = ScriptEnvironment::of(build, &tools, shared, None);
        let env = &request.config.env;
        let is_free = |step: &Step| !matches!(step, Step::Set(name, _) if env.contains_key(name));
        let mut steps = install::tools(&tools);
        steps.retain(is_free);
        steps.push(install::stop_config_search(build));
        steps.extend(rustflags::variables(build));
        steps.extend(environment.before);
        steps.extend(environment.after);
        let file = Word::variable("SRC_DIR");
        let file = file.then(format!("{}{}", tools.separator(), shared::CONFIGURATION));
        let mut arguments = vec!["--config".into(), file];
        arguments.extend(rustflags::arguments(build).into_iter().map(Word::literal));
        GuestScript {
            steps,
            files: environment.files,
            arguments,
        }
    }

    /// Removes artifacts that Cargo would wrongly reuse, and those above the size limit.
    ///
    /// # Errors
    /// Files that cannot be read, written or removed.
    pub(crate) fn before_build<T>(
        &self,
        request: &Request<'_, T>,
        paths: &BuildPaths,
    ) -> Result<(), Report> {
        let request = with_config(request, &self.config);
        let build = self.build(&request);
        size_limit::keep_within_limit(build)?;
        stale_sources::drop_stale(build, paths)?;
        changed_prefixes::forget_library(build, paths)?;
        changed_prefixes::enter(build, paths)?;
        out_dirs::empty_outdated(build, paths)
    }

    /// Records the files that the build read, for [`before_build`](Self::before_build) of the
    /// next build.
    ///
    /// # Errors
    /// Records of Cargo that cannot be read.
    pub(crate) fn remember<T>(
        &self,
        request: &Request<'_, T>,
        paths: &BuildPaths,
    ) -> Result<(), Report> {
        let request = with_config(request, &self.config);
        let build = self.build(&request);
        let read = dep_info::all_sources(&paths.script_folder.join(TARGET_DIR))?;
        let bases = || build.context.cargo_config.folders();
        // Build scripts generate files in the shared tree.
        let generated = paths
            .created()
            .into_iter()
            .chain(build.request.folders.scratch.clone());
        let generated: Vec<PathBuf> = generated.collect();
        let read = read.iter().map(|path| dep_info::absolute(path, bases()));
        let read = read.filter(|path| !generated.iter().any(|folder| path.starts_with(folder)));
        stale_sources::remember(build, paths, &read.collect());
        Ok(())
    }

    fn build<'a>(&'a self, request: &'a Request<'a, Config>) -> CrateBuild<'a> {
        CrateBuild {
            request,
            context: &self.context,
        }
    }
}

/// The directories that outlive builds.
pub(crate) fn caches(folders: &Folders) -> Vec<Cache> {
    size_limit::all(folders)
}

/// Cargo's home directory, which all builds of the user share.
pub(crate) fn cargo_home(folders: &Folders) -> Option<PathBuf> {
    layout::cargo_home(folders)
}

fn with_config<'a, T>(request: &Request<'a, T>, config: &'a Config) -> Request<'a, Config> {
    Request {
        project: request.project,
        config,
        platforms: request.platforms,
        variants: request.variants,
        folders: request.folders,
        env: request.env,
        run: request.run,
        editable: request.editable,
    }
}
