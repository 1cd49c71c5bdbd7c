//! A key that does not exist in any table of a recipe.

use std::ops::Range;

use miette::Report;

use super::RecipePlace;
use crate::diagnostic::{list, nearest};
use crate::recipe::own::errors::UnknownRecipeKey;
use crate::recipe::own::text::span;

impl RecipePlace<'_> {
    pub(super) fn unknown_key(
        &self,
        table: &str,
        key: &str,
        suggestion: Option<&str>,
        at: Option<Range<usize>>,
    ) -> Report {
        let known = suggestion.and_then(|text| text.split_once(": "));
        let known = known.map_or_else(Vec::new, |(_, names)| names.split(", ").collect());
        let renamed = RENAMED.iter().find(|(name, _)| *name == key);
        let elsewhere = BELONGS.iter().find(|(name, _)| *name == key);
        let help = if key == "cache" {
            "`cache` is now a staging output: `outputs` with `- staging: {name: …}` that has its \
             `source`, `requirements` and `build`, and `inherit: …` in every output that uses it"
                .to_string()
        } else if let Some((_, new)) = renamed {
            format!("in recipe.yaml it is `{new}`; `{key}` is a key of meta.yaml")
        } else if let Some(near) = nearest(key, known.iter().copied()) {
            format!("did you mean `{near}`?")
        } else if let Some((_, place)) = elsewhere {
            format!("`{key}` belongs in `{place}`")
        } else if known.is_empty() {
            "remove it, or look it up in the documentation of recipes".to_string()
        } else {
            format!("the keys are {}", list(known.iter().copied()))
        };
        UnknownRecipeKey {
            table: table.to_string(),
            key: key.to_string(),
            help,
            file: self.text.file(),
            at: at.map(span),
        }
        .into()
    }
}

/// Keys of conda-build, with their place in the new format.
const RENAMED: [(&str, &str); 19] = [
    ("commands", "script"),
    ("detect_binary_files_with_prefix", "build: prefix_detection"),
    ("dev_url", "about: repository"),
    ("doc_url", "about: documentation"),
    ("fn", "file_name"),
    ("folder", "target_directory"),
    ("git_branch", "branch"),
    ("git_depth", "depth"),
    ("git_rev", "rev"),
    ("git_tag", "tag"),
    ("git_url", "git"),
    ("home", "about: homepage"),
    ("imports", "python: imports"),
    ("merge_build_host", "merge_build_and_host_envs"),
    (
        "missing_dso_whitelist",
        "build: dynamic_linking: missing_dso_allowlist",
    ),
    ("run_constrained", "requirements: run_constraints"),
    ("script_env", "script: env"),
    ("test", "tests"),
    ("track_features", "build: variant: down_prioritize_variant"),
];

/// Keys that are often written in the wrong table, with the right one.
const BELONGS: [(&str, &str); 31] = [
    ("entry_points", "build: python"),
    ("skip_pyc_compilation", "build: python"),
    ("missing_dso_allowlist", "build: dynamic_linking"),
    ("overlinking_behavior", "build: dynamic_linking"),
    ("binary_relocation", "build: dynamic_linking"),
    ("rpaths", "build: dynamic_linking"),
    ("host", "requirements"),
    ("run", "requirements"),
    ("run_constraints", "requirements"),
    ("run_exports", "requirements"),
    ("ignore_run_exports", "requirements"),
    ("script", "build"),
    ("number", "build"),
    ("noarch", "build"),
    ("skip", "build"),
    ("string", "build"),
    ("dynamic_linking", "build"),
    ("prefix_detection", "build"),
    ("url", "source"),
    ("sha256", "source"),
    ("patches", "source"),
    ("git", "source"),
    ("license", "about"),
    ("license_file", "about"),
    ("summary", "about"),
    ("homepage", "about"),
    ("name", "package"),
    ("version", "package"),
    ("recipe-maintainers", "extra"),
    ("use_keys", "build: variant"),
    ("ignore_keys", "build: variant"),
];
