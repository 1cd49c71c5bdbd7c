//! What has to be built for what was asked for, and in which order.

mod mistakes;
mod needs;
mod order;
mod read;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use miette::Report;
use rattler_conda_types::Subdir;

use crate::backend::{Env, RunOptions};
use crate::cli::package::{AskedPackage, Package, PackageOptions};
use crate::environments::{CondaClient, SolveSettings};
use crate::protocol::outputs::Answer;

/// Where a package stands in the queue's list.
pub(super) type Index = usize;

/// Packages to build, with the order they have to be built in.
pub(super) struct BuildGraph {
    pub(super) jobs: Vec<PackageNode>,
    /// Each comes after everything it needs.
    pub(super) order: Vec<Index>,
    /// Where packages come from, by the platform they are for.
    pub(super) supplies: Vec<(Subdir, SolveSettings)>,
}

/// One package to build for one platform.
pub(super) struct PackageNode {
    pub(super) package: Package,
    pub(super) described: Answer,
    /// The name of its first output.
    pub(super) name: String,
    pub(super) needs: Needs,
    /// What was fetched for it, when it was.
    pub(super) checkout: Option<PathBuf>,
}

/// The packages from source that a package needs.
#[derive(Debug, Default)]
pub(super) struct Needs {
    /// In its build environment.
    pub(super) build: BTreeSet<Index>,
    /// In its host environment.
    pub(super) host: BTreeSet<Index>,
    /// When it is used.
    pub(super) run: BTreeSet<Index>,
}

/// What every package of the queue is read with.
#[derive(Clone, Copy)]
pub(super) struct GraphInputs<'a> {
    pub(super) env: &'a Env,
    pub(super) run: RunOptions,
    pub(super) choices: &'a PackageOptions,
}

impl BuildGraph {
    /// Reads the packages that were asked for and everything from source that they need. Sources
    /// that are somewhere else are fetched.
    ///
    /// # Errors
    /// Mistakes in manifests, packages that need each other, two packages of one name,
    /// another backend's package.
    pub(super) async fn read(
        reading: GraphInputs<'_>,
        asked: &[AskedPackage],
        depot: &CondaClient,
    ) -> Result<Self, Report> {
        let mut reader = read::GraphReader::new(reading);
        let asked = reader.all(asked, depot).await?;
        let (jobs, supplies) = reader.finish();
        let order = order::order(&jobs, &asked)?;
        Ok(Self {
            jobs,
            order,
            supplies,
        })
    }

    /// Exactly the packages that were asked for, whatever they need.
    ///
    /// # Errors
    /// Mistakes in manifests, another backend's package.
    pub(super) async fn alone(
        reading: GraphInputs<'_>,
        asked: &[AskedPackage],
        depot: &CondaClient,
    ) -> Result<Self, Report> {
        let mut reader = read::GraphReader::new(reading);
        for asked in asked {
            reader.alone(asked, depot).await?;
        }
        let (jobs, supplies) = reader.finish();
        Ok(Self {
            order: (0..jobs.len()).collect(),
            jobs,
            supplies,
        })
    }
}

impl BuildGraph {
    /// `from` and what they need when they are used.
    pub(super) fn installed(&self, from: &BTreeSet<Index>) -> BTreeSet<Index> {
        let mut found = BTreeSet::new();
        let mut next: Vec<Index> = from.iter().copied().collect();
        while let Some(index) = next.pop() {
            if found.insert(index) {
                next.extend(&self.jobs[index].needs.run);
            }
        }
        found
    }

    /// Whether another package of the queue is built with this one.
    pub(super) fn is_needed(&self, job: &PackageNode) -> bool {
        let is_it = |index: &Index| std::ptr::eq(&self.jobs[*index], job);
        let needs = self.jobs.iter().map(|other| &other.needs);
        needs
            .flat_map(|needs| [&needs.build, &needs.host, &needs.run])
            .flatten()
            .any(is_it)
    }

    /// Where packages for `platform` come from.
    pub(super) fn supply(&self, platform: Subdir) -> &SolveSettings {
        let mut supplies = self.supplies.iter();
        let found = supplies.find(|(known, _)| *known == platform);
        &found.expect("every package that was read brought one").1
    }
}

impl PackageNode {
    /// The names of what it builds.
    pub(super) fn names(&self) -> BTreeSet<&str> {
        let outputs = self.described.outputs.iter();
        outputs
            .map(|output| output.metadata.name.as_str())
            .collect()
    }

    /// Whether it builds a package of that name.
    pub(super) fn builds(&self, name: &str) -> bool {
        self.names()
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name))
    }

    /// Its manifest.
    pub(super) fn manifest(&self) -> &Path {
        self.package.loaded.manifest.path()
    }
}
