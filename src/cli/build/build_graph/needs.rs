//! The packages from source that an output states.

use rattler_conda_types::Subdir;

use crate::backend::Platforms;
use crate::protocol::outputs::Output;
use crate::protocol::spec::{NamedSpec, PackageSpec, SourceLocation};

/// A package from source that another one needs.
pub(super) struct Need<'a> {
    pub(super) name: &'a str,
    pub(super) location: &'a SourceLocation,
    /// What it is built for.
    pub(super) host: Subdir,
    pub(super) kind: DependencyKind,
}

/// Where a package is needed.
#[derive(Clone, Copy)]
pub(super) enum DependencyKind {
    /// In the build environment.
    Build,
    /// In the host environment.
    Host,
    /// Where the package is used.
    Run,
}

/// Everything from source that an output states. A run export is no dependency.
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
