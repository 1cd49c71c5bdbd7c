//! A dependency in the syntax of PEP 508: `name[extra] >=1; marker` or `name @ url`.

use std::str::FromStr;

use pep508_rs::{MarkerTree, VerbatimUrl};

use super::specifier::{self, Specifier};

/// A parsed dependency.
#[derive(Debug, Clone)]
pub(in super::super) struct Requirement {
    /// The normalized name: lower case, with single dashes.
    pub(in super::super) name: String,
    /// The normalized extras, in brackets after the name.
    pub(in super::super) extras: Vec<String>,
    /// The versions that satisfy the dependency.
    pub(in super::super) specifiers: Vec<Specifier>,
    /// The URL of the package.
    pub(in super::super) url: Option<String>,
    /// The condition under which the dependency applies.
    pub(in super::super) marker: MarkerTree,
}

impl Requirement {
    /// Parses `text`.
    ///
    /// # Errors
    /// A message that describes the invalid syntax.
    pub(in super::super) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let end = text
            .find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)))
            .unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        let ends_well = |name: &str| {
            let sign = |c: char| c.is_ascii_alphanumeric();
            name.starts_with(sign) && name.ends_with(sign)
        };
        if !ends_well(name) {
            return Err(format!(
                "`{text}` does not begin with the name of a package"
            ));
        }
        let (extras, rest) = extras(rest.trim_start())?;
        let rest = rest.trim_start();
        let (url, specifiers, marker) = match rest.strip_prefix('@') {
            Some(location) => {
                let location = location.trim_start();
                let (url, marker) = match location.find(" ;") {
                    Some(at) => (&location[..at], &location[at + 2..]),
                    None => (location, ""),
                };
                (Some(url.trim().to_string()), Vec::new(), marker)
            }
            None => {
                let (versions, marker) = rest.split_once(';').unwrap_or((rest, ""));
                let versions = versions.trim();
                let versions = match versions.strip_prefix('(') {
                    Some(inside) => inside.strip_suffix(')').ok_or("a `)` is missing")?,
                    None => versions,
                };
                (None, specifier::parse(versions)?, marker)
            }
        };
        Ok(Self {
            name: normalized(name),
            extras,
            specifiers,
            url,
            marker: parsed_marker(marker.trim())?,
        })
    }
}

fn extras(text: &str) -> Result<(Vec<String>, &str), String> {
    let Some(inside) = text.strip_prefix('[') else {
        return Ok((Vec::new(), text));
    };
    let (names, rest) = inside.split_once(']').ok_or("a `]` is missing")?;
    let names = names.split(',').map(str::trim);
    let names = names.filter(|name| !name.is_empty()).map(normalized);
    Ok((names.collect(), rest))
}

fn parsed_marker(text: &str) -> Result<MarkerTree, String> {
    if text.is_empty() {
        return Ok(MarkerTree::TRUE);
    }
    MarkerTree::parse_str::<VerbatimUrl>(text).map_err(|error| error.message.to_string())
}

/// Normalizes a name by the rule of PEP 503: lower case, and one `-` for each run of `-`, `_`
/// and `.`.
pub(in super::super) fn normalized(name: &str) -> String {
    let mut normalized = String::with_capacity(name.len());
    for sign in name.trim().chars() {
        match sign {
            '-' | '_' | '.' => {
                if !normalized.ends_with('-') {
                    normalized.push('-');
                }
            }
            sign => normalized.push(sign.to_ascii_lowercase()),
        }
    }
    normalized
}

impl FromStr for Requirement {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_are_taken_apart() {
        let plain = Requirement::parse("My_Pkg").expect("a name");
        assert_eq!(plain.name, "my-pkg");
        assert!(plain.marker.is_true());
        let full = Requirement::parse("a[x, Y] (>=1,<2) ; python_version < '3.11'").expect("all");
        assert_eq!((full.extras.len(), full.specifiers.len()), (2, 2));
        assert!(!full.marker.is_true());
        let url = Requirement::parse("b @ https://h.example/b.whl ; os_name == 'nt'").expect("url");
        assert_eq!(url.url.as_deref(), Some("https://h.example/b.whl"));
        assert!(!url.marker.is_true());
    }

    #[test]
    fn mistakes_say_what_is_wrong() {
        for text in [
            "",
            ">=1",
            "a[b",
            "a (>=1",
            "a >=",
            "a; nothing == '1'",
            "a b",
        ] {
            assert!(Requirement::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn names_are_normalized() {
        assert_eq!(normalized("Zope.Interface"), "zope-interface");
        assert_eq!(normalized("a-_.b"), "a-b");
    }
}
