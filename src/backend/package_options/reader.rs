//! Reads values of the configuration that have more than one valid form. Errors use the terms of
//! TOML.

use serde_json::{Map, Value};

use crate::backend::extras::{OptionKeys, climbs};
use crate::diagnostic::{list, nearest};
use crate::project::config::{EntryPart, InvalidOption};

/// The value that was read, or the error in it.
pub(super) type Result<T, E = InvalidOption> = std::result::Result<T, E>;

/// A value and its keys.
#[derive(Debug, Clone)]
pub(super) struct Reader<'a> {
    at: OptionKeys,
    value: &'a Value,
}

impl<'a> Reader<'a> {
    pub(super) fn new(at: &[&str], value: &'a Value) -> Self {
        let at = at.iter().map(ToString::to_string).collect();
        Self { at, value }
    }

    /// The keys of the value.
    pub(super) fn at(&self) -> OptionKeys {
        self.at.clone()
    }

    pub(super) fn value(&self) -> &'a Value {
        self.value
    }

    /// An error in the value.
    pub(super) fn wrong(&self, message: &str, help: &str) -> InvalidOption {
        InvalidOption {
            keys: self.at.clone(),
            part: EntryPart::Value,
            message: format!("`{}` {message}", self.at.join(".")),
            help: help.to_string(),
        }
    }

    /// The value as a table that has no keys except for `known`.
    pub(super) fn table(&self, known: &[&str]) -> Result<&'a Map<String, Value>> {
        let Value::Object(table) = self.value else {
            let message = format!("must be a table, found {}", kind(self.value));
            let known = list(known.iter().copied());
            return Err(self.wrong(&message, &format!("its keys are {known}")));
        };
        match table.keys().find(|key| !known.contains(&key.as_str())) {
            None => Ok(table),
            Some(key) => Err(self.unknown(key, known)),
        }
    }

    /// An error for a key that is not one of `known`.
    pub(super) fn unknown(&self, key: &str, known: &[&str]) -> InvalidOption {
        let mut keys = self.at.clone();
        keys.push(key.to_string());
        InvalidOption {
            message: format!("`{}` does not have the key `{key}`", self.at.join(".")),
            help: match nearest(key, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the keys are {}", list(known.iter().copied())),
            },
            part: EntryPart::Key,
            keys,
        }
    }

    /// The value of a key, if this value is a table that contains the key.
    pub(super) fn get(&self, key: &str) -> Option<Reader<'a>> {
        let value = self.value.as_object()?.get(key)?;
        let mut at = self.at.clone();
        at.push(key.to_string());
        Some(Reader { at, value })
    }

    pub(super) fn text(&self) -> Result<String> {
        match self.value {
            Value::String(text) if text.contains('\0') => Err(self.wrong(
                "contains a NUL character",
                "arguments and file names cannot contain one: remove it",
            )),
            Value::String(text) => Ok(text.clone()),
            other => Err(self.wrong(
                &format!("must be a string, found {}", kind(other)),
                "write it in quotes",
            )),
        }
    }

    /// A string, which must not be empty.
    pub(super) fn full_text(&self) -> Result<String> {
        let text = self.text()?;
        if text.is_empty() {
            Err(self.wrong("is empty", "write a name or a path"))
        } else {
            Ok(text)
        }
    }

    pub(super) fn texts(&self) -> Result<Vec<String>> {
        let Value::Array(values) = self.value else {
            return Err(self.wrong(
                &format!("must be an array of strings, found {}", kind(self.value)),
                "write it as `[\"…\"]`",
            ));
        };
        let read = |(index, value): (usize, &Value)| {
            let mut at = self.at.clone();
            at.push(index.to_string());
            Reader { at, value }.text()
        };
        values.iter().enumerate().map(read).collect()
    }

    pub(super) fn boolean(&self) -> Result<bool> {
        self.value.as_bool().ok_or_else(|| {
            self.wrong(
                &format!("must be a boolean, found {}", kind(self.value)),
                "write `true` or `false`",
            )
        })
    }

    /// The keys and strings of a table.
    pub(super) fn variables(&self) -> Result<Vec<(String, String)>> {
        let Value::Object(table) = self.value else {
            return Err(self.wrong(
                &format!("must be a table of strings, found {}", kind(self.value)),
                "write it as `{ NAME = \"value\" }`",
            ));
        };
        let keys = table.keys();
        keys.map(|key| Ok((key.clone(), self.get(key).expect("it has the key").text()?)))
            .collect()
    }

    /// A name without separators, such as that of a program.
    pub(super) fn name(&self) -> Result<String> {
        let text = self.full_text()?;
        if text.contains(['/', '\\']) {
            Err(self.wrong(
                &format!("is `{text}`, which is a path and not a name"),
                "write only the name",
            ))
        } else {
            Ok(text)
        }
    }

    /// The path of a file in the project. The separator is `/` on all platforms.
    pub(super) fn path(&self) -> Result<String> {
        let text = self.full_text()?;
        if text.contains('\\') {
            let slashes = text.replace('\\', "/");
            return Err(self.wrong(
                &format!("is `{text}`, whose separators are not `/`"),
                &format!("write `{slashes}`"),
            ));
        }
        match glob::Pattern::new(&text) {
            Ok(_) => Ok(text),
            Err(error) => Err(self.wrong(
                &format!("is `{text}`, which is not a pattern: {}", error.msg),
                "write a literal `[` as `[[]`",
            )),
        }
    }
}

/// Checks that a destination is below the prefix.
pub(super) fn destination(at: &[&str], to: &str) -> Result<()> {
    let mistake = |message: String, help: &str| InvalidOption {
        keys: at.iter().map(ToString::to_string).collect(),
        part: EntryPart::Key,
        message,
        help: help.to_string(),
    };
    if to.is_empty() || climbs(to) {
        return Err(mistake(
            format!("`{to}` is outside of the package"),
            "destinations are relative to the prefix, as in `share/doc/`",
        ));
    }
    if to.contains('\\') {
        Err(mistake(
            format!("the separators of `{to}` are not `/`"),
            "use `/` as the separator on every platform",
        ))
    } else {
        Ok(())
    }
}

/// The name of a type in TOML.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "a table",
    }
}
