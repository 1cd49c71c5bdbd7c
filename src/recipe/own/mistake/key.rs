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
        let elsewhere = BELONGS.iter().find(|(name, _)| *name == key);
        let help = if key == "cache" {
            "`cache` is now a staging output: `outputs` with `- staging: {name: …}` that has its \
             `source`, `requirements` and `build`, and `inherit: …` in every output that uses it"
                .to_string()
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

/// Keys that are often written in the wrong table, with the right one.
const BELONGS: [(&str, &str); 25] = [
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
