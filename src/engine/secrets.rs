//! Keeps the values of secrets out of logs, errors and packages.
//!
//! rattler-build masks a value where it stands as it is, on one line. Builds also
//! print it encoded: in a header, in a URL, in JSON, in the trace of a shell.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD, Engine};
use miette::{Diagnostic, Report};
use thiserror::Error;

use crate::backend::Env;
use crate::diagnostic::Unreadable;

/// What stands for a secret.
const MASK: &str = "********";

/// What is shorter says nothing, and would be found everywhere.
const SHORTEST: usize = 4;

/// In a package only what cannot be there by chance counts, in bytes.
const SHORTEST_IN_A_PACKAGE: usize = 8;

/// What to mask in lines that are logged while a build runs: the forms of every
/// secret this process has passed on. It only grows.
static PASSED_ON: RwLock<BTreeSet<String>> = RwLock::new(BTreeSet::new());

/// Secrets that have a value, with every form in which a build may print it.
#[derive(Debug, Default)]
pub(super) struct Secrets(Vec<(String, BTreeSet<String>)>);

impl Secrets {
    /// The values of `names`. Those without one are left out, and said.
    pub(super) fn of<'a>(names: impl IntoIterator<Item = &'a str>, env: &Env) -> Self {
        let mut secrets = Vec::new();
        for name in names {
            match env.get(name) {
                Some(value) => secrets.push((name.to_string(), forms(value))),
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

    /// Masks them from now on in everything that is logged.
    pub(super) fn watch(&self) {
        let mut known = PASSED_ON.write().unwrap_or_else(PoisonError::into_inner);
        for (_, forms) in &self.0 {
            known.extend(forms.iter().cloned());
        }
    }

    /// Masks them in a file. A reader sees all of the old one or all of the new one.
    ///
    /// # Errors
    /// A file that cannot be read or written.
    pub(super) fn mask_file(&self, path: &Path) -> std::io::Result<()> {
        let text = std::fs::read(path)?;
        let text = String::from_utf8_lossy(&text);
        let all: BTreeSet<String> = self
            .0
            .iter()
            .flat_map(|(_, forms)| forms)
            .cloned()
            .collect();
        if let Cow::Owned(masked) = mask(&text, &all) {
            let beside = path.with_extension("part");
            std::fs::write(&beside, masked)?;
            std::fs::rename(beside, path)?;
        }
        Ok(())
    }

    /// Makes sure that none of `files`, which lie in `prefix`, gives one away.
    ///
    /// # Errors
    /// [`SecretInPackage`], a file that cannot be read.
    pub(super) fn check_package(
        &self,
        prefix: &Path,
        files: impl IntoIterator<Item = PathBuf>,
    ) -> Result<(), Report> {
        let known = self.0.iter().flat_map(|(name, forms)| {
            let long = |form: &&String| form.len() >= SHORTEST_IN_A_PACKAGE;
            forms.iter().filter(long).map(move |form| (name, form))
        });
        let known: Vec<(&String, &String)> = known.collect();
        if known.is_empty() {
            return Ok(());
        }
        for file in files {
            let path = prefix.join(&file);
            if path.is_symlink() || !path.is_file() {
                continue;
            }
            let content = std::fs::read(&path).map_err(|source| Unreadable { path, source })?;
            let finds = |form: &str| memchr::memmem::find(&content, form.as_bytes()).is_some();
            if let Some((name, _)) = known.iter().find(|(_, form)| finds(form)) {
                let name = name.to_string();
                return Err(SecretInPackage { name, file }.into());
            }
        }
        Ok(())
    }
}

/// `text` without any secret this process has passed on.
pub fn masked(text: &str) -> Cow<'_, str> {
    mask(
        text,
        &PASSED_ON.read().unwrap_or_else(PoisonError::into_inner),
    )
}

/// `text` without `forms`, the longest first: one may be a part of another.
fn mask<'a>(text: &'a str, forms: &BTreeSet<String>) -> Cow<'a, str> {
    let mut found: Vec<&String> = forms.iter().filter(|form| text.contains(*form)).collect();
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    found.sort_by_key(|form| std::cmp::Reverse(form.len()));
    let masked = found
        .into_iter()
        .fold(text.to_string(), |text, form| text.replace(form, MASK));
    Cow::Owned(masked)
}

/// The ways in which a value may be written.
fn forms(value: &str) -> BTreeSet<String> {
    let mut forms = BTreeSet::new();
    // A log is masked line by line.
    for part in value.lines().chain([value]) {
        let part = part.trim();
        if part.len() < SHORTEST {
            continue;
        }
        forms.insert(part.to_string());
        for encoded in [percent(part, true), percent(part, false)] {
            // Forms have their own way with blanks.
            forms.insert(encoded.replace("%20", "+"));
            forms.insert(encoded);
        }
        forms.extend([hex::encode(part), hex::encode_upper(part)]);
        forms.extend((0..3).flat_map(|before| base64(part, before)));
        let json = serde_json::Value::from(part).to_string();
        forms.insert(json[1..json.len() - 1].to_string());
        // As `set -x` shows it.
        forms.insert(part.replace('\'', r"'\''"));
    }
    forms
}

/// The part of a base64 text that only `value` decides when it begins `before` bytes
/// into a group of three, as `user:` may stand in front of it.
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

fn percent(value: &str, upper: bool) -> String {
    let mut out = String::new();
    for byte in value.bytes() {
        let written = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
                Ok(())
            }
            _ if upper => write!(out, "%{byte:02X}"),
            _ => write!(out, "%{byte:02x}"),
        };
        written.expect("a string takes everything");
    }
    out
}

/// A package is about to give a secret away.
#[derive(Debug, Error, Diagnostic)]
#[error("the value of the secret `{name}` is in {}", file.display())]
#[diagnostic(
    code(build::secret_in_package),
    help(
        "everybody can read a package: let the build use the secret without writing it into what it installs"
    )
)]
struct SecretInPackage {
    name: String,
    file: PathBuf,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: &str, text: &str) -> String {
        mask(text, &forms(value)).into_owned()
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
            // A sign at the edge also holds bits of what stands beside.
            assert!(
                rest.len() <= 2 + (before.len() + after.len()) * 8 / 6,
                "{rest}"
            );
        }
    }

    #[test]
    fn every_line_of_a_value_counts() {
        let value = "-----BEGIN KEY-----\nAAAABBBBCCCC\n-----END KEY-----\n";
        assert_eq!(shown(value, "AAAABBBBCCCC"), MASK);
    }

    #[test]
    fn short_values_hide_nothing() {
        assert_eq!(shown("1", "1 of 1"), "1 of 1");
        assert_eq!(shown("", "text"), "text");
    }
}
