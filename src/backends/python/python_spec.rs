//! The versions of Python in values of the variant, and in version specs of conda.

use pep440_rs::{VersionSpecifiers, release_specifiers_to_ranges};

/// The version spec and the build string of a value of the variant. A version without an operator
/// stands for all versions that begin with it, as in rattler-build.
pub(super) fn parts(value: &str) -> Option<(String, Option<&str>)> {
    let mut words = value.split_whitespace();
    let version = words.next()?;
    let is_prefix = version.chars().all(|c| c.is_ascii_digit() || c == '.');
    let operator = if is_prefix { "=" } else { "" };
    Some((format!("{operator}{version}"), words.next()))
}

/// The versions of Python that a value of the variant stands for.
pub(super) fn admitted(value: &str) -> Option<VersionSpecifiers> {
    as_pep440(&parts(value)?.0)
}

/// Translates a conda version spec to PEP 440. Returns `None` if there is no equivalent, for
/// example for alternatives with `|`.
pub(super) fn as_pep440(text: &str) -> Option<VersionSpecifiers> {
    let parts = text.split(',').map(str::trim).filter(|part| *part != "*");
    let parts = parts.map(|part| {
        if part.starts_with(|c: char| c.is_ascii_digit()) {
            format!("=={part}")
        } else {
            match part.strip_prefix('=') {
                Some(fuzzy) if !fuzzy.starts_with('=') => format!("=={fuzzy}.*"),
                _ => part.to_string(),
            }
        }
    });
    parts.collect::<Vec<_>>().join(",").parse().ok()
}

/// Whether at least one version satisfies both specifiers.
pub(super) fn admit_a_common_one(one: &VersionSpecifiers, other: &VersionSpecifiers) -> bool {
    let ranges = release_specifiers_to_ranges(one.clone());
    !ranges.is_disjoint(&release_specifiers_to_ranges(other.clone()))
}
