//! The build script of a Cargo project, and the variables that it sets.

mod commands;
pub(crate) mod embedded_paths;
pub(crate) mod environment;
pub(crate) mod install;
pub(crate) mod message;
pub(crate) mod progress;
pub(crate) mod rustflags;
mod system_libraries;
