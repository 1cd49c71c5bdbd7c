//! The options of `[package.build.config]`, each described once, here.
//!
//! What is wrong with an option for itself is found in `config/check.rs`; whether the
//! files exist that it names, in `plan.rs`.

mod check;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::Deref;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

use crate::backend::options::CommonOptions;
use crate::backend::package_options::PackageOptions;
use crate::diagnostic::Warning;
use crate::project::config::{InvalidOption, Options};

/// The options of the Mojo backend.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", default)]
pub struct Config {
    /// The options that every backend has. Mojo has no use for `extra-args`, which each
    /// thing to build has for itself, nor for `compiler-cache`: its compiler has one.
    #[serde(flatten)]
    pub common: CommonOptions,
    /// What the package holds beside what the build tool installs.
    #[serde(flatten)]
    pub package: PackageOptions,
    /// Programs. Missing means `main.mojo`, if it exists.
    pub bins: Option<Vec<Entry>>,
    /// The library. Missing means the package that is found, unless there are programs.
    pub pkg: Option<Entry>,
    /// Several libraries, instead of `pkg`.
    pub pkgs: Vec<Entry>,
    /// Shared libraries for other languages.
    pub libs: Vec<Entry>,
    /// Extension modules for Python.
    pub python_modules: Vec<Entry>,
    /// Directories in which imports are looked for, relative to the source.
    pub import_paths: Vec<String>,
    /// Values for `std.defines` in programs. Merged key by key.
    pub define: IndexMap<String, Define>,
    /// The processor that programs are compiled for. Missing means `baseline`.
    pub target_cpu: Option<String>,
    /// Files that are run before anything is installed.
    pub tests: Vec<String>,
    /// Whether the package needs the compiler that built it.
    pub compiler_pin: CompilerPin,
    /// How many threads compile. In no hash.
    pub jobs: Option<NonZeroUsize>,
}

/// One thing to build.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", default)]
pub struct Entry {
    /// What it is called when it is installed.
    pub name: Option<String>,
    /// The main file, or the directory of a library, relative to the source.
    pub path: Option<String>,
    /// Arguments of the compiler, one element each.
    pub extra_args: Vec<String>,
    /// In which form a library is installed.
    pub format: Option<Format>,
    /// Keys that mean nothing.
    #[serde(flatten)]
    #[cfg_attr(test, schemars(skip))]
    pub unknown: BTreeMap<String, Value>,
}

/// In which form a library is installed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// `"precompiled"`: one file, which only the same compiler can read.
    #[default]
    Precompiled,
    /// `"source"`: the sources, which any compiler can read.
    Source,
}

/// The value of a name in `define`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Define {
    /// `true` defines the name, `false` does not.
    Flag(bool),
    /// A number.
    Number(i64),
    /// Text.
    Text(String),
}

/// Whether the package needs the compiler that built it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CompilerPin {
    /// `"auto"`: as far as its files need it.
    #[default]
    Auto,
    /// `"none"`: the user says what it needs.
    None,
}

impl Config {
    /// Languages that have a compiler package. Mojo's is added anyway.
    pub(super) fn compilers(&self) -> impl Iterator<Item = &String> {
        let all = self.common.compilers.iter().flatten();
        all.filter(|language| *language != "mojo")
    }

    /// The arguments of `mojo build` for `define`.
    pub(super) fn defines(&self) -> Vec<String> {
        let defined = self.define.iter().filter_map(|(name, value)| match value {
            Define::Flag(true) => Some(name.clone()),
            Define::Flag(false) => None,
            Define::Number(number) => Some(format!("{name}={number}")),
            Define::Text(text) => Some(format!("{name}={text}")),
        });
        defined
            .flat_map(|value| ["-D".to_string(), value])
            .collect()
    }
}

impl Options for Config {
    const KEYS: &'static [&'static str] = &[
        "bins",
        "pkg",
        "pkgs",
        "libs",
        "python-modules",
        "import-paths",
        "define",
        "target-cpu",
        "tests",
        "compiler-pin",
        "jobs",
        "env",
        "extra-input-globs",
        "input-tracking",
        "compilers",
        "artifact-limit",
        "debug-dir",
        "debug_dir",
        "package-tests",
        "version-check",
        "completions",
        "man-pages",
        "install",
        "activation",
        "hooks",
        "ignore-run-exports",
        "prefix-detection",
        "dynamic-linking",
    ];

    const NOT_ON_WINDOWS: &'static [&'static str] = &PackageOptions::UNIX;

    fn warnings(&self) -> Vec<Warning> {
        check::warnings(self)
    }

    fn validate(&self) -> Vec<InvalidOption> {
        check::validate(self)
    }
}

impl Deref for Config {
    type Target = CommonOptions;

    fn deref(&self) -> &CommonOptions {
        &self.common
    }
}

#[cfg(test)]
mod tests {
    use rattler_conda_types::Subdir;
    use serde_json::Value;

    use super::*;
    use crate::project::config::ConfigTables;
    use crate::project::manifest::Manifest;

    const PAGE: &str = include_str!("../../../docs/backends/mojo.md");

    fn examples() -> impl Iterator<Item = &'static str> {
        let blocks = PAGE.split("```toml\n").skip(1);
        blocks.map(|block| block.split("```").next().expect("a block ends"))
    }

    #[test]
    fn every_example_of_the_page_can_be_read_for_every_platform() {
        assert!(examples().count() > Config::KEYS.len());
        for example in examples() {
            let manifest: Value = toml_edit::de::from_str(example).expect("examples are TOML");
            let config = manifest["package"]["build"]["config"].clone();
            let missing = Manifest::at("does-not-exist/pixi.toml".as_ref());
            let tables = ConfigTables::read::<Config>("test", Some(config), None, &missing)
                .unwrap_or_else(|report| panic!("{report:?} in\n{example}"));
            for host in [Subdir::Linux64, Subdir::OsxArm64, Subdir::Win64] {
                tables.merged::<Config>(host).expect("an example");
            }
        }
    }
}
