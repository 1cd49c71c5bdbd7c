//! The variant files of a recipe.

use std::path::{Path, PathBuf};

use miette::{Diagnostic, Report, SourceSpan};
use thiserror::Error;

use super::discovery::{self, option_span};
use super::{Config, Recipe};
use crate::backend::Request;
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
pub(super) fn files(request: &Request<'_, Config>) -> Result<Vec<PathBuf>, Report> {
    let Request {
        project, config, ..
    } = request;
    let recipe = discovery::find(request)?.path;
    let mut files = Vec::new();
    if !config.ignore_recipe_variants {
        for folder in folders(project, &recipe) {
            let mut candidates = NAMES.iter().map(|name| folder.join(name));
            files.extend(candidates.find(|path| path.is_file()));
        }
    }
    for (index, path) in named(config, &recipe).enumerate() {
        if !path.is_file() {
            return Err(NoSuchFile {
                path: path.display().to_string(),
                at: option_span(request, &["variant-files", &index.to_string()]),
                file: project.manifest.file(),
            }
            .into());
        }
        files.push(path);
    }
    Ok(files)
}

/// Every file that is a variant file, or would be one if it existed.
pub(super) fn possible(request: &Request<'_, Config>, recipe: &Recipe) -> Vec<PathBuf> {
    let recipe = &recipe.found.path;
    let mut files: Vec<PathBuf> = named(request.config, recipe).collect();
    if !request.config.ignore_recipe_variants {
        let folders = folders(request.project, recipe);
        files.extend(
            folders
                .iter()
                .flat_map(|folder| NAMES.map(|name| folder.join(name))),
        );
    }
    files
}

fn folders(project: &Project, recipe: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = recipe.parent().map(plain).into_iter().collect();
    let source = plain(&project.source);
    if !folders.contains(&source) {
        folders.push(source);
    }
    folders
}

/// The files in the configuration, relative to the recipe.
fn named<'a>(config: &'a Config, recipe: &'a Path) -> impl Iterator<Item = PathBuf> + 'a {
    let folder = recipe.parent().unwrap_or(Path::new(""));
    let files = config.variant_files.iter();
    files.map(move |file| plain(&folder.join(file)))
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
