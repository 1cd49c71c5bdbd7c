//! `env`: the environment variables of the build that the user sets or removes.

use std::fmt;
use std::ops::Index;

use indexmap::IndexMap;
use rattler_conda_types::Subdir;
use serde::de::{Deserializer, Unexpected, Visitor};
use serde::{Deserialize, de};

use crate::backend::script::{Step, Word};

/// Environment variables to set, and names of variables to remove.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(from = "IndexMap<String, Change>")]
pub struct Variables {
    set: IndexMap<String, String>,
    removed: Vec<String>,
}

impl Variables {
    /// Whether the user decides about the variable `name`, by a value or by `false`.
    pub fn contains_key(&self, name: &str) -> bool {
        self.set.contains_key(name) || self.removed.iter().any(|removed| removed == name)
    }

    /// The value of the variable `name`, if it is set.
    pub fn get(&self, name: &str) -> Option<&String> {
        self.set.get(name)
    }

    /// The variables that are set, with their values.
    pub fn iter(&self) -> indexmap::map::Iter<'_, String, String> {
        self.set.iter()
    }

    /// The names of the variables that are set.
    pub fn keys(&self) -> impl Iterator<Item = &String> {
        self.set.keys()
    }

    /// The values of the variables that are set.
    pub fn values(&self) -> impl Iterator<Item = &String> {
        self.set.values()
    }

    /// The names of the variables that are removed.
    pub fn removed(&self) -> &[String] {
        &self.removed
    }

    /// The steps of a script on `platform` that remove and set variables. Variables whose values
    /// contain templates are not included.
    pub fn steps(&self, platform: Subdir) -> Vec<Step> {
        let removed = (!self.removed.is_empty()).then(|| Step::Unset(self.removed.clone()));
        let plain = self.iter().filter(|(_, value)| !has_template(value));
        let set = plain.map(|(name, value)| {
            Step::Set(name.clone(), Word::with_references_on(platform, value))
        });
        removed.into_iter().chain(set).collect()
    }

    /// The same for variables to which the activation of an environment gives a value: see
    /// [`Combined`]. The values with templates are among them. The map has the templates, and the
    /// variables that a script reads them from.
    pub fn combined(&self, platform: Subdir) -> (Vec<Step>, IndexMap<String, String>) {
        let removed = (!self.removed.is_empty()).then(|| Step::Unset(self.removed.clone()));
        let mut steps: Vec<Step> = removed.into_iter().collect();
        let mut templates = IndexMap::new();
        for (name, value) in self {
            let is_template = has_template(value);
            let combined = Combined::of(name, value);
            if is_template && combined == Combined::Replaced {
                templates.insert(name.clone(), value.clone());
                continue;
            }
            let value = if is_template {
                let text = format!("PIXI_BUILD_TEXT_{}", templates.len());
                templates.insert(text.clone(), value.clone());
                Word::variable(text)
            } else {
                Word::with_references_on(platform, value)
            };
            steps.push(combined.step(name, value, platform));
        }
        (steps, templates)
    }

    /// The variables whose values contain templates.
    pub fn templates(&self) -> IndexMap<String, String> {
        let templates = self.iter().filter(|(_, value)| has_template(value));
        templates
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    /// Sets a variable.
    pub fn insert(&mut self, name: String, value: String) {
        self.set.insert(name, value);
    }
}

/// How the value of a variable is combined with the one that the activation of an environment
/// has set. The flags of conda's compilers are needed: without them, nothing in the prefix is
/// found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Combined {
    /// The value is added behind the other one, because the last flag wins.
    Appended,
    /// The value is added before the other one, because the first directory wins.
    Prepended,
    /// The value replaces the other one.
    Replaced,
}

impl Combined {
    const APPENDED: [&str; 9] = [
        "CFLAGS",
        "CMAKE_ARGS",
        "CPPFLAGS",
        "CUDAFLAGS",
        "CXXFLAGS",
        "FFLAGS",
        "LDFLAGS",
        "OBJCFLAGS",
        "OBJCXXFLAGS",
    ];

    /// How the variable `name` is combined. A `value` that refers to the variable itself says
    /// where the other value belongs, so it replaces it.
    pub fn of(name: &str, value: &str) -> Self {
        let itself = Word::variable(name).0;
        let words = [Subdir::Linux64, Subdir::Win64];
        let mut words = words
            .map(|platform| Word::with_references_on(platform, value))
            .into_iter();
        if words.any(|word| word.0.iter().any(|part| itself.contains(part))) {
            return Self::Replaced;
        }
        match name {
            "CMAKE_PREFIX_PATH" => Self::Prepended,
            _ if Self::APPENDED.contains(&name) => Self::Appended,
            _ => Self::Replaced,
        }
    }

    /// The step of a script on `platform` that sets the variable `name`.
    pub fn step(self, name: &str, value: Word, platform: Subdir) -> Step {
        match self {
            Self::Appended => Step::Append(name.to_string(), value),
            Self::Replaced => Step::Set(name.to_string(), value),
            Self::Prepended => {
                let separator = if platform.is_windows() { ";" } else { ":" };
                let mut both = value.then(separator);
                both.0.extend(Word::variable(name).0);
                Step::Set(name.to_string(), both)
            }
        }
    }
}

/// Whether a value contains a template. `$${{` is literal text, like `$$NAME`.
pub fn has_template(value: &str) -> bool {
    value.replace("$${{", "").contains("${{")
}

impl Index<&str> for Variables {
    type Output = String;

    fn index(&self, name: &str) -> &String {
        &self.set[name]
    }
}

impl<'a> IntoIterator for &'a Variables {
    type Item = (&'a String, &'a String);
    type IntoIter = indexmap::map::Iter<'a, String, String>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl From<IndexMap<String, Change>> for Variables {
    fn from(changes: IndexMap<String, Change>) -> Self {
        let mut variables = Self::default();
        for (name, change) in changes {
            match change {
                Change::Set(value) => variables.insert(name, value),
                Change::Remove => variables.removed.push(name),
            }
        }
        variables
    }
}

/// A change to a variable: a string is its new value, `false` removes it.
#[derive(Debug)]
enum Change {
    Set(String),
    Remove,
}

impl<'de> Deserialize<'de> for Change {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ChangeVisitor)
    }
}

struct ChangeVisitor;

impl Visitor<'_> for ChangeVisitor {
    type Value = Change;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Change, E> {
        Ok(Change::Set(value.to_string()))
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Change, E> {
        if value {
            Err(E::invalid_type(Unexpected::Bool(value), &self))
        } else {
            Ok(Change::Remove)
        }
    }
}

#[cfg(test)]
impl schemars::JsonSchema for Change {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Variable".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "The value of the variable; `false` removes it.",
            "anyOf": [{ "type": "string" }, { "const": false }],
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn false_removes_a_variable_and_true_is_not_a_value() {
        let read = |value| serde_json::from_value::<Variables>(value);
        let variables = read(json!({"A": "1", "B": false})).expect("valid");
        assert_eq!(variables["A"], "1");
        assert_eq!(variables.removed(), ["B"]);
        assert!(variables.contains_key("B") && variables.get("B").is_none());
        let steps = variables.steps(Subdir::Linux64);
        let expected = [
            Step::Unset(vec!["B".to_string()]),
            Step::Set("A".to_string(), "1".into()),
        ];
        assert_eq!(steps, expected);
        let error = read(json!({"A": true})).expect_err("not a value");
        assert_eq!(
            error.to_string(),
            "invalid type: boolean `true`, expected a string"
        );
    }

    #[test]
    fn flags_are_added_to_those_of_the_activated_compilers() {
        let variables: Variables = serde_json::from_value(json!({
            "CFLAGS": "-O3", "LDFLAGS": "-L${{ dir }} x", "CXXFLAGS": "-O3 $CXXFLAGS",
            "CMAKE_PREFIX_PATH": "/opt", "OTHER": "1", "FFLAGS": "$FFLAGS_OF_OURS", "TEXT": "${{ x }}", "CC": false,
        }))
        .expect("valid");
        let (steps, templates) = variables.combined(Subdir::Linux64);
        let set = |name: &str, value: Word| Step::Set(name.to_string(), value);
        let append = |name: &str, value: Word| Step::Append(name.to_string(), value);
        let mut path = Word::from("/opt").then(":");
        path.0.extend(Word::variable("CMAKE_PREFIX_PATH").0);
        let expected = [
            Step::Unset(vec!["CC".to_string()]),
            append("CFLAGS", "-O3".into()),
            append("LDFLAGS", Word::variable("PIXI_BUILD_TEXT_0")),
            set("CXXFLAGS", Word::with_references("-O3 $CXXFLAGS")),
            set("CMAKE_PREFIX_PATH", path),
            set("OTHER", "1".into()),
            append("FFLAGS", Word::variable("FFLAGS_OF_OURS")),
        ];
        assert_eq!(steps, expected);
        assert_eq!(templates["PIXI_BUILD_TEXT_0"], "-L${{ dir }} x");
        assert_eq!(templates["TEXT"], "${{ x }}");
    }
}
