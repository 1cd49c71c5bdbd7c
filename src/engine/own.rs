//! Prepares the build of a recipe that the user wrote: an empty or a kept work directory,
//! the sources, and the staging output that the output inherits from.
//!
//! rattler-build would solve and install environments for a staging output and remove the
//! prefixes that pixi created. Here the output has the requirements of both, so the
//! script of the staging output runs first, in the same environments.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use miette::Report;
use rattler_build_core::tool_configuration::Configuration;
use rattler_build_core::types::Output;
use rattler_build_recipe::Stage1Recipe;
use rattler_build_recipe::stage1::StagingCache;
use rattler_build_recipe::stage1::build::BuildPlan;
use rattler_build_script::{InterpreterError, ScriptContent};
use rattler_digest::{Sha256, compute_bytes_digest};

use crate::backend::BuildPaths;
use crate::backend::named::Named;
use crate::engine::Session;
use crate::engine::sources::{SourceSnapshot, Sources, Work};
use crate::engine::steps;
use crate::protocol::build::{Params, Prefix};
use crate::recipe::{Own, RecipeText, named};

/// The data for the build of a user's recipe, in addition to its job.
pub(super) struct OwnBuild {
    pub(super) text: RecipeText,
    /// The directory for downloads, shared by all builds of the user.
    pub(super) cache: PathBuf,
    pub(super) offline: bool,
    pub(super) keeps_work: bool,
    /// Directories that builds write to.
    pub(super) pruned: Vec<PathBuf>,
    pub(super) work: Work,
}

impl OwnBuild {
    /// Fetches the sources and runs the script of the staging output that the output
    /// inherits from. It removes both from the recipe, so that rattler-build does not
    /// repeat them.
    ///
    /// # Errors
    /// Sources that cannot be fetched, a script that fails.
    pub(super) async fn prepare(
        &self,
        output: &mut Output,
        tools: &Configuration,
        kept: &mut SourceSnapshot,
    ) -> Result<(), Report> {
        let sources = Sources {
            text: &self.text,
            directories: &output.build_configuration.directories.clone(),
            cache: self.cache.clone(),
            client: tools.client.clone(),
            offline: self.offline,
            pruned: self.pruned.clone(),
        };
        let stagings = std::mem::take(&mut output.recipe.staging_caches);
        output.recipe.inherits_from = None;
        let mut fetched = 0;
        for staging in &stagings {
            sources.fetch(&staging.source, fetched, kept).await?;
            fetched += staging.source.len();
            tracing::info!(
                "running the script of the staging output `{}`",
                staging.name
            );
            stage(output, staging, tools).await?;
        }
        let own = std::mem::take(&mut output.recipe.source);
        sources.fetch(&own, fetched, kept).await?;
        Ok(())
    }
}

/// Collects the data for the build of the recipe, and stores the files that it names in `paths`.
pub(super) fn of(
    session: &Session,
    own: &Own,
    recipe: &Stage1Recipe,
    params: &Params,
    paths: &mut BuildPaths,
) -> OwnBuild {
    let work_directory = &params.work_directory;
    let folders = &session.folders;
    let environments = folders.workspace.iter().map(|folder| folder.join(".pixi"));
    let scratch = folders.scratch.iter().cloned();
    let pruned = environments
        .chain(scratch)
        .chain([work_directory.clone(), paths.packages.clone()]);
    let pruned = outermost(pruned.collect());
    let folder = own.text.path().parent().unwrap_or(Path::new(""));
    paths.named = named(recipe, folder, &pruned);
    let key = key(recipe, params, &paths.named);
    let state = work_directory.join(".sources.json");
    OwnBuild {
        text: own.text.clone(),
        cache: match &folders.cache {
            Some(cache) => cache.join(session.backend.name()),
            None => work_directory.join(".sources"),
        },
        offline: session.run.offline,
        keeps_work: own.keeps_work,
        pruned,
        work: Work::new(&paths.script_folder, state, key),
    }
}

/// Keeps only the directories that are not inside another directory of the list.
fn outermost(folders: Vec<PathBuf>) -> Vec<PathBuf> {
    let lies_in_another = |folder: &PathBuf| {
        let mut others = folders.iter().filter(|other| *other != folder);
        others.any(|other| folder.starts_with(other))
    };
    let kept: BTreeSet<&PathBuf> = folders
        .iter()
        .filter(|folder| !lies_in_another(folder))
        .collect();
    kept.into_iter().cloned().collect()
}

/// Runs the script of a staging output as a script of `output`.
async fn stage(
    output: &Output,
    staging: &StagingCache,
    tools: &Configuration,
) -> Result<(), Report> {
    const IDENTITY: [&str; 5] = [
        "PKG_NAME",
        "PKG_VERSION",
        "PKG_BUILDNUM",
        "PKG_BUILD_STRING",
        "PKG_HASH",
    ];
    let mut staged = output.clone();
    staged.recipe.build.plan = staging.build.plan.clone();
    if let BuildPlan::Script(script) = &mut staged.recipe.build.plan {
        if script.content.is_default() {
            script.content = ScriptContent::Commands(Vec::new());
        }
        for name in IDENTITY {
            script.env.entry(name.to_string()).or_default();
        }
    }
    staged.build_configuration.variant = staging.used_variant.clone();
    steps::execute(&staged, tools)
        .await
        .map_err(|error| match error {
            InterpreterError::InterpreterNotFound(_) => miette::miette!(
                help = "add the interpreter to `requirements: build` of the staging output",
                "the script of the staging output `{}` cannot run: {error}",
                staging.name
            ),
            other => steps::explained(other),
        })
}

/// The data that a build is made from, in addition to its sources. When it changes, a
/// kept work directory is emptied.
pub(super) fn key(recipe: &Stage1Recipe, params: &Params, named: &Named) -> String {
    let mut recipe = recipe.clone();
    recipe.tests.clear();
    recipe.about = Default::default();
    let mut text = serde_yaml::to_string(&recipe).unwrap_or_default();
    for file in named.scripts.iter().chain(&named.patches) {
        // A file that is missing is an error when it is used.
        let file = std::fs::read(file).unwrap_or_default();
        text.push_str(&String::from_utf8_lossy(&file));
    }
    let packages = |prefix: &Option<Prefix>| {
        let packages = prefix
            .iter()
            .flat_map(|prefix| prefix.packages.iter().flatten());
        packages
            .map(|package| package.identifier.to_string())
            .collect::<Vec<_>>()
    };
    text.push_str(&packages(&params.build_prefix).join(" "));
    text.push_str(&packages(&params.host_prefix).join(" "));
    hex::encode(compute_bytes_digest::<Sha256>(text.as_bytes()))
}
