//! The support library of the integration tests.
//!
//! A typical test writes a [`project::Project`], starts the backend with [`pixi::Pixi`]
//! and requests its outputs, installs the environments from a [`channel::Channel`] with
//! [`build::Build`] as pixi would, and opens the result with [`archive::Archive`]. This
//! crate does not know how the backend works; it knows the protocol, conda packages and
//! the toolchain of the machine.

pub mod activation;
pub mod answer;
pub mod archive;
pub mod build;
pub mod channel;
pub mod cli_command;
pub mod cmake;
pub mod comparison;
pub mod dependencies;
pub mod edits;
pub mod executables;
pub mod fixtures;
pub mod freshness;
pub mod git;
pub mod glob;
pub mod machine;
pub mod manifest;
pub mod openssl;
pub mod packages;
pub mod packing;
pub mod pixi;
pub mod prefix;
pub mod process;
pub mod project;
pub mod python;
pub mod redis;
pub mod render_error;
pub mod requests;
pub mod streams;
pub mod strict;
pub mod strict_error;
pub mod strict_spec;
pub mod toolchain;
mod walk;
pub mod web;
