//! Builds the packages of a graph, one after the other.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use miette::{Diagnostic, Report};
use rattler_conda_types::RepoDataRecord;
use thiserror::Error;

use crate::cli::build::arguments::BuildArguments;
use crate::cli::build::build_graph::{BuildGraph, Index, PackageNode};
use crate::cli::build::system;
use crate::cli::build::tests::{self, Tested};
use crate::cli::package::work_lock;
use crate::cli::recorded;
use crate::cli::report::{Finished, Reporter, step};
use crate::engine;
use crate::engine::debug::DebugFolder;
use crate::environments::{
    self, CondaClient, LockMode, OutputToSolve, Prefixes, PreviousArchive, Solved, SourceRecords,
    channel,
};
use crate::protocol::build::{OutputId, Params};
use crate::protocol::outputs::Output;

/// The work directory of builds with the tools of this machine, inside the work directory of
/// other builds.
const SYSTEM_TOOLCHAIN: &str = "system-toolchain";

/// The state that the builds of one command share.
pub(super) struct PackageBuilder<'a> {
    arguments: &'a BuildArguments,
    graph: &'a BuildGraph,
    reporter: &'a Reporter,
    client: &'a CondaClient,
    /// The packages that were built, by their position in the graph.
    built: Vec<Vec<RepoDataRecord>>,
    /// The packages that can be tested.
    tested: Vec<Tested<'a>>,
}

impl<'a> PackageBuilder<'a> {
    pub(super) fn new(
        arguments: &'a BuildArguments,
        graph: &'a BuildGraph,
        client: &'a CondaClient,
        reporter: &'a Reporter,
    ) -> Self {
        Self {
            arguments,
            graph,
            reporter,
            client,
            built: graph.nodes.iter().map(|_| Vec::new()).collect(),
            tested: Vec::new(),
        }
    }

    /// Builds all packages and indexes the output directory as a channel. It is also indexed
    /// after a failure, because the old index does not match archives that were replaced.
    pub(super) async fn build_all(mut self) -> Result<(), Report> {
        let mut built = self.build_each().await;
        if built.is_ok() && self.arguments.runs_tests() {
            built = tests::run(&self.tested, self.client).await;
        }
        match self.arguments.output_folder() {
            Some(folder) if folder.is_dir() => {
                let indexing = channel::index(&folder);
                built.and(step("indexing the output directory", None, indexing).await)
            }
            _ => built,
        }
    }

    async fn build_each(&mut self) -> Result<(), Report> {
        for index in &self.graph.order {
            let node = &self.graph.nodes[*index];
            for output in &node.described.outputs {
                let finished = self.build(*index, output).await?;
                if !self.arguments.system_toolchain {
                    let record = environments::record(&finished.path).await?;
                    self.built[*index].push(record);
                    let platforms = node.package.platforms;
                    self.tested.push(Tested {
                        package: identifier(output),
                        archive: finished.path.clone(),
                        channels: &node.package.loaded.channels,
                        work: self.work_folder(node, output),
                        runs_here: platforms.host == platforms.build,
                    });
                }
                self.reporter.finished(finished)?;
            }
        }
        Ok(())
    }

    async fn build(&self, index: Index, output: &Output) -> Result<Finished, Report> {
        let node = &self.graph.nodes[index];
        let work = self.work_folder(node, output);
        let package = identifier(output);
        let _alone = engine::alone(work_lock(&work)).await?;
        let request = self.bare_request(node, output, work.clone());
        self.check_name(node, output, &request)?;
        let params = if self.arguments.system_toolchain {
            system::request(&node.package, output, request)?
        } else {
            let solving = async {
                let solved = self.solve(index, output, &work).await?;
                self.reporter.solved(&package, &solved.build);
                self.reporter.solved(&package, &solved.host);
                Ok(solved)
            };
            let title = format!("solving the environments of {package}");
            let solved = step(&title, Some(&package), solving).await?;
            let prefixes = Prefixes::below(&work, node.package.platforms.host);
            let installing = self.install(&output.metadata.name, &solved, &prefixes);
            let title = format!("installing the environments of {package}");
            step(&title, Some(&package), installing).await?;
            solved.request(&prefixes, request)?
        };
        let earlier = self.earlier(node, output, &params)?;
        let debug = DebugFolder::of(&params.work_directory);
        debug.request("conda_build_v1", &params);
        let building = recorded::build(&node.package.session, params, &debug);
        let title = format!("building {package}");
        let answer = step(&title, Some(&package), building).await?;
        if let Some(earlier) = earlier {
            earlier.restore_if_same(&answer.output_file)?;
        }
        Finished::new(&answer)
    }

    /// Keeps the archive of the last build, if other packages are built with this package.
    fn earlier(
        &self,
        node: &PackageNode,
        output: &Output,
        params: &Params,
    ) -> Result<Option<PreviousArchive>, Report> {
        // The outputs of one recipe may need each other.
        if !self.graph.is_needed(node) && node.names().len() == 1 {
            return Ok(None);
        }
        let name = format!("{}.conda", identifier(output));
        let folder = params.output_folder().join(output.metadata.subdir.as_str());
        PreviousArchive::keep(&folder.join(name), &params.work_directory)
    }

    async fn solve(&self, index: Index, output: &Output, work: &Path) -> Result<Solved, Report> {
        let node = &self.graph.nodes[index];
        let platforms = node.package.platforms;
        let (build, host) = (
            self.sources(&node.needs.build, index, output),
            self.sources(&node.needs.host, index, output),
        );
        let to_solve = OutputToSolve {
            output,
            platforms,
            settings: self.graph.settings(platforms.host),
            sources: SourceRecords {
                build: &build,
                host: &host,
            },
            work,
        };
        let keep = if self.arguments.locked {
            LockMode::Require
        } else {
            LockMode::Prefer
        };
        self.client.solve(&to_solve, keep).await
    }

    async fn install(
        &self,
        name: &str,
        solved: &Solved,
        prefixes: &Prefixes,
    ) -> Result<(), Report> {
        let Solved { build, host, .. } = solved;
        self.client.install(name, build, &prefixes.build).await?;
        self.client.install(name, host, &prefixes.host).await
    }

    /// The packages from source for an environment of `output`: `direct`, and the outputs of
    /// the same recipe that were built before.
    fn sources(
        &self,
        direct: &BTreeSet<Index>,
        index: Index,
        output: &Output,
    ) -> Vec<RepoDataRecord> {
        let installed = self.graph.installed(direct);
        let records = installed.into_iter().flat_map(|index| &self.built[index]);
        let is_other = |record: &&RepoDataRecord| {
            record.package_record.name.as_normalized() != output.metadata.name
        };
        let siblings = self.built[index].iter().filter(is_other);
        records.chain(siblings).cloned().collect()
    }

    /// The request without its environments.
    fn bare_request(&self, node: &PackageNode, output: &Output, work: PathBuf) -> Params {
        let metadata = &output.metadata;
        Params {
            channels: node.package.loaded.channels.clone(),
            build_prefix: None,
            host_prefix: None,
            run_dependencies: None,
            run_constraints: None,
            run_exports: None,
            extra_dependencies: None,
            output: OutputId {
                name: metadata.name.clone(),
                version: Some(metadata.version.clone()),
                build: Some(metadata.build.clone()),
                subdir: metadata.subdir,
                variant: metadata.variant.clone(),
            },
            work_directory: work,
            output_directory: self.arguments.output_folder(),
            editable: Some(false),
            package_format: self.arguments.package_format,
        }
    }

    /// Refuses to replace a package of the same name that was built with the other kind of
    /// environments.
    fn check_name(
        &self,
        node: &PackageNode,
        output: &Output,
        request: &Params,
    ) -> Result<(), Report> {
        let folder = request
            .output_folder()
            .join(output.metadata.subdir.as_str());
        let name = format!("{}.", identifier(output));
        let usual = node.package.builds(&output.metadata.name);
        let works = [
            &request.work_directory,
            &usual,
            &usual.join(SYSTEM_TOOLCHAIN),
        ];
        let other = works.into_iter().find_map(|work| {
            let (archive, by_the_machine) = DebugFolder::of(work).recorded_archive()?;
            let file = archive.file_name()?.to_str()?;
            let is_same = archive.parent() == Some(&folder) && file.starts_with(&name);
            let is_other = by_the_machine != self.arguments.system_toolchain;
            (is_same && is_other && archive.is_file()).then_some(archive)
        });
        let Some(archive) = other else {
            return Ok(());
        };
        let kinds = [
            "in environments from channels",
            "with the tools of this machine",
        ];
        let (before, now) = if self.arguments.system_toolchain {
            (kinds[0], kinds[1])
        } else {
            (kinds[1], kinds[0])
        };
        Err(OtherToolchain {
            archive,
            before,
            now,
        }
        .into())
    }

    /// The default work directory. Builds with the tools of this machine have their own directory,
    /// because their packages have the same names as other packages but other dependencies.
    fn usual_work_folder(&self, node: &PackageNode, name: &str) -> PathBuf {
        let builds = node.package.builds(name);
        if self.arguments.system_toolchain {
            builds.join(SYSTEM_TOOLCHAIN)
        } else {
            builds
        }
    }

    /// The work directory: one for the package, or one for each of its variants and foreign
    /// platforms.
    fn work_folder(&self, node: &PackageNode, output: &Output) -> PathBuf {
        let name = &output.metadata.name;
        let is_only = node.names().len() == 1;
        let variants = node.described.outputs.iter();
        let variants = variants
            .filter(|other| other.metadata.name == *name)
            .count();
        let (work, is_shared) = match self.arguments.work_folder() {
            Some(folder) if self.graph.nodes.len() == 1 && is_only => (folder, false),
            Some(folder) => (folder.join(name), true),
            None => (self.usual_work_folder(node, name), true),
        };
        let platforms = node.package.platforms;
        let foreign = is_shared && platforms.host != platforms.build;
        let parts = [
            foreign.then(|| platforms.host.to_string()),
            (variants > 1).then(|| output.metadata.build.clone()),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() {
            work
        } else {
            work.join(parts.join("-"))
        }
    }
}

/// A package of the same name with other dependencies.
#[derive(Debug, Error, Diagnostic)]
#[error("{} was built {before}; a package that is built {now} would replace it", archive.display())]
#[diagnostic(
    code(usage::other_toolchain),
    help("choose another directory with `--output-dir`, or remove the file")
)]
struct OtherToolchain {
    archive: PathBuf,
    before: &'static str,
    now: &'static str,
}

/// The name, version and build string, which form the file name of the archive.
fn identifier(output: &Output) -> String {
    let metadata = &output.metadata;
    format!("{}-{}-{}", metadata.name, metadata.version, metadata.build)
}
