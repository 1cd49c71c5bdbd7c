//! The build request that pixi would send, had it solved the environments.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use miette::Report;
use rattler_conda_types::Subdir;

use crate::environments::{DependencySpec, Environment};
use crate::protocol::build::{FinalRunExports, Params, Prefix, ResolvedDependency};

/// The environments of a build, and what its package will say about itself.
#[derive(Debug)]
pub struct Solved {
    /// Tools.
    pub build: Environment,
    /// What the package is built against.
    pub host: Environment,
    /// What the package needs when it is used.
    pub run_dependencies: Vec<DependencySpec>,
    /// What may be installed beside it.
    pub run_constraints: Vec<DependencySpec>,
    pub(super) run_exports: Exported,
    pub(super) extra_dependencies: IndexMap<String, Vec<DependencySpec>>,
}

/// What packages that are built with the package inherit.
#[derive(Debug)]
pub(super) struct Exported {
    pub(super) weak: Vec<DependencySpec>,
    pub(super) strong: Vec<DependencySpec>,
    pub(super) noarch: Vec<DependencySpec>,
    pub(super) weak_constrains: Vec<DependencySpec>,
    pub(super) strong_constrains: Vec<DependencySpec>,
}

/// The folders of both environments.
#[derive(Debug, Clone)]
pub struct Prefixes {
    /// Of the build environment.
    pub build: PathBuf,
    /// Of the host environment: 255 characters long, so that any prefix fits into
    /// its place in the package, except where paths are not replaced anyway.
    pub host: PathBuf,
}

impl Prefixes {
    /// The folders pixi has below the work directory `work`.
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
    /// Completes a request with everything that was solved.
    ///
    /// # Errors
    /// None for specs that were read here.
    pub fn request(&self, prefixes: &Prefixes, rest: Params) -> Result<Params, Report> {
        let extra = self.extra_dependencies.iter();
        let extra = extra.map(|(group, wishes)| Ok((group.clone(), wire(wishes)?)));
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

fn wire(wishes: &[DependencySpec]) -> Result<Vec<ResolvedDependency>, Report> {
    wishes.iter().map(DependencySpec::to_wire).collect()
}
