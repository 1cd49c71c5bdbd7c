//! Dependencies that pixi gets back as it sent them.

use rattler_conda_types::{MatchSpec, PackageName, ParseMatchSpecOptions, RepodataRevision};

use crate::protocol::spec::PackageSpec;

/// Dependencies that rattler-build cannot hold without loss, by the number their
/// stand-in in the recipe bears: packages built from source, and binary ones with
/// a selector that its match spec would spell differently.
///
/// Position, condition and variants of a dependency count all the same. The recipe
/// holds a match spec with a namespace that no channel can have, and the answer to
/// pixi puts the dependency back in its place.
#[derive(Debug, Default)]
pub struct PassthroughSpecs(Vec<PackageSpec>);

impl PassthroughSpecs {
    const NAMESPACE: &str = "as-stated-";

    /// Keeps `spec` and makes `stand_in` stand for it.
    pub(super) fn keep(&mut self, mut stand_in: MatchSpec, spec: PackageSpec) -> MatchSpec {
        stand_in.namespace = Some(format!("{}{}", Self::NAMESPACE, self.0.len()));
        self.0.push(spec);
        stand_in
    }

    /// Keeps `spec`, of which rattler-build needs to know no more than the name.
    pub(super) fn keep_named(&mut self, name: &PackageName, spec: PackageSpec) -> MatchSpec {
        self.keep(MatchSpec::from(name.clone()), spec)
    }

    /// The stand-in that `text` is, with the dependency it stands for.
    pub(super) fn named_in(&self, text: &str) -> Option<(MatchSpec, &PackageSpec)> {
        if !text.contains(Self::NAMESPACE) {
            return None;
        }
        let options = ParseMatchSpecOptions::lenient().with_repodata_revision(RepodataRevision::V3);
        let spec = MatchSpec::from_str(text, options).ok()?;
        let stated = self.behind(&spec)?;
        Some((spec, stated))
    }

    /// The dependency that `spec` stands for.
    pub fn behind(&self, spec: &MatchSpec) -> Option<&PackageSpec> {
        let number = spec.namespace.as_deref()?.strip_prefix(Self::NAMESPACE)?;
        self.0.get(number.parse::<usize>().ok()?)
    }
}
