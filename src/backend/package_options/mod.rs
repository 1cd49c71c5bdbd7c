//! The options for the contents of a package in addition to those that the build tool installs, and
//! for its checks. Backends flatten [`PackageOptions`] into their own configuration, next to
//! [`CommonOptions`](crate::backend::options::CommonOptions).
//!
//! The options are stored as they were written and read twice: to report their errors when the
//! manifest is checked, and to apply them when a package is drafted.

mod activation;
mod completions;
mod hooks;
mod install;
mod man_pages;
mod packaging;
mod reader;

use std::path::Path;

use indexmap::IndexMap;
use miette::Report;
use serde::Deserialize;
use serde_json::Value;

use crate::backend::draft::{Draft, IgnoredRunExports, Packaging};
use crate::backend::extras::{Extras, VersionCheck};
use crate::backend::hooks::Hooks;
use crate::backend::options::CommonOptions;
use crate::backend::request::Request;
use crate::backend::script::Step;
use crate::project::config::InvalidOption;
use reader::{Reader, Result};

/// The contents of a package in addition to those that the build tool installs, and its checks.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", default)]
pub struct PackageOptions {
    /// Tests of the finished package: the test elements of recipe.yaml, with dashes in their keys.
    // Backends with an option `tests` for the project's own tests use the second name.
    #[serde(alias = "package-tests")]
    pub tests: Vec<Value>,
    /// Whether the test of the package asks the programs for their version.
    pub version_check: Value,
    /// Completions for shells, by command. Merged key by key.
    pub completions: IndexMap<String, Value>,
    /// Pages of the manual.
    pub man_pages: Vec<Value>,
    /// Other files, by destination. Merged key by key.
    pub install: IndexMap<String, Value>,
    /// Variables and scripts that activate environments with the package. Merged key by key.
    pub activation: IndexMap<String, Value>,
    /// Commands that run before the build and after the installation. Merged key by key.
    pub hooks: IndexMap<String, Value>,
    /// Run exports of other packages not to apply. Merged key by key.
    pub ignore_run_exports: IndexMap<String, Value>,
    /// How prefixes in files are found, as in recipe.yaml. Merged key by key.
    pub prefix_detection: IndexMap<String, Value>,
    /// How libraries are checked, as in recipe.yaml. Merged key by key.
    pub dynamic_linking: IndexMap<String, Value>,
}

impl PackageOptions {
    /// The key of each option.
    pub const KEYS: [&'static str; 10] = [
        "tests",
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

    /// Options that apply on Windows only if a target table for Windows sets them.
    pub const UNIX: [&'static str; 1] = ["man-pages"];

    /// Returns the values that have the right type but are not valid.
    pub fn validate(&self) -> Vec<InvalidOption> {
        let mut mistakes = Vec::new();
        let mut note = |found: Option<InvalidOption>| mistakes.extend(found);
        for (index, test) in self.tests.iter().enumerate() {
            note(packaging::test(index, test).err());
        }
        note(self.version_check().err());
        for (command, value) in &self.completions {
            note(completions::read(command, value).err());
        }
        for (index, value) in self.man_pages.iter().enumerate() {
            note(man_pages::read(index, value).err());
        }
        for (to, value) in &self.install {
            note(install::read(to, value).err());
        }
        for (key, value) in &self.activation {
            let one = IndexMap::from([(key.clone(), value.clone())]);
            note(activation::read(&one).err());
        }
        for (name, value) in &self.hooks {
            note(hooks::read(name, value).err());
        }
        for (key, value) in &self.ignore_run_exports {
            let one = IndexMap::from([(key.clone(), value.clone())]);
            note(packaging::run_exports(&one).err());
        }
        note(packaging::table("prefix-detection", &self.prefix_detection).err());
        note(packaging::table("dynamic-linking", &self.dynamic_linking).err());
        mistakes
    }

    /// Whether a path is in the output directory of a build script.
    pub fn needs_out_dir(&self) -> bool {
        let extras = self.extras(Path::new(""), Vec::new());
        extras.is_ok_and(|extras| extras.needs_out_dir())
    }

    /// Adds the options to `draft`.
    ///
    /// # Errors
    /// None if the options have been checked.
    pub fn applied<C>(
        &self,
        draft: Draft,
        request: &Request<'_, C>,
        common: &CommonOptions,
    ) -> Result<Draft, Report> {
        let root = &request.project.source;
        let impossible = |mistake: InvalidOption| {
            let key = mistake.keys.join(".");
            miette::miette!(help = mistake.help, "`{key}`: {}", mistake.message)
        };
        let variables = common.env.steps(request.platforms.build);
        let extras = self.extras(root, variables).map_err(impossible)?;
        let packaging = self.packaging(draft.packaging, root).map_err(impossible)?;
        let copied_sources = if extras.hooks.edit_sources() {
            Some(draft.copied_sources.unwrap_or_default())
        } else {
            draft.copied_sources
        };
        Ok(Draft {
            extras,
            packaging,
            copied_sources,
            ..draft
        })
    }

    fn extras(&self, root: &Path, variables: Vec<Step>) -> Result<Extras> {
        let mut completions = Vec::new();
        for (command, value) in &self.completions {
            completions.extend(completions::read(command, value)?);
        }
        let mut man_pages = Vec::new();
        for (index, value) in self.man_pages.iter().enumerate() {
            man_pages.push(man_pages::read(index, value)?);
        }
        let mut install = Vec::new();
        for (to, value) in &self.install {
            install.extend(install::read(to, value)?);
        }
        let hook = |name: &str| match self.hooks.get(name) {
            Some(value) => hooks::read(name, value),
            None => Ok(None),
        };
        let mut hooks = Hooks {
            before_build: hook(hooks::BEFORE)?,
            after_install: hook(hooks::AFTER)?,
            variables: Vec::new(),
        };
        if hooks != Hooks::default() {
            hooks.variables = variables;
        }
        Ok(Extras {
            root: root.to_path_buf(),
            completions,
            man_pages,
            install,
            activation: activation::read(&self.activation)?,
            hooks,
            version_check: self.version_check()?,
            test_files: packaging::test_files(&self.tests),
        })
    }

    fn packaging(&self, packaging: Packaging, root: &Path) -> Result<Packaging> {
        let ignored = packaging::run_exports(&self.ignore_run_exports)?;
        let tables = [&self.prefix_detection, &self.dynamic_linking];
        let [prefix_detection, dynamic_linking] = tables.map(packaging::snake_table);
        let tests = self.tests.iter();
        Ok(Packaging {
            ignored_run_exports: IgnoredRunExports {
                by_name: [packaging.ignored_run_exports.by_name, ignored.by_name].concat(),
                from_package: [
                    packaging.ignored_run_exports.from_package,
                    ignored.from_package,
                ]
                .concat(),
            },
            tests: tests.map(|test| packaging::written(test, root)).collect(),
            prefix_detection,
            dynamic_linking,
            ..packaging
        })
    }

    fn version_check(&self) -> Result<VersionCheck> {
        match &self.version_check {
            Value::Null | Value::Bool(false) => Ok(VersionCheck::None),
            Value::Bool(true) => Ok(VersionCheck::All),
            Value::Object(programs) => {
                let read = |(program, value): (&String, &Value)| {
                    let reader = Reader::new(&["version-check", program], value);
                    Ok((program.clone(), reader.texts()?))
                };
                programs
                    .iter()
                    .map(read)
                    .collect::<Result<_>>()
                    .map(VersionCheck::Some)
            }
            other => Err(Reader::new(&["version-check"], other).wrong(
                "must be a boolean, or a table of arguments",
                "write `version-check = true`, or `{ name = [\"--version\"] }`",
            )),
        }
    }
}
