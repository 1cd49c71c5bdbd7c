//! Build backends for pixi.
//!
//! A backend turns a project into a conda package. pixi sends requests to it over JSON-RPC;
//! users and CI run the same executable as a command. `docs/architecture.md` explains the
//! layers. This table lists them from the bottom to the top:
//!
//! | layer | contents |
//! | --- | --- |
//! | [`diagnostic`] | the parts that all error messages share |
//! | [`disk`] | small operations on the file system |
//! | [`protocol`] | the types of the pixi build protocol |
//! | [`project`] | the user's files |
//! | [`backend`] | the interface of a backend |
//! | [`backends`] | the backends |
//! | [`recipe`] | the conversion of a draft to recipes |
//! | [`engine`] | the description and the build of packages |
//! | [`server`] | JSON-RPC |
//! | [`environments`] | solving, installation and channels |
//! | [`cli`] | the command line |

// Only here, because everything that the tests share between their files is unreachable.
#![deny(unreachable_pub)]

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
