//! Compares two builds and removes the files that are not valid for the second one.

use std::path::{Path, PathBuf};

use miette::Report;

use super::forget::Traces;
use super::signature;
use super::state::{self, State, headers};
use crate::backends::cmake::ninja::{DepsLog, Plan};
use crate::backends::cmake::tree::Tree;
use crate::backends::cmake::unreported;
use crate::disk::{self, remove_file, remove_folder};

/// The difference between two builds.
pub(super) struct Change<'a> {
    tree: &'a Tree,
    before: &'a State,
    now: &'a State,
}

impl<'a> Change<'a> {
    pub(super) fn new(tree: &'a Tree, before: &'a State, now: &'a State) -> Self {
        Self { tree, before, now }
    }

    pub(super) fn apply(&self) -> Result<(), Report> {
        let plan = Plan::read(&self.tree.binary());
        let log = self.moved_log(&plan)?;
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
        self.forget_archives(&plan)?;
        self.forget_configuration()
    }

    /// Removes the marks of unpacking whose archives have changed: neither FetchContent nor
    /// ExternalProject compares an archive with the one that it has unpacked.
    fn forget_archives(&self, plan: &Plan) -> Result<(), Report> {
        let binary = self.tree.binary();
        for name in self.before.repacked() {
            tracing::info!("`{name}` is unpacked again");
            let folder = binary
                .join("_deps")
                .join(format!("{}-subbuild", name.to_lowercase()));
            remove_folder(&folder)?;
            for tree in plan.trees_of(name, &binary) {
                remove_file(&tree.join(".ninja_log"))?;
            }
        }
        Ok(())
    }

    /// Removes the files whose inputs have changed.
    fn forget(&self, traces: &Traces<'_>) -> Result<(), Report> {
        let mut outputs = traces.made_from(&state::changed(&self.before.built));
        for name in self.before.repacked() {
            outputs.extend(traces.made_from_archive(name));
        }
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

    /// Removes the results of configuring, if any of them may have changed.
    fn forget_configuration(&self) -> Result<(), Report> {
        let mut reasons = signature::difference(&self.before.signature, &self.now.signature);
        let keeps_compilers = self.keeps_compilers(&reasons);
        let changed = state::changed(&self.before.configured);
        reasons.extend(changed.iter().map(|file| file.display().to_string()));
        // CMake evaluates a plain `file(GLOB)` only while it configures.
        let matching = self.before.matching();
        let differing = self.before.matched.symmetric_difference(&matching);
        reasons.extend(differing.map(|file| file.display().to_string()));
        if self.before.configured.is_empty() {
            // The build was interrupted before it could record what it had read.
            reasons.push("an unfinished build".to_string());
        }
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
        unreported::forget(self.tree)?;
        remove_file(&binary.join("CMakeCache.txt"))?;
        remove_file(&binary.join("build.ninja"))?;
        if !keeps_compilers {
            forget_compilers(&binary)?;
        }
        Ok(())
    }

    /// The reason to compile everything again, for changes that affect neither a command
    /// nor the time of a file.
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
        // Without links the package of a file is not known.
        let packages = !self.tree.is_linked && self.packages_differ();
        packages.then(|| "other packages".to_string())
    }

    fn packages_differ(&self) -> bool {
        self.now.host.differs_from(&self.before.host)
            || self.now.build.differs_from(&self.before.build)
    }

    /// Whether the results of CMake about compilers are still valid.
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

    /// The files that compilers read, with their current paths. Some compilers resolve
    /// links, and the log then contains the prefixes of the last build.
    fn moved_log(&self, plan: &Plan) -> Result<DepsLog, Report> {
        let binary = self.tree.binary();
        let log = DepsLog::read(&binary, plan);
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
        let moved = log.renamed(renamed);
        if moved != log {
            moved.write(&binary)?;
        }
        Ok(moved)
    }
}

/// Removes the results of CMake about compilers, because otherwise it does not check them
/// again.
fn forget_compilers(binary: &Path) -> Result<(), Report> {
    for folder in disk::folders(&binary.join("CMakeFiles")) {
        let name = folder.file_name().and_then(|name| name.to_str());
        if name.is_some_and(|name| name.starts_with(|character: char| character.is_ascii_digit())) {
            remove_folder(&folder)?;
        }
    }
    Ok(())
}
