//! `completions`: what a shell has to know to complete command lines.

use clap_complete::{Shell, generate};
use miette::Report;

use crate::backend::AnyBackend;
use crate::cli::command;
use crate::cli::report::Reporter;

pub(super) fn completions(
    backend: &dyn AnyBackend,
    shell: Shell,
    reporter: &Reporter,
) -> Result<u8, Report> {
    let mut script = Vec::new();
    generate(shell, &mut command(backend), backend.name(), &mut script);
    reporter.print(String::from_utf8_lossy(&script).trim_end())?;
    Ok(0)
}
