//! What the dependencies of one table are read with.

use crate::project::load::ManifestScope;
use crate::project::load::mistake::Diagnostics;
use crate::project::load::tables::TableKind;

/// Reads the dependencies of one table.
pub(crate) struct SpecReader<'a, 'd> {
    /// The manifest.
    pub scope: &'a ManifestScope<'d>,
    /// What the table takes.
    pub kind: TableKind,
    /// The package's own name, as far as the manifest knows it.
    pub own_name: Option<&'a str>,
    /// Where mistakes go.
    pub findings: &'a mut Diagnostics,
}
