//! The work: one plan for describing and for building, and what becomes of it.
//!
//! `conda/outputs` and `conda/build_v1` differ in one value, [`Ask`]. Both go
//! through [`plan`], so what is described is what is built.

mod alias;
mod convert;
pub mod debug;
pub mod describe;
pub mod failure;
mod globs;
mod job;
mod log;
mod point;
mod prepare;
pub mod reuse;
pub mod run;
pub mod secrets;
mod select;
mod session;
mod sweep;
pub mod toolchain;

pub use prepare::alone;
pub use session::Session;

use std::collections::BTreeMap;
use std::path::PathBuf;

use miette::Report;
use rattler_build_variant_config::VariantConfig;

use crate::backend::script::ScriptFile;
use crate::backend::{Backend, Built, GlobSet, Inputs, Platforms, Request};
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
    /// A file to lock while the build uses those files and what its script leaves.
    pub lock: Option<PathBuf>,
    /// What the user should know; shown when the package is built.
    pub warnings: Vec<Warning>,
    /// The platforms that were asked for.
    pub platforms: Platforms,
}

impl Plan {
    /// The variants as a file that rattler-build reads.
    ///
    /// # Errors
    /// Variants that are no YAML.
    pub fn variant_config(&self) -> Result<String, Report> {
        serde_yaml::to_string(&self.variants)
            .map_err(|error| miette::miette!("the variants cannot be written: {error}"))
    }
}

/// Finds out what would be built. Builds nothing, asks no tool and no network.
///
/// # Errors
/// Mistakes in the user's files.
pub fn plan<B: Backend>(session: &Session<B>, ask: &Ask) -> Result<Plan, Report> {
    let config: B::Config = session.tables.merged(ask.platforms.host)?;
    let defaults = session.backend.default_variants(ask.platforms.host);
    let variants = variants::configuration(&ask.choice, defaults, ask.platforms)?;
    let values = values(&variants);
    let request = request(session, &config, &values, ask.platforms);
    let draft = session.backend.draft(&request)?;
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

/// What the backend looks at.
fn request<'a, B: Backend>(
    session: &'a Session<B>,
    config: &'a B::Config,
    variants: &'a BTreeMap<String, Vec<String>>,
    platforms: Platforms,
) -> Request<'a, B::Config> {
    Request {
        project: &session.project,
        config,
        platforms,
        variants,
        folders: &session.folders,
        env: &session.env,
    }
}

/// The values of each variant key, as text.
fn values(variants: &VariantConfig) -> BTreeMap<String, Vec<String>> {
    let text = |values: &Vec<_>| values.iter().map(ToString::to_string).collect();
    let variants = variants.variants.iter();
    variants
        .map(|(key, values)| (key.normalize(), text(values)))
        .collect()
}

/// Does `work` with what the backend looked at when it made the plan.
fn again<B: Backend, T>(
    session: &Session<B>,
    plan: &Plan,
    work: impl FnOnce(&Request<'_, B::Config>) -> Result<T, Report>,
) -> Result<T, Report> {
    let config: B::Config = session.tables.merged(plan.platforms.host)?;
    let values = values(&plan.variants);
    work(&request(session, &config, &values, plan.platforms))
}

/// The inputs of a finished build: what it read, if the backend can tell, else
/// what the draft says.
fn built_inputs<B: Backend>(session: &Session<B>, plan: &Plan, built: &Built) -> Vec<GlobSet> {
    let exact = again(session, plan, |request| {
        session.backend.built_inputs(request, built)
    });
    let sets = match exact {
        Ok(Some(sets)) => sets,
        Ok(None) => plan.inputs.build.clone(),
        Err(error) => {
            // The package is good; only the next decision to build is coarser.
            tracing::warn!("what the build read is not known, patterns stand in: {error}");
            plan.inputs.build.clone()
        }
    };
    // Packages may be put beside the sources, and none is made of the last one.
    let without_packages = |set: GlobSet| match set.stays() {
        true => set,
        false => set.except([built.packages.as_path()]),
    };
    sets.into_iter().map(without_packages).collect()
}
