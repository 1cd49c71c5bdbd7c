//! The work: one plan for describing and for building, and what becomes of it.
//!
//! `conda/outputs` and `conda/build_v1` differ in one value, [`Ask`]. Both go
//! through [`plan`], so what is described is what is built.

mod convert;
pub mod debug;
pub mod describe;
mod failure;
mod point;
mod prepare;
pub mod run;
mod select;
mod session;
mod sweep;
pub mod toolchain;

pub use session::Session;

use std::collections::BTreeMap;
use std::path::PathBuf;

use miette::Report;
use rattler_build_variant_config::VariantConfig;

use crate::backend::script::ScriptFile;
use crate::backend::{Backend, Inputs, Platforms, Request};
use crate::diagnostic::Warning;
use crate::project::config::Options;
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
    /// Files the script needs, written before it runs.
    pub script_files: Vec<ScriptFile>,
    /// A file to lock while the script runs.
    pub lock: Option<PathBuf>,
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
    let point = |error| point::point(error, session, ask.platforms.host);
    let recipe = Recipe::new(&session.project, &draft, ask.platforms, &mut warnings);
    let recipe = recipe.map_err(point)?;
    let outputs = render(&recipe, &variants, ask.platforms).map_err(point)?;
    Ok(Plan {
        recipe,
        variants,
        outputs,
        inputs: draft.inputs,
        script_files: draft.script.files,
        lock: draft.script.lock,
        warnings,
        platforms: ask.platforms,
    })
}
