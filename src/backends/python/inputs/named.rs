//! The files that a project names for its build backend: licenses, and files that are packed
//! although they are not beside a packed module.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::packed::below;
use super::{MADE, license};
use crate::backend::GlobSet;
use crate::backend::inputs::{WILDCARDS, plain, split_at_wildcard};
use crate::backends::python::own_files::OUTPUT_DIRECTORIES;
use crate::backends::python::shape::Shape;
use crate::backends::python::source::Source;
use crate::project::document::{Data, Table, Value};

/// The license files that the project lists, now or in the future. Without a list, those with the
/// usual names.
pub(super) fn licenses(source: &Source) -> Vec<GlobSet> {
    let folder = &source.files.folder;
    let reason = "a packed license";
    let listed = license::patterns(&source.files);
    if listed.is_empty() {
        let set = GlobSet::names(folder, license::PATTERNS, reason);
        return vec![set.without_leftovers()];
    }
    let sets = listed.iter().filter_map(|pattern| {
        let file = plain(&folder.join(pattern));
        if file.is_file() {
            return GlobSet::file(&file, reason);
        }
        Some(GlobSet::matching(folder, pattern.trim_matches('/'), reason).without_leftovers())
    });
    sets.collect()
}

/// The files and directories that the build backend packs because a setting names them.
pub(super) fn packed_by_name(
    source: &Source,
    shape: &Shape,
    left_out: &BTreeSet<PathBuf>,
) -> Vec<GlobSet> {
    match source.build_module() {
        "uv_build" => of_uv(source, left_out),
        "hatchling" => of_hatch(source, shape, left_out),
        "poetry" => of_poetry(source, left_out),
        "pdm" => of_pdm(source, shape, left_out),
        "flit_core" => of_flit(source, left_out),
        _ => Vec::new(),
    }
}

/// uv_build is not a Python program, so that no trace names the files that it reads.
fn of_uv(source: &Source, left_out: &BTreeSet<PathBuf>) -> Vec<GlobSet> {
    let files = &source.files;
    let readme: [&[&str]; 2] = [&["project", "readme"], &["project", "readme", "file"]];
    let readme = readme.into_iter().filter_map(|keys| files.toml(keys));
    let readme = readme.filter_map(|file| {
        let path = plain(&files.folder.join(file.text));
        GlobSet::file(&path, "the readme")
    });
    let data = files.pyproject.iter();
    let data = data.flat_map(|file| file.pairs(&["tool", "uv", "build-backend", "data"]));
    let data = data.filter_map(|(_, path)| {
        let path = files.folder.join(path.text);
        below(&path, "packed as data", left_out)
    });
    readme.chain(data).collect()
}

/// The trace has the files that hatchling packed, but a new file is packed as soon as a setting
/// includes it.
fn of_hatch(source: &Source, shape: &Shape, left_out: &BTreeSet<PathBuf>) -> Vec<GlobSet> {
    let folder = &source.files.folder;
    let outputs = OUTPUT_DIRECTORIES.iter().map(|name| folder.join(name));
    let outputs: Vec<PathBuf> = outputs.collect();
    let Some(file) = &source.files.pyproject else {
        return Vec::new();
    };
    let scopes: [&[&str]; 2] = [
        &["tool", "hatch", "build"],
        &["tool", "hatch", "build", "targets", "wheel"],
    ];
    let mut sets = Vec::new();
    for scope in scopes {
        let key = |name| [scope, &[name]].concat();
        for name in ["force-include", "shared-data", "shared-scripts"] {
            let paths = file.table(&key(name));
            let paths = paths.iter().flat_map(|table| table.fields());
            let reason = format!("named in `{name}`");
            sets.extend(paths.filter_map(|field| {
                let path = folder.join(field.name);
                below(&path, &reason, left_out)
            }));
        }
        // An editable package contains a path to these, and copies of the files above.
        if shape.editable {
            continue;
        }
        for name in ["packages", "only-include"] {
            let reason = format!("named in `{name}`");
            let paths = file.texts(&key(name)).into_iter();
            sets.extend(paths.filter_map(|path| {
                let path = folder.join(path.text.trim_start_matches('/'));
                below(&path, &reason, left_out)
            }));
        }
        for name in ["include", "artifacts"] {
            let included = file.texts(&key(name)).into_iter();
            let mut patterns: Vec<String> = included.flat_map(|it| of_gitignore(it.text)).collect();
            if patterns.is_empty() {
                continue;
            }
            let excluded = file.texts(&key("exclude")).into_iter();
            let excluded = excluded.flat_map(|it| of_gitignore(it.text));
            patterns.extend(excluded.map(|pattern| format!("!{pattern}")));
            patterns.extend(MADE.map(str::to_string));
            let set = GlobSet::tree(folder, patterns, &format!("matches `{name}`"));
            let set = set.except(left_out.iter().chain(&outputs).map(PathBuf::as_path));
            sets.push(set.without_leftovers());
        }
    }
    sets
}

/// Poetry packs what a pattern matches in a wheel only if `format` says so.
fn of_poetry(source: &Source, left_out: &BTreeSet<PathBuf>) -> Vec<GlobSet> {
    let entries = listed(source, &["tool", "poetry", "include"]);
    let of_wheel = entries.into_iter().filter(|entry| {
        let formats = entry.table.map(|table| texts_of(table, "format"));
        formats.is_some_and(|formats| formats.contains(&"wheel"))
    });
    let folder = &source.files.folder;
    let sets = of_wheel
        .filter_map(|entry| matching_or_below(folder, entry.path, "matches `include`", left_out));
    sets.collect()
}

fn of_pdm(source: &Source, shape: &Shape, left_out: &BTreeSet<PathBuf>) -> Vec<GlobSet> {
    const BUILD: [&str; 3] = ["tool", "pdm", "build"];
    let folder = &source.files.folder;
    let keys = |name| [&BUILD[..], &[name]].concat();
    let mut sets = Vec::new();
    // An editable package contains paths to these.
    if !shape.editable {
        let included = listed(source, &keys("includes")).into_iter();
        sets.extend(included.filter_map(|entry| {
            matching_or_below(folder, entry.path, "matches `includes`", left_out)
        }));
    }
    let data = keys("wheel-data");
    let file = source.files.pyproject.as_ref();
    let schemes = file.and_then(|file| file.table(&data));
    let schemes = schemes.into_iter().flat_map(|table| table.fields());
    for scheme in schemes {
        let entries = listed(source, &[&data[..], &[scheme.name]].concat());
        sets.extend(entries.into_iter().filter_map(|entry| {
            matching_or_below(folder, entry.path, "named in `wheel-data`", left_out)
        }));
    }
    sets
}

fn of_flit(source: &Source, left_out: &BTreeSet<PathBuf>) -> Vec<GlobSet> {
    let files = &source.files;
    let data = files.toml(&["tool", "flit", "external-data", "directory"]);
    let sets = data.and_then(|data| {
        let path = files.folder.join(data.text);
        below(&path, "named in `external-data`", left_out)
    });
    sets.into_iter().collect()
}

/// An entry of a list of paths: a path alone, or a table with a `path`.
struct Entry<'a> {
    path: &'a str,
    table: Option<Table<'a>>,
}

/// The entries of the list at the path `keys` of `pyproject.toml`.
fn listed<'a>(source: &'a Source, keys: &[&str]) -> Vec<Entry<'a>> {
    let value = source.files.pyproject.as_ref();
    let value = value.and_then(|file| file.value(keys));
    let Some(Data::List(values)) = value.map(Value::read) else {
        return Vec::new();
    };
    let entries = values.into_iter().filter_map(|value| match value.read() {
        Data::Text(path) => Some(Entry { path, table: None }),
        Data::Table(table) => {
            let Data::Text(path) = table.get("path")?.value.read() else {
                return None;
            };
            let table = Some(table);
            Some(Entry { path, table })
        }
        _ => None,
    });
    entries.collect()
}

/// The strings at `key` of a table: one, or a list.
fn texts_of<'a>(table: Table<'a>, key: &str) -> Vec<&'a str> {
    let text = |value: Value<'a>| match value.read() {
        Data::Text(text) => Some(text),
        _ => None,
    };
    match table.get(key).map(|field| field.value) {
        Some(value) => match value.read() {
            Data::List(values) => values.into_iter().filter_map(text).collect(),
            _ => text(value).into_iter().collect(),
        },
        None => Vec::new(),
    }
}

/// The files that match a pattern, and those below the directories that match it.
fn matching_or_below(
    folder: &Path,
    pattern: &str,
    reason: &str,
    left_out: &BTreeSet<PathBuf>,
) -> Option<GlobSet> {
    let (directories, rest) = split_at_wildcard(pattern.trim_matches('/'), &WILDCARDS);
    let root = plain(&folder.join(directories));
    if !rest.contains(WILDCARDS) {
        return below(&root.join(rest), reason, left_out);
    }
    let patterns = [rest.to_string(), format!("{rest}/**")].into_iter();
    let set = GlobSet::tree(&root, patterns.chain(MADE.map(str::to_string)), reason);
    let set = set.except(left_out.iter().map(PathBuf::as_path));
    Some(set.without_leftovers())
}

/// A pattern of `.gitignore` as patterns for files: it may also match a directory. A pattern that
/// takes files out again is left out.
fn of_gitignore(pattern: &str) -> Vec<String> {
    if pattern.starts_with(['!', '#']) {
        return Vec::new();
    }
    let is_directory = pattern.ends_with('/');
    let name = pattern.trim_end_matches('/');
    let anchored = name.contains('/');
    let name = name.trim_start_matches('/');
    let name = if anchored || name.starts_with("**") {
        name.to_string()
    } else {
        format!("**/{name}")
    };
    let inside = format!("{name}/**");
    if is_directory || name.ends_with("**") {
        vec![if name.ends_with("**") { name } else { inside }]
    } else {
        vec![name, inside]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_of_gitignore_may_be_a_directory() {
        assert_eq!(of_gitignore("/src"), ["src", "src/**"]);
        assert_eq!(of_gitignore("*.json"), ["**/*.json", "**/*.json/**"]);
        assert_eq!(of_gitignore("a/b/"), ["a/b/**"]);
        assert_eq!(of_gitignore("a/**"), ["a/**"]);
        assert!(of_gitignore("!a").is_empty());
    }
}
