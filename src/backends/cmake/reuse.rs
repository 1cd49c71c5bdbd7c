//! Determines which files of earlier builds a build can reuse.
//!
//! A tree outlives environments and options. Before a build, the files whose inputs have
//! changed are removed. A modified configuration repeats configuring, a modified header
//! repeats its compilations, and a new prefix repeats linking.

mod change;
mod environment;
mod forget;
mod signature;
mod state;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use miette::Report;

use super::file_api;
use super::ninja::DepsLog;
use super::tree::{self, Tree};
use super::unreported::{self, Unreported};
use super::view::View;
use crate::backend::BuildPaths;
use crate::diagnostic::create_folder;
use crate::disk::{self, remove_file, remove_folder};
use change::Change;
use environment::Environment;
pub(super) use signature::files as unreported_files;
use state::{Stamp, State, headers};

const STATE: &str = "state.json";

/// Prepares the tree for a build.
///
/// # Errors
/// Files that cannot be written or removed.
pub(super) fn prepare(view: &View<'_>, paths: &BuildPaths) -> Result<(), Report> {
    let tree = &view.tree;
    tree.link(paths)?;
    let host = Environment::read(&paths.host_prefix);
    let build = Environment::read(&paths.build_prefix);
    let signature = signature::of(view, &host, &build);
    let file = tree.beside(STATE);
    let before = State::read(&file).filter(|state| is_complete(state, tree));
    let mut now = before.clone().unwrap_or_default();
    now.signature = signature;
    if host.differs_from(&now.host)
        || build.differs_from(&now.build)
        || host.prefix != now.host.prefix
    {
        // The recorded files belong to the environments of the last build.
        now.digests.clear();
        now.headers = headers(tree);
    }
    now.host = host;
    now.build = build;
    match &before {
        None => remove_folder(&tree.binary())?,
        Some(before) => Change::new(tree, before, &now).apply()?,
    }
    if before.is_none() {
        remove_file(&tree.marker())?;
        unreported::forget(tree)?;
    }
    let binary = tree.binary();
    forget_installations(&binary)?;
    disk::write(&binary.join(file_api::QUERY), file_api::QUESTION)?;
    if let Some(commands) = &view.request.config.compile_commands {
        let workspace = view.request.folders.workspace.as_deref();
        let workspace = workspace.unwrap_or(view.request.project.manifest_folder());
        let link = workspace.join(commands);
        create_folder(link.parent().unwrap_or(workspace))?;
        if link.exists() && !link.is_symlink() {
            tracing::warn!("{} is not a link, so it is left alone", link.display());
        } else {
            tree::point(&link, &binary.join("compile_commands.json"))?;
        }
    }
    Ok(now.write(&file)?)
}

/// Whether no file is left in the tree whose source was deleted.
fn is_complete(state: &State, tree: &Tree) -> bool {
    let orphan = state.orphan(tree);
    if let Some(file) = orphan {
        tracing::info!(
            "everything is built again because {} was deleted",
            file.display()
        );
    }
    orphan.is_none()
}

/// Removes the records of earlier builds about installed files.
fn forget_installations(binary: &Path) -> Result<(), Report> {
    let entries = std::fs::read_dir(binary).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        let name = path.file_name().and_then(|name| name.to_str());
        if name.is_some_and(|name| name.starts_with("install_manifest")) {
            remove_file(&path)?;
        }
    }
    Ok(())
}

/// Files of the user that a build read.
pub(super) struct Read {
    /// Files that were read during configuring.
    pub(super) configured: BTreeSet<PathBuf>,
    /// Files that were read by compilers and commands.
    pub(super) built: BTreeSet<PathBuf>,
    /// Files of the user that the trace of configuring names.
    pub(super) unreported: Unreported,
}

/// The files that the trace of the last configuring named.
pub(super) fn unreported(tree: &Tree) -> Unreported {
    let state = State::read(&tree.beside(STATE));
    state.map(|state| state.unreported).unwrap_or_default()
}

/// Records the files that a build has read, and removes the trace that names some of them.
pub(super) fn remember(tree: &Tree, log: &DepsLog, read: &Read) {
    let file = tree.beside(STATE);
    let Some(mut state) = State::read(&file) else {
        return;
    };
    let known = std::mem::take(&mut state.digests);
    state.digests = digests(tree, log, &state, &known);
    state.headers = headers(tree);
    state.configured = Stamp::all(&read.configured);
    state.built = Stamp::all(&read.built);
    state.unreported = read.unreported.clone();
    state.matched = state.matching();
    let recorded = state.write(&file);
    if let Err(error) = recorded.and_then(|()| unreported::forget(tree)) {
        tracing::warn!("{error}");
    }
}

/// Hashes of the files in `log` that are below the links.
fn digests(
    tree: &Tree,
    log: &DepsLog,
    state: &State,
    known: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let links = [(&state.host, tree.host()), (&state.build, tree.build())];
    let mut digests = BTreeMap::new();
    for input in log.inputs() {
        let path = Path::new(input);
        let named = links.iter().find_map(|(environment, link)| {
            let real = path.strip_prefix(&environment.prefix);
            let rest = path.strip_prefix(link).or(real).ok()?;
            link.join(rest).to_str().map(str::to_string)
        });
        let Some(named) = named else {
            continue;
        };
        if digests.contains_key(&named) {
            continue;
        }
        let content = || forget::content(Path::new(&named));
        if let Some(digest) = known.get(&named).cloned().or_else(content) {
            digests.insert(named, digest);
        }
    }
    digests
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_stays_until_it_is_recorded() {
        let folder = tempfile::tempdir().expect("a temporary directory can be created");
        let tree = Tree::at(folder.path());
        let line = r#"{"args":["READ","/s/a"],"cmd":"file","file":"/s/CMakeLists.txt"}"#;
        fs_err::write(tree.beside(unreported::TRACE), line).expect("writable");
        let read = || unreported::read(&tree).expect("readable");
        let found = read().expect("a trace");
        assert_eq!(found.read, [PathBuf::from("/s/a")].into());
        assert_eq!(read().as_ref(), Some(&found));
        let read_by_build = Read {
            configured: BTreeSet::new(),
            built: BTreeSet::new(),
            unreported: found.clone(),
        };
        // Without a state of the build nothing is recorded.
        remember(&tree, &DepsLog::default(), &read_by_build);
        assert_eq!(read().as_ref(), Some(&found));
        let state = State::default().write(&tree.beside(STATE));
        state.expect("writable");
        remember(&tree, &DepsLog::default(), &read_by_build);
        assert_eq!(read(), None);
        assert_eq!(super::unreported(&tree), found);
    }
}
