//! Errors as the user sees them through pixi. Every snapshot is an entry of
//! `docs/errors.md`.

mod builds;
mod catalogue;
mod conflicts;
mod environments;
pub(crate) mod installed;
mod manifests;
mod options;
mod package_options;
mod packages;
mod templates;
