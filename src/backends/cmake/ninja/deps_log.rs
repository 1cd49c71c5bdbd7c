//! Reads `.ninja_deps`, in which ninja records the files that compilers have read.
//!
//! A record is a path, which gets the next number, or the inputs of one output as
//! numbers. Later records replace earlier ones. The format belongs to ninja and has not
//! changed since version 1.4.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use super::Plan;
use crate::diagnostic::Unwritable;
use crate::disk;

const HEADER: &[u8] = b"# ninjadeps\n";
const VERSION: u32 = 4;
/// The bit in the size of a record that marks a record of inputs.
const IS_DEPENDENCIES: u32 = 1 << 31;

/// The inputs of each output, with all paths as in ninja.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in super::super) struct DepsLog {
    /// The records of ninja.
    records: BTreeMap<String, Record>,
    /// The inputs that ninja does not record.
    elsewhere: BTreeMap<String, Vec<String>>,
}

/// The record of ninja about one output.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Record {
    /// The modification time of the output, in two halves.
    time: [u32; 2],
    inputs: Vec<String>,
}

impl DepsLog {
    /// Reads the log in the build tree `tree`. A missing log, or one of another version,
    /// is empty. Files that the steps of `plan` record elsewhere are added.
    pub(in super::super) fn read(tree: &Path, plan: &Plan) -> Self {
        let log = std::fs::read(file(tree)).unwrap_or_default();
        let mut log = parse(&log).unwrap_or_default();
        for edge in &plan.edges {
            let inputs = edge.recorded_elsewhere(tree);
            if let Some(output) = edge.outputs.first().filter(|_| !inputs.is_empty()) {
                log.elsewhere.insert(output.clone(), inputs);
            }
        }
        log
    }

    /// Outputs with inputs. An output whose inputs are recorded in two places occurs twice.
    pub(in super::super) fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        let records = self.records.iter();
        let records = records.map(|(output, record)| (output.as_str(), record.inputs.as_slice()));
        let elsewhere = self.elsewhere.iter();
        let elsewhere = elsewhere.map(|(output, inputs)| (output.as_str(), inputs.as_slice()));
        records.chain(elsewhere)
    }

    /// All recorded inputs.
    pub(in super::super) fn inputs(&self) -> impl Iterator<Item = &String> {
        self.iter().flat_map(|(_, inputs)| inputs)
    }

    /// The same log with other names for the inputs.
    pub(in super::super) fn renamed(&self, name: impl Fn(&String) -> String) -> Self {
        let mut log = self.clone();
        let recorded = log.records.values_mut().map(|record| &mut record.inputs);
        for input in recorded.chain(log.elsewhere.values_mut()).flatten() {
            *input = name(input);
        }
        log
    }

    /// Writes the records of ninja into the build tree `tree`.
    ///
    /// # Errors
    /// [`Unwritable`].
    pub(in super::super) fn write(&self, tree: &Path) -> Result<(), Unwritable> {
        let bytes = self.bytes();
        disk::replace(&file(tree), |beside| std::fs::write(beside, &bytes))
    }

    fn bytes(&self) -> Vec<u8> {
        let mut log = HEADER.to_vec();
        log.extend(VERSION.to_le_bytes());
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        for (output, record) in &self.records {
            let paths = std::iter::once(output).chain(&record.inputs);
            let paths: Vec<u32> = paths
                .map(|path| number_of(path, &mut numbers, &mut log))
                .collect();
            let (own, inputs) = paths.split_at(1);
            let words = [own, &record.time, inputs].concat();
            log.extend((length(4 * words.len()) | IS_DEPENDENCIES).to_le_bytes());
            log.extend(words.into_iter().flat_map(u32::to_le_bytes));
        }
        log
    }
}

fn file(tree: &Path) -> PathBuf {
    tree.join(".ninja_deps")
}

/// The number of a path. A new path is added.
fn number_of<'a>(path: &'a str, numbers: &mut HashMap<&'a str, u32>, log: &mut Vec<u8>) -> u32 {
    let next = length(numbers.len());
    *numbers.entry(path).or_insert_with(|| {
        let padded = path.len().next_multiple_of(4);
        log.extend((length(padded) + 4).to_le_bytes());
        log.extend(path.as_bytes());
        log.resize(log.len() + padded - path.len(), 0);
        log.extend((!next).to_le_bytes());
        next
    })
}

fn length(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn parse(log: &[u8]) -> Option<DepsLog> {
    let mut rest = log.strip_prefix(HEADER)?;
    if number(&mut rest)? != VERSION {
        return None;
    }
    let mut paths: Vec<String> = Vec::new();
    let mut records = BTreeMap::new();
    // The last record may be incomplete; all complete ones are used.
    while let Some(size) = number(&mut rest) {
        let length = (size & !IS_DEPENDENCIES) as usize;
        let Some((record, after)) = rest.split_at_checked(length) else {
            break;
        };
        rest = after;
        if size & IS_DEPENDENCIES == 0 {
            paths.push(path(record)?);
            continue;
        }
        let (output, read) = dependencies(record, &paths)?;
        records.insert(output, read);
    }
    Some(DepsLog {
        records,
        ..DepsLog::default()
    })
}

/// A name, up to three NUL bytes, and the complement of its number.
fn path(record: &[u8]) -> Option<String> {
    let (name, _) = record.split_at_checked(record.len().checked_sub(4)?)?;
    let end = name.iter().rposition(|byte| *byte != 0)? + 1;
    Some(String::from_utf8_lossy(&name[..end]).into_owned())
}

/// The number of the output, its time, and the numbers of its inputs.
fn dependencies(mut record: &[u8], paths: &[String]) -> Option<(String, Record)> {
    let output = paths.get(number(&mut record)? as usize)?.clone();
    let time = [number(&mut record)?, number(&mut record)?];
    let numbers = std::iter::from_fn(|| number(&mut record));
    let inputs: Option<Vec<String>> = numbers
        .map(|number| paths.get(number as usize).cloned())
        .collect();
    let inputs = inputs?;
    Some((output, Record { time, inputs }))
}

fn number(bytes: &mut &[u8]) -> Option<u32> {
    let (first, rest) = bytes.split_first_chunk::<4>()?;
    *bytes = rest;
    Some(u32::from_le_bytes(*first))
}

#[cfg(test)]
mod tests {
    use super::super::Edge;
    use super::*;

    fn record(inputs: &[&str]) -> Record {
        Record {
            time: [7, 0],
            inputs: inputs.iter().map(ToString::to_string).collect(),
        }
    }

    /// A log in which the second record of `a.o` replaces the first.
    fn log() -> Vec<u8> {
        let of = |inputs: &[&str]| DepsLog {
            records: BTreeMap::from([("a.o".to_string(), record(inputs))]),
            ..DepsLog::default()
        };
        let full = of(&["a b.h", "/x/größe.h"]).bytes();
        let last = full.len() - 4 * 6;
        let first = [(16 | IS_DEPENDENCIES), 0, 7, 0, 1];
        let first: Vec<u8> = first.into_iter().flat_map(u32::to_le_bytes).collect();
        [&full[..last], &first, &full[last..]].concat()
    }

    #[test]
    fn the_last_record_of_an_output_counts() {
        let read = parse(&log()).expect("a log");
        assert_eq!(read.records["a.o"], record(&["a b.h", "/x/größe.h"]));
        assert_eq!(read.records.len(), 1);
    }

    #[test]
    fn a_log_that_was_cut_off_says_what_is_complete() {
        let log = log();
        for length in 0..log.len() {
            let read = parse(&log[..length]);
            assert!(read.is_none_or(|read| read.records.len() <= 1), "{length}");
        }
        let read = parse(&log[..log.len() - 3]).expect("a log");
        assert_eq!(read.records["a.o"], record(&["a b.h"]));
    }

    #[test]
    fn inputs_that_ninja_does_not_log_are_not_written() {
        let tree = tempfile::tempdir().expect("a temporary directory can be created");
        let tree = tree.path();
        fs_err::write(tree.join("d"), "a.o: a.idl\n").expect("writable");
        fs_err::write(tree.join(".ninja_deps"), log()).expect("writable");
        let step = |output: &str| Edge {
            outputs: vec![output.to_string()],
            variables: HashMap::from([("depfile".to_string(), "d".to_string())]),
            ..Edge::default()
        };
        let plan = Plan {
            edges: vec![step("a.o"), step("a.txt")],
        };
        let log = DepsLog::read(tree, &plan);
        let all: Vec<(&str, Vec<&str>)> = (log.iter())
            .map(|(output, inputs)| (output, inputs.iter().map(String::as_str).collect()))
            .collect();
        let expected = [
            ("a.o", vec!["a b.h", "/x/größe.h"]),
            ("a.o", vec!["a.idl"]),
            ("a.txt", vec!["a.idl"]),
        ];
        assert_eq!(all, expected);
        log.renamed(|input| input.replace("/x", "/y"))
            .write(tree)
            .expect("writable");
        let written = fs_err::read(tree.join(".ninja_deps")).expect("a log");
        let written = parse(&written).expect("a log");
        let expected = BTreeMap::from([("a.o".to_string(), record(&["a b.h", "/y/größe.h"]))]);
        assert_eq!(written.records, expected);
    }

    #[test]
    fn what_is_no_log_says_nothing() {
        assert_eq!(parse(b"# ninjadeps\n\x05\0\0\0"), None);
        assert_eq!(parse(b"something else"), None);
    }
}
