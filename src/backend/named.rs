//! The files that a rendered recipe names, as plain data.

use std::path::PathBuf;

use crate::backend::tree::Tree;

/// The files that a rendered recipe names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// The directory that all relative paths are relative to.
    pub folder: PathBuf,
    /// Sources that are directories.
    pub trees: Vec<Tree>,
    /// Single files, whether they exist or not: sources, patches, scripts.
    pub files: Vec<PathBuf>,
    /// The files that are scripts.
    pub scripts: Vec<PathBuf>,
    /// The files that are patches.
    pub patches: Vec<PathBuf>,
    /// Globs for licenses and for files of tests, in the directory of the recipe.
    pub globs: Vec<String>,
    /// Local repositories that sources come from.
    pub repositories: Vec<PathBuf>,
    /// The files that scripts use through `RECIPE_DIR`.
    pub reached: Reached,
}

/// The files that scripts use through `RECIPE_DIR`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Reached {
    /// The scripts use no files through `RECIPE_DIR`.
    #[default]
    Nothing,
    /// The scripts use files and directories with these paths.
    Paths(Vec<String>),
    /// The paths cannot be determined.
    Anything,
}
