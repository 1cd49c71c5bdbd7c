//! Suggestions for a project in which no program or library is found. This is the first
//! error for most new users.

use std::path::{Path, PathBuf};

use super::closure::INIT;
use super::mistakes::NothingToBuild;
use super::names::normalized;

/// The depth of the search, and the maximum number of suggested lines.
const DEPTH: usize = 3;
const SUGGESTIONS: usize = 4;

/// The error for a project without programs and libraries in `folder`, with suggestions.
pub(super) fn nothing_to_build(folder: &Path, name: &str) -> NothingToBuild {
    let mut found = Vec::new();
    look(folder, DEPTH, &mut found);
    // A project that has a library and programs is more likely a library with examples.
    found.sort_by_key(|path| (path.is_file(), path.clone()));
    let lines: Vec<String> = (found.iter())
        .filter_map(|path| line(path.strip_prefix(folder).ok()?, path))
        .take(SUGGESTIONS)
        .collect();
    let mut help = format!(
        "looked for `main.mojo`, `{name}/{INIT}` and `src/{INIT}`; name another place in `[package.build.config]`"
    );
    if !lines.is_empty() {
        help = format!("{help}, such as {}", lines.join(" or "));
    }
    if folder.join("main.🔥").is_file() {
        help = "rename `main.🔥` to `main.mojo`".to_string();
    }
    NothingToBuild {
        folder: folder.to_path_buf(),
        help,
    }
}

/// The line of configuration for the program or library at `path`.
fn line(below: &Path, path: &Path) -> Option<String> {
    let shown = below.display().to_string().replace('\\', "/");
    let name = below.file_stem()?.to_str()?;
    Some(match name {
        _ if path.is_dir() => {
            let name = normalized(name);
            format!("`pkg = {{ name = \"{name}\", path = \"{shown}\" }}`")
        }
        // The name of the package says more.
        "main" => format!("`bins = [{{ path = \"{shown}\" }}]`"),
        _ => format!("`bins = [{{ name = \"{name}\", path = \"{shown}\" }}]`"),
    })
}

/// Files with a `main` function and packages, without the contents of packages.
fn look(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') || name.starts_with("__") {
            continue;
        }
        if path.join(INIT).is_file() {
            found.push(path);
        } else if path.is_dir() && depth > 1 {
            look(&path, depth - 1, found);
        } else if name.ends_with(".mojo") && !is_test(&name) && has_main(&path) {
            found.push(path);
        }
    }
}

/// Whether the file is one of a suite of tests, which are programs too.
fn is_test(name: &str) -> bool {
    name.starts_with("test_") || name.ends_with("_test.mojo")
}

fn has_main(file: &Path) -> bool {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let mut lines = text.lines();
    lines.any(|line| line.starts_with("def main(") || line.starts_with("fn main("))
}
