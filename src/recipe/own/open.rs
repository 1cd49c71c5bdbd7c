//! Skip conditions about variants that have no value.
//!
//! `match` is true for a name without a value, so rattler-build skips a package with
//! `skip: match(python, "<3.9")` everywhere if `python` has no value. conda-forge gives it
//! one, and pixi does not. The result of such a comparison is not known.

use std::collections::BTreeSet;
use std::ops::Range;

use rattler_build_recipe::EvaluationContext;
use rattler_build_recipe::stage0::{
    ConditionalList, Item, Output, Recipe as Stage0, Value as Stage0Value,
};
use rattler_build_variant_config::VariantConfig;

use super::doubts::KNOWN;
use super::{Own, Renderer, entries};
use crate::diagnostic::Warning;
use crate::recipe::variants::VariantSelection;

impl Renderer<'_> {
    /// Replaces the conditions that depend on a name without a value by what is certain: such a
    /// condition holds only where it does not matter whether the comparison is true.
    pub(super) fn without_open_conditions(mut self, variants: &VariantConfig) -> Self {
        let names = entries::template_names(&self.stage0, variants);
        let mut stage0 = self.stage0.clone();
        for list in lists(&mut stage0) {
            let items = std::mem::take(list).into_vec().into_iter();
            let items = items.map(|item| {
                let certain = concrete(&item).and_then(|condition| {
                    let open = open(condition, |name| is_known(name, &names));
                    let [yes, no] = [true, false].map(|value| replaced(condition, &open, value));
                    (!open.is_empty()).then(|| format!("({yes}) and ({no})"))
                });
                match certain {
                    Some(certain) => Item::Value(Stage0Value::new_concrete(certain, None)),
                    None => item,
                }
            });
            *list = ConditionalList::new(items.collect());
        }
        self.stage0 = stage0;
        self
    }
}

impl Own {
    /// The conditions under which outputs are skipped, each of them once.
    pub fn skip_conditions(&self) -> Vec<String> {
        let mut stage0 = self.stage0.clone();
        let lists = lists(&mut stage0);
        let conditions = lists.iter().flat_map(|list| list.iter());
        let conditions = conditions.filter_map(concrete);
        let conditions: BTreeSet<String> = conditions.map(str::to_string).collect();
        conditions.into_iter().collect()
    }

    /// Warns about conditions that depend on a name without a value. A pinned variant has no
    /// values for the other outputs, so their conditions are not considered.
    pub(super) fn open_conditions(
        &self,
        variants: &VariantConfig,
        choice: &VariantSelection,
    ) -> Vec<Warning> {
        let names = entries::template_names(&self.stage0, variants);
        let mut stage0 = self.stage0.clone();
        if let (VariantSelection::Pinned { output, .. }, Stage0::MultiOutput(multi)) =
            (choice, &mut stage0)
        {
            let chosen = entries::named(multi, &output.to_lowercase(), &context(variants));
            **multi = entries::cut(multi, &chosen);
        }
        let lists = lists(&mut stage0);
        let conditions = lists
            .iter()
            .flat_map(|list| list.iter().filter_map(concrete));
        let calls = conditions.flat_map(|condition| {
            let open = open(condition, |name| is_known(name, &names));
            open.into_iter().map(|call| &condition[call])
        });
        let warnings = calls.map(|call| {
            let name = name_in(call).unwrap_or_default();
            let message =
                format!("`{call}` in `skip` skips nothing, because `{name}` has no value");
            let help = format!("give `{name}` a value in `[workspace.build-variants]`");
            Warning::new(message).help(help)
        });
        warnings.collect()
    }
}

/// The variants that the name of an output can use.
fn context(variants: &VariantConfig) -> EvaluationContext {
    let variables = variants.variants.iter().filter_map(|(key, values)| {
        let value = values.first()?;
        Some((key.normalize(), value.clone()))
    });
    EvaluationContext::from_variables(variables.collect())
}

/// The name that a call of `match` compares.
fn name_in(call: &str) -> Option<&str> {
    let (_, arguments) = call.split_once('(')?;
    arguments.split(',').next().map(str::trim)
}

fn is_known(name: &str, names: &[String]) -> bool {
    KNOWN.contains(&name) || names.iter().any(|it| it == name)
}

/// The skip conditions of a recipe.
fn lists(stage0: &mut Stage0) -> Vec<&mut ConditionalList<String>> {
    match stage0 {
        Stage0::SingleOutput(single) => vec![&mut single.build.skip],
        Stage0::MultiOutput(multi) => {
            let outputs = multi.outputs.iter_mut().filter_map(|output| match output {
                Output::Package(package) => Some(&mut package.build.skip),
                Output::Staging(_) => None,
            });
            outputs.chain([&mut multi.build.skip]).collect()
        }
    }
}

fn concrete(item: &Item<String>) -> Option<&str> {
    item.as_value()?.as_concrete().map(String::as_str)
}

/// The calls of `match` in `condition` whose name is not known.
fn open(condition: &str, is_known: impl Fn(&str) -> bool) -> Vec<Range<usize>> {
    let calls = condition.match_indices("match").filter_map(|(at, call)| {
        let before = condition[..at].chars().next_back();
        let rest = condition[at + call.len()..]
            .trim_start()
            .strip_prefix('(')?;
        let start = condition.len() - rest.len();
        let end = start + closing(rest)?;
        let name = name_in(&condition[at..])?;
        let is_name = name.chars().all(|c| c.is_alphanumeric() || c == '_');
        let is_call = !before.is_some_and(|c| c.is_alphanumeric() || "_.".contains(c));
        (is_call && is_name && !is_known(name)).then_some(at..end)
    });
    calls.collect()
}

/// The end of the parenthesis that is open at the start of `text`.
fn closing(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, character) in text.char_indices() {
        match (character, quote) {
            (')', None) => return Some(at + 1),
            ('"' | '\'', None) => quote = Some(character),
            (_, Some(open)) if open == character => quote = None,
            _ => {}
        }
    }
    None
}

/// `condition` with a value in place of the calls.
fn replaced(condition: &str, calls: &[Range<usize>], value: bool) -> String {
    let mut text = condition.to_string();
    for call in calls.iter().rev() {
        text.replace_range(call.clone(), if value { "true" } else { "false" });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_without_a_known_name_are_open() {
        let condition = r#"win or match(python, ">=3.9,<4|(x)") and not match (cuda, "12")"#;
        let found = open(condition, |name| name == "cuda");
        assert_eq!(
            replaced(condition, &found, false),
            r#"win or false and not match (cuda, "12")"#
        );
        assert!(open("rematch(python, '1')", |_| false).is_empty());
        assert!(open("match('3.8', '1')", |_| false).is_empty());
    }
}
