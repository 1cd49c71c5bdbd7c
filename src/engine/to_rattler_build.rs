//! Converts parts of a build request to the types of rattler-build.

use miette::{Diagnostic, Report};
use rattler_build_core::render::resolved_dependencies::{
    DependencyInfo, FinalizedRunDependencies, ResolvedDependencies, RunExportDependency,
    SourceDependency,
};
use rattler_build_core::types::PackagingSettings;
use rattler_conda_types::compression_level::CompressionLevel;
use rattler_conda_types::package::{CondaArchiveType, RunExportsJson};
use rattler_conda_types::{
    ChannelUrl, MatchSpec, ParseMatchSpecOptions, RepodataRevision, VersionSpec,
};
use thiserror::Error;
use url::Url;

use crate::protocol;
use crate::protocol::build::{
    ArchiveType, CompressionLevel as Level, DependencyOrigin, FinalRunExports, NamedLevel,
    PackageFormat, Prefix, ResolvedDependency, ResolvedSpec,
};

/// Returns the channels that are URLs. Others are ignored, because channels are informational.
pub(super) fn channel_urls(channels: &[String]) -> Vec<ChannelUrl> {
    let urls = channels.iter().filter_map(|channel| channel.parse().ok());
    urls.map(|url: Url| ChannelUrl::from(url)).collect()
}

/// Returns the revision of the metadata. Extras, flags and conditions require a revision that older
/// clients cannot read.
pub(super) fn revision(
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

/// The archive format; the default is `.conda` with the default level.
///
/// # Errors
/// [`BadLevel`].
pub(super) fn packaging(format: Option<PackageFormat>) -> Result<PackagingSettings, Report> {
    let (archive_type, extension) = match format.map(|format| format.archive_type) {
        None | Some(ArchiveType::Conda) => (CondaArchiveType::Conda, ".conda"),
        Some(ArchiveType::TarBz2) => (CondaArchiveType::TarBz2, ".tar.bz2"),
    };
    let level = match format.and_then(|format| format.compression_level) {
        None | Some(Level::Named(NamedLevel::Default)) => CompressionLevel::Default,
        Some(Level::Named(NamedLevel::Lowest)) => CompressionLevel::Lowest,
        Some(Level::Named(NamedLevel::Highest)) => CompressionLevel::Highest,
        Some(Level::Numeric(number)) => {
            let range = match archive_type {
                CondaArchiveType::Conda => -7..=22,
                CondaArchiveType::TarBz2 => 1..=9,
            };
            let in_range = i32::try_from(number).ok().filter(|n| range.contains(n));
            CompressionLevel::Numeric(in_range.ok_or(BadLevel {
                level: number,
                extension,
                lowest: *range.start(),
                highest: *range.end(),
            })?)
        }
    };
    Ok(PackagingSettings::from_args(archive_type, level))
}

/// An environment that pixi installed; `None` if its contents are not known.
///
/// # Errors
/// Match specs that cannot be read.
pub(super) fn resolved(prefix: Option<Prefix>) -> Result<Option<ResolvedDependencies>, Report> {
    let Some(Prefix {
        dependencies: specs,
        packages: Some(packages),
        ..
    }) = prefix
    else {
        return Ok(None);
    };
    Ok(Some(ResolvedDependencies {
        specs: dependencies(specs.unwrap_or_default())?,
        resolved: packages,
    }))
}

/// Dependencies with their origins.
///
/// # Errors
/// Match specs that cannot be read.
pub(super) fn dependencies(deps: Vec<ResolvedDependency>) -> Result<Vec<DependencyInfo>, Report> {
    deps.into_iter()
        .map(|dep| {
            let spec = match_spec(dep.spec)?;
            Ok(match dep.source {
                Some(DependencyOrigin::RunExport { from, run_export }) => RunExportDependency {
                    spec,
                    from,
                    source_package: run_export,
                }
                .into(),
                None => SourceDependency { spec }.into(),
            })
        })
        .collect()
}

/// The contents of `run_exports.json`.
///
/// # Errors
/// Match specs that cannot be read.
pub(super) fn exports(exports: FinalRunExports) -> Result<RunExportsJson, Report> {
    let texts = |deps: Vec<ResolvedDependency>| -> Result<Vec<String>, Report> {
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

fn match_spec(spec: ResolvedSpec) -> Result<MatchSpec, Report> {
    let mut spec = match spec {
        ResolvedSpec::Text(text) => from_text(&text)?,
        ResolvedSpec::Object(spec) => from_object(&spec)?,
    };
    // The text form of a spec with a build string requires a version.
    if spec.build.is_some() && spec.version.is_none() {
        spec.version = Some(VersionSpec::Any);
    }
    Ok(spec)
}

fn from_text(text: &str) -> Result<MatchSpec, Report> {
    let options = ParseMatchSpecOptions::lenient().with_repodata_revision(RepodataRevision::V3);
    MatchSpec::from_str(text, options).map_err(|error| {
        miette::miette!(
            code = "build::bad_spec",
            "`{text}` is not a match spec: {error}"
        )
    })
}

/// The form of the protocol is the serialized form of rattler's type.
fn from_object(spec: &protocol::spec::MatchSpec) -> Result<MatchSpec, Report> {
    serde_json::to_value(spec)
        .and_then(serde_json::from_value)
        .map_err(|error| {
            miette::miette!(
                code = "build::bad_spec",
                "the spec of `{}` cannot be read: {error}",
                spec.name
            )
        })
}

/// A compression level that the archive format does not support.
#[derive(Debug, Error, Diagnostic)]
#[error("the compression level {level} is out of range for `{extension}`")]
#[diagnostic(
    code(package::compression_level),
    help("`{extension}` takes {lowest} to {highest}")
)]
struct BadLevel {
    level: i64,
    extension: &'static str,
    lowest: i32,
    highest: i32,
}
