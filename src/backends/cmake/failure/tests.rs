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
    let mut lines = log.from("The following tests FAILED:").skip(1);
    let failed = lines
        .by_ref()
        .take_while(|line| line.starts_with([' ', '\t']));
    let details: Vec<String> = failed
        .map(|line| line.trim().to_string())
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
