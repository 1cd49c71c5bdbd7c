//! Recipes that the user wrote: `recipe.yaml`.
//!
//! This backend finds the recipe, reads the options that replace parts of it, and
//! determines its inputs. The layers above evaluate the recipe.

mod config;
mod discovery;
mod failure;
mod inputs;
mod loaded;
mod manifest;
mod system_tools;
mod variants;

use std::path::PathBuf;
use std::sync::Arc;

use indexmap::IndexMap;
use miette::Report;
use rattler_conda_types::Subdir;

pub use config::Config;

use crate::backend::cache::CacheScope;
use crate::backend::{
    Backend, BuildPaths, Cache, Diagnosis, Draft, Env, Folders, GlobSet, Log, OwnRecipe, Packaging,
    Platforms, Request, SystemTools,
};
use crate::diagnostic::{Warning, read_text};
use config::WorkDirectory;
use discovery::Found;

/// The backend for recipes.
#[derive(Debug, Clone, Copy)]
pub struct RattlerBuild;

/// The recipe of a project.
#[derive(Debug, Clone)]
pub struct Recipe {
    found: Found,
    text: Arc<str>,
}

impl Backend for RattlerBuild {
    const NAME: &'static str = "pixi-build-rattler-build";

    const BUILDS: &'static str = "recipes";

    const INSTALLS: &'static str = "the script of the recipe";

    const METADATA_FILE: &'static str = "recipe.yaml";

    const NEEDS_MODEL: bool = false;

    type Config = Config;

    type Source = Recipe;

    fn read(&self, request: &Request<'_, Config>) -> Result<Recipe, Report> {
        let found = discovery::find(request)?;
        let text = Arc::from(read_text(&found.path)?);
        Ok(Recipe { found, text })
    }

    fn draft(&self, request: &Request<'_, Config>, recipe: &Recipe) -> Result<Draft, Report> {
        let Request {
            project, config, ..
        } = request;
        let sources = manifest::sources(project)?;
        if config.experimental
            && let Ok(current) = std::env::current_dir()
        {
            loaded::check(recipe, &current)?;
        }
        Ok(Draft {
            packaging: Packaging {
                may_be_empty: true,
                ..Packaging::default()
            },
            metadata_inputs: inputs::metadata(request, recipe),
            warnings: warnings(recipe),
            own_recipe: Some(OwnRecipe {
                path: recipe.found.path.clone(),
                text: recipe.text.clone(),
                experimental: config.experimental,
                context: config.context.clone().into_iter().collect(),
                only: config.outputs.clone(),
                sources,
                source: discovery::source_override(request)?,
                env: variables(request),
                keeps_work: config.work_directory == WorkDirectory::Keep,
            }),
            ..Draft::default()
        })
    }

    fn inputs(&self, request: &Request<'_, Config>, recipe: &Recipe) -> Vec<GlobSet> {
        inputs::drafted(request, recipe)
    }

    fn built_inputs(
        &self,
        request: &Request<'_, Config>,
        recipe: &Recipe,
        paths: &BuildPaths,
    ) -> Result<Option<Vec<GlobSet>>, Report> {
        Ok(Some(inputs::built(request, recipe, paths)))
    }

    fn diagnose(&self, _: &Request<'_, Config>, recipe: &Recipe, log: &Log) -> Option<Diagnosis> {
        failure::diagnose(recipe, log)
    }

    fn system_tools(&self, env: &Env, _: Platforms) -> Result<SystemTools, Report> {
        Ok(system_tools::find(env))
    }

    fn caches(&self, folders: &Folders) -> Vec<Cache> {
        let folder = folders.cache.as_ref().map(|cache| cache.join(Self::NAME));
        let cache = folder.map(|folder| Cache {
            what: "downloaded sources".to_string(),
            scope: CacheScope::User,
            lock: folder.join(".lock"),
            folder,
        });
        cache.into_iter().collect()
    }

    /// A recipe has the same meaning on all platforms, so the only default is the runtime
    /// for Windows.
    fn default_variants(&self, host: Subdir) -> Vec<(&'static str, Vec<&'static str>)> {
        if host.is_windows() {
            vec![("c_stdlib", vec!["vs"])]
        } else {
            Vec::new()
        }
    }

    fn variant_files(&self, request: &Request<'_, Config>) -> Result<Vec<PathBuf>, Report> {
        variants::files(request)
    }
}

/// The user's variables, a marker for development builds, and cache directories for
/// tools. Without these directories the tools would use the home directory, which is
/// empty in each build. They only affect the speed.
fn variables(request: &Request<'_, Config>) -> IndexMap<String, String> {
    const CACHES: [(&str, &str); 6] = [
        ("CARGO_HOME", "cargo"),
        ("CCACHE_DIR", "ccache"),
        ("GOCACHE", "go-build"),
        ("GOMODCACHE", "go-mod"),
        ("SCCACHE_DIR", "sccache"),
        ("npm_config_cache", "npm"),
    ];
    let mut variables = request.config.env.clone();
    if request.editable {
        variables.insert("PIXI_BUILD_EDITABLE".to_string(), "1".to_string());
    }
    if let Some(cache) = &request.folders.cache {
        let folder = cache.join(RattlerBuild::NAME);
        for (name, below) in CACHES {
            let path = folder.join(below).display().to_string();
            variables.entry(name.to_string()).or_insert(path);
        }
    }
    variables
}

fn warnings(recipe: &Recipe) -> Vec<Warning> {
    let Found {
        path, passed_over, ..
    } = &recipe.found;
    let passed_over = passed_over.iter().map(|other| {
        Warning::new(format!(
            "{} is the recipe, and {} is not read",
            path.display(),
            other.display()
        ))
        .help("remove one of them, or set `recipe` in `[package.build.config]`")
    });
    passed_over.collect()
}
