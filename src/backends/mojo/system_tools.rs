//! Finds the Mojo compiler of the machine.

use std::path::Path;

use miette::{Diagnostic, Report};
use thiserror::Error;

use super::variables::SETTINGS;
use crate::backend::tools::on_path;
use crate::backend::{Env, SystemTools};

/// The compiler on `PATH`, with the settings of its own environment.
///
/// # Errors
/// [`NoMojo`].
pub(super) fn find(env: &Env) -> Result<SystemTools, Report> {
    let program = on_path(env, "mojo").ok_or(NoMojo)?;
    let inherited = env.iter().filter(|(name, _)| name.starts_with("MODULAR_"));
    let inherited = inherited.map(|(name, value)| (name.to_string(), value.to_string()));
    let mut variables: Vec<(String, String)> = inherited.collect();
    if variables.is_empty() {
        variables = beside(&program);
    }
    Ok(SystemTools {
        programs: vec![program],
        variables,
        packages: vec!["mojo-compiler"],
    })
}

/// The settings of a compiler whose libraries are next to it.
fn beside(program: &Path) -> Vec<(String, String)> {
    let real = dunce::canonicalize(program).ok();
    let root = real.as_deref().and_then(|real| real.ancestors().nth(2));
    let root = root.filter(|root| root.join("lib/mojo").is_dir());
    let settings = root.into_iter().flat_map(|root| {
        SETTINGS.map(|(name, below)| (name.to_string(), format!("{}{below}", root.display())))
    });
    settings.collect()
}

/// The machine does not have a Mojo compiler.
#[derive(Debug, Error, Diagnostic)]
#[error("there is no `mojo` on PATH")]
#[diagnostic(
    code(environment::no_mojo),
    help(
        "install Mojo, or leave `--system-toolchain` out, so that the compiler comes from a channel"
    )
)]
struct NoMojo;
