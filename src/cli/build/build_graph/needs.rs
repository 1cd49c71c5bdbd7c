//! The source dependencies of an output.

use rattler_conda_types::Subdir;

use crate::backend::Platforms;
use crate::protocol::outputs::Output;
use crate::protocol::spec::{NamedSpec, PackageSpec, SourceLocation};

/// A source dependency.
pub(super) struct Need<'a> {
    pub(super) name: &'a str,
    pub(super) location: &'a SourceLocation,
    /// The platform of the package.
    pub(super) host: Subdir,
    pub(super) kind: DependencyKind,
}

/// The environment in which a package is needed.
#[derive(Clone, Copy)]
pub(super) enum DependencyKind {
    /// The build environment.
    Build,
    /// The host environment.
    Host,
    /// An environment in which the package is used.
    Run,
}

/// The source dependencies of an output. A run export is not a dependency.
pub(super) fn stated(output: &Output, platforms: Platforms) -> Vec<Need<'_>> {
    let Output {
        build_dependencies,
        host_dependencies,
        run_dependencies,
        extra_dependencies,
        ..
    } = output;
    let Platforms { build, host } = platforms;
    let mut needs = Vec::new();
    needs.extend(sources(
        &build_dependencies.depends,
        build,
        DependencyKind::Build,
    ));
    needs.extend(sources(
        &host_dependencies.depends,
        host,
        DependencyKind::Host,
    ));
    needs.extend(sources(
        &run_dependencies.depends,
        host,
        DependencyKind::Run,
    ));
    for specs in extra_dependencies.values() {
        needs.extend(sources(specs, host, DependencyKind::Run));
    }
    needs
}

fn sources(
    specs: &[NamedSpec],
    host: Subdir,
    kind: DependencyKind,
) -> impl Iterator<Item = Need<'_>> {
    specs.iter().filter_map(move |stated| match &stated.spec {
        PackageSpec::Source(source) => Some(Need {
            name: &stated.name,
            location: &source.location,
            host,
            kind,
        }),
        _ => None,
    })
}
