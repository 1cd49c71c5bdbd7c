//! The configuration of a backend: a base table and tables for targets become one typed
//! value.
//!
//! Tables are merged before they are deserialized, the least specific selector first. A
//! target can therefore set any option to any value, including an empty list. The backend
//! defines its options; see [`Options`].

mod check;
mod errors;
mod option_path;

use indexmap::IndexMap;
use miette::{Report, SourceSpan};
use rattler_conda_types::Subdir;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::diagnostic::Warning;
use crate::project::manifest::Manifest;
use check::Check;
use option_path::OptionPath;

/// The options of one backend.
///
/// A table option is merged key by key, every other option is replaced.
pub trait Options: DeserializeOwned + Send + Sync + 'static {
    /// All keys that [`serde`] accepts, for suggestions.
    const KEYS: &'static [&'static str];

    /// Keys that are not allowed in the tables of targets.
    const SAME_FOR_ALL_TARGETS: &'static [&'static str] = &[];

    /// Keys that apply on Windows only if a target table for Windows sets them.
    const NOT_ON_WINDOWS: &'static [&'static str] = &[];

    /// Warnings about values that are accepted but have no effect.
    fn warnings(&self) -> Vec<Warning>;

    /// Values that have the right type but are not valid.
    fn validate(&self) -> Vec<InvalidOption> {
        Vec::new()
    }
}

/// An invalid value and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidOption {
    /// The option, and the key in it when the option is a table.
    pub keys: Vec<String>,
    /// The part of the entry.
    pub part: EntryPart,
    /// The problem, in lower case, without a full stop.
    pub message: String,
    /// The way out.
    pub help: String,
}

/// The invalid part of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryPart {
    /// The name of the entry.
    Key,
    /// The value of the entry.
    Value,
}

/// The configuration tables of a package, checked but not yet merged.
#[derive(Debug, Clone)]
pub struct ConfigTables {
    base: Map<String, Value>,
    /// The tables of targets, in the order of the manifest.
    targets: Vec<Target>,
}

/// The options of one target.
#[derive(Debug, Clone)]
struct Target {
    selector: String,
    table: Map<String, Value>,
    place: OptionPath,
}

impl ConfigTables {
    /// Splits the configuration into tables and checks every option in each of them,
    /// including those of targets that do not apply.
    ///
    /// # Errors
    /// One error for each unknown key and each invalid value. If there are several, the returned
    /// error contains all of them.
    pub fn read<O: Options>(
        backend: &'static str,
        configuration: Option<Value>,
        target_configuration: Option<IndexMap<String, Value>>,
        manifest: &Manifest,
    ) -> Result<Self, Report> {
        let mut check = Check::new(backend, manifest);
        let mut base = check.table(configuration.unwrap_or_default(), &OptionPath::base());
        // Older documentation has target tables inside the configuration. A backend may
        // have an option with that name, whose value is not a table.
        let is_option = |value: &Value| O::KEYS.contains(&"targets") && !value.is_object();
        let nested = if base.get("targets").is_some_and(is_option) {
            Value::default()
        } else {
            base.remove("targets").unwrap_or_default()
        };
        let nested = check.table(nested, &OptionPath::base().option("targets"));
        check.options::<O>(&base, &OptionPath::base());

        let mut targets: Vec<Target> = Vec::new();
        for (selector, table) in target_configuration.unwrap_or_default() {
            let place = OptionPath::target(&selector);
            targets.push(check.target::<O>(selector, table, place));
        }
        for (selector, table) in nested {
            let place = OptionPath::nested_target(&selector);
            check.selector(&selector, &place);
            if targets
                .iter()
                .any(|known| is_same(&known.selector, &selector))
            {
                check.twice(&selector, &place);
            }
            targets.push(check.target::<O>(selector, table, place));
        }
        check.finish()?;
        Ok(Self { base, targets })
    }

    /// The configuration for `host`: the base table with every matching target table
    /// applied, least specific first and otherwise in the order of the manifest.
    ///
    /// # Errors
    /// None for tables that [`ConfigTables::read`] accepted, unless two options
    /// contradict each other.
    pub fn merged<O: Options>(&self, host: Subdir) -> Result<O, Report> {
        let mut merged = self.base.clone();
        if host.is_windows() {
            merged.retain(|key, _| !O::NOT_ON_WINDOWS.contains(&key.as_str()));
        }
        for target in self.matching(host) {
            for (key, value) in &target.table {
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

    /// The place of the value that applies on `host`. `keys` are the option and, if it is
    /// a table, a key in it.
    pub fn value_span(
        &self,
        host: Subdir,
        keys: &[&str],
        manifest: &Manifest,
    ) -> Option<SourceSpan> {
        let of = |place: &OptionPath| {
            let place = keys
                .iter()
                .fold(place.clone(), |place, key| place.option(key));
            place.find(|keys| manifest.value_span(keys))
        };
        let targets = self.matching(host);
        let above = targets.iter().rev().find_map(|target| of(&target.place));
        above.or_else(|| of(&OptionPath::base()))
    }

    /// The tables for `host`, least specific first.
    fn matching(&self, host: Subdir) -> Vec<&Target> {
        let mut matching: Vec<(Specificity, &Target)> = (self.targets.iter())
            .filter_map(|target| Some((specificity(&target.selector, host)?, target)))
            .collect();
        matching.sort_by_key(|(specificity, _)| *specificity);
        matching.into_iter().map(|(_, target)| target).collect()
    }
}

/// Returns the place in `manifest` of the option that applies on `host`, for callers that do not
/// have the tables.
pub fn written_at(manifest: &Manifest, host: Subdir, keys: &[&str]) -> Option<SourceSpan> {
    let selectors = [host.as_str(), "linux", "macos", "osx", "win", "unix"];
    let matching = selectors
        .into_iter()
        .filter(|it| specificity(it, host).is_some());
    let places = matching.flat_map(|it| [OptionPath::target(it), OptionPath::nested_target(it)]);
    let mut places = places.chain([OptionPath::base()]);
    places.find_map(|place| {
        let place = keys.iter().fold(place, |place, key| place.option(key));
        place.find(|keys| manifest.value_span(keys))
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Specificity {
    Family,
    System,
    Subdir,
}

/// Whether two selectors are the same. A client sends `macos` for `osx`.
fn is_same(one: &str, other: &str) -> bool {
    let name = |selector| if selector == "osx" { "macos" } else { selector };
    name(one) == name(other)
}

/// The specificity of `selector` for `host`; `None` if it does not match.
fn specificity(selector: &str, host: Subdir) -> Option<Specificity> {
    match selector {
        "unix" => host.is_unix().then_some(Specificity::Family),
        "linux" => host.is_linux().then_some(Specificity::System),
        "macos" | "osx" => host.is_osx().then_some(Specificity::System),
        "win" => host.is_windows().then_some(Specificity::System),
        subdir => (subdir == host.as_str()).then_some(Specificity::Subdir),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

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
        ConfigTables::read::<Example>("example", Some(base), Some(targets), &manifest)
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

    #[test]
    fn osx_and_macos_are_one_target() {
        let base = serde_json::json!({"targets": {"osx": {"extra-args": ["-v"]}}});
        let targets = [("macos".to_string(), serde_json::json!({}))].into();
        let manifest = Manifest::at("does-not-exist/pixi.toml".as_ref());
        let read = ConfigTables::read::<Example>("example", Some(base), Some(targets), &manifest);
        let error = read.expect_err("the target is there twice").to_string();
        assert!(error.contains("`osx`"), "{error}");
    }
}
