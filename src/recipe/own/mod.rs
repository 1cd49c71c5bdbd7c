//! A recipe the user wrote, from its text to rendered outputs.
//!
//! The text is parsed by rattler-build as it is; what the configuration replaces in it is
//! replaced in the parsed recipe, so that labels keep pointing into the user's file.
//! Nothing of `pixi.toml` enters a package but what the user asked for there.

mod checks;
mod doubts;
mod entries;
mod environments;
mod errors;
mod mistake;
pub mod named;
mod notes;
mod pinned;
mod renderer;
mod replace;
mod skip;
mod sources;
mod text;
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

/// A recipe the user wrote.
#[derive(Debug)]
pub struct Own {
    /// Parsed, with what the configuration replaces.
    pub stage0: Stage0,
    /// As it stands on the disk.
    pub text: RecipeText,
    /// Whether experimental features are on.
    pub experimental: bool,
    /// Whether the directory the script runs in keeps what the last build made.
    pub keeps_work: bool,
    /// Names of outputs that count, with wildcards; all where there is none.
    only: Vec<String>,
    /// Packages that `pixi.toml` maps to a source.
    sources: MappedSources,
    number: Option<u64>,
    prefix: Option<String>,
    flags: Vec<Flag>,
    secrets: Vec<String>,
    env: IndexMap<String, String>,
}

impl Own {
    /// Reads the recipe.
    ///
    /// # Errors
    /// Mistakes in the recipe, and options that do not fit it.
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

    /// What is wrong with a pin to `package`.
    pub fn unknown_pin(&self, package: &str) -> Report {
        let outputs = self.names();
        let place = RecipePlace {
            text: &self.text,
            names: &[],
            outputs: &outputs,
        };
        place.missing_output(package)
    }

    /// Names of the packages that the recipe describes, as far as they are no templates.
    pub fn names(&self) -> Vec<String> {
        entries::names(&self.stage0)
    }

    /// One output for each combination of variants that is not skipped.
    ///
    /// # Errors
    /// Whatever cannot be evaluated, at its place.
    pub(super) fn render(
        &self,
        variants: &VariantConfig,
        choice: &VariantSelection,
        platforms: Platforms,
        system_variables: &HashSet<String>,
    ) -> Result<Vec<Rendered>, Report> {
        let renderer = Renderer {
            own: self,
            platforms,
            system_variables,
        };
        match choice {
            VariantSelection::Matrix { .. } => renderer.matrix(variants),
            VariantSelection::Pinned { output, .. } => renderer.pinned(output, variants),
        }
    }
}
