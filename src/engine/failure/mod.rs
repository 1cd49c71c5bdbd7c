//! Turns the log of a failed build into an error that says what went wrong.
//!
//! Cargo says it all, somewhere between a thousand lines. Readers of the log look
//! for one kind of failure each; the first that recognises its own explains it.
//! They are pure functions over text, tested on logs of real failures.

mod build_script;
mod cargo;
mod compiler;
mod libraries;
mod lock;
mod log;
mod machine;
mod toolchain;

use std::fmt;
use std::path::{Path, PathBuf};

use miette::{Diagnostic, Report};
use thiserror::Error;

use log::Log;

/// How many compiler errors are quoted.
const QUOTED: usize = 5;

/// What is wrong, as far as one kind of failure goes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Explanation {
    /// Of the diagnostic.
    code: &'static str,
    /// One line, lower case, without a full stop.
    message: String,
    /// Quoted from the log, one line each.
    details: Vec<String>,
    /// What to do about it.
    help: Option<String>,
}

/// Recognises one kind of failure.
type Reader = fn(&Log) -> Option<Explanation>;

/// From causes to consequences: a full disk also shows as a failed link, and a
/// failed link as a compiler error.
const READERS: [Reader; 16] = [
    machine::full_disk,
    toolchain::no_cargo,
    lock::missing,
    lock::stale,
    machine::network,
    machine::killed,
    toolchain::old_rustc,
    toolchain::old_cargo,
    cargo::nothing_to_install,
    cargo::virtual_workspace,
    cargo::nothing_selected,
    cargo::no_such_target,
    libraries::missing_tool,
    libraries::missing_library,
    compiler::errors,
    build_script::failed,
];

/// What rattler-build says of a script that failed. It is no type of its own there; tests
/// with failing builds notice when the words change.
const SCRIPT_FAILED: &str = "Script failed to execute";

/// What rattler-build ran into, in words that help. Of a script it says no more than
/// that it failed; `log` is what that one wrote, `source` the folder with the code.
pub(super) fn explained(error: Report, log: &Path, source: &Path) -> Report {
    if error.to_string() == SCRIPT_FAILED {
        return BuildFailed::from_log(log, source).into();
    }
    match machine::is_full_disk(&error) {
        true => machine::FullDisk(error.to_string()).into(),
        false => error,
    }
}

/// Why nothing was installed although every command succeeded.
pub(super) fn nothing_installed(log: &Path) -> Report {
    let text = read(log);
    let known = cargo::nothing_selected(&Log::new(&text));
    BuildFailed {
        explanation: known.unwrap_or_else(cargo::nothing_installed),
        step: "cargo install".to_string(),
        exit: None,
        log: log.to_path_buf(),
        errors: Vec::new(),
    }
    .into()
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
    explanation: Explanation,
    /// `cargo install`.
    step: String,
    exit: Option<i32>,
    log: PathBuf,
    errors: Vec<CodeError>,
}

/// An error that a compiler found in the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeError {
    /// What the compiler says.
    pub message: String,
    /// Absolute when the file was found.
    pub file: PathBuf,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1.
    pub column: usize,
}

/// What compilers found in the code, when that is why `report` says that a build
/// failed.
pub fn code_errors(report: &Report) -> &[CodeError] {
    let failed = report.downcast_ref::<BuildFailed>();
    failed.map_or(&[], |failed| &failed.errors)
}

impl BuildFailed {
    /// Reads the log and says what failed, why, and what to do about it. `source` is
    /// the folder with the code.
    fn from_log(path: &Path, source: &Path) -> Self {
        let log = Log::new(&read(path));
        let (step, exit) = match log.exit() {
            Some((command, code)) => (command, Some(code)),
            None => ("the build script".to_string(), None),
        };
        let explanation = explain(&log);
        let mut errors = match explanation.code {
            compiler::CODE => compiler::places(&log),
            _ => Vec::new(),
        };
        for error in &mut errors {
            // Compilers run in the root of a Cargo workspace, which may lie above.
            let known = source.ancestors().map(|folder| folder.join(&error.file));
            if let Some(file) = known.into_iter().find(|file| file.is_file()) {
                error.file = file;
            }
        }
        Self {
            explanation,
            errors,
            step,
            exit,
            log: path.to_path_buf(),
        }
    }
}

fn explain(log: &Log) -> Explanation {
    let known = READERS.iter().find_map(|reader| reader(log));
    known.unwrap_or_else(|| {
        let details = log.last_errors(QUOTED);
        let message = match details.as_slice() {
            [] => "the script could not be written or started".to_string(),
            _ => String::new(),
        };
        Explanation {
            code: "build::failed",
            message,
            details,
            help: None,
        }
    })
}

impl fmt::Display for BuildFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            explanation, step, ..
        } = self;
        write!(f, "`{step}` failed")?;
        if let Some(code) = self.exit {
            write!(f, " with exit code {code}")?;
        }
        if !explanation.message.is_empty() {
            write!(f, ": {}", explanation.message)?;
        }
        (explanation.details.iter()).try_for_each(|detail| write!(f, "\n  {detail}"))
    }
}

impl Diagnostic for BuildFailed {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.explanation.code))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let log = format!("the whole log is in {}", self.log.display());
        Some(Box::new(match &self.explanation.help {
            Some(help) => format!("{help}\n{log}"),
            None => log,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is made of a captured log: code, message, details and help.
    fn explained(log: &str) -> String {
        let Explanation {
            code,
            message,
            details,
            help,
        } = explain(&Log::new(log));
        let details: String = details.iter().map(|line| format!("\n  {line}")).collect();
        let help = help.map(|help| format!("\nhelp: {help}"));
        format!("{code}: {message}{details}{}", help.unwrap_or_default())
    }

    macro_rules! logs {
        ($($name:ident),* $(,)?) => {$(
            #[test]
            fn $name() {
                let log = include_str!(concat!("logs/", stringify!($name), ".log"));
                insta::assert_snapshot!(explained(log));
            }
        )*};
    }

    logs! {
        broken_configuration,
        build_script_that_exits,
        build_script_that_panics,
        compiler_errors,
        edition_of_the_future,
        full_disk,
        full_disk_in_the_linker,
        killed_compiler,
        library_only,
        lock_file_missing,
        lock_file_of_the_future,
        lock_file_stale,
        network_down,
        no_c_compiler,
        no_cargo,
        no_cmake,
        no_libclang,
        no_pkg_config,
        no_protoc,
        no_such_binary,
        no_such_feature,
        offline_and_not_downloaded,
        openssl_missing,
        openssl_missing_without_pkg_config,
        linker_finds_no_library,
        linker_that_is_missing,
        linker_of_binutils_finds_no_library,
        pkg_config_finds_no_library,
        rustc_too_old,
        undefined_symbol,
        unknown_argument,
        virtual_workspace,
    }

    #[test]
    fn compiler_errors_have_places() {
        let log = Log::new(include_str!("logs/compiler_errors.log"));
        let places = compiler::places(&log);
        assert_eq!(places.len(), 10);
        let CodeError {
            message,
            file,
            line,
            column,
        } = &places[2];
        assert!(message.starts_with("error[E"), "{message}");
        assert_eq!(file, Path::new("src/main.rs"));
        assert_eq!((*line, *column), (3, 11));
    }

    #[test]
    fn what_nobody_recognises_ends_with_the_last_lines() {
        insta::assert_snapshot!(explained("one\ntwo\n\nthree\n"));
    }
}
