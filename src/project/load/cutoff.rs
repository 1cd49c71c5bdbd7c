//! `exclude-newer`: the moment after which packages do not count.

use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use toml_edit::{Date, Datetime, Offset};

use crate::project::document::Value;
use crate::project::load::mistake::Findings;

/// Which packages are too new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cutoff {
    /// Those published after this moment.
    At(SystemTime),
    /// Those younger than this.
    Age(Duration),
}

const DAY: u64 = 24 * 60 * 60;

/// The cutoff that a string is, or `None` with a note.
pub(crate) fn read(value: Value<'_>, findings: &mut Findings) -> Option<Cutoff> {
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

/// `7d`, `1h30m`: whole numbers, each with its unit.
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

/// A time with offset, or a date, which lasts until the next one begins in UTC.
fn moment(text: &str) -> Option<SystemTime> {
    let Datetime { date, time, offset } = Datetime::from_str(text).ok()?;
    let midnight = UNIX_EPOCH.checked_add(Duration::from_secs(days_since_1970(date?)? * DAY))?;
    let Some(time) = time else {
        return midnight.checked_add(Duration::from_secs(DAY));
    };
    let minutes = match offset? {
        Offset::Z => 0,
        Offset::Custom { minutes } => i64::from(minutes),
    };
    let hms = u64::from(time.hour) * 3600
        + u64::from(time.minute) * 60
        + u64::from(time.second.unwrap_or(0));
    let local = midnight.checked_add(Duration::new(hms, time.nanosecond.unwrap_or(0)))?;
    let shift = Duration::from_secs(minutes.unsigned_abs() * 60);
    match minutes > 0 {
        true => local.checked_sub(shift),
        false => local.checked_add(shift),
    }
}

/// Days between the first of January 1970 and `date`, which is not before it.
fn days_since_1970(date: Date) -> Option<u64> {
    let year = u64::from(date.year).checked_sub(1970)? + 1970;
    let divides = |divisor: u64, year: u64| year.is_multiple_of(divisor);
    let leap = |year| divides(4, year) && (!divides(100, year) || divides(400, year));
    let before: u64 = (1970..year)
        .map(|year| if leap(year) { 366 } else { 365 })
        .sum();
    let lengths = [
        31,
        if leap(year) { 29 } else { 28 },
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
    ];
    let months: u64 = lengths.iter().take(usize::from(date.month) - 1).sum();
    Some(before + months + u64::from(date.day) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_ages_dates_and_times() {
        let at = |seconds| Some(Cutoff::At(UNIX_EPOCH + Duration::from_secs(seconds)));
        assert_eq!(parse("7d"), Some(Cutoff::Age(Duration::from_secs(7 * DAY))));
        assert_eq!(parse("1h30m"), Some(Cutoff::Age(Duration::from_secs(5400))));
        // The date lasts until midnight: 2024-03-01T00:00:00Z.
        assert_eq!(parse("2024-02-29"), at(1_709_251_200));
        assert_eq!(parse("2024-03-01T01:00:00+01:00"), at(1_709_251_200));
        assert_eq!(parse("2024-02-29T23:59:59Z"), at(1_709_251_199));
        assert_eq!(parse("2024-02-29T23:59:59"), None);
        assert_eq!(parse("soon"), None);
        assert_eq!(parse(""), None);
        assert_eq!(parse("7"), None);
    }
}
