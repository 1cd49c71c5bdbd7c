//! The packages that must be built for a command, in their order.

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

/// The position of a package in the list of a graph.
pub(super) type Index = usize;

/// The packages to build, in their order.
pub(super) struct BuildGraph {
    pub(super) nodes: Vec<PackageNode>,
    /// The packages. Each one follows its dependencies.
    pub(super) order: Vec<Index>,
    /// The channels and variants for each platform.
    pub(super) solve_settings: Vec<(Subdir, SolveSettings)>,
}

/// A package to build for one platform.
pub(super) struct PackageNode {
    pub(super) package: Package,
    pub(super) described: Answer,
    /// The name of its first output.
    pub(super) name: String,
    pub(super) needs: Needs,
    /// The fetched source, if it was fetched.
    pub(super) checkout: Option<PathBuf>,
}

/// The source dependencies of a package.
#[derive(Debug, Default)]
pub(super) struct Needs {
    /// The packages in its build environment.
    pub(super) build: BTreeSet<Index>,
    /// The packages in its host environment.
    pub(super) host: BTreeSet<Index>,
    /// The packages in environments in which it is used.
    pub(super) run: BTreeSet<Index>,
}

/// What the packages of a graph are read with.
#[derive(Clone, Copy)]
pub(super) struct GraphInputs<'a> {
    pub(super) env: &'a Env,
    pub(super) run: RunOptions,
    pub(super) options: &'a PackageOptions,
}

impl BuildGraph {
    /// Reads the requested packages and their source dependencies. Remote sources are
    /// fetched.
    ///
    /// # Errors
    /// Errors in manifests, packages that need each other, two packages of one name, a
    /// package of an unknown backend.
    pub(super) async fn read(
        inputs: GraphInputs<'_>,
        asked: &[AskedPackage],
        client: &CondaClient,
    ) -> Result<Self, Report> {
        let mut reader = read::GraphReader::new(inputs);
        let asked = reader.all(asked, client).await?;
        let (nodes, solve_settings) = reader.finish();
        let order = order::order(&nodes, &asked)?;
        Ok(Self {
            nodes,
            order,
            solve_settings,
        })
    }

    /// Reads only the requested packages, without their dependencies.
    ///
    /// # Errors
    /// Errors in manifests, a package of an unknown backend.
    pub(super) async fn alone(
        inputs: GraphInputs<'_>,
        asked: &[AskedPackage],
        client: &CondaClient,
    ) -> Result<Self, Report> {
        let mut reader = read::GraphReader::new(inputs);
        for asked in asked {
            reader.alone(asked, client).await?;
        }
        let (nodes, solve_settings) = reader.finish();
        Ok(Self {
            order: (0..nodes.len()).collect(),
            nodes,
            solve_settings,
        })
    }
}

impl BuildGraph {
    /// `from`, and the packages that they need at run time.
    pub(super) fn installed(&self, from: &BTreeSet<Index>) -> BTreeSet<Index> {
        let mut found = BTreeSet::new();
        let mut next: Vec<Index> = from.iter().copied().collect();
        while let Some(index) = next.pop() {
            if found.insert(index) {
                next.extend(&self.nodes[index].needs.run);
            }
        }
        found
    }

    /// Whether another package of the graph needs this one for its build.
    pub(super) fn is_needed(&self, node: &PackageNode) -> bool {
        let is_it = |index: &Index| std::ptr::eq(&self.nodes[*index], node);
        let needs = self.nodes.iter().map(|other| &other.needs);
        needs
            .flat_map(|needs| [&needs.build, &needs.host, &needs.run])
            .flatten()
            .any(is_it)
    }

    /// The channels and variants for `platform`.
    pub(super) fn settings(&self, platform: Subdir) -> &SolveSettings {
        let mut solve_settings = self.solve_settings.iter();
        let found = solve_settings.find(|(known, _)| *known == platform);
        &found.expect("every package that was read brought one").1
    }
}

impl PackageNode {
    /// The names of its outputs.
    pub(super) fn names(&self) -> BTreeSet<&str> {
        let outputs = self.described.outputs.iter();
        outputs
            .map(|output| output.metadata.name.as_str())
            .collect()
    }

    /// Whether one of its outputs has this name.
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
