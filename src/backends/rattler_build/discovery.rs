//! Finds the recipe.

use std::path::{Path, PathBuf};

use miette::{Diagnostic, Report, SourceSpan};
use thiserror::Error;

use super::Config;
use crate::backend::Request;
use crate::backend::inputs::plain;
use crate::diagnostic::{SourceFile, nearest};
use crate::project::Project;
use crate::project::config::written_at;

/// The names of a recipe, in the order of their priority.
pub(super) const NAMES: [&str; 4] = [
    "recipe.yaml",
    "recipe.yml",
    "recipe/recipe.yaml",
    "recipe/recipe.yml",
];

/// The place of a recipe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    /// Other files that could have been the recipe.
    pub(super) passed_over: Vec<PathBuf>,
    /// Files that would have priority if they existed.
    pub(super) before: Vec<PathBuf>,
}

/// Finds the recipe: the manifest itself, the one in the configuration, or one in a
/// standard place.
///
/// # Errors
/// [`NoRecipe`], [`NoSuchRecipe`].
pub(super) fn find(request: &Request<'_, Config>) -> Result<Found, Report> {
    let project = request.project;
    let manifest = project.manifest.path();
    let only = |path: &Path| Found {
        path: plain(path),
        passed_over: Vec::new(),
        before: Vec::new(),
    };
    if is_recipe(manifest) && !manifest.is_dir() {
        return Ok(only(manifest));
    }
    if let Some(wanted) = &request.config.recipe {
        return named(request, wanted);
    }
    let folders = folders(project);
    let candidates: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| NAMES.map(|name| folder.join(name)))
        .collect();
    let Some(first) = candidates.iter().position(|path| path.is_file()) else {
        return Err(NoRecipe::report(project, &folders));
    };
    let path = &candidates[first];
    let beside = |other: &&PathBuf| {
        let folder = first / NAMES.len() * NAMES.len();
        let same = &candidates[folder..folder + NAMES.len()];
        same.contains(other) && other.is_file() && *other != path
    };
    Ok(Found {
        passed_over: candidates[first..].iter().filter(beside).cloned().collect(),
        before: candidates[..first].to_vec(),
        ..only(path)
    })
}

/// The directory of the manifest, then the source directory.
fn folders(project: &Project) -> Vec<PathBuf> {
    let manifest = project.manifest.path();
    let beside = if manifest.is_dir() {
        manifest
    } else {
        project.manifest_folder()
    };
    let mut folders = vec![plain(beside)];
    let source = plain(&project.source);
    if !folders.contains(&source) {
        folders.push(source);
    }
    folders
}

fn is_recipe(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| NAMES[..2].contains(&name))
}

fn named(request: &Request<'_, Config>, wanted: &Path) -> Result<Found, Report> {
    let project = request.project;
    let bases = [project.source.as_path(), project.manifest_folder()];
    let files = bases.iter().flat_map(|base| {
        let path = plain(&base.join(wanted));
        if path.is_dir() {
            NAMES[..2].iter().map(|name| path.join(name)).collect()
        } else {
            vec![path]
        }
    });
    let files: Vec<PathBuf> = files.collect();
    match files.iter().position(|path| path.is_file()) {
        Some(first) => Ok(Found {
            path: files[first].clone(),
            passed_over: Vec::new(),
            before: files[..first].to_vec(),
        }),
        None => Err(NoSuchRecipe::report(request, wanted)),
    }
}

/// The directory that replaces all sources, if the configuration names one.
///
/// # Errors
/// [`NoSuchSource`].
pub(super) fn source_override(request: &Request<'_, Config>) -> Result<Option<PathBuf>, Report> {
    let project = request.project;
    let folder = match request.config.source.as_deref() {
        None | Some("recipe") => return Ok(None),
        Some("package") => plain(&project.source),
        Some(path) => plain(&project.manifest_folder().join(path)),
    };
    if folder.is_dir() {
        Ok(Some(folder))
    } else {
        Err(NoSuchSource {
            folder: folder.display().to_string(),
            at: option_span(request, &["source"]),
            file: project.manifest.file(),
        }
        .into())
    }
}

/// The place of an option, or of a value in it.
pub(super) fn option_span(request: &Request<'_, Config>, keys: &[&str]) -> Option<SourceSpan> {
    written_at(&request.project.manifest, request.platforms.host, keys)
}

/// There is no recipe in the standard places.
#[derive(Debug, Error, Diagnostic)]
#[error("no recipe for {what}: none of {names} is in {places}")]
#[diagnostic(code(recipe::missing), help("{help}"))]
struct NoRecipe {
    what: String,
    names: String,
    places: String,
    help: String,
}

impl NoRecipe {
    fn report(project: &Project, folders: &[PathBuf]) -> Report {
        let has = |name: &str| folders.iter().any(|folder| folder.join(name).is_file());
        let has_old = has("meta.yaml") || has("recipe/meta.yaml");
        let places: Vec<String> = folders
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        let name = project.name().unwrap_or("hello");
        Self {
            what: project
                .name()
                .map_or("this directory".to_string(), |name| format!("`{name}`")),
            names: NAMES.join(", "),
            places: places.join(" or "),
            help: if has_old {
                "meta.yaml is the format of conda-build: `rattler-build migrate-recipe` \
                 and similar tools turn it into a recipe.yaml"
                    .to_string()
            } else {
                format!(
                    "set `recipe` in `[package.build.config]`, or write a recipe.yaml:\n\
                 package:\n  name: {name}\n  version: 0.1.0"
                )
            },
        }
        .into()
    }
}

/// The recipe in the configuration does not exist.
#[derive(Debug, Error, Diagnostic)]
#[error("the recipe {wanted} does not exist")]
#[diagnostic(code(config::no_such_recipe), help("{help}"))]
struct NoSuchRecipe {
    wanted: String,
    help: String,
    #[source_code]
    file: SourceFile,
    #[label("this file")]
    at: Option<SourceSpan>,
}

impl NoSuchRecipe {
    fn report(request: &Request<'_, Config>, wanted: &Path) -> Report {
        let project = request.project;
        let folder = plain(&project.source.join(wanted));
        let folder = folder.parent().unwrap_or(&project.source).to_path_buf();
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let names: Vec<String> = names.collect();
        let name = wanted
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let near = nearest(name, names.iter().map(String::as_str));
        let mut relative = format!("it is relative to {}", project.source.display());
        if project.source != project.manifest_folder() {
            let manifest = project.manifest_folder().display();
            relative.push_str(&format!(", or else to {manifest}"));
        }
        Self {
            wanted: wanted.display().to_string(),
            help: match near {
                Some(near) => format!("did you mean `{near}`? {relative}"),
                None => relative,
            },
            at: option_span(request, &["recipe"]),
            file: project.manifest.file(),
        }
        .into()
    }
}

/// The directory that replaces the sources does not exist.
#[derive(Debug, Error, Diagnostic)]
#[error("the source {folder} is not a directory")]
#[diagnostic(
    code(config::no_such_source),
    help("`source` is `\"recipe\"`, `\"package\"` or a directory, relative to the manifest")
)]
struct NoSuchSource {
    folder: String,
    #[source_code]
    file: SourceFile,
    #[label("this directory")]
    at: Option<SourceSpan>,
}
