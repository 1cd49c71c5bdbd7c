//! The history of a checkout, read from Git's own files.
//!
//! No process is started: pixi asks for versions often, and Git is not in every
//! environment. Only what leads from `HEAD` to the nearest tag is read.

mod objects;

use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::path::{Path, PathBuf};

use objects::{Id, Objects};

/// A checkout.
#[derive(Debug)]
pub(super) struct Repository {
    /// The folder of this worktree: `HEAD` is here.
    own: PathBuf,
    /// The folder that worktrees share: tags and objects are here.
    shared: PathBuf,
    objects: Objects,
}

/// Where `HEAD` is in the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The tags of the nearest commit that has any which fit. Empty when none has.
    pub(super) tags: Vec<String>,
    /// How many commits came after it.
    pub(super) distance: usize,
}

/// So many tags are compared at most, as Git does.
const CANDIDATES: usize = 10;

impl Repository {
    /// The checkout whose top is `folder`.
    pub(super) fn at(folder: &Path) -> Option<Self> {
        let git = folder.join(".git");
        let own = match std::fs::read_to_string(&git) {
            // A worktree or a submodule.
            Ok(text) => folder.join(text.trim().strip_prefix("gitdir:")?.trim()),
            Err(_) if git.is_dir() => git,
            Err(_) => return None,
        };
        let shared = match std::fs::read_to_string(own.join("commondir")) {
            Ok(text) => own.join(text.trim()),
            Err(_) => own.clone(),
        };
        let objects = Objects::of(&shared.join("objects"));
        Some(Self {
            own,
            shared,
            objects,
        })
    }

    /// The folders of Git that say where `HEAD` is, and where tags are.
    pub(super) fn folders(&self) -> (&Path, &Path) {
        (&self.own, &self.shared)
    }

    /// Walks from `HEAD` to the nearest commit with a tag that `fits`: the one with the
    /// fewest commits after it, whatever their dates are.
    pub(super) fn place(&self, fits: impl Fn(&str) -> bool) -> Option<Place> {
        let head = self.head()?;
        let mut tags: HashMap<Id, Vec<String>> = HashMap::new();
        for (name, id) in self.tags() {
            if fits(&name) {
                tags.entry(self.objects.peeled(id)).or_default().push(name);
            }
        }
        let (candidates, seen) = self.tagged(head, &tags);
        let with_distance = candidates.iter().map(|id| (self.distance(head, *id), *id));
        // The first one found, which is the newest, where several are equally near.
        let Some((distance, near)) = with_distance.min_by_key(|(distance, _)| *distance) else {
            return Some(Place {
                tags: Vec::new(),
                distance: seen,
            });
        };
        Some(Place {
            tags: tags.remove(&near).unwrap_or_default(),
            distance,
        })
    }

    /// Commits with tags that lead to none of each other, as Git looks for them: the newest
    /// commits first, until all that is left leads to one of them. With the number of commits
    /// that were looked at.
    fn tagged(&self, head: Id, tags: &HashMap<Id, Vec<String>>) -> (Vec<Id>, usize) {
        let mut found = Vec::new();
        // Whether a commit is in the history of one that was found.
        let mut behind: HashMap<Id, bool> = HashMap::from([(head, false)]);
        let mut queue = BinaryHeap::from([(i64::MAX, head)]);
        while let Some((_, id)) = queue.pop() {
            let mut is_behind = behind[&id];
            if !is_behind && tags.contains_key(&id) {
                found.push(id);
                is_behind = true;
            }
            for (date, parent) in self.parents(id) {
                let known = behind.get(&parent).copied();
                behind.insert(parent, is_behind || known == Some(true));
                if known.is_none() {
                    queue.push((date, parent));
                }
            }
            let is_enough = found.len() == CANDIDATES;
            if is_enough || (!found.is_empty() && queue.iter().all(|(_, id)| behind[id])) {
                break;
            }
        }
        (found, behind.len())
    }

    /// How many commits `head` has that `base` does not have.
    fn distance(&self, head: Id, base: Id) -> usize {
        // Whether a commit is one of `base`, for all that have been seen.
        let mut old: HashMap<Id, bool> = HashMap::from([(head, false)]);
        old.insert(base, true);
        let mut queue = BinaryHeap::from([(i64::MAX, head), (i64::MAX - 1, base)]);
        let mut counted: HashMap<Id, ()> = HashMap::new();
        while let Some((_, id)) = queue.pop() {
            let is_old = old[&id];
            if is_old {
                counted.remove(&id);
            } else {
                counted.insert(id, ());
            }
            for (date, parent) in self.parents(id) {
                let known = old.get(&parent).copied();
                if known.is_none() || (is_old && known == Some(false)) {
                    old.insert(parent, is_old);
                    queue.push((date, parent));
                }
            }
            if queue.iter().all(|(_, id)| old[id]) {
                break;
            }
        }
        // The loop may end before what is old has caught up with what was counted.
        counted.keys().filter(|id| !old[id]).count()
    }

    fn parents(&self, id: Id) -> Vec<(i64, Id)> {
        let parents = self.objects.commit(id).map(|commit| commit.parents);
        let parents = parents.unwrap_or_default().into_iter();
        parents
            .filter_map(|parent| Some((self.objects.commit(parent)?.date, parent)))
            .collect()
    }

    fn head(&self) -> Option<Id> {
        let text = std::fs::read_to_string(self.own.join("HEAD")).ok()?;
        match text.trim().strip_prefix("ref:") {
            Some(name) => self.reference(name.trim()),
            None => Id::parse(text.trim()),
        }
    }

    fn reference(&self, name: &str) -> Option<Id> {
        let loose = [&self.own, &self.shared].map(|folder| folder.join(name));
        let loose = loose
            .iter()
            .find_map(|path| std::fs::read_to_string(path).ok());
        match loose {
            Some(text) => Id::parse(text.trim()),
            None => self.packed().remove(name),
        }
    }

    fn packed(&self) -> BTreeMap<String, Id> {
        let text = std::fs::read_to_string(self.shared.join("packed-refs"));
        let text = text.unwrap_or_default();
        let lines = text.lines().filter_map(|line| line.split_once(' '));
        lines
            .filter_map(|(id, name)| Some((name.to_string(), Id::parse(id)?)))
            .collect()
    }

    fn tags(&self) -> BTreeMap<String, Id> {
        const TAGS: &str = "refs/tags/";
        let packed = self.packed().into_iter();
        let packed =
            packed.filter_map(|(name, id)| Some((name.strip_prefix(TAGS)?.to_string(), id)));
        let mut tags: BTreeMap<String, Id> = packed.collect();
        let folder = self.shared.join(TAGS);
        for file in crate::disk::files_below(folder.clone()) {
            let name = file.strip_prefix(&folder).ok().and_then(Path::to_str);
            let id = std::fs::read_to_string(&file);
            let id = id.ok().and_then(|text| Id::parse(text.trim()));
            if let (Some(name), Some(id)) = (name, id) {
                tags.insert(name.replace('\\', "/"), id);
            }
        }
        tags
    }
}
