//! Turns the log of a failed build into an error that says what went wrong.

use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

/// How many compiler errors are quoted.
const QUOTED: usize = 5;

/// The build script failed.
#[derive(Debug, Error, Diagnostic)]
#[error("{headline}{}", listed(details))]
#[diagnostic(code(build::failed), help("the whole log is in {}", log.display()))]
pub(super) struct BuildFailed {
    headline: String,
    details: Vec<String>,
    log: PathBuf,
}

fn listed(details: &[String]) -> String {
    details
        .iter()
        .map(|detail| format!("\n  {detail}"))
        .collect()
}

impl BuildFailed {
    /// Reads the first compiler errors out of the log.
    pub(super) fn from_log(step: &str, log: &Path) -> Self {
        let text = match std::fs::read(log) {
            Ok(bytes) => console::strip_ansi_codes(&String::from_utf8_lossy(&bytes)).into_owned(),
            Err(error) => format!("error: the log cannot be read: {error}"),
        };
        let mut details = compiler_errors(&text);
        if details.is_empty() {
            details = last_errors(&text);
        }
        let headline = match exit_code(&text) {
            Some(code) => format!("`{step}` failed with exit code {code}"),
            None => format!("`{step}` failed"),
        };
        Self {
            headline,
            details,
            log: log.to_path_buf(),
        }
    }
}

/// `error[E0308]: mismatched types (src/main.rs:1:25)`, at most [`QUOTED`].
fn compiler_errors(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut errors = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let is_error = line.starts_with("error[") || line.starts_with("error: ");
        if !is_error {
            continue;
        }
        let place = lines[number + 1..]
            .iter()
            .take(3)
            .find_map(|next| next.strip_prefix("--> "));
        if let Some(place) = place {
            errors.push(format!("{line} ({place})"));
        }
    }
    errors.truncate(QUOTED);
    errors
}

/// Cargo's own errors, for failures before or after compiling.
fn last_errors(text: &str) -> Vec<String> {
    let mut errors: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim) {
        let is_error = line.starts_with("error: ") || line.starts_with("error[");
        if is_error || (!errors.is_empty() && line == "Caused by:") {
            errors.push(line.to_string());
        } else if errors.last().is_some_and(|last| last == "Caused by:") {
            let cause = format!("Caused by: {line}");
            errors.pop();
            errors.push(cause);
        }
    }
    errors.truncate(QUOTED);
    if errors.is_empty() {
        let tail: Vec<&str> = text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .collect();
        let start = tail.len().saturating_sub(QUOTED);
        errors = tail[start..].iter().map(ToString::to_string).collect();
    }
    errors
}

/// The code that rattler-build noted at the end of its error message is not in
/// the log; cargo's convention for "could not compile" is.
fn exit_code(text: &str) -> Option<i32> {
    let failed = text.contains("error: could not compile") || text.contains("error: failed to");
    failed.then_some(101)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compiler_errors_come_with_their_place() {
        let log = "   Compiling broken v0.1.0\n\
            error[E0308]: mismatched types\n --> src/main.rs:1:25\n  |\n\
            error: could not compile `broken` (bin \"broken\") due to 1 previous error\n";
        assert_eq!(
            compiler_errors(log),
            ["error[E0308]: mismatched types (src/main.rs:1:25)"]
        );
    }
}
