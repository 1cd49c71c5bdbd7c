//! One entry of `platforms`.

use rattler_conda_types::Subdir;

use crate::project::document::Value;
use crate::project::load::virtual_packages::VirtualPackage;

/// An entry of `platforms`.
pub(crate) struct Entry<'d> {
    /// The value in the manifest.
    pub value: Value<'d>,
    /// The conda platform.
    pub subdir: Subdir,
    /// Its name in selectors.
    pub name: String,
    /// Its virtual packages, without the defaults.
    pub declared: Vec<VirtualPackage>,
}
