//! What is asked of the solver, and who asks.

use miette::Report;
use rattler_conda_types::{MatchSpec, PackageName, VersionSpec};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::protocol::build::{DependencyOrigin, ResolvedDependency, ResolvedSpec};
use crate::protocol::spec::{BinarySpec, NamedSpec, PackageSpec, SourceSpec};
use crate::recipe::spec::to_match_spec;

/// A match spec with where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct DependencySpec {
    /// What is wanted.
    pub spec: MatchSpec,
    /// Set when a run export brought it in.
    pub source: Option<DependencyOrigin>,
}

impl DependencySpec {
    /// What the package itself asks for. The place of a source is left out: by now
    /// it is a package like any other. `None` for pins, which need an environment.
    ///
    /// # Errors
    /// A name or selector that means nothing.
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

    /// The name, lower case. Patterns have none.
    pub(super) fn name(&self) -> Option<&str> {
        self.spec.name.as_exact().map(PackageName::as_normalized)
    }

    /// As pixi sends it.
    ///
    /// # Errors
    /// None for specs that were read here.
    pub fn to_wire(&self) -> Result<ResolvedDependency, Report> {
        let spec = convert(&self.spec)
            .map_err(|error| miette::miette!("`{}` cannot be written: {error}", self.spec))?;
        Ok(ResolvedDependency {
            spec: ResolvedSpec::Object(Box::new(spec)),
            source: self.source.clone(),
        })
    }

    /// As an error message has it: the spec, and who asks for it unless the
    /// manifest does.
    pub(super) fn told(&self) -> String {
        match &self.source {
            None => format!("`{}`", self.spec),
            Some(DependencyOrigin::RunExport { from, run_export }) => {
                format!("`{}` (exported by `{run_export}` in {from})", self.spec)
            }
        }
    }
}

/// The wishes as an error message lists them.
pub(super) fn told(wishes: &[DependencySpec]) -> String {
    let told: Vec<String> = wishes.iter().map(DependencySpec::told).collect();
    match told.is_empty() {
        true => "nothing".to_string(),
        false => told.join(", "),
    }
}

/// The name of a package.
///
/// # Errors
/// Names that no package can have.
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

/// Goes from rattler's type to that of the wire, which has the same serialised form.
fn convert<A: Serialize, B: DeserializeOwned>(value: &A) -> serde_json::Result<B> {
    serde_json::from_value(serde_json::to_value(value)?)
}
