//! Turns the log of a failed build into an error that says what went wrong.
//!
//! What the log of its tools means a backend knows; see
//! [`Backend::diagnose`](crate::backend::Backend::diagnose).

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use miette::{Diagnostic, LabeledSpan, Report, SourceCode};
use thiserror::Error;

use crate::backend::failure::{CodeError, Diagnosis, MAKE_ROOM, QUOTED, full_disk};
use crate::backend::log::Log;
use crate::backend::{AnyBackend, OpenProject};
use crate::engine::log;

/// What rattler-build says of a script that failed. It is not a type of its own there; tests
/// with failing builds notice when the words change.
pub(super) const SCRIPT_FAILED: &str = "Script failed to execute";

/// What rattler-build ran into, in words that help. Of a script it says no more than
/// that it failed; `log` is what that one wrote, `source` the directory with the code.
pub(super) fn explained(
    error: Report,
    project: &dyn OpenProject,
    log: &Path,
    source: &Path,
) -> Report {
    if error.to_string() == SCRIPT_FAILED {
        let failed = BuildFailed::from_log(project, log, source);
        append_place(log);
        return failed.into();
    }
    match is_full_disk(&error) {
        true => FullDisk(error.to_string()).into(),
        false => error,
    }
}

/// Why nothing was installed although every command succeeded.
pub(super) fn nothing_installed(
    backend: &dyn AnyBackend,
    project: &dyn OpenProject,
    log: &Path,
) -> Report {
    BuildFailed {
        diagnosis: project.nothing_installed(&Log::new(&read(log))),
        step: backend.installs().to_string(),
        exit: None,
        log: log.to_path_buf(),
    }
    .into()
}

/// Ends the log of a failed script with where it ran, which is of use to those who look for
/// the reason there.
fn append_place(log: &Path) {
    let Some(work) = log.parent().and_then(Path::parent) else {
        return;
    };
    let script = work.join("work");
    let text = format!(
        "the script ran in {}; `replay {}` runs it again",
        script.display(),
        work.display()
    );
    if let Err(error) = log::append(log, &text) {
        tracing::debug!("the build log does not say where the script ran: {error}");
    }
}

fn read(log: &Path) -> String {
    match std::fs::read(log) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => format!("error: the log cannot be read: {error}"),
    }
}

/// The build script failed.
#[derive(Debug, Error)]
struct BuildFailed {
    diagnosis: Diagnosis,
    /// The command, as people call it.
    step: String,
    exit: Option<i32>,
    log: PathBuf,
}

/// What compilers found in the code, when that is why `report` says that a build
/// failed.
pub fn code_errors(report: &Report) -> &[CodeError] {
    let failed = report.downcast_ref::<BuildFailed>();
    failed.map_or(&[], |failed| &failed.diagnosis.errors)
}

impl BuildFailed {
    /// Reads the log and says what failed, why, and what to do about it. `source` is
    /// the directory with the code.
    fn from_log(project: &dyn OpenProject, path: &Path, source: &Path) -> Self {
        let log = Log::new(&read(path));
        let (step, exit) = match log.exit() {
            Some((command, code)) => (command, Some(code)),
            None => ("the build script".to_string(), None),
        };
        let mut diagnosis = diagnose(project, &log);
        for error in &mut diagnosis.errors {
            // Compilers run in the root of a workspace, which may be above.
            let known = source.ancestors().map(|folder| folder.join(&error.file));
            if let Some(file) = known.into_iter().find(|file| file.is_file()) {
                error.file = file;
            }
        }
        Self {
            diagnosis,
            step,
            exit,
            log: path.to_path_buf(),
        }
    }
}

fn diagnose(project: &dyn OpenProject, log: &Log) -> Diagnosis {
    let known = project.diagnose(log).or_else(|| full_disk(log));
    known.unwrap_or_else(|| unknown(log))
}

/// The end of the log, where nobody knows more.
fn unknown(log: &Log) -> Diagnosis {
    let details = log.tail(QUOTED);
    let message = match details.as_slice() {
        [] => "the script could not be written or started".to_string(),
        _ => String::new(),
    };
    Diagnosis {
        code: "build::failed",
        message,
        details,
        ..Default::default()
    }
}

impl fmt::Display for BuildFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            diagnosis, step, ..
        } = self;
        write!(f, "`{step}` failed")?;
        if let Some(code) = self.exit {
            write!(f, " with exit code {code}")?;
        }
        if !diagnosis.message.is_empty() {
            write!(f, ": {}", diagnosis.message)?;
        }
        (diagnosis.details.iter()).try_for_each(|detail| write!(f, "\n  {detail}"))
    }
}

impl Diagnostic for BuildFailed {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.diagnosis.code))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let log = format!("the whole log is in {}", self.log.display());
        Some(Box::new(match &self.diagnosis.help {
            Some(help) => format!("{help}\n{log}"),
            None => log,
        }))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        let place = self.diagnosis.place.as_ref()?;
        Some(&place.file)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let place = self.diagnosis.place.as_ref()?;
        let label = LabeledSpan::new_with_span(Some(place.label.clone()), place.at);
        Some(Box::new(std::iter::once(label)))
    }
}

/// There was no room for the package, or for what comes before it.
#[derive(Debug, Error, Diagnostic)]
#[error("there is no space left on the device: {0}")]
#[diagnostic(code(build::full_disk), help("{MAKE_ROOM}"))]
struct FullDisk(String);

/// Whether the disk was full when `error` happened.
fn is_full_disk(error: &Report) -> bool {
    error.chain().any(|cause| {
        let cause = cause.downcast_ref::<io::Error>();
        cause.is_some_and(|cause| cause.kind() == io::ErrorKind::StorageFull)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_recognizes_ends_with_the_last_lines() {
        let log = Log::new("one\ntwo\n\nthree\n");
        assert_eq!(unknown(&log).details, ["one", "two", "three"]);
    }
}
