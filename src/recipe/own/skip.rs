//! Combinations that a recipe skips.
//!
//! rattler-build evaluates the requirements of a recipe for one package before it looks
//! at `skip`. Whoever skips a platform need not say which compiler it has.

use std::collections::HashSet;

use miette::Report;
use rattler_build_jinja::Variable;
use rattler_build_recipe::EvaluationContext;
use rattler_build_recipe::stage0::evaluate::evaluate_skip_list;
use rattler_build_recipe::stage0::{Recipe as Stage0, SingleOutputRecipe};
use rattler_build_types::NormalizedKey;
use rattler_build_variant_config::VariantConfig;

use super::Renderer;

/// Some values of the keys that decide.
type Combination = std::collections::BTreeMap<NormalizedKey, Variable>;

impl Renderer<'_> {
    /// The variants as they are or, for a recipe that skips some of them, once for each
    /// combination that is not skipped.
    ///
    /// # Errors
    /// Zipped keys that do not fit together.
    pub(super) fn not_skipped(
        &self,
        variants: &VariantConfig,
    ) -> Result<Vec<VariantConfig>, Report> {
        let single = match &self.own.stage0 {
            Stage0::SingleOutput(single) if !single.build.skip.is_empty() => single,
            // The outputs of a recipe for several packages are skipped one by one.
            _ => return Ok(vec![variants.clone()]),
        };
        let combinations = variants
            .combinations(&deciding(single, variants))
            .map_err(|error| miette::miette!("{error}"))?;
        let combinations = match combinations.is_empty() {
            true => vec![Combination::new()],
            false => combinations,
        };
        let all = combinations.len();
        let kept = combinations.into_iter();
        let kept: Vec<Combination> = kept.filter(|kept| !self.skips(single, kept)).collect();
        if kept.len() == all {
            return Ok(vec![variants.clone()]);
        }
        let narrowed = kept.into_iter().map(|combination| {
            let mut variants = variants.clone();
            for (key, value) in combination {
                variants.insert(key, vec![value]);
            }
            variants
        });
        Ok(narrowed.collect())
    }

    fn skips(&self, single: &SingleOutputRecipe, combination: &Combination) -> bool {
        let variables = combination.iter();
        let variables = variables.map(|(key, value)| (key.normalize(), value.clone()));
        let context = EvaluationContext::with_variables_and_config(
            variables.collect(),
            self.jinja_config(combination.clone()),
        );
        // What cannot be evaluated is rendered, which says why.
        let context = match context.with_context(&single.context) {
            Ok((context, _)) => context,
            Err(_) => context,
        };
        evaluate_skip_list(&single.build.skip, &context).unwrap_or(false)
    }
}

/// The keys that skip conditions can read, and what is zipped with them.
fn deciding(single: &SingleOutputRecipe, variants: &VariantConfig) -> HashSet<NormalizedKey> {
    let context = single.context.values();
    let names = context.flat_map(|value| value.used_variables());
    let conditions = single.build.skip.used_variables();
    let words = single
        .build
        .skip
        .iter()
        .filter_map(|item| item.as_value()?.as_concrete());
    // A condition is kept as text, of which every word may be a name.
    let words = words.flat_map(|condition| {
        let words = condition.split(|c: char| !c.is_alphanumeric() && c != '_');
        words.map(str::to_string)
    });
    let mut keys: HashSet<NormalizedKey> = names
        .chain(conditions)
        .chain(words)
        .map(NormalizedKey::from)
        .filter(|key| variants.get(key).is_some())
        .collect();
    for zip in variants.zip_keys.iter().flatten() {
        if zip.iter().any(|key| keys.contains(key)) {
            let known = zip.iter().filter(|key| variants.get(key).is_some());
            keys.extend(known.cloned());
        }
    }
    keys
}
