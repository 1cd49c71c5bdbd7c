//! Integration tests: the built executable, driven the way pixi drives it.
//!
//! One binary, because linking the build library many times is slow.

mod catalogue;
mod configuration;
mod diagnostics;
mod metadata;
mod support;
mod support_works;
