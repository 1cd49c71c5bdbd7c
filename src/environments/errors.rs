//! Errors about environments: the requested packages, who requests them, and the way out.

use miette::{Diagnostic, Report};
use rattler_conda_types::Subdir;
use rattler_repodata_gateway::fetch::FetchRepoDataError;
use rattler_repodata_gateway::{GatewayError, RepoData};
use rattler_solve::SolveError;
use thiserror::Error;

use crate::diagnostic::{list, nearest, redacted};
use crate::environments::client::{CondaClient, Network};
use crate::environments::dependency_spec::{DependencySpec, told};
use crate::environments::environment_spec::{EnvironmentKind, EnvironmentSpec};
use crate::environments::near_misses::{NoChannelFolder, NoCompiler, NoSuchVersion};
use crate::project::load::Solving;

/// The specs for which no channel has a package.
pub(super) fn missing<'s>(
    spec: &'s EnvironmentSpec<'_>,
    found: &[RepoData],
) -> Vec<&'s DependencySpec> {
    let sources = spec.source_names();
    let is_there = |name: &str| {
        let same = |record: &rattler_conda_types::RepoDataRecord| {
            record.package_record.name.as_normalized() == name
        };
        sources.contains(name)
            || name.starts_with("__")
            || found.iter().any(|channel| channel.iter().any(same))
    };
    let dependencies = spec.dependencies.iter();
    let unknown =
        |dependency: &&DependencySpec| dependency.name().is_some_and(|name| !is_there(name));
    // Only the solver knows whether a condition holds.
    dependencies
        .filter(|dependency| dependency.spec.condition.is_none())
        .filter(unknown)
        .collect()
}

impl CondaClient {
    /// The error for `missing`, the specs for which no channel has a package.
    pub(super) async fn nobody_has(
        &self,
        spec: &EnvironmentSpec<'_>,
        solving: &Solving,
        missing: Vec<&DependencySpec>,
    ) -> Report {
        let channels = redacted(&spec.channels.join(", "));
        if spec.channels.is_empty() {
            return NoChannels {
                package: spec.package.to_string(),
                role: spec.role,
                asked: told(&spec.dependencies),
            }
            .into();
        }
        let names = |platform: Subdir| self.gateway.names(spec.channels(), [platform]);
        let (native, generic) = (names(spec.platform).await, names(Subdir::NoArch).await);
        // A channel that cannot be read must not be told as one without packages.
        let (native, generic) = match (native, generic) {
            (Ok(native), Ok(generic)) => (native.names, generic.names),
            (Err(error), _) | (_, Err(error)) => {
                return unreachable(self, spec, solving, &error);
            }
        };
        if native.is_empty() {
            return NoPackagesForPlatform {
                platform: spec.platform,
                package: spec.package.to_string(),
                role: spec.role,
                missing: list(missing.iter().filter_map(|dependency| dependency.name())),
                channels,
            }
            .into();
        }
        let known = || {
            native
                .iter()
                .chain(&generic)
                .map(|name| name.as_normalized())
        };
        let first = missing[0];
        if let Some(name) = first.name()
            && known().any(|known| known == name)
        {
            let versions = self.versions(spec, first).await;
            return NoSuchVersion::of(spec, first, &versions).into();
        }
        if let Some(compiler) = NoCompiler::of(spec, first, known()) {
            return compiler.into();
        }
        let near = first.name().and_then(|name| nearest(name, known()));
        NoSuchPackage {
            dependency: first.told(),
            others: match missing.len() {
                1 => String::new(),
                _ => format!(
                    ", nor {}",
                    list(
                        missing[1..]
                            .iter()
                            .filter_map(|dependency| dependency.name())
                    )
                ),
            },
            role: spec.role,
            package: spec.package.to_string(),
            platform: spec.platform,
            help: match near {
                Some(near) => format!("did you mean `{near}`? The channels are {channels}"),
                None => format!(
                    "check the name, or add the channel that has it; the channels are {channels}"
                ),
            },
        }
        .into()
    }
}

/// The error of the solver.
pub(super) fn unsolvable(spec: &EnvironmentSpec<'_>, error: SolveError) -> Report {
    let reason = match error {
        SolveError::Unsolvable(reasons) => reasons.join("\n"),
        other => other.to_string(),
    };
    Unsolvable {
        role: spec.role,
        package: spec.package.to_string(),
        platform: spec.platform,
        reason: reason.trim().to_string(),
        asked: told(&spec.dependencies),
        limits: if spec.constraints.is_empty() {
            String::new()
        } else {
            format!("; limited by {}", told(&spec.constraints))
        },
    }
    .into()
}

/// The error for channels that cannot be read.
pub(super) fn unreachable(
    client: &CondaClient,
    spec: &EnvironmentSpec<'_>,
    solving: &Solving,
    error: &GatewayError,
) -> Report {
    if let Some(missing) = NoChannelFolder::of(spec, solving) {
        return missing.into();
    }
    let reason = match error {
        GatewayError::FetchRepoDataError(FetchRepoDataError::NoCacheAvailable(_)) => {
            "it is not in the cache".to_string()
        }
        error => chain(error),
    };
    let urls = spec.channels();
    let urls: Vec<&str> = urls
        .iter()
        .map(|channel| channel.base_url.as_str())
        .collect();
    let guilty = |url: &&str| reason.contains(redacted(url).trim_end_matches('/'));
    let channel = match urls.iter().copied().find(guilty) {
        Some(url) => url.to_string(),
        None => urls.join(", "),
    };
    Unreachable {
        channel: redacted(&channel),
        reason,
        role: spec.role,
        package: spec.package.to_string(),
        help: match client.network {
            Network::Allowed => {
                "check the address and the network, or name other channels with `--channel`"
            }
            Network::Offline => {
                "build once without `--offline`, so that what is needed is in the cache"
            }
        },
    }
    .into()
}

/// The error and its causes, without repetitions and credentials.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.contains(&next) {
            text = format!("{text}: {next}");
        }
        cause = error.source();
    }
    redacted(&text)
}

/// The workspace does not name a channel.
#[derive(Debug, Error, Diagnostic)]
#[error("no channel is configured for the {role} environment of `{package}`")]
#[diagnostic(
    code(environment::no_channels),
    help("it asks for {asked}: name a channel in `[workspace]`, or with `--channel conda-forge`")
)]
struct NoChannels {
    role: EnvironmentKind,
    package: String,
    asked: String,
}

/// The channels do not have packages for a platform.
#[derive(Debug, Error, Diagnostic)]
#[error("no channel has packages for {platform}")]
#[diagnostic(
    code(environment::no_platform),
    help(
        "the {role} environment of `{package}` needs {missing}: build for another platform, or add \
         a channel that has {platform}; the channels are {channels}"
    )
)]
struct NoPackagesForPlatform {
    platform: Subdir,
    role: EnvironmentKind,
    package: String,
    missing: String,
    channels: String,
}

/// A package that is in no channel.
#[derive(Debug, Error, Diagnostic)]
#[error(
    "no channel has {dependency} for {platform}{others}, which the {role} environment of `{package}` asks for"
)]
#[diagnostic(code(environment::no_such_package), help("{help}"))]
struct NoSuchPackage {
    dependency: String,
    others: String,
    role: EnvironmentKind,
    package: String,
    platform: Subdir,
    help: String,
}

/// Specs that contradict each other or the available packages.
#[derive(Debug, Error, Diagnostic)]
#[error("the {role} environment of `{package}` for {platform} cannot be solved: {reason}")]
#[diagnostic(
    code(environment::unsolvable),
    help(
        "it asks for {asked}{limits}: loosen one of them, or add a channel that has the missing \
         package"
    )
)]
struct Unsolvable {
    role: EnvironmentKind,
    package: String,
    platform: Subdir,
    reason: String,
    asked: String,
    limits: String,
}

/// A channel that cannot be reached.
#[derive(Debug, Error, Diagnostic)]
#[error("the channel {channel} cannot be read for the {role} environment of `{package}`: {reason}")]
#[diagnostic(code(environment::unreachable), help("{help}"))]
struct Unreachable {
    channel: String,
    role: EnvironmentKind,
    package: String,
    reason: String,
    help: &'static str,
}
