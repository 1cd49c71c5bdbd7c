//! Translates version specifiers of PEP 440 to conda version specs.
//!
//! Every version is normalized first, because conda orders `1.0-1` and `1.0.post1` differently.
//! A specifier without an exact equivalent becomes a wider one, with a warning.

use std::str::FromStr;

use pep440_rs::Version;

/// One comparison of a version specifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Specifier {
    operator: Operator,
    version: Version,
    star: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Compatible,
    Arbitrary,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

/// Longer operators come first, because shorter ones are prefixes of them.
const OPERATORS: [(&str, Operator); 8] = [
    ("===", Operator::Arbitrary),
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
    ("~=", Operator::Compatible),
    ("<=", Operator::LessEqual),
    (">=", Operator::GreaterEqual),
    ("<", Operator::Less),
    (">", Operator::Greater),
];

/// Parses comma-separated comparisons.
///
/// # Errors
/// A message that describes the invalid comparison.
pub(in super::super) fn parse(text: &str) -> Result<Vec<Specifier>, String> {
    let clauses = text.split(',').map(str::trim);
    clauses
        .filter(|clause| !clause.is_empty())
        .map(Specifier::parse)
        .collect()
}

impl Specifier {
    fn parse(clause: &str) -> Result<Self, String> {
        let found = OPERATORS
            .into_iter()
            .find_map(|(sign, operator)| Some((operator, clause.strip_prefix(sign)?)));
        let Some((operator, text)) = found else {
            return Err(format!(
                "`{clause}` does not begin with an operator such as `>=`"
            ));
        };
        let text = text.trim();
        let (number, star) = match text.strip_suffix(".*") {
            Some(number) => (number, true),
            None => (text, false),
        };
        let version = Version::from_str(number)
            .map_err(|_| format!("`{text}` is not a version that conda can compare"))?;
        if operator == Operator::Compatible && version.release().len() < 2 {
            return Err(format!(
                "`~={text}` needs a version with at least two numbers"
            ));
        }
        Ok(Self {
            operator,
            version,
            star,
        })
    }

    /// Translates the comparison to conda. `warn` receives a message about everything that the
    /// translation loses.
    fn conda(&self, warn: &mut impl FnMut(String)) -> String {
        let Self {
            operator,
            version,
            star,
        } = self;
        if version.is_local() {
            warn(format!(
                "conda packages have no local version such as `{version}`"
            ));
        }
        let version = version.clone().without_local();
        if *star && !matches!(operator, Operator::Equal | Operator::NotEqual) {
            warn(format!("PEP 440 has no meaning for `{version}.*` here"));
        }
        match operator {
            Operator::Equal if *star => format!("{version}.*"),
            Operator::NotEqual if *star => format!("!={version}.*"),
            Operator::Equal | Operator::Arbitrary => format!("=={version}"),
            Operator::NotEqual => format!("!={version}"),
            Operator::Compatible => {
                let release = version.release();
                let kept = release[..release.len() - 1].iter().map(u64::to_string);
                let prefix = kept.collect::<Vec<_>>().join(".");
                let epoch = match version.epoch() {
                    0 => String::new(),
                    epoch => format!("{epoch}!"),
                };
                format!(">={version},{epoch}{prefix}.*")
            }
            Operator::Less => format!("<{version}"),
            Operator::LessEqual => format!("<={version}"),
            Operator::GreaterEqual => format!(">={version}"),
            Operator::Greater if *star => format!(">={}", next(&version)),
            Operator::Greater => format!(">{version}"),
        }
    }
}

/// The first version after all versions that start with `version`.
fn next(version: &Version) -> Version {
    let mut release = version.release().to_vec();
    if let Some(last) = release.last_mut() {
        *last += 1;
    }
    Version::new(release).with_epoch(version.epoch())
}

/// Translates all comparisons to one conda version spec. Returns `None` if there are none.
pub(in super::super) fn conda(
    specifiers: &[Specifier],
    mut warn: impl FnMut(String),
) -> Option<String> {
    let parts = specifiers
        .iter()
        .map(|specifier| specifier.conda(&mut warn));
    let parts: Vec<String> = parts.collect();
    (!parts.is_empty()).then(|| parts.join(","))
}

/// Converts the specifiers to a type whose ranges of versions can be compared.
pub(in super::super) fn pep440(specifiers: &[Specifier]) -> pep440_rs::VersionSpecifiers {
    let text = conda(specifiers, |_| ());
    let parts = text.iter().flat_map(|text| text.split(','));
    let parts = parts.map(|part| {
        if part.ends_with(".*") && !part.starts_with('!') {
            format!("=={part}")
        } else {
            part.to_string()
        }
    });
    let joined = parts.collect::<Vec<_>>().join(",");
    joined
        .parse()
        .unwrap_or_else(|_| pep440_rs::VersionSpecifiers::empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn translated(text: &str) -> (Option<String>, usize) {
        let mut warnings = 0;
        let specifiers = parse(text).expect(text);
        let spec = conda(&specifiers, |_| warnings += 1);
        (spec, warnings)
    }

    #[test]
    fn every_operator_means_the_same_in_conda() {
        for (pypi, expected, warnings) in [
            (">=1.2", ">=1.2", 0),
            (">1.2", ">1.2", 0),
            ("==1.2", "==1.2", 0),
            ("==1.2.*", "1.2.*", 0),
            ("!=1.2.*", "!=1.2.*", 0),
            (">=1.2.*", ">=1.2", 1),
            (">1.2.*", ">=1.3", 1),
            ("<1.2.*", "<1.2", 1),
            ("~=1.4.2", ">=1.4.2,1.4.*", 0),
            ("~=2.2.post3", ">=2.2.post3,2.*", 0),
            ("~=1.4.5a4", ">=1.4.5a4,1.4.*", 0),
            ("~=1!2.3", ">=1!2.3,1!2.*", 0),
            ("===1.2", "==1.2", 0),
            ("==1.2+cu118", "==1.2", 1),
            (">=1!2.0", ">=1!2.0", 0),
            (">= 1.0, <2 , !=1.5", ">=1.0,<2,!=1.5", 0),
            (">=1.0-1", ">=1.0.post1", 0),
            (">=v1.0", ">=1.0", 0),
            (">=1.0.RC1", ">=1.0rc1", 0),
            (">=1.0c1", ">=1.0rc1", 0),
        ] {
            let (spec, warned) = translated(pypi);
            assert_eq!(
                (spec.as_deref(), warned),
                (Some(expected), warnings),
                "{pypi}"
            );
        }
        assert_eq!(translated(""), (None, 0));
    }

    #[test]
    fn what_cannot_be_said_is_an_error() {
        for text in ["===banana", "~=1", "1.0", ">="] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_translation_goes_both_ways() {
        let specifiers = parse("~=3.9.2,!=3.9.5").expect("specifiers");
        assert_eq!(pep440(&specifiers).to_string(), "==3.9.*, >=3.9.2, !=3.9.5");
    }
}
