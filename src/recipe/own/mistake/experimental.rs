//! Features of recipes that are turned off.

use std::ops::Range;

use miette::Report;

use super::RecipePlace;
use crate::recipe::own::errors::Experimental;
use crate::recipe::own::text::span;

/// Parts of messages, with the name of the feature in the recipe.
const EXPERIMENTAL: [(&str, &str); 4] = [
    ("attestation", "attestation"),
    ("build.steps", "steps"),
    ("load_from_file", "load_from_file"),
    ("git", "git"),
];

/// Whether an error of rattler-build is about a feature that is turned off.
pub(super) fn needs_experimental(message: &str) -> bool {
    let message = message.to_lowercase();
    message.contains("--experimental") || message.contains("experimental feature")
}

impl RecipePlace<'_> {
    pub(super) fn experimental(&self, message: &str, at: Option<Range<usize>>) -> Report {
        let here = at.clone().map_or("", |at| &self.text.as_str()[at]);
        let what = EXPERIMENTAL.iter().find(|(part, _)| message.contains(part));
        let what = what.or_else(|| EXPERIMENTAL.iter().find(|(_, word)| here.contains(word)));
        let word = what.map(|(_, word)| *word);
        if let Some(word) = word
            && self.is_build_string(at.as_ref())
        {
            // rattler-build evaluates it without experimental features, even if they are on.
            let message = format!("a build string cannot use `{word}`");
            let help = "give the value a name in `context`, and write the name here";
            return self.value(&message, Some(help), at);
        }
        let from = at.as_ref().map_or(0, |at| at.start);
        let found = word.and_then(|word| {
            self.text
                .word(word, from)
                .or_else(|| self.text.word(word, 0))
        });
        Experimental {
            what: word.unwrap_or("this").to_string(),
            file: self.text.file(),
            at: found.or(at).map(span),
        }
        .into()
    }

    /// Whether the value at this place is that of `build: string`.
    fn is_build_string(&self, at: Option<&Range<usize>>) -> bool {
        let before = at.map_or("", |at| &self.text.as_str()[..at.start]);
        let line = before.lines().next_back().unwrap_or_default().trim_end();
        line.trim_end_matches(['"', '\''])
            .trim_end()
            .ends_with("string:")
    }
}
