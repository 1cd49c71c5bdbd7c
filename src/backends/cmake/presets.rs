//! Reads `CMakePresets.json` and `CMakeUserPresets.json` for one configure preset.
//!
//! CMake checks presets too, but only when the environment is installed, and with short
//! messages. This module does not know the values of all macros. A condition with an unknown one is
//! treated as true, and a file with an unknown one in its path may contain any preset.

mod condition;
mod mistakes;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use miette::Report;
use rattler_conda_types::Subdir;
use serde::Deserialize;
use serde_json::Value;

use crate::backend::inputs::plain;
use crate::diagnostic::{nearest, read_text};
use condition::Context;
pub(super) use mistakes::Unusable;
use mistakes::{BrokenPresets, Reason};

/// The file that belongs to the project.
pub(super) const OF_THE_PROJECT: &str = "CMakePresets.json";
/// The file that belongs to one developer.
pub(super) const OF_THE_USER: &str = "CMakeUserPresets.json";

/// The requested preset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Preset {
    /// All files of presets that were read.
    pub(super) files: Vec<PathBuf>,
    /// The toolchain file in the preset, if it is known.
    pub(super) toolchain: Option<PathBuf>,
    /// Whether it comes from a file that belongs to one developer.
    pub(super) is_of_the_user: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct File {
    include: Vec<String>,
    configure_presets: Vec<Entry>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Entry {
    name: String,
    hidden: bool,
    inherits: Inherits,
    /// A missing value differs from `null`, which overrides an inherited value.
    #[serde(deserialize_with = "present")]
    condition: Option<Value>,
    toolchain_file: Option<String>,
    #[serde(skip)]
    is_of_the_user: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Inherits {
    One(String),
    Many(Vec<String>),
}

impl Default for Inherits {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl Inherits {
    fn names(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Many(names) => names,
        }
    }
}

fn present<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(value).map(Some)
}

/// The requested preset and the place to search it.
pub(super) struct Wanted<'a> {
    pub(super) name: &'a str,
    /// The directory with `CMakeLists.txt`.
    pub(super) source: &'a Path,
    /// The platform that configures.
    pub(super) build: Subdir,
}

/// Reads the files of presets and finds the requested one.
///
/// # Errors
/// [`Unusable`]; files that cannot be read.
pub(super) fn find(wanted: &Wanted<'_>) -> Result<Result<Preset, Unusable>, Report> {
    let mut presets = Presets::default();
    let context = Context::of(wanted);
    for name in [OF_THE_PROJECT, OF_THE_USER] {
        let file = wanted.source.join(name);
        if file.is_file() {
            presets.read(&file, name == OF_THE_USER, &context)?;
        }
    }
    Ok(presets.choose(wanted))
}

#[derive(Default)]
struct Presets {
    entries: Vec<Entry>,
    files: Vec<PathBuf>,
    /// Whether there are files whose path is not known.
    is_incomplete: bool,
}

impl Presets {
    fn read(&mut self, path: &Path, is_of_the_user: bool, context: &Context) -> Result<(), Report> {
        if self.files.iter().any(|read| read == path) {
            return Ok(());
        }
        self.files.push(path.to_path_buf());
        let text = read_text(path)?;
        let file: File =
            serde_json::from_str(&text).map_err(|error| BrokenPresets::new(path, text, &error))?;
        let folder = path.parent().unwrap_or(path);
        for include in &file.include {
            let include = include.replace("${fileDir}", &folder.display().to_string());
            match context.expanded(&include) {
                Some(include) => {
                    self.read(&plain(&folder.join(include)), is_of_the_user, context)?;
                }
                None => self.is_incomplete = true,
            }
        }
        self.entries
            .extend(file.configure_presets.into_iter().map(|entry| Entry {
                is_of_the_user,
                ..entry
            }));
        Ok(())
    }

    fn choose(self, wanted: &Wanted<'_>) -> Result<Preset, Unusable> {
        let refused = |reason| {
            let usable = self.entries.iter().filter(|entry| !entry.hidden);
            let usable: Vec<&str> = usable
                .filter(|entry| self.refused_by(entry, wanted).is_none())
                .map(|entry| entry.name.as_str())
                .collect();
            Unusable {
                name: wanted.name.to_string(),
                reason,
                nearest: nearest(wanted.name, usable.iter().copied()).map(str::to_string),
                usable: usable.iter().map(ToString::to_string).collect(),
            }
        };
        let Some(entry) = self.entry(wanted.name) else {
            if self.is_incomplete {
                return Ok(Preset {
                    files: self.files,
                    toolchain: None,
                    is_of_the_user: false,
                });
            }
            return Err(refused(if self.files.is_empty() {
                Reason::NoFile(wanted.source.to_path_buf())
            } else {
                Reason::Unknown
            }));
        };
        if entry.hidden {
            return Err(refused(Reason::Hidden));
        }
        if let Some(condition) = self.refused_by(entry, wanted) {
            return Err(refused(Reason::StepCondition(condition)));
        }
        let toolchain = self.inherited(entry, &|entry| entry.toolchain_file.clone());
        let context = Context::of(wanted);
        Ok(Preset {
            toolchain: toolchain
                .and_then(|file| context.expanded(&file))
                .map(|file| wanted.source.join(file)),
            is_of_the_user: entry.is_of_the_user,
            files: self.files.clone(),
        })
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// The condition that prevents the use of `entry`.
    fn refused_by(&self, entry: &Entry, wanted: &Wanted<'_>) -> Option<String> {
        let condition = self.inherited(entry, &|entry| entry.condition.clone())?;
        let met = Context::of(wanted).is_met(&condition);
        (met == Some(false)).then(|| condition.to_string())
    }

    /// The value in `entry`, or in the first preset that it inherits the value from.
    fn inherited<T>(&self, entry: &Entry, get: &dyn Fn(&Entry) -> Option<T>) -> Option<T> {
        let mut seen = BTreeSet::new();
        let mut open = vec![entry];
        while let Some(entry) = open.pop() {
            if let Some(value) = get(entry) {
                return Some(value);
            }
            let above = entry.inherits.names().iter().rev();
            let above = above.filter(|name| seen.insert(name.as_str()));
            let above: Vec<&Entry> = above.filter_map(|name| self.entry(name)).collect();
            open.extend(above);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn folder(files: &[(&str, Value)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, content) in files {
            crate::disk::write(&folder.path().join(name), &content.to_string()).expect("own");
        }
        folder
    }

    fn find_in(folder: &tempfile::TempDir, name: &str) -> Result<Preset, Unusable> {
        let wanted = Wanted {
            name,
            source: folder.path(),
            build: Subdir::Linux64,
        };
        find(&wanted).expect("the files can be read")
    }

    fn example() -> tempfile::TempDir {
        let on = |name: &str| json!({"type": "equals", "lhs": "${hostSystemName}", "rhs": name});
        folder(&[
            (
                "CMakePresets.json",
                json!({"version": 4, "include": ["cmake/base.json"], "configurePresets": [
                    {"name": "rel", "inherits": "base"},
                    {"name": "win", "inherits": ["base"], "condition": on("Windows")},
                    {"name": "win-debug", "inherits": "win"},
                    {"name": "free", "inherits": "win", "condition": null},
                    {"name": "odd", "condition": {"type": "equals", "lhs": "$env{X}", "rhs": "1"}}
                ]}),
            ),
            (
                "cmake/base.json",
                json!({"version": 4, "configurePresets": [
                    {"name": "base", "hidden": true, "toolchainFile": "${sourceDir}/t.cmake"}
                ]}),
            ),
            (
                "CMakeUserPresets.json",
                json!({"version": 4, "configurePresets": [{"name": "mine", "inherits": "rel"}]}),
            ),
        ])
    }

    #[test]
    fn a_preset_is_found_with_what_it_inherits() {
        let folder = example();
        let preset = find_in(&folder, "rel").expect("usable");
        assert_eq!(preset.files.len(), 3);
        assert_eq!(preset.toolchain, Some(folder.path().join("t.cmake")));
        assert!(!preset.is_of_the_user);
        assert!(find_in(&folder, "mine").expect("usable").is_of_the_user);
        assert!(find_in(&folder, "free").is_ok());
        assert!(find_in(&folder, "odd").is_ok());
    }

    #[test]
    fn files_that_include_each_other_are_read_once() {
        let folder = folder(&[
            (
                "CMakePresets.json",
                json!({"version": 4, "include": ["cmake/base.json"], "configurePresets": [
                    {"name": "rel"}
                ]}),
            ),
            (
                "cmake/base.json",
                json!({"version": 4, "include": ["../CMakePresets.json", "./base.json"]}),
            ),
        ]);
        let preset = find_in(&folder, "rel").expect("usable");
        let expected =
            ["CMakePresets.json", "cmake/base.json"].map(|file| folder.path().join(file));
        assert_eq!(preset.files, expected);
    }

    #[test]
    fn paths_of_included_files_are_expanded() {
        let include = |path: &str| {
            folder(&[
                (
                    "CMakePresets.json",
                    json!({"version": 9, "include": [path]}),
                ),
                (
                    "cmake/base.json",
                    json!({"version": 9, "configurePresets": [{"name": "rel"}]}),
                ),
            ])
        };
        for path in ["${sourceDir}/cmake/base.json", "${fileDir}/cmake/base.json"] {
            let preset = find_in(&include(path), "rel").expect("usable");
            assert_eq!(preset.files.len(), 2, "{path}");
            assert!(find_in(&include(path), "real").is_err());
        }
        let preset = find_in(&include("$penv{DIR}/base.json"), "any").expect("it may be usable");
        assert_eq!(preset.files.len(), 1);
    }

    #[test]
    fn a_preset_that_cannot_be_used_has_a_reason() {
        let folder = example();
        let message = |name: &str| find_in(&folder, name).expect_err("not usable").to_string();
        insta::assert_snapshot!(
            ["real", "base", "win-debug"].map(message).join("\n"),
            @r#"
            there is no configure preset `real`
            the configure preset `base` is hidden
            the condition of the configure preset `win-debug` is not met: {"type":"equals","lhs":"${hostSystemName}","rhs":"Windows"}
            "#
        );
        let error = find_in(&folder, "rell").expect_err("not usable");
        insta::assert_snapshot!(error.advice(), @"did you mean `rel`?");
        let error = find_in(&folder, "base").expect_err("not usable");
        insta::assert_snapshot!(error.advice(), @"those that can be used here are `rel`, `free`, `odd` and `mine`");
    }
}
