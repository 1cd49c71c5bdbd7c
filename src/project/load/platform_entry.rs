//! One entry of `platforms`.

use rattler_conda_types::Subdir;

use crate::project::document::Value;
use crate::project::load::virtual_packages::VirtualPackage;

/// An entry of `platforms`.
pub(crate) struct Entry<'d> {
    /// As written.
    pub value: Value<'d>,
    /// The conda platform.
    pub subdir: Subdir,
    /// The name that selectors know it by.
    pub name: String,
    /// Its virtual packages, without the defaults.
    pub declared: Vec<VirtualPackage>,
}
