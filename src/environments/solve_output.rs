//! What a package needs before and after it is built, solved as pixi does it: the
//! build environment first, then the host environment with what the former exports.

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

/// Where the packages of a workspace come from, and what its platforms have.
#[derive(Debug)]
pub struct SolveSettings {
    channels: Vec<String>,
    solving: Solving,
    build: Vec<GenericVirtualPackage>,
    host: Vec<GenericVirtualPackage>,
}

impl SolveSettings {
    /// What the workspace says. The machine is asked what it has.
    ///
    /// # Errors
    /// A machine that cannot be asked.
    pub fn of(loaded: &Loaded) -> Result<Self, Report> {
        Ok(Self {
            channels: loaded.channels.clone(),
            solving: loaded.solving.clone(),
            build: virtual_packages::detected(loaded.build_platform)?,
            host: virtual_packages::declared(&loaded.virtual_packages)?,
        })
    }
}

/// One output to prepare for.
#[derive(Debug, Clone, Copy)]
pub struct OutputToSolve<'a> {
    /// What is going to be built.
    pub output: &'a Output,
    /// Where the build runs and what it builds for.
    pub platforms: Platforms,
    /// Where packages come from.
    pub supply: &'a SolveSettings,
    /// Packages built from source before, with everything they need at run time.
    pub sources: SourceRecords<'a>,
    /// Where the build keeps what it needs.
    pub work: &'a Path,
}

/// Packages built from source, by the environment they are for.
#[derive(Debug, Clone, Copy, Default)]
pub struct SourceRecords<'a> {
    /// For the build environment.
    pub build: &'a [RepoDataRecord],
    /// For the host environment.
    pub host: &'a [RepoDataRecord],
}

/// What the last build in the work directory means to this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockMode {
    /// Its packages stay where they still fit.
    Prefer,
    /// Its environments are used as they are.
    Require,
}

impl CondaClient {
    /// Solves both environments of a build and finds out what its package will
    /// depend on. Nothing is installed.
    ///
    /// # Errors
    /// Everything that leaves a build without environments.
    pub async fn solve(&self, order: &OutputToSolve<'_>, keep: LockMode) -> Result<Solved, Report> {
        let package = order.output.metadata.name.as_str();
        let ignored = &order.output.ignore_run_exports;
        let before = LockedEnvironments::read(order.work)?;
        let mut now = LockedEnvironments::default();

        let unpinned = Pins {
            package,
            environments: Vec::new(),
        };
        let stated = NamedSpecs::of(&order.output.build_dependencies, &unpinned)?;
        let question = order.question(EnvironmentKind::Build, stated);
        let build = self.environment(order, question, (&before, keep), &mut now);
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
        let mut stated = NamedSpecs::of(&order.output.host_dependencies, &pinned)?;
        add(&mut stated.wishes, &from_build.strong);
        add(&mut stated.constraints, &from_build.strong_constrains);
        let question = order.question(EnvironmentKind::Host, stated);
        let host = self.environment(order, question, (&before, keep), &mut now);
        let host = host.await?;
        let from_host = ExportedDependencies::collect(
            EnvironmentKind::Host,
            &host.dependencies,
            &host.packages,
            ignored,
        )?;
        if keep == LockMode::Prefer {
            now.write(order.work)?;
        }

        let pins = Pins {
            package,
            environments: vec![&host.packages, &build.packages],
        };
        let mut run = NamedSpecs::of(&order.output.run_dependencies, &pins)?;
        if order.output.metadata.subdir == Subdir::NoArch {
            add(&mut run.wishes, &from_host.noarch);
        } else {
            add(&mut run.wishes, &from_host.weak);
            add(&mut run.wishes, &from_host.strong);
            add(&mut run.wishes, &from_build.strong);
            add(&mut run.constraints, &from_host.weak_constrains);
            add(&mut run.constraints, &from_host.strong_constrains);
            add(&mut run.constraints, &from_build.strong_constrains);
        }
        let groups = order.output.extra_dependencies.iter();
        let extra = groups.map(|(group, specs)| Ok((group.clone(), pins.applied(specs)?)));
        Ok(Solved {
            extra_dependencies: extra.collect::<Result<_, Report>>()?,
            run_exports: exported(&order.output.run_exports, &pins)?,
            run_dependencies: run.wishes,
            run_constraints: run.constraints,
            build,
            host,
        })
    }

    async fn environment(
        &self,
        order: &OutputToSolve<'_>,
        question: EnvironmentSpec<'_>,
        (before, keep): (&LockedEnvironments, LockMode),
        now: &mut LockedEnvironments,
    ) -> Result<Environment, Report> {
        let mut packages = match keep {
            LockMode::Require => before.answer(&question)?,
            LockMode::Prefer => {
                let solving = &order.supply.solving;
                self.answer(&question, solving, before.packages(question.role))
                    .await?
            }
        };
        let direct = packages.iter_mut();
        let direct = direct.filter(|record| is_direct(&question.wishes, record));
        let known = self.gateway.ensure_run_exports(direct, None).await;
        known.map_err(|error| NoRunExports {
            role: question.role,
            package: question.package.to_string(),
            reason: chain(&error),
        })?;
        now.note(&question, &packages);
        Ok(Environment {
            role: question.role,
            platform: question.platform,
            dependencies: question.wishes,
            constraints: question.constraints,
            packages,
        })
    }
}

impl OutputToSolve<'_> {
    fn question(&self, role: EnvironmentKind, stated: NamedSpecs) -> EnvironmentSpec<'_> {
        let SolveSettings {
            channels,
            solving: _,
            build,
            host,
        } = self.supply;
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
            wishes: stated.wishes,
            constraints: stated.constraints,
            sources,
        }
    }
}

/// Dependencies and constraints with their pins applied.
struct NamedSpecs {
    wishes: Vec<DependencySpec>,
    constraints: Vec<DependencySpec>,
}

impl NamedSpecs {
    fn of(dependencies: &Dependencies, pins: &Pins<'_>) -> Result<Self, Report> {
        Ok(Self {
            wishes: pins.applied(&dependencies.depends)?,
            constraints: pins.applied(&dependencies.constraints)?,
        })
    }
}

/// What is there already is not asked for again.
fn add(wishes: &mut Vec<DependencySpec>, exported: &[DependencySpec]) {
    for wish in exported {
        if !wishes.contains(wish) {
            wishes.push(wish.clone());
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

/// The packages of an environment do not tell what they hand on.
#[derive(Debug, Error, Diagnostic)]
#[error("what the {role} environment of `{package}` exports cannot be found out: {reason}")]
#[diagnostic(
    code(environment::no_run_exports),
    help(
        "it stands in the channel's `run_exports.json` or in the packages: is the channel complete and reachable?"
    )
)]
struct NoRunExports {
    role: EnvironmentKind,
    package: String,
    reason: String,
}
