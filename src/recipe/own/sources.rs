//! Packages that `pixi.toml` maps to a source wherever the recipe names them.

use std::collections::BTreeMap;

use miette::{Diagnostic, Report, SourceSpan};
use rattler_build_jinja::Jinja;
use rattler_build_recipe::variant_render::RenderedVariant;
use rattler_build_variant_config::VariantConfig;
use rattler_conda_types::PackageName;
use thiserror::Error;

use crate::backend::{MappingCondition, Platforms, SourceMapping};
use crate::diagnostic::SourceFile;
use crate::project::manifest::Manifest;
use crate::protocol::spec::SourceSpec;
use crate::recipe::condition::{Evaluated, ManifestCondition};

/// Packages that are built from source, under conditions.
#[derive(Debug, Default)]
pub(super) struct MappedSources {
    mapped: Vec<(Option<ManifestCondition>, SourceMapping)>,
    manifest: Option<Manifest>,
}

impl MappedSources {
    /// Parses the conditions.
    ///
    /// # Errors
    /// Invalid expressions.
    pub(super) fn new(given: &[SourceMapping], manifest: &Manifest) -> Result<Self, Report> {
        let mapped = given.iter().map(|mapping| {
            let condition = mapping.condition.as_ref();
            let condition = condition.map(|condition| match condition {
                MappingCondition::Expression(text) => ManifestCondition::expression(text, manifest),
                MappingCondition::Selector(name) => ManifestCondition::selector(name, manifest),
            });
            Ok((condition.transpose()?, mapping.clone()))
        });
        Ok(Self {
            mapped: mapped.collect::<Result<_, Report>>()?,
            manifest: (!given.is_empty()).then(|| manifest.clone()),
        })
    }

    /// Checks that the conditions can be evaluated. `variants` must contain all keys, also those
    /// that no output uses.
    ///
    /// # Errors
    /// The first condition that fails.
    pub(super) fn check(
        &self,
        variants: &VariantConfig,
        platforms: Platforms,
    ) -> Result<(), Report> {
        let Some(manifest) = &self.manifest else {
            return Ok(());
        };
        let conditions = self.mapped.iter();
        let conditions = conditions.filter_map(|(condition, _)| condition.clone());
        let evaluated = Evaluated {
            conditions: conditions.collect(),
            ..Evaluated::default()
        };
        match evaluated.first_failure(manifest, variants, platforms) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// The names of the mapped packages.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.mapped.iter().map(|(_, mapping)| mapping.name.as_str())
    }

    /// The sources that apply to one output.
    ///
    /// # Errors
    /// [`TwoPlaces`].
    pub(super) fn of(
        &self,
        output: &RenderedVariant,
        jinja: &Jinja,
    ) -> Result<BTreeMap<String, SourceSpec>, Report> {
        let mut found: BTreeMap<String, SourceSpec> = BTreeMap::new();
        // A condition about a variant that the output does not use does not hold.
        let counts = |condition: &Option<ManifestCondition>| match condition {
            None => true,
            // `match` is true for a name without a value.
            Some(condition) if condition.unknown_name(jinja).is_some() => false,
            Some(condition) => jinja
                .eval(condition.jinja().source())
                .is_ok_and(|value| value.is_true()),
        };
        for (condition, mapping) in &self.mapped {
            if !counts(condition) {
                continue;
            }
            let name = normalized(&mapping.name);
            match found.get(&name) {
                Some(known) if known.location != mapping.spec.location => {
                    return Err(TwoPlaces {
                        package: output.recipe.package().name().as_normalized().to_string(),
                        places: format!("{} and {}", known.location, mapping.spec.location),
                        name,
                        file: self.manifest.as_ref().map(Manifest::file),
                        at: mapping.at,
                    }
                    .into());
                }
                _ => {
                    found.insert(name, mapping.spec.clone());
                }
            }
        }
        Ok(found)
    }
}

fn normalized(name: &str) -> String {
    match name.parse::<PackageName>() {
        Ok(name) => name.as_normalized().to_string(),
        Err(_) => name.to_lowercase(),
    }
}

/// One name has two locations.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}` is mapped to {places} for `{package}`")]
#[diagnostic(
    code(dependency::two_places),
    help("the recipe names the package only once: keep one of them, or put them under conditions")
)]
struct TwoPlaces {
    name: String,
    places: String,
    package: String,
    #[source_code]
    file: Option<SourceFile>,
    #[label("another place")]
    at: Option<SourceSpan>,
}
