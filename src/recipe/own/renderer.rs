//! Renders the recipe for each combination of variants.

use std::collections::{BTreeMap, HashSet};

use indexmap::IndexMap;
use miette::Report;
use rattler_build_jinja::{JinjaConfig, Variable};
use rattler_build_recipe::stage0::Recipe as Stage0;
use rattler_build_recipe::variant_render::{
    RenderConfig, RenderedVariant, render_recipe_with_variant_config,
};
use rattler_build_types::NormalizedKey;
use rattler_build_variant_config::VariantConfig;
use rattler_conda_types::RepodataRevision;

use super::mistake::RecipePlace;
use super::{Own, entries, wire};
use crate::backend::Platforms;
use crate::recipe::build;
use crate::recipe::render::{Rendered, Sibling};

/// Renders one recipe for one request.
pub(super) struct Renderer<'a> {
    pub(super) own: &'a Own,
    /// The recipe with the conditions that are known.
    pub(super) stage0: Stage0,
    pub(super) platforms: Platforms,
    pub(super) system_variables: &'a HashSet<String>,
}

impl Renderer<'_> {
    pub(super) fn matrix(&self, variants: &VariantConfig) -> Result<Vec<Rendered>, Report> {
        let mut found = Vec::new();
        for variants in self.not_skipped(variants)? {
            found.extend(self.rendered(&self.stage0, &variants)?);
        }
        let outputs = self.finish(found)?;
        self.own.chosen(outputs)
    }

    /// Renders a recipe with rattler-build.
    pub(super) fn rendered(
        &self,
        stage0: &Stage0,
        variants: &VariantConfig,
    ) -> Result<Vec<RenderedVariant>, Report> {
        render_recipe_with_variant_config(stage0, variants, self.config())
            .map(|found| {
                let kept = found
                    .into_iter()
                    .filter(|output| !output.recipe.build().skip);
                kept.collect()
            })
            .map_err(|error| {
                let names = entries::template_names(&self.stage0, variants);
                let outputs = self.own.names();
                let place = RecipePlace {
                    text: &self.own.text,
                    names: &names,
                    outputs: &outputs,
                };
                place.rendering(error)
            })
    }

    /// Converts rendered recipes to distinct outputs with their siblings.
    pub(super) fn finish(&self, found: Vec<RenderedVariant>) -> Result<Vec<Rendered>, Report> {
        self.own.distinct(&found)?;
        self.own.check_versions(&found)?;
        let mut outputs: Vec<Rendered> = Vec::new();
        for output in &found {
            let wire = wire::wire(self.own, output, &found);
            let siblings = siblings(output, &found);
            let sources = self.own.sources.of(output, &self.jinja(output))?;
            let mut rendered = Rendered::own(output.clone(), wire, siblings, sources);
            self.add_manifest(&mut rendered);
            let is_known = |known: &Rendered| {
                known.identifier() == rendered.identifier() && known.noarch() == rendered.noarch()
            };
            if !outputs.iter().any(is_known) {
                outputs.push(rendered);
            }
        }
        Ok(outputs)
    }

    /// Adds the variables, secrets and flags of `[package.build]` to an output.
    fn add_manifest(&self, rendered: &mut Rendered) {
        let recipe = &mut rendered.recipe;
        for flag in &self.own.flags {
            if !recipe.build.flags.contains(flag) {
                recipe.build.flags.push(flag.clone());
            }
        }
        let stagings = recipe
            .staging_caches
            .iter_mut()
            .map(|staging| &mut staging.build.plan);
        for plan in std::iter::once(&mut recipe.build.plan).chain(stagings) {
            build::add(plan, &self.own.env, &self.own.secrets);
        }
    }

    pub(super) fn config(&self) -> RenderConfig {
        let Platforms { build, host } = self.platforms;
        RenderConfig {
            experimental: self.own.experimental,
            repodata_revision: RepodataRevision::V3,
            recipe_path: Some(self.own.text.path().to_path_buf()),
            target_platform: host,
            host_platform: host,
            build_platform: build,
            os_env_var_keys: self.system_variables.clone(),
            build_string_prefix: self.own.prefix.clone(),
            build_number_override: self.own.number,
            extra_context: IndexMap::new(),
        }
    }

    pub(super) fn jinja_config(&self, variant: BTreeMap<NormalizedKey, Variable>) -> JinjaConfig {
        JinjaConfig {
            target_platform: self.platforms.host,
            host_platform: self.platforms.host,
            build_platform: self.platforms.build,
            experimental: self.own.experimental,
            recipe_path: Some(self.own.text.path().to_path_buf()),
            variant,
            ..Default::default()
        }
    }

    pub(super) fn jinja(&self, output: &RenderedVariant) -> rattler_build_jinja::Jinja {
        rattler_build_jinja::Jinja::new(self.jinja_config(output.full_combination.clone()))
    }
}

/// For each name, the output that belongs to `output`: the one with the most variants in
/// common, by rattler-build's rule for exact pins.
fn siblings(output: &RenderedVariant, all: &[RenderedVariant]) -> BTreeMap<String, Sibling> {
    let mut best: BTreeMap<String, (usize, Sibling)> = BTreeMap::new();
    for other in all {
        let shared = output.full_combination.iter();
        let shared = shared.filter(|(key, value)| other.full_combination.get(*key) == Some(*value));
        let shared = shared.count();
        let package = other.recipe.package();
        let name = package.name().as_normalized().to_string();
        let build_string = other
            .recipe
            .build()
            .string
            .as_resolved()
            .unwrap_or_default();
        let sibling = Sibling {
            name: package.name().clone(),
            version: package.version().clone(),
            build_string: build_string.to_string(),
        };
        match best.get(&name) {
            Some((most, _)) if *most > shared => {}
            _ => {
                best.insert(name, (shared, sibling));
            }
        }
    }
    best.into_iter()
        .map(|(name, (_, sibling))| (name, sibling))
        .collect()
}
