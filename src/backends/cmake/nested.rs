//! The build trees of other projects, such as those of ExternalProject. Ninja does not know
//! their files in the tree of the project.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::copies::files_of;
use super::ninja::{DepsLog, Plan};
use super::unreported::of_script;
use crate::backend::inputs::plain;

/// The program that CMake writes for the installation.
const INSTALL: &str = "cmake_install.cmake";

/// All files that the steps of a tree and its installation read, and those of trees that it
/// creates itself.
pub(super) fn read_in(tree: &Path) -> BTreeSet<PathBuf> {
    let plan = Plan::read(tree);
    let log = DepsLog::read(tree, &plan);
    let planned = plan.edges.iter().flat_map(|edge| &edge.inputs);
    let inputs = log
        .inputs()
        .chain(planned)
        .map(|path| plain(&tree.join(path)));
    let named = plan.edges.iter().flat_map(|edge| edge.named(tree));
    let installed = installed_in(tree).into_iter();
    let installed = installed.flat_map(|path| files_of(&path));
    let nested = plan.edges.iter().flat_map(|edge| edge.nested(tree));
    let nested: BTreeSet<PathBuf> = nested.collect();
    let deeper = nested.iter().flat_map(|nested| read_in(nested));
    let files = inputs.chain(named).chain(installed);
    files.chain(deeper).collect()
}

/// The files and directories outside of a tree that its installation copies.
pub(super) fn installed_in(tree: &Path) -> BTreeSet<PathBuf> {
    let code = of_script(&tree.join(INSTALL));
    let paths = code.read.into_iter().chain(code.copied);
    paths.filter(|path| !path.starts_with(tree)).collect()
}
