//! The options of `[package.build.config]` that all backends have, and their checks.
//!
//! A backend flattens [`CommonOptions`] into its own configuration. The page of the
//! backend describes how an option affects the tools of that backend.

use std::path::PathBuf;

use bytesize::ByteSize;
use ignore::overrides::OverrideBuilder;
use serde::Deserialize;

use crate::backend::variables::Variables;
use crate::diagnostic::{Warning, nearest};
use crate::project::config::{EntryPart, InvalidOption};

/// The options that all backends have.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", default)]
pub struct CommonOptions {
    /// Arguments for the build command, one per element.
    pub extra_args: Vec<String>,
    /// Environment variables of the build. `$NAME` refers to a variable, `${{ … }}`
    /// is a template, everything else is literal; `false` removes a variable. Merged key
    /// by key.
    pub env: Variables,
    /// Patterns for additional files that trigger a rebuild.
    pub extra_input_globs: Vec<String>,
    /// How the files that trigger a rebuild are determined.
    pub input_tracking: InputTracking,
    /// Languages whose compilers the build needs. The default depends on the backend.
    pub compilers: Option<Vec<String>>,
    /// Whether the build tool runs the compilers through a cache.
    pub compiler_cache: CompilerCache,
    /// The maximum size of the intermediate artifacts of the workspace, such as `"20
    /// GiB"`.
    pub artifact_limit: Option<String>,
    /// Has no effect: debug files are in `<workDirectory>/debug`.
    #[serde(alias = "debug_dir")]
    pub debug_dir: Option<PathBuf>,
}

/// How the files that trigger a rebuild are determined.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum InputTracking {
    /// `"exact"`: the files that the last build read.
    #[default]
    Exact,
    /// `"globs"`: the files that match the patterns of the backend.
    Globs,
}

/// Whether the build tool runs the compilers through a cache.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CompilerCache {
    /// `"auto"`: the cache that is in the build environment, if any.
    #[default]
    Auto,
    /// `"sccache"`: sccache, which is added to the build environment.
    Sccache,
    /// `"ccache"`: ccache, if the backend supports it. It is added to the build
    /// environment.
    Ccache,
    /// `"none"`: no cache.
    None,
}

/// The default for the maximum size of the intermediate artifacts of a workspace.
const ARTIFACT_LIMIT: ByteSize = ByteSize::gib(20);

impl CommonOptions {
    /// The keys of the options.
    pub const KEYS: [&'static str; 9] = [
        "extra-args",
        "env",
        "extra-input-globs",
        "input-tracking",
        "compilers",
        "compiler-cache",
        "artifact-limit",
        "debug-dir",
        "debug_dir",
    ];

    /// The maximum size of the intermediate artifacts of the workspace.
    pub fn artifact_limit(&self) -> ByteSize {
        let chosen = self.artifact_limit.as_deref();
        let chosen = chosen.and_then(|text| text.parse().ok());
        chosen.unwrap_or(ARTIFACT_LIMIT)
    }

    /// Warnings about values that are accepted but have no effect.
    pub fn warnings(&self) -> Vec<Warning> {
        self.debug_dir
            .iter()
            .map(|_| deprecated_debug_dir())
            .collect()
    }

    /// Values that have the right type but are not valid.
    pub fn validate(&self) -> Vec<InvalidOption> {
        let compilers = self.compilers.iter().flatten().enumerate();
        let compilers = compilers.filter_map(|(index, name)| unknown_compiler(index, name));
        let arguments = self.extra_args.iter().any(|value| value.contains('\0'));
        let arguments = arguments.then(|| holds_nul(&["extra-args"]));
        let values = self.env.iter().filter(|(_, value)| value.contains('\0'));
        let names = || self.env.keys().chain(self.env.removed());
        let is_reserved = |name: &&String| RESERVED.contains(&name.as_str());
        let reserved = names().filter(is_reserved);
        let limit = self.artifact_limit.as_deref();
        let limit = limit.filter(|text| text.parse::<ByteSize>().is_err());
        compilers
            .chain(arguments)
            .chain(values.map(|(name, _)| holds_nul(&["env", name])))
            .chain(names().filter_map(|name| bad_variable(name)))
            .chain(reserved.map(|name| reserved_variable(name)))
            .chain(limit.map(bad_size))
            .chain(bad_globs("extra-input-globs", &self.extra_input_globs))
            .collect()
    }
}

/// Languages for which conda has compiler packages. For other languages the package is
/// assumed to have the name of the language.
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

/// Compilers that have packages of their own name, such as `gcc_linux-64`.
const COMPILER_PACKAGES: [&str; 6] = ["gcc", "gxx", "gfortran", "clang", "clangxx", "flang"];

fn unknown_compiler(index: usize, name: &str) -> Option<InvalidOption> {
    let sign = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c);
    let valid = name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(sign);
    let meant = match name.to_lowercase().as_str() {
        "c++" | "cpp" | "g++" => Some("cxx"),
        "cc" => Some("c"),
        "rustc" | "cargo" => Some("rust"),
        lower => nearest(lower, COMPILERS),
    };
    let is_package = COMPILER_PACKAGES.contains(&name);
    if COMPILERS.contains(&name) || is_package || (valid && meant.is_none()) {
        return None;
    }
    Some(InvalidOption {
        keys: vec!["compilers".to_string(), index.to_string()],
        part: EntryPart::Value,
        message: format!("`{name}` is not a language with a compiler package"),
        help: match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => {
                "names of languages consist of lower-case letters, digits, `-` and `_`; common \
                     ones are `rust`, `c`, `cxx`, `fortran` and `cuda`"
                    .to_string()
            }
        },
    })
}

fn is_variable(name: &str) -> bool {
    let sign = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit()) && name.chars().all(sign)
}

/// The mistakes in the patterns of the option `key`.
pub fn bad_globs(key: &str, patterns: &[String]) -> impl Iterator<Item = InvalidOption> {
    let patterns = patterns.iter().enumerate();
    patterns.filter_map(move |(index, pattern)| {
        let error = OverrideBuilder::new("").add(pattern).err()?.to_string();
        // The advice in parentheses escapes a character differently from the help.
        let reason = error.split(" (maybe").next().unwrap_or(&error);
        Some(InvalidOption {
            keys: vec![key.to_string(), index.to_string()],
            part: EntryPart::Value,
            message: reason.to_string(),
            help: "write `\\` before a literal `[`, `{` or `\\`".to_string(),
        })
    })
}

/// The warning about `debug-dir`, which only other implementations read.
pub fn deprecated_debug_dir() -> Warning {
    Warning::new("`debug-dir` has no effect")
        .help("remove it; debug files are written to `debug` in the work directory")
}

fn bad_size(text: &str) -> InvalidOption {
    InvalidOption {
        keys: vec!["artifact-limit".to_string()],
        part: EntryPart::Value,
        message: format!("`{text}` is not a size"),
        help: "write a number and a unit, as in `20 GiB`".to_string(),
    }
}

pub fn holds_nul(keys: &[&str]) -> InvalidOption {
    InvalidOption {
        keys: keys.iter().map(|key| key.to_string()).collect(),
        part: EntryPart::Value,
        message: format!("`{}` contains a NUL character", keys.join(".")),
        help: "arguments and variables cannot contain one: remove it".to_string(),
    }
}

/// The directories of a build. rattler-build sets these variables.
const RESERVED: [&str; 3] = ["BUILD_PREFIX", "PREFIX", "SRC_DIR"];

fn reserved_variable(name: &str) -> InvalidOption {
    InvalidOption {
        keys: vec!["env".to_string(), name.to_string()],
        part: EntryPart::Key,
        message: format!("`{name}` is a directory of the build and cannot be set"),
        help: format!("refer to it as `${name}` in the values of other variables"),
    }
}

/// The mistake in the name of a variable in `env`.
pub fn bad_variable(name: &str) -> Option<InvalidOption> {
    (!is_variable(name)).then(|| InvalidOption {
        keys: vec!["env".to_string(), name.to_string()],
        part: EntryPart::Key,
        message: format!("`{name}` cannot be the name of an environment variable"),
        help: "use letters, digits and `_`, and no digit at the start".to_string(),
    })
}
