//! One dependency: a version, or a table that says which package is meant and where it is.

use std::str::FromStr;

use rattler_conda_types::{BuildNumberSpec, StringMatcher};

use crate::project::document::{Data, Document, Field, Table, Value};
use crate::project::load::location::{self, Location};
use crate::project::load::mistake::Findings;
use crate::project::load::mistake::dependency::NoSourceHere;
use crate::project::load::mistake::shape::{Conflict, UnknownKey};
use crate::project::load::mistake::spec::EmptySpec;
use crate::project::load::read::nearest;
use crate::project::load::targets::{Sources, TableKind};
use crate::project::load::{Scope, channels, pin, pool, version, when};
use crate::protocol::spec::{BinarySpec, PackageSpec, SourceSpec};

/// Keys that narrow the choice, wherever the package comes from.
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

/// Reads the dependencies of one table.
pub(crate) struct Reader<'a, 'd> {
    /// The manifest.
    pub scope: &'a Scope<'d>,
    /// What the table takes.
    pub kind: TableKind,
    /// The package's own name, as far as the manifest knows it.
    pub own_name: Option<&'a str>,
    /// Where mistakes go.
    pub findings: &'a mut Findings,
}

impl<'d> Reader<'_, 'd> {
    /// The dependency, or `None` with a note.
    pub fn read(&mut self, entry: &Field<'d>) -> Option<PackageSpec> {
        let table = match entry.value.read() {
            Data::Text(_) => {
                return Some(PackageSpec::Binary(BinarySpec {
                    version: Some(version::constraint(entry.value, self.findings)?),
                    ..BinarySpec::default()
                }));
            }
            Data::Table(table) => table,
            Data::Integer(_) | Data::Float(_) => {
                let help = format!(
                    "write `{} = \"{}.*\"`",
                    entry.name,
                    entry.value.source_text()
                );
                return entry
                    .value
                    .wrong_type("a string or a table", Some(help), self.findings);
            }
            other => {
                return entry
                    .value
                    .not("a string or a table", &other, self.findings);
            }
        };
        let own = Parts::of(entry.name, table);
        own.check_keys(self.findings);
        if own.get("workspace").is_some() {
            let parts = pool::merged(self.scope, &own, self.findings)?;
            return self.package(&parts);
        }
        match pin::find(&own) {
            Some(pin) => pin::read(self, entry, &own, pin),
            None => self.package(&own),
        }
    }

    fn package(&mut self, parts: &Parts<'d>) -> Option<PackageSpec> {
        if parts
            .fields
            .iter()
            .all(|field| field.name == "license-family")
        {
            self.findings.mistake(EmptySpec {
                name: parts.name.to_owned(),
                file: parts.document.file(),
                at: parts.at,
            });
            return None;
        }
        let location = location::read(self.scope, parts, self.findings);
        if let Some(location) = &location {
            self.check_source(parts, location);
        }
        // Selectors are read also when the location is wrong, so that their mistakes are noted.
        let selected = BinarySpec {
            version: parts.version(self.findings),
            build: parts.matcher("build", self.findings),
            build_number: parts.build_number(self.findings),
            file_name: parts.text("file-name", self.findings),
            extras: parts.texts("extras", self.findings),
            flags: parts.matchers("flags", self.findings),
            channel: parts
                .get("channel")
                .and_then(|field| channels::spec_url(self.scope, field.value, self.findings)),
            subdir: parts.text("subdir", self.findings),
            md5: parts.hash("md5", self.findings),
            sha256: parts.hash("sha256", self.findings),
            url: None,
            license: parts.text("license", self.findings),
            condition: (parts.get("when"))
                .and_then(|field| when::condition(field.value, self.findings)),
        };
        // Accepted for conda's sake; a project model has no place for them.
        parts.text("license-family", self.findings);
        parts.texts("track-features", self.findings);

        let location = match location? {
            Location::Channel => return Some(PackageSpec::Binary(selected)),
            Location::Archive(url) => {
                return Some(PackageSpec::Binary(BinarySpec {
                    url: Some(url),
                    ..selected
                }));
            }
            Location::Source(location) => location,
        };
        let BinarySpec {
            version,
            build,
            build_number,
            extras,
            flags,
            subdir,
            license,
            condition,
            // Those of the location are in it; the rest cannot stand beside one.
            md5: _,
            sha256: _,
            file_name: _,
            channel: _,
            url: _,
        } = selected;
        Some(PackageSpec::Source(SourceSpec {
            location,
            version,
            build,
            build_number,
            subdir,
            license,
            extras,
            flags,
            condition,
        }))
    }

    /// Notes a location that the table cannot hold.
    fn check_source(&mut self, parts: &Parts<'d>, location: &Location) {
        let refused = match (self.kind.sources, location) {
            (_, Location::Channel) | (Sources::All, _) => return,
            (Sources::NotBuilt, Location::Archive(_)) => return,
            (Sources::Folders, Location::Source(source)) if !location::is_url(source) => return,
            (Sources::Folders, _) => (
                "an archive",
                "use `path` with a folder, `git`, or a version",
            ),
            (Sources::NotBuilt | Sources::None, _) => {
                ("a location", "a constraint only limits versions: write one")
            }
        };
        let place = ["path", "git", "url"].iter().find_map(|key| parts.get(key));
        if let Some(place) = place {
            self.findings.mistake(NoSourceHere {
                name: parts.name.to_owned(),
                table: self.kind.key,
                location: refused.0,
                help: refused.1,
                file: place.value.document.file(),
                at: place.key_at,
            });
        }
    }
}

/// The keys of one dependency; those of a pooled one come from two files.
#[derive(Debug)]
pub(crate) struct Parts<'d> {
    /// The dependency.
    pub name: &'d str,
    /// Where the entry in the package is.
    pub document: &'d Document,
    /// The table of that entry.
    pub at: miette::SourceSpan,
    /// The keys.
    pub fields: Vec<Field<'d>>,
}

impl<'d> Parts<'d> {
    /// The keys of a table.
    pub fn of(name: &'d str, table: Table<'d>) -> Self {
        Self {
            name,
            document: table.document,
            at: table.at,
            fields: table.fields(),
        }
    }

    /// The value of one key.
    pub fn get(&self, name: &str) -> Option<Field<'d>> {
        self.fields.iter().find(|field| field.name == name).copied()
    }

    /// Notes keys that no dependency has.
    pub fn check_keys(&self, findings: &mut Findings) {
        let keys = || SELECTORS.into_iter().chain(OTHER_KEYS);
        for field in &self.fields {
            if keys().any(|key| key == field.name) {
                continue;
            }
            let help = match field.name {
                "package" => "packages are defined inside `[dependencies]` of a workspace only; \
                              give the dependency a manifest of its own"
                    .to_owned(),
                "features" | "default-features" | "optional" => {
                    "that is Cargo's; a conda package has `extras` and `flags`".to_owned()
                }
                name => match nearest(name, keys()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "the usual keys are `version`, `build`, `channel`, `path` and `git`"
                        .to_owned(),
                },
            };
            findings.mistake(UnknownKey {
                key: field.name.to_owned(),
                table: format!("the dependency `{}`", self.name),
                help,
                file: field.value.document.file(),
                at: field.key_at,
            });
        }
    }

    /// Notes that only one of the two keys can be given.
    pub fn conflict(
        &self,
        first: &Field<'d>,
        second: &Field<'d>,
        help: &str,
        findings: &mut Findings,
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
    pub fn version(&self, findings: &mut Findings) -> Option<String> {
        version::constraint(self.get("version")?.value, findings)
    }

    /// A string.
    pub fn text(&self, key: &str, findings: &mut Findings) -> Option<String> {
        Some(self.get(key)?.value.text(findings)?.to_owned())
    }

    /// An array of strings.
    pub fn texts(&self, key: &str, findings: &mut Findings) -> Option<Vec<String>> {
        let texts = self.get(key)?.value.texts(findings)?;
        Some(texts.into_iter().map(|(text, _)| text.to_owned()).collect())
    }

    /// A string that matches strings: exact, glob or regular expression.
    pub fn matcher(&self, key: &str, findings: &mut Findings) -> Option<String> {
        let value = self.get(key)?.value;
        check_matcher(value.text(findings)?, value, findings)
    }

    /// An array of such strings.
    pub fn matchers(&self, key: &str, findings: &mut Findings) -> Option<Vec<String>> {
        let texts = self.get(key)?.value.texts(findings)?;
        (texts.into_iter())
            .map(|(text, value)| check_matcher(text, value, findings))
            .collect()
    }

    /// The constraint on the build number.
    pub fn build_number(&self, findings: &mut Findings) -> Option<String> {
        let value = self.get("build-number")?.value;
        let text = value.text(findings)?;
        // The parser of rattler_conda_types panics on more digits than a number can have.
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
    pub fn hash(&self, key: &str, findings: &mut Findings) -> Option<String> {
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

fn check_matcher(text: &str, value: Value<'_>, findings: &mut Findings) -> Option<String> {
    match StringMatcher::from_str(text) {
        Ok(_) => Some(text.to_owned()),
        Err(error) => {
            let help = Some("write the text, a glob such as `py*`, or `^<regex>$`".to_owned());
            value.invalid("a matcher", error.to_string(), help, findings)
        }
    }
}

/// Whether a key narrows the choice wherever the package comes from.
pub(crate) fn is_selector(key: &str) -> bool {
    SELECTORS.contains(&key)
}
