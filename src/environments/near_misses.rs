//! Errors for requests that are nearly correct: another version exists, a compiler exists for
//! another platform, or a channel is a directory that does not exist.

use std::collections::BTreeSet;
use std::path::PathBuf;

use miette::{Diagnostic, SourceSpan};
use rattler_conda_types::{MatchSpec, Subdir};
use rattler_repodata_gateway::RepoData;
use thiserror::Error;

use crate::diagnostic::{SourceFile, list};
use crate::environments::client::CondaClient;
use crate::environments::dependency_spec::DependencySpec;
use crate::environments::environment_spec::{EnvironmentKind, EnvironmentSpec};
use crate::project::load::Solving;

impl CondaClient {
    /// The versions of the package that `dependency` names, the newest first. If they cannot be
    /// read, the error has no hint.
    pub(super) async fn versions(
        &self,
        spec: &EnvironmentSpec<'_>,
        dependency: &DependencySpec,
    ) -> Vec<String> {
        let any = MatchSpec {
            name: dependency.spec.name.clone(),
            ..MatchSpec::default()
        };
        let platforms = [spec.platform, Subdir::NoArch];
        let query = self.gateway.query(spec.channels(), platforms, [any]);
        let found = query.await.map(|found| found.repodata).unwrap_or_default();
        let records = found.iter().flat_map(RepoData::iter);
        let versions: BTreeSet<_> = records
            .map(|record| record.package_record.version.clone())
            .collect();
        versions.iter().rev().map(ToString::to_string).collect()
    }
}

/// A package that exists without a matching version.
#[derive(Debug, Error, Diagnostic)]
#[error(
    "no channel has {dependency} for {platform}, which the {role} environment of `{package}` asks for, only \
     other versions of it"
)]
#[diagnostic(code(environment::no_such_version), help("{help}"))]
pub(super) struct NoSuchVersion {
    dependency: String,
    role: EnvironmentKind,
    package: String,
    platform: Subdir,
    help: String,
}

impl NoSuchVersion {
    pub(super) fn of(
        spec: &EnvironmentSpec<'_>,
        dependency: &DependencySpec,
        versions: &[String],
    ) -> Self {
        const NEWEST: usize = 8;
        let newest = list(versions.iter().take(NEWEST).map(String::as_str));
        let older = match versions.len().saturating_sub(NEWEST) {
            0 => String::new(),
            count => format!(" and {count} older ones"),
        };
        Self {
            dependency: dependency.told(),
            role: spec.role,
            package: spec.package.to_string(),
            platform: spec.platform,
            help: if versions.is_empty() {
                "loosen its version in the manifest or in the variants".to_string()
            } else {
                format!(
                    "the versions that exist are {newest}{older}: change the manifest, or the variant \
                 that asks for another one"
                )
            },
        }
    }
}

/// A compiler that does not compile for the platform of the package.
#[derive(Debug, Error, Diagnostic)]
#[error(
    "no channel has {dependency}, the compiler that the {role} environment of `{package}` on {platform} asks \
     for"
)]
#[diagnostic(code(environment::no_compiler), help("{help}"))]
pub(super) struct NoCompiler {
    dependency: String,
    role: EnvironmentKind,
    package: String,
    platform: Subdir,
    help: String,
}

impl NoCompiler {
    /// The error, if `dependency` names a compiler that only exists for other platforms.
    pub(super) fn of<'a>(
        spec: &EnvironmentSpec<'_>,
        dependency: &DependencySpec,
        known: impl Iterator<Item = &'a str>,
    ) -> Option<Self> {
        Some(Self {
            help: compiler(dependency.name()?, known)?,
            dependency: dependency.told(),
            role: spec.role,
            package: spec.package.to_string(),
            platform: spec.platform,
        })
    }
}

/// The help for the compiler `name`, if it only exists for other platforms.
fn compiler<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let (language, target) = name.rsplit_once('_')?;
    let target: Subdir = target.parse().ok()?;
    let others = known.filter_map(|other| {
        let (its_language, its_target) = other.rsplit_once('_')?;
        its_target.parse::<Subdir>().ok()?;
        (its_language == language).then_some(its_target)
    });
    let others: BTreeSet<&str> = others.collect();
    (!others.is_empty()).then(|| {
        format!(
            "the `{language}` of these channels compiles only for {}: build on {target} itself, or \
             add a channel that has `{name}`",
            list(others)
        )
    })
}

/// A channel whose directory does not exist.
#[derive(Debug, Error, Diagnostic)]
#[error("the channel {channel} cannot be read: the directory {} does not exist", folder.display())]
#[diagnostic(
    code(environment::no_channel_folder),
    help(
        "correct the path, or create the channel first: `build --output-dir {}` does", folder.display()
    )
)]
pub(super) struct NoChannelFolder {
    channel: String,
    folder: PathBuf,
    #[source_code]
    file: Option<SourceFile>,
    #[label("named here")]
    at: Option<SourceSpan>,
}

impl NoChannelFolder {
    /// The first channel of `spec` whose directory does not exist.
    pub(super) fn of(spec: &EnvironmentSpec<'_>, solving: &Solving) -> Option<Self> {
        spec.channels().iter().find_map(|channel| {
            let url = channel.base_url.url();
            let folder = url.to_file_path().ok().filter(|folder| !folder.is_dir())?;
            // Without the separator that URLs of channels end with.
            let folder = folder.components().collect();
            let channel = url.as_str().trim_end_matches('/');
            let place = solving.places.get(channel);
            Some(Self {
                channel: channel.to_string(),
                folder,
                file: place.map(|place| place.file.clone()),
                at: place.map(|place| place.at),
            })
        })
    }
}
