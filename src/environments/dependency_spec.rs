//! The specs for the solver, and where they come from.

use miette::Report;
use rattler_conda_types::{MatchSpec, PackageName, VersionSpec};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::protocol::build::{DependencyOrigin, ResolvedDependency, ResolvedSpec};
use crate::protocol::spec::{BinarySpec, NamedSpec, PackageSpec, SourceSpec};
use crate::recipe::spec::to_match_spec;

/// A match spec and its origin.
#[derive(Debug, Clone, PartialEq)]
pub struct DependencySpec {
    /// The match spec.
    pub spec: MatchSpec,
    /// The run export that it comes from, if it comes from one.
    pub source: Option<DependencyOrigin>,
}

impl DependencySpec {
    /// The spec of a dependency in the manifest. The location of a source is left out, because
    /// the source is built first. `None` for pins, which need an environment.
    ///
    /// # Errors
    /// An invalid name or selector.
    pub fn stated(stated: &NamedSpec) -> Result<Option<Self>, Report> {
        let selectors = match &stated.spec {
            PackageSpec::Binary(binary) => binary.clone(),
            PackageSpec::Source(source) => without_place(source.clone()),
            PackageSpec::PinCompatible(_) | PackageSpec::PinSubpackage(_) => return Ok(None),
        };
        let mut spec = to_match_spec(&package_name(&stated.name)?, &selectors)?;
        if spec.version == Some(VersionSpec::Any) && spec.build.is_none() {
            spec.version = None;
        }
        Ok(Some(Self { spec, source: None }))
    }

    /// The name in lower case. `None` for patterns.
    pub(super) fn name(&self) -> Option<&str> {
        self.spec.name.as_exact().map(PackageName::as_normalized)
    }

    /// The form that pixi sends.
    ///
    /// # Errors
    /// Does not occur for specs that this process has read.
    pub fn to_wire(&self) -> Result<ResolvedDependency, Report> {
        let spec = convert(&self.spec)
            .map_err(|error| miette::miette!("`{}` cannot be written: {error}", self.spec))?;
        Ok(ResolvedDependency {
            spec: ResolvedSpec::Object(Box::new(spec)),
            source: self.source.clone(),
        })
    }

    /// The form for error messages: the spec and its origin, unless that is the manifest.
    pub(super) fn told(&self) -> String {
        match &self.source {
            None => format!("`{}`", self.spec),
            Some(DependencyOrigin::RunExport { from, run_export }) => {
                format!("`{}` (exported by `{run_export}` in {from})", self.spec)
            }
        }
    }
}

/// The list of specs for error messages.
pub(super) fn told(dependencies: &[DependencySpec]) -> String {
    let told: Vec<String> = dependencies.iter().map(DependencySpec::told).collect();
    if told.is_empty() {
        "nothing".to_string()
    } else {
        told.join(", ")
    }
}

/// The name of a package.
///
/// # Errors
/// A name that a package cannot have.
pub(super) fn package_name(name: &str) -> Result<PackageName, Report> {
    name.parse()
        .map_err(|error| miette::miette!("`{name}` cannot be the name of a package: {error}"))
}

fn without_place(source: SourceSpec) -> BinarySpec {
    let SourceSpec {
        location: _,
        version,
        build,
        build_number,
        subdir,
        license,
        extras,
        flags,
        condition,
    } = source;
    BinarySpec {
        version,
        build,
        build_number,
        subdir,
        license,
        extras,
        flags,
        condition,
        ..BinarySpec::default()
    }
}

/// Converts rattler's type to that of the protocol, which has the same serialized form.
fn convert<A: Serialize, B: DeserializeOwned>(value: &A) -> serde_json::Result<B> {
    serde_json::from_value(serde_json::to_value(value)?)
}
