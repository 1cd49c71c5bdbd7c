//! Integration tests that drive the built executable as pixi does.
//!
//! They are one binary, because linking the library many times is slow. The directories follow
//! the pages of the documentation. The tools of each backend have their own directory.

mod artifacts;
mod build;
mod cargo;
mod cli;
mod cmake;
mod compiler_cache;
mod environments;
mod errors;
mod house;
mod inputs;
mod mojo;
mod options;
mod outputs;
mod protocol;
mod python;
mod rattler_build;
mod robustness;
mod server;
mod support_tests;
