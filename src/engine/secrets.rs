//! Keeps the values of secrets out of logs, errors and packages.
//!
//! rattler-build masks a value only in its literal form and on one line. Builds also
//! print encoded values: in a header, in a URL, in JSON, in the trace of a shell.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use aho_corasick::AhoCorasick;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD, Engine};
use miette::{Diagnostic, Report};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rattler_redaction::DEFAULT_REDACTION_STR as MASK;
use thiserror::Error;

use crate::backend::Env;
use crate::diagnostic::Unreadable;

/// The minimum length, in bytes, of a value that is masked. Shorter values would match everywhere.
const SHORTEST: usize = 4;

/// The minimum length, in bytes, of a value that is searched for in packages. Shorter
/// ones can occur by chance.
const SHORTEST_IN_A_PACKAGE: usize = 8;

/// The characters that are always escaped in a URL: all except the unreserved ones of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Base64 text can be wrapped at any position. This is the minimum length of a part that
/// is masked, in characters.
const SHORTEST_BASE64: usize = 8;

/// The values to mask in lines that are logged during a build: all secrets that this
/// process has passed on.
static PASSED_ON: RwLock<Masks> = RwLock::new(Masks::new());

/// The names and values of secrets that have a value.
#[derive(Default)]
pub(super) struct Secrets(Vec<(String, String)>);

impl Secrets {
    /// The values of `names`. Secrets without a value are skipped, with a warning.
    pub(super) fn of<'a>(names: impl IntoIterator<Item = &'a str>, env: &Env) -> Self {
        let mut secrets = Vec::new();
        for name in names {
            match env.get(name) {
                Some(value) => secrets.push((name.to_string(), value.to_string())),
                None => tracing::warn!(
                    "the secret `{name}` has no value (help: set the variable where pixi runs)"
                ),
            }
        }
        Self(secrets)
    }

    /// Whether the secret has a value.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// Whether no secret has a value.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Masks the secrets from now on in everything that is logged.
    pub(super) fn mask_in_logs(&self) {
        let mut passed_on = PASSED_ON.write().unwrap_or_else(PoisonError::into_inner);
        passed_on.add(self.0.iter().map(|(_, value)| value.as_str()));
    }

    /// Checks that none of `files`, which are in `prefix`, contains a secret.
    ///
    /// # Errors
    /// [`SecretInPackage`], a file that cannot be read.
    pub(super) fn check_package(
        &self,
        prefix: &Path,
        files: &BTreeSet<PathBuf>,
    ) -> Result<(), Report> {
        let mut texts = Vec::new();
        let mut names = Vec::new();
        for (name, value) in &self.0 {
            let long = |form: &String| form.len() >= SHORTEST_IN_A_PACKAGE;
            for form in forms(value).into_iter().filter(long) {
                texts.push(form);
                names.push(name);
            }
        }
        if texts.is_empty() {
            return Ok(());
        }
        let finder = finder(&texts);
        for file in files {
            let path = prefix.join(file);
            if path.is_symlink() || !path.is_file() {
                continue;
            }
            let content = std::fs::read(&path).map_err(|source| Unreadable { path, source })?;
            if let Some(found) = finder.find(&content) {
                let name = names[found.pattern().as_usize()].clone();
                return Err(SecretInPackage {
                    name,
                    file: file.clone(),
                }
                .into());
            }
        }
        Ok(())
    }
}

/// `text` without the secrets that this process has passed on.
pub fn masked(text: &str) -> Cow<'_, str> {
    let passed_on = PASSED_ON.read().unwrap_or_else(PoisonError::into_inner);
    passed_on.mask(text)
}

/// The texts that are masked. Texts are only added, never removed.
struct Masks {
    texts: BTreeSet<String>,
    finder: Option<AhoCorasick>,
}

impl Masks {
    const fn new() -> Self {
        Self {
            texts: BTreeSet::new(),
            finder: None,
        }
    }

    fn add<'a>(&mut self, values: impl IntoIterator<Item = &'a str>) {
        let before = self.texts.len();
        for value in values {
            self.texts.extend(forms(value));
            self.texts.extend(base64_pieces(value));
        }
        if self.texts.len() > before {
            self.finder = Some(finder(&self.texts));
        }
    }

    /// `text` with a mask instead of each secret. Secrets may overlap, in part or
    /// completely.
    fn mask<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let found = self.finder.iter();
        let found = found.flat_map(|finder| finder.find_overlapping_iter(text));
        let mut found: Vec<Range<usize>> = found.map(|found| found.range()).collect();
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        found.sort_by_key(|range| range.start);
        let mut masked = String::new();
        let mut end = 0;
        for range in found {
            if range.start > end || masked.is_empty() {
                masked.push_str(&text[end..range.start]);
                masked.push_str(MASK);
            }
            end = end.max(range.end);
        }
        masked.push_str(&text[end..]);
        Cow::Owned(masked)
    }
}

fn finder(texts: impl IntoIterator<Item = impl AsRef<[u8]>>) -> AhoCorasick {
    AhoCorasick::new(texts).expect("variables are far smaller than what it can hold")
}

/// The forms in which a value may be written.
fn forms(value: &str) -> BTreeSet<String> {
    let mut forms = BTreeSet::new();
    for part in parts(value) {
        forms.insert(part.to_string());
        for encoded in [percent(part, true), percent(part, false)] {
            // HTML forms encode spaces differently.
            forms.insert(encoded.replace("%20", "+"));
            forms.insert(encoded);
        }
        forms.extend([hex::encode(part), hex::encode_upper(part)]);
        forms.extend((0..3).flat_map(|before| base64(part, before)));
        let json = serde_json::Value::from(part).to_string();
        forms.insert(json[1..json.len() - 1].to_string());
        // The form in a trace of `set -x`.
        forms.insert(part.replace('\'', r"'\''"));
    }
    forms
}

/// A value and its lines, because logs are masked line by line. The first and last line
/// of a key are not secret.
fn parts(value: &str) -> impl Iterator<Item = &str> {
    let parts = value.lines().chain([value]).map(str::trim);
    let is_frame = |part: &str| part.starts_with("-----") && !part.contains('\n');
    parts.filter(move |part| part.len() >= SHORTEST && !is_frame(part))
}

/// The parts that one line can contain when `value` is in a base64 text that is wrapped.
fn base64_pieces(value: &str) -> BTreeSet<String> {
    let encoded = parts(value).flat_map(|part| (0..3).flat_map(|before| base64(part, before)));
    let pieces = encoded.flat_map(|text| {
        // Characters of base64 are single bytes.
        let starts = 0..(text.len() + 1).saturating_sub(SHORTEST_BASE64);
        let piece = |start: usize| text[start..start + SHORTEST_BASE64].to_string();
        starts.map(piece).collect::<Vec<_>>()
    });
    pieces.collect()
}

/// The part of a base64 text that depends only on `value`, when `value` begins `before`
/// bytes into a group of three; for example after `user:`.
fn base64(value: &str, before: usize) -> Vec<String> {
    let mut bytes = vec![0; before];
    bytes.extend(value.bytes());
    let start = (before * 8).div_ceil(6);
    let end = bytes.len() * 8 / 6;
    let engines = [BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD];
    let encoded = engines.map(|engine| engine.encode(&bytes)[start..end].to_string());
    let long_enough = |text: &String| text.len() >= SHORTEST;
    encoded.into_iter().filter(long_enough).collect()
}

/// `value` in a URL. Programs write the digits of an escape in either case.
fn percent(value: &str, upper: bool) -> String {
    let pieces = utf8_percent_encode(value, RESERVED);
    let piece = |piece: &str| {
        if piece.starts_with('%') && !upper {
            piece.to_lowercase()
        } else {
            piece.to_owned()
        }
    };
    pieces.map(piece).collect()
}

/// A package contains a secret.
#[derive(Debug, Error, Diagnostic)]
#[error("the value of the secret `{name}` is in {}", file.display())]
#[diagnostic(
    code(build::secret_in_package),
    help("everybody can read a package: do not write the secret into an installed file")
)]
struct SecretInPackage {
    name: String,
    file: PathBuf,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: &str, text: &str) -> String {
        let mut masks = Masks::new();
        masks.add([value]);
        masks.mask(text).into_owned()
    }

    #[test]
    fn a_value_is_masked_in_every_form() {
        let value = "s3cr3t/to k+n'\"é";
        let forms = [
            value.to_string(),
            percent(value, true),
            percent(value, false),
            "s3cr3t%2Fto+k%2Bn%27%22%C3%A9".to_string(),
            hex::encode(value),
            r#"s3cr3t/to k+n'\"é"#.to_string(),
            r#"s3cr3t/to k+n'\''"é"#.to_string(),
        ];
        for form in forms {
            assert_eq!(shown(value, &format!("<{form}>")), "<********>");
        }
    }

    #[test]
    fn base64_is_found_wherever_the_value_stands_in_it() {
        let value = "s3cr3t-token-of-somebody";
        for (before, after) in [
            ("", ""),
            ("u:", ""),
            ("user:", "\n"),
            ("a", "bc"),
            ("", ":"),
        ] {
            let encoded = BASE64_STANDARD_NO_PAD.encode(format!("{before}{value}{after}"));
            let rest = shown(value, &encoded).replace(MASK, "");
            // The first and last character also contain bits of the adjacent text.
            assert!(
                rest.len() <= 2 + (before.len() + after.len()) * 8 / 6,
                "{rest}"
            );
        }
    }

    #[test]
    fn base64_is_found_when_it_is_broken_into_lines() {
        let value =
            "a-t0ken-longer-than-one-line-of-base64-as-those-of-clouds-are, 80 signs and more";
        for before in ["", "u:", "user:", "somebody:"] {
            let encoded = BASE64_STANDARD_NO_PAD.encode(format!("{before}{value}"));
            for width in [20, 60, 64, 76] {
                let lines: Vec<&str> = encoded
                    .as_bytes()
                    .chunks(width)
                    .map(|line| str::from_utf8(line).expect("base64"))
                    .collect();
                let shown: Vec<String> = lines.iter().map(|line| shown(value, line)).collect();
                let rest = shown.join("").replace(MASK, "");
                let most = before.len() * 8 / 6 + 1 + SHORTEST_BASE64;
                assert!(rest.len() <= most, "{shown:?}");
            }
        }
    }

    #[test]
    fn forms_that_overlap_leave_nothing() {
        let mut masks = Masks::new();
        masks.add(["xab-one", "one-cdef", "ne-"]);
        assert_eq!(masks.mask("<xab-one-cdef>"), "<********>");
        assert_eq!(masks.mask("xab-one, one-cdef"), "********, ********");
        assert_eq!(masks.mask("nothing"), "nothing");
    }

    #[test]
    fn every_line_of_a_value_counts() {
        let value = "-----BEGIN KEY-----\nAAAABBBBCCCC\n-----END KEY-----\n";
        assert_eq!(shown(value, "AAAABBBBCCCC"), MASK);
        assert_eq!(shown(value, "-----BEGIN KEY-----"), "-----BEGIN KEY-----");
    }

    #[test]
    fn short_values_hide_nothing() {
        assert_eq!(shown("1", "1 of 1"), "1 of 1");
        assert_eq!(shown("", "text"), "text");
    }
}
