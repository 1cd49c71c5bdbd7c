//! Failures of Cargo, which maturin and setuptools-rust run.

use super::Case;
use crate::backend::Diagnosis;
use crate::backends::cargo::failure;

/// Cargo or its compiler failed.
pub(super) fn cargo(case: &Case<'_>) -> Option<Diagnosis> {
    if !case.source.uses_cargo() {
        return None;
    }
    failure::below_another_tool(case.log)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Log;
    use crate::backends::python::failure::output_of_the_hook;

    #[test]
    fn what_cargo_says_below_maturin_is_explained() {
        let log = "DEBUG error: rustc 1.80.0 is not supported by the following packages:\n\
                   DEBUG   tool@0.1.0 requires rustc 1.97.0\n\
                   DEBUG Error: command ['maturin', 'pep517', 'build-wheel'] returned non-zero\n\
                   \x20        error: rustc 1.80.0 is not supported by the following packages:\n";
        let log = output_of_the_hook(&Log::new(log));
        let found = failure::below_another_tool(&log).expect("it is known");
        assert_eq!(
            found.message,
            "the build needs rustc 1.97.0, the environment has 1.80.0"
        );
    }
}
