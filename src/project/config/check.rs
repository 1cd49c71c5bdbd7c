//! Checks the configuration option by option and collects all errors.

use rattler_conda_types::Subdir;
use serde_json::{Map, Value};

use super::errors::{
    ConfigError, InvalidValue, Mistakes, NotATable, SameForAll, TargetTwice, UnknownKey,
    UnknownTarget, WrongType,
};
use super::option_path::OptionPath;
use super::{EntryPart, Options, Target};
use crate::diagnostic::{in_order_of_files, list, nearest};
use crate::project::manifest::Manifest;

/// Selectors of targets in addition to the names of platforms.
const FAMILIES: [&str; 5] = ["unix", "linux", "osx", "macos", "win"];

pub(super) struct Check<'a> {
    backend: &'static str,
    manifest: &'a Manifest,
    mistakes: Vec<ConfigError>,
}

impl<'a> Check<'a> {
    pub(super) fn new(backend: &'static str, manifest: &'a Manifest) -> Self {
        Self {
            backend,
            manifest,
            mistakes: Vec::new(),
        }
    }

    pub(super) fn table(&mut self, value: Value, place: &OptionPath) -> Map<String, Value> {
        match value {
            Value::Null => Map::new(),
            Value::Object(table) => table,
            other => {
                self.mistakes.push(ConfigError::NotATable(NotATable {
                    place: place.to_string(),
                    found: kind(&other),
                    file: self.manifest.file(),
                    at: place.find(|keys| self.manifest.value_span(keys)),
                }));
                Map::new()
            }
        }
    }

    pub(super) fn target<O: Options>(
        &mut self,
        selector: String,
        table: Value,
        place: OptionPath,
    ) -> Target {
        let table = self.table(table, &place);
        self.options::<O>(&table, &place);
        for key in O::SAME_FOR_ALL_TARGETS {
            if table.contains_key(*key) {
                let place = place.clone().option(key);
                self.mistakes.push(ConfigError::SameForAll(SameForAll {
                    key,
                    file: self.manifest.file(),
                    at: place.find(|keys| self.manifest.key_span(keys)),
                }));
            }
        }
        Target {
            selector,
            table,
            place,
        }
    }

    pub(super) fn options<O: Options>(&mut self, table: &Map<String, Value>, place: &OptionPath) {
        for (key, value) in table {
            let place = place.clone().option(key);
            if O::KEYS.contains(&key.as_str()) {
                self.option::<O>(key, value, &place);
                continue;
            }
            self.mistakes.push(ConfigError::UnknownKey(UnknownKey {
                key: key.clone(),
                backend: self.backend,
                suggestion: suggestion(key, O::KEYS),
                file: self.manifest.file(),
                at: place.find(|keys| self.manifest.key_span(keys)),
            }));
        }
    }

    /// Checks one option at a time, so that an error is known to be in it. Each entry of
    /// a table is checked separately.
    fn option<O: Options>(&mut self, key: &str, value: &Value, place: &OptionPath) {
        let alone = |value: Value| {
            let table = Map::from_iter([(key.to_string(), value)]);
            serde_json::from_value::<O>(Value::Object(table))
        };
        let options = match alone(value.clone()) {
            Ok(options) => return self.validate(&options, place),
            Err(source) => source,
        };
        let entries: Vec<(String, serde_json::Error)> = match value {
            Value::Object(entries) => (entries.iter())
                .map(|(name, value)| (name, Map::from_iter([(name.clone(), value.clone())])))
                .filter_map(|(name, entry)| {
                    Some((name.clone(), alone(Value::Object(entry)).err()?))
                })
                .collect(),
            _ => Vec::new(),
        };
        if entries.is_empty() {
            self.wrong((key, value), &options, place);
        }
        for (name, source) in entries {
            let place = place.clone().option(&name);
            self.wrong((&name, &value[&name]), &source, &place);
        }
    }

    fn wrong(
        &mut self,
        (key, value): (&str, &Value),
        source: &serde_json::Error,
        place: &OptionPath,
    ) {
        // Replaces the terms of JSON and Rust with those of TOML.
        let reason = source.to_string();
        if let (Some(known), Value::String(given)) = (known_words(&reason), value) {
            self.mistakes.push(ConfigError::InvalidValue(InvalidValue {
                message: format!("`{key}` cannot be `{given}`"),
                help: match nearest(given, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("write {}", either(&known)),
                },
                file: self.manifest.file(),
                at: place.find(|keys| self.manifest.value_span(keys)),
            }));
            return;
        }
        let reason = match reason.strip_prefix("invalid type: ") {
            Some(found) => format!("found {found}"),
            // The error for a value with several possible types contains only the expected types.
            None => format!("found {}, expected {reason}", kind(value)),
        };
        let reason = reason
            .replace("a sequence", "an array")
            .replace("a map", "a table");
        let reason = reason
            .replace("sequence,", "an array,")
            .replace("map,", "a table,");
        self.mistakes.push(ConfigError::WrongType(WrongType {
            key: key.to_string(),
            help: rewritten(key, value, &reason),
            reason,
            file: self.manifest.file(),
            at: place.find(|keys| self.manifest.value_span(keys)),
        }));
    }

    fn validate(&mut self, options: &impl Options, place: &OptionPath) {
        for misfit in options.validate() {
            let place = misfit.keys[1..]
                .iter()
                .fold(place.clone(), |place, key| place.option(key));
            self.mistakes.push(ConfigError::InvalidValue(InvalidValue {
                message: misfit.message,
                help: misfit.help,
                file: self.manifest.file(),
                at: place.find(|keys| match misfit.part {
                    EntryPart::Key => self.manifest.key_span(keys),
                    EntryPart::Value => self.manifest.value_span(keys),
                }),
            }));
        }
    }

    /// pixi validates the selectors of its own tables, but not these.
    pub(super) fn selector(&mut self, selector: &str, place: &OptionPath) {
        if FAMILIES.contains(&selector) || selector.parse::<Subdir>().is_ok() {
            return;
        }
        let subdirs = ["linux-64", "linux-aarch64", "osx-64", "osx-arm64", "win-64"];
        let known = || FAMILIES.into_iter().chain(subdirs);
        let help = match nearest(selector, known()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("use one of {} or another conda platform", list(known())),
        };
        self.mistakes
            .push(ConfigError::UnknownTarget(UnknownTarget {
                selector: selector.to_string(),
                help,
                file: self.manifest.file(),
                at: place.find(|keys| self.manifest.key_span(keys)),
            }));
    }

    pub(super) fn twice(&mut self, selector: &str, place: &OptionPath) {
        self.mistakes.push(ConfigError::TargetTwice(TargetTwice {
            selector: selector.to_string(),
            file: self.manifest.file(),
            at: place.find(|keys| self.manifest.key_span(keys)),
        }));
    }

    pub(super) fn finish(mut self) -> Result<(), miette::Report> {
        match self.mistakes.len() {
            0 => Ok(()),
            1 => Err(self.mistakes.remove(0).into()),
            count => {
                in_order_of_files(&mut self.mistakes);
                Err(Mistakes {
                    count,
                    mistakes: self.mistakes,
                }
                .into())
            }
        }
    }
}

/// Keys of other tables of the manifest that users write among the options.
const ELSEWHERE: [(&str, &[&str]); 2] = [
    (
        "package.build",
        &[
            "backend",
            "build-number",
            "build-string-prefix",
            "flags",
            "secrets",
            "source",
        ],
    ),
    (
        "package",
        &[
            "build-dependencies",
            "description",
            "extra-dependencies",
            "homepage",
            "host-dependencies",
            "license",
            "license-file",
            "name",
            "repository",
            "run-constraints",
            "run-dependencies",
            "run-exports",
            "version",
        ],
    ),
];

fn suggestion(key: &str, known: &[&str]) -> String {
    if key == "target" {
        return "write the options of a target into `[package.build.target.<selector>.config]`"
            .to_string();
    }
    if let Some((table, _)) = ELSEWHERE.iter().find(|(_, keys)| keys.contains(&key)) {
        return format!("`{key}` is a key of `[{table}]`");
    }
    match nearest(key, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            // Older spellings of the same options contain underscores.
            let current = known.iter().copied().filter(|key| !key.contains('_'));
            format!("the options are {}", list(current))
        }
    }
}

/// The same value as another type, for values that only lack quotes or brackets.
fn rewritten(key: &str, value: &Value, reason: &str) -> Option<String> {
    let written = match value {
        Value::String(_) if reason.ends_with("an array") => format!("[{value}]"),
        Value::String(text) if reason.ends_with("a boolean") => match text.as_str() {
            "true" | "yes" => "true".to_string(),
            _ => "false".to_string(),
        },
        Value::Number(_) | Value::Bool(_) if reason.ends_with("a string") => {
            format!("\"{value}\"")
        }
        _ => return None,
    };
    Some(format!("write `{key} = {written}`"))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "a table",
    }
}

/// The possible words in the message about a word that is none of them.
fn known_words(reason: &str) -> Option<Vec<&str>> {
    let (_, known) = reason
        .strip_prefix("unknown variant `")?
        .split_once("expected ")?;
    Some(known.split('`').skip(1).step_by(2).collect())
}

/// The words as a choice: "`a`, `b` or `c`".
fn either(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`\"{word}\"`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}
