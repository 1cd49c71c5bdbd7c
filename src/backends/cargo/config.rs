//! The options of `[package.build.config]`, each described once, here.

use std::path::PathBuf;

use indexmap::IndexMap;
use serde::Deserialize;

use crate::diagnostic::Warning;
use crate::project::config::Options;

/// The options of the Cargo backend.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Config {
    /// Arguments added to `cargo install`, one element each, passed on as they are.
    pub extra_args: Vec<String>,
    /// Environment variables of the build. `$NAME` refers to a variable, `${{ … }}`
    /// is a template, everything else is literal. Merged key by key.
    pub env: IndexMap<String, String>,
    /// Files that trigger a rebuild beside those the backend knows of.
    pub extra_input_globs: Vec<String>,
    /// How the files that trigger a rebuild are found.
    pub input_tracking: InputTracking,
    /// Takes no metadata from `Cargo.toml`.
    pub ignore_cargo_manifest: bool,
    /// Languages whose compilers the build needs. Missing means `["rust", "c"]`.
    pub compilers: Option<Vec<String>>,
    /// Binary targets to install. Empty means all.
    pub binaries: Vec<String>,
    /// Without effect: debug files go to `<workDirectory>/debug`.
    #[serde(alias = "debug_dir")]
    pub debug_dir: Option<PathBuf>,
}

/// How the files that trigger a rebuild are found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InputTracking {
    /// `"exact"`: those that the last build read.
    #[default]
    Exact,
    /// `"globs"`: those that match patterns over the crate and its path dependencies.
    Globs,
}

impl Config {
    /// Languages whose compilers the build needs.
    pub(super) fn compilers(&self) -> Vec<String> {
        match &self.compilers {
            Some(compilers) => compilers.clone(),
            None => vec!["rust".to_string(), "c".to_string()],
        }
    }

    /// Whether the configuration speaks of sccache. The process environment has
    /// no say: it must not change what is built.
    pub(super) fn wants_sccache(&self) -> bool {
        self.env.keys().any(|name| name.starts_with("SCCACHE_"))
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
        "binaries",
        "debug-dir",
        "debug_dir",
    ];

    fn warnings(&self) -> Vec<Warning> {
        let deprecated = self.debug_dir.as_ref().map(|_| {
            Warning::new("`debug-dir` has no effect")
                .help("remove it; debug files are written to `debug` in the work directory")
        });
        deprecated.into_iter().collect()
    }
}
