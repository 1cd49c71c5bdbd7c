//! Integration tests: the built executable, driven the way pixi drives it.
//!
//! One binary, because linking the build library many times is slow.

mod build;
mod cargo;
mod catalogue;
mod cli;
mod cmake;
mod compiler_cache;
mod configuration;
mod diagnostics;
mod environments;
mod freshness;
mod hostile;
mod house;
mod http;
mod installed;
mod isolation;
mod metadata;
mod mojo;
mod odd;
mod option_pages;
mod outputs;
mod process;
mod properties;
mod protocol;
mod python;
mod quoting;
mod recipe;
mod reproducible;
mod script;
mod secrets;
mod server;
mod shared;
mod soak;
mod support_tests;
mod tidy;
mod toy;
mod variants;
