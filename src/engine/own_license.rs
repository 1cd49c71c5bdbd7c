//! Collects the license files that a user's recipe names.
//!
//! rattler-build searches the directory of the recipe, which may contain the environments
//! and builds of a workspace. It also packs a symbolic link as a link, and its target is
//! not in the package. Here the files are copied to one directory after the script, which may
//! write some of them, and rattler-build packs that directory.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use miette::{Diagnostic, Report, SourceSpan};
use rattler_build_core::types::Output;
use rattler_build_types::{GlobVec, LateBoundGlobVec};
use thiserror::Error;

use crate::backend::tree::Tree;
use crate::diagnostic::{SourceFile, Unwritable, create_folder};
use crate::disk;
use crate::recipe::RecipeText;

/// The directory for copies of license files, in the work directory of the build.
const FOLDER: &str = ".licenses";

/// The directories that license files come from.
pub(super) struct Licenses<'a> {
    pub(super) text: &'a RecipeText,
    /// Directories that builds write to.
    pub(super) pruned: &'a [PathBuf],
}

impl Licenses<'_> {
    /// Copies the license files of `output` to one directory, and makes the recipe name that
    /// directory instead.
    ///
    /// # Errors
    /// A name or glob without a file, files that cannot be copied.
    pub(super) fn collect(&self, output: &mut Output) -> Result<(), Report> {
        let Some(licenses) = output.recipe.about.license_file.take() else {
            return Ok(());
        };
        let directories = &output.build_configuration.directories;
        let recipe = self.text.path().parent().unwrap_or(Path::new(""));
        let mut kept = Vec::new();
        let mut found = BTreeMap::new();
        for entry in licenses.entries() {
            let name = entry.source();
            if entry.is_late_bound() || Path::new(name).is_absolute() {
                kept.push(name.to_string());
                continue;
            }
            let globs =
                LateBoundGlobVec::from_sources(vec![name.to_string()], licenses.exclude().to_vec());
            let globs = globs.map_err(|error| miette::miette!("{error}"))?;
            let mut is_found = false;
            // A file next to the recipe has priority over one of the sources.
            for folder in [directories.work_dir.as_path(), recipe] {
                let files = self.files(folder, name, globs.ordinary_globs());
                is_found |= !files.is_empty();
                found.extend(files);
            }
            if !is_found {
                return Err(self.missing(name).into());
            }
        }
        let folder = directories.build_dir.join(FOLDER);
        copy(&found, &folder)?;
        if !found.is_empty() {
            kept.push(format!("${{{{ BUILD_DIR }}}}/{FOLDER}/**"));
        }
        let collected = LateBoundGlobVec::from_sources(kept, Vec::new());
        let collected = collected.map_err(|error| miette::miette!("{error}"))?;
        output.recipe.about.license_file = Some(collected);
        Ok(())
    }

    /// The files in `folder` that `name` stands for, each with its path in the package.
    fn files(&self, folder: &Path, name: &str, globs: &GlobVec) -> BTreeMap<PathBuf, PathBuf> {
        let mut files = BTreeMap::new();
        let path = folder.join(name);
        if path.is_file() {
            files.insert(below(Path::new(name)), path);
        } else if path.is_dir() {
            for file in self.walk(&path) {
                if let Ok(rest) = file.strip_prefix(&path) {
                    files.insert(below(Path::new(name)).join(rest), file.clone());
                }
            }
        } else if name.contains(['*', '?', '[', '{']) {
            for file in self.walk(folder) {
                if let Ok(rest) = file.strip_prefix(folder) {
                    files.insert(rest.to_path_buf(), file.clone());
                }
            }
        }
        // `..` is not in the paths that excluded globs are for.
        files.retain(|path, _| name.contains("..") || globs.is_match(path));
        files
    }

    /// The files below `folder`, without the files of builds.
    fn walk(&self, folder: &Path) -> Vec<PathBuf> {
        let pruned = self.pruned.iter();
        let tree = Tree {
            root: folder.to_path_buf(),
            include: Vec::new(),
            exclude: Vec::new(),
            use_gitignore: false,
            pruned: pruned
                .filter(|pruned| !folder.starts_with(pruned))
                .cloned()
                .collect(),
        };
        let entries = tree.walk().build().flatten();
        let paths = entries.map(|entry| entry.into_path());
        paths.filter(|path| path.is_file()).collect()
    }

    fn missing(&self, name: &str) -> Missing {
        let key = self.text.word("license_file", 0);
        let after = key.as_ref().map_or(0, |key| key.end);
        let place = self.text.word(name, after).or(key);
        Missing {
            name: name.to_string(),
            at: place.map(|place| (place.start, place.len()).into()),
            file: self.text.file(),
        }
    }
}

/// The path in the package of a file with a path relative to the recipe.
fn below(path: &Path) -> PathBuf {
    let parts = path.components();
    let parts = parts.filter(|part| matches!(part, Component::Normal(_)));
    parts.collect()
}

/// Fills `folder` with copies of the files, and nothing else.
fn copy(files: &BTreeMap<PathBuf, PathBuf>, folder: &Path) -> Result<(), Unwritable> {
    disk::remove_folder(folder)?;
    for (name, file) in files {
        let target = folder.join(name);
        if let Some(parent) = target.parent() {
            create_folder(parent)?;
        }
        disk::replace(&target, |target| std::fs::copy(file, target).map(drop))?;
    }
    Ok(())
}

#[derive(Debug, Error, Diagnostic)]
#[error("the license file `{name}` is neither in the sources nor next to the recipe")]
#[diagnostic(
    code(build::no_license),
    help("paths are relative to the work directory of the script, or to the recipe")
)]
struct Missing {
    name: String,
    #[source_code]
    file: SourceFile,
    #[label("no file has this name")]
    at: Option<SourceSpan>,
}
