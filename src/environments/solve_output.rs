//! Solves the environments of an output as pixi does it: first the build environment, then
//! the host environment with the run exports of the build environment.

use std::path::Path;

use miette::{Diagnostic, Report};
use rattler_conda_types::{GenericVirtualPackage, RepoDataRecord, Subdir};
use thiserror::Error;

use crate::backend::Platforms;
use crate::environments::client::CondaClient;
use crate::environments::dependency_spec::DependencySpec;
use crate::environments::environment_spec::{EnvironmentKind, EnvironmentSpec};
use crate::environments::errors::chain;
use crate::environments::lock::LockedEnvironments;
use crate::environments::pins::Pins;
use crate::environments::request::{Exported, Solved};
use crate::environments::run_exports::{ExportedDependencies, is_direct};
use crate::environments::{Environment, virtual_packages};
use crate::project::load::{Loaded, Solving};
use crate::protocol::outputs::{self, Dependencies, Output};

/// The channels of a workspace, and the virtual packages of its platforms.
#[derive(Debug)]
pub struct SolveSettings {
    channels: Vec<String>,
    solving: Solving,
    build: Vec<GenericVirtualPackage>,
    host: Vec<GenericVirtualPackage>,
}

impl SolveSettings {
    /// The settings of the workspace, with the virtual packages of the machine.
    ///
    /// # Errors
    /// A system that cannot be inspected.
    pub fn of(loaded: &Loaded) -> Result<Self, Report> {
        Ok(Self {
            channels: loaded.channels.clone(),
            solving: loaded.solving.clone(),
            build: virtual_packages::detected(loaded.build_platform)?,
            host: virtual_packages::declared(&loaded.virtual_packages)?,
        })
    }
}

/// An output whose environments are solved.
#[derive(Debug, Clone, Copy)]
pub struct OutputToSolve<'a> {
    /// The output.
    pub output: &'a Output,
    /// The platforms of the build.
    pub platforms: Platforms,
    /// The channels and virtual packages.
    pub settings: &'a SolveSettings,
    /// The packages that were built from source before, with their run dependencies.
    pub sources: SourceRecords<'a>,
    /// The work directory.
    pub work: &'a Path,
}

/// The packages from source for each environment.
#[derive(Debug, Clone, Copy, Default)]
pub struct SourceRecords<'a> {
    /// For the build environment.
    pub build: &'a [RepoDataRecord],
    /// For the host environment.
    pub host: &'a [RepoDataRecord],
}

/// The influence of the last build in the work directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockMode {
    /// Its packages are preferred.
    Prefer,
    /// Its environments are used unchanged.
    Require,
}

impl CondaClient {
    /// Solves both environments of a build and determines the dependencies of the package.
    /// Nothing is installed.
    ///
    /// # Errors
    /// All reasons why the environments cannot be solved.
    pub async fn solve(
        &self,
        to_solve: &OutputToSolve<'_>,
        keep: LockMode,
    ) -> Result<Solved, Report> {
        let package = to_solve.output.metadata.name.as_str();
        let ignored = &to_solve.output.ignore_run_exports;
        let before = LockedEnvironments::read(to_solve.work)?;
        let mut now = LockedEnvironments::default();

        let unpinned = Pins {
            package,
            environments: Vec::new(),
        };
        let stated = NamedSpecs::of(&to_solve.output.build_dependencies, &unpinned)?;
        let spec = to_solve.spec(EnvironmentKind::Build, stated);
        let build = self.environment(to_solve, spec, (&before, keep), &mut now);
        let build = build.await?;
        let from_build = ExportedDependencies::collect(
            EnvironmentKind::Build,
            &build.dependencies,
            &build.packages,
            ignored,
        )?;

        let pinned = Pins {
            package,
            environments: vec![&build.packages],
        };
        let mut stated = NamedSpecs::of(&to_solve.output.host_dependencies, &pinned)?;
        add(&mut stated.dependencies, &from_build.strong);
        add(&mut stated.constraints, &from_build.strong_constrains);
        let spec = to_solve.spec(EnvironmentKind::Host, stated);
        let host = self.environment(to_solve, spec, (&before, keep), &mut now);
        let host = host.await?;
        let from_host = ExportedDependencies::collect(
            EnvironmentKind::Host,
            &host.dependencies,
            &host.packages,
            ignored,
        )?;
        if keep == LockMode::Prefer {
            now.write(to_solve.work)?;
        }

        let pins = Pins {
            package,
            environments: vec![&host.packages, &build.packages],
        };
        let mut run = NamedSpecs::of(&to_solve.output.run_dependencies, &pins)?;
        if to_solve.output.metadata.subdir == Subdir::NoArch {
            add(&mut run.dependencies, &from_host.noarch);
        } else {
            add(&mut run.dependencies, &from_host.weak);
            add(&mut run.dependencies, &from_host.strong);
            add(&mut run.dependencies, &from_build.strong);
            add(&mut run.constraints, &from_host.weak_constrains);
            add(&mut run.constraints, &from_host.strong_constrains);
            add(&mut run.constraints, &from_build.strong_constrains);
        }
        let groups = to_solve.output.extra_dependencies.iter();
        let extra = groups.map(|(group, specs)| Ok((group.clone(), pins.applied(specs)?)));
        Ok(Solved {
            extra_dependencies: extra.collect::<Result<_, Report>>()?,
            run_exports: exported(&to_solve.output.run_exports, &pins)?,
            run_dependencies: run.dependencies,
            run_constraints: run.constraints,
            build,
            host,
        })
    }

    async fn environment(
        &self,
        to_solve: &OutputToSolve<'_>,
        spec: EnvironmentSpec<'_>,
        (before, keep): (&LockedEnvironments, LockMode),
        now: &mut LockedEnvironments,
    ) -> Result<Environment, Report> {
        let mut packages = match keep {
            LockMode::Require => before.packages_for(&spec)?,
            LockMode::Prefer => {
                let solving = &to_solve.settings.solving;
                self.solve_environment(&spec, solving, before.packages(spec.role))
                    .await?
            }
        };
        let direct = packages.iter_mut();
        let direct = direct.filter(|record| is_direct(&spec.dependencies, record));
        let known = self.gateway.ensure_run_exports(direct, None).await;
        known.map_err(|error| NoRunExports {
            role: spec.role,
            package: spec.package.to_string(),
            reason: chain(&error),
        })?;
        now.record(&spec, &packages);
        Ok(Environment {
            role: spec.role,
            platform: spec.platform,
            dependencies: spec.dependencies,
            constraints: spec.constraints,
            packages,
        })
    }
}

impl OutputToSolve<'_> {
    fn spec(&self, role: EnvironmentKind, stated: NamedSpecs) -> EnvironmentSpec<'_> {
        let SolveSettings {
            channels,
            solving: _,
            build,
            host,
        } = self.settings;
        let (platform, virtual_packages, sources) = match role {
            EnvironmentKind::Build => (self.platforms.build, build, self.sources.build),
            EnvironmentKind::Host => (self.platforms.host, host, self.sources.host),
        };
        EnvironmentSpec {
            role,
            package: &self.output.metadata.name,
            platform,
            channels,
            virtual_packages,
            dependencies: stated.dependencies,
            constraints: stated.constraints,
            sources,
        }
    }
}

/// The dependencies and constraints, with pins applied.
struct NamedSpecs {
    dependencies: Vec<DependencySpec>,
    constraints: Vec<DependencySpec>,
}

impl NamedSpecs {
    fn of(dependencies: &Dependencies, pins: &Pins<'_>) -> Result<Self, Report> {
        Ok(Self {
            dependencies: pins.applied(&dependencies.depends)?,
            constraints: pins.applied(&dependencies.constraints)?,
        })
    }
}

/// Adds the exported specs that are not in the list yet.
fn add(dependencies: &mut Vec<DependencySpec>, exported: &[DependencySpec]) {
    for dependency in exported {
        if !dependencies.contains(dependency) {
            dependencies.push(dependency.clone());
        }
    }
}

fn exported(exports: &outputs::RunExports, pins: &Pins<'_>) -> Result<Exported, Report> {
    let outputs::RunExports {
        weak,
        strong,
        noarch,
        weak_constrains,
        strong_constrains,
    } = exports;
    Ok(Exported {
        weak: pins.applied(weak)?,
        strong: pins.applied(strong)?,
        noarch: pins.applied(noarch)?,
        weak_constrains: pins.applied(weak_constrains)?,
        strong_constrains: pins.applied(strong_constrains)?,
    })
}

/// The run exports of the packages of an environment cannot be read.
#[derive(Debug, Error, Diagnostic)]
#[error("the run exports in the {role} environment of `{package}` cannot be read: {reason}")]
#[diagnostic(
    code(environment::no_run_exports),
    help(
        "they are in the `run_exports.json` of the channel or in the packages: check that the \
         channel is complete and reachable"
    )
)]
struct NoRunExports {
    role: EnvironmentKind,
    package: String,
    reason: String,
}
