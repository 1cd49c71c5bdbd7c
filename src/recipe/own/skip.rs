//! Removes the combinations of variants that a recipe skips.
//!
//! In a recipe for one package, rattler-build evaluates the requirements before `skip`.
//! This module evaluates `skip` first, so a recipe that skips a platform does not need a
//! compiler for it.

use std::collections::HashSet;

use miette::Report;
use rattler_build_jinja::Variable;
use rattler_build_recipe::EvaluationContext;
use rattler_build_recipe::stage0::evaluate::evaluate_skip_list;
use rattler_build_recipe::stage0::{Recipe as Stage0, SingleOutputRecipe};
use rattler_build_types::NormalizedKey;
use rattler_build_variant_config::VariantConfig;

use super::Renderer;

/// Values of the keys that `skip` reads.
type Combination = std::collections::BTreeMap<NormalizedKey, Variable>;

impl Renderer<'_> {
    /// The variants unchanged or, for a recipe that skips some combinations, once for
    /// each combination that is not skipped.
    ///
    /// # Errors
    /// Zipped keys with different numbers of values.
    pub(super) fn not_skipped(
        &self,
        variants: &VariantConfig,
    ) -> Result<Vec<VariantConfig>, Report> {
        let single = match &self.stage0 {
            Stage0::SingleOutput(single) if !single.build.skip.is_empty() => single,
            // rattler-build skips the outputs of a recipe for several packages one by
            // one.
            _ => return Ok(vec![variants.clone()]),
        };
        let combinations = variants
            .combinations(&deciding(single, variants))
            .map_err(|error| miette::miette!("{error}"))?;
        let combinations = if combinations.is_empty() {
            vec![Combination::new()]
        } else {
            combinations
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
        // Keep a combination whose condition fails: rendering it reports the error.
        let context = match context.with_context(&single.context) {
            Ok((context, _)) => context,
            Err(_) => context,
        };
        evaluate_skip_list(&single.build.skip, &context).unwrap_or(false)
    }
}

/// The keys that skip conditions can read, and the keys that are zipped with them.
fn deciding(single: &SingleOutputRecipe, variants: &VariantConfig) -> HashSet<NormalizedKey> {
    let context = single.context.values();
    let names = context.flat_map(|value| value.used_variables());
    let conditions = single.build.skip.used_variables();
    let words = single
        .build
        .skip
        .iter()
        .filter_map(|item| item.as_value()?.as_concrete());
    // A condition is stored as text. Every word in it may be a name.
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
