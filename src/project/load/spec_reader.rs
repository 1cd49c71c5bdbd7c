//! The data for reading the dependencies of one table.

use crate::project::load::ManifestScope;
use crate::project::load::mistake::Diagnostics;
use crate::project::load::tables::TableKind;

/// Reads the dependencies of one table.
pub(crate) struct SpecReader<'a, 'd> {
    /// The manifest.
    pub scope: &'a ManifestScope<'d>,
    /// The kinds of dependencies that the table allows.
    pub kind: TableKind,
    /// The name of the package, if the manifest contains it.
    pub own_name: Option<&'a str>,
    /// The list that collects errors.
    pub findings: &'a mut Diagnostics,
}
