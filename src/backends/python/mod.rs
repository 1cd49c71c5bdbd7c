//! The backend for Python projects, which uv or pip installs into the host prefix.
//!
//! It reads metadata from `pyproject.toml`, `setup.cfg` and `setup.py`, decides whether the
//! package is for all platforms, and creates the command line of the installer. The build
//! backend of the project builds the wheel.

mod aside;
mod binary;
mod check;
mod config;
mod conflicts;
mod dependency;
mod entry_points;
mod extras;
mod failure;
mod first_line;
mod inputs;
mod installation;
mod kept;
mod kind;
mod layout;
mod license;
mod literal;
mod maturin;
mod metadata;
mod own_files;
mod portable;
mod project;
mod python_spec;
mod pythons;
mod record;
mod requirements;
mod script;
mod shape;
mod source;
mod system_tools;
mod version;
mod wheel;

use miette::Report;
use rattler_conda_types::NoArchType;

pub use config::Config;
pub use source::Source;

use crate::backend::{
    Backend, BuildPaths, Cache, Diagnosis, Draft, Env, Finished, Folders, GlobSet,
    IgnoredRunExports, InstalledPackage, Log, Packaging, Platforms, Request, RunOptions,
    SystemTools,
};
use crate::backends::cargo::guest;
use crate::diagnostic::{Warning, list};
use crate::project::Metadata;
use config::{Installer, VersionFrom};
use pythons::{Pythons, VARIANT};
use shape::Shape;

/// The backend for Python projects.
#[derive(Debug, Clone, Copy)]
pub struct Python;

impl Backend for Python {
    const NAME: &'static str = "pixi-build-python";

    const BUILDS: &'static str = "Python projects";

    const INSTALLS: &'static str = "uv pip install";

    const METADATA_FILE: &'static str = "pyproject.toml";

    const OUTPUT_DIRECTORIES: &'static [&'static str] = own_files::OUTPUT_DIRECTORIES;

    type Config = Config;

    type Source = Source;

    fn read(&self, request: &Request<'_, Config>) -> Result<Source, Report> {
        Source::read(request)
    }

    fn draft(&self, request: &Request<'_, Config>, source: &Source) -> Result<Draft, Report> {
        let mut warnings = Vec::new();
        conflicts::check(request, source)?;
        let shape = Shape::of(request, source, &mut warnings);
        let pythons = Pythons::of(request, source, &shape);
        warnings.extend(without_effect(request, &shape));
        let skip = skipped(&pythons.excluded(request, source), &mut warnings);
        let draft = Draft {
            variants: own_variants(&pythons),
            metadata: metadata(source, &mut warnings),
            requirements: requirements::all(request, source, &shape, &mut warnings),
            groups: extras::names(request, source),
            script: script::install(request, source, &shape),
            packaging: Packaging {
                skip,
                ..packaging(request, source, &shape, &mut warnings)?
            },
            metadata_inputs: inputs::metadata(request, source),
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
        kept::enter(request.config, source, paths)?;
        let shape = Shape::of(request, source, &mut Vec::new());
        if let Some(guest) = shape.guest(source) {
            guest.before_build(request, paths)?;
        }
        installation::prepare(source, paths)
    }

    fn finish(
        &self,
        request: &Request<'_, Config>,
        source: &Source,
        paths: &BuildPaths,
        _: &Log,
    ) -> Result<Finished, Report> {
        let shape = Shape::of(request, source, &mut Vec::new());
        installation::finish(request, source, &shape, paths)
    }

    fn inputs(&self, request: &Request<'_, Config>, source: &Source) -> Vec<GlobSet> {
        let shape = Shape::of(request, source, &mut Vec::new());
        inputs::drafted(request, source, &shape)
    }

    fn built_inputs(
        &self,
        request: &Request<'_, Config>,
        source: &Source,
        paths: &BuildPaths,
    ) -> Result<Option<Vec<GlobSet>>, Report> {
        let shape = Shape::of(request, source, &mut Vec::new());
        if let Some(guest) = shape.guest(source) {
            guest.remember(request, paths)?;
        }
        inputs::built(request, source, &shape, paths)
    }

    fn caches(&self, folders: &Folders) -> Vec<Cache> {
        guest::caches(folders)
    }

    fn check_package(
        &self,
        request: &Request<'_, Config>,
        source: &Source,
        package: &InstalledPackage<'_>,
    ) -> Result<Vec<Warning>, Report> {
        let shape = Shape::of(request, source, &mut Vec::new());
        check::package(request, source, &shape, package)
    }

    fn installs(&self, request: &Request<'_, Config>) -> &'static str {
        match request.config.installer {
            Installer::Uv => Self::INSTALLS,
            Installer::Pip => "pip install",
        }
    }

    fn diagnose(
        &self,
        request: &Request<'_, Config>,
        source: &Source,
        log: &Log,
    ) -> Option<Diagnosis> {
        failure::diagnose(request, source, log)
    }

    fn system_tools(&self, env: &Env, platforms: Platforms) -> Result<SystemTools, Report> {
        system_tools::find(env, platforms)
    }

    fn passed_on(&self, _: &Env, run: &RunOptions) -> Vec<(String, String)> {
        let jobs = run.jobs.map(|jobs| jobs.to_string());
        let jobs = jobs.iter().flat_map(|jobs| {
            ["CMAKE_BUILD_PARALLEL_LEVEL", "CARGO_BUILD_JOBS", "MAX_JOBS"]
                .map(|name| (name.to_string(), jobs.clone()))
        });
        let offline = run.offline.then_some(["UV_OFFLINE", "CARGO_NET_OFFLINE"]);
        let offline = offline.into_iter().flatten();
        let offline = offline.map(|name| (name.to_string(), "true".to_string()));
        jobs.chain(offline).collect()
    }
}

fn metadata(source: &Source, warnings: &mut Vec<Warning>) -> Metadata {
    let version = source.version.as_ref();
    warnings.extend(version.and_then(|found| found.doubt.clone()));
    Metadata {
        version: version.map(|found| found.version.clone()),
        ..metadata::read(&source.files, warnings)
    }
}

fn packaging(
    request: &Request<'_, Config>,
    source: &Source,
    shape: &Shape,
    warnings: &mut Vec<Warning>,
) -> Result<Packaging, Report> {
    let entries = entry_points::all(request.config, &source.files, warnings)?;
    let entries = entries.iter().filter_map(|entry| entry.parse().ok());
    let mut ignored = IgnoredRunExports::default();
    // Neither kind of package depends on the version of Python in the host environment, so the
    // run export of `python` must not pin that version.
    if shape.abi3 || source.kind.is_program {
        ignored.from_package.push("python".to_string());
    }
    Ok(Packaging {
        noarch: if shape.noarch {
            NoArchType::python()
        } else {
            NoArchType::none()
        },
        entry_points: entries.collect(),
        purls: vec![format!("pkg:pypi/{}", source.name())],
        ignored_run_exports: ignored,
        version_independent: shape.abi3,
        without_byte_code: request.config.skip_pyc_compilation.0.clone(),
        // If the host environment already contains the project, the installation replaces
        // files and adds none. `check::package` recognizes an empty wheel instead.
        may_be_empty: true,
        ..Packaging::default()
    })
}

/// Returns a warning for each option that has no effect for this project.
fn without_effect(request: &Request<'_, Config>, shape: &Shape) -> Vec<Warning> {
    let config = request.config;
    let has_version = request.project.model.version.is_some();
    let version = has_version && config.version_from != VersionFrom::Auto;
    let version = version.then(|| {
        Warning::new("`version-from` has no effect beside a `version` in `[package]`")
            .help("remove one of the two")
    });
    let profile = config.profile.is_some() && shape.languages.is_empty();
    let profile =
        profile.then(|| Warning::new("`profile` has no effect: the project compiles nothing"));
    version.into_iter().chain(profile).collect()
}

/// Returns the variants that the backend adds because the request does not set them.
fn own_variants(pythons: &Pythons) -> Vec<(&'static str, Vec<String>)> {
    let own = pythons.are_own && !pythons.values.is_empty();
    own.then(|| (VARIANT, pythons.values.clone()))
        .into_iter()
        .collect()
}

/// Returns the conditions that skip the excluded versions of Python.
fn skipped(excluded: &[String], warnings: &mut Vec<Warning>) -> Vec<String> {
    if !excluded.is_empty() {
        let shown = list(excluded.iter().map(String::as_str));
        warnings.push(Warning::new(format!(
            "the variants {shown} of `{VARIANT}` are skipped: the project does not support them"
        )));
    }
    let conditions = excluded.iter().map(|value| pythons::condition(value));
    conditions.collect()
}
