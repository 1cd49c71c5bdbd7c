//! The variant files of a recipe.

use std::path::PathBuf;

use miette::{Diagnostic, Report, SourceSpan};
use thiserror::Error;

use super::discovery::{self, option_span};
use super::{Config, Recipe};
use crate::backend::inputs::plain;
use crate::diagnostic::SourceFile;
use crate::project::Project;

/// The names of variant files. In a directory only the first existing one is used.
const NAMES: [&str; 2] = ["variants.yaml", "conda_build_config.yaml"];

/// The variant files, lowest priority first: those next to the recipe, those in the
/// source directory, and those in the configuration.
///
/// # Errors
/// [`NoSuchFile`].
pub(super) fn files(project: &Project, config: &Config) -> Result<Vec<PathBuf>, Report> {
    let mut files = Vec::new();
    if !config.ignore_recipe_variants {
        let recipe = discovery::find(project, config)?.path;
        for folder in folders(project, &recipe) {
            let mut candidates = NAMES.iter().map(|name| folder.join(name));
            files.extend(candidates.find(|path| path.is_file()));
        }
    }
    for (index, path) in named(project, config)?.into_iter().enumerate() {
        if !path.is_file() {
            return Err(NoSuchFile {
                path: path.display().to_string(),
                at: option_span(project, &["variant-files", &index.to_string()]),
                file: project.manifest.file(),
            }
            .into());
        }
        files.push(path);
    }
    Ok(files)
}

/// Every file that is a variant file, or would be one if it existed.
pub(super) fn possible(project: &Project, config: &Config, recipe: &Recipe) -> Vec<PathBuf> {
    let mut files = named(project, config).unwrap_or_default();
    if !config.ignore_recipe_variants {
        let folders = folders(project, &recipe.path);
        files.extend(
            folders
                .iter()
                .flat_map(|folder| NAMES.map(|name| folder.join(name))),
        );
    }
    files
}

fn folders(project: &Project, recipe: &std::path::Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = recipe.parent().map(plain).into_iter().collect();
    let source = plain(&project.source);
    if !folders.contains(&source) {
        folders.push(source);
    }
    folders
}

/// The files in the configuration, relative to the recipe.
fn named(project: &Project, config: &Config) -> Result<Vec<PathBuf>, Report> {
    if config.variant_files.is_empty() {
        return Ok(Vec::new());
    }
    let recipe = discovery::find(project, config)?.path;
    let folder = recipe.parent().unwrap_or(&project.source);
    let files = config.variant_files.iter();
    Ok(files.map(|file| plain(&folder.join(file))).collect())
}

/// A variant file in the configuration does not exist.
#[derive(Debug, Error, Diagnostic)]
#[error("the variant file {path} does not exist")]
#[diagnostic(
    code(config::no_such_variant_file),
    help("`variant-files` are relative to the recipe")
)]
struct NoSuchFile {
    path: String,
    #[source_code]
    file: SourceFile,
    #[label("named here")]
    at: Option<SourceSpan>,
}
