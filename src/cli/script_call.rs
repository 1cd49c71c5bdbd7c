//! Calls of this executable by build scripts, and by the tools that they start.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use miette::{IntoDiagnostic, Report};
use rattler_conda_types::Subdir;

use crate::backend::{ScriptAnswer, ScriptCall};
use crate::{backends, disk, recipe};

/// Handles the call of a build script. `None` if a user called this executable.
///
/// It runs before everything else, because it may be called for each file that is compiled.
pub(super) fn answer(arguments: &[OsString]) -> Option<ExitCode> {
    let (own, arguments) = arguments.split_first()?;
    let name = Path::new(own).file_stem()?.to_str()?;
    let answered = backends::answer_script(&ScriptCall { name, arguments })?;
    let code = answered.and_then(finish).unwrap_or_else(|report| {
        complain(&report);
        1
    });
    Some(ExitCode::from(code))
}

fn finish(answer: ScriptAnswer) -> Result<u8, Report> {
    match answer {
        ScriptAnswer::Done(code) => Ok(code),
        ScriptAnswer::Environment { steps, file } => {
            let here = Subdir::current().unwrap_or(Subdir::NoArch);
            let text = recipe::sourced(&steps, here).into_diagnostic()?;
            disk::write(&file, &text)?;
            Ok(0)
        }
    }
}

/// Prints an error in a short form, because it appears in the log of a build.
fn complain(report: &Report) {
    eprintln!("error: {report}");
    if let Some(help) = report.help() {
        eprintln!("help: {help}");
    }
}
