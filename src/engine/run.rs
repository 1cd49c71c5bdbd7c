//! The answer to `conda/build_v1`: runs the script and packs what it installed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use miette::{Diagnostic, Report};
use rattler_build_core::build::{WorkingDirectoryBehavior, run_build};
use rattler_build_core::render::resolved_dependencies::{
    DependencyInfo, FinalizedDependencies, FinalizedRunDependencies, ResolvedDependencies,
    RunExportDependency, SourceDependency,
};
use rattler_build_core::system_tools::SystemTools;
use rattler_build_core::tool_configuration::Configuration;
use rattler_build_core::types::{
    BuildConfiguration, Directories, Output, PackageIdentifier, PackagingSettings,
    PlatformWithVirtualPackages,
};
use rattler_conda_types::compression_level::CompressionLevel;
use rattler_conda_types::package::{CondaArchiveType, RunExportsJson};
use rattler_conda_types::{ChannelUrl, MatchSpec, ParseMatchSpecOptions, RepodataRevision, Subdir};
use thiserror::Error;

use crate::backend::{Backend, Platforms};
use crate::engine::debug::DebugFolder;
use crate::engine::describe::globs;
use crate::engine::failure::BuildFailed;
use crate::engine::{Plan, Session, sweep};
use crate::protocol::build::{
    Answer, ArchiveType, CompressionLevel as Level, Dep, DepSpec, NamedLevel, PackageFormat,
    Params, Prefix, RunExports,
};
use crate::recipe::Rendered;

/// What the platforms of a build are: those of its prefixes.
pub fn platforms(params: &Params, current: Subdir) -> Platforms {
    let of = |prefix: &Option<Prefix>| prefix.as_ref().map(|prefix| prefix.platform);
    let host = of(&params.host_prefix).unwrap_or(params.output.subdir);
    Platforms {
        build: of(&params.build_prefix).unwrap_or(current),
        host,
    }
}

/// Builds the output that `params` name.
///
/// # Errors
/// [`BuildFailed`] with the first compiler errors; whatever packing runs into.
pub async fn run<B: Backend>(
    session: &Session<B>,
    plan: &Plan,
    params: Params,
    now: jiff::Timestamp,
) -> Result<Answer, Report> {
    let rendered = plan.select(&params.output)?.clone();
    for warning in &plan.warnings {
        tracing::warn!("{warning}");
    }

    let work_directory = params.work_directory.clone();
    let host_prefix = prefix_path(&params.host_prefix, &work_directory, "host");
    if host_prefix.is_dir() {
        sweep::sweep(&host_prefix, &work_directory)?;
    }
    let log = Log::begin(&work_directory);
    let source = session.project.source.clone();
    let job = Job {
        backend: B::NAME,
        recipe_path: session.project.manifest.path().to_path_buf(),
        plan,
        rendered,
        params,
        now: source_date(session).unwrap_or(now),
    };
    let result = job.run().await;
    let log = log.finish();
    let (output, archive) = result.map_err(|error| explain(error, &log))?;

    let (input_globs, input_glob_sets) = globs(&plan.inputs.build, &source);
    Ok(Answer {
        output_file: archive,
        input_globs,
        input_glob_sets,
        name: output.name().as_normalized().to_string(),
        version: output.version().to_string(),
        build: output.build_string().into_owned(),
        subdir: *output.target_platform(),
    })
}

/// `SOURCE_DATE_EPOCH`, for builds that must come out the same every time.
fn source_date<B>(session: &Session<B>) -> Option<jiff::Timestamp> {
    let seconds = session.env.get("SOURCE_DATE_EPOCH")?.parse().ok()?;
    jiff::Timestamp::from_second(seconds).ok()
}

/// rattler-build says no more than that the script failed.
fn explain(error: Report, log: &Path) -> Report {
    if error.to_string() == "Script failed to execute" {
        return BuildFailed::from_log(log).into();
    }
    error
}

fn prefix_path(prefix: &Option<Prefix>, work_directory: &Path, name: &str) -> PathBuf {
    match prefix {
        Some(prefix) => prefix.prefix.clone(),
        None => work_directory.join(name),
    }
}

/// One log a build, in the debug folder. rattler-build appends to a file in its
/// own work folder; that file is a second name of ours, so the log is there while
/// the build runs and when it is killed.
struct Log {
    written: PathBuf,
    kept: PathBuf,
}

impl Log {
    fn begin(work_directory: &Path) -> Self {
        let log = Self {
            written: work_directory.join("work").join("conda_build.log"),
            kept: DebugFolder::of(work_directory).build_log(),
        };
        let started = remove(&log.written)
            .and_then(|()| remove(&log.kept))
            .and_then(|()| std::fs::create_dir_all(log.kept.parent().unwrap_or(work_directory)))
            .and_then(|()| std::fs::create_dir_all(work_directory.join("work")))
            .and_then(|()| std::fs::write(&log.kept, ""))
            .and_then(|()| std::fs::hard_link(&log.kept, &log.written));
        if let Err(error) = started {
            tracing::debug!("the build log is copied at the end: {error}");
        }
        log
    }

    /// The log, wherever it could be written.
    fn finish(self) -> PathBuf {
        let length = |path: &Path| std::fs::metadata(path).map(|meta| meta.len()).unwrap_or(0);
        if length(&self.kept) < length(&self.written)
            && let Err(error) = std::fs::copy(&self.written, &self.kept)
        {
            tracing::warn!("cannot write {}: {error}", self.kept.display());
            return self.written;
        }
        self.kept
    }
}

fn remove(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Everything rattler-build needs to know, before it is in its own types.
struct Job<'a> {
    backend: &'static str,
    recipe_path: PathBuf,
    plan: &'a Plan,
    rendered: Rendered,
    params: Params,
    now: jiff::Timestamp,
}

impl Job<'_> {
    async fn run(self) -> Result<(Output, PathBuf), Report> {
        let tools = Configuration::builder()
            .with_cache_dir(self.params.work_directory.join(".rattler-build"))
            .with_environments_externally_managed(true)
            .with_keep_build(true)
            .with_testing(false)
            .with_allow_absolute_license_paths(true)
            .finish();
        let output = self.output()?;
        run_build(output, &tools, WorkingDirectoryBehavior::Preserve).await
    }

    fn output(self) -> Result<Output, Report> {
        let Self {
            backend,
            recipe_path,
            plan,
            rendered,
            params,
            now,
        } = self;
        let Rendered {
            recipe,
            variant,
            hash,
            build_string,
        } = rendered;
        let Params {
            channels,
            build_prefix,
            host_prefix,
            run_dependencies,
            run_constraints,
            run_exports,
            extra_dependencies,
            output: _,
            work_directory,
            output_directory,
            // Debug and release builds differ by `extra-args` alone.
            editable: _,
            package_format,
        } = params;
        let Platforms { build, host } = plan.platforms;

        let directories = Directories {
            recipe_dir: recipe_path.parent().unwrap_or(&recipe_path).to_path_buf(),
            recipe_path,
            cache_dir: work_directory.join(".rattler-build"),
            host_prefix: prefix_path(&host_prefix, &work_directory, "host"),
            build_prefix: prefix_path(&build_prefix, &work_directory, "bld"),
            work_dir: work_directory.join("work"),
            output_dir: output_directory.unwrap_or_else(|| work_directory.join("output")),
            build_dir: work_directory,
        };
        let run = FinalizedRunDependencies {
            depends: dependencies(run_dependencies.unwrap_or_default())?,
            constraints: dependencies(run_constraints.unwrap_or_default())?,
            extra_depends: extra_dependencies
                .unwrap_or_default()
                .into_iter()
                .map(|(group, specs)| Ok((group, dependencies(specs)?)))
                .collect::<Result<BTreeMap<_, _>, Report>>()?,
            run_exports: exports(run_exports.unwrap_or_default())?,
        };
        let repodata_revision = revision(&recipe.build().flags, &run);
        let finalized = FinalizedDependencies {
            build: resolved(build_prefix)?,
            host: resolved(host_prefix)?,
            run,
        };
        let itself = PackageIdentifier {
            name: recipe.package().name().clone(),
            version: recipe.package().version().clone(),
            build_string,
        };
        let configuration = BuildConfiguration {
            target_platform: host,
            host_platform: platform(host),
            build_platform: platform(build),
            variant,
            hash,
            directories,
            channels: channel_urls(&channels)?,
            channel_priority: Default::default(),
            solve_strategy: Default::default(),
            timestamp: now,
            subpackages: BTreeMap::from([(itself.name.clone(), itself)]),
            packaging_settings: packaging(package_format)?,
            // The recipe mentions paths of this machine.
            store_recipe: false,
            force_colors: console::colors_enabled_stderr(),
            experimental: false,
            env_isolation: Default::default(),
            sandbox_config: None,
            exclude_newer: None,
            repodata_revision,
        };
        Ok(Output {
            recipe,
            build_configuration: configuration,
            finalized_dependencies: Some(finalized),
            finalized_sources: None,
            finalized_cache_dependencies: None,
            finalized_cache_sources: None,
            build_summary: Default::default(),
            system_tools: SystemTools::new(backend, env!("CARGO_PKG_VERSION")),
            extra_meta: None,
            staging_library_name_map: None,
        })
    }
}

fn platform(platform: Subdir) -> PlatformWithVirtualPackages {
    PlatformWithVirtualPackages {
        platform,
        virtual_packages: Vec::new(),
    }
}

fn channel_urls(channels: &[String]) -> Result<Vec<ChannelUrl>, Report> {
    channels
        .iter()
        .map(|channel| {
            let url: url::Url = channel
                .parse()
                .map_err(|error| miette::miette!("the channel `{channel}` is no URL: {error}"))?;
            Ok(ChannelUrl::from(url))
        })
        .collect()
}

/// Extras, flags and conditions need metadata that older clients cannot read.
fn revision(
    flags: &[rattler_conda_types::Flag],
    run: &FinalizedRunDependencies,
) -> RepodataRevision {
    let conditional = |specs: &[DependencyInfo]| {
        specs.iter().any(|dependency| {
            let spec = dependency.spec();
            spec.condition.is_some() || spec.extras.is_some() || spec.flags.is_some()
        })
    };
    let classic = flags.is_empty()
        && run.extra_depends.is_empty()
        && !conditional(&run.depends)
        && !conditional(&run.constraints);
    if classic {
        RepodataRevision::Legacy
    } else {
        RepodataRevision::V3
    }
}

fn packaging(format: Option<PackageFormat>) -> Result<PackagingSettings, Report> {
    let archive_type = match format.as_ref().map(|format| format.archive_type) {
        None | Some(ArchiveType::Conda) => CondaArchiveType::Conda,
        Some(ArchiveType::TarBz2) => CondaArchiveType::TarBz2,
    };
    let level = match format.and_then(|format| format.compression_level) {
        None | Some(Level::Named(NamedLevel::Default)) => CompressionLevel::Default,
        Some(Level::Named(NamedLevel::Lowest)) => CompressionLevel::Lowest,
        Some(Level::Named(NamedLevel::Highest)) => CompressionLevel::Highest,
        Some(Level::Numeric(number)) => CompressionLevel::Numeric(number),
    };
    let valid = match archive_type {
        CondaArchiveType::Conda => level.to_zstd_level().is_ok(),
        CondaArchiveType::TarBz2 => level.to_bzip2_level().is_ok(),
    };
    if !valid {
        return Err(BadLevel.into());
    }
    Ok(PackagingSettings::from_args(archive_type, level))
}

fn resolved(prefix: Option<Prefix>) -> Result<Option<ResolvedDependencies>, Report> {
    prefix
        .map(|prefix| {
            Ok(ResolvedDependencies {
                specs: dependencies(prefix.dependencies.unwrap_or_default())?,
                resolved: prefix.packages.unwrap_or_default(),
            })
        })
        .transpose()
}

fn dependencies(deps: Vec<Dep>) -> Result<Vec<DependencyInfo>, Report> {
    deps.into_iter()
        .map(|dep| {
            let spec = match_spec(dep.spec)?;
            let source = dep.source.unwrap_or_default();
            Ok(match (source.kind.as_deref(), source.run_export) {
                (Some("runExport"), Some(source_package)) => RunExportDependency {
                    spec,
                    from: source.from.unwrap_or_default(),
                    source_package,
                }
                .into(),
                _ => SourceDependency { spec }.into(),
            })
        })
        .collect()
}

fn exports(exports: RunExports) -> Result<RunExportsJson, Report> {
    let texts = |deps: Vec<Dep>| -> Result<Vec<String>, Report> {
        deps.into_iter()
            .map(|dep| Ok(match_spec(dep.spec)?.to_string()))
            .collect()
    };
    Ok(RunExportsJson {
        weak: texts(exports.weak)?,
        strong: texts(exports.strong)?,
        noarch: texts(exports.noarch)?,
        weak_constrains: texts(exports.weak_constrains)?,
        strong_constrains: texts(exports.strong_constrains)?,
    })
}

fn match_spec(spec: DepSpec) -> Result<MatchSpec, Report> {
    match spec {
        DepSpec::Text(text) => {
            let options =
                ParseMatchSpecOptions::lenient().with_repodata_revision(RepodataRevision::V3);
            MatchSpec::from_str(&text, options)
                .map_err(|error| miette::miette!("`{text}` is no match spec: {error}"))
        }
        // The wire form is the serialised form of rattler's type.
        DepSpec::Object(spec) => {
            let name = spec.name.clone();
            serde_json::to_value(spec)
                .and_then(serde_json::from_value)
                .map_err(|error| miette::miette!("the spec of `{name}` cannot be read: {error}"))
        }
    }
}

/// A compression level the archive format does not have.
#[derive(Debug, Error, Diagnostic)]
#[error("the compression level is out of range")]
#[diagnostic(
    code(package::compression_level),
    help("`.conda` takes -7 to 22, `.tar.bz2` takes 1 to 9")
)]
struct BadLevel;
