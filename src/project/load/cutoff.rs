//! `exclude-newer`: the time after which packages are ignored.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::project::document::Value;
use crate::project::load::mistake::Diagnostics;

/// The packages that are too new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cutoff {
    /// Packages that were published after this time.
    At(Timestamp),
    /// Packages that are younger than this.
    Age(Duration),
}

const DAY: u64 = 24 * 60 * 60;

/// The cutoff in a string, or `None` after an error.
pub(crate) fn read(value: Value<'_>, findings: &mut Diagnostics) -> Option<Cutoff> {
    let text = value.text(findings)?;
    parse(text).or_else(|| {
        let help = Some(
            "write a date (`2026-01-31`), a time (`2026-01-31T12:00:00Z`) or an age (`14d`)"
                .to_owned(),
        );
        value.invalid("a moment", "neither a date nor an age", help, findings)
    })
}

fn parse(text: &str) -> Option<Cutoff> {
    match age(text) {
        Some(age) => Some(Cutoff::Age(age)),
        None => moment(text).map(Cutoff::At),
    }
}

/// `7d`, `1h30m`: integers, each with its unit.
fn age(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut seconds = 0_u64;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: u64 = rest[..digits].parse().ok()?;
        let unit_end = rest[digits..]
            .find(|c: char| !c.is_ascii_alphabetic())
            .map_or(rest.len(), |end| digits + end);
        let unit = match &rest[digits..unit_end] {
            "s" => 1,
            "m" => 60,
            "h" => 60 * 60,
            "d" => DAY,
            "w" => 7 * DAY,
            _ => return None,
        };
        seconds = seconds.checked_add(number.checked_mul(unit)?)?;
        rest = &rest[unit_end..];
    }
    (!text.is_empty()).then(|| Duration::from_secs(seconds))
}

/// A time with an offset, or a date, which ends when the next date begins in UTC.
fn moment(text: &str) -> Option<Timestamp> {
    if let Ok(moment) = text.parse() {
        return Some(moment);
    }
    let day = Date::strptime("%Y-%m-%d", text).ok()?;
    let next = day.tomorrow().ok()?.to_zoned(TimeZone::UTC).ok()?;
    Some(next.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_ages_dates_and_times() {
        let at = |seconds| {
            Some(Cutoff::At(
                Timestamp::from_second(seconds).expect("a moment"),
            ))
        };
        assert_eq!(parse("7d"), Some(Cutoff::Age(Duration::from_secs(7 * DAY))));
        assert_eq!(parse("1h30m"), Some(Cutoff::Age(Duration::from_secs(5400))));
        // The date ends at midnight: 2024-03-01T00:00:00Z.
        assert_eq!(parse("2024-02-29"), at(1_709_251_200));
        assert_eq!(parse("2024-03-01T01:00:00+01:00"), at(1_709_251_200));
        assert_eq!(parse("2024-02-29T23:59:59Z"), at(1_709_251_199));
        assert_eq!(parse("2024-02-29T23:59:59"), None);
        assert_eq!(parse("soon"), None);
        assert_eq!(parse(""), None);
        assert_eq!(parse("7"), None);
    }
}
