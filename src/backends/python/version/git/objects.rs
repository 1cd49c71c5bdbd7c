//! Reads commits and tags of Git from loose objects and from packs.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::pack::{Id, Kind, Object, Pack, inflated};

/// The parents and the date of a commit.
#[derive(Debug, Clone)]
pub(super) struct Commit {
    pub(super) parents: Vec<Id>,
    /// The commit date, in seconds since 1970.
    pub(super) date: i64,
}

/// The objects of one repository, and of its alternates.
#[derive(Debug)]
pub(super) struct Objects {
    folders: Vec<PathBuf>,
    packs: Vec<Pack>,
    commits: RefCell<HashMap<Id, Option<Commit>>>,
}

impl Objects {
    pub(super) fn of(folder: &Path) -> Self {
        let borrowed = std::fs::read_to_string(folder.join("info/alternates"));
        let borrowed = borrowed.unwrap_or_default();
        let borrowed = borrowed.lines().map(|line| folder.join(line.trim()));
        let folders: Vec<PathBuf> = std::iter::once(folder.to_path_buf())
            .chain(borrowed)
            .collect();
        let indices = folders.iter().flat_map(|folder| {
            let entries = std::fs::read_dir(folder.join("pack")).into_iter().flatten();
            let paths = entries.flatten().map(|entry| entry.path());
            paths.filter(|path| path.extension().is_some_and(|ending| ending == "idx"))
        });
        let packs = indices.filter_map(|index| Pack::open(&index));
        Self {
            packs: packs.collect(),
            folders,
            commits: RefCell::default(),
        }
    }

    /// The commit `id`. `None` if the repository does not have it, as in a shallow clone.
    pub(super) fn commit(&self, id: Id) -> Option<Commit> {
        if let Some(known) = self.commits.borrow().get(&id) {
            return known.clone();
        }
        let commit = self.read(id).and_then(|(_, data)| parse_commit(&data));
        self.commits.borrow_mut().insert(id, commit.clone());
        commit
    }

    /// The object to which an annotated tag points, and the date of the tag. For any other object,
    /// the object itself.
    pub(super) fn peeled(&self, id: Id) -> (Id, Option<i64>) {
        let target = self.read(id).and_then(|(kind, data)| {
            let text = String::from_utf8_lossy(&data);
            let mut header = text.lines().take_while(|line| !line.is_empty());
            let target = header.find_map(|line| line.strip_prefix("object "));
            let target = (kind == Kind::Tag).then(|| Id::parse(target?)).flatten()?;
            let date = header.find_map(|line| date(line.strip_prefix("tagger ")?));
            // Very old tags have no date.
            Some((target, Some(date.unwrap_or_default())))
        });
        target.unwrap_or((id, None))
    }

    fn read(&self, id: Id) -> Option<Object> {
        let name = hex::encode(id.0);
        let loose = self
            .folders
            .iter()
            .find_map(|folder| std::fs::read(folder.join(&name[..2]).join(&name[2..])).ok());
        match loose {
            Some(packed) => parse_loose(&inflated(packed.as_slice())?),
            None => {
                let other = |id| self.read(id);
                self.packs.iter().find_map(|pack| pack.object(id, &other))
            }
        }
    }
}

fn parse_loose(data: &[u8]) -> Option<Object> {
    let end = data.iter().position(|byte| *byte == 0)?;
    let kind = match data.split(|byte| *byte == b' ').next()? {
        b"commit" => Kind::Commit,
        b"tag" => Kind::Tag,
        _ => Kind::Other,
    };
    Some((kind, data[end + 1..].to_vec()))
}

fn parse_commit(data: &[u8]) -> Option<Commit> {
    let text = String::from_utf8_lossy(data);
    let header = || text.lines().take_while(|line| !line.is_empty());
    let parents = header().filter_map(|line| Id::parse(line.strip_prefix("parent ")?));
    let committer = header().find_map(|line| line.strip_prefix("committer "))?;
    Some(Commit {
        parents: parents.collect(),
        date: date(committer)?,
    })
}

/// The date after the name and the address of a person.
fn date(person: &str) -> Option<i64> {
    person.rsplit(' ').nth(1)?.parse().ok()
}
