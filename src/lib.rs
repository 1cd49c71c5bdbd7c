//! Build backends for pixi.
pub mod protocol;
