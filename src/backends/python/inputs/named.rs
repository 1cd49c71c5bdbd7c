//! The files that a project names for its build backend: licenses, and files that are packed
//! although they are not beside a packed module.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::license;
use super::packed::below;
use crate::backend::GlobSet;
use crate::backend::inputs::plain;
use crate::backends::python::source::Source;

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
        Some(matching(folder, pattern, reason).without_leftovers())
    });
    sets.collect()
}

/// The files and directories that the build backend packs because a setting names them.
pub(super) fn packed_by_name(source: &Source, left_out: &BTreeSet<PathBuf>) -> Vec<GlobSet> {
    match source.build_module() {
        "uv_build" => of_uv(source, left_out),
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

/// The files that match a pattern relative to `folder`. The directories before the first wildcard
/// limit the search, and may be above `folder`.
fn matching(folder: &Path, pattern: &str, reason: &str) -> GlobSet {
    let parts: Vec<&str> = pattern.split('/').filter(|part| !part.is_empty()).collect();
    let special = |part: &&str| part.contains(['*', '?', '[', '{', '\\']);
    let last = parts.len().saturating_sub(1);
    let literal = parts.iter().position(special).unwrap_or(last).min(last);
    let root = plain(&folder.join(parts[..literal].join("/")));
    match &parts[literal..] {
        [name] => GlobSet::names(&root, [*name], reason),
        rest => GlobSet::tree(&root, [rest.join("/")], reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_searched_below_its_first_directories() {
        let of = |pattern: &str| {
            let set = matching(Path::new("/p"), pattern, "test");
            (set.root.display().to_string(), set.patterns)
        };
        let expect = |root: &str, patterns: &[&str]| {
            let patterns: Vec<String> = patterns.iter().map(ToString::to_string).collect();
            (root.to_string(), patterns)
        };
        assert_eq!(of("LICEN[CS]E*"), expect("/p", &["LICEN[CS]E*", "!*/"]));
        assert_eq!(of("a/*.txt"), expect("/p/a", &["*.txt", "!*/"]));
        assert_eq!(of("a/*/L"), expect("/p/a", &["*/L"]));
        assert_eq!(of("../L*"), expect("/", &["L*", "!*/"]));
        assert_eq!(of("a/L"), expect("/p/a", &["L", "!*/"]));
    }
}
