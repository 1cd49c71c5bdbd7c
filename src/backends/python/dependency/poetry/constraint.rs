//! Translates the constraints of Poetry on versions to comparisons of PEP 440.

use pep440_rs::{Operator, Version, VersionSpecifiers};
use regex::Regex;

use super::super::parse;

/// The parts of a constraint of which one has to be satisfied.
pub(super) fn alternatives_of(constraint: &str) -> impl Iterator<Item = &str> {
    let alternatives = constraint.split('|').map(str::trim);
    alternatives.filter(|alternative| !alternative.is_empty())
}

/// Translates a constraint of Poetry to comma-separated comparisons of PEP 440. `lost` receives a
/// message if they admit more versions than the constraint.
pub(in super::super::super) fn loosest(constraint: &str, lost: &mut impl FnMut(String)) -> String {
    let alternatives: Result<Vec<Vec<String>>, String> =
        alternatives_of(constraint).map(clauses).collect();
    let alternatives = match alternatives {
        Ok(alternatives) => alternatives,
        Err(clause) => {
            lost(format!(
                "`{clause}` is not a version that conda can compare, so any version is used"
            ));
            return String::new();
        }
    };
    if let [one] = alternatives.as_slice() {
        return one.join(",");
    }
    let mut ranges: Vec<Range> = alternatives
        .iter()
        .map(|clauses| Range::of(clauses))
        .collect();
    ranges.sort_by(|a, b| a.lower.cmp(&b.lower));
    let mut ranges = ranges.into_iter();
    let Some(mut around) = ranges.next() else {
        return String::new();
    };
    for range in ranges {
        let touches = match (&around.upper, &range.lower) {
            (Some((upper, _)), Some((lower, _))) => upper >= lower,
            _ => true,
        };
        around.is_exact &= touches && range.is_exact;
        around.upper = match (around.upper, range.upper) {
            (Some(a), Some(b)) => Some(a.max(b)),
            _ => None,
        };
    }
    let text = around.text();
    if !around.is_exact {
        let used = if text.is_empty() {
            "any version"
        } else {
            &text
        };
        lost(format!(
            "`{constraint}` has a gap that is lost: conda gets {used}"
        ));
    }
    text
}

/// The versions between two bounds. The second part of a bound sorts bounds of the same version:
/// it says whether the version itself is below the bound.
#[derive(Debug, Default)]
struct Range {
    lower: Option<(Version, bool)>,
    upper: Option<(Version, bool)>,
    /// Whether all versions between the bounds are meant.
    is_exact: bool,
}

impl Range {
    /// The smallest range that contains the versions that satisfy all `clauses`.
    fn of(clauses: &[String]) -> Self {
        let mut range = Self {
            is_exact: true,
            ..Self::default()
        };
        let specifiers: VersionSpecifiers = match clauses.join(",").parse() {
            Ok(specifiers) => specifiers,
            Err(_) => return Self::default(),
        };
        for specifier in specifiers.iter() {
            let version = specifier.version().clone();
            let above = |release: &[u64]| {
                let mut release = release.to_vec();
                if let Some(last) = release.last_mut() {
                    *last += 1;
                }
                Version::new(release).with_epoch(version.epoch())
            };
            let (lower, upper) = match specifier.operator() {
                Operator::GreaterThanEqual => (Some((version, false)), None),
                Operator::GreaterThan => (Some((version, true)), None),
                Operator::LessThan => (None, Some((version, false))),
                Operator::LessThanEqual => (None, Some((version, true))),
                Operator::Equal | Operator::ExactEqual => {
                    (Some((version.clone(), false)), Some((version, true)))
                }
                Operator::EqualStar => {
                    let upper = above(version.release());
                    (Some((version, false)), Some((upper, false)))
                }
                Operator::TildeEqual => {
                    let release = version.release();
                    let upper = above(&release[..release.len() - 1]);
                    (Some((version.clone(), false)), Some((upper, false)))
                }
                Operator::NotEqual | Operator::NotEqualStar => {
                    range.is_exact = false;
                    (None, None)
                }
            };
            range.lower = range.lower.max(lower);
            range.upper = match (range.upper, upper) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
        }
        range
    }

    fn text(&self) -> String {
        let lower = self.lower.as_ref();
        let lower = lower
            .map(|(version, without)| format!("{}{version}", if *without { ">" } else { ">=" }));
        let upper = self.upper.as_ref();
        let upper =
            upper.map(|(version, with)| format!("{}{version}", if *with { "<=" } else { "<" }));
        lower.into_iter().chain(upper).collect::<Vec<_>>().join(",")
    }
}

/// Translates comparisons that are separated by commas or spaces. The error is the first one
/// that is not valid.
pub(super) fn clauses(text: &str) -> Result<Vec<String>, String> {
    const OPERATORS: &str = r"(\^|~=|~|===|==|=|!=|<>|<=|>=|<|>)?\s*([^\s,^~=!<>]+)";
    let mut translated = Vec::new();
    let invalid = || text.to_string();
    let pattern = Regex::new(&format!(r"^{OPERATORS}[\s,]*")).map_err(|_| invalid())?;
    let mut rest = text.trim_matches([' ', ',']);
    while !rest.is_empty() {
        let found = pattern.captures(rest).ok_or_else(invalid)?;
        let operator = found.get(1).map_or("", |operator| operator.as_str());
        let version = &found[2];
        if version != "*" {
            let clause = clause(operator, version);
            let clause = clause.ok_or_else(|| format!("{operator}{version}"))?;
            translated.extend(clause.split(',').map(str::to_string));
        }
        rest = &rest[found[0].len()..];
    }
    Ok(translated)
}

/// Translates one comparison. `None` if the version is not valid.
fn clause(operator: &str, version: &str) -> Option<String> {
    let range = |kept: &dyn Fn(&[u64]) -> usize| {
        let parsed: Version = version.parse().ok()?;
        let release = parsed.release();
        let mut above = release.get(..kept(release))?.to_vec();
        *above.last_mut()? += 1;
        let above = Version::new(above).with_epoch(parsed.epoch());
        Some(format!(">={parsed},<{above}"))
    };
    match operator {
        "^" => {
            return range(&|release| {
                let first = release.iter().position(|number| *number != 0);
                first.unwrap_or(release.len() - 1) + 1
            });
        }
        "~" => return range(&|release| release.len().min(2)),
        _ => {}
    }
    let operator = match operator {
        "" | "=" => "==",
        "<>" => "!=",
        operator => operator,
    };
    let text = format!("{operator}{version}");
    parse(&text).ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn translated(constraint: &str) -> (String, usize) {
        let mut lost = 0;
        let text = loosest(constraint, &mut |_| lost += 1);
        (text, lost)
    }

    #[test]
    fn constraints_are_ranges() {
        for (poetry, pep440, lost) in [
            ("^1.2.3", ">=1.2.3,<2", 0),
            ("^0.2.3", ">=0.2.3,<0.3", 0),
            ("^0.0.3", ">=0.0.3,<0.0.4", 0),
            ("^2.0b1", ">=2.0b1,<3", 0),
            ("~1.2.3", ">=1.2.3,<1.3", 0),
            ("~=1.2", "~=1.2", 0),
            (">=3.8,<4.0", ">=3.8,<4.0", 0),
            (">=7 <9", ">=7,<9", 0),
            (">= 3.8 <3.13", ">=3.8,<3.13", 0),
            ("1.2.*", "==1.2.*", 0),
            ("1.2", "==1.2", 0),
            ("*", "", 0),
            ("^2.28 || ^3", ">=2.28,<4", 0),
            ("^1 | ^3", ">=1,<4", 1),
            (">=3.8,<3.9 || >=3.10", ">=3.8", 1),
            ("<2 || 3.*", "<4", 1),
            ("1.5 || 1.6", ">=1.5,<=1.6", 1),
            ("<2 || >=2", "", 0),
            ("^1 || *", "", 0),
            ("^banana", "", 1),
        ] {
            let (text, warned) = translated(poetry);
            assert_eq!((text.as_str(), warned), (pep440, lost), "{poetry}");
        }
    }
}
