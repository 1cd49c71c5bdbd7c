//! What is run: `cargo install`, and what has to be set for it.

mod commands;
pub(crate) mod embedded_paths;
pub(crate) mod environment;
pub(crate) mod install;
pub(crate) mod message;
pub(crate) mod progress;
pub(crate) mod rustflags;
mod system_libraries;
