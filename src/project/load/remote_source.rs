//! The source of a package in a repository or an archive, before the package is loaded.

use crate::project::load::location::Location;
use crate::project::load::mistake::Diagnostics;
use crate::project::load::parts::Parts;
use crate::project::load::{LoadRequest, ManifestScope, inline, location};
use crate::protocol::spec::SourceLocation;

/// The repository or archive in `[package.build.source]`, so that the caller can fetch it
/// before the package is loaded. Errors are reported by
/// [`load`](crate::project::load::load).
pub fn remote_source(request: &LoadRequest) -> Option<SourceLocation> {
    let mut findings = Diagnostics::default();
    let found = inline::find_any(request, &mut findings)?;
    let source = found.member.field(&["package", "build", "source"])?;
    let table = source.value.table(&mut findings)?;
    let scope = ManifestScope {
        request,
        package: found.member.root(),
        workspace: None,
    };
    let parts = Parts::of("source", table);
    match location::read(&scope, &parts, &mut findings) {
        Some(Location::Source(SourceLocation::Path(_))) => None,
        Some(Location::Source(remote)) => Some(remote),
        _ => None,
    }
}
