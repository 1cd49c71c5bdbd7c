//! The options of `[package.build.config]`, each described once, here.

use std::ops::Deref;

use serde::Deserialize;

use crate::backend::options::{CommonOptions, CompilerCache, holds_nul};
use crate::backends::cargo::context::refused_arguments::{Refused, refused};
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
    /// Takes no metadata from `Cargo.toml`.
    pub ignore_cargo_manifest: bool,
    /// Binary targets to install. Empty means all.
    pub binaries: Vec<String>,
}

impl Config {
    /// Languages whose compilers the build needs.
    pub(crate) fn compilers(&self) -> Vec<String> {
        match &self.compilers {
            Some(compilers) => compilers.clone(),
            None => vec!["rust".to_string(), "c".to_string()],
        }
    }

    /// Whether the build environment needs sccache. The process environment has
    /// no say: it must not change what is built.
    pub(crate) fn wants_sccache(&self) -> bool {
        match self.compiler_cache {
            CompilerCache::Auto => self.env.keys().any(|name| name.starts_with("SCCACHE_")),
            CompilerCache::Sccache => true,
            CompilerCache::Ccache | CompilerCache::None => false,
        }
    }

    /// The user's variable that puts another program between Cargo and rustc.
    pub(crate) fn rustc_wrapper(&self) -> Option<&'static str> {
        const WRAPPERS: [&str; 2] = ["RUSTC_WRAPPER", "CARGO_BUILD_RUSTC_WRAPPER"];
        WRAPPERS
            .into_iter()
            .find(|name| self.env.contains_key(*name))
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
        "artifact-limit",
        "debug-dir",
        "debug_dir",
    ];

    fn warnings(&self) -> Vec<Warning> {
        let contradiction = self.rustc_wrapper().map(|name| {
            Warning::new(format!(
                "`compiler-cache` has no effect beside `{name}` in `env`"
            ))
            .help("remove one of both")
        });
        let contradiction = contradiction.filter(|_| self.compiler_cache == CompilerCache::Sccache);
        (self.common.warnings().into_iter())
            .chain(contradiction)
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
        let refused = refused(&self.extra_args).map(refused_argument);
        common
            .chain(binaries)
            .chain(ccache)
            .chain(refused)
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
