//! The keys of one dependency, typed.

use std::str::FromStr;

use miette::SourceSpan;
use rattler_conda_types::{BuildNumberSpec, StringMatcher};

use crate::diagnostic::nearest;
use crate::project::document::{Document, Field, Table, Value};
use crate::project::load::mistake::Diagnostics;
use crate::project::load::mistake::shape::{Conflict, UnknownManifestKey};
use crate::project::load::version;

/// Keys that restrict the selection for packages from any location.
const SELECTORS: [&str; 9] = [
    "version",
    "build",
    "build-number",
    "extras",
    "flags",
    "subdir",
    "license",
    "when",
    "track-features",
];

const OTHER_KEYS: [&str; 16] = [
    "channel",
    "file-name",
    "md5",
    "sha256",
    "license-family",
    "path",
    "url",
    "git",
    "branch",
    "tag",
    "rev",
    "lfs",
    "subdirectory",
    "workspace",
    "pin-compatible",
    "pin-subpackage",
];

/// The keys of one dependency. Those of a workspace dependency come from two files.
#[derive(Debug)]
pub(crate) struct Parts<'d> {
    /// The dependency.
    pub name: &'d str,
    /// The manifest with the entry of the package.
    pub document: &'d Document,
    /// The table of the entry.
    pub at: SourceSpan,
    /// The keys.
    pub fields: Vec<Field<'d>>,
}

impl<'d> Parts<'d> {
    /// The keys of a table.
    pub(super) fn of(name: &'d str, table: Table<'d>) -> Self {
        Self {
            name,
            document: table.document,
            at: table.at,
            fields: table.fields(),
        }
    }

    /// The value of one key.
    pub(super) fn get(&self, name: &str) -> Option<Field<'d>> {
        self.fields.iter().find(|field| field.name == name).copied()
    }

    /// Reports keys that dependencies do not have.
    pub(super) fn check_keys(&self, findings: &mut Diagnostics) {
        let keys = || SELECTORS.into_iter().chain(OTHER_KEYS);
        for field in &self.fields {
            if keys().any(|key| key == field.name) {
                continue;
            }
            let help = match field.name {
                "package" => {
                    "packages are defined in `[dependencies]` or `[workspace.dependencies]` \
                              of a workspace: move it there and write `workspace = true` here"
                        .to_owned()
                }
                "features" | "default-features" | "optional" => {
                    "that is Cargo's; a conda package has `extras` and `flags`".to_owned()
                }
                name => match nearest(name, keys()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "the usual keys are `version`, `build`, `channel`, `path` and `git`"
                        .to_owned(),
                },
            };
            findings.mistake(UnknownManifestKey {
                key: field.name.to_owned(),
                table: format!("the dependency `{}`", self.name),
                help,
                file: field.value.document.file(),
                at: field.key_at,
            });
        }
    }

    /// Reports that the two keys exclude each other.
    pub(super) fn conflict(
        &self,
        first: &Field<'d>,
        second: &Field<'d>,
        help: &str,
        findings: &mut Diagnostics,
    ) {
        let (here, there) = (first.value.document, second.value.document);
        findings.mistake(Conflict {
            first: first.name.to_owned(),
            second: second.name.to_owned(),
            help: help.to_owned(),
            file: here.file(),
            first_at: first.key_at,
            second_at: std::ptr::eq(here, there).then_some(second.key_at),
        });
    }

    /// The version constraint.
    pub(super) fn version(&self, findings: &mut Diagnostics) -> Option<String> {
        version::constraint(self.get("version")?.value, findings)
    }

    /// A string.
    pub(super) fn text(&self, key: &str, findings: &mut Diagnostics) -> Option<String> {
        Some(self.get(key)?.value.text(findings)?.to_owned())
    }

    /// An array of strings.
    pub(super) fn texts(&self, key: &str, findings: &mut Diagnostics) -> Option<Vec<String>> {
        let texts = self.get(key)?.value.texts(findings)?;
        Some(texts.into_iter().map(|(text, _)| text.to_owned()).collect())
    }

    /// A string that matches strings: exact, glob or regular expression.
    pub(super) fn matcher(&self, key: &str, findings: &mut Diagnostics) -> Option<String> {
        let value = self.get(key)?.value;
        check_matcher(value.text(findings)?, value, findings)
    }

    /// An array of such strings.
    pub(super) fn matchers(&self, key: &str, findings: &mut Diagnostics) -> Option<Vec<String>> {
        let texts = self.get(key)?.value.texts(findings)?;
        (texts.into_iter())
            .map(|(text, value)| check_matcher(text, value, findings))
            .collect()
    }

    /// The constraint on the build number.
    pub(super) fn build_number(&self, findings: &mut Diagnostics) -> Option<String> {
        let value = self.get("build-number")?.value;
        let text = value.text(findings)?;
        // The parser of rattler_conda_types panics when a number has too many digits.
        let short = text.chars().filter(char::is_ascii_digit).count() < 20;
        let spec = short
            .then(|| BuildNumberSpec::from_str(text).ok())
            .flatten();
        match spec {
            Some(spec) => Some(spec.to_string()),
            None => {
                let help = Some("write for example `\"3\"` or `\">=3\"`".to_owned());
                value.invalid(
                    "a constraint on build numbers",
                    "does not parse",
                    help,
                    findings,
                )
            }
        }
    }

    /// A checksum in lower case. `key` is `md5` or `sha256`.
    pub(super) fn hash(&self, key: &str, findings: &mut Diagnostics) -> Option<String> {
        let value = self.get(key)?.value;
        let text = value.text(findings)?;
        let (digits, what) = match key {
            "md5" => (32, "an MD5 checksum"),
            _ => (64, "a SHA-256 checksum"),
        };
        if text.len() == digits && text.chars().all(|c| c.is_ascii_hexdigit()) {
            return Some(text.to_lowercase());
        }
        value.invalid(
            what,
            format!("not {digits} hexadecimal digits"),
            None,
            findings,
        )
    }
}

fn check_matcher(text: &str, value: Value<'_>, findings: &mut Diagnostics) -> Option<String> {
    match StringMatcher::from_str(text) {
        Ok(_) => Some(text.to_owned()),
        Err(error) => {
            let help = Some("write the text, a glob such as `py*`, or `^<regex>$`".to_owned());
            value.invalid("a matcher", error.to_string(), help, findings)
        }
    }
}

/// Whether a key restricts the selection for packages from any location.
pub(crate) fn is_selector(key: &str) -> bool {
    SELECTORS.contains(&key)
}
