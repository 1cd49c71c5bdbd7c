//! Reads `Cargo.toml` files, and selects the one that describes the package.

pub(crate) mod binaries;
pub(crate) mod cargo_toml;
pub(crate) mod errors;
pub(crate) mod features;
pub(crate) mod licenses;
pub(crate) mod manifests;
pub(crate) mod package;
pub(crate) mod version;
pub(crate) mod workspace_members;
