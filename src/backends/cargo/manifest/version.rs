//! SemVer versions as conda versions that sort the same.
//!
//! `-` separates the parts of an archive's name, so a pre-release must lose its
//! dash: `1.0.0-rc.1` becomes `1.0.0rc1`. The two orders differ in much else:
//! conda ignores case, compares digits inside words as numbers, takes `dev` and
//! `post` for special, and finds `rc` equal to `rc0`. A pre-release is therefore
//! read as a sequence of signs in SemVer's order,
//!
//! > end < numeric identifier < next word < `-` < digit < capital < small letter
//!
//! and every sign is written as something that conda sorts in the same order.
//! Small letters stand for themselves, which needs something below `a`: the
//! letter `a` is the escape and is itself written `ae`, but for the words
//! `alpha` and `beta`. The table for users is in `docs/backends/rust.md`.

/// Words that are written as they are although an `a` is in them, and how their
/// first letter is written in words that sort before them.
const WORDS: [(&str, &str); 2] = [("alpha", "ae"), ("beta", "ba")];

/// Words that conda sorts by a rule of their own.
const SPECIAL: [&str; 2] = ["dev", "post"];

/// Numbers with more digits are written in pieces: conda's numbers have 64 bits.
const DIGITS: usize = 18;

/// conda finds no room for a local version behind more segments than this.
const SEGMENTS: usize = 120;

/// The conda version for a SemVer version.
pub(crate) fn from_semver(version: &str) -> String {
    let (version, metadata) = match version.split_once('+') {
        Some((version, metadata)) => (version, Some(metadata)),
        None => (version, None),
    };
    let mut conda = match version.split_once('-') {
        Some((release, pre)) => format!("{release}{}", pre_release(pre)),
        None => version.to_string(),
    };
    let local = metadata.map(local_version).unwrap_or_default();
    if !local.is_empty() && conda.matches('.').count() < SEGMENTS {
        conda.push('+');
        conda.push_str(&local);
    }
    conda
}

fn pre_release(pre: &str) -> String {
    let mut writer = Writer::default();
    for (position, identifier) in pre.split('.').enumerate() {
        if identifier.bytes().all(|byte| byte.is_ascii_digit()) {
            writer.number(identifier);
        } else if position == 0 {
            writer.first_word(identifier);
        } else {
            writer.letters("aa");
            writer.word(identifier);
        }
    }
    writer.finish()
}

/// Writes what follows the release numbers: letters, then a number, and more of
/// the same in further segments.
#[derive(Default)]
struct Writer {
    out: String,
    /// Letters that are not written yet, because their end decides about them.
    letters: String,
    last: Last,
}

/// What the text ends with.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Last {
    #[default]
    Letters,
    Number,
    /// A zero after a word, which conda does not tell from the word alone.
    WordAndZero,
}

impl Writer {
    fn letters(&mut self, letters: &str) {
        if self.last != Last::Letters {
            // The end of a version counts as `.0`, and `.1` is taken by `rc.0`.
            self.out.push_str(".2");
            self.last = Last::Letters;
        }
        self.letters.push_str(letters);
    }

    fn first_word(&mut self, word: &str) {
        for (known, below) in WORDS {
            if word.starts_with(&known[..1]) {
                let (written, rest) = match word.strip_prefix(known) {
                    Some(rest) => (known, rest),
                    None if word < known => (below, &word[1..]),
                    None => (&known[..1], &word[1..]),
                };
                self.letters(written);
                return self.word(rest);
            }
        }
        self.word(word);
    }

    fn word(&mut self, word: &str) {
        for sign in word.chars() {
            match sign {
                '-' => self.letters("ab"),
                'a' => self.letters("ae"),
                digit if digit.is_ascii_digit() => {
                    self.letters("ac");
                    self.digits(&digit.to_string());
                }
                capital if capital.is_ascii_uppercase() => {
                    self.letters(&format!("ad{}", capital.to_ascii_lowercase()));
                }
                small => self.letters(&small.to_string()),
            }
        }
    }

    fn number(&mut self, number: &str) {
        let after_word = self.last == Last::Letters && !self.letters.is_empty();
        if !after_word {
            self.letters("");
            // Sorts below every word.
            self.out.push_str("dev");
        }
        self.digits(number);
        if after_word && number == "0" {
            self.last = Last::WordAndZero;
        }
    }

    fn digits(&mut self, number: &str) {
        self.flush();
        if number.len() > DIGITS {
            // More than any number that is written out, then the length, then
            // the digits.
            self.out.push_str(&format!("1{}", "0".repeat(DIGITS)));
            self.out.push_str(&format!(".{}", number.len()));
            for piece in number.as_bytes().chunks(DIGITS) {
                self.out.push('.');
                self.out.push_str(&String::from_utf8_lossy(piece));
            }
        } else {
            self.out.push_str(number);
        }
        self.last = Last::Number;
    }

    fn flush(&mut self) {
        self.out.push_str(&self.letters);
        if SPECIAL.contains(&self.letters.as_str()) {
            // Between the word and every longer one: escapes have two letters.
            self.out.push('a');
        }
        self.letters.clear();
    }

    fn finish(mut self) -> String {
        self.flush();
        if self.last == Last::WordAndZero {
            self.out.push_str(".1");
        }
        self.out
    }
}

/// Build metadata as a local version: what is not a letter or digit separates.
fn local_version(metadata: &str) -> String {
    let mut segments: Vec<String> = Vec::new();
    for identifier in metadata.split(['-', '.']).filter(|text| !text.is_empty()) {
        let mut segment = String::new();
        let mut digits = 0;
        for sign in identifier.chars() {
            digits = if sign.is_ascii_digit() { digits + 1 } else { 0 };
            if digits > DIGITS {
                segments.push(std::mem::take(&mut segment));
                digits = 1;
            }
            segment.push(sign.to_ascii_lowercase());
        }
        segments.push(segment);
    }
    segments.join(".")
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use proptest::prelude::*;
    use rattler_conda_types::Version as Conda;
    use semver::Version;

    use super::*;

    #[test]
    fn common_pre_releases_are_readable() {
        let versions = [
            ("1.2.3", "1.2.3"),
            ("1.0.0-rc.1", "1.0.0rc1"),
            ("1.0.0-alpha", "1.0.0alpha"),
            ("1.0.0-beta.2", "1.0.0beta2"),
            ("1.0.0-alpha.0", "1.0.0alpha0.1"),
            ("1.0.0-nightly.20240131", "1.0.0nightly20240131"),
            ("1.0.0-dev.3", "1.0.0deva3"),
            ("1.0.0-0", "1.0.0dev0"),
            ("1.0.0-rc1", "1.0.0rcac1"),
            ("1.0.0-rc-1", "1.0.0rcabac1"),
            ("1.0.0-rc.1.2", "1.0.0rc1.2dev2"),
            ("1.0.0-canary", "1.0.0caenaery"),
            ("1.0.0-RC.1", "1.0.0adradc1"),
            ("1.0.0+build-5", "1.0.0+build.5"),
            ("1.0.0-rc.1+0.1.0-A", "1.0.0rc1+0.1.0.a"),
            ("1.0.0+-", "1.0.0"),
        ];
        for (semver, conda) in versions {
            assert_eq!(from_semver(semver), conda, "{semver}");
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
                    assert_eq!(from_semver(pair[0]), pair[1], "{line}");
                    shown += 1;
                }
            }
        }
        assert!(shown > 15, "{shown}");
    }

    /// The words whose neighbours are hard, and any other.
    fn word() -> impl Strategy<Value = String> {
        prop_oneof![
            "(a|b|al|alph|alpha|bet|beta|c|d|de|dev|pos|post|pre|rc)[-0-9A-Ca-d]{0,2}",
            "[-0-9A-Za-z]{0,6}[-A-Za-z][-0-9A-Za-z]{0,6}",
            "[ab][-1Aab]{0,3}",
        ]
    }

    fn identifier() -> impl Strategy<Value = String> {
        let number = prop_oneof!["0", "[1-9][0-9]{0,2}", "[1-9][0-9]{16,40}"];
        prop_oneof![word().boxed(), number.boxed()].prop_filter(
            "a number has no leading zero",
            |text| {
                text == "0" || !text.starts_with('0') || !text.bytes().all(|b| b.is_ascii_digit())
            },
        )
    }

    fn semver() -> impl Strategy<Value = Version> {
        let pre = prop::collection::vec(identifier(), 0..4);
        let metadata = prop_oneof![
            Just(String::new()),
            "[-0-9A-Za-z]{1,30}(\\.[-0-9A-Za-z]{1,3}){0,2}"
        ];
        (
            0..2u64,
            0..2u64,
            prop_oneof![0..2u64, Just(u64::MAX)],
            pre,
            metadata,
        )
            .prop_map(|(major, minor, patch, pre, metadata)| Version {
                pre: pre.join(".").parse().expect("a valid pre-release"),
                build: metadata.parse().expect("valid metadata"),
                ..Version::new(major, minor, patch)
            })
    }

    fn conda(version: &Version) -> Conda {
        let text = from_semver(&version.to_string());
        assert!(!text.contains('-'), "{text}");
        Conda::from_str(&text).unwrap_or_else(|error| panic!("{version}: {error}"))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_500))]

        #[test]
        fn conda_sorts_as_semver_does(a in semver(), b in semver()) {
            let precedence = a.cmp_precedence(&b);
            let ordered = conda(&a).cmp(&conda(&b));
            if precedence.is_ne() || (a.build.is_empty() && b.build.is_empty()) {
                prop_assert_eq!(ordered, precedence, "{} and {}", a, b);
            }
        }

        #[test]
        fn pre_releases_of_one_release_sort_as_semver_does(
            a in prop::collection::vec(identifier(), 1..4),
            b in prop::collection::vec(identifier(), 1..4),
            shared in 0..3usize,
        ) {
            // Pairs that differ late are rare among random ones.
            let mut b = b;
            for (own, other) in b.iter_mut().zip(&a).take(shared) {
                own.clone_from(other);
            }
            let version = |pre: &[String]| -> Version {
                format!("1.0.0-{}", pre.join(".")).parse().expect("a valid version")
            };
            let (a, b) = (version(&a), version(&b));
            prop_assert_eq!(conda(&a).cmp(&conda(&b)), a.cmp_precedence(&b), "{} and {}", a, b);
            let release = Version::new(1, 0, 0);
            prop_assert!(conda(&a) < conda(&release));
        }
    }

    #[test]
    fn a_local_version_never_spoils_a_long_pre_release() {
        let long = vec!["1"; 200].join(".");
        conda(&format!("1.0.0-{long}+x").parse().expect("a valid version"));
    }
}
