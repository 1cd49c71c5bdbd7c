//! Integration tests: the built executable, driven the way pixi drives it.
//!
//! One binary, because linking the build library many times is slow. The directories follow
//! the pages of the documentation; one for each backend holds the tests of its tools.

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
