//! Tests of the project that fail.

use super::super::config::Config;
use super::super::script::TEST;
use crate::backend::failure::QUOTED;
use crate::backend::{Diagnosis, Log};

/// The code of a test that ended with a signal.
pub(super) const TEST_CRASHED: &str = "mojo::test_crashed";

/// A program ended with an exception. A suite of tests reports all of its results in it.
pub(super) fn failed(log: &Log) -> Option<Diagnosis> {
    const START: &str = "Unhandled exception caught during execution:";
    let mut lines = log.from(START);
    let (_, first) = lines.next()?.split_once(START)?;
    let (command, _) = log.exit()?;
    if command != "mojo run" {
        return None;
    }
    let rest = lines.take_while(|line| !line.contains("error: execution exited"));
    let said = std::iter::once(first.trim_start()).chain(rest);
    let details = said.filter(|line| !line.is_empty() && !is_of_suite(line));
    Some(Diagnosis {
        code: "mojo::test_failed",
        message: format!("{} failed", last_test(log)),
        details: details.take(2 * QUOTED).map(without_time).collect(),
        ..Diagnosis::default()
    })
}

/// A program ended with a signal. The compiler does not say with which one. A program that stops
/// itself, at an assertion for example, prints the reason before that.
pub(super) fn crashed(log: &Log) -> Option<Diagnosis> {
    log.has("error: execution crashed").then_some(())?;
    let is_reason = |line: &&str| line.starts_with("ABORT: ") || line.contains(": Assert Error: ");
    let reasons = log.lines().filter(is_reason).take(QUOTED);
    Some(Diagnosis {
        code: TEST_CRASHED,
        message: format!("{} crashed", last_test(log)),
        details: reasons.map(str::to_string).collect(),
        ..Diagnosis::default()
    })
}

/// The help for a crash without a reason: an instruction that the processor does not have ends a
/// program in this way.
pub(super) fn help_about_processor(config: &Config) -> Option<String> {
    let cpu = config.target_cpu.as_deref()?;
    (cpu != "baseline" && cpu != "native").then(|| {
        format!(
            "the processor of this machine may lack instructions of `target-cpu = \"{cpu}\"`, for \
             which tests are compiled too; leave it out, or build on a machine that has them"
        )
    })
}

/// The test that ran last.
fn last_test(log: &Log) -> String {
    let notes = log.lines().filter_map(|line| line.strip_prefix(TEST));
    match notes.last() {
        Some(path) => format!("the test `{path}`"),
        None => "a test".to_string(),
    }
}

/// Whether a line of a suite's report is about the suite, or about a test that did not fail.
fn is_of_suite(line: &str) -> bool {
    let starts = ["Running ", "--------", "Summary [", "Test suite'"];
    let results = ["PASS [", "SKIP ["];
    starts.iter().any(|start| line.starts_with(start))
        || results
            .iter()
            .any(|start| line.trim_start().starts_with(start))
}

/// A line of a report less far to the right: `    FAIL [ 0.138 ] test_one` without the duration.
fn without_time(line: &str) -> String {
    match line.split_once("FAIL [") {
        Some((before, rest)) if before.trim().is_empty() => {
            let name = rest.split_once(']').map_or(rest, |(_, name)| name);
            format!("FAIL {}", name.trim())
        }
        _ => line.strip_prefix("    ").unwrap_or(line).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_test_is_quoted() {
        let log = "running the test test/test_a.mojo\n\
            Unhandled exception caught during execution: At test/test_a.mojo:3:17: AssertionError: no\n\
            build script: exit code 1 of mojo run --target-cpu x86-64-v2";
        let found = failed(&Log::new(log));
        let found = found.expect("it is known");
        assert_eq!(found.code, "mojo::test_failed");
        assert_eq!(found.message, "the test `test/test_a.mojo` failed");
        assert_eq!(
            found.details,
            ["At test/test_a.mojo:3:17: AssertionError: no"]
        );
        let log = [
            "Unhandled exception caught during execution: ",
            "Running 3 tests for /ws/test/test_a.mojo ",
            "    FAIL [ 0.138 ] test_one",
            "      At /ws/test/test_a.mojo:4:17: AssertionError: `left == right` comparison failed:",
            "         left: 1",
            "        right: 2",
            "    PASS [ 0.001 ] test_two",
            "    SKIP [ 0.001 ] test_three",
            "--------",
            "Summary [ 0.138 ] 3 tests run: 1 passed , 1 failed , 1 skipped ",
            "Test suite' /ws/test/test_a.mojo 'failed! ",
            "",
            "/ws/bin/mojo: error: execution exited with a non-zero result: 1",
            "build script: exit code 1 of mojo run --target-cpu x86-64-v2",
        ];
        let log = log.join("\n");
        let found = failed(&Log::new(&log));
        let details = found.expect("it is known").details;
        let expected = [
            "FAIL test_one",
            "  At /ws/test/test_a.mojo:4:17: AssertionError: `left == right` comparison failed:",
            "     left: 1",
            "    right: 2",
        ];
        assert_eq!(details, expected);
    }
    #[test]
    fn the_reason_of_a_crash_is_quoted() {
        let crash = "#0 0x0 (/p/lib/libKGENCompilerRTShared.so+0x1)\n/p/bin/mojo: error: execution crashed\n";
        let log = format!(
            "running the test a.mojo\nAt: a.mojo:3:12: Assert Error: index 3 is out of bounds\n{crash}"
        );
        let found = crashed(&Log::new(&log)).expect("it is known");
        assert_eq!(found.message, "the test `a.mojo` crashed");
        let expected = ["At: a.mojo:3:12: Assert Error: index 3 is out of bounds"];
        assert_eq!(found.details, expected);
        let silent = crashed(&Log::new(crash)).expect("it is known");
        assert!(silent.details.is_empty());
    }
}
