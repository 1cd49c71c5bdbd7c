//! The lines of a log that concern the failure.
//!
//! A build continues after most of the lines in its log. A crate that warns about a missing
//! `protoc` may work without it, and the output of a build script matters only if that script
//! failed. Detectors search for words, so they get only the lines that remain.

use std::collections::BTreeSet;

use crate::backend::log::Log;

/// The beginning of Cargo's message about a build script that failed.
pub(super) const SCRIPT_FAILED: &str = "failed to run custom build command for `";

/// The log without warnings of crates that did not fail, directives for Cargo, and commands
/// that the shell repeats.
pub(super) fn of(log: &Log) -> Log {
    let failed = failed_scripts(log);
    let silent = is_silent(log);
    let matters = |line: &&str| match warned_by(line) {
        Some(name) => silent && failed.contains(name),
        None => !line.starts_with("+ ") && !is_directive(line),
    };
    let lines: Vec<&str> = log.lines().filter(matters).collect();
    Log::new(&lines.join("\n"))
}

/// The crate whose build script, compilation or linking failed.
pub(super) fn culprit(log: &Log) -> String {
    let name = log
        .between(SCRIPT_FAILED, "`")
        .or_else(|| log.between("could not compile `", "`"));
    match name {
        Some(name) => format!("`{}`", name.split(" (").next().unwrap_or(name)),
        None => "the build".to_string(),
    }
}

/// The crates whose build scripts failed.
fn failed_scripts(log: &Log) -> BTreeSet<&str> {
    let named = |line| -> Option<&str> {
        let line: &str = line;
        let (_, rest) = line.split_once(SCRIPT_FAILED)?;
        rest.split(' ').next()
    };
    log.lines().filter_map(named).collect()
}

/// Whether the script that failed printed nothing but directives. Its warnings then explain the
/// failure.
fn is_silent(log: &Log) -> bool {
    let own = log
        .from(SCRIPT_FAILED)
        .skip_while(|line| !line.trim().starts_with("--- "));
    let mut own = own.take_while(|line| line.is_empty() || line.starts_with(' '));
    !own.any(|line| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with("--- ") && !is_directive(line)
    })
}

/// The name of the crate in a line `warning: name@1.0.0: …`.
fn warned_by(line: &str) -> Option<&str> {
    let (id, _) = line.strip_prefix("warning: ")?.split_once(": ")?;
    let (name, version) = id.split_once('@')?;
    version
        .starts_with(|sign: char| sign.is_ascii_digit())
        .then_some(name)
}

/// Whether a line is a directive of a build script that does not report an error.
fn is_directive(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("cargo:") && !line.starts_with("cargo::error=")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(log: &str) -> String {
        let log = of(&Log::new(log));
        log.lines().collect::<Vec<_>>().join("\n")
    }

    const FAILED: &str = "error: failed to run custom build command for `a v1.0.0 (/a)`";

    #[test]
    fn warnings_of_crates_that_did_not_fail_say_nothing() {
        let log =
            format!("warning: b@0.1.0: protoc: command not found\n{FAILED}\n  --- stderr\n  no");
        assert_eq!(left(&log), format!("{FAILED}\n  --- stderr\n  no"));
        assert_eq!(
            left("warning: b@0.1.0: no\nwarning: unused"),
            "warning: unused"
        );
    }

    #[test]
    fn a_script_that_says_more_than_warnings_is_taken_at_that() {
        let warning = "warning: a@1.0.0: perl is missing";
        let directive = "  cargo:warning=perl is missing";
        let says = format!("{warning}\n{FAILED}\n  --- stdout\n{directive}\n  --- stderr\n  other");
        assert!(!left(&says).contains("perl"));
        let silent = format!("{warning}\n{FAILED}\n  --- stdout\n{directive}");
        assert!(left(&silent).contains(warning));
        assert!(!left(&silent).contains(directive));
    }

    #[test]
    fn commands_of_the_script_are_not_what_failed() {
        assert_eq!(
            left("+ export X='No space left on device'\nerror: no"),
            "error: no"
        );
    }
}
