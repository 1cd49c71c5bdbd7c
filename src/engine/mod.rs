//! The work: one plan for describing and for building, and what becomes of it.
//!
//! `conda/outputs` and `conda/build_v1` differ in one value, [`Ask`]. Both go
//! through [`plan`], so what is described is what is built.

pub mod debug;
pub mod describe;
mod failure;
pub mod log;
mod point;
pub mod run;
mod session;
mod sweep;
pub mod toolchain;

pub use session::Session;

use std::collections::BTreeMap;

use miette::{Diagnostic, Report};
use rattler_build_variant_config::VariantConfig;
use thiserror::Error;

use crate::backend::{Backend, Inputs, Platforms, Request};
use crate::diagnostic::Warning;
use crate::project::config::Options;
use crate::protocol::build::OutputId;
use crate::protocol::outputs::VariantValue;
use crate::recipe::variants::{self, Choice};
use crate::recipe::{Recipe, Rendered, render};

/// The one difference between the two requests.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Where the build runs and what it builds for, as the client sent them.
    pub platforms: Platforms,
    /// All combinations of variants, or one of them.
    pub choice: Choice,
}

/// The answer to "what would be built".
#[derive(Debug)]
pub struct Plan {
    /// Before variants are chosen.
    pub recipe: Recipe,
    /// What each key may be.
    pub variants: VariantConfig,
    /// One for each combination that is not skipped.
    pub outputs: Vec<Rendered>,
    /// Which files matter.
    pub inputs: Inputs,
    /// What the user should know; shown when the package is built.
    pub warnings: Vec<Warning>,
    /// The platforms that were asked for.
    pub platforms: Platforms,
}

/// Finds out what would be built. Builds nothing, asks no tool and no network.
///
/// # Errors
/// Mistakes in the user's files.
pub fn plan<B: Backend>(session: &Session<B>, ask: &Ask) -> Result<Plan, Report> {
    let config: B::Config = session.tables.merged(ask.platforms.host)?;
    let defaults = session.backend.default_variants(ask.platforms.host);
    let variants = variants::configuration(&ask.choice, defaults, ask.platforms)?;
    let values: BTreeMap<String, Vec<String>> = (variants.variants.iter())
        .map(|(key, values)| {
            (
                key.normalize(),
                values.iter().map(ToString::to_string).collect(),
            )
        })
        .collect();

    let draft = session.backend.draft(&Request {
        project: &session.project,
        config: &config,
        platforms: ask.platforms,
        variants: &values,
        folders: &session.folders,
        env: &session.env,
    })?;
    let mut warnings = config.warnings();
    warnings.extend(draft.warnings.iter().cloned());
    let point = |error| point::point(error, session, &draft.script, ask.platforms.host);
    let recipe = Recipe::new(&session.project, &draft, ask.platforms, &mut warnings);
    let recipe = recipe.map_err(point)?;
    let outputs = render(&recipe, &variants, ask.platforms).map_err(point)?;
    Ok(Plan {
        recipe,
        variants,
        outputs,
        inputs: draft.inputs,
        warnings,
        platforms: ask.platforms,
    })
}

impl Plan {
    /// The one output that `id` names.
    ///
    /// # Errors
    /// [`NoSuchOutput`], [`Ambiguous`] and, when the output that has the variant
    /// is not the one that was described, [`OutputDrift`].
    pub fn select(&self, id: &OutputId) -> Result<&Rendered, Report> {
        let named: Vec<&Rendered> = self
            .outputs
            .iter()
            .filter(|output| output.name() == id.name.to_lowercase())
            .collect();
        let matching: Vec<&Rendered> = named
            .iter()
            .copied()
            .filter(|output| has_variant(&variants::to_wire(&output.variant), &id.variant))
            .collect();
        let wanted = || describe_id(&id.name, id.version.as_deref(), id.build.as_deref());
        let list = |outputs: &[&Rendered]| {
            let names: Vec<String> = outputs.iter().map(|output| identifier(output)).collect();
            names.join(", ")
        };
        match matching.as_slice() {
            [output] => {
                check_drift(output, id, self.platforms)?;
                Ok(output)
            }
            [] if named.len() == 1 => {
                check_drift(named[0], id, self.platforms)?;
                Err(VariantDrift {
                    wanted: wanted(),
                    asked: format!("{:?}", id.variant),
                    found: format!("{:?}", variants::to_wire(&named[0].variant)),
                }
                .into())
            }
            [] => Err(NoSuchOutput {
                wanted: wanted(),
                available: list(&self.outputs.iter().collect::<Vec<_>>()),
            }
            .into()),
            several => Err(Ambiguous {
                wanted: wanted(),
                candidates: list(several),
            }
            .into()),
        }
    }
}

fn has_variant(
    variant: &BTreeMap<String, VariantValue>,
    wanted: &BTreeMap<String, VariantValue>,
) -> bool {
    wanted
        .iter()
        .all(|(key, value)| variant.get(key) == Some(value))
}

fn check_drift(output: &Rendered, id: &OutputId, platforms: Platforms) -> Result<(), OutputDrift> {
    let version = output.version().to_string();
    let fields = [
        ("version", id.version.as_deref(), version.as_str()),
        ("build string", id.build.as_deref(), &output.build_string),
        ("subdir", Some(id.subdir.as_str()), platforms.host.as_str()),
    ];
    for (field, described, built) in fields {
        if let Some(described) = described
            && described != built
        {
            return Err(OutputDrift {
                name: output.name().to_string(),
                field,
                described: described.to_string(),
                built: built.to_string(),
            });
        }
    }
    Ok(())
}

/// `<name>-<version>-<build>`.
pub(crate) fn identifier(output: &Rendered) -> String {
    format!(
        "{}-{}-{}",
        output.name(),
        output.version(),
        output.build_string
    )
}

fn describe_id(name: &str, version: Option<&str>, build: Option<&str>) -> String {
    let parts = [Some(name), version, build];
    parts.into_iter().flatten().collect::<Vec<_>>().join("-")
}

/// What is built is not what was described.
#[derive(Debug, Error, Diagnostic)]
#[error("the {field} of `{name}` changed from `{described}` to `{built}` since it was described")]
#[diagnostic(
    code(output::drift),
    help("a manifest was edited in between: run the command again")
)]
struct OutputDrift {
    name: String,
    field: &'static str,
    described: String,
    built: String,
}

/// The output no longer uses the variants it was described with.
#[derive(Debug, Error, Diagnostic)]
#[error("the variant of `{wanted}` changed from {asked} to {found} since it was described")]
#[diagnostic(
    code(output::variant_drift),
    help("a manifest or variant file was edited in between: run the command again")
)]
struct VariantDrift {
    wanted: String,
    asked: String,
    found: String,
}

/// Nothing of that name can be built.
#[derive(Debug, Error, Diagnostic)]
#[error("the project does not build `{wanted}`")]
#[diagnostic(code(output::unknown), help("it builds: {available}"))]
struct NoSuchOutput {
    wanted: String,
    available: String,
}

/// A variant that more than one output has.
#[derive(Debug, Error, Diagnostic)]
#[error("`{wanted}` could be any of {candidates}")]
#[diagnostic(
    code(output::ambiguous),
    help("give every variant key that tells them apart")
)]
struct Ambiguous {
    wanted: String,
    candidates: String,
}
