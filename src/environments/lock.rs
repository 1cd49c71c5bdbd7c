//! The environments of the last build in a work directory.
//!
//! The next build prefers the same packages, so that build tools can reuse their artifacts.
//! With `--locked` it uses them unchanged.

use std::path::{Path, PathBuf};

use miette::{Diagnostic, Report};
use rattler_conda_types::RepoDataRecord;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::diagnostic::Unreadable;
use crate::disk;
use crate::environments::environment_spec::{EnvironmentKind, EnvironmentSpec, LockedSpec};

/// The environments of the last build.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct LockedEnvironments {
    build: Option<LockedEnvironment>,
    host: Option<LockedEnvironment>,
}

/// The specs of an environment and the packages that the solver chose.
#[derive(Debug, Serialize, Deserialize)]
struct LockedEnvironment {
    spec: LockedSpec,
    packages: Vec<RepoDataRecord>,
}

impl LockedEnvironments {
    /// Reads the environments of the last build in `work`. A missing or invalid file counts as
    /// empty.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub(super) fn read(work: &Path) -> Result<Self, Report> {
        let path = path(work);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(source) => return Err(Unreadable { path, source }.into()),
        };
        Ok(serde_json::from_str(&text).unwrap_or_else(|error| {
            tracing::warn!("{} is not used: {error}", path.display());
            Self::default()
        }))
    }

    /// Writes the environments for the next build.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub(super) fn write(&self, work: &Path) -> Result<(), Report> {
        let text = serde_json::to_vec_pretty(self)
            .map_err(|error| miette::miette!("environments cannot be recorded: {error}"))?;
        let written = disk::replace(&path(work), |beside| std::fs::write(beside, &text));
        Ok(written?)
    }

    /// The packages of an environment, regardless of its specs.
    pub(super) fn packages(&self, role: EnvironmentKind) -> &[RepoDataRecord] {
        self.of(role)
            .map_or(&[], |environment| &environment.packages)
    }

    /// The packages for exactly these specs. Packages from source are replaced with the
    /// current ones.
    ///
    /// # Errors
    /// [`NotKept`], [`Outdated`].
    pub(super) fn packages_for(
        &self,
        spec: &EnvironmentSpec<'_>,
    ) -> Result<Vec<RepoDataRecord>, Report> {
        let Some(LockedEnvironment {
            spec: locked,
            packages,
        }) = self.of(spec.role)
        else {
            return Err(NotKept {
                package: spec.package.to_string(),
            }
            .into());
        };
        if let Some(difference) = locked.differs_from(&spec.locked()) {
            return Err(Outdated {
                role: spec.role,
                package: spec.package.to_string(),
                difference,
            }
            .into());
        }
        let now = |record: &RepoDataRecord| {
            let name = &record.package_record.name;
            let built = spec.sources.iter();
            built
                .clone()
                .find(|built| built.package_record.name == *name)
                .cloned()
        };
        let packages = packages.iter();
        Ok(packages
            .map(|record| now(record).unwrap_or_else(|| record.clone()))
            .collect())
    }

    /// Records the packages of an environment.
    pub(super) fn record(&mut self, spec: &EnvironmentSpec<'_>, packages: &[RepoDataRecord]) {
        let environment = Some(LockedEnvironment {
            spec: spec.locked(),
            packages: packages.to_vec(),
        });
        match spec.role {
            EnvironmentKind::Build => self.build = environment,
            EnvironmentKind::Host => self.host = environment,
        }
    }

    fn of(&self, role: EnvironmentKind) -> Option<&LockedEnvironment> {
        match role {
            EnvironmentKind::Build => self.build.as_ref(),
            EnvironmentKind::Host => self.host.as_ref(),
        }
    }
}

fn path(work: &Path) -> PathBuf {
    work.join("environments.json")
}

/// `--locked` without an earlier build.
#[derive(Debug, Error, Diagnostic)]
#[error(
    "`{package}` has not been built in this work directory, so there are no environments for \
     `--locked`"
)]
#[diagnostic(
    code(environment::no_lock),
    help("build once without `--locked`, with the same `--work-dir`")
)]
struct NotKept {
    package: String,
}

/// `--locked` with specs that differ from those of the last build.
#[derive(Debug, Error, Diagnostic)]
#[error("the {role} environment of `{package}` differs from that of the last build: {difference}")]
#[diagnostic(
    code(environment::lock_outdated),
    help("build without `--locked` to solve it again")
)]
struct Outdated {
    role: EnvironmentKind,
    package: String,
    difference: String,
}
