//! The variables of a build script, and the changes to them.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::backend::script::{Step, Word};

/// The current variables, and the changes that the script has to make.
#[derive(Debug, Clone, Default)]
pub(super) struct Variables {
    now: BTreeMap<String, String>,
    /// The new values, by name. `None` for a variable that is removed.
    changes: BTreeMap<String, Option<String>>,
}

impl Variables {
    /// The variables of this process. A variable that is not Unicode is left out and therefore
    /// not changed.
    pub(super) fn of_process() -> Self {
        let unicode = |text: std::ffi::OsString| text.into_string().ok();
        std::env::vars_os()
            .filter_map(|(name, value)| Some((unicode(name)?, unicode(value)?)))
            .collect()
    }

    /// A value that is not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let value = self.now.get(name)?;
        (!value.is_empty()).then_some(value)
    }

    /// A value that is the path of a file or directory.
    pub(super) fn path(&self, name: &str) -> Option<&Path> {
        self.get(name).map(Path::new)
    }

    /// The names of all variables for which `wanted` holds.
    pub(super) fn names(&self, wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let names = self.now.keys().filter(|name| wanted(name));
        names.cloned().collect()
    }

    pub(super) fn set(&mut self, name: &str, value: impl Into<String>) {
        let value = value.into();
        if self.now.get(name) != Some(&value) {
            self.now.insert(name.to_string(), value.clone());
            self.changes.insert(name.to_string(), Some(value));
        }
    }

    pub(super) fn remove(&mut self, name: &str) {
        if self.now.remove(name).is_some() {
            self.changes.insert(name.to_string(), None);
        }
    }

    /// Passes the changes on to a program.
    pub(super) fn pass_on(&self, command: &mut Command) {
        for (name, value) in &self.changes {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
    }

    /// The steps with which the script makes the changes.
    pub(super) fn steps(&self) -> Vec<Step> {
        let removed = self.changes.iter().filter(|(_, value)| value.is_none());
        let removed: Vec<String> = removed.map(|(name, _)| name.clone()).collect();
        let set = self
            .changes
            .iter()
            .filter_map(|(name, value)| Some((name, value.as_ref()?)));
        let mut steps: Vec<Step> = set
            .map(|(name, value)| Step::Set(name.clone(), Word::literal(value)))
            .collect();
        if !removed.is_empty() {
            steps.push(Step::Unset(removed));
        }
        steps
    }
}

impl FromIterator<(String, String)> for Variables {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Self {
        Self {
            now: variables.into_iter().collect(),
            changes: BTreeMap::new(),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::backends::cargo::wrapper) fn variables(given: &[(&str, &str)]) -> Variables {
        let owned = |(name, value): &(&str, &str)| (name.to_string(), value.to_string());
        given.iter().map(owned).collect()
    }

    /// The changes, one per line.
    pub(in crate::backends::cargo::wrapper) fn changes(variables: &Variables) -> String {
        let lines = variables.changes.iter().map(|(name, value)| match value {
            Some(value) => format!("{name}={value}"),
            None => format!("{name} is removed"),
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn only_what_changes_becomes_a_step() {
        let mut variables = variables(&[("A", "1"), ("B", "2"), ("C", ""), ("D", "4")]);
        variables.set("A", "1");
        variables.set("B", "3");
        variables.remove("D");
        variables.remove("E");
        assert_eq!(variables.get("C"), None);
        let steps = [
            Step::Set("B".to_string(), "3".into()),
            Step::Unset(vec!["D".to_string()]),
        ];
        assert_eq!(variables.steps(), steps);
    }
}
