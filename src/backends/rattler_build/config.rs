//! The options of `[package.build.config]`.

use std::path::PathBuf;

use indexmap::IndexMap;
use serde::Deserialize;

use crate::backend::options::{InputTracking, bad_globs, bad_variable, deprecated_debug_dir};
use crate::diagnostic::Warning;
use crate::project::config::{EntryPart, InvalidOption, Options};
use crate::protocol::variant::VariantValue;

/// The options of the backend for recipes.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", default)]
pub struct Config {
    /// The recipe, relative to the source directory, or else to the manifest. A directory
    /// stands for the recipe in it.
    pub recipe: Option<PathBuf>,
    /// Whether experimental features of the recipe format are allowed.
    pub experimental: bool,
    /// Patterns for additional files that trigger a rebuild.
    pub extra_input_globs: Vec<String>,
    /// How the files that trigger a rebuild are determined.
    pub input_tracking: InputTracking,
    /// Patterns for the names of the offered outputs. Empty means all outputs.
    pub outputs: Vec<String>,
    /// Variant files in addition to those next to the recipe.
    pub variant_files: Vec<PathBuf>,
    /// Whether to ignore the variant files next to the recipe.
    pub ignore_recipe_variants: bool,
    /// Values for entries of the recipe's `context`, merged key by key.
    pub context: IndexMap<String, VariantValue>,
    /// `"recipe"`, `"package"`, or a directory that replaces all sources.
    pub source: Option<String>,
    /// Whether the script starts in a clean directory.
    pub work_directory: WorkDirectory,
    /// Variables for the scripts of all outputs, merged key by key. Variables of a script
    /// have priority.
    pub env: IndexMap<String, String>,
    /// Has no effect: debug files are in `<workDirectory>/debug`.
    #[serde(alias = "debug_dir")]
    pub debug_dir: Option<PathBuf>,
}

/// Whether the script starts in a clean directory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum WorkDirectory {
    /// `"clean"`: the directory is empty when a build begins.
    #[default]
    Clean,
    /// `"keep"`: the files of the last build remain, and sources are updated.
    Keep,
}

impl Options for Config {
    const KEYS: &'static [&'static str] = &[
        "recipe",
        "experimental",
        "extra-input-globs",
        "input-tracking",
        "outputs",
        "variant-files",
        "ignore-recipe-variants",
        "context",
        "source",
        "work-directory",
        "env",
        "debug-dir",
        "debug_dir",
    ];

    /// These options decide which outputs exist, before a platform is known.
    const SAME_FOR_ALL_TARGETS: &'static [&'static str] = &["recipe", "experimental"];

    fn warnings(&self) -> Vec<Warning> {
        self.debug_dir
            .iter()
            .map(|_| deprecated_debug_dir())
            .collect()
    }

    fn validate(&self) -> Vec<InvalidOption> {
        let globs = bad_globs("extra-input-globs", &self.extra_input_globs);
        let outputs = self.outputs.iter().filter_map(|pattern| bad_name(pattern));
        let variables = self.env.keys().filter_map(|name| bad_variable(name));
        globs.chain(outputs).chain(variables).collect()
    }
}

fn bad_name(pattern: &str) -> Option<InvalidOption> {
    let error = glob::Pattern::new(pattern).err()?;
    Some(InvalidOption {
        keys: vec!["outputs".to_string()],
        part: EntryPart::Value,
        message: format!("`{pattern}` is not a pattern for names: {}", error.msg),
        help: "write the name of an output, in which `*` stands for anything".to_string(),
    })
}

#[cfg(test)]
mod tests {
    use rattler_conda_types::Subdir;
    use serde_json::Value;

    use super::*;
    use crate::project::config::ConfigTables;
    use crate::project::manifest::Manifest;

    const PAGE: &str = include_str!("../../../docs/backends/rattler-build.md");

    fn read(example: &str) -> ConfigTables {
        let manifest: Value = toml_edit::de::from_str(example).expect("examples are TOML");
        let build = &manifest["package"]["build"];
        let targets = build["target"].as_object().into_iter().flatten();
        let targets = targets.map(|(name, table)| (name.clone(), table["config"].clone()));
        let missing = Manifest::at("does-not-exist/pixi.toml".as_ref());
        let config = Some(build["config"].clone());
        ConfigTables::read::<Config>("test", config, Some(targets.collect()), &missing)
            .unwrap_or_else(|report| panic!("{report:?} in\n{example}"))
    }

    #[test]
    fn every_example_of_the_page_can_be_read() {
        let blocks = PAGE.split("```toml\n").skip(1);
        let examples: Vec<&str> = blocks
            .filter_map(|block| block.split("```").next())
            .collect();
        assert!(examples.len() >= Config::KEYS.len());
        for example in examples {
            for host in [Subdir::Linux64, Subdir::Win64] {
                read(example).merged::<Config>(host).expect("an example");
            }
        }
    }

    #[test]
    fn the_page_has_a_heading_for_every_option() {
        for key in Config::KEYS {
            let quoted = format!("`{key}`");
            let mut sections = PAGE.split("\n## ").skip(1);
            let is_its = |section: &&str| {
                let heading = section.lines().next();
                heading.is_some_and(|heading| heading.contains(&quoted))
            };
            let section = sections
                .find(is_its)
                .unwrap_or_else(|| panic!("no heading for {quoted}"));
            for part in ["* Type: ", "* Default: ", "* Merging: ", "```toml\n"] {
                assert!(section.contains(part), "{quoted} lacks {part}");
            }
        }
    }
}
