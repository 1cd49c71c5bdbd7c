//! The support library of the integration tests.
//!
//! A typical test writes a [`project::Project`], starts the backend with [`pixi::Pixi`]
//! and requests its outputs, installs the environments from a [`channel::Channel`] with
//! [`build::Build`] as pixi would, and opens the result with [`archive::Archive`]. This
//! module does not know how the backend works; it knows the protocol, conda packages and
//! the toolchain of the machine.

#![expect(
    dead_code,
    reason = "the support is complete before every part of it has a user"
)]

pub mod activation;
pub mod answer;
pub mod archive;
pub mod build;
pub mod channel;
pub mod cmake;
pub mod dependencies;
pub mod desk;
pub mod drawn;
pub mod edits;
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
pub mod requests;
pub mod server;
pub mod streams;
pub mod strict;
pub mod strict_error;
pub mod strict_spec;
pub mod toolchain;
mod walk;
pub mod web;
