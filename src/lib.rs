//! Build backends for pixi.
pub mod project;
pub mod protocol;
