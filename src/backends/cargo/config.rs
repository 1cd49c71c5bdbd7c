//! The options of `[package.build.config]`, each described once, here.

use std::path::PathBuf;

use indexmap::IndexMap;
use serde::Deserialize;

use crate::diagnostic::{Warning, nearest};
use crate::project::config::{Misfit, Options, Part};

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

    fn misfits(&self) -> Vec<Misfit> {
        let compilers = self.compilers.iter().flatten();
        let compilers = compilers.filter_map(|name| unknown_compiler(name));
        let variables = self.env.keys().filter(|name| !is_variable(name));
        compilers
            .chain(variables.map(|name| bad_variable(name)))
            .collect()
    }
}

/// Languages conda has compiler packages for. Others are taken at their word:
/// the package is then called after the language.
const COMPILERS: [&str; 12] = [
    "rust",
    "c",
    "cxx",
    "fortran",
    "cuda",
    "go",
    "go-cgo",
    "go-nocgo",
    "zig",
    "nim",
    "m2w64_c",
    "m2w64_cxx",
];

fn unknown_compiler(name: &str) -> Option<Misfit> {
    let sign = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c);
    let valid = name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(sign);
    let meant = match name.to_lowercase().as_str() {
        "c++" | "cpp" | "g++" | "clangxx" => Some("cxx"),
        "gcc" | "cc" | "clang" => Some("c"),
        "rustc" | "cargo" => Some("rust"),
        "gfortran" => Some("fortran"),
        lower => nearest(lower, COMPILERS),
    };
    if COMPILERS.contains(&name) || (valid && meant.is_none()) {
        return None;
    }
    Some(Misfit {
        keys: vec!["compilers".to_string()],
        part: Part::Value,
        message: format!("`{name}` is no language with a compiler package"),
        help: match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "names of languages consist of small letters, digits, `-` and `_`; common \
                     ones are `rust`, `c`, `cxx`, `fortran` and `cuda`"
                .to_string(),
        },
    })
}

fn is_variable(name: &str) -> bool {
    let sign = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit()) && name.chars().all(sign)
}

fn bad_variable(name: &str) -> Misfit {
    Misfit {
        keys: vec!["env".to_string(), name.to_string()],
        part: Part::Key,
        message: format!("`{name}` cannot be the name of an environment variable"),
        help: "use letters, digits and `_`, and no digit at the start".to_string(),
    }
}
