//! Converts SemVer versions to conda versions.
//!
//! A conda version cannot contain `-`, because `-` separates the parts of a package's file
//! name: `1.0.0-rc.1` becomes `1.0.0rc1`. Words are kept, so that the version stays readable. A
//! pre-release such as `rc` or `rc.1` sorts as in Cargo. conda may sort others differently; the
//! user then gets a warning. `docs/backends/rust.md` has a table for users.

/// The maximum number of digits in a number. Longer numbers are split, because conda stores
/// numbers in 64 bits.
const DIGITS: usize = 18;

/// A conda version, and whether conda sorts it among other versions as Cargo sorts the
/// original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CondaVersion {
    pub(crate) text: String,
    pub(crate) sorts_alike: bool,
}

/// The conda version for a SemVer version.
pub(crate) fn from_semver(version: &str) -> CondaVersion {
    let (version, metadata) = match version.split_once('+') {
        Some((version, metadata)) => (version, Some(metadata)),
        None => (version, None),
    };
    let (release, pre) = match version.split_once('-') {
        Some((release, pre)) => (release, Some(pre_release(pre))),
        None => (version, None),
    };
    let (pre, sorts_alike) = pre.unwrap_or((String::new(), true));
    let mut text = format!("{release}{pre}");
    let local = metadata.map(local_version).unwrap_or_default();
    if !local.is_empty() {
        text.push('+');
        text.push_str(&local);
    }
    CondaVersion { text, sorts_alike }
}

/// A pre-release as text, and whether conda sorts it as Cargo does.
fn pre_release(pre: &str) -> (String, bool) {
    let lower = pre.to_lowercase();
    let identifiers: Vec<&str> = lower.split('.').collect();
    let (first, rest) = match identifiers.as_slice() {
        [first, rest @ ..] => (*first, rest),
        [] => return (String::new(), true),
    };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    let is_word = |text: &str| text.bytes().all(|it| it.is_ascii_lowercase());
    // conda sorts `post` after the release, and `dev` before all words.
    let special = ["dev", "post"].contains(&first);
    let numbers = rest.iter().all(|identifier| is_number(identifier));
    let plain = pre == lower && (is_word(first) || is_number(first)) && numbers;
    let written = readable(first);
    let mut text = match written.chars().next() {
        Some(_) if written.starts_with("post") => "pre_".to_string(),
        Some(sign) if sign.is_ascii_lowercase() => String::new(),
        // A number gets the prefix `dev`, because Cargo sorts numbers before words, and conda
        // sorts `dev` before every other word.
        _ => "dev".to_string(),
    };
    text.push_str(&written);
    for (position, identifier) in rest.iter().enumerate() {
        let written = readable(identifier);
        if written.is_empty() {
            continue;
        }
        match (position, is_number(identifier)) {
            // `rc.1` becomes `rc1`.
            (0, true) if is_word(first) => {}
            (_, true) => text.push('.'),
            (_, false) => text.push('_'),
        }
        text.push_str(&written);
    }
    (text, plain && !special)
}

/// An identifier in conda's syntax: with `_` instead of `-`, and with long numbers split.
fn readable(identifier: &str) -> String {
    let mut text = String::new();
    let mut digits = 0;
    for sign in identifier.chars() {
        digits = if sign.is_ascii_digit() { digits + 1 } else { 0 };
        if digits > DIGITS {
            text.push('_');
            digits = 1;
        }
        match sign {
            // A conda version cannot begin or end with `_`, and cannot contain `__`.
            '-' if text.is_empty() || text.ends_with('_') => {}
            '-' => text.push('_'),
            sign => text.push(sign),
        }
    }
    text.trim_end_matches('_').to_string()
}

/// Build metadata as the local part of a conda version. All other characters than letters and
/// digits become separators.
fn local_version(metadata: &str) -> String {
    let identifiers = metadata.split(['-', '.']).filter(|text| !text.is_empty());
    let segments: Vec<String> = identifiers
        .map(|identifier| readable(&identifier.to_lowercase()).replace('_', "."))
        .collect();
    segments.join(".")
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use proptest::prelude::*;
    use rattler_conda_types::Version as Conda;
    use semver::Version;

    use super::*;

    fn text(version: &str) -> String {
        from_semver(version).text
    }

    #[test]
    fn pre_releases_stay_readable() {
        let versions = [
            ("1.2.3", "1.2.3"),
            ("1.0.0-rc.1", "1.0.0rc1"),
            ("1.0.0-rc1", "1.0.0rc1"),
            ("1.0.0-alpha", "1.0.0alpha"),
            ("1.0.0-beta.2", "1.0.0beta2"),
            ("1.0.0-alpha.0", "1.0.0alpha0"),
            ("1.0.0-nightly.20240131", "1.0.0nightly20240131"),
            ("1.0.0-dev.3", "1.0.0dev3"),
            ("1.0.0-pre", "1.0.0pre"),
            ("1.0.0-0", "1.0.0dev0"),
            ("1.0.0-3.1", "1.0.0dev3.1"),
            ("1.0.0-canary", "1.0.0canary"),
            ("1.0.0-rc.1.2", "1.0.0rc1.2"),
            ("1.0.0-rc-1", "1.0.0rc_1"),
            ("1.0.0-RC.1", "1.0.0rc1"),
            ("1.0.0-beta.exp.sha", "1.0.0beta_exp_sha"),
            ("1.0.0-post.1", "1.0.0pre_post1"),
            ("1.0.0--a-", "1.0.0a"),
            ("1.0.0+build-5", "1.0.0+build.5"),
            ("1.0.0-rc.1+0.1.0-A", "1.0.0rc1+0.1.0.a"),
            ("1.0.0+-", "1.0.0"),
        ];
        for (semver, conda) in versions {
            assert_eq!(text(semver), conda, "{semver}");
            Conda::from_str(conda).unwrap_or_else(|error| panic!("{conda}: {error}"));
        }
    }

    #[test]
    fn what_may_sort_otherwise_is_known() {
        let alike = |version: &str| from_semver(version).sorts_alike;
        for version in [
            "1.0.0",
            "1.0.0-rc.1",
            "1.0.0-canary",
            "1.0.0-1",
            "1.0.0+x-y",
        ] {
            assert!(alike(version), "{version}");
        }
        for version in [
            "1.0.0-rc1",
            "1.0.0-RC.1",
            "1.0.0-dev.1",
            "1.0.0-rc.x",
            "1.0.0-a-b",
        ] {
            assert!(!alike(version), "{version}");
        }
    }

    #[test]
    fn the_page_shows_what_the_code_does() {
        let page = include_str!("../../../../docs/backends/rust.md");
        let mut shown = 0;
        for line in page.lines().filter(|line| line.starts_with('|')) {
            let quoted: Vec<&str> = line.split('`').skip(1).step_by(2).collect();
            for pair in quoted.windows(2) {
                if pair[0].parse::<Version>().is_ok() {
                    assert_eq!(text(pair[0]), pair[1], "{line}");
                    shown += 1;
                }
            }
        }
        assert!(shown > 10, "{shown}");
    }

    /// Pre-releases that consist of a word, a number, or a word and a number.
    fn usual() -> impl Strategy<Value = String> {
        let word = prop_oneof!["alpha|beta|pre|rc|canary|nightly", "[a-c]{1,3}"];
        let word = word.prop_filter("conda's own", |word| word != "dev" && word != "post");
        let number = "[1-9][0-9]{0,3}";
        prop_oneof![
            Just(String::new()),
            number,
            word.clone(),
            (word, number).prop_map(|(word, number)| format!("{word}.{number}")),
        ]
    }

    fn conda(version: &str) -> Conda {
        let text = text(version);
        assert!(!text.contains('-'), "{text}");
        Conda::from_str(&text).unwrap_or_else(|error| panic!("{version}: {error}"))
    }

    proptest! {
        #[test]
        fn conda_sorts_usual_versions_as_cargo_does(
            a in (0..2u64, usual()),
            b in (0..2u64, usual()),
        ) {
            let version = |(patch, pre): &(u64, String)| {
                let pre = if pre.is_empty() { String::new() } else { format!("-{pre}") };
                format!("1.0.{patch}{pre}")
            };
            let (a, b) = (version(&a), version(&b));
            let parsed = |text: &str| -> Version { text.parse().expect("a valid version") };
            prop_assert!(from_semver(&a).sorts_alike);
            let ordered = conda(&a).cmp(&conda(&b));
            prop_assert_eq!(ordered, parsed(&a).cmp_precedence(&parsed(&b)), "{} and {}", a, b);
        }

        #[test]
        fn every_version_is_one_of_conda_and_below_its_release(
            pre in "[0-9A-Za-z-]{1,24}(\\.[0-9A-Za-z-]{1,4}){0,3}",
            metadata in "(\\+[0-9A-Za-z-]{1,30})?",
        ) {
            let version = format!("1.0.0-{pre}{metadata}");
            if version.parse::<Version>().is_ok() {
                let pre = text(&format!("1.0.0-{pre}"));
                conda(&version);
                prop_assert!(Conda::from_str(&pre).expect("checked") < conda("1.0.0"), "{}", pre);
            }
        }
    }
}
