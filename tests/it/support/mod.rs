//! What the integration tests stand on.
//!
//! A test reads as a story: a [`project::Project`] is written, [`pixi::Pixi`]
//! starts the backend and asks for its outputs, [`build::Build`] installs the
//! environments pixi would install from a [`channel::Channel`], and
//! [`archive::Archive`] opens what came out. Nothing here knows how the backend
//! works; it knows the wire, conda packages and the machine's own toolchain.

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
