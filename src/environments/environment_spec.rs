//! One environment, as it is put to the solver.

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

/// Which of the two environments of a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnvironmentKind {
    /// Holds tools, runs where the build runs.
    Build,
    /// Holds what the package is built against, runs where the package will.
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

/// What an environment is asked for, and where it may come from.
pub(super) struct EnvironmentSpec<'a> {
    pub(super) role: EnvironmentKind,
    /// The package that is built in it.
    pub(super) package: &'a str,
    pub(super) platform: Subdir,
    /// URLs, most important first.
    pub(super) channels: &'a [String],
    pub(super) virtual_packages: &'a [GenericVirtualPackage],
    pub(super) wishes: Vec<DependencySpec>,
    pub(super) constraints: Vec<DependencySpec>,
    /// Packages built from source before. No channel is asked for these names.
    pub(super) sources: &'a [RepoDataRecord],
}

impl EnvironmentSpec<'_> {
    /// The channels to look into: those of the workspace, then those that only a
    /// dependency names.
    pub(super) fn channels(&self) -> Vec<Channel> {
        let urls = self.channels.iter().filter_map(|url| Url::parse(url).ok());
        let mut channels: Vec<Channel> = urls.map(Channel::from_url).collect();
        for wish in &self.wishes {
            if let Some(channel) = &wish.spec.channel
                && !channels
                    .iter()
                    .any(|known| known.base_url == channel.base_url)
            {
                channels.push(channel.as_ref().clone());
            }
        }
        channels
    }

    /// The names that are built from source.
    pub(super) fn source_names(&self) -> BTreeSet<&str> {
        (self.sources.iter())
            .map(|record| record.package_record.name.as_normalized())
            .collect()
    }

    /// What channels are asked for: the wishes, and what packages from source need.
    pub(super) fn looked_up(&self) -> Vec<MatchSpec> {
        let options = ParseMatchSpecOptions::lenient().with_repodata_revision(RepodataRevision::V3);
        let needed = (self.sources.iter())
            .flat_map(|record| &record.package_record.depends)
            .filter_map(|text| MatchSpec::from_str(text, options).ok());
        let sources = self.source_names();
        let wished = self.wishes.iter().map(|wish| wish.spec.clone());
        wished
            .chain(needed)
            .filter(|spec| match spec.name.as_exact() {
                Some(name) => !sources.contains(name.as_normalized()),
                None => true,
            })
            .collect()
    }

    /// The question as it can be compared with a later one: only the order of the
    /// channels matters.
    pub(super) fn asked(&self) -> Asked {
        let texts =
            |wishes: &[DependencySpec]| wishes.iter().map(|wish| wish.spec.to_string()).collect();
        let sources = self.source_names().into_iter();
        Asked {
            platform: self.platform,
            channels: self.channels.to_vec(),
            virtual_packages: self
                .virtual_packages
                .iter()
                .map(ToString::to_string)
                .collect(),
            dependencies: texts(&self.wishes),
            constraints: texts(&self.constraints),
            sources: sources.map(str::to_string).collect(),
        }
    }
}

/// A question that was answered before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Asked {
    pub(super) platform: Subdir,
    pub(super) channels: Vec<String>,
    pub(super) virtual_packages: BTreeSet<String>,
    pub(super) dependencies: BTreeSet<String>,
    pub(super) constraints: BTreeSet<String>,
    pub(super) sources: BTreeSet<String>,
}

impl Asked {
    /// What is different now, in a few words.
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
            let new = new.map(|new| format!("the {what} `{new}` is new"));
            new.or_else(|| gone.map(|gone| format!("the {what} `{gone}` is gone")))
        })
    }
}
