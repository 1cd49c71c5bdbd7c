//! A recipe that the user wrote, from its text to rendered outputs.
//!
//! rattler-build parses the unmodified text. The options replace values in the parsed
//! recipe, so labels still point into the user's file. `pixi.toml` affects a package only
//! where the user requests it there.

mod checks;
mod doubts;
mod entries;
mod environments;
mod errors;
mod mistake;
pub(super) mod named;
mod notes;
mod open;
mod pinned;
mod reached;
mod renderer;
mod replace;
mod skip;
mod sources;
pub(super) mod text;
mod wire;

pub use environments::Environments;
pub use text::RecipeText;

use std::collections::HashSet;

use indexmap::IndexMap;
use miette::Report;
use rattler_build_recipe::stage0::{
    ParseConfig, Recipe as Stage0, parse_recipe_or_multi_from_source_with_config,
};
use rattler_build_variant_config::VariantConfig;
use rattler_conda_types::{Flag, RepodataRevision};

use crate::backend::{OwnRecipe, Platforms};
use crate::diagnostic::Warning;
use crate::project::Project;
use crate::recipe::build;
use crate::recipe::render::Rendered;
use crate::recipe::variants::VariantSelection;
use mistake::RecipePlace;
use renderer::Renderer;
use sources::MappedSources;

/// A recipe that the user wrote.
#[derive(Debug)]
pub struct Own {
    /// The parsed recipe, with the values that the options replace.
    pub stage0: Stage0,
    /// The unmodified text.
    pub text: RecipeText,
    /// Whether experimental features are allowed.
    pub experimental: bool,
    /// Whether the directory of the script keeps the files of the last build.
    pub keeps_work: bool,
    /// Patterns for the names of the offered outputs. Empty means all outputs.
    only: Vec<String>,
    /// Packages that `pixi.toml` maps to a source.
    sources: MappedSources,
    number: Option<u64>,
    prefix: Option<String>,
    flags: Vec<Flag>,
    secrets: Vec<String>,
    env: IndexMap<String, String>,
}

/// The error for a template in a script, which rattler-build evaluates only when the script
/// runs. `reason` is its message.
pub fn bad_script_template(text: &RecipeText, reason: &str) -> Report {
    let place = RecipePlace {
        text,
        names: &[],
        outputs: &[],
    };
    place.script(reason)
}

impl Own {
    /// Reads the recipe.
    ///
    /// # Errors
    /// Errors in the recipe, and options that do not match it.
    pub fn new(
        project: &Project,
        given: &OwnRecipe,
        platforms: Platforms,
        warnings: &mut Vec<Warning>,
    ) -> Result<Self, Report> {
        let text = RecipeText::new(&given.path, given.text.clone());
        let config = ParseConfig {
            repodata_revision: RepodataRevision::V3,
        };
        let place = RecipePlace {
            text: &text,
            names: &[],
            outputs: &[],
        };
        let readable = replace::readable(&given.text);
        let stage0 = parse_recipe_or_multi_from_source_with_config(&readable, config)
            .map_err(|error| place.parsing(error))?;
        let mut own = Self {
            stage0,
            text,
            experimental: given.experimental,
            keeps_work: given.keeps_work,
            only: given.only.clone(),
            sources: MappedSources::new(&given.sources, &project.manifest)?,
            number: project.model.build_number,
            prefix: build::build_string_prefix(project)?,
            flags: build::flags(project)?,
            secrets: project.model.secrets.clone().unwrap_or_default(),
            env: given.env.clone(),
        };
        replace::context(&mut own, &given.context, project, platforms)?;
        if let Some(folder) = &given.source {
            replace::sources(&mut own.stage0, folder, warnings);
        }
        warnings.extend(notes::unused(&own, project));
        if own.prefix.is_some() && replace::has_build_string(&own.stage0) {
            warnings.push(
                Warning::new(
                    "`build-string-prefix` does not change the `build.string` of the recipe",
                )
                .help("use it in `build.string`, or remove one of the two"),
            );
        }
        Ok(own)
    }

    /// The error for an invalid pin to `package`.
    pub fn unknown_pin(&self, package: &str) -> Report {
        let outputs = self.names();
        let place = RecipePlace {
            text: &self.text,
            names: &[],
            outputs: &outputs,
        };
        place.missing_output(package)
    }

    /// The names of the packages in the recipe, except for those that are templates.
    pub fn names(&self) -> Vec<String> {
        entries::names(&self.stage0)
    }

    /// One output for each combination of variants that is not skipped.
    ///
    /// # Errors
    /// Expressions that cannot be evaluated, with their place.
    pub(super) fn render(
        &self,
        variants: &VariantConfig,
        choice: &VariantSelection,
        platforms: Platforms,
        system_variables: &HashSet<String>,
    ) -> Result<Vec<Rendered>, Report> {
        let renderer = Renderer {
            own: self,
            stage0: self.stage0.clone(),
            platforms,
            system_variables,
        };
        let renderer = renderer.without_open_conditions(variants);
        match choice {
            VariantSelection::Matrix { .. } => {
                self.sources.check(variants, platforms)?;
                renderer.matrix(variants)
            }
            VariantSelection::Pinned { output, .. } => renderer.pinned(output, variants),
        }
    }
}
