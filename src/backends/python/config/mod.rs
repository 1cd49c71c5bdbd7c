//! The options of `[package.build.config]`.

mod elements;
mod values;

use std::ops::Deref;

use indexmap::IndexMap;
use serde::Deserialize;

use super::dependency::requirement::normalized;
pub(super) use elements::excluding;
pub(super) use values::{
    BuildDir, BuildSystemRequires, Check, Editable, Extras, Globs, Installer, Mapping, Profile,
    Setting, VersionFrom,
};

use crate::backend::options::CommonOptions;
use crate::backend::package_options::PackageOptions;
use crate::diagnostic::Warning;
use crate::project::config::{EntryPart, InvalidOption, Options};

/// The options of the Python backend.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", default)]
pub struct Config {
    /// The options that all backends have. `extra-args` is for the installer. The default of
    /// `compilers` is determined from the project.
    #[serde(flatten)]
    pub common: CommonOptions,
    /// The options for files that the build tool does not install.
    #[serde(flatten)]
    pub package: PackageOptions,
    /// Whether the package is for all platforms. By default it is, unless the project
    /// compiles code.
    pub noarch: Option<bool>,
    /// Whether the metadata in `pyproject.toml` is ignored.
    pub ignore_pyproject_manifest: bool,
    /// Whether the dependencies in `pyproject.toml` are ignored. The default is `true`.
    pub ignore_pypi_mapping: Option<bool>,
    /// The handling of `build-system.requires`. The default follows `ignore-pypi-mapping`.
    pub build_system_requires: Option<BuildSystemRequires>,
    /// Conda packages for names of PyPI. Merged key by key.
    pub pypi_conda_map: IndexMap<String, Mapping>,
    /// Whether the package also works with later versions of Python.
    pub abi3: Option<bool>,
    /// The versions of Python to build for, if the workspace does not set them.
    pub python_versions: Vec<String>,
    /// Where the version is written, if the manifest does not set it.
    pub version_from: VersionFrom,
    /// How compiled code is optimized. By default the build backend decides.
    pub profile: Option<Profile>,
    /// What a build leaves for the next one.
    pub build_dir: BuildDir,
    /// The files that are not compiled to byte code.
    pub skip_pyc_compilation: Globs,
    /// The installer.
    pub installer: Installer,
    /// Settings for the build backend. Merged key by key.
    pub config_settings: IndexMap<String, Setting>,
    /// Whether the package refers to the sources instead of containing a copy.
    pub editable: Editable,
    /// Programs, as `name = module:function`, that replace those of the project.
    pub entry_points: Option<Vec<String>>,
    /// The optional dependencies that become groups of the package.
    pub extras: Extras,
    /// Installed files that are not packaged.
    pub exclude: Vec<String>,
    /// The reaction to dependencies of the wheel that the package does not have.
    pub check: Check,
}

impl Config {
    /// Whether the dependencies in `pyproject.toml` become dependencies of the package.
    pub(super) fn maps_dependencies(&self) -> bool {
        !self.ignore_pypi_mapping.unwrap_or(true)
    }

    /// Whether `build-system.requires` becomes requirements of the host environment.
    pub(super) fn maps_build_system(&self) -> bool {
        match self.build_system_requires {
            Some(choice) => choice == BuildSystemRequires::Map,
            None => self.maps_dependencies(),
        }
    }
}

impl Deref for Config {
    type Target = CommonOptions;

    fn deref(&self) -> &CommonOptions {
        &self.common
    }
}

impl Options for Config {
    const KEYS: &'static [&'static str] = &[
        "noarch",
        "env",
        "extra-args",
        "extra-input-globs",
        "input-tracking",
        "compilers",
        "compiler-cache",
        "artifact-limit",
        "ignore-pyproject-manifest",
        "ignore-pypi-mapping",
        "build-system-requires",
        "pypi-conda-map",
        "abi3",
        "python-versions",
        "version-from",
        "profile",
        "build-dir",
        "skip-pyc-compilation",
        "installer",
        "config-settings",
        "editable",
        "entry-points",
        "extras",
        "exclude",
        "check",
        "debug-dir",
        "debug_dir",
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

    const NOT_ON_WINDOWS: &'static [&'static str] = &PackageOptions::UNIX;

    fn warnings(&self) -> Vec<Warning> {
        let mut warnings = self.common.warnings();
        let maps = self.maps_dependencies() || self.maps_build_system();
        if !self.pypi_conda_map.is_empty() && !maps {
            warnings.push(
                Warning::new("`pypi-conda-map` has no effect while nothing is mapped")
                    .help("set `ignore-pypi-mapping = false`, or remove it"),
            );
        }
        let mut seen: IndexMap<String, &str> = IndexMap::new();
        for key in self.pypi_conda_map.keys() {
            if let Some(other) = seen.insert(normalized(key), key) {
                warnings.push(Warning::new(format!(
                    "`{other}` and `{key}` in `pypi-conda-map` are the same name; the second one \
                     is used"
                )));
            }
        }
        warnings
    }

    fn validate(&self) -> Vec<InvalidOption> {
        let mapping = self.pypi_conda_map.iter();
        let mapping = mapping.filter_map(|(name, mapping)| wrong_mapping(name, mapping));
        let editable = self.common.extra_args.iter();
        let editable =
            editable.filter(|argument| ["-e", "--editable"].contains(&argument.as_str()));
        (self.common.validate().into_iter())
            .chain(self.package.validate())
            .chain(mapping)
            .chain(elements::wrong(self))
            .chain(editable.map(|argument| InvalidOption {
                keys: vec!["extra-args".to_string()],
                part: EntryPart::Value,
                message: format!("`{argument}` would make every package an editable one"),
                help: "set `editable = true` instead".to_string(),
            }))
            .collect()
    }
}

fn wrong_mapping(name: &str, mapping: &Mapping) -> Option<InvalidOption> {
    let misfit = |message: String, help: &str| {
        Some(InvalidOption {
            keys: vec!["pypi-conda-map".to_string(), name.to_string()],
            part: EntryPart::Value,
            message,
            help: help.to_string(),
        })
    };
    match mapping {
        Mapping::Wrong => misfit(
            "`true` does not name a conda package".to_string(),
            "write the name of a conda package, or `false` to leave the dependency out",
        ),
        Mapping::Name(conda) | Mapping::Spec { name: conda, .. }
            if conda.parse::<rattler_conda_types::PackageName>().is_err() =>
        {
            misfit(
                format!("`{conda}` cannot be the name of a conda package"),
                "versions go into a table: `{ name = \"pytorch\", version = \">=2\" }`",
            )
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
