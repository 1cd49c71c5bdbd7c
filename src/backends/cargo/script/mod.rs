//! What is run: `cargo install`, and what has to be set for it.

pub(crate) mod embedded_paths;
pub(crate) mod environment;
pub(crate) mod install;
pub(crate) mod progress;
pub(crate) mod rustflags;
