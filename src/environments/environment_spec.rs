//! The specification of one environment for the solver.

use std::collections::BTreeSet;
use std::fmt;

use rattler_conda_types::{
    Channel, GenericVirtualPackage, MatchSpec, ParseMatchSpecOptions, RepoDataRecord,
    RepodataRevision, Subdir,
};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::diagnostic::redacted;
use crate::environments::dependency_spec::DependencySpec;

/// One of the two environments of a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnvironmentKind {
    /// The environment with the tools, for the platform of the build.
    Build,
    /// The environment with the libraries, for the platform of the package.
    Host,
}

impl fmt::Display for EnvironmentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Build => "build",
            Self::Host => "host",
        })
    }
}

/// The specs of an environment, and its channels.
pub(super) struct EnvironmentSpec<'a> {
    pub(super) role: EnvironmentKind,
    /// The package that is built.
    pub(super) package: &'a str,
    pub(super) platform: Subdir,
    /// The URLs of the channels, the most important first.
    pub(super) channels: &'a [String],
    pub(super) virtual_packages: &'a [GenericVirtualPackage],
    pub(super) dependencies: Vec<DependencySpec>,
    pub(super) constraints: Vec<DependencySpec>,
    /// Packages that were built from source before. Channels are not searched for them.
    pub(super) sources: &'a [RepoDataRecord],
}

impl EnvironmentSpec<'_> {
    /// The channels of the workspace, followed by those that only a dependency names.
    pub(super) fn channels(&self) -> Vec<Channel> {
        let urls = self.channels.iter().filter_map(|url| Url::parse(url).ok());
        let mut channels: Vec<Channel> = urls.map(Channel::from_url).collect();
        for dependency in &self.dependencies {
            if let Some(channel) = &dependency.spec.channel
                && !channels
                    .iter()
                    .any(|known| known.base_url == channel.base_url)
            {
                channels.push(channel.as_ref().clone());
            }
        }
        channels
    }

    /// The names of packages that are built from source.
    pub(super) fn source_names(&self) -> BTreeSet<&str> {
        (self.sources.iter())
            .map(|record| record.package_record.name.as_normalized())
            .collect()
    }

    /// The specs for the channels: those of the environment, and those of packages from
    /// source.
    pub(super) fn looked_up(&self) -> Vec<MatchSpec> {
        let options = ParseMatchSpecOptions::lenient().with_repodata_revision(RepodataRevision::V3);
        let needed = (self.sources.iter())
            .flat_map(|record| &record.package_record.depends)
            .filter_map(|text| MatchSpec::from_str(text, options).ok());
        let sources = self.source_names();
        let wanted = self
            .dependencies
            .iter()
            .map(|dependency| dependency.spec.clone());
        wanted
            .chain(needed)
            .filter(|spec| match spec.name.as_exact() {
                Some(name) => !sources.contains(name.as_normalized()),
                None => true,
            })
            .collect()
    }

    /// A normalized form for comparisons, in which only the channels are ordered.
    pub(super) fn locked(&self) -> LockedSpec {
        let texts = |dependencies: &[DependencySpec]| {
            dependencies
                .iter()
                .map(|dependency| dependency.spec.to_string())
                .collect()
        };
        let sources = self.source_names().into_iter();
        LockedSpec {
            platform: self.platform,
            channels: self.channels.to_vec(),
            virtual_packages: self
                .virtual_packages
                .iter()
                .map(ToString::to_string)
                .collect(),
            dependencies: texts(&self.dependencies),
            constraints: texts(&self.constraints),
            sources: sources.map(str::to_string).collect(),
        }
    }
}

/// The normalized specification of an earlier build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LockedSpec {
    pub(super) platform: Subdir,
    pub(super) channels: Vec<String>,
    pub(super) virtual_packages: BTreeSet<String>,
    pub(super) dependencies: BTreeSet<String>,
    pub(super) constraints: BTreeSet<String>,
    pub(super) sources: BTreeSet<String>,
}

impl LockedSpec {
    /// A short description of the differences.
    pub(super) fn differs_from(&self, now: &Self) -> Option<String> {
        if self.platform != now.platform {
            return Some(format!("it was for {}", self.platform));
        }
        if self.channels != now.channels {
            let before = redacted(&self.channels.join(", "));
            return Some(format!("the channels were {before}"));
        }
        let sets = [
            (
                "virtual package",
                &self.virtual_packages,
                &now.virtual_packages,
            ),
            ("dependency", &self.dependencies, &now.dependencies),
            ("constraint", &self.constraints, &now.constraints),
            ("package from source", &self.sources, &now.sources),
        ];
        sets.into_iter().find_map(|(what, before, now)| {
            let new = now.difference(before).next();
            let gone = before.difference(now).next();
            let new = new.map(|new| format!("the {what} `{new}` was added"));
            new.or_else(|| gone.map(|gone| format!("the {what} `{gone}` was removed")))
        })
    }
}
