//! Dependencies that are returned to pixi unchanged.

use rattler_conda_types::{MatchSpec, PackageName, ParseMatchSpecOptions, RepodataRevision};

use crate::protocol::spec::PackageSpec;

/// Dependencies that a rattler-build recipe cannot express without loss: source packages,
/// and binary packages with a selector that its match specs spell differently.
///
/// The recipe contains a placeholder for each of them, so that its position, condition
/// and variants still apply. A placeholder is a match spec whose namespace is the number
/// of the dependency, in a form that channels cannot have. The response to pixi contains
/// the original dependency.
#[derive(Debug, Default)]
pub struct PassthroughSpecs(Vec<PackageSpec>);

impl PassthroughSpecs {
    const NAMESPACE: &str = "passthrough-";

    /// Stores `spec` and marks `placeholder` as its placeholder.
    pub(super) fn keep(&mut self, mut placeholder: MatchSpec, spec: PackageSpec) -> MatchSpec {
        placeholder.namespace = Some(format!("{}{}", Self::NAMESPACE, self.0.len()));
        self.0.push(spec);
        placeholder
    }

    /// Stores `spec`. Its placeholder contains only the name.
    pub(super) fn keep_named(&mut self, name: &PackageName, spec: PackageSpec) -> MatchSpec {
        self.keep(MatchSpec::from(name.clone()), spec)
    }

    /// The placeholder in `text`, with the dependency that it represents.
    pub(super) fn named_in(&self, text: &str) -> Option<(MatchSpec, &PackageSpec)> {
        if !text.contains(Self::NAMESPACE) {
            return None;
        }
        let options = ParseMatchSpecOptions::lenient().with_repodata_revision(RepodataRevision::V3);
        let spec = MatchSpec::from_str(text, options).ok()?;
        let original = self.behind(&spec)?;
        Some((spec, original))
    }

    /// The dependency that the placeholder `spec` represents.
    pub fn behind(&self, spec: &MatchSpec) -> Option<&PackageSpec> {
        let number = spec.namespace.as_deref()?.strip_prefix(Self::NAMESPACE)?;
        self.0.get(number.parse::<usize>().ok()?)
    }
}
