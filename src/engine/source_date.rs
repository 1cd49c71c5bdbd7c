//! The time of a package: `SOURCE_DATE_EPOCH`, so that two builds can create identical bytes.

use miette::Diagnostic;
use thiserror::Error;

use crate::backend::Env;

/// The dates that an archive can represent, in seconds since 1970: from 1980 until 2107.
const DATES: (i64, i64) = (315_532_800, 4_354_819_199);

/// The time for the package: the nearest date to `SOURCE_DATE_EPOCH` that an archive can represent,
/// or the current time if the variable is not set.
///
/// # Errors
/// [`BadSourceDate`].
pub(super) fn source_date(env: &Env) -> Result<jiff::Timestamp, BadSourceDate> {
    let Some(value) = env.get("SOURCE_DATE_EPOCH") else {
        return Ok(jiff::Timestamp::now());
    };
    let seconds: Option<i64> = value.parse().ok().filter(|seconds| *seconds >= 0);
    let seconds = seconds.map(|seconds| seconds.clamp(DATES.0, DATES.1));
    let date = seconds.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    date.ok_or_else(|| BadSourceDate(value.to_string()))
}

/// A value that each compiler would refuse with its own error.
#[derive(Debug, Error, Diagnostic)]
#[error("`SOURCE_DATE_EPOCH` is `{0}`, which is not a date")]
#[diagnostic(
    code(build::source_date),
    help("it is a number of seconds since the beginning of 1970, such as 1767225600")
)]
pub(super) struct BadSourceDate(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_that_an_archive_can_name() {
        let date = |value: &str| {
            let variable = ("SOURCE_DATE_EPOCH".to_string(), value.to_string());
            source_date(&Env::from_iter([variable])).map(|date| date.as_second())
        };
        assert_eq!(date("0").expect("a date"), 315_532_800);
        assert_eq!(date("1700000000").expect("a date"), 1_700_000_000);
        assert_eq!(date("99999999999").expect("a date"), 4_354_819_199);
        for value in ["-1", "1e9", "yesterday", "99999999999999999999"] {
            assert!(date(value).is_err(), "{value}");
        }
    }
}
