//! The backend's configuration: a base table and tables for targets become one
//! typed value.
//!
//! Tables are merged before they are deserialised, least specific selector
//! first, so a target can set any option to any value, also to an empty list.
//! Which options exist is the backend's business; see [`Options`].

use std::collections::BTreeMap;

use indexmap::IndexMap;
use miette::{Diagnostic, Report, SourceSpan};
use rattler_conda_types::Subdir;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use thiserror::Error;

use crate::diagnostic::{SourceFile, Warning, list, nearest};
use crate::project::manifest::Manifest;

/// The options of one backend.
///
/// A table option is merged key by key, every other option is replaced.
pub trait Options: DeserializeOwned + Send + Sync + 'static {
    /// Every key that [`serde`] accepts, for suggestions.
    const KEYS: &'static [&'static str];

    /// What to tell the user about values that are accepted but have no effect.
    fn warnings(&self) -> Vec<Warning>;
}

/// The configuration tables of a package, checked but not yet merged.
#[derive(Debug)]
pub struct Tables {
    base: Map<String, Value>,
    /// In the order of the manifest.
    targets: Vec<(String, Map<String, Value>)>,
}

impl Tables {
    /// Takes the tables apart and checks every option of every one of them, also
    /// of targets that do not apply today.
    ///
    /// # Errors
    /// [`Mistakes`] with one entry for each unknown key and each wrong type.
    pub fn read<O: Options>(
        backend: &'static str,
        configuration: Option<Value>,
        target_configuration: Option<IndexMap<String, Value>>,
        manifest: &Manifest,
    ) -> Result<Self, Report> {
        let mut check = Check {
            backend,
            manifest,
            mistakes: Vec::new(),
        };
        let mut base = check.table(configuration.unwrap_or_default(), &Place::base());
        // Older documentation spells target tables inside the configuration.
        let nested = base.remove("targets").unwrap_or_default();
        let nested = check.table(nested, &Place::base().option("targets"));

        let mut targets = Vec::new();
        for (selector, table) in target_configuration.unwrap_or_default() {
            let place = Place::target(&selector);
            let table = check.table(table, &place);
            check.options::<O>(&table, &place);
            targets.push((selector, table));
        }
        for (selector, table) in nested {
            let place = Place::nested_target(&selector);
            let table = check.table(table, &place);
            check.options::<O>(&table, &place);
            if targets.iter().any(|(known, _)| *known == selector) {
                check.twice(&selector, &place);
            }
            targets.push((selector, table));
        }
        check.options::<O>(&base, &Place::base());
        check.finish()?;
        Ok(Self { base, targets })
    }

    /// The configuration that applies on `host`: the base overlaid with every
    /// matching target table, least specific first, ties in manifest order.
    ///
    /// # Errors
    /// None for tables that [`Tables::read`] accepted, unless two options
    /// contradict each other.
    pub fn merged<O: Options>(&self, host: Subdir) -> Result<O, Report> {
        let mut matching: Vec<(Specificity, &Map<String, Value>)> = self
            .targets
            .iter()
            .filter_map(|(selector, table)| Some((specificity(selector, host)?, table)))
            .collect();
        matching.sort_by_key(|(specificity, _)| *specificity);

        let mut merged = self.base.clone();
        for (_, table) in matching {
            for (key, value) in table {
                match (merged.get_mut(key), value) {
                    (Some(Value::Object(below)), Value::Object(above)) => {
                        below.extend(above.clone());
                    }
                    _ => {
                        merged.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        serde_json::from_value(Value::Object(merged))
            .map_err(|source| miette::miette!("invalid configuration: {source}"))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Specificity {
    Family,
    System,
    Subdir,
}

/// How closely `selector` describes `host`; `None` when it does not.
fn specificity(selector: &str, host: Subdir) -> Option<Specificity> {
    match selector {
        "unix" => host.is_unix().then_some(Specificity::Family),
        "linux" => host.is_linux().then_some(Specificity::System),
        "macos" | "osx" => host.is_osx().then_some(Specificity::System),
        "win" => host.is_windows().then_some(Specificity::System),
        subdir => (subdir == host.as_str()).then_some(Specificity::Subdir),
    }
}

/// The key path of a table in the manifest, with the spellings it may have.
#[derive(Debug, Clone)]
struct Place {
    spellings: Vec<Vec<String>>,
}

impl Place {
    fn of(spellings: &[&[&str]]) -> Self {
        let spellings = spellings
            .iter()
            .map(|keys| keys.iter().map(ToString::to_string).collect())
            .collect();
        Self { spellings }
    }

    fn base() -> Self {
        Self::of(&[
            &["package", "build", "config"],
            &["package", "build", "configuration"],
        ])
    }

    fn target(selector: &str) -> Self {
        // pixi turns `osx` into `macos` before it sends the selector.
        let written = if selector == "macos" { "osx" } else { selector };
        Self::of(&[
            &["package", "build", "target", selector, "config"],
            &["package", "build", "target", written, "config"],
            &["package", "build", "target", selector, "configuration"],
            &["package", "build", "target", written, "configuration"],
        ])
    }

    fn nested_target(selector: &str) -> Self {
        Self::base().option("targets").option(selector)
    }

    fn option(mut self, key: &str) -> Self {
        for keys in &mut self.spellings {
            keys.push(key.to_string());
        }
        self
    }

    fn find(&self, span: impl Fn(&[&str]) -> Option<SourceSpan>) -> Option<SourceSpan> {
        self.spellings.iter().find_map(|keys| {
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            span(&keys)
        })
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.spellings[0].join("."))
    }
}

struct Check<'a> {
    backend: &'static str,
    manifest: &'a Manifest,
    mistakes: Vec<Mistake>,
}

impl Check<'_> {
    fn table(&mut self, value: Value, place: &Place) -> Map<String, Value> {
        match value {
            Value::Null => Map::new(),
            Value::Object(table) => table,
            other => {
                self.mistakes.push(Mistake::NotATable {
                    place: place.to_string(),
                    found: kind(&other),
                    file: self.manifest.file(),
                    at: place.find(|keys| self.manifest.value_span(keys)),
                });
                Map::new()
            }
        }
    }

    fn options<O: Options>(&mut self, table: &Map<String, Value>, place: &Place) {
        for (key, value) in table {
            let place = place.clone().option(key);
            if !O::KEYS.contains(&key.as_str()) {
                self.mistakes.push(Mistake::UnknownKey {
                    key: key.clone(),
                    backend: self.backend,
                    suggestion: suggestion(key, O::KEYS),
                    file: self.manifest.file(),
                    at: place.find(|keys| self.manifest.key_span(keys)),
                });
                continue;
            }
            // One option at a time, so that the mistake is known to be in it.
            let alone = BTreeMap::from([(key, value)]);
            let alone = serde_json::to_value(alone).unwrap_or_default();
            if let Err(source) = serde_json::from_value::<O>(alone) {
                self.mistakes.push(Mistake::WrongValue {
                    key: key.clone(),
                    reason: source.to_string(),
                    file: self.manifest.file(),
                    at: place.find(|keys| self.manifest.value_span(keys)),
                });
            }
        }
    }

    fn twice(&mut self, selector: &str, place: &Place) {
        self.mistakes.push(Mistake::TargetTwice {
            selector: selector.to_string(),
            file: self.manifest.file(),
            at: place.find(|keys| self.manifest.key_span(keys)),
        });
    }

    fn finish(mut self) -> Result<(), Report> {
        match self.mistakes.len() {
            0 => Ok(()),
            1 => Err(self.mistakes.remove(0).into()),
            count => Err(Mistakes {
                count,
                mistakes: self.mistakes,
            }
            .into()),
        }
    }
}

fn suggestion(key: &str, known: &[&str]) -> String {
    match nearest(key, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if key == "target" => {
            "write options of a target into `[package.build.target.<selector>.config]`".to_string()
        }
        None => format!("the options are {}", list(known.iter().copied())),
    }
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

/// Several mistakes in one configuration.
#[derive(Debug, Error, Diagnostic)]
#[error("failed to parse configuration: {count} options are wrong")]
#[diagnostic(code(config::invalid))]
struct Mistakes {
    count: usize,
    #[related]
    mistakes: Vec<Mistake>,
}

/// A mistake in one option.
#[derive(Debug, Error, Diagnostic)]
enum Mistake {
    #[error("failed to parse configuration: unknown field `{key}`, {backend} has no such option")]
    #[diagnostic(code(config::unknown_key), help("{suggestion}"))]
    UnknownKey {
        key: String,
        backend: &'static str,
        suggestion: String,
        #[source_code]
        file: SourceFile,
        #[label("not recognized")]
        at: Option<SourceSpan>,
    },
    #[error("failed to parse configuration: `{key}` has the wrong value: {reason}")]
    #[diagnostic(code(config::wrong_value))]
    WrongValue {
        key: String,
        reason: String,
        #[source_code]
        file: SourceFile,
        #[label("this value")]
        at: Option<SourceSpan>,
    },
    #[error("failed to parse configuration: `{place}` must be a table, found {found}")]
    #[diagnostic(code(config::not_a_table))]
    NotATable {
        place: String,
        found: &'static str,
        #[source_code]
        file: SourceFile,
        #[label("not a table")]
        at: Option<SourceSpan>,
    },
    #[error("the target `{selector}` is configured twice")]
    #[diagnostic(
        code(config::target_twice),
        help("keep `[package.build.target.{selector}.config]` and move its options there")
    )]
    TargetTwice {
        selector: String,
        #[source_code]
        file: SourceFile,
        #[label("again here")]
        at: Option<SourceSpan>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize, Default, PartialEq)]
    #[serde(rename_all = "kebab-case", default)]
    struct Example {
        extra_args: Vec<String>,
        env: BTreeMap<String, String>,
    }

    impl Options for Example {
        const KEYS: &'static [&'static str] = &["extra-args", "env"];

        fn warnings(&self) -> Vec<Warning> {
            Vec::new()
        }
    }

    fn merged(base: Value, targets: &[(&str, Value)], host: Subdir) -> Example {
        let targets = targets
            .iter()
            .map(|(selector, table)| (selector.to_string(), table.clone()))
            .collect();
        let manifest = Manifest::at("does-not-exist/pixi.toml".as_ref());
        Tables::read::<Example>("example", Some(base), Some(targets), &manifest)
            .expect("the tables are valid")
            .merged(host)
            .expect("the options agree")
    }

    #[test]
    fn target_table_can_clear_a_list() {
        let example = merged(
            serde_json::json!({"extra-args": ["--features", "tls"]}),
            &[("linux-64", serde_json::json!({"extra-args": []}))],
            Subdir::Linux64,
        );
        assert_eq!(example.extra_args, Vec::<String>::new());
    }

    #[test]
    fn every_matching_target_applies_and_the_most_specific_wins() {
        let targets = [
            ("linux-64", serde_json::json!({"env": {"B": "subdir"}})),
            (
                "unix",
                serde_json::json!({"env": {"A": "unix", "B": "unix"}}),
            ),
            ("win", serde_json::json!({"env": {"A": "win"}})),
        ];
        let example = merged(serde_json::json!({}), &targets, Subdir::Linux64);
        let expected = [("A", "unix"), ("B", "subdir")];
        assert_eq!(
            example.env,
            expected.map(|(k, v)| (k.to_string(), v.to_string())).into()
        );
    }

    #[test]
    fn targets_inside_the_configuration_mean_the_same() {
        let base = serde_json::json!({"targets": {"osx-arm64": {"extra-args": ["-v"]}}});
        let example = merged(base, &[], Subdir::OsxArm64);
        assert_eq!(example.extra_args, ["-v"]);
    }
}
