//! `pin-compatible`: version ranges around the packages of an environment.

use miette::{Diagnostic, Report};
use rattler_conda_types::RepoDataRecord;
use thiserror::Error;

use crate::environments::dependency_spec::{DependencySpec, package_name};
use crate::protocol::spec::{NamedSpec, PackageSpec};
use crate::recipe::pin::to_pin;

/// The packages that pins can refer to.
pub(super) struct Pins<'a> {
    /// The package with the pins.
    pub(super) package: &'a str,
    /// Its environments, the most important first.
    pub(super) environments: Vec<&'a [RepoDataRecord]>,
}

impl Pins<'_> {
    /// The stated dependencies, with pins applied.
    ///
    /// # Errors
    /// [`NothingToPin`]; invalid names, selectors and bounds.
    pub(super) fn applied(&self, stated: &[NamedSpec]) -> Result<Vec<DependencySpec>, Report> {
        stated.iter().map(|spec| self.apply(spec)).collect()
    }

    fn apply(&self, stated: &NamedSpec) -> Result<DependencySpec, Report> {
        let pin = match &stated.spec {
            PackageSpec::PinCompatible(pin) | PackageSpec::PinSubpackage(pin) => pin,
            PackageSpec::Binary(_) | PackageSpec::Source(_) => {
                let dependency = DependencySpec::stated(stated)?;
                return Ok(dependency.expect("only pins have to be applied"));
            }
        };
        let name = package_name(&stated.name)?;
        let mut records = self.environments.iter().flat_map(|records| records.iter());
        let pinned = records.find(|record| record.package_record.name == name);
        let pinned = pinned.ok_or_else(|| NothingToPin {
            package: self.package.to_string(),
            pinned: stated.name.clone(),
        })?;
        let record = &pinned.package_record;
        let spec = to_pin(&name, pin)?.apply(&record.version, record.build.as_str());
        let spec = spec.map_err(|error| {
            miette::miette!(
                code = "dependency::bad_pin",
                "`{}` cannot be pinned to {}: {error}",
                stated.name,
                record.version
            )
        })?;
        Ok(DependencySpec { spec, source: None })
    }
}

/// A pin to a package that is in no environment.
#[derive(Debug, Error, Diagnostic)]
#[error("`{package}` pins `{pinned}`, which is in none of the environments it is built in")]
#[diagnostic(
    code(environment::nothing_to_pin),
    help(
        "add `{pinned}` to `[package.host-dependencies]`, or in a recipe to `requirements: host`, or \
         give a version instead of the pin"
    )
)]
struct NothingToPin {
    package: String,
    pinned: String,
}
