//! Typed reading: the value of a key, or an error.

use miette::SourceSpan;

use crate::diagnostic::{list, nearest};
use crate::project::document::{Data, Document, Field, Table, Value};
use crate::project::load::mistake::Diagnostics;
use crate::project::load::mistake::shape::{
    Invalid, MissingKey, UnknownManifestKey, WrongManifestType,
};

impl<'d> Value<'d> {
    /// The string, or `None` after an error.
    pub(crate) fn text(self, findings: &mut Diagnostics) -> Option<&'d str> {
        match self.read() {
            Data::Text(text) => Some(text),
            other => self.not("a string", &other, findings),
        }
    }

    /// The boolean, or `None` after an error.
    pub(crate) fn boolean(self, findings: &mut Diagnostics) -> Option<bool> {
        match self.read() {
            Data::Boolean(flag) => Some(flag),
            other => self.not("`true` or `false`", &other, findings),
        }
    }

    /// The table, or `None` after an error.
    pub(crate) fn table(self, findings: &mut Diagnostics) -> Option<Table<'d>> {
        match self.read() {
            Data::Table(table) => Some(table),
            other => self.not("a table", &other, findings),
        }
    }

    /// The elements of the array, or `None` after an error.
    pub(crate) fn list(self, findings: &mut Diagnostics) -> Option<Vec<Value<'d>>> {
        match self.read() {
            Data::List(list) => Some(list),
            other => self.not("an array", &other, findings),
        }
    }

    /// The strings of the array with their values, or `None` after an error.
    pub(crate) fn texts(self, findings: &mut Diagnostics) -> Option<Vec<(&'d str, Value<'d>)>> {
        let Data::List(list) = self.read() else {
            return self.not("an array of strings", &self.read(), findings);
        };
        // All elements are read, so that every error is reported.
        let texts: Vec<_> = (list.into_iter())
            .map(|value| value.text(findings).map(|text| (text, value)))
            .collect();
        texts.into_iter().collect()
    }

    /// Reports that the value, whose type is `found`, has the wrong type.
    pub(crate) fn not<T>(
        self,
        expected: &'static str,
        found: &Data<'_>,
        findings: &mut Diagnostics,
    ) -> Option<T> {
        let help = match found {
            Data::Date => Some("dates are written in quotes".to_owned()),
            Data::Text(text) if expected == "an array of strings" => {
                Some(format!("write `[\"{text}\"]`"))
            }
            Data::Integer(_) | Data::Float(_) if expected == "a string" => {
                Some(format!("write `\"{}\"`", self.source_text()))
            }
            _ => None,
        };
        self.wrong_type(expected, help, findings)
    }

    /// Reports that the value has the wrong type, with the correct form.
    pub(crate) fn wrong_type<T>(
        self,
        expected: &'static str,
        help: Option<String>,
        findings: &mut Diagnostics,
    ) -> Option<T> {
        findings.mistake(WrongManifestType {
            key: self.key_path(),
            expected,
            found: self.read().with_article(),
            help,
            file: self.document.file(),
            at: self.at,
        });
        None
    }

    /// Reports that the text does not follow the grammar of its key.
    pub(crate) fn invalid<T>(
        self,
        what: &'static str,
        reason: impl Into<String>,
        help: Option<String>,
        findings: &mut Diagnostics,
    ) -> Option<T> {
        findings.mistake(Invalid {
            text: match self.read() {
                Data::Text(text) if !text.is_empty() => text.to_owned(),
                _ => self.source_text().to_owned(),
            },
            what,
            reason: reason.into(),
            help,
            file: self.document.file(),
            at: self.at,
        });
        None
    }

    /// The text of the value in the file.
    pub(crate) fn source_text(self) -> &'d str {
        let range = self.at.offset()..self.at.offset() + self.at.len();
        self.document.text().get(range).unwrap_or_default()
    }

    /// The dotted path of the key, from the root of the file.
    pub(crate) fn key_path(self) -> String {
        path_of(self.document, self.at)
    }
}

impl Data<'_> {
    fn with_article(&self) -> &'static str {
        match self {
            Self::Text(_) => "a string",
            Self::Integer(_) => "an integer",
            Self::Float(_) => "a number",
            Self::Boolean(true) => "`true`",
            Self::Boolean(false) => "`false`",
            Self::Date => "a date",
            Self::List(_) => "an array",
            Self::Table(_) => "a table",
        }
    }
}

impl Table<'_> {
    /// Reports every key that is not in `keys`.
    pub(crate) fn only(&self, keys: &[&str], findings: &mut Diagnostics) {
        let help = match keys {
            [one] => format!("the only key is `{one}`"),
            keys => format!("the keys are {}", list(keys.iter().copied())),
        };
        self.only_or(keys, &help, findings);
    }

    /// Reports every key that is not in `keys`. `help` is for keys that are not similar
    /// to any of them.
    pub(crate) fn only_or(&self, keys: &[&str], help: &str, findings: &mut Diagnostics) {
        for field in self.fields() {
            if !keys.contains(&field.name) {
                let help = match nearest(field.name, keys.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => help.to_owned(),
                };
                self.unknown(&field, help, findings);
            }
        }
    }

    /// Reports a key that the table does not have.
    pub(crate) fn unknown(&self, field: &Field<'_>, help: String, findings: &mut Diagnostics) {
        findings.mistake(UnknownManifestKey {
            key: field.name.to_owned(),
            table: self.title(),
            help,
            file: self.document.file(),
            at: field.key_at,
        });
    }

    /// Reports that `key` is missing.
    pub(crate) fn missing<T>(
        &self,
        key: &'static str,
        help: impl Into<String>,
        findings: &mut Diagnostics,
    ) -> Option<T> {
        findings.mistake(MissingKey {
            key,
            table: self.title(),
            help: help.into(),
            file: self.document.file(),
            at: self.at,
        });
        None
    }

    /// The name of the table in messages.
    pub(crate) fn title(&self) -> String {
        let path = path_of(self.document, self.at);
        if path.ends_with(']') {
            format!("`{path}`")
        } else {
            format!("`[{path}]`")
        }
    }
}

/// The header of a pixi table with its complete path, for help texts.
pub(crate) fn header(document: &Document, path: &str) -> String {
    let keys: Vec<&str> = path.split('.').collect();
    let keys = document.keys(&keys).unwrap_or(keys);
    format!("[{}]", keys.join("."))
}

fn path_of(document: &Document, at: SourceSpan) -> String {
    below_table(document.root(), at).unwrap_or_default()
}

/// The path of the key or value at `at`, joined by dots.
fn below_table(table: Table<'_>, at: SourceSpan) -> Option<String> {
    table.fields().into_iter().find_map(|field| {
        let name = quoted(field.name);
        if field.key_at == at || field.value.at == at {
            return Some(name);
        }
        Some(name + &below_value(field.value, at)?)
    })
}

/// The part of the path below a value that contains the one at `at`.
fn below_value(value: Value<'_>, at: SourceSpan) -> Option<String> {
    match value.read() {
        Data::Table(table) => Some(format!(".{}", below_table(table, at)?)),
        Data::List(list) => list.into_iter().enumerate().find_map(|(index, one)| {
            let rest = if one.at == at {
                String::new()
            } else {
                below_value(one, at)?
            };
            Some(format!("[{index}]{rest}"))
        }),
        _ => None,
    }
}

fn quoted(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !key.is_empty() && key.chars().all(bare) {
        key.to_owned()
    } else {
        format!("{key:?}")
    }
}
