//! `completions`: what a shell has to know to complete command lines.

use clap_complete::{Shell, generate};
use miette::Report;

use crate::backend::Backend;
use crate::cli::command;
use crate::cli::report::Reporter;

pub(super) fn completions<B: Backend>(shell: Shell, reporter: &Reporter) -> Result<u8, Report> {
    let mut script = Vec::new();
    generate(shell, &mut command::<B>(), B::NAME, &mut script);
    reporter.print(String::from_utf8_lossy(&script).trim_end())?;
    Ok(0)
}
