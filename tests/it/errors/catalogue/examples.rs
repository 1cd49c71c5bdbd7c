//! The errors in snapshots.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// An error in the snapshot of a test.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Example {
    /// The name of the test, as a sentence.
    pub name: String,
    /// The text that users see.
    pub text: String,
}

/// Examples, by the code of the error.
pub type Examples = BTreeMap<String, Vec<Example>>;

/// Every error at the start of a snapshot. Other errors are examples only if their code never
/// starts a snapshot.
pub fn all() -> Examples {
    let mut whole = Examples::new();
    let mut parts = Examples::new();
    for (name, body) in snapshots().into_iter().chain(inline()) {
        collect(&name, &body, &mut whole, &mut parts);
    }
    for (code, examples) in parts {
        whole.entry(code).or_insert(examples);
    }
    for examples in whole.values_mut() {
        examples.sort();
        examples.dedup_by(|a, b| a.text == b.text);
    }
    whole
}

/// Whether a line is the code of an error.
fn code(line: &str) -> Option<&str> {
    let (area, name) = line.split_once("::")?;
    let is_word = |word: &str| {
        let sign = |sign: char| sign.is_ascii_lowercase() || sign == '_' || sign.is_ascii_digit();
        !word.is_empty() && word.chars().all(sign)
    };
    (is_word(area) && is_word(name)).then_some(line)
}

/// The code of an error that is reported as a part of another one.
fn related(line: &str) -> Option<&str> {
    let starts = ["Error: ", "Warning: ", "Advice: "];
    code(starts.iter().find_map(|start| line.strip_prefix(start))?)
}

fn collect(name: &str, body: &str, whole: &mut Examples, parts: &mut Examples) {
    let lines: Vec<&str> = body.lines().collect();
    let starts = |is: fn(&str) -> Option<&str>| {
        let found = lines.iter().enumerate();
        let found = found.filter_map(move |(at, line)| Some((at, is(line)?.to_owned())));
        found.collect::<Vec<_>>()
    };
    let tops = starts(code);
    let nested = starts(related);
    let note = |into: &mut Examples, code: &str, text: String| {
        let text = text.trim_matches('\n').to_owned();
        let name = name.to_owned();
        (into.entry(code.to_owned()).or_default()).push(Example { name, text });
    };
    let end = |at: usize, ends: &[(usize, String)]| {
        let next = ends.iter().map(|(at, _)| *at).find(|next| *next > at);
        next.unwrap_or(lines.len())
    };
    for (at, code) in &tops {
        note(whole, code, lines[*at..end(*at, &tops)].join("\n"));
    }
    let all: Vec<(usize, String)> = [tops.as_slice(), &nested].concat();
    for (at, code) in &nested {
        let mut ends = all.clone();
        ends.sort();
        let text = lines[*at + 1..end(*at, &ends)].join("\n");
        note(parts, code, format!("{code}\n{text}"));
    }
    // Diagnoses of logs have `code: message` in the first line.
    for paragraph in body.split("\n\n") {
        if let Some((start, rest)) = paragraph.split_once(": ")
            && let Some(code) = code(start)
        {
            note(parts, code, rest.to_owned());
        }
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The files below `src` and `tests/it` with this extension, sorted.
pub fn files(ending: &str) -> Vec<PathBuf> {
    let mut folders = vec![root().join("src"), root().join("tests/it")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(folder).expect("the folder is readable") {
            let path = entry.expect("the folder is readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == ending) {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// The snapshots in files: their names as sentences, and their contents.
fn snapshots() -> Vec<(String, String)> {
    let read = |path: &PathBuf| {
        let text = fs_err::read_to_string(path).expect("snapshots are text");
        let body = text
            .splitn(3, "---\n")
            .nth(2)
            .expect("a snapshot has a head");
        (name(path), body.to_owned())
    };
    files("snap").iter().map(read).collect()
}

fn name(path: &Path) -> String {
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    let name = stem
        .expect("UTF-8")
        .rsplit("__")
        .next()
        .expect("a last part");
    // Additional snapshots of one test have a number.
    sentence(name.split('-').next().expect("a first part"))
}

fn sentence(name: &str) -> String {
    let mut name = name.replace('_', " ");
    name[..1].make_ascii_uppercase();
    name
}

/// The snapshots in the code of tests. Each ends with the delimiter that it starts with.
fn inline() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for path in files("rs") {
        let text = fs_err::read_to_string(&path).expect("sources are text");
        for (at, _) in text.match_indices("@r") {
            let rest = text[at + 2..].trim_start_matches('#');
            let marks = text[at + 2..].len() - rest.len();
            let end = format!("\"{}", "#".repeat(marks));
            let Some(body) = rest.strip_prefix('"') else {
                continue;
            };
            let Some(length) = body.find(&end) else {
                continue;
            };
            let test = text[..at]
                .rfind("\nfn ")
                .or_else(|| text[..at].rfind(" fn "));
            let test = test.map_or("", |start| &text[start + 4..]);
            let test = test.split('(').next().unwrap_or_default();
            if !test.is_empty() {
                found.push((sentence(test), dedented(&body[..length])));
            }
        }
    }
    found
}

/// The text without the indentation that all of its lines share.
fn dedented(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let indent = lines.map(|line| line.len() - line.trim_start().len()).min();
    let indent = indent.unwrap_or_default();
    let lines = text
        .lines()
        .map(|line| line.get(indent..).unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}
