//! Errors as pixi shows them to the user. Every snapshot is an entry of `docs/errors.md`.

mod builds;
mod catalogue;
mod conflicts;
mod environments;
pub(crate) mod installed;
mod manifests;
mod models;
mod options;
mod package_options;
mod packages;
mod recipes;
mod sources;
mod templates;
mod toolchains;
