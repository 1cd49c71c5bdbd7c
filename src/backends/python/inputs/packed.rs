//! Determines which source files were packed, and which files would be packed if they were added.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use regex::Regex;

use super::MADE;
use super::traces::Traces;
use crate::backend::GlobSet;
use crate::backend::inputs::plain;
use crate::backends::python::source::Source;
use crate::backends::python::wheel::Wheel;

/// The directories and modules of the sources that were packed.
pub(super) fn packed(source: &Source, wheel: &Wheel, traces: &Traces) -> BTreeSet<PathBuf> {
    let bases = bases(source, traces);
    let tops = wheel.tops();
    let found = tops.iter().filter_map(|top| {
        let places = bases.iter().map(|base| base.join(top));
        places.into_iter().find(|place| place.exists())
    });
    found.collect()
}

/// The directories and modules that an editable installation of setuptools finds by their names, if
/// it does not find everything in a directory.
pub(super) fn mapped(wheel: &Wheel, prefix: &Path) -> BTreeSet<PathBuf> {
    let is_finder = |path: &&PathBuf| {
        let name = path.file_name().and_then(OsStr::to_str);
        name.is_some_and(|name| name.starts_with("__editable__") && name.ends_with("_finder.py"))
    };
    let finders = wheel.files.iter().filter(is_finder);
    let texts = finders.filter_map(|path| std::fs::read_to_string(prefix.join(path)).ok());
    texts.flat_map(|text| values_of_mapping(&text)).collect()
}

/// The values of the dictionary in a line such as `MAPPING: dict[str, str] = {'a': '/project/a'}`.
fn values_of_mapping(text: &str) -> Vec<PathBuf> {
    let line = text.lines().find(|line| line.starts_with("MAPPING"));
    let value = Regex::new(r#"['"]: (?:'([^']*)'|"([^"]*)")"#).expect("a constant pattern");
    let values = value.captures_iter(line.unwrap_or_default());
    let values = values.filter_map(|found| found.get(1).or(found.get(2)));
    values
        .map(|value| PathBuf::from(value.as_str().replace("\\\\", "\\")))
        .collect()
}

/// The directories that may contain packages, with the most likely ones first.
fn bases(source: &Source, traces: &Traces) -> Vec<PathBuf> {
    let folder = &source.files.folder;
    let keys: [&[&str]; 6] = [
        &["tool", "setuptools", "packages", "find", "where"],
        &["tool", "setuptools", "package-dir", ""],
        &["tool", "maturin", "python-source"],
        &["tool", "uv", "build-backend", "module-root"],
        &["tool", "hatch", "build", "sources"],
        &["tool", "hatch", "build", "targets", "wheel", "sources"],
    ];
    let named = source.files.pyproject.iter();
    let named = named
        .flat_map(|file| keys.map(|keys| file.texts(keys)))
        .flatten();
    let named = named.map(|text| text.text.to_string());
    let cfg = source
        .files
        .setup_cfg
        .lines("options", "package_dir")
        .into_iter();
    let cfg = cfg.filter_map(|line| Some(line.strip_prefix('=')?.trim().to_string()));
    let usual = ["src", "", "python", "lib"].map(str::to_string);
    let mut bases: Vec<PathBuf> = named
        .chain(cfg)
        .chain(usual)
        .map(|name| folder.join(name))
        .collect();
    // Other directories from which the build read a package.
    let inits = traces
        .read
        .iter()
        .filter(|path| path.ends_with("__init__.py"));
    let above = inits.filter_map(|path| Some(path.parent()?.parent()?.to_path_buf()));
    bases.extend(above.filter(|base| base.starts_with(folder)));
    bases
}

/// The inputs for a packed module, or for all present and future files of a packed directory.
pub(super) fn beside(top: &Path, left_out: &BTreeSet<PathBuf>) -> GlobSet {
    if top.is_file() {
        let set = GlobSet::file(top, "a packed module");
        return set.unwrap_or_else(|| GlobSet::names(top, ["*"], "a packed module"));
    }
    directory(top, "packed, or beside a packed file", left_out)
}

/// The input for a file, or for all present and future files of a directory. `None` if the name of
/// a file is not Unicode.
pub(super) fn below(path: &Path, reason: &str, left_out: &BTreeSet<PathBuf>) -> Option<GlobSet> {
    // Without `.` and `..`, and without a slash at the end.
    let path = plain(path);
    if path.is_dir() {
        Some(directory(&path, reason, left_out))
    } else {
        GlobSet::file(&path, reason)
    }
}

/// The inputs for the hidden files that were packed, which the pattern of their directory leaves
/// out. Other hidden files belong to editors and to Git.
pub(super) fn hidden(wheel: &Wheel, packed: &BTreeSet<PathBuf>) -> Vec<GlobSet> {
    let is_hidden = |file: &Path| {
        let mut names = file.iter().filter_map(OsStr::to_str);
        names.any(|name| name.starts_with('.'))
    };
    let files = wheel.files.iter();
    let files = files.filter_map(|file| file.strip_prefix(wheel.site_packages()).ok());
    let sources = files.filter(|file| is_hidden(file)).filter_map(|file| {
        let top = file.iter().next()?;
        let mut tops = packed.iter().filter(|path| path.file_name() == Some(top));
        tops.find_map(|path| {
            let source = path.parent()?.join(file);
            source.is_file().then_some(source)
        })
    });
    sources
        .filter_map(|source| GlobSet::file(&source, "a packed file"))
        .collect()
}

fn directory(folder: &Path, reason: &str, left_out: &BTreeSet<PathBuf>) -> GlobSet {
    let patterns = std::iter::once("**").chain(MADE);
    let set = GlobSet::tree(folder, patterns, reason);
    set.except(left_out.iter().map(PathBuf::as_path))
        .without_leftovers()
}

/// The extensions of files that a build reads from the directory of a project by their names.
const NAMED: [&str; 9] = [
    "cfg", "in", "json", "md", "py", "rst", "toml", "txt", "yaml",
];

/// The inputs for files that are added to a directory that the build searches, for example with
/// `glob`. A file counts if it has the extension of one that was read from there. Existing files
/// that were not read do not count.
pub(super) fn files_to_come(
    source: &Source,
    traces: &Traces,
    packed: &BTreeSet<PathBuf>,
) -> Vec<GlobSet> {
    let is_packed = |folder: &Path| packed.iter().any(|top| folder.starts_with(top));
    let is_metadata = |folder: &Path| {
        let ending = folder.extension().and_then(|ending| ending.to_str());
        matches!(ending, Some("egg-info" | "dist-info"))
    };
    let searched = traces.searched.iter();
    let searched = searched.filter(|folder| !is_packed(folder) && !is_metadata(folder));
    let sets = searched.filter_map(|folder| {
        let read = traces.read.iter();
        let read = read.filter(|path| path.parent() == Some(folder));
        let mut endings: BTreeSet<_> = read.map(|path| path.extension()).collect();
        if *folder == source.files.folder {
            let ending = |ending: &OsStr| ending.to_str().is_some_and(|it| !NAMED.contains(&it));
            endings.retain(|it| it.is_some_and(ending));
        }
        let patterns = endings.iter().map(|ending| match ending {
            Some(ending) => format!("*.{}", ending.display()),
            None => "*".to_string(),
        });
        let patterns: Vec<String> = patterns.collect();
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let unread = entries.map(|entry| entry.path()).filter(|path| {
            let may_match = endings.contains(&path.extension()) || endings.contains(&None);
            may_match && !traces.read.contains(path)
        });
        let unread: Vec<PathBuf> = unread.collect();
        let set = GlobSet::names(folder, patterns, "in a directory that the build searches");
        let set = set.except(unread.iter().map(PathBuf::as_path));
        (!endings.is_empty()).then(|| set.without_leftovers())
    });
    sets.collect()
}

/// The inputs for packages and modules that are added: setuptools packs those beside what it has
/// found, which are not inputs for this reason.
pub(super) fn tops_to_come(source: &Source, found: &BTreeSet<PathBuf>) -> Vec<GlobSet> {
    if source.build_module() != "setuptools" {
        return Vec::new();
    }
    let bases: BTreeSet<&Path> = found.iter().filter_map(|top| top.parent()).collect();
    let unread = ["!tests", "!test", "!docs", "!examples", "!build", "!dist"];
    let finds_any = finds_any_module(source);
    let set = |base: &Path| {
        if finds_any && base != source.files.folder {
            let patterns = std::iter::once("**/*.py").chain(MADE);
            return GlobSet::tree(base, patterns, "a module that is added").without_leftovers();
        }
        let patterns = std::iter::once("*/__init__.py").chain(unread);
        GlobSet::tree(base, patterns, "a package that is added")
    };
    let sets = bases.into_iter().map(set);
    sets.map(|set| set.except(found.iter().map(PathBuf::as_path)))
        .collect()
}

/// Whether setuptools also finds packages without an `__init__.py` in a directory that contains
/// nothing else: because the project lists no modules, or because of `packages.find`.
fn finds_any_module(source: &Source) -> bool {
    let files = &source.files;
    let toml = |keys: &[&str]| files.pyproject.as_ref().and_then(|file| file.value(keys));
    let find = ["tool", "setuptools", "packages", "find"];
    if toml(&find).is_some() {
        let namespaces = [&find[..], &["namespaces"]].concat();
        let flag = files.pyproject.as_ref();
        return flag.and_then(|file| file.flag(&namespaces)) != Some(false);
    }
    let listed = ["packages", "py-modules"];
    let in_toml = listed.map(|name| toml(&["tool", "setuptools", name]).is_some());
    let listed = ["packages", "py_modules"];
    let in_cfg = listed.map(|name| files.setup_cfg.get("options", name));
    if in_cfg.contains(&Some("find_namespace:")) {
        return true;
    }
    let in_py = files.setup_py.as_ref();
    let in_py = in_py.is_some_and(|file| listed.iter().any(|name| file.has(name)));
    let in_cfg = in_cfg.iter().any(Option::is_some);
    !(in_toml.contains(&true) || in_cfg || in_py)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finder_of_setuptools_names_what_it_finds() {
        let text = "import sys\nMAPPING: dict[str, str] = {'a': '/p/a', 'b.c': \"/it's/c\"}\n\
                    NAMESPACES: dict[str, list[str]] = {'d': ['/p/d']}\n";
        let found = values_of_mapping(text);
        assert_eq!(found, ["/p/a", "/it's/c"].map(PathBuf::from));
        assert!(values_of_mapping("MAPPING = {}\n").is_empty());
    }
}
