//! What the dependencies of one table are read with.

use crate::project::load::Scope;
use crate::project::load::mistake::Findings;
use crate::project::load::tables::TableKind;

/// Reads the dependencies of one table.
pub(crate) struct Reader<'a, 'd> {
    /// The manifest.
    pub scope: &'a Scope<'d>,
    /// What the table takes.
    pub kind: TableKind,
    /// The package's own name, as far as the manifest knows it.
    pub own_name: Option<&'a str>,
    /// Where mistakes go.
    pub findings: &'a mut Findings,
}
