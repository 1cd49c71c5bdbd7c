//! `completions`: the script with which a shell completes command lines.

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
    let name = backend.name();
    generate(shell, &mut command(backend), name, &mut script);
    let script = String::from_utf8_lossy(&script);
    let script = match shell {
        Shell::Bash => with_the_labels_that_bash_looks_up(&script, name),
        _ => script.into_owned(),
    };
    reporter.print(script.trim_end())?;
    Ok(0)
}

/// Repairs the bash script of clap_complete, which spells the name of the executable in two
/// ways: `__` for each `-` in the computed label, and the separator of commands in the labels
/// that it is compared with. Without the repair no executable with a `-` in its name completes
/// options.
fn with_the_labels_that_bash_looks_up(script: &str, name: &str) -> String {
    const SEPARATOR: &str = "__subcmd__";
    let labeled = format!("{}{SEPARATOR}", name.replace('-', SEPARATOR));
    let computed = format!("{}{SEPARATOR}", name.replace('-', "__"));
    script.replace(&labeled, &computed)
}
