//! What a build may take over from earlier ones in the same tree.
//!
//! A tree outlives environments and options. Before a build everything that was made from
//! something else than is there now is dropped, and no more: a changed configuration costs
//! a configure, a changed header its users, a moved prefix a link.

mod environment;
mod forget;
mod signature;
mod state;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use miette::Report;

use super::file_api;
use super::ninja::{DepsLog, Plan};
use super::tree::{self, Tree};
use super::view::View;
use crate::backend::BuildPaths;
use crate::diagnostic::create_folder;
use crate::disk::{self, files_below, remove_file, remove_folder};
use environment::Environment;
use forget::Traces;
pub(super) use signature::files as unreported_files;
use state::{Stamp, State};

const STATE: &str = "state.json";

/// Makes the tree ready for a build.
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
    let before = State::read(&file);
    let mut now = before.clone().unwrap_or_default();
    now.signature = signature;
    if host.differs_from(&now.host)
        || build.differs_from(&now.build)
        || host.prefix != now.host.prefix
    {
        // What is known of files belongs to the environments of the last build.
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
    }
    let binary = tree.binary();
    forget_installations(&binary)?;
    disk::write(&binary.join(file_api::QUERY), file_api::QUESTION)?;
    if let Some(commands) = &view.request.config.compile_commands {
        let workspace = view.request.folders.workspace.as_deref();
        let workspace = workspace.unwrap_or(view.request.project.manifest_folder());
        let link = workspace.join(commands);
        create_folder(link.parent().unwrap_or(workspace))?;
        tree::point(&link, &binary.join("compile_commands.json"))?;
    }
    Ok(now.write(&file)?)
}

/// Removes what earlier builds wrote down about what they installed.
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

/// From one build to the next.
struct Change<'a> {
    tree: &'a Tree,
    before: &'a State,
    now: &'a State,
}

impl<'a> Change<'a> {
    fn new(tree: &'a Tree, before: &'a State, now: &'a State) -> Self {
        Self { tree, before, now }
    }

    fn apply(&self) -> Result<(), Report> {
        let plan = Plan::read(&self.tree.binary());
        let log = self.moved_log()?;
        let traces = Traces {
            tree: self.tree,
            log: &log,
            plan: &plan,
            before: self.before,
        };
        if let Some(reason) = self.makes_everything_again() {
            tracing::info!("everything is compiled again because of {reason}");
            for name in [".ninja_log", ".ninja_deps"] {
                remove_file(&self.tree.binary().join(name))?;
            }
        } else {
            self.forget(&traces)?;
        }
        self.forget_configuration()
    }

    /// Removes what was made from something else than is there now.
    fn forget(&self, traces: &Traces<'_>) -> Result<(), Report> {
        let mut outputs = traces.made_from(&state::changed(&self.before.built));
        let packages_differ = self.packages_differ();
        if packages_differ || self.prefixes_moved() {
            outputs.extend(traces.read_from_packages());
        }
        if packages_differ {
            let headers = headers(self.tree);
            let added = headers.difference(&self.before.headers);
            let added: Vec<&str> = added.map(String::as_str).collect();
            outputs.extend(traces.shadowed_by(&added));
            outputs.extend(traces.linked());
            outputs.extend(traces.generated());
        }
        for output in outputs {
            remove_file(&self.tree.binary().join(output))?;
        }
        Ok(())
    }

    /// Removes what CMake found and was told, if any of it may differ now.
    fn forget_configuration(&self) -> Result<(), Report> {
        let mut reasons = signature::difference(&self.before.signature, &self.now.signature);
        let keeps_compilers = self.keeps_compilers(&reasons);
        let changed = state::changed(&self.before.configured);
        reasons.extend(changed.iter().map(|file| file.display().to_string()));
        let marker = self.tree.marker();
        if reasons.is_empty() && marker.is_file() {
            return Ok(());
        }
        if let Some(first) = reasons.first() {
            let others = match reasons.len() {
                1 => String::new(),
                count => format!(" and {} more", count - 1),
            };
            tracing::info!("configuring again because of `{first}`{others}");
        }
        let binary = self.tree.binary();
        remove_file(&marker)?;
        remove_file(&binary.join("CMakeCache.txt"))?;
        remove_file(&binary.join("build.ninja"))?;
        if !keeps_compilers {
            forget_compilers(&binary)?;
        }
        Ok(())
    }

    /// What no command and no time of a file tells.
    fn makes_everything_again(&self) -> Option<String> {
        let (before, now) = (self.before, self.now);
        let changed = now.build.changed_since(&before.build);
        let mut compiling = changed
            .into_iter()
            .filter(|name| before.build.may_compile(name));
        if let Some(name) = compiling.next() {
            return Some(format!("`{name}`"));
        }
        let names = signature::difference(&before.signature, &now.signature);
        if let Some(name) = names
            .iter()
            .find(|name| signature::is_seen_by_commands(name))
        {
            return Some(format!("`{name}`"));
        }
        // Without links nothing tells which package a file was of.
        let packages = !self.tree.is_linked && self.packages_differ();
        packages.then(|| "other packages".to_string())
    }

    fn packages_differ(&self) -> bool {
        self.now.host.differs_from(&self.before.host)
            || self.now.build.differs_from(&self.before.build)
    }

    /// Whether CMake may believe what it knows of the compilers.
    fn keeps_compilers(&self, reasons: &[String]) -> bool {
        let added = self.before.build.changed_since(&self.now.build);
        let mut added = added.into_iter();
        let same = !added.any(|name| self.now.build.may_compile(name));
        same && signature::keeps_compilers(reasons) && self.makes_everything_again().is_none()
    }

    fn prefixes_moved(&self) -> bool {
        self.now.host.prefix != self.before.host.prefix
            || self.now.build.prefix != self.before.build.prefix
    }

    /// What compilers read, by names that are true now. Some resolve links, and then the
    /// prefixes of the last build are in the log.
    fn moved_log(&self) -> Result<DepsLog, Report> {
        let binary = self.tree.binary();
        let log = DepsLog::read(&binary);
        if !self.tree.is_linked {
            return Ok(log);
        }
        let links = [(self.tree.host(), self.tree.build())];
        let states = [self.before, self.now];
        let names: Vec<(&Path, &PathBuf)> = (states.iter())
            .zip(links.iter().cycle())
            .flat_map(|(state, (host, build))| {
                [
                    (state.host.prefix.as_path(), host),
                    (state.build.prefix.as_path(), build),
                ]
            })
            .collect();
        let renamed = |path: &String| {
            let found = names.iter().find_map(|(prefix, link)| {
                let rest = Path::new(path).strip_prefix(prefix).ok()?;
                link.join(rest).to_str().map(str::to_string)
            });
            found.unwrap_or_else(|| path.clone())
        };
        let mut moved = log.clone();
        for record in moved.records.values_mut() {
            record.inputs = record.inputs.iter().map(renamed).collect();
        }
        if moved != log {
            moved.write(&binary)?;
        }
        Ok(moved)
    }
}

/// Removes what CMake knows about compilers: with that in place it does not look again.
fn forget_compilers(binary: &Path) -> Result<(), Report> {
    for folder in disk::folders(&binary.join("CMakeFiles")) {
        let name = folder.file_name().and_then(|name| name.to_str());
        if name.is_some_and(|name| name.starts_with(|sign: char| sign.is_ascii_digit())) {
            remove_folder(&folder)?;
        }
    }
    Ok(())
}

/// The headers of the host environment, relative to it.
fn headers(tree: &Tree) -> BTreeSet<String> {
    let host = tree.host();
    let files = files_below(host.join("include"));
    let relative = files.filter_map(|file| {
        let file = file.strip_prefix(&host).ok()?.to_str()?.to_string();
        Some(file)
    });
    relative.collect()
}

/// Files of the user's that a build read.
pub(super) struct Read {
    /// While configuring.
    pub(super) configured: BTreeSet<PathBuf>,
    /// While compiling and the like.
    pub(super) built: BTreeSet<PathBuf>,
}

/// Writes down what a build that succeeded has read.
pub(super) fn remember(tree: &Tree, log: &DepsLog, read: Read) {
    let file = tree.beside(STATE);
    let Some(mut state) = State::read(&file) else {
        return;
    };
    let known = std::mem::take(&mut state.digests);
    state.digests = digests(tree, log, &state, &known);
    state.headers = headers(tree);
    state.configured = Stamp::all(read.configured);
    state.built = Stamp::all(read.built);
    if let Err(error) = state.write(&file) {
        tracing::warn!("{error}");
    }
}

/// Hashes of the files below the links that `log` names.
fn digests(
    tree: &Tree,
    log: &DepsLog,
    state: &State,
    known: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let links = [(&state.host, tree.host()), (&state.build, tree.build())];
    let mut digests = BTreeMap::new();
    for input in log.records.values().flat_map(|record| &record.inputs) {
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
