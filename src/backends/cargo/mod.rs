//! Builds Cargo projects: runs `cargo install` into the host prefix.
//!
//! This backend reads the metadata that pixi's manifest leaves out, requests compilers, writes
//! the build script, prepares the directories that Cargo reuses, and explains failures. Cargo
//! itself resolves and compiles.

mod aliases;
mod build_dir;
mod compiler_cache;
mod config;
mod context;
pub(crate) mod failure;
pub(crate) mod guest;
mod inputs;
mod libraries;
mod manifest;
mod option_checks;
mod packed_binaries;
mod packed_libraries;
mod rust_version;
mod rust_version_conflict;
mod script;
pub(crate) mod system_tools;
mod third_party;
mod wrapper;

use miette::Report;

pub use config::Config;

use crate::backend::draft::CopiedSources;
use crate::backend::options::InputTracking;
use crate::backend::{
    Backend, BuildPaths, Cache, Diagnosis, Draft, Env, Finished, Folders, GlobSet,
    InstalledPackage, Log, Platforms, Progress, Request, Requirement, RunOptions, ScriptAnswer,
    ScriptCall, Section, SystemTools,
};
use crate::diagnostic::Warning;
use crate::protocol::spec::BinarySpec;
use build_dir::{changed_prefixes, out_dirs, size_limit, stale_sources};
use context::cargo_config::CargoConfig;
use context::choice;
use context::crate_context::{CrateBuild, CrateContext};
use context::layout::OUTPUT_DIRECTORIES;
use inputs::read_files::ReadFiles;
use script::{install, message, progress};

/// The backend for Cargo projects.
#[derive(Debug, Clone, Copy)]
pub struct Cargo;

impl Backend for Cargo {
    const NAME: &'static str = "pixi-build-rust";

    const BUILDS: &'static str = "Cargo projects";

    const INSTALLS: &'static str = "cargo install";

    const METADATA_FILE: &'static str = "Cargo.toml";

    const OUTPUT_DIRECTORIES: &'static [&'static str] = OUTPUT_DIRECTORIES;

    type Config = Config;

    type Source = CrateContext;

    fn read(&self, request: &Request<'_, Config>) -> Result<CrateContext, Report> {
        rust_version_conflict::check(request)?;
        CrateContext::read(request)
    }

    fn draft(
        &self,
        request: &Request<'_, Config>,
        context: &CrateContext,
    ) -> Result<Draft, Report> {
        let build = CrateBuild { request, context };
        let draft = Draft {
            metadata: context.metadata.clone(),
            requirements: requirements(request, context)?,
            variants: Vec::new(),
            script: install::install(build),
            metadata_inputs: inputs::inheritance(build),
            warnings: context.warnings.clone(),
            copied_sources: without_cargo_config(request.config),
            ..Draft::default()
        };
        let Config {
            package, common, ..
        } = request.config;
        let mut draft = package.applied(draft, request, common)?;
        if let Some(copied) = &mut draft.copied_sources {
            copied.workspace = Some(context.workspace.clone());
        }
        Ok(draft)
    }

    fn before_build(
        &self,
        request: &Request<'_, Config>,
        context: &CrateContext,
        paths: &BuildPaths,
    ) -> Result<(), Report> {
        let build = CrateBuild { request, context };
        for file in build.cargo_config.foreign(request) {
            tracing::info!(
                "{} is not part of the project and does not apply",
                file.display()
            );
        }
        for place in choice::overridden(build.request.config, build.krate.workspace.root()) {
            tracing::info!("{place}");
        }
        size_limit::keep_within_limit(build)?;
        stale_sources::drop_stale(build, paths)?;
        if request.config.has_libraries() {
            changed_prefixes::forget_library(build, paths)?;
            libraries::remove_old(build, paths)?;
        }
        changed_prefixes::enter(build, paths)?;
        out_dirs::empty_outdated(build, paths)
    }

    fn finish(
        &self,
        request: &Request<'_, Config>,
        context: &CrateContext,
        paths: &BuildPaths,
        log: &Log,
    ) -> Result<Finished, Report> {
        let build = CrateBuild { request, context };
        let mut warnings = Vec::new();
        let bundle = third_party::write(build, paths, &mut warnings)?;
        Ok(Finished {
            license_files: bundle.into_iter().collect(),
            out_dir: message::out_dir(log, &build.root, paths),
            version: build.krate.version(),
            package_files: None,
            files: [
                libraries::install(build, paths)?,
                aliases::install(build, paths)?,
            ]
            .concat(),
            warnings,
        })
    }

    fn inputs(&self, request: &Request<'_, Config>, context: &CrateContext) -> Vec<GlobSet> {
        inputs::drafted(CrateBuild { request, context })
    }

    fn built_inputs(
        &self,
        request: &Request<'_, Config>,
        context: &CrateContext,
        paths: &BuildPaths,
    ) -> Result<Option<Vec<GlobSet>>, Report> {
        let build = CrateBuild { request, context };
        let read = ReadFiles::of(build, paths);
        if let Ok(read) = &read {
            stale_sources::remember(build, paths, read.paths());
        }
        if request.config.input_tracking == InputTracking::Globs {
            return Ok(None);
        }
        Ok(Some(inputs::built(build, &read?)))
    }

    fn after_failure(
        &self,
        request: &Request<'_, Config>,
        context: &CrateContext,
        paths: &BuildPaths,
    ) -> Result<(), Report> {
        stale_sources::remember_all(CrateBuild { request, context }, paths);
        Ok(())
    }

    fn check_package(
        &self,
        request: &Request<'_, Config>,
        context: &CrateContext,
        package: &InstalledPackage<'_>,
    ) -> Result<Vec<Warning>, Report> {
        let build = CrateBuild { request, context };
        let mut warnings = packed_binaries::warnings(build, package);
        warnings.extend(packed_libraries::warnings(build, package));
        Ok(warnings)
    }

    fn diagnose(
        &self,
        request: &Request<'_, Config>,
        context: &CrateContext,
        log: &Log,
    ) -> Option<Diagnosis> {
        failure::diagnose(log, CrateBuild { request, context })
    }

    fn nothing_installed(
        &self,
        request: &Request<'_, Config>,
        context: &CrateContext,
        log: &Log,
    ) -> Diagnosis {
        failure::nothing_installed(log, CrateBuild { request, context })
    }

    fn progress(&self, line: &str) -> Option<Progress> {
        progress::read(line)
    }

    fn system_tools(&self, env: &Env, platforms: Platforms) -> Result<SystemTools, Report> {
        system_tools::find(env, platforms)
    }

    fn passed_on(&self, env: &Env, run: &RunOptions) -> Vec<(String, String)> {
        let jobs = run.jobs.map(|jobs| jobs.to_string());
        let offline = run.offline.then(|| "true".to_string());
        let variables = [("CARGO_BUILD_JOBS", jobs), ("CARGO_NET_OFFLINE", offline)];
        let variables = variables.into_iter().filter_map(|(name, chosen)| {
            let inherited = || env.get(name).map(str::to_string);
            Some((name.to_string(), chosen.or_else(inherited)?))
        });
        variables.collect()
    }

    fn answer_script(&self, call: &ScriptCall<'_>) -> Option<Result<ScriptAnswer, Report>> {
        wrapper::answer(call)
    }

    fn caches(&self, folders: &Folders) -> Vec<Cache> {
        size_limit::all(folders)
    }
}

/// Cargo always reads the configuration of the directory in which it runs; there is no option
/// to prevent this. The build therefore uses a copy of the sources without configuration files.
fn without_cargo_config(config: &Config) -> Option<CopiedSources> {
    (!config.applies_cargo_config()).then(|| CopiedSources {
        workspace: None,
        without: CargoConfig::globs(),
    })
}

fn requirements(
    request: &Request<'_, Config>,
    context: &CrateContext,
) -> Result<Vec<Requirement>, Report> {
    let compilers = request.config.compilers();
    let mut requirements: Vec<Requirement> = compilers
        .iter()
        .map(|language| Requirement::Compiler(language.clone()))
        .collect();
    // Every compiler needs a C library, except for Go without cgo.
    let needs_stdlib = compilers.iter().any(|language| language != "go-nocgo");
    if request.variants.contains_key("c_stdlib") && needs_stdlib {
        requirements.push(Requirement::Stdlib("c".to_string()));
    }
    if request.config.wants_sccache() {
        let any = BinarySpec::default();
        requirements.push(Requirement::package(Section::Build, "sccache", any));
    }
    let tools = [
        ("cargo-auditable", request.config.auditable),
        (
            "cargo-c",
            option_checks::c_types(&request.config.c_library).is_some(),
        ),
    ];
    for (tool, _) in tools.into_iter().filter(|(_, is_needed)| *is_needed) {
        let any = BinarySpec::default();
        requirements.push(Requirement::package(Section::Build, tool, any));
    }
    requirements.extend(rust_version::requirement(request, context)?);
    Ok(requirements)
}
