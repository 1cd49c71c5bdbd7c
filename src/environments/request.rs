//! Creates the build request that pixi would send for the solved environments.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use miette::Report;
use rattler_conda_types::Subdir;

use crate::environments::{DependencySpec, Environment};
use crate::protocol::build::{FinalRunExports, Params, Prefix, ResolvedDependency};

/// The environments of a build, and the dependencies of its package.
#[derive(Debug)]
pub struct Solved {
    /// The build environment.
    pub build: Environment,
    /// The host environment.
    pub host: Environment,
    /// The run dependencies.
    pub run_dependencies: Vec<DependencySpec>,
    /// The run constraints.
    pub run_constraints: Vec<DependencySpec>,
    pub(super) run_exports: Exported,
    pub(super) extra_dependencies: IndexMap<String, Vec<DependencySpec>>,
}

/// The run exports of the package.
#[derive(Debug)]
pub(super) struct Exported {
    pub(super) weak: Vec<DependencySpec>,
    pub(super) strong: Vec<DependencySpec>,
    pub(super) noarch: Vec<DependencySpec>,
    pub(super) weak_constrains: Vec<DependencySpec>,
    pub(super) strong_constrains: Vec<DependencySpec>,
}

/// The prefixes of both environments.
#[derive(Debug, Clone)]
pub struct Prefixes {
    /// The prefix of the build environment.
    pub build: PathBuf,
    /// The prefix of the host environment. The installation of a package replaces this path in
    /// binary files, where the new path must not be longer. Therefore this path is padded to 255
    /// characters, except on Windows.
    pub host: PathBuf,
}

impl Prefixes {
    /// The prefixes that pixi uses in the work directory `work`.
    pub fn below(work: &Path, host: Subdir) -> Self {
        Self {
            build: work.join("bld"),
            host: work.join(host_name(work, host)),
        }
    }
}

fn host_name(work: &Path, host: Subdir) -> String {
    const LENGTH: usize = 255;
    let mut name = String::from("host");
    if host.is_windows() {
        return name;
    }
    let room = LENGTH.saturating_sub(work.as_os_str().len() + 1);
    while name.len() < room {
        name.push_str("_placehold");
    }
    name.truncate(room.max("host".len()));
    name
}

impl Solved {
    /// Completes a request with the solved environments.
    ///
    /// # Errors
    /// Does not occur for specs that this process has read.
    pub fn request(&self, prefixes: &Prefixes, rest: Params) -> Result<Params, Report> {
        let extra = self.extra_dependencies.iter();
        let extra = extra.map(|(group, dependencies)| Ok((group.clone(), wire(dependencies)?)));
        let exports = &self.run_exports;
        Ok(Params {
            build_prefix: Some(prefix(&self.build, &prefixes.build)?),
            host_prefix: Some(prefix(&self.host, &prefixes.host)?),
            run_dependencies: Some(wire(&self.run_dependencies)?),
            run_constraints: Some(wire(&self.run_constraints)?),
            run_exports: Some(FinalRunExports {
                weak: wire(&exports.weak)?,
                strong: wire(&exports.strong)?,
                noarch: wire(&exports.noarch)?,
                weak_constrains: wire(&exports.weak_constrains)?,
                strong_constrains: wire(&exports.strong_constrains)?,
            }),
            extra_dependencies: Some(extra.collect::<Result<_, Report>>()?),
            ..rest
        })
    }
}

fn prefix(environment: &Environment, folder: &Path) -> Result<Prefix, Report> {
    Ok(Prefix {
        prefix: folder.to_path_buf(),
        platform: environment.platform,
        dependencies: Some(wire(&environment.dependencies)?),
        constraints: Some(wire(&environment.constraints)?),
        packages: Some(environment.packages.clone()),
    })
}

fn wire(dependencies: &[DependencySpec]) -> Result<Vec<ResolvedDependency>, Report> {
    dependencies.iter().map(DependencySpec::to_wire).collect()
}
