//! The Mojo compiler of this machine.

use miette::{Diagnostic, Report};
use thiserror::Error;

use crate::backend::tools::on_path;
use crate::backend::{Env, SystemTools};

/// The compiler on `PATH`, with the settings of its own environment.
///
/// # Errors
/// [`NoMojo`].
pub(super) fn find(env: &Env) -> Result<SystemTools, Report> {
    let program = on_path(env, "mojo").ok_or(NoMojo)?;
    let variables = env.iter().filter(|(name, _)| name.starts_with("MODULAR_"));
    let variables = variables.map(|(name, value)| (name.to_string(), value.to_string()));
    Ok(SystemTools {
        programs: vec![program],
        variables: variables.collect(),
        packages: vec!["mojo-compiler"],
    })
}

/// There is no Mojo here.
#[derive(Debug, Error, Diagnostic)]
#[error("there is no `mojo` on PATH")]
#[diagnostic(
    code(environment::no_mojo),
    help(
        "install Mojo, or leave `--system-toolchain` out, so that the compiler comes from a channel"
    )
)]
struct NoMojo;
