//! Quotes errors of Cargo for which there is no other detector.
//!
//! An error has more than one line: those after the first contain the file names and Cargo's
//! suggestions. They are all quoted, except for lines that do not concern the problem.

use crate::backend::failure::Diagnosis;
use crate::backend::log::Log;

/// The maximum number of quoted lines.
const LINES: usize = 12;

/// The first words of lines in which Cargo reports its progress.
const STATUS: [&str; 12] = [
    "Adding",
    "Blocking",
    "Building",
    "Compiling",
    "Downloaded",
    "Downloading",
    "Finished",
    "Fresh",
    "Installing",
    "Locking",
    "Replacing",
    "Updating",
];

/// The beginnings of other lines that do not concern the problem.
const ELSE: [&str; 4] = [
    "Usage: ",
    "For more information",
    "To reuse those artifacts",
    "warning: ",
];

/// Quotes all errors with their causes.
pub(super) fn quoted(log: &Log) -> Option<Diagnosis> {
    let mut errors: Vec<Vec<String>> = Vec::new();
    let mut inside = false;
    let mut cause = false;
    for line in log.lines() {
        let text = line.trim();
        if line.starts_with("error: ") || line.starts_with("error[") {
            errors.push(vec![text.to_string()]);
            (inside, cause) = (true, false);
        } else if text == "Caused by:" {
            (inside, cause) = (!errors.is_empty(), true);
        } else if is_something_else(line) {
            inside = false;
        } else if inside
            && let Some(error) = errors.last_mut()
            && let Some(said) = continuation(text)
        {
            let lead = if cause { "caused by: " } else { "" };
            error.push(format!("{lead}{said}"));
            cause = false;
        }
    }
    // The diagnosis already says that the build failed, and the place of Cargo's temporary
    // files does not help a user.
    let starts = |error: &[String], start: &str| error[0].starts_with(start);
    errors.retain(|error| !starts(error, "error: failed to compile `"));
    if errors.len() > 1 {
        errors.retain(|error| !starts(error, "error: could not compile `"));
    }
    let mut lines: Vec<String> = errors.concat();
    lines.truncate(LINES);
    (!lines.is_empty()).then(|| Diagnosis {
        code: "build::failed",
        details: lines,
        ..Default::default()
    })
}

fn is_something_else(line: &str) -> bool {
    let word = line.split_whitespace().next().unwrap_or_default();
    let status = line.starts_with(' ') && STATUS.contains(&word);
    status || ELSE.iter().any(|start| line.starts_with(start))
}

/// The text that a later line adds to an error. Excerpts of files and the command line of a
/// linker are not quoted.
fn continuation(text: &str) -> Option<&str> {
    let said = text
        .strip_prefix("= note: ")
        .or_else(|| text.strip_prefix("= help: "));
    let said = said.unwrap_or(text).trim();
    let excerpt =
        text.split(' ').nth(1) == Some("|") || text.starts_with('|') || text.starts_with("-->");
    let command = said.starts_with('"') || said.contains("arguments are omitted");
    let ended = said.is_empty() || said == "compilation terminated.";
    (!excerpt && !command && !ended).then_some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(log: &str) -> Vec<String> {
        quoted(&Log::new(log))
            .map(|found| found.details)
            .unwrap_or_default()
    }

    #[test]
    fn all_lines_of_an_error_belong_to_it() {
        let log = "    Updating index\nerror: multiple workspace roots found in the same workspace:\n  \
                   /a\n  /b\n\nhelp: remove one\nwarning: unused\n  not this\n";
        let expected = [
            "error: multiple workspace roots found in the same workspace:",
            "/a",
            "/b",
            "help: remove one",
        ];
        assert_eq!(lines(log), expected);
    }

    #[test]
    fn causes_say_that_they_are_causes_and_excerpts_are_left_out() {
        let log = "error: no\n\nCaused by:\n  first\n  more of it\n\nCaused by:\n  TOML parse error at \
                   line 1\n    |\n  1 | [build\n    |       ^\n  unclosed table\n";
        let expected = [
            "error: no",
            "caused by: first",
            "more of it",
            "caused by: TOML parse error at line 1",
            "unclosed table",
        ];
        assert_eq!(lines(log), expected);
    }

    #[test]
    fn tips_are_kept_and_usage_is_not() {
        let log = "error: a value is required for '--bin <NAME>'\n\n  tip: write it\n\nUsage: cargo \
                   install\n\nFor more information, try '--help'.\n";
        assert_eq!(lines(log).last().map(String::as_str), Some("tip: write it"));
        assert_eq!(lines("all is well\n"), [""; 0]);
    }

    #[test]
    fn the_end_of_a_failed_build_is_left_out_where_more_is_known() {
        let log = "error: linker died\n  |\n  = note: \"cc\" \"-m64\"\n  = note: it is broken\n\nerror: could \
                   not compile `a`\nerror: failed to compile `a v1`, intermediate artifacts\nTo reuse \
                   those artifacts with a future compilation\n";
        assert_eq!(lines(log), ["error: linker died", "it is broken"]);
        assert_eq!(
            lines("error: could not compile `a`\n"),
            ["error: could not compile `a`"]
        );
    }
}
