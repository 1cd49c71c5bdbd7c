//! The options of `[package.build.config]`.
//!
//! `config/check.rs` validates the values of options; `plan.rs` checks whether the files
//! in them exist.

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
    /// The options that all backends have. Mojo does not use `extra-args`, because each
    /// program and library has its own, and it does not use `compiler-cache`, because the
    /// compiler has a cache.
    #[serde(flatten)]
    pub common: CommonOptions,
    /// What the package holds beside what the build tool installs.
    #[serde(flatten)]
    pub package: PackageOptions,
    /// Programs. Missing means `main.mojo`, if it exists.
    pub bins: Option<Vec<Entry>>,
    /// The library. Missing means the package that is found, unless programs are
    /// configured.
    pub pkg: Option<Entry>,
    /// Several libraries, instead of `pkg`.
    pub pkgs: Vec<Entry>,
    /// Shared libraries for other languages.
    pub libs: Vec<Entry>,
    /// Extension modules for Python.
    pub python_modules: Vec<Entry>,
    /// Directories that are searched for imports, relative to the source directory.
    pub import_paths: Vec<String>,
    /// Values for `std.defines` in programs, merged key by key.
    pub define: IndexMap<String, Define>,
    /// The processor that programs are compiled for. Missing means `baseline`.
    pub target_cpu: Option<String>,
    /// Files that are run before the installation: directories of tests, and patterns.
    pub tests: Vec<String>,
    /// Whether the package depends on the compiler that built it.
    pub compiler_pin: CompilerPin,
    /// The number of compiler threads. It is not part of a hash.
    pub jobs: Option<NonZeroUsize>,
}

/// A program or library to build.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", default)]
pub struct Entry {
    /// The name of the installed file.
    pub name: Option<String>,
    /// The main file, or the directory of a library, relative to the source directory.
    pub path: Option<String>,
    /// Arguments of the compiler, one per element.
    pub extra_args: Vec<String>,
    /// The form in which a library is installed.
    pub format: Option<Format>,
    /// Unknown keys.
    #[serde(flatten)]
    #[cfg_attr(test, schemars(skip))]
    pub unknown: BTreeMap<String, Value>,
}

/// The form in which a library is installed.
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
    /// `true` defines the name, `false` does not define it.
    Flag(bool),
    /// A number.
    Number(i64),
    /// A string.
    Text(String),
}

/// Whether the package depends on the compiler that built it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CompilerPin {
    /// `"auto"`: it does, if its files require the compiler.
    #[default]
    Auto,
    /// `"none"`: the backend adds no dependency.
    None,
}

impl Config {
    /// The languages of additional compiler packages. The Mojo compiler is always added.
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
