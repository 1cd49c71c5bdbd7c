//! Reads the history of a checkout from the files of Git.
//!
//! Git itself does not run: it would be slow for the frequent requests of pixi, and it is not on
//! every machine. Only the commits between `HEAD` and the nearest tags are read.

mod objects;
mod pack;

use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};
use std::path::Path;

use objects::Objects;
use pack::Id;

use crate::backend::git_folders::GitFolders;

/// A checkout.
#[derive(Debug)]
pub(super) struct Repository {
    folders: GitFolders,
    objects: Objects,
}

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    pub(super) name: String,
    /// The date of an annotated tag, or else that of its commit, in seconds since 1970.
    pub(super) date: i64,
    pub(super) is_annotated: bool,
}

/// The place of `HEAD` in the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The matching tags of the nearest commit that has any, in the order of their names. Empty if
    /// no commit has one.
    pub(super) tags: Vec<Tag>,
    /// The number of commits after it, or the number of all commits if no commit has a
    /// matching tag.
    pub(super) distance: usize,
}

/// The commits that a search for tags has read.
struct Walk {
    /// Those with tags.
    found: Vec<Id>,
    visited: Vec<Id>,
}

impl Place {
    /// The place after a commit, given its distance. `all` is the number of all commits.
    fn after(commit: Option<(usize, Id)>, mut tags: HashMap<Id, Vec<Tag>>, all: usize) -> Self {
        match commit {
            Some((distance, id)) => Self {
                tags: tags.remove(&id).unwrap_or_default(),
                distance,
            },
            None => Self {
                tags: Vec::new(),
                distance: all,
            },
        }
    }
}

/// The maximum number of tagged commits that are compared, which is the default of
/// `git describe`.
const CANDIDATES: usize = 10;

impl Repository {
    /// The checkout whose root is `folder`. `None` if `folder` is not the root of a checkout.
    pub(super) fn at(folder: &Path) -> Option<Self> {
        let folders = GitFolders::at(folder)?;
        let objects = Objects::of(&folders.shared.join("objects"));
        Some(Self { folders, objects })
    }

    /// The directories of Git.
    pub(super) fn folders(&self) -> &GitFolders {
        &self.folders
    }

    /// Whether the checkout has only the last commits of its history.
    pub(super) fn is_shallow(&self) -> bool {
        self.folders.shared.join("shallow").is_file()
    }

    pub(super) fn has_tags(&self) -> bool {
        !self.tags().is_empty()
    }

    /// Finds the nearest commit before `HEAD` with a tag that `fits`. It is the one with the
    /// fewest commits after it, regardless of dates.
    pub(super) fn place(&self, fits: impl Fn(&str) -> bool) -> Option<Place> {
        let head = self.head()?;
        let tags = self.by_commit(fits);
        let Walk { found, visited } = self.tagged(head, &tags, CANDIDATES);
        let with_distance = found.iter().map(|id| (self.distance(head, *id), *id));
        // Of several commits at the same distance, this is the first one found, which is the
        // newest.
        let near = with_distance.min_by_key(|(distance, _)| *distance);
        Some(Place::after(near, tags, visited.len()))
    }

    /// Finds the commit with a tag that `fits` which `git log --topo-order` lists first: the
    /// history that a merge adds comes before that of its first parent.
    pub(super) fn first_listed(&self, fits: impl Fn(&str) -> bool) -> Option<Place> {
        let head = self.head()?;
        let tags = self.by_commit(fits);
        let Walk { visited, .. } = self.tagged(head, &tags, usize::MAX);
        let mut children: HashMap<Id, usize> = HashMap::new();
        for (_, parent) in visited.iter().flat_map(|id| self.parents(*id)) {
            *children.entry(parent).or_default() += 1;
        }
        let mut stack = vec![head];
        let mut first = None;
        while let Some(id) = stack.pop() {
            if tags.contains_key(&id) {
                first = Some((self.distance(head, id), id));
                break;
            }
            for (_, parent) in self.parents(id) {
                let left = children.entry(parent).or_default();
                *left = left.saturating_sub(1);
                if *left == 0 {
                    stack.push(parent);
                }
            }
        }
        Some(Place::after(first, tags, visited.len()))
    }

    /// Finds the newest tag that `fits` in the history of `HEAD`. Of tags with the same date, it is
    /// the one with the first name.
    pub(super) fn newest(&self, fits: impl Fn(&str) -> bool) -> Option<Place> {
        let head = self.head()?;
        let mut tags = self.tags_that(fits);
        tags.sort_by_key(|(_, tag)| std::cmp::Reverse(tag.date));
        let is_newest = |id: Id| tags.first().is_some_and(|(first, _)| *first == id);
        let mut history = HashSet::from([head]);
        let mut queue = BinaryHeap::from([(i64::MAX, head)]);
        while let Some((_, id)) = queue.pop().filter(|(_, id)| !is_newest(*id)) {
            let parents = self.parents(id).into_iter();
            queue.extend(parents.filter(|(_, parent)| history.insert(*parent)));
        }
        let newest = tags.into_iter().find(|(id, _)| history.contains(id));
        Some(match newest {
            Some((id, tag)) => Place {
                tags: vec![tag],
                distance: self.distance(head, id),
            },
            None => Place {
                tags: Vec::new(),
                distance: history.len(),
            },
        })
    }

    /// The tags that `fit`, by their commits.
    fn by_commit(&self, fit: impl Fn(&str) -> bool) -> HashMap<Id, Vec<Tag>> {
        let mut tags: HashMap<Id, Vec<Tag>> = HashMap::new();
        for (id, tag) in self.tags_that(fit) {
            tags.entry(id).or_default().push(tag);
        }
        tags
    }

    /// The tags that `fit`, in the order of their names, with their commits.
    fn tags_that(&self, fit: impl Fn(&str) -> bool) -> Vec<(Id, Tag)> {
        let tags = self.tags().into_iter().filter(|(name, _)| fit(name));
        let tags = tags.filter_map(|(name, id)| {
            let (commit, tagged) = self.objects.peeled(id);
            let tag = Tag {
                name,
                date: tagged.or_else(|| Some(self.objects.commit(commit)?.date))?,
                is_annotated: commit != id,
            };
            Some((commit, tag))
        });
        tags.collect()
    }

    /// Finds tagged commits that are not ancestors of each other, at most `limit` of them. Like
    /// Git, visits the newest commits first, and stops when all remaining commits are ancestors
    /// of tagged ones.
    fn tagged(&self, head: Id, tags: &HashMap<Id, Vec<Tag>>, limit: usize) -> Walk {
        let mut found = Vec::new();
        // Whether a commit is an ancestor of a tagged commit.
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
            let is_enough = found.len() == limit;
            if is_enough || (!found.is_empty() && queue.iter().all(|(_, id)| behind[id])) {
                break;
            }
        }
        Walk {
            found,
            visited: behind.into_keys().collect(),
        }
    }

    /// The number of commits in the history of `head` that are not in the history of `base`.
    fn distance(&self, head: Id, base: Id) -> usize {
        // All visited commits, and whether they are in the history of `base`.
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
        // A commit may have become old after it was counted.
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
        let text = std::fs::read_to_string(self.folders.own.join("HEAD")).ok()?;
        match text.trim().strip_prefix("ref:") {
            Some(name) => self.reference(name.trim()),
            None => Id::parse(text.trim()),
        }
    }

    fn reference(&self, name: &str) -> Option<Id> {
        let loose = [&self.folders.own, &self.folders.shared].map(|folder| folder.join(name));
        let loose = loose
            .iter()
            .find_map(|path| std::fs::read_to_string(path).ok());
        match loose {
            Some(text) => Id::parse(text.trim()),
            None => self.packed().remove(name),
        }
    }

    fn packed(&self) -> BTreeMap<String, Id> {
        let text = std::fs::read_to_string(self.folders.shared.join("packed-refs"));
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
        let folder = self.folders.shared.join(TAGS);
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
