//! The options of `[package.build.config]`.

use std::ops::Deref;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

use crate::backend::options::{CommonOptions, CompilerCache, holds_nul};
use crate::backend::package_options::PackageOptions;
use crate::backends::cargo::context::refused_arguments::{Refused, refused};
use crate::backends::cargo::option_checks;
use crate::backends::cargo::third_party::options::{self, ThirdParty};
use crate::diagnostic::Warning;
use crate::project::config::{EntryPart, InvalidOption, Options};

/// The options of the Cargo backend.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", default)]
pub struct Config {
    /// The options that every backend has. `extra-args` goes to `cargo install`;
    /// `compilers` is `["rust", "c"]` when it is missing.
    #[serde(flatten)]
    pub common: CommonOptions,
    /// What the package holds beside what the build tool installs.
    #[serde(flatten)]
    pub package: PackageOptions,
    /// Whether to ignore the metadata in `Cargo.toml`.
    pub ignore_cargo_manifest: bool,
    /// Binary targets to install. Empty means all.
    pub binaries: Vec<String>,
    /// Members of the Cargo workspace whose programs are installed, the package itself first.
    pub packages: Vec<String>,
    /// Features to enable in addition to the default features.
    pub features: Vec<String>,
    /// Whether the default features are enabled.
    pub default_features: Option<bool>,
    /// Whether all features are enabled.
    pub all_features: bool,
    /// The profile of Cargo. The default is `release`.
    pub profile: Option<String>,
    /// Settings of the profile, as in `Cargo.toml`. Merged key by key.
    pub profile_settings: IndexMap<String, Value>,
    /// Whether the project's own configuration of Cargo applies.
    pub cargo_config: Option<bool>,
    /// Flags for rustc, in addition to those of the activation and the project.
    pub rustflags: Vec<String>,
    /// Which compiler is needed: `manifest`, `toolchain-file` or a version.
    pub rust_version: Option<String>,
    /// Whether the tests of the project are run before anything is installed, or with which
    /// arguments.
    pub cargo_test: CargoTest,
    /// Kinds of libraries to install.
    pub libraries: Vec<String>,
    /// Whether the crate is a library for C, installed by cargo-c.
    pub c_library: Value,
    /// Whether the programs contain the list of their crates.
    pub auditable: bool,
    /// Other names of programs. Merged key by key.
    pub bin_aliases: IndexMap<String, Value>,
    /// How the licenses of the crates in the package are packed.
    pub third_party_licenses: Value,
}

/// Whether the tests of the project are run.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged, expecting = "a boolean, or an array of arguments")]
pub enum CargoTest {
    /// A boolean.
    Switch(bool),
    /// Arguments for the tests, which are then run.
    Arguments(Vec<String>),
}

impl Default for CargoTest {
    fn default() -> Self {
        Self::Switch(false)
    }
}

impl Config {
    /// The arguments of `cargo test`. `None` if the tests are not run.
    pub(crate) fn test_arguments(&self) -> Option<&[String]> {
        match &self.cargo_test {
            CargoTest::Switch(false) => None,
            CargoTest::Switch(true) => Some(&[]),
            CargoTest::Arguments(arguments) => Some(arguments),
        }
    }

    /// The settings for the licenses of the crates in the package. `None` if they are not
    /// packed.
    pub(crate) fn third_party(&self) -> Option<ThirdParty> {
        options::read(&self.third_party_licenses).unwrap_or_default()
    }

    /// Whether libraries are installed.
    pub(crate) fn has_libraries(&self) -> bool {
        !self.libraries.is_empty() || option_checks::c_types(&self.c_library).is_some()
    }

    /// The languages whose compilers the build needs.
    pub(crate) fn compilers(&self) -> Vec<String> {
        match &self.compilers {
            Some(compilers) => compilers.clone(),
            None => vec!["rust".to_string(), "c".to_string()],
        }
    }

    /// Whether the project's own configuration of Cargo applies.
    pub(crate) fn applies_cargo_config(&self) -> bool {
        self.cargo_config.unwrap_or(true)
    }

    /// Whether the build environment needs sccache. The environment of this process does not
    /// count, because it must not change the requirements of a build.
    pub(crate) fn wants_sccache(&self) -> bool {
        match self.compiler_cache {
            CompilerCache::Auto => self.env.keys().any(|name| name.starts_with("SCCACHE_")),
            CompilerCache::Sccache => true,
            CompilerCache::Ccache | CompilerCache::None => false,
        }
    }

    /// The variable with which the user puts another program between Cargo and rustc.
    pub(crate) fn rustc_wrapper(&self) -> Option<&'static str> {
        const WRAPPERS: [&str; 2] = ["RUSTC_WRAPPER", "CARGO_BUILD_RUSTC_WRAPPER"];
        WRAPPERS
            .into_iter()
            .find(|name| self.env.contains_key(name))
    }
}

impl Options for Config {
    const KEYS: &'static [&'static str] = &[
        "extra-args",
        "env",
        "extra-input-globs",
        "input-tracking",
        "ignore-cargo-manifest",
        "compilers",
        "compiler-cache",
        "binaries",
        "packages",
        "features",
        "default-features",
        "all-features",
        "profile",
        "profile-settings",
        "cargo-config",
        "rustflags",
        "rust-version",
        "cargo-test",
        "libraries",
        "c-library",
        "auditable",
        "bin-aliases",
        "third-party-licenses",
        "artifact-limit",
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
        let contradiction = self.rustc_wrapper().map(|name| {
            Warning::new(format!(
                "`compiler-cache` has no effect beside `{name}` in `env`"
            ))
            .help("remove one of the two")
        });
        let contradiction = contradiction.filter(|_| self.compiler_cache == CompilerCache::Sccache);
        let replaced = self.env.contains_key("RUSTFLAGS") && !self.rustflags.is_empty();
        let replaced = replaced.then(|| {
            Warning::new(
                "`RUSTFLAGS` in `env` replaces the flags of the activation and the project",
            )
            .help("write its flags into `rustflags`, which adds them")
        });
        (self.common.warnings().into_iter())
            .chain(contradiction)
            .chain(replaced)
            .collect()
    }

    fn validate(&self) -> Vec<InvalidOption> {
        let binaries = self.binaries.iter().any(|name| name.contains('\0'));
        let binaries = binaries.then(|| holds_nul(&["binaries"]));
        let ccache = (self.compiler_cache == CompilerCache::Ccache).then(|| InvalidOption {
            keys: vec!["compiler-cache".to_string()],
            part: EntryPart::Value,
            message: "ccache cannot cache what rustc compiles".to_string(),
            help: "use `sccache`, `auto` or `none`".to_string(),
        });
        let common = self.common.validate().into_iter();
        let common = common.chain(self.package.validate());
        let refused = refused(&self.extra_args).map(refused_argument);
        common
            .chain(binaries)
            .chain(ccache)
            .chain(refused)
            .chain(option_checks::choice(
                &self.features,
                self.profile.as_deref(),
                &self.profile_settings,
            ))
            .chain(option_checks::rust_version(self.rust_version.as_deref()))
            .chain(option_checks::libraries(&self.libraries, &self.c_library))
            .chain(option_checks::aliases(&self.bin_aliases))
            .chain(options::read(&self.third_party_licenses).err())
            .collect()
    }
}

fn refused_argument(refused: Refused) -> InvalidOption {
    let Refused {
        index,
        name,
        reason,
        help,
    } = refused;
    InvalidOption {
        keys: vec!["extra-args".to_string(), index.to_string()],
        part: EntryPart::Value,
        message: format!("`{name}` {reason}"),
        help: help.to_string(),
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

    const PAGE: &str = include_str!("../../../docs/backends/rust.md");

    fn examples() -> impl Iterator<Item = &'static str> {
        let blocks = PAGE.split("```toml\n").skip(1);
        blocks.map(|block| block.split("```").next().expect("a block ends"))
    }

    fn read(example: &str) -> ConfigTables {
        let manifest: Value = toml_edit::de::from_str(example).expect("examples are TOML");
        let build = &manifest["package"]["build"];
        let targets = build["target"].as_object().into_iter().flatten();
        let targets = targets.map(|(name, table)| (name.clone(), table["config"].clone()));
        let missing = Manifest::at("does-not-exist/pixi.toml".as_ref());
        ConfigTables::read::<Config>(
            "test",
            Some(build["config"].clone()),
            Some(targets.collect()),
            &missing,
        )
        .unwrap_or_else(|report| panic!("{report:?} in\n{example}"))
    }

    #[test]
    fn every_example_of_the_page_can_be_read_for_every_platform() {
        assert!(examples().count() > Config::KEYS.len());
        for example in examples() {
            let tables = read(example);
            for host in [Subdir::Linux64, Subdir::OsxArm64, Subdir::Win64] {
                tables.merged::<Config>(host).expect("an example");
            }
        }
    }

    #[test]
    fn the_page_says_what_merging_does() {
        let example = examples()
            .find(|example| example.contains("linux-64"))
            .expect("it is there");
        let tables = read(example);
        let config: Config = tables.merged(Subdir::Linux64).expect("an example");
        assert_eq!(config.extra_args, Vec::<String>::new());
        assert_eq!(config.env["RUST_LOG"], "debug");
        let config: Config = tables.merged(Subdir::Win64).expect("an example");
        assert_eq!(config.extra_args, ["--features", "tls"]);
    }
}
