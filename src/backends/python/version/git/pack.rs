//! Reads objects from the packs of Git, which contain most of them.
//!
//! A pack can have gigabytes. A request needs few of its objects, so only these are read.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use flate2::bufread::ZlibDecoder;

/// The SHA-1 of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Id(pub(super) [u8; 20]);

/// The kind and the content of an object.
pub(super) type Object = (Kind, Vec<u8>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Commit,
    Tag,
    Other,
}

/// A pack with its index in version 2 of the format: a header of 8 bytes, a table of 256 counts,
/// the names, the checksums, the offsets, and the long offsets.
#[derive(Debug)]
pub(super) struct Pack {
    index: File,
    /// The number of names up to each value of their first byte.
    counts: Vec<u64>,
    objects: File,
}

const HEADER: [u8; 8] = [0xff, b't', b'O', b'c', 0, 0, 0, 2];
const NAMES: u64 = HEADER.len() as u64 + 256 * 4;

/// The size of most commits and tags.
const USUAL: usize = 1024;

impl Id {
    /// Parses 40 hexadecimal digits.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 20];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

impl Pack {
    /// The pack with this index. `None` if it cannot be read.
    pub(super) fn open(index: &Path) -> Option<Self> {
        let objects = File::open(index.with_extension("pack")).ok()?;
        let index = File::open(index).ok()?;
        let header = read(&index, 0, NAMES)?;
        let counts = header.strip_prefix(&HEADER)?.chunks_exact(4);
        Some(Self {
            counts: counts.map(|count| u64::from(number(count))).collect(),
            index,
            objects,
        })
    }

    /// The object `id`. `other` finds objects that may be in another pack.
    pub(super) fn object(&self, id: Id, other: &dyn Fn(Id) -> Option<Object>) -> Option<Object> {
        self.at(self.offset(id)?, other)
    }

    /// The offset of an object in the pack.
    fn offset(&self, id: Id) -> Option<u64> {
        let first = usize::from(id.0[0]);
        let total = self.counts[255];
        let low = first.checked_sub(1).map_or(0, |first| self.counts[first]);
        let length = self.counts[first].checked_sub(low)? * 20;
        let names = read(&self.index, NAMES + low * 20, length)?;
        let names: Vec<&[u8]> = names.chunks_exact(20).collect();
        let found = names.binary_search(&id.0.as_slice()).ok()?;
        let at = low + u64::try_from(found).ok()?;
        let offsets = NAMES + total * 24;
        let offset = u64::from(number(&read(&self.index, offsets + at * 4, 4)?));
        if offset & 0x8000_0000 == 0 {
            return Some(offset);
        }
        let long = offsets + total * 4 + (offset & 0x7fff_ffff) * 8;
        let bytes = read(&self.index, long, 8)?;
        Some(u64::from_be_bytes(bytes.try_into().ok()?))
    }

    fn at(&self, offset: u64, other: &dyn Fn(Id) -> Option<Object>) -> Option<Object> {
        let mut objects = &self.objects;
        objects.seek(SeekFrom::Start(offset)).ok()?;
        let mut reader = BufReader::with_capacity(USUAL, objects);
        let first = next(&mut reader)?;
        let mut byte = first;
        while byte & 0x80 != 0 {
            byte = next(&mut reader)?;
        }
        match (first >> 4) & 7 {
            1 => Some((Kind::Commit, inflated(reader)?)),
            4 => Some((Kind::Tag, inflated(reader)?)),
            6 => {
                let mut byte = next(&mut reader)?;
                let mut back = u64::from(byte & 0x7f);
                while byte & 0x80 != 0 {
                    byte = next(&mut reader)?;
                    back = ((back + 1) << 7) | u64::from(byte & 0x7f);
                }
                let delta = inflated(reader)?;
                let before = offset.checked_sub(back).filter(|before| *before < offset)?;
                let (kind, base) = self.at(before, other)?;
                Some((kind, patched(&base, &delta)?))
            }
            7 => {
                let mut id = [0; 20];
                reader.read_exact(&mut id).ok()?;
                let delta = inflated(reader)?;
                let (kind, base) = other(Id(id))?;
                Some((kind, patched(&base, &delta)?))
            }
            _ => Some((Kind::Other, Vec::new())),
        }
    }
}

/// Reads `length` bytes from the offset `at`. `None` if there are fewer.
fn read(mut file: &File, at: u64, length: u64) -> Option<Vec<u8>> {
    file.seek(SeekFrom::Start(at)).ok()?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes).ok()?;
    (u64::try_from(bytes.len()) == Ok(length)).then_some(bytes)
}

/// A number of 32 bits.
fn number(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .fold(0, |number, byte| (number << 8) | u32::from(*byte))
}

fn next(reader: &mut impl Read) -> Option<u8> {
    let mut byte = [0];
    reader.read_exact(&mut byte).ok()?;
    Some(byte[0])
}

/// The decompressed data.
pub(super) fn inflated(data: impl BufRead) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    ZlibDecoder::new(data).read_to_end(&mut out).ok()?;
    Some(out)
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
