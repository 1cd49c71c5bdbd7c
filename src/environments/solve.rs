//! Reads the channels and runs the solver.

use std::sync::Arc;

use miette::Report;
use rattler_conda_types::{GenericVirtualPackage, MatchSpec, RepoDataRecord};
use rattler_repodata_gateway::RepoData;
use rattler_solve::{ExcludeNewer, SolveError, SolverImpl, SolverTask, resolvo::Solver};

use crate::environments::client::CondaClient;
use crate::environments::dependency_spec::DependencySpec;
use crate::environments::environment_spec::EnvironmentSpec;
use crate::environments::errors::{self, unreachable};
use crate::environments::exclude_newer;
use crate::project::load::{ChannelPriority, Solving};

impl CondaClient {
    /// The packages for `spec`, sorted by name. Those of `before` are preferred if they
    /// match and still exist.
    ///
    /// # Errors
    /// A channel that cannot be read, specs that cannot be satisfied.
    pub(super) async fn solve_environment(
        &self,
        spec: &EnvironmentSpec<'_>,
        solving: &Solving,
        before: &[RepoDataRecord],
    ) -> Result<Vec<RepoDataRecord>, Report> {
        if spec.dependencies.is_empty() {
            return Ok(Vec::new());
        }
        let query = self
            .gateway
            .query(
                spec.channels(),
                [spec.platform, rattler_conda_types::Subdir::NoArch],
                spec.looked_up(),
            )
            .recursive(true);
        let found = query
            .await
            .map_err(|error| unreachable(self, spec, solving, &error))?;
        for warning in &found.warnings {
            tracing::warn!("{warning}");
        }
        let missing = errors::missing(spec, &found.repodata);
        if !missing.is_empty() {
            return Err(self.nobody_has(spec, solving, missing).await);
        }
        let task = Task {
            repodata: found.repodata,
            sources: spec.sources.to_vec(),
            before: before.to_vec(),
            virtual_packages: spec.virtual_packages.to_vec(),
            specs: specs(&spec.dependencies),
            constraints: specs(&spec.constraints),
            priority: solving.channel_priority,
            exclude_newer: exclude_newer::exclude_newer(solving, spec.sources),
        };
        // The solver blocks its thread, and signals must be handled meanwhile.
        let solved = tokio::task::spawn_blocking(move || task.solve()).await;
        let solved = solved.map_err(|error| miette::miette!("the solver stopped: {error}"))?;
        let mut records = solved.map_err(|error| errors::unsolvable(spec, error))?;
        records.sort_by(|a, b| a.package_record.name.cmp(&b.package_record.name));
        Ok(records)
    }
}

fn specs(dependencies: &[DependencySpec]) -> Vec<MatchSpec> {
    dependencies
        .iter()
        .map(|dependency| dependency.spec.clone())
        .collect()
}

/// The data for the solver, owned, so that it can be sent to a thread.
struct Task {
    repodata: Vec<RepoData>,
    sources: Vec<RepoDataRecord>,
    before: Vec<RepoDataRecord>,
    virtual_packages: Vec<GenericVirtualPackage>,
    specs: Vec<MatchSpec>,
    constraints: Vec<MatchSpec>,
    priority: ChannelPriority,
    exclude_newer: Option<ExcludeNewer>,
}

impl Task {
    fn solve(self) -> Result<Vec<RepoDataRecord>, SolveError> {
        let from_source = |record: &RepoDataRecord| {
            let name = &record.package_record.name;
            self.sources
                .iter()
                .any(|source| source.package_record.name == *name)
        };
        let mut available: Vec<Vec<&RepoDataRecord>> = vec![self.sources.iter().collect()];
        available.extend(self.repodata.iter().map(|channel| {
            let records = channel.iter_arc().map(Arc::as_ref);
            records.filter(|record| !from_source(record)).collect()
        }));
        // A package that a channel no longer has cannot be installed.
        let preferred = available.iter().flatten().copied().filter(|record| {
            let same = |before: &RepoDataRecord| {
                before.url == record.url
                    && before.package_record.sha256 == record.package_record.sha256
            };
            self.before.iter().any(same)
        });
        let preferred: Vec<&RepoDataRecord> = preferred.collect();
        let task = SolverTask {
            locked_packages: preferred,
            virtual_packages: self.virtual_packages,
            specs: self.specs,
            constraints: self.constraints,
            channel_priority: match self.priority {
                ChannelPriority::Strict => rattler_solve::ChannelPriority::Strict,
                ChannelPriority::Flexible => rattler_solve::ChannelPriority::Flexible,
                ChannelPriority::Disabled => rattler_solve::ChannelPriority::Disabled,
            },
            exclude_newer: self.exclude_newer,
            ..available
                .iter()
                .map(|records| records.iter().copied())
                .collect()
        };
        Ok(Solver.solve(task)?.records)
    }
}
