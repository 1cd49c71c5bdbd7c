//! Renders one output from its variant alone.
//!
//! The variant of an output does not contain keys that only other outputs use. The
//! entries with the name of the output are therefore rendered one by one, together with
//! those that they pin exactly.

use std::collections::BTreeSet;

use miette::Report;
use rattler_build_jinja::Variable;
use rattler_build_recipe::stage0::{MultiOutputRecipe, Recipe as Stage0};
use rattler_build_recipe::stage1::{Dependency, TestType};
use rattler_build_recipe::variant_render::{
    RenderError, RenderedVariant, render_recipe_with_variant_config,
};
use rattler_build_recipe::{EvaluationContext, Stage1Recipe};
use rattler_build_variant_config::VariantConfig;

use super::mistake::RecipePlace;
use super::{Renderer, entries};
use crate::recipe::render::Rendered;
use crate::recipe::variants::value_to_wire;

impl Renderer<'_> {
    /// Renders all outputs with the name `name` for the variants.
    ///
    /// # Errors
    /// The first error, if there is no such output.
    pub(super) fn pinned(
        &self,
        name: &str,
        variants: &VariantConfig,
    ) -> Result<Vec<Rendered>, Report> {
        let name = name.to_lowercase();
        let multi = match &self.stage0 {
            Stage0::MultiOutput(multi) => multi,
            Stage0::SingleOutput(_) => return self.only_output(variants),
        };
        let mut outputs = Vec::new();
        let mut first_error = None;
        for entry in entries::named(multi, &name, &self.context(variants)) {
            match self.entry(multi, entry, variants.clone()) {
                Ok(found) => {
                    let finished = self.finish(found.outputs)?;
                    let finished = finished.into_iter().map(|mut output| {
                        if found.has_placeholder {
                            complete(&mut output, variants);
                        }
                        output
                    });
                    outputs.extend(finished);
                }
                Err(error) => {
                    first_error.get_or_insert(error);
                }
            }
        }
        outputs.retain(|output: &Rendered| output.name() == name);
        match first_error {
            Some(error) if outputs.is_empty() => Err(self.explained(error, variants)),
            _ => Ok(outputs),
        }
    }

    /// A recipe for one package does not have to be reduced.
    fn only_output(&self, variants: &VariantConfig) -> Result<Vec<Rendered>, Report> {
        let mut found = Vec::new();
        for variants in self.not_skipped(variants)? {
            found.extend(self.rendered(&self.stage0, &variants)?);
        }
        self.finish(found)
    }

    /// One entry with the outputs that it pins exactly and those that its tests pin.
    fn entry(
        &self,
        multi: &MultiOutputRecipe,
        entry: usize,
        mut variants: VariantConfig,
    ) -> Result<Found, RenderError> {
        let mut chosen = vec![entry];
        let found = self.with_pins(multi, &mut chosen, &mut variants)?;
        let pinned = found
            .outputs
            .iter()
            .flat_map(|output| pinned_by_tests(&output.recipe));
        let mut more = chosen.clone();
        for name in pinned.collect::<BTreeSet<_>>() {
            more.extend(entries::named(multi, &name, &self.context(&variants)));
            variants.variants.remove(&name.as_str().into());
        }
        if more.len() == chosen.len() {
            return Ok(found);
        }
        // The pin of a test may need other variants. It then stays unresolved.
        match self.with_pins(multi, &mut more, &mut variants) {
            Ok(found) => Ok(found),
            Err(error) => {
                tracing::warn!("a pin in the tests stays without a version: {error}");
                Ok(found)
            }
        }
    }

    fn with_pins(
        &self,
        multi: &MultiOutputRecipe,
        chosen: &mut Vec<usize>,
        variants: &mut VariantConfig,
    ) -> Result<Found, RenderError> {
        let described = variants.clone();
        let mut multi = multi.clone();
        let mut placeholders = BTreeSet::new();
        loop {
            let cut = Stage0::MultiOutput(Box::new(entries::cut(&multi, chosen)));
            let found = render_recipe_with_variant_config(&cut, variants, self.config());
            let package = match found {
                Err(RenderError::MissingOutput { package }) => package,
                found => {
                    return Ok(Found {
                        outputs: found?,
                        has_placeholder: !placeholders.is_empty(),
                    });
                }
            };
            let more = entries::named(&multi, &package, &self.context(variants));
            let new = more.iter().copied().filter(|entry| !chosen.contains(entry));
            let new: Vec<usize> = new.collect();
            if new.is_empty() {
                // These variants skip the output, so the pin is to the output of others.
                let identity = described.variants.get(&package.as_str().into());
                let identity = identity.and_then(|values| values.first());
                let entry = more.first().and_then(|first| multi.outputs.get_mut(*first));
                let is_replaced = identity.zip(entry).is_some_and(|(identity, entry)| {
                    entries::make_placeholder(entry, &identity.to_string())
                });
                if !is_replaced || !placeholders.insert(package.clone()) {
                    return Err(RenderError::MissingOutput { package });
                }
                continue;
            }
            chosen.extend(new);
            // The value is the version and build string of the package, and not a
            // variant.
            variants.variants.remove(&package.as_str().into());
        }
    }

    fn explained(&self, error: RenderError, variants: &VariantConfig) -> Report {
        let names = entries::template_names(&self.stage0, variants);
        let outputs = self.own.names();
        let place = RecipePlace {
            text: &self.own.text,
            names: &names,
            outputs: &outputs,
        };
        place.rendering(error)
    }

    /// The variants that templates can use when each key has one value.
    fn context(&self, variants: &VariantConfig) -> EvaluationContext {
        let single = |values: &Vec<Variable>| values.first().cloned();
        let combination = variants
            .variants
            .iter()
            .filter_map(|(key, values)| Some((key.clone(), single(values)?)));
        let combination: std::collections::BTreeMap<_, _> = combination.collect();
        let variables = combination.iter();
        let variables = variables.map(|(key, value)| (key.normalize(), value.clone()));
        EvaluationContext::with_variables_and_config(
            variables.collect(),
            self.jinja_config(combination),
        )
    }
}

/// Outputs that were rendered from one variant.
struct Found {
    outputs: Vec<RenderedVariant>,
    /// Whether one of the outputs only has the identity of an output for other variants.
    has_placeholder: bool,
}

/// Adds the variants that the description took from an output which has a placeholder here.
fn complete(output: &mut Rendered, described: &VariantConfig) {
    for (key, values) in &described.variants {
        if let Some(value) = values.first() {
            let wire = output.wire.entry(key.normalize());
            wire.or_insert_with(|| value_to_wire(value));
        }
    }
}

/// The names in `pin_subpackage` calls of tests.
fn pinned_by_tests(recipe: &Stage1Recipe) -> Vec<String> {
    let commands = recipe.tests().iter().filter_map(|test| match test {
        TestType::Commands(commands) => Some(&commands.requirements),
        _ => None,
    });
    let dependencies = commands.flat_map(|needs| needs.run.iter().chain(&needs.build));
    let pins = dependencies.filter_map(|dependency| match dependency {
        Dependency::PinSubpackage(pin) => Some(&pin.pin_subpackage.name),
        _ => None,
    });
    let others = pins.filter(|name| *name != recipe.package().name());
    others
        .map(|name| name.as_normalized().to_string())
        .collect()
}
