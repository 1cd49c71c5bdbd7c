//! Checks of the rendered outputs of a recipe.

use std::collections::BTreeMap;

use miette::{Diagnostic, Report, SourceSpan};
use rattler_build_recipe::variant_render::RenderedVariant;
use thiserror::Error;

use super::{Own, wire};
use crate::diagnostic::{SourceFile, list};
use crate::recipe::render::Rendered;

impl Own {
    /// Checks that no version contains a `-`, because names of archives have `-` between
    /// name, version and build string.
    pub(super) fn check_versions(&self, outputs: &[RenderedVariant]) -> Result<(), Report> {
        for output in outputs {
            let version = output.recipe.package().version().to_string();
            if version.contains('-') {
                return Err(DashInVersion {
                    at: self.text.value_of("version", &version),
                    file: self.text.file(),
                    help: format!("write `{}`", version.replace('-', "_")),
                    version,
                }
                .into());
            }
        }
        Ok(())
    }

    /// Checks that pixi can distinguish all packages. Two packages in different subdirs of a
    /// channel are different.
    pub(super) fn distinct(&self, outputs: &[RenderedVariant]) -> Result<(), Report> {
        let mut known: BTreeMap<(String, bool), &RenderedVariant> = BTreeMap::new();
        for output in outputs {
            let identity = wire::identity(output);
            let noarch = output.recipe.build().noarch.unwrap_or_default();
            match known.get(&(identity.clone(), noarch.is_none())) {
                Some(first) if first.full_combination == output.full_combination => {
                    let name = output.recipe.package().name().as_normalized();
                    return Err(SameTwice {
                        identity,
                        at: self.text.value_of("name", name),
                        file: self.text.file(),
                    }
                    .into());
                }
                Some(_) => {}
                None => {
                    known.insert((identity, noarch.is_none()), output);
                }
            }
        }
        Ok(())
    }

    /// The outputs whose names the configuration selects.
    pub(super) fn chosen(&self, outputs: Vec<Rendered>) -> Result<Vec<Rendered>, Report> {
        if self.only.is_empty() || outputs.is_empty() {
            return Ok(outputs);
        }
        // The patterns were validated when the configuration was read.
        let globs = self
            .only
            .iter()
            .filter_map(|pattern| glob::Pattern::new(pattern).ok());
        let globs: Vec<glob::Pattern> = globs.collect();
        let is_chosen = |name: &str| globs.iter().any(|glob| glob.matches(name));
        let names: Vec<String> = outputs
            .iter()
            .map(|output| output.name().to_string())
            .collect();
        let chosen: Vec<Rendered> = outputs
            .into_iter()
            .filter(|output| is_chosen(output.name()))
            .collect();
        if chosen.is_empty() {
            Err(NothingChosen {
                patterns: list(self.only.iter().map(String::as_str)),
                names: list(names.iter().map(String::as_str)),
            }
            .into())
        } else {
            Ok(chosen)
        }
    }
}

/// A version that cannot be part of an archive name.
#[derive(Debug, Error, Diagnostic)]
#[error("the version `{version}` has a `-`, which separates version and build string of a package")]
#[diagnostic(code(recipe::bad_version), help("{help}"))]
struct DashInVersion {
    version: String,
    help: String,
    #[source_code]
    file: SourceFile,
    #[label("this version")]
    at: Option<SourceSpan>,
}

/// Two entries describe the same package.
#[derive(Debug, Error, Diagnostic)]
#[error("two outputs are both called `{identity}`")]
#[diagnostic(
    code(recipe::same_twice),
    help(
        "give them different names, or let `build.string` or `build.variant.use_keys` tell them apart"
    )
)]
struct SameTwice {
    identity: String,
    #[source_code]
    file: SourceFile,
    #[label("one of them")]
    at: Option<SourceSpan>,
}

/// No output matches the names in the configuration.
#[derive(Debug, Error, Diagnostic)]
#[error("no output of the recipe matches {patterns}")]
#[diagnostic(
    code(recipe::nothing_chosen),
    help("the outputs are {names}; change `outputs` in `[package.build.config]`")
)]
struct NothingChosen {
    patterns: String,
    names: String,
}
