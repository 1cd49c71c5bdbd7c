//! The options of `[package.build.config]`.

use std::ops::Deref;
use std::path::{Component, Path, PathBuf};

use indexmap::IndexMap;
use serde::Deserialize;

use super::arguments;
use crate::backend::options::{CommonOptions, CompilerCache, holds_nul};
use crate::backend::package_options::PackageOptions;
use crate::diagnostic::{Warning, nearest};
use crate::project::config::{EntryPart, InvalidOption, Options};

/// The options of the CMake backend.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", default)]
pub struct Config {
    /// The options that all backends have. `extra-args` is for the configure command. The
    /// default of `compilers` is `["cxx"]`.
    #[serde(flatten)]
    pub common: CommonOptions,
    /// What the package holds beside what the build tool installs.
    #[serde(flatten)]
    pub package: PackageOptions,
    /// Cache variables by name, each passed as `-D` to the configure command.
    pub define: IndexMap<String, Definition>,
    /// The value of `CMAKE_BUILD_TYPE`.
    pub build_type: Option<String>,
    /// The configure preset to use.
    pub preset: Option<String>,
    /// The directory with `CMakeLists.txt`, relative to the source directory.
    pub source_dir: Option<PathBuf>,
    /// Targets to build. Empty means the default targets.
    pub targets: Vec<String>,
    /// Components to install. Empty means all components.
    pub components: Vec<String>,
    /// Whether the project's tests are built and run.
    pub tests: Option<Tests>,
    /// Whether symbols are stripped during installation.
    pub strip: bool,
    /// The number of steps that may run at the same time.
    pub jobs: Option<i64>,
    /// The path of a link to `compile_commands.json`, relative to the workspace.
    pub compile_commands: Option<PathBuf>,
    /// Whether to ignore the metadata in `CMakeLists.txt`.
    pub ignore_cmake_metadata: bool,
}

/// The value of a cache variable.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Definition {
    /// `ON` or `OFF`.
    Switch(bool),
    /// A number.
    Number(i64),
    /// A string.
    Text(String),
    /// A list of strings.
    List(Vec<String>),
}

/// Whether the project's tests are built and run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Tests {
    /// `"skip"`: they are neither built nor run.
    Skip,
    /// `"build"`: they are built.
    Build,
    /// `"run"`: they are built and run.
    Run,
}

impl Definition {
    /// The value in CMake's syntax.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Switch(true) => "ON".to_string(),
            Self::Switch(false) => "OFF".to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            Self::List(items) => {
                let items: Vec<String> =
                    items.iter().map(|item| item.replace(';', "\\;")).collect();
                items.join(";")
            }
        }
    }
}

impl Config {
    /// The value of `CMAKE_BUILD_TYPE`; `None` with a preset, which sets it itself.
    pub(super) fn build_type(&self) -> Option<&str> {
        let chosen = self.build_type.as_deref();
        chosen.or_else(|| self.preset().is_none().then_some("Release"))
    }

    /// The configure preset: the option, or that of `--preset` in `extra-args`.
    pub(super) fn preset(&self) -> Option<&str> {
        let own = self.preset.as_deref();
        own.or_else(|| arguments::preset(&self.extra_args))
    }

    /// The compiler cache that is added to the build environment. It does not depend on
    /// the process environment, which must not affect the build.
    pub(super) fn needed_cache(&self) -> Option<&'static str> {
        let sets = |start: &str| self.env.keys().any(|name| name.starts_with(start));
        match self.compiler_cache {
            CompilerCache::Sccache => Some("sccache"),
            CompilerCache::Ccache => Some("ccache"),
            CompilerCache::Auto if sets("SCCACHE_") => Some("sccache"),
            CompilerCache::Auto if sets("CCACHE_") => Some("ccache"),
            CompilerCache::Auto | CompilerCache::None => None,
        }
    }

    fn own_misfits(&self) -> Vec<InvalidOption> {
        let mut validate = Vec::new();
        let mut wrong = |keys: &[&str], part, message: String, help: &str| {
            validate.push(InvalidOption {
                keys: keys.iter().map(ToString::to_string).collect(),
                part,
                message,
                help: help.to_string(),
            });
        };
        for (name, value) in &self.define {
            let bare = name.split(':').next().unwrap_or_default();
            if bare.is_empty() || name.contains(['=', '\0']) {
                let message = format!("`{name}` cannot be the name of a cache variable");
                wrong(
                    &["define", name],
                    EntryPart::Key,
                    message,
                    "write `NAME` or `NAME:TYPE`",
                );
            } else if let Some(help) = arguments::reserved(bare, &value.text()) {
                let message = format!("`{bare}` is set by the backend");
                wrong(&["define", name], EntryPart::Key, message, help);
            }
            if value.text().contains('\0') {
                wrong(
                    &["define", name],
                    EntryPart::Value,
                    format!("`define.{name}` contains a NUL character"),
                    "arguments cannot contain one: remove it",
                );
            }
        }
        let paths = [
            ("source-dir", &self.source_dir),
            ("compile-commands", &self.compile_commands),
        ];
        for (key, path) in paths {
            if path.as_deref().is_some_and(leaves) {
                let message =
                    format!("`{key}` points outside of the directory that it is relative to");
                wrong(
                    &[key],
                    EntryPart::Value,
                    message,
                    "write a relative path without `..`",
                );
            }
        }
        for (key, value) in [("preset", &self.preset), ("build-type", &self.build_type)] {
            if value
                .as_deref()
                .is_some_and(|value| value.trim().is_empty())
            {
                let help = "remove it, or write a name";
                wrong(&[key], EntryPart::Value, format!("`{key}` is empty"), help);
            }
        }
        if self.preset.is_some() && arguments::preset(&self.extra_args).is_some() {
            let message = "`extra-args` contains `--preset`, and `preset` names one, too";
            let help = "remove one of them";
            wrong(&["preset"], EntryPart::Value, message.to_string(), help);
        }
        for (key, names) in [("targets", &self.targets), ("components", &self.components)] {
            if names
                .iter()
                .any(|name| name.trim().is_empty() || name.starts_with('-'))
            {
                let message = format!("`{key}` contains an element that is not a name");
                wrong(
                    &[key],
                    EntryPart::Value,
                    message,
                    "write the names as CMake has them",
                );
            }
        }
        if self.jobs.is_some_and(|jobs| jobs < 1) {
            let message = "`jobs` is less than 1".to_string();
            wrong(&["jobs"], EntryPart::Value, message, "write 1 or more");
        }
        validate
    }
}

/// Whether a path leads outside of the directory that it is relative to.
fn leaves(path: &Path) -> bool {
    let inside = |component| matches!(component, Component::Normal(_) | Component::CurDir);
    !path.components().all(inside)
}

/// The build types that CMake defines. Projects may define their own.
const BUILD_TYPES: [&str; 4] = ["Debug", "Release", "RelWithDebInfo", "MinSizeRel"];

/// Variables that choose a generator. They have no effect, because the generator is
/// always Ninja.
const OF_THE_GENERATOR: [&str; 3] = [
    "CMAKE_GENERATOR",
    "CMAKE_GENERATOR_PLATFORM",
    "CMAKE_GENERATOR_TOOLSET",
];

impl Options for Config {
    const KEYS: &'static [&'static str] = &[
        "extra-args",
        "env",
        "extra-input-globs",
        "input-tracking",
        "compilers",
        "compiler-cache",
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
        "define",
        "build-type",
        "preset",
        "source-dir",
        "targets",
        "components",
        "tests",
        "strip",
        "jobs",
        "compile-commands",
        "ignore-cmake-metadata",
    ];

    const NOT_ON_WINDOWS: &'static [&'static str] = &PackageOptions::UNIX;

    fn warnings(&self) -> Vec<Warning> {
        let mut warnings = self.common.warnings();
        let generator = OF_THE_GENERATOR
            .iter()
            .filter(|name| self.env.contains_key(name));
        warnings.extend(generator.map(|name| {
            Warning::new(format!("`{name}` in `env` has no effect"))
                .help("the generator is always Ninja: remove it")
        }));
        if let Some(build_type) = self.build_type.as_deref()
            && !BUILD_TYPES.contains(&build_type)
        {
            let known = |known: &&str| known.eq_ignore_ascii_case(build_type);
            let meant = BUILD_TYPES.into_iter().find(known);
            if let Some(meant) = meant.or_else(|| nearest(build_type, BUILD_TYPES)) {
                let message = format!("`build-type` is `{build_type}`, which CMake does not know");
                warnings.push(Warning::new(message).help(format!("did you mean `{meant}`?")));
            }
        }
        if self.build_type.is_some() && arguments::defines(&self.extra_args, "CMAKE_BUILD_TYPE") {
            let message = "`extra-args` sets `CMAKE_BUILD_TYPE`, so `build-type` has no effect";
            warnings.push(Warning::new(message).help("remove one of the two"));
        }
        warnings.extend(arguments::warnings(&self.extra_args));
        let languages = self.compilers.iter().flatten();
        let languages: Vec<&str> = languages.map(String::as_str).collect();
        let alone = ["cuda", "fortran"];
        if !languages.is_empty() && languages.iter().all(|language| alone.contains(language)) {
            let message = format!("`compilers` asks only for `{}`", languages.join("`, `"));
            warnings.push(Warning::new(message).help(
                "only the activation of a C or C++ compiler sets `CMAKE_ARGS`: add `c` or `cxx`",
            ));
        }
        warnings
    }

    fn validate(&self) -> Vec<InvalidOption> {
        let nul = |option: &'static str, values: &[String]| {
            let found = values.iter().any(|value| value.contains('\0'));
            found.then(|| holds_nul(&[option]))
        };
        (self.common.validate().into_iter())
            .chain(self.package.validate())
            .chain(arguments::validate(&self.extra_args))
            .chain(self.own_misfits())
            .chain(nul("targets", &self.targets))
            .chain(nul("components", &self.components))
            .collect()
    }
}

impl Deref for Config {
    type Target = CommonOptions;

    fn deref(&self) -> &CommonOptions {
        &self.common
    }
}

#[cfg(test)]
mod tests;
