//! Build backends for pixi.
pub mod backend;
pub mod backends;
pub mod cli;
pub mod diagnostic;
pub mod engine;
pub mod project;
pub mod protocol;
pub mod recipe;
pub mod server;
