//! Converts the log of a failed build to an error that names the cause.
//!
//! The backend interprets the log of its tools; see
//! [`Backend::diagnose`](crate::backend::Backend::diagnose).

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use miette::{Diagnostic, LabeledSpan, Report, SourceCode};
use thiserror::Error;

use crate::backend::OpenProject;
use crate::backend::failure::{CodeError, Diagnosis, MAKE_ROOM, QUOTED, full_disk};
use crate::backend::log::Log;
use crate::engine::{log, own_failure};

/// The message of rattler-build for a failed script. rattler-build has no error type for
/// this case; tests with failing builds notice when the message changes.
pub(super) const SCRIPT_FAILED: &str = "Script failed to execute";

/// The beginning of rattler-build's reason for it.
pub(super) const SCRIPT_STATUS: &str = "Script failed with status";

/// An error of rattler-build as a diagnostic. rattler-build only reports that the script
/// failed; `log` is the output of the script, and `source` is the source directory.
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
    if is_full_disk(&error) {
        return FullDisk(error.to_string()).into();
    }
    if let Some(library) = own_failure::overlinked(&error.to_string()) {
        return Overlinking(library).into();
    }
    if error.to_string().contains("failed to find `patchelf`") {
        return NoPatchelf.into();
    }
    error
}

/// A library is linked that no dependency has, and the option `dynamic-linking` makes that an
/// error.
#[derive(Debug, Error, Diagnostic)]
#[error("the package is linked with `{0}`, which none of its dependencies contains")]
#[diagnostic(
    code(build::overlinking),
    help(
        "write the package of the library into `[package.host-dependencies]`, whose run export makes \
         it a dependency, or the library into `dynamic-linking.missing-dso-allowlist`"
    )
)]
struct Overlinking(String);

/// rattler-build cannot rewrite the library path of a program or library that has none and needs
/// one, and `patchelf` is missing. It is searched in the build environment and on `PATH`.
#[derive(Debug, Error, Diagnostic)]
#[error(
    "a program or library of the package has no run path to its libraries, and `patchelf`, which \
     adds one, is not installed"
)]
#[diagnostic(
    code(build::no_patchelf),
    help(
        "write `patchelf = \"*\"` into `[package.build-dependencies]`, or in a recipe `- patchelf` into \
         `requirements: build` (with `--system-toolchain`, install it on this machine instead), or link \
         with `-Wl,-rpath,$PREFIX/lib`; if the files find their libraries without it, write \
         `dynamic-linking = {{ binary-relocation = false }}` into `[package.build.config]`, or in a \
         recipe `dynamic_linking: {{binary_relocation: false}}` into `build`"
    )
)]
struct NoPatchelf;

/// The reason why nothing was installed although every command succeeded.
pub(super) fn nothing_installed(project: &dyn OpenProject, log: &Path) -> Report {
    BuildFailed {
        diagnosis: project.nothing_installed(&Log::new(&read(log))),
        step: project.installs().to_string(),
        exit: None,
        log: log.to_path_buf(),
    }
    .into()
}

/// Adds the directory in which the failed script ran to the end of the log, because users look for
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
    /// The command, in a readable form.
    step: String,
    exit: Option<i32>,
    log: PathBuf,
}

/// The errors that compilers found in the code, if they are the cause of the failure in
/// `report`.
pub fn code_errors(report: &Report) -> &[CodeError] {
    let failed = report.downcast_ref::<BuildFailed>();
    failed.map_or(&[], |failed| &failed.diagnosis.errors)
}

impl BuildFailed {
    /// Reads the log and returns the failed step, the cause and the way out. `source` is
    /// the source directory.
    fn from_log(project: &dyn OpenProject, path: &Path, source: &Path) -> Self {
        let log = Log::new(&read(path));
        let (step, exit) = match log.exit() {
            Some((command, code)) => (command, Some(code)),
            None => ("the build script".to_string(), None),
        };
        let mut diagnosis = diagnose(project, &log);
        for error in &mut diagnosis.errors {
            // Compilers run in the root of a workspace, which may be a parent directory.
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

/// The end of the log, for a failure that no detector recognizes.
fn unknown(log: &Log) -> Diagnosis {
    let details = log.tail(QUOTED);
    let message = match details.as_slice() {
        [] => "it printed nothing".to_string(),
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

/// The disk was full while the package, or a file that it needs, was written.
#[derive(Debug, Error, Diagnostic)]
#[error("there is no space left on the device: {0}")]
#[diagnostic(code(build::full_disk), help("{MAKE_ROOM}"))]
struct FullDisk(String);

/// Whether `error` was caused by a full disk.
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
