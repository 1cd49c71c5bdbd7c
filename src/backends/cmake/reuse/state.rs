//! The recorded state of the last build in a tree.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::environment::Environment;
use crate::backends::cmake::copies::files_of;
use crate::backends::cmake::ninja::Plan;
use crate::backends::cmake::tree::Tree;
use crate::backends::cmake::unreported::{Unreported, git, matches};
use crate::diagnostic::Unwritable;
use crate::disk::{self, files_below};

/// The version of the format of a tree. A tree with another version is created again.
const FORMAT: u32 = 5;

/// The recorded state of the last build in a tree.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct State {
    format: u32,
    /// The data that the tree was configured with: a readable name, and the value or its
    /// hash.
    pub(super) signature: BTreeMap<String, String>,
    pub(super) build: Environment,
    pub(super) host: Environment,
    /// Hashes of the files below the links that were read.
    pub(super) digests: BTreeMap<String, String>,
    /// The headers of the host environment, relative to it.
    pub(super) headers: BTreeSet<String>,
    /// Files of the user that configuring read.
    pub(super) configured: BTreeMap<PathBuf, Stamp>,
    /// Files of the user that building read.
    pub(super) built: BTreeMap<PathBuf, Stamp>,
    /// The files that the trace of configuring named.
    pub(super) unreported: Unreported,
    /// The files that [`matching`](Self::matching) found.
    pub(super) matched: BTreeSet<PathBuf>,
}

/// Distinguishes two states of a file without reading it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    seconds: u64,
    nanoseconds: u32,
    size: u64,
}

impl Stamp {
    /// The stamp of a file; `None` if it does not exist.
    pub(super) fn of(file: &Path) -> Option<Self> {
        let about = std::fs::metadata(file).ok()?;
        let since = about
            .modified()
            .ok()?
            .duration_since(SystemTime::UNIX_EPOCH);
        let since = since.unwrap_or_default();
        Some(Self {
            seconds: since.as_secs(),
            nanoseconds: since.subsec_nanos(),
            size: about.len(),
        })
    }

    /// The stamps of all files that exist and whose paths can be recorded.
    pub(super) fn all(files: &BTreeSet<PathBuf>) -> BTreeMap<PathBuf, Self> {
        let files = files.iter().filter(|file| is_text(file));
        let stamps = files.filter_map(|file| {
            let stamp = Self::of(file)?;
            Some((file.clone(), stamp))
        });
        stamps.collect()
    }
}

/// Whether a path is UTF-8: another one cannot be written to the state.
fn is_text(path: &Path) -> bool {
    path.to_str().is_some()
}

/// The files that have changed.
pub(super) fn changed(before: &BTreeMap<PathBuf, Stamp>) -> BTreeSet<&Path> {
    let changed = before
        .iter()
        .filter(|(file, stamp)| Stamp::of(file) != Some(**stamp));
    changed.map(|(file, _)| file.as_path()).collect()
}

/// The files that no longer exist.
fn missing(before: &BTreeMap<PathBuf, Stamp>) -> impl Iterator<Item = &Path> {
    let files = before.keys().map(PathBuf::as_path);
    files.filter(|file| !file.exists())
}

impl Default for State {
    /// The state before the first build.
    fn default() -> Self {
        Self {
            format: FORMAT,
            signature: BTreeMap::new(),
            build: Environment::default(),
            host: Environment::default(),
            digests: BTreeMap::new(),
            headers: BTreeSet::new(),
            configured: BTreeMap::new(),
            built: BTreeMap::new(),
            unreported: Unreported::default(),
            matched: BTreeSet::new(),
        }
    }
}

impl State {
    /// The state in `file`. `None` if it is missing or has another format.
    pub(super) fn read(file: &Path) -> Option<Self> {
        let text = std::fs::read(file).ok()?;
        let state: Self = serde_json::from_slice(&text).ok()?;
        (state.format == FORMAT).then_some(state)
    }

    /// The files that the patterns of `file(GLOB)` match now, those of Git that say which commit
    /// is checked out, and those that exist of the ones that the project checks.
    pub(super) fn matching(&self) -> BTreeSet<PathBuf> {
        let matched = self.unreported.globs.iter().flat_map(matches);
        let described = self.unreported.described.iter();
        let of_git = described.flat_map(|folder| git::files(folder));
        let checked = self.unreported.checked.iter();
        let present = checked.filter(|path| path.exists()).cloned();
        let all = matched.chain(of_git).chain(present);
        all.filter(|path| is_text(path)).collect()
    }

    /// The dependencies that FetchContent and ExternalProject unpack from files that have
    /// changed.
    pub(super) fn repacked(&self) -> BTreeSet<&str> {
        let changed = changed(&self.configured);
        let differs = |path: &PathBuf| {
            let mut files = files_of(path);
            changed.iter().any(|file| file.starts_with(path))
                || files.any(|file| !self.configured.contains_key(&file))
        };
        let unpacked = self.unreported.unpacked.iter();
        unpacked
            .filter(|(_, paths)| paths.iter().any(differs))
            .map(|(name, _)| name.as_str())
            .collect()
    }

    /// A file that no longer exists and that the last build copied, or generated files from
    /// while it configured. Nobody removes these from the tree, so that an installed directory
    /// would still contain them. Ninja removes what it made itself.
    pub(super) fn orphan(&self, tree: &Tree) -> Option<&Path> {
        let unpacked: Vec<&PathBuf> = self.unreported.unpacked.values().flatten().collect();
        let is_unpacked = |file: &Path| unpacked.iter().any(|path| file.starts_with(path));
        let of_git = |file: &Path| file.iter().any(|part| part == ".git");
        let read = missing(&self.configured).find(|file| !of_git(file) && !is_unpacked(file));
        read.or_else(|| {
            // Reading the plan takes time.
            missing(&self.built).next()?;
            let binary = tree.binary();
            let plan = Plan::read(&binary);
            let copied = plan.edges.iter().flat_map(|edge| edge.copied(&binary));
            let copied: BTreeSet<PathBuf> = copied.collect();
            missing(&self.built).find(|file| copied.iter().any(|path| file.starts_with(path)))
        })
    }

    /// Writes the state to `file`.
    ///
    /// # Errors
    /// [`Unwritable`].
    pub(super) fn write(&self, file: &Path) -> Result<(), Unwritable> {
        disk::replace(file, |beside| {
            std::fs::write(beside, serde_json::to_string(self)?)
        })
    }
}

/// The headers of the host environment, relative to it.
pub(super) fn headers(tree: &Tree) -> BTreeSet<String> {
    let host = tree.host();
    let files = files_below(host.join("include"));
    let relative = files.filter_map(|file| {
        let file = file.strip_prefix(&host).ok()?.to_str()?.to_string();
        Some(file)
    });
    relative.collect()
}

// Other systems do not have file names that are not text.
#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    use super::*;
    use crate::backends::cmake::file_api::Glob;

    #[test]
    fn a_name_that_is_not_text_does_not_empty_the_state() {
        let folder = tempfile::tempdir().expect("a temporary directory can be created");
        let odd = folder.path().join(OsStr::from_bytes(b"odd\xff.txt"));
        let plain = folder.path().join("plain.txt");
        let files = BTreeSet::from([odd.clone(), plain.clone()]);
        for file in &files {
            fs_err::write(file, "").expect("writable");
        }
        let copied: BTreeSet<PathBuf> = files_of(folder.path()).collect();
        assert_eq!(copied, [plain.clone()].into());
        let stamps = Stamp::all(&files);
        assert_eq!(stamps.keys().collect::<Vec<_>>(), [&plain]);
        let file = folder.path().join("state.json");
        let mut state = State::default();
        state.unreported.globs.insert(Glob {
            expression: folder.path().join("*.txt").display().to_string(),
            recurse: false,
        });
        state.matched = state.matching();
        assert_eq!(state.matched, [plain].into());
        state.write(&file).expect("all paths are text");
        // A path that nobody left out keeps the state before.
        state.matched.insert(odd);
        state.write(&file).expect_err("a path is not text");
        assert!(State::read(&file).is_some_and(|state| state.matched.len() == 1));
    }
}
