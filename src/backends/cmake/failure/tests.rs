//! Tests that failed or do not exist.

use crate::backend::failure::{Diagnosis, QUOTED};
use crate::backend::log::Log;
use crate::backends::cmake::view::View;

/// The failures that ctest reports.
pub(super) fn failed(_: &View<'_>, log: &Log) -> Option<Diagnosis> {
    if log.has("No tests were found!!!") {
        return Some(Diagnosis {
            code: "cmake::no_tests",
            message: "the project has no tests to run".to_string(),
            help: Some(
                "remove `tests = \"run\"`, or call `enable_testing()` and `add_test(…)`"
                    .to_string(),
            ),
            ..Default::default()
        });
    }
    // Other lines of ctest are between those of the list, because it writes to two streams.
    let lines = log.from("The following tests FAILED:").skip(1);
    let mut details: Vec<String> = lines
        .map(|line| line.trim())
        .filter(|line| is_failed_test(line))
        .map(str::to_string)
        .take(QUOTED)
        .collect();
    if details.is_empty() {
        return None;
    }
    details.extend(output(log));
    Some(Diagnosis {
        code: "cmake::tests_failed",
        message: "tests of the project failed".to_string(),
        details,
        ..Default::default()
    })
}

/// The last lines that the first failed test wrote, below its name.
fn output(log: &Log) -> Vec<String> {
    let mut lines = log.lines().skip_while(|line| !line.contains("***"));
    let Some((_, name)) = lines.next().and_then(|line| line.split_once(" Test ")) else {
        return Vec::new();
    };
    let name = name.split_once(": ").map_or(name, |(_, name)| name);
    let name = name.split(" .").next().unwrap_or(name).trim();
    let is_next = |line: &str| {
        line.starts_with("    Start ") || is_result(line) || line.contains("% tests passed")
    };
    let lines = lines.take_while(|line| !is_next(line));
    let is_of_ctest = |line: &str| {
        is_failed_test(line.trim())
            || line.starts_with("The following tests FAILED:")
            || line.starts_with("Errors while running CTest")
    };
    let lines = lines.filter(|line| !line.is_empty() && !is_of_ctest(line));
    let lines: Vec<&str> = lines.collect();
    if lines.is_empty() {
        return Vec::new();
    }
    let title = format!("the output of `{name}` ends with:");
    let last = lines[lines.len().saturating_sub(QUOTED)..].iter();
    std::iter::once(title)
        .chain(last.map(|line| format!("  {line}")))
        .collect()
}

/// Whether a line tells the result of a test, such as `1/2 Test #1: fails ...   Passed`.
fn is_result(line: &str) -> bool {
    let count = line.split_once(" Test ").map(|(count, _)| count.trim());
    let parts = count.and_then(|count| count.split_once('/'));
    parts.is_some_and(|(done, all)| done.parse::<u64>().is_ok() && all.parse::<u64>().is_ok())
}

/// Whether a line is one of the list of failed tests, such as `1 - fails (Failed)`.
fn is_failed_test(line: &str) -> bool {
    let number = line.split_once(" - ").map(|(number, _)| number);
    let is_numbered = number.is_some_and(|number| number.parse::<u64>().is_ok());
    is_numbered && line.contains(" (")
}

#[cfg(test)]
mod report {
    use super::*;

    #[test]
    fn the_output_ends_before_the_next_test() {
        let log = "\
1/3 Test #1: a ................   Passed    0.00 sec
2/3 Test #2: b ...***Failed    0.00 sec
one
Errors while running CTest

two
    Start 3: c
3/3 Test #3: c ...***Failed    0.00 sec
three
";
        let expected = ["the output of `b` ends with:", "  one", "  two"];
        assert_eq!(output(&Log::new(log)), expected);
        let log = log.replace("    Start 3: c\n", "");
        assert_eq!(output(&Log::new(&log)), expected);
        let silent = "2/3 Test #2: b ...***Failed    0.00 sec\n\n0% tests passed\n";
        assert!(output(&Log::new(silent)).is_empty());
    }

    #[test]
    fn lines_of_the_list_are_recognized() {
        assert!(is_failed_test("1 - fails (Failed)"));
        assert!(is_failed_test("12 - slow test (Timeout)    label"));
        assert!(!is_failed_test("Errors while running CTest"));
        assert!(!is_failed_test("0% tests passed, 1 tests failed out of 1"));
        assert!(!is_failed_test(""));
    }
}
