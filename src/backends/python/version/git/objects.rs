//! Reads commits and tags of Git from loose objects and from packs.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::ZlibDecoder;

/// The SHA-1 of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Id([u8; 20]);

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

#[derive(Debug)]
struct Pack {
    index: Vec<u8>,
    data: Vec<u8>,
}

/// The kind and the content of an object.
type Object = (Kind, Vec<u8>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Commit,
    Tag,
    Other,
}

impl Id {
    /// Parses 40 hexadecimal digits.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 20];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }
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
        let packs = indices.filter_map(|index| {
            Some(Pack {
                data: std::fs::read(index.with_extension("pack")).ok()?,
                index: std::fs::read(index).ok()?,
            })
        });
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

    /// The object to which an annotated tag points. For any other object, the object itself.
    pub(super) fn peeled(&self, id: Id) -> Id {
        let target = self.read(id).and_then(|(kind, data)| {
            let text = String::from_utf8_lossy(&data);
            let target = text.lines().find_map(|line| line.strip_prefix("object "));
            (kind == Kind::Tag).then(|| Id::parse(target?)).flatten()
        });
        target.unwrap_or(id)
    }

    fn read(&self, id: Id) -> Option<Object> {
        let name = hex::encode(id.0);
        let loose = self
            .folders
            .iter()
            .find_map(|folder| std::fs::read(folder.join(&name[..2]).join(&name[2..])).ok());
        match loose {
            Some(packed) => parse_loose(&inflated(&packed)?),
            None => self.packs.iter().find_map(|pack| pack.object(id, self)),
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
    let date = committer.rsplit(' ').nth(1)?.parse().ok()?;
    Some(Commit {
        parents: parents.collect(),
        date,
    })
}

fn inflated(data: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    ZlibDecoder::new(data).read_to_end(&mut out).ok()?;
    Some(out)
}

impl Pack {
    fn object(&self, id: Id, all: &Objects) -> Option<Object> {
        self.at(self.offset(id)?, all)
    }

    /// The offset of an object in the pack. Version 2 of the index format has a header of 8
    /// bytes, a table of 256 counts, the names, the checksums, the offsets, and the long offsets.
    fn offset(&self, id: Id) -> Option<usize> {
        const TABLE: usize = 8;
        const NAMES: usize = TABLE + 256 * 4;
        if !self
            .index
            .starts_with(&[0xff, b't', b'O', b'c', 0, 0, 0, 2])
        {
            return None;
        }
        let count = |at: usize| self.number(TABLE + at * 4);
        let first = usize::from(id.0[0]);
        let total = count(255)?;
        let low = if first == 0 { 0 } else { count(first - 1)? };
        let names = self.index.get(NAMES..NAMES + total * 20)?;
        let names: Vec<&[u8]> = names[low * 20..count(first)? * 20].chunks(20).collect();
        let at = low + names.binary_search(&id.0.as_slice()).ok()?;
        let offsets = NAMES + total * 24;
        let offset = self.number(offsets + at * 4)?;
        if offset & 0x8000_0000 == 0 {
            return Some(offset);
        }
        let long = offsets + total * 4 + (offset & 0x7fff_ffff) * 8;
        Some((self.number(long)? << 32) | self.number(long + 4)?)
    }

    fn number(&self, at: usize) -> Option<usize> {
        let bytes: [u8; 4] = self.index.get(at..at + 4)?.try_into().ok()?;
        usize::try_from(u32::from_be_bytes(bytes)).ok()
    }

    fn at(&self, offset: usize, all: &Objects) -> Option<Object> {
        let mut at = offset;
        let mut next = || {
            at += 1;
            self.data.get(at - 1).copied()
        };
        let first = next()?;
        let mut byte = first;
        while byte & 0x80 != 0 {
            byte = next()?;
        }
        match (first >> 4) & 7 {
            1 => Some((Kind::Commit, inflated(self.data.get(at..)?)?)),
            4 => Some((Kind::Tag, inflated(self.data.get(at..)?)?)),
            6 => {
                let mut byte = next()?;
                let mut back = usize::from(byte & 0x7f);
                while byte & 0x80 != 0 {
                    byte = next()?;
                    back = ((back + 1) << 7) | usize::from(byte & 0x7f);
                }
                let (kind, base) = self.at(offset.checked_sub(back)?, all)?;
                Some((kind, patched(&base, &inflated(self.data.get(at..)?)?)?))
            }
            7 => {
                let id = Id(self.data.get(at..at + 20)?.try_into().ok()?);
                let (kind, base) = all.read(id)?;
                Some((kind, patched(&base, &inflated(self.data.get(at + 20..)?)?)?))
            }
            _ => Some((Kind::Other, Vec::new())),
        }
    }
}

/// Applies the instructions in `delta` to `base`. Each one copies bytes from `base` or inserts new
/// bytes.
fn patched(base: &[u8], delta: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = delta.iter().copied();
    // Skips the sizes of the base and of the result.
    for _ in 0..2 {
        while bytes.next()? & 0x80 != 0 {}
    }
    let mut out = Vec::new();
    while let Some(instruction) = bytes.next() {
        if instruction & 0x80 == 0 {
            for _ in 0..instruction {
                out.push(bytes.next()?);
            }
            continue;
        }
        let mut number = |flags: u8, width: u32| {
            let mut given = (0..width).filter(|bit| flags & (1 << bit) != 0);
            given.try_fold(0, |sum, bit| {
                Some(sum | usize::from(bytes.next()?) << (8 * bit))
            })
        };
        let start = number(instruction & 0x0f, 4)?;
        let length = match number((instruction >> 4) & 0x07, 3)? {
            0 => 0x10000,
            length => length,
        };
        out.extend_from_slice(base.get(start..start + length)?);
    }
    Some(out)
}
