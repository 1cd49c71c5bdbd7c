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
    let details: Vec<String> = lines
        .map(|line| line.trim())
        .filter(|line| is_failed_test(line))
        .map(str::to_string)
        .take(QUOTED)
        .collect();
    if details.is_empty() {
        return None;
    }
    Some(Diagnosis {
        code: "cmake::tests_failed",
        message: "tests of the project failed".to_string(),
        details,
        ..Default::default()
    })
}

/// Whether a line is one of the list of failed tests, such as `1 - fails (Failed)`.
fn is_failed_test(line: &str) -> bool {
    let number = line.split_once(" - ").map(|(number, _)| number);
    let is_numbered = number.is_some_and(|number| number.parse::<u64>().is_ok());
    is_numbered && line.contains(" (")
}

#[cfg(test)]
mod list {
    use super::*;

    #[test]
    fn lines_of_the_list_are_recognized() {
        assert!(is_failed_test("1 - fails (Failed)"));
        assert!(is_failed_test("12 - slow test (Timeout)    label"));
        assert!(!is_failed_test("Errors while running CTest"));
        assert!(!is_failed_test("0% tests passed, 1 tests failed out of 1"));
        assert!(!is_failed_test(""));
    }
}
