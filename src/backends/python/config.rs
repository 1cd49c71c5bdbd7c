//! The options of `[package.build.config]`, each described once, here.

use std::ops::Deref;

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer};

use super::dependency::normalized;
use crate::backend::options::CommonOptions;
use crate::diagnostic::Warning;
use crate::project::config::{Misfit, Options, Part};

/// The options of the Python backend.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Config {
    /// The options that every backend has. `extra-args` goes to the installer;
    /// `compilers` is what the project is found to compile when it is missing.
    #[serde(flatten)]
    pub common: CommonOptions,
    /// Whether one package serves every platform. Missing: it does unless something is
    /// compiled.
    pub noarch: Option<bool>,
    /// Takes no metadata from `pyproject.toml`.
    pub ignore_pyproject_manifest: bool,
    /// Whether the dependencies that `pyproject.toml` names are left to the user.
    /// Missing means `true`.
    pub ignore_pypi_mapping: Option<bool>,
    /// What becomes of `build-system.requires`. Missing: what `ignore-pypi-mapping` says.
    pub build_system_requires: Option<BuildSystemRequires>,
    /// Conda packages for names of PyPI. Merged key by key.
    pub pypi_conda_map: IndexMap<String, Mapping>,
    /// Whether the package works with later versions of Python too.
    pub abi3: Option<bool>,
    /// Which files get no byte code.
    pub skip_pyc_compilation: Globs,
    /// What puts the package into the environment.
    pub installer: Installer,
    /// Settings for the build backend. Merged key by key.
    pub config_settings: IndexMap<String, Setting>,
    /// Whether the package refers to the sources instead of holding a copy.
    pub editable: Editable,
    /// Programs, as `name = module:function`, instead of those the project declares.
    pub entry_points: Option<Vec<String>>,
    /// What happens when the package lacks dependencies that its wheel names.
    pub check: Check,
}

/// What becomes of `build-system.requires`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BuildSystemRequires {
    /// `"map"`: requirements of the host environment.
    Map,
    /// `"ignore"`: nothing, the user names them.
    Ignore,
}

/// What puts the package into the environment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Installer {
    /// `"uv"`
    #[default]
    Uv,
    /// `"pip"`
    Pip,
}

impl Installer {
    /// The name of the program and of its package.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Uv => "uv",
            Self::Pip => "pip",
        }
    }
}

/// What happens when the package lacks dependencies that its wheel names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// `"off"`: nothing.
    Off,
    /// `"warn"`: a warning.
    #[default]
    Warn,
    /// `"error"`: the build fails.
    Error,
}

/// A truth value, or a choice left to whoever asks for the build.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "AnyEditable")]
pub enum Editable {
    /// `"auto"`: as pixi asks.
    #[default]
    Auto,
    /// `true` or `false`.
    Fixed(bool),
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "`true`, `false` or `\"auto\"`")]
enum AnyEditable {
    Flag(bool),
    Word(Auto),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Auto {
    Auto,
}

impl From<AnyEditable> for Editable {
    fn from(value: AnyEditable) -> Self {
        match value {
            AnyEditable::Flag(flag) => Self::Fixed(flag),
            AnyEditable::Word(_) => Self::Auto,
        }
    }
}

/// What a name of PyPI becomes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "AnyMapping")]
pub enum Mapping {
    /// A conda package of another name.
    Name(String),
    /// A conda package with versions of its own.
    Spec {
        /// Its name.
        name: String,
        /// Which versions will do.
        version: Option<String>,
    },
    /// Nothing.
    Dropped,
    /// Something that makes no sense.
    Wrong,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "the name of a conda package, or `false`")]
enum AnyMapping {
    Name(String),
    Flag(bool),
    Spec {
        name: String,
        #[serde(default)]
        version: Option<String>,
    },
}

impl From<AnyMapping> for Mapping {
    fn from(value: AnyMapping) -> Self {
        match value {
            AnyMapping::Name(name) => Self::Name(name),
            AnyMapping::Flag(false) => Self::Dropped,
            AnyMapping::Flag(true) => Self::Wrong,
            AnyMapping::Spec { name, version } => Self::Spec { name, version },
        }
    }
}

/// All files, none, or those that match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Globs(pub Vec<String>);

impl<'de> Deserialize<'de> for Globs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "`true`, `false` or a list of patterns")]
        enum Any {
            Flag(bool),
            Patterns(Vec<String>),
        }
        Ok(Self(match Any::deserialize(deserializer)? {
            Any::Flag(true) => vec!["**/*.py".to_string()],
            Any::Flag(false) => Vec::new(),
            Any::Patterns(patterns) => patterns,
        }))
    }
}

/// The value of a setting of a build backend.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "a string, a truth value or a list of strings")]
pub enum Setting {
    /// A truth value.
    Flag(bool),
    /// A text.
    Text(String),
    /// Several texts under one key.
    List(Vec<String>),
}

impl Setting {
    /// The texts that the installer passes on under the key.
    pub(super) fn values(&self) -> Vec<String> {
        match self {
            Self::Flag(flag) => vec![flag.to_string()],
            Self::Text(text) => vec![text.clone()],
            Self::List(texts) => texts.clone(),
        }
    }
}

impl Config {
    /// Whether the dependencies of `pyproject.toml` become those of the package.
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
        "skip-pyc-compilation",
        "installer",
        "config-settings",
        "editable",
        "entry-points",
        "check",
        "debug-dir",
        "debug_dir",
    ];

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
                    "`{other}` and `{key}` in `pypi-conda-map` are one name; the second counts"
                )));
            }
        }
        warnings
    }

    fn misfits(&self) -> Vec<Misfit> {
        let mapping = self.pypi_conda_map.iter();
        let mapping = mapping.filter_map(|(name, mapping)| wrong_mapping(name, mapping));
        let editable = self.common.extra_args.iter();
        let editable =
            editable.filter(|argument| ["-e", "--editable"].contains(&argument.as_str()));
        (self.common.misfits().into_iter())
            .chain(mapping)
            .chain(editable.map(|argument| Misfit {
                keys: vec!["extra-args".to_string()],
                part: Part::Value,
                message: format!("`{argument}` would make every package an editable one"),
                help: "set `editable = true` instead".to_string(),
            }))
            .collect()
    }
}

fn wrong_mapping(name: &str, mapping: &Mapping) -> Option<Misfit> {
    let misfit = |message: String, help: &str| {
        Some(Misfit {
            keys: vec!["pypi-conda-map".to_string(), name.to_string()],
            part: Part::Value,
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
mod tests {
    use rattler_conda_types::Subdir;
    use serde_json::Value;

    use super::*;
    use crate::project::config::Tables;
    use crate::project::manifest::Manifest;

    const PAGE: &str = include_str!("../../../docs/backends/python.md");

    fn examples() -> impl Iterator<Item = &'static str> {
        let blocks = PAGE.split("```toml\n").skip(1);
        blocks.map(|block| block.split("```").next().expect("a block ends"))
    }

    fn read(example: &str) -> Result<Tables, miette::Report> {
        let manifest: Value = toml_edit::de::from_str(example).expect("examples are TOML");
        let build = &manifest["package"]["build"];
        let targets = build["target"].as_object().into_iter().flatten();
        let targets = targets.map(|(name, table)| (name.clone(), table["config"].clone()));
        let missing = Manifest::at("does-not-exist/pixi.toml".as_ref());
        let config = Some(build["config"].clone());
        Tables::read::<Config>("test", config, Some(targets.collect()), &missing)
    }

    fn config(lines: &str) -> Result<Config, miette::Report> {
        read(&format!("[package.build.config]\n{lines}"))?.merged(Subdir::Linux64)
    }

    #[test]
    fn every_example_of_the_page_can_be_read_for_every_platform() {
        assert!(examples().count() > Config::KEYS.len() - 2);
        for example in examples() {
            let tables = read(example).unwrap_or_else(|report| panic!("{report:?} in\n{example}"));
            for host in [Subdir::Linux64, Subdir::OsxArm64, Subdir::Win64] {
                tables.merged::<Config>(host).expect("an example");
            }
        }
    }

    #[test]
    fn the_page_has_a_heading_for_every_option_with_type_default_and_merging() {
        for key in Config::KEYS.iter().filter(|key| **key != "debug_dir") {
            let heading = format!("## `{key}`\n");
            let mut sections = PAGE.split("\n## ").skip(1).map(|part| format!("## {part}"));
            let section = sections.find(|section| section.starts_with(&heading));
            let section = section.unwrap_or_else(|| panic!("no heading for {key}"));
            for part in ["* Type: ", "* Default: ", "* Merging: ", "```toml\n"] {
                assert!(section.contains(part), "{key} lacks {part}");
            }
        }
    }

    #[test]
    fn values_that_make_no_sense_are_mistakes() {
        for lines in [
            "installer = 'conda'",
            "pypi-conda-map = { torch = true }",
            "pypi-conda-map = { torch = 'not a name!' }",
            "pypi-conda-map = { torch = 'pytorch >=2' }",
            "extra-args = ['--editable']",
            "compilers = ['c++']",
            "editable = 'yes'",
            "check = true",
        ] {
            assert!(config(lines).is_err(), "{lines}");
        }
    }

    #[test]
    fn values_are_what_they_say() {
        let read = |lines: &str| config(lines).expect(lines);
        assert!(!read("").maps_dependencies() && !read("").maps_build_system());
        let maps = read("ignore-pypi-mapping = false");
        assert!(maps.maps_dependencies() && maps.maps_build_system());
        let build = read("build-system-requires = 'map'");
        assert!(!build.maps_dependencies() && build.maps_build_system());
        assert_eq!(read("editable = 'auto'").editable, Editable::Auto);
        assert_eq!(
            read("skip-pyc-compilation = true").skip_pyc_compilation.0,
            ["**/*.py"]
        );
        let warnings = read("pypi-conda-map = { My_Pkg = 'a', my-pkg = 'b' }").warnings();
        assert_eq!(warnings.len(), 2);
    }
}
