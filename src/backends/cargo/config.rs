//! The options of `[package.build.config]`, each described once, here.

use std::path::PathBuf;

use bytesize::ByteSize;
use ignore::overrides::OverrideBuilder;
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
    /// How the files that trigger a rebuild are found.
    pub input_tracking: InputTracking,
    /// Takes no metadata from `Cargo.toml`.
    pub ignore_cargo_manifest: bool,
    /// Languages whose compilers the build needs. Missing means `["rust", "c"]`.
    pub compilers: Option<Vec<String>>,
    /// Whether sccache stands between Cargo and the compilers.
    pub compiler_cache: CompilerCache,
    /// Binary targets to install. Empty means all.
    pub binaries: Vec<String>,
    /// What the intermediate artifacts of the workspace may weigh, as in `"20 GiB"`.
    pub artifact_limit: Option<String>,
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

/// Whether sccache stands between Cargo and the compilers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CompilerCache {
    /// `"auto"`: where it is in the build environment.
    #[default]
    Auto,
    /// `"sccache"`: yes; it becomes part of the build environment.
    Sccache,
    /// `"none"`: no.
    None,
}

impl Config {
    /// Languages whose compilers the build needs.
    pub(super) fn compilers(&self) -> Vec<String> {
        match &self.compilers {
            Some(compilers) => compilers.clone(),
            None => vec!["rust".to_string(), "c".to_string()],
        }
    }

    /// What the intermediate artifacts of the workspace may weigh.
    pub(super) fn artifact_limit(&self) -> Option<ByteSize> {
        self.artifact_limit.as_deref()?.parse().ok()
    }

    /// Whether the build environment needs sccache. The process environment has
    /// no say: it must not change what is built.
    pub(super) fn wants_sccache(&self) -> bool {
        match self.compiler_cache {
            CompilerCache::Auto => self.env.keys().any(|name| name.starts_with("SCCACHE_")),
            CompilerCache::Sccache => true,
            CompilerCache::None => false,
        }
    }

    /// The user's variable that puts another program between Cargo and rustc.
    pub(super) fn rustc_wrapper(&self) -> Option<&'static str> {
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
        let deprecated = self.debug_dir.as_ref().map(|_| {
            Warning::new("`debug-dir` has no effect")
                .help("remove it; debug files are written to `debug` in the work directory")
        });
        let contradiction = self.rustc_wrapper().map(|name| {
            Warning::new(format!(
                "`compiler-cache` has no effect beside `{name}` in `env`"
            ))
            .help("remove one of both")
        });
        let contradiction = contradiction.filter(|_| self.compiler_cache == CompilerCache::Sccache);
        deprecated.into_iter().chain(contradiction).collect()
    }

    fn misfits(&self) -> Vec<Misfit> {
        let compilers = self.compilers.iter().flatten();
        let compilers = compilers.filter_map(|name| unknown_compiler(name));
        let variables = self.env.keys().filter(|name| !is_variable(name));
        let reserved = self
            .env
            .keys()
            .filter(|name| RESERVED.contains(&name.as_str()));
        let limit = self.artifact_limit.as_deref();
        let limit = limit.filter(|text| text.parse::<ByteSize>().is_err());
        let unspeakable = |option: &'static str, values: &[String]| {
            let mut values = values.iter();
            let found = values.any(|value| value.contains('\0'));
            found.then(|| holds_nul(&[option]))
        };
        let values = self.env.iter().filter(|(_, value)| value.contains('\0'));
        let globs = self.extra_input_globs.iter();
        let globs = globs.filter_map(|pattern| bad_glob(pattern));
        compilers
            .chain(unspeakable("extra-args", &self.extra_args))
            .chain(unspeakable("binaries", &self.binaries))
            .chain(values.map(|(name, _)| holds_nul(&["env", name])))
            .chain(variables.map(|name| bad_variable(name)))
            .chain(reserved.map(|name| reserved_variable(name)))
            .chain(limit.map(bad_size))
            .chain(globs)
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

fn bad_glob(pattern: &str) -> Option<Misfit> {
    let error = OverrideBuilder::new("").add(pattern).err()?;
    Some(Misfit {
        keys: vec!["extra-input-globs".to_string()],
        part: Part::Value,
        message: error.to_string(),
        help: "a `[`, `{` or `\\` that means itself has a `\\` in front of it".to_string(),
    })
}

fn bad_size(text: &str) -> Misfit {
    Misfit {
        keys: vec!["artifact-limit".to_string()],
        part: Part::Value,
        message: format!("`{text}` is no size"),
        help: "write a number and a unit, as in `20 GiB`".to_string(),
    }
}

fn holds_nul(keys: &[&str]) -> Misfit {
    Misfit {
        keys: keys.iter().map(|key| key.to_string()).collect(),
        part: Part::Value,
        message: format!("`{}` holds a NUL character", keys.join(".")),
        help: "no argument and no variable can hold one: remove it".to_string(),
    }
}

/// The folders of a build, which only rattler-build knows.
const RESERVED: [&str; 3] = ["BUILD_PREFIX", "PREFIX", "SRC_DIR"];

fn reserved_variable(name: &str) -> Misfit {
    Misfit {
        keys: vec!["env".to_string(), name.to_string()],
        part: Part::Key,
        message: format!("`{name}` says where the build takes place and cannot be set"),
        help: format!("refer to it as `${name}` in the values of other variables"),
    }
}

fn bad_variable(name: &str) -> Misfit {
    Misfit {
        keys: vec!["env".to_string(), name.to_string()],
        part: Part::Key,
        message: format!("`{name}` cannot be the name of an environment variable"),
        help: "use letters, digits and `_`, and no digit at the start".to_string(),
    }
}

#[cfg(test)]
mod tests {
    use rattler_conda_types::Subdir;
    use serde_json::Value;

    use super::*;
    use crate::project::config::Tables;
    use crate::project::manifest::Manifest;

    const PAGE: &str = include_str!("../../../docs/backends/rust.md");

    fn examples() -> impl Iterator<Item = &'static str> {
        let blocks = PAGE.split("```toml\n").skip(1);
        blocks.map(|block| block.split("```").next().expect("a block ends"))
    }

    fn read(example: &str) -> Tables {
        let manifest: Value = toml_edit::de::from_str(example).expect("examples are TOML");
        let build = &manifest["package"]["build"];
        let targets = build["target"].as_object().into_iter().flatten();
        let targets = targets.map(|(name, table)| (name.clone(), table["config"].clone()));
        let missing = Manifest::at("does-not-exist/pixi.toml".as_ref());
        Tables::read::<Config>(
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
    fn the_page_has_a_heading_for_every_option_with_type_default_and_merging() {
        for key in Config::KEYS {
            let quoted = format!("`{key}`");
            let mut sections = PAGE.split("\n## ").skip(1);
            let section = sections.find(|section| {
                section
                    .lines()
                    .next()
                    .is_some_and(|heading| heading.contains(&quoted))
            });
            let section = section.unwrap_or_else(|| panic!("no heading for {quoted}"));
            for part in ["* Type: ", "* Default: ", "* Merging: ", "```toml\n"] {
                assert!(section.contains(part), "{quoted} lacks {part}");
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
