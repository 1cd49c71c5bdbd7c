//! What two requirements say about the version of the compiler.

use rattler_conda_types::{EqualityOperator, ParseStrictness, Version, VersionSpec};

/// The only version that satisfies `spec`. `==1.2.0` has one. `=1.2.0` does not: 1.2.0.1 satisfies
/// it too.
pub(super) fn exact(spec: &str) -> Option<Version> {
    match parsed(spec)? {
        // The parser drops the `*` of `==1.2.*`.
        VersionSpec::Exact(EqualityOperator::Equals, version) if !spec.contains('*') => {
            Some(version)
        }
        _ => None,
    }
}

/// Whether `spec` names one release of the compiler, with or without its corrections: `==1.2` and
/// `=1.2.0` do, `=1.2` does not.
pub(super) fn is_one_release(spec: &str) -> bool {
    let text = spec.trim();
    let prefix = text.trim_start_matches('=').trim_end_matches(".*");
    let is_version = prefix.parse::<Version>().is_ok();
    exact(text).is_some() || (is_version && prefix.split('.').count() >= 3)
}

/// Whether one of the requirements names a version that the other one excludes.
pub(super) fn exclude_each_other(one: &str, other: &str) -> bool {
    let excludes = |spec: &str, of: &str| {
        let version = exact(of)?;
        Some(!parsed(spec)?.matches(&version))
    };
    excludes(one, other).unwrap_or(false) || excludes(other, one).unwrap_or(false)
}

fn parsed(spec: &str) -> Option<VersionSpec> {
    VersionSpec::from_str(spec.trim(), ParseStrictness::Lenient).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_equation_has_one_version() {
        for (spec, version) in [
            ("==1.2.0", Some("1.2.0")),
            ("==1.2", Some("1.2")),
            ("==0.26.3.0.dev2026031215", Some("0.26.3.0.dev2026031215")),
            ("=0.25.6", None),
            ("0.25.6.*", None),
            ("==1.2.*", None),
            ("1.2.*", None),
            ("*", None),
            (">=1.2.0", None),
        ] {
            let found = exact(spec).map(|version| version.to_string());
            assert_eq!(found.as_deref(), version, "{spec}");
        }
    }

    #[test]
    fn a_whole_version_is_one_release() {
        for spec in ["=1.2.0", "1.2.0.*", "==1.2.0", "==1.2", "0.26.2.0.*"] {
            assert!(is_one_release(spec), "{spec}");
        }
        for spec in ["=1.2", "1.2.*", "*", ">=1.2.0", ">=1,<2", "1.2.0|1.3.0"] {
            assert!(!is_one_release(spec), "{spec}");
        }
    }

    #[test]
    fn a_version_outside_of_the_other_requirement_is_found() {
        for (one, other) in [
            ("==1.2.0", "==1.1.0"),
            ("==1.2.0", ">=1,<1.2"),
            ("1.2.0.*", "==1.1.0"),
        ] {
            assert!(exclude_each_other(one, other), "{one} {other}");
            assert!(exclude_each_other(other, one), "{other} {one}");
        }
        for (one, other) in [
            ("==1.2.0", "==1.2"),
            ("==1.2.0", ">=1,<2"),
            ("1.2.0.*", "==1.2.0"),
            ("*", "==1.2.0"),
            ("=1.2", "=1.1"),
        ] {
            assert!(!exclude_each_other(one, other), "{one} {other}");
        }
    }
}
