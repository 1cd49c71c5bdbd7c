//! Reads packages and, recursively, their source dependencies.

use std::path::{Path, PathBuf};

use miette::Report;
use rattler_conda_types::Subdir;

use crate::backend::Platforms;
use crate::cli::build::build_graph::mistakes::{Mistaken, NotThere, OtherName, TwoOfOneName};
use crate::cli::build::build_graph::needs::{DependencyKind, Need, stated};
use crate::cli::build::build_graph::{GraphInputs, Index, Needs, PackageNode};
use crate::cli::package::{AskedPackage, Package, fetch, inline, load_fetched, request};
use crate::engine::Described;
use crate::environments::{Checkout, CondaClient, SolveSettings};
use crate::project::load::{self, Loaded};
use crate::protocol::spec::{PathLocation, SourceLocation};

/// The packages that were read.
pub(super) struct GraphReader<'a> {
    inputs: GraphInputs<'a>,
    nodes: Vec<PackageNode>,
    /// For each package, the package or command line that needs it.
    askers: Vec<String>,
    solve_settings: Vec<(Subdir, SolveSettings)>,
    /// The first requested package, read for each platform. Its workspace applies to all
    /// packages.
    consumers: Vec<Loaded>,
}

/// The place of a source on this machine.
struct Place {
    path: PathBuf,
    /// The fetched source, if it was fetched.
    checkout: Option<PathBuf>,
}

impl<'a> GraphReader<'a> {
    pub(super) fn new(inputs: GraphInputs<'a>) -> Self {
        Self {
            inputs,
            nodes: Vec::new(),
            askers: Vec::new(),
            solve_settings: Vec::new(),
            consumers: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> (Vec<PackageNode>, Vec<(Subdir, SolveSettings)>) {
        (self.nodes, self.solve_settings)
    }

    /// Reads the requested packages and their dependencies.
    pub(super) async fn all(
        &mut self,
        asked: &[AskedPackage],
        client: &CondaClient,
    ) -> Result<Vec<Index>, Report> {
        let mut indexes = Vec::new();
        for asked in asked {
            indexes.push(self.alone(asked, client).await?);
        }
        // The list grows during the loop.
        let mut next = 0;
        while next < self.nodes.len() {
            self.needs(next, client).await?;
            next += 1;
        }
        Ok(indexes)
    }

    /// Reads one requested package.
    pub(super) async fn alone(
        &mut self,
        asked: &AskedPackage,
        client: &CondaClient,
    ) -> Result<Index, Report> {
        let GraphInputs { env, options, .. } = self.inputs;
        let (loaded, checkout) = asked.load(env, options, client).await?;
        match self.known(&loaded) {
            Some(index) => Ok(index),
            None => self.enter(loaded, "the command line".to_string(), checkout),
        }
    }

    /// The position of the package in the list, if it was read before.
    fn known(&self, loaded: &Loaded) -> Option<Index> {
        self.nodes.iter().position(|node| {
            let known = &node.package.loaded;
            known.manifest.path() == loaded.manifest.path()
                && known.host_platform == loaded.host_platform
        })
    }

    fn enter(
        &mut self,
        loaded: Loaded,
        asker: String,
        checkout: Option<PathBuf>,
    ) -> Result<Index, Report> {
        let GraphInputs { env, run, .. } = self.inputs;
        let host = loaded.host_platform;
        if !self
            .solve_settings
            .iter()
            .any(|(platform, _)| *platform == host)
        {
            self.solve_settings
                .push((host, SolveSettings::of(&loaded)?));
        }
        let package = Package::of(env.clone(), loaded, checkout.clone())?;
        let package = package.with(run).ready();
        let Described { answer, plan } = package.outputs()?;
        if answer.outputs.is_empty() {
            // The other warnings are shown when an output is built.
            for warning in plan.early_warnings() {
                tracing::warn!("{}: {warning}", package.loaded.manifest.path().display());
            }
        }
        drop(plan);
        let described = answer;
        let name = match described.outputs.first() {
            Some(output) => output.metadata.name.clone(),
            // It does not have an output, so it cannot be a dependency.
            None => String::new(),
        };
        let names: Vec<&str> = described
            .outputs
            .iter()
            .map(|output| output.metadata.name.as_str())
            .collect();
        let twin = |other: &PackageNode| {
            let is_one = |name: &&str| other.builds(name);
            other.package.platforms.host == host && names.iter().any(is_one)
        };
        if let Some(at) = self.nodes.iter().position(twin) {
            return Err(TwoOfOneName {
                name,
                first: self.nodes[at].manifest().to_path_buf(),
                first_asker: self.askers[at].clone(),
                second: package.loaded.manifest.path().to_path_buf(),
                second_asker: asker,
            }
            .into());
        }
        self.nodes.push(PackageNode {
            name,
            package,
            described,
            needs: Needs::default(),
            checkout,
        });
        self.askers.push(asker);
        Ok(self.nodes.len() - 1)
    }

    /// Reads the dependencies of the package at `index`.
    async fn needs(&mut self, index: Index, client: &CondaClient) -> Result<(), Report> {
        let node = &self.nodes[index];
        let outputs = node.described.outputs.clone();
        let platforms = node.package.platforms;
        for need in outputs.iter().flat_map(|output| stated(output, platforms)) {
            let found = self.read(index, &need, client).await?;
            let needs = &mut self.nodes[index].needs;
            match need.kind {
                // The dependency is another output of the same recipe, which is built before, or
                // the package itself as a run dependency.
                _ if found == index => false,
                DependencyKind::Build => needs.build.insert(found),
                DependencyKind::Host => needs.host.insert(found),
                DependencyKind::Run => needs.run.insert(found),
            };
        }
        Ok(())
    }

    async fn read(
        &mut self,
        index: Index,
        need: &Need<'_>,
        client: &CondaClient,
    ) -> Result<Index, Report> {
        let asker = &self.nodes[index];
        let asked_by = format!("`{}` in {}", asker.name, asker.manifest().display());
        let Place { path, checkout } = self.place(asker, need.location, client).await?;
        let loaded = self.load(need, &path, &asked_by, client).await?;
        let found = match self.known(&loaded) {
            Some(index) => index,
            None => self.enter(loaded, asked_by.clone(), checkout)?,
        };
        let node = &self.nodes[found];
        if !node.builds(need.name) {
            return Err(OtherName {
                wanted: need.name.to_string(),
                found: Vec::from_iter(node.names()).join(", "),
                asker: asked_by,
                manifest: node.manifest().to_path_buf(),
            }
            .into());
        }
        Ok(found)
    }

    /// Reads the manifest of a dependency.
    async fn load(
        &mut self,
        need: &Need<'_>,
        path: &Path,
        asker: &str,
        client: &CondaClient,
    ) -> Result<Loaded, Report> {
        if !path.exists() {
            return Err(NotThere {
                name: need.name.to_string(),
                asker: asker.to_string(),
                path: match need.location {
                    SourceLocation::Path(location) => location.path.clone(),
                    SourceLocation::Git(_) | SourceLocation::Url(_) => path.display().to_string(),
                },
            }
            .into());
        }
        let GraphInputs { env, options, .. } = self.inputs;
        let consumer = self.consumer(need.host)?;
        let platforms = Platforms {
            build: consumer.build_platform,
            host: consumer.host_platform,
        };
        let request = if defined(consumer, need, path) {
            inline(consumer.request.clone(), need.name, path.to_path_buf())
        } else {
            request(env, path, platforms, options)?
        };
        let loaded = load_fetched(request, client).await;
        let loaded = loaded.map_err(|report| match report.downcast() {
            Ok(mistakes) => Mistaken {
                name: need.name.to_string(),
                asker: asker.to_string(),
                mistakes: vec![mistakes],
            }
            .into(),
            Err(report) => report,
        })?;
        let consumer = self.consumer(need.host)?;
        Ok(in_workspace_of(consumer, loaded))
    }

    /// The place of a source, which is fetched if it is remote.
    async fn place(
        &self,
        asker: &PackageNode,
        location: &SourceLocation,
        client: &CondaClient,
    ) -> Result<Place, Report> {
        if let SourceLocation::Path(PathLocation { path }) = location {
            let manifest = asker.manifest();
            return Ok(Place {
                path: self.resolve(manifest.parent().unwrap_or(manifest), path),
                checkout: asker.checkout.clone(),
            });
        }
        let fetched = fetch(location, client).await?;
        let Checkout { root, folder } = fetched.expect("what is not a path is fetched");
        Ok(Place {
            path: folder,
            checkout: Some(root),
        })
    }

    fn resolve(&self, folder: &Path, text: &str) -> PathBuf {
        match (text.strip_prefix("~/"), self.inputs.env.home()) {
            (Some(below), Some(home)) => home.join(below),
            _ => folder.join(text),
        }
    }

    /// The first requested package, read for the platform `host`.
    fn consumer(&mut self, host: Subdir) -> Result<&Loaded, Report> {
        let known = |consumer: &Loaded| consumer.host_platform == host;
        let at = match self.consumers.iter().position(known) {
            Some(at) => at,
            None => {
                let first = &self.nodes[0].package.loaded.request;
                let loaded = load::load(&load::LoadRequest {
                    host_platform: host,
                    ..first.clone()
                })?;
                self.consumers.push(loaded);
                self.consumers.len() - 1
            }
        };
        Ok(&self.consumers[at])
    }
}

/// Whether the workspace of the consumer defines the dependency, with its code at `path`.
/// Errors in other definitions are ignored here.
fn defined(consumer: &Loaded, need: &Need<'_>, path: &Path) -> bool {
    let packages = load::inline_packages(&consumer.request).unwrap_or_default();
    let real = |path: PathBuf| dunce::canonicalize(&path).unwrap_or(path);
    packages.iter().any(|package| {
        let same = match (&package.location, need.location) {
            (SourceLocation::Path(own), SourceLocation::Path(_)) => {
                real(PathBuf::from(&own.path)) == real(path.to_path_buf())
            }
            (own, needed) => own == needed,
        };
        same && package.name.eq_ignore_ascii_case(need.name)
    })
}

/// The channels and variants for a dependency. As with pixi, they come from the workspace of
/// the consumer, and the dependency is built there.
fn in_workspace_of(consumer: &Loaded, loaded: Loaded) -> Loaded {
    if loaded.build_workspace == consumer.build_workspace {
        return loaded;
    }
    Loaded {
        build_workspace: consumer.build_workspace.clone(),
        channels: consumer.channels.clone(),
        virtual_packages: consumer.virtual_packages.clone(),
        variant_configuration: consumer.variant_configuration.clone(),
        variant_files: consumer.variant_files.clone(),
        solving: consumer.solving.clone(),
        ..loaded
    }
}
