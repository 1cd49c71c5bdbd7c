//! Plans and builds packages.
//!
//! `conda/outputs` and `conda/build_v1` differ in one value, [`PlanRequest`]. Both use
//! [`plan`], so the built package matches the described one.

pub mod build;
mod clean_prefix;
pub mod debug;
mod drafted;
pub mod failure;
mod finish;
mod globs;
pub mod input_snapshot;
mod job;
mod listed_files;
mod locate_config_errors;
mod log;
pub mod outputs;
mod own;
mod own_failure;
mod own_license;
mod own_run;
pub mod package_test;
mod prepare;
pub mod recorder;
mod relocation;
#[cfg(unix)]
mod script_lines;
#[cfg(unix)]
mod script_process;
pub mod secrets;
mod select;
mod session;
mod shell_safe_paths;
mod source_copy;
mod source_date;
mod sources;
mod steps;
mod to_rattler_build;
pub mod toolchain;

pub use build::{Built, build};
pub use outputs::{Described, outputs};
pub use prepare::alone;
pub use session::Session;

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};

use miette::Report;
use rattler_build_core::env_vars::os_vars;
use rattler_build_script::RuntimeEnv;
use rattler_build_variant_config::VariantConfig;
use rattler_conda_types::Subdir;

use crate::backend::draft::CopiedSources;
use crate::backend::script::ScriptFile;
use crate::backend::{BuildPaths, Extras, GlobSet, OpenProject, Packaging, Platforms};
use crate::diagnostic::{Warning, list};
use crate::recipe::variants::{self, VariantSelection};
use crate::recipe::{Own, Recipe, Rendered, render};

/// The difference between the two requests.
#[derive(Debug, Clone)]
pub struct PlanRequest {
    /// The platform of the build and the platform of the package, as the client sent
    /// them.
    pub platforms: Platforms,
    /// All combinations of variants, or one of them.
    pub choice: VariantSelection,
    /// Whether this is a development build.
    pub editable: bool,
}

/// The outputs that would be built, with everything that a build needs.
pub struct Plan<'s> {
    /// The project, as read by its backend.
    project: Box<dyn OpenProject + 's>,
    /// The recipe, before variants are applied.
    pub recipe: Recipe,
    /// The possible values of each variant key.
    pub variants: VariantConfig,
    /// One for each combination of variants that is not skipped.
    pub outputs: Vec<Rendered>,
    /// Files and tests of the package in addition to those that the script installs.
    pub extras: Extras,
    /// How the installed files become a package.
    pub packaging: Packaging,
    /// The files that influence the description of the outputs.
    pub metadata_inputs: Vec<GlobSet>,
    /// Set if the build takes place in a copy of the checkout.
    pub copied_sources: Option<CopiedSources>,
    /// Files that the script needs. They are written before it runs.
    pub script_files: Vec<ScriptFile>,
    /// A file that the build locks while it uses `script_files` and the files that its script
    /// creates.
    pub lock: Option<PathBuf>,
    /// Problems that the user should know about. They are shown during the build.
    pub warnings: Vec<Warning>,
    /// The requested platforms.
    pub platforms: Platforms,
}

/// The contents of a plan for debug files.
#[derive(Debug)]
pub struct PlanRecord {
    pub(super) recipe: Recipe,
    pub(super) variants: VariantConfig,
    pub(super) outputs: Vec<Rendered>,
}

impl From<Plan<'_>> for PlanRecord {
    fn from(plan: Plan<'_>) -> Self {
        Self {
            recipe: plan.recipe,
            variants: plan.variants,
            outputs: plan.outputs,
        }
    }
}

impl fmt::Debug for Plan<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outputs = self.outputs.iter().map(Rendered::identifier);
        f.debug_list().entries(outputs).finish()
    }
}

impl Plan<'_> {
    /// The warnings that are shown before the build.
    pub fn early_warnings(&self) -> impl Iterator<Item = &Warning> {
        self.warnings.iter().filter(|it| !it.of_the_package)
    }

    /// The files that may influence the package, as far as they are known before a build. `session`
    /// must be the session of the plan.
    pub fn inputs(&self, session: &Session) -> Vec<GlobSet> {
        let extras = self.extras.inputs(session.backend.output_directories());
        [self.project.inputs(), extras].concat()
    }

    /// The variants as a file for rattler-build.
    ///
    /// # Errors
    /// Variants that YAML cannot represent.
    pub fn variant_config(&self) -> Result<String, Report> {
        serde_yaml::to_string(&self.variants)
            .map_err(|error| miette::miette!("the variants cannot be written: {error}"))
    }
}

/// Determines the outputs that would be built. It does not build anything, run a tool or
/// use the network.
///
/// # Errors
/// Errors in the user's files.
pub fn plan<'s>(session: &'s Session, ask: &PlanRequest) -> Result<Plan<'s>, Report> {
    let context = session.context(ask.platforms, ask.editable);
    let defaults = session.backend.default_variants(ask.platforms.host);
    let own_files = match &ask.choice {
        VariantSelection::Matrix { .. } => session.backend.variant_files(&context)?,
        VariantSelection::Pinned { .. } => Vec::new(),
    };
    let mut variants = variants::configuration(&ask.choice, defaults, &own_files, ask.platforms)?;
    let project = session.backend.open(context, values(&variants))?;
    let draft = project.draft()?;
    variants::add(&mut variants, &ask.choice, &draft.variants);
    let mut warnings = project.config_warnings();
    warnings.extend(draft.warnings.iter().cloned());
    let point = |error| locate_config_errors::point(error, session, ask.platforms.host);
    let file = session.backend.metadata_file();
    let recipe = Recipe::new(&session.project, &draft, file, ask.platforms, &mut warnings);
    let recipe = recipe.map_err(point)?;
    let outputs = render(
        &recipe,
        &variants,
        &ask.choice,
        ask.platforms,
        &system_variables(ask.platforms),
    )
    .map_err(point)?;
    if let Some(own) = recipe.own() {
        warnings.extend(own.doubts(&outputs, &variants, &ask.choice));
    }
    let is_matrix = matches!(ask.choice, VariantSelection::Matrix { .. });
    if is_matrix && outputs.is_empty() {
        warnings.push(nothing_to_build(&recipe, ask.platforms.host));
    }
    Ok(Plan {
        project,
        recipe,
        variants,
        outputs,
        metadata_inputs: draft.metadata_inputs,
        extras: draft.extras,
        packaging: draft.packaging,
        copied_sources: draft.copied_sources,
        script_files: draft.script.files,
        lock: draft.script.lock,
        warnings,
        platforms: ask.platforms,
    })
}

/// The warning about a package of which every output is skipped.
fn nothing_to_build(recipe: &Recipe, host: Subdir) -> Warning {
    let message = format!("nothing is built, because every output is skipped for {host}");
    // A backend that drafts a recipe warns about what it skips.
    let conditions = recipe.own().map(Own::skip_conditions).unwrap_or_default();
    match list(conditions.iter().map(String::as_str)) {
        none if none.is_empty() => Warning::new(message),
        some => Warning::new(message).help(format!("`skip` in the recipe has {some}")),
    }
}

/// The variables of the operating system that a variant with the same name may set.
fn system_variables(platforms: Platforms) -> HashSet<String> {
    let nowhere = Path::new("");
    let variables = os_vars(
        nowhere,
        &platforms.host,
        &platforms.host,
        &platforms.build,
        Default::default(),
        nowhere,
        &RuntimeEnv::current(),
    );
    variables.into_keys().collect()
}

/// The values of each variant key, as text.
fn values(variants: &VariantConfig) -> BTreeMap<String, Vec<String>> {
    let text = |values: &Vec<_>| values.iter().map(ToString::to_string).collect();
    let variants = variants.variants.iter();
    variants
        .map(|(key, values)| (key.normalize(), text(values)))
        .collect()
}

/// The inputs of a finished build: the files that it read, if the backend knows them, or
/// else those of the draft.
fn built_inputs(session: &Session, plan: &Plan<'_>, paths: &BuildPaths) -> Vec<GlobSet> {
    let sets = match plan.project.built_inputs(paths) {
        Ok(Some(sets)) => {
            let outputs = session.backend.output_directories();
            [sets, plan.extras.inputs(outputs)].concat()
        }
        Ok(None) => plan.inputs(session),
        Err(error) => {
            // The package is valid; only the next decision about a rebuild is less
            // precise.
            tracing::warn!(
                "the files that the build read are not known, and patterns replace them: {error}"
            );
            plan.inputs(session)
        }
    };
    // The output directory may be next to the sources, but packages are never inputs.
    let without_packages = |set: GlobSet| {
        if set.stays() {
            set
        } else {
            set.except([paths.packages.as_path()])
        }
    };
    sets.into_iter().map(without_packages).collect()
}
