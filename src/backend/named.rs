//! What a rendered recipe names on the disk. Plain data.

use std::path::PathBuf;

use crate::backend::tree::Tree;

/// What a rendered recipe names on the disk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// The directory that everything relative is relative to.
    pub folder: PathBuf,
    /// Sources that are directories.
    pub trees: Vec<Tree>,
    /// Single files, whether they exist or not: sources, patches, scripts.
    pub files: Vec<PathBuf>,
    /// Those of the files that are scripts.
    pub scripts: Vec<PathBuf>,
    /// Globs of licences and of files for tests, in the directory of the recipe.
    pub globs: Vec<String>,
    /// Local repositories that sources come from.
    pub repositories: Vec<PathBuf>,
    /// What scripts reach through `RECIPE_DIR`.
    pub reached: Reached,
}

/// What scripts reach through `RECIPE_DIR`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Reached {
    /// Nothing.
    #[default]
    Nothing,
    /// Files and directories with these paths.
    Paths(Vec<String>),
    /// Nobody can tell.
    Anything,
}
