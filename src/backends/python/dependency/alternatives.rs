//! Entries for one package that never apply together, such as one for old and one for new versions
//! of Python.
//!
//! If the package does not determine which of them applies, it needs a requirement that fits all
//! cases. All entries together would often exclude each other.

use pep508_rs::MarkerTree;

use super::marker::{self, Counts};
use super::{Entry, Target, Translated};
use crate::diagnostic::{Warning, list};

/// An entry that applies in some cases, and the index of its translation.
pub(super) type Conditional<'a> = (&'a Entry, usize);

/// The number of cases above which the versions are left open.
const MOST_CASES: usize = 64;

/// Replaces the translations of entries for the same package by one that accepts the versions of
/// every case, unless all of them may apply together.
pub(super) fn join(
    translated: &mut Vec<Translated>,
    conditional: &[Conditional<'_>],
    target: &Target,
    warnings: &mut Vec<Warning>,
) {
    let mut replaced: Vec<usize> = Vec::new();
    for (_, at) in conditional {
        if replaced.contains(at) {
            continue;
        }
        let same = conditional
            .iter()
            .filter(|(_, other)| translated[*other].name == translated[*at].name);
        let same: Vec<Conditional<'_>> = same.copied().collect();
        let markers = same.iter().map(|(entry, _)| &entry.requirement.marker);
        let version = match together(&markers.collect::<Vec<_>>(), target) {
            Some(cases) if cases.len() < 2 => continue,
            Some(cases) => {
                let versions = |entry: &usize| translated[same[*entry].1].version.as_deref();
                any_of(cases.iter().map(|case| all_of(case.iter().map(versions))))
            }
            None => None,
        };
        let differs = |(_, other): &Conditional<'_>| translated[*other].version != version;
        if same.iter().any(differs) {
            warnings.push(joined(
                &same,
                &translated[*at].name,
                version.as_deref(),
                target,
            ));
        }
        translated[*at].version = version;
        replaced.extend(same.iter().map(|(_, other)| other));
        replaced.retain(|other| other != at);
    }
    let mut index = 0;
    translated.retain(|_| {
        index += 1;
        !replaced.contains(&(index - 1))
    });
}

fn joined(same: &[Conditional<'_>], name: &str, version: Option<&str>, target: &Target) -> Warning {
    let texts = list(same.iter().map(|(entry, _)| entry.text.as_str()));
    let wanted = match version {
        Some(version) => format!("`{name} {version}`"),
        None => format!("any version of `{name}`"),
    };
    let warning = Warning::new(format!(
        "{texts} do not apply together, but the package serves all these cases: it asks for {wanted}"
    ));
    if target.noarch {
        warning.help(
            "to have one of them for each version of Python, set `noarch = false` and \
             `python-versions` in `[package.build.config]`",
        )
    } else {
        warning
    }
}

/// The largest sets of markers that are true in the same case. `None` if there are too many cases.
fn together(markers: &[&MarkerTree], target: &Target) -> Option<Vec<Vec<usize>>> {
    let mut cases = vec![(MarkerTree::TRUE, Vec::new())];
    for (number, marker) in markers.iter().enumerate() {
        let mut split = Vec::new();
        for (case, members) in cases {
            let mut with = case.clone();
            with.and((*marker).clone());
            let mut without = case;
            without.and(marker.negate());
            split.push((with, [members.as_slice(), &[number]].concat()));
            split.push((without, members));
        }
        split.retain(|(case, _)| {
            marker::counts(case, target.platform, &target.python) != Counts::Never
        });
        cases = split;
        if cases.len() > MOST_CASES {
            return None;
        }
    }
    let sets: Vec<Vec<usize>> = cases.into_iter().map(|(_, members)| members).collect();
    let is_within = |small: &Vec<usize>, large: &Vec<usize>| {
        small.len() < large.len() && small.iter().all(|member| large.contains(member))
    };
    let largest = sets
        .iter()
        .filter(|set| !sets.iter().any(|other| is_within(set, other)));
    let mut largest: Vec<Vec<usize>> = largest.cloned().collect();
    largest.sort();
    largest.dedup();
    Some(largest)
}

/// The version spec that satisfies all of `versions`. `,` binds stronger than `|`.
fn all_of<'a>(versions: impl Iterator<Item = Option<&'a str>>) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for version in versions.flatten() {
        if !parts.contains(&version) {
            parts.push(version);
        }
    }
    if let [one] = parts.as_slice() {
        return Some(one.to_string());
    }
    let grouped = parts.iter().map(|part| {
        if part.contains('|') {
            format!("({part})")
        } else {
            part.to_string()
        }
    });
    let grouped: Vec<String> = grouped.collect();
    (!grouped.is_empty()).then(|| grouped.join(","))
}

/// The version spec that satisfies at least one of `versions`. `None` if one of them is any version.
fn any_of(versions: impl Iterator<Item = Option<String>>) -> Option<String> {
    let mut versions = versions.collect::<Option<Vec<String>>>()?;
    let mut seen: Vec<String> = Vec::new();
    versions.retain(|version| {
        let is_new = !seen.contains(version);
        seen.push(version.clone());
        is_new
    });
    Some(versions.join("|"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backends::python::dependency::{Requirement, translate};
    use indexmap::IndexMap;
    use rattler_conda_types::Subdir;

    /// The requirements for these entries, and the number of warnings.
    fn translated(entries: &[&str], python: &str) -> (String, usize) {
        let entries: Vec<Entry> = entries
            .iter()
            .map(|text| Entry {
                text: text.to_string(),
                requirement: Requirement::parse(text).expect(text),
                at: None,
            })
            .collect();
        let target = Target {
            platform: Subdir::Linux64,
            noarch: true,
            python: python.parse().expect("specifiers"),
        };
        let mut warnings = Vec::new();
        let specs = translate(&entries, &target, &IndexMap::new(), &mut warnings);
        let specs = specs.iter().map(|spec| match &spec.version {
            Some(version) => format!("{} {version}", spec.name),
            None => spec.name.clone(),
        });
        (specs.collect::<Vec<_>>().join("; "), warnings.len())
    }

    #[test]
    fn entries_that_exclude_each_other_are_alternatives() {
        let new = "numpy>=2.1; python_version>='3.13'";
        let old = "numpy>=1.21,<2; python_version<'3.13'";
        let middle = "numpy>=1.26; python_version=='3.12'";
        let oldest = "numpy<1.25; python_version<'3.12'";
        for (entries, python, expected, warned) in [
            (&[new, old][..], ">=3.10", "numpy >=2.1|>=1.21,<2", 1),
            (&[new, old], ">=3.13", "numpy >=2.1", 0),
            (&[new, old], "==3.12.*", "numpy >=1.21,<2", 0),
            // They apply together in one of the cases.
            (
                &[new, old, middle],
                ">=3.10",
                "numpy >=2.1|>=1.21,<2,>=1.26",
                1,
            ),
            (
                &[new, middle, oldest],
                ">=3.10",
                "numpy >=2.1|>=1.26|<1.25",
                1,
            ),
            // One that always applies remains beside them.
            (
                &["numpy!=2.2", new, "click", old],
                ">=3.10",
                "numpy !=2.2; numpy >=2.1|>=1.21,<2; click",
                1,
            ),
            (&[new, "numpy; python_version<'3.13'"], ">=3.10", "numpy", 1),
            (
                &[
                    "a>=1; python_version<'3.12'",
                    "a>=1; python_version>='3.12'",
                ],
                ">=3.10",
                "a >=1",
                0,
            ),
            (
                &[
                    "a>=1; python_version>='3.11'",
                    "a>=2; python_version>='3.12'",
                ],
                ">=3.10",
                "a >=1; a >=2",
                0,
            ),
            // The platform decides, and the package says for which it is.
            (
                &["a>=2; sys_platform=='win32'", "a<2; sys_platform!='win32'"],
                ">=3.10",
                "__unix; a <2",
                0,
            ),
        ] {
            let found = translated(entries, python);
            assert_eq!(found, (expected.to_string(), warned), "{entries:?}");
        }
    }

    #[test]
    fn alternatives_within_a_version_keep_their_meaning() {
        let all = |versions: &[&'static str]| all_of(versions.iter().map(|text| Some(*text)));
        assert_eq!(all(&["1|2", ">=1"]).as_deref(), Some("(1|2),>=1"));
        assert_eq!(all(&["1|2"]).as_deref(), Some("1|2"));
        assert_eq!(all(&[]), None);
    }

    #[test]
    fn too_many_cases_leave_the_version_open() {
        let entries = (0..12).map(|number| {
            format!("a>={number}; platform_version == '{number}' or platform_release == '{number}'")
        });
        let entries: Vec<String> = entries.collect();
        let entries: Vec<&str> = entries.iter().map(String::as_str).collect();
        assert_eq!(translated(&entries, ">=3.10"), ("a".to_string(), 1));
    }
}
