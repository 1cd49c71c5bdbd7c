//! Build backends for pixi.
//!
//! A backend turns a project into a conda package. pixi drives it over JSON-RPC;
//! people and CI run the same executable by hand. `docs/architecture.md` explains
//! the layers, which stand here from the bottom to the top:
//!
//! | layer | holds |
//! | --- | --- |
//! | [`diagnostic`] | what every error message needs |
//! | [`disk`] | small steps on the file system |
//! | [`protocol`] | what goes over the wire |
//! | [`project`] | what the user wrote |
//! | [`backend`] | what a backend is |
//! | [`backends`] | the backends |
//! | [`recipe`] | a draft becomes recipes |
//! | [`engine`] | describing and building |
//! | [`server`] | JSON-RPC |
//! | [`environments`] | solving, installing, channels |
//! | [`cli`] | the command line |

pub mod diagnostic;
pub mod disk;
pub mod protocol;

pub mod project;

pub mod backend;
pub mod backends;

pub mod recipe;

pub mod engine;

pub mod server;

pub mod environments;

pub mod cli;
