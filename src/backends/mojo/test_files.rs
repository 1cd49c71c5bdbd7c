//! The files that `tests` selects.
//!
//! The compiler no longer has a command that finds tests. A directory has the tests that its last
//! version found.

use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use ignore::overrides::{Override, OverrideBuilder};

use super::config::Config;
use crate::backend::Request;
use crate::backend::inputs::escape;
use crate::diagnostic::Warning;

/// The names of tests in a directory.
const IN_DIRECTORIES: [&str; 2] = ["test_*.mojo", "*_test.mojo"];

/// The patterns for the files, relative to the source directory.
pub(super) fn patterns(request: &Request<'_, Config>) -> Vec<String> {
    let source = &request.project.source;
    let written = request.config.tests.iter();
    written
        .flat_map(|pattern| expanded(source, pattern))
        .collect()
}

/// The selected files in a fixed order, and a warning for each pattern that selects none.
pub(super) fn selected(request: &Request<'_, Config>) -> (Vec<PathBuf>, Vec<Warning>) {
    let source = &request.project.source;
    let files = matching(source, &patterns(request));
    let selects = |pattern: &str| {
        let alone = overrides(source, &expanded(source, pattern));
        files
            .iter()
            .any(|file| alone.matched(file, false).is_whitelist())
    };
    let written = request.config.tests.iter();
    let idle = written.filter(|pattern| !pattern.starts_with('!') && !selects(pattern));
    let warnings = idle.map(|pattern| nothing_selected(source, pattern));
    let warnings = warnings.collect();
    (files, warnings)
}

/// The patterns that one element of `tests` stands for.
fn expanded(source: &Path, element: &str) -> Vec<String> {
    let (sign, path) = match element.strip_prefix('!') {
        Some(path) => ("!", path),
        None => ("", element),
    };
    let path = path.trim_start_matches("./");
    let directory = path.trim_end_matches('/');
    if element.is_empty() {
        return Vec::new();
    }
    if !sign.is_empty() || !source.join(directory).is_dir() {
        return vec![format!("{sign}{path}")];
    }
    let above = match directory {
        "" | "." => String::new(),
        directory => format!("{}/", escape(directory)),
    };
    IN_DIRECTORIES
        .map(|name| format!("{above}**/{name}"))
        .to_vec()
}

fn matching(source: &Path, patterns: &[String]) -> Vec<PathBuf> {
    // Without a pattern that selects files, all others would be selected.
    if patterns.iter().all(|pattern| pattern.starts_with('!')) {
        return Vec::new();
    }
    let walk = WalkBuilder::new(source)
        .standard_filters(false)
        .hidden(true)
        .overrides(overrides(source, patterns))
        .build();
    let files = walk.flatten().map(ignore::DirEntry::into_path);
    let is_test = |path: &PathBuf| path.extension().is_some_and(|end| end == "mojo");
    let mut files: Vec<PathBuf> = files
        .filter(|path| is_test(path) && path.is_file())
        .collect();
    files.sort();
    files
}

fn overrides(source: &Path, patterns: &[String]) -> Override {
    let mut builder = OverrideBuilder::new(source);
    for pattern in patterns {
        // Invalid patterns are already refused by the configuration.
        let _ = builder.add(pattern);
    }
    builder.build().unwrap_or_else(|_| Override::empty())
}

fn nothing_selected(source: &Path, element: &str) -> Warning {
    if source.join(element).is_dir() {
        let [first, second] = IN_DIRECTORIES;
        return Warning::new(format!(
            "the directory `{element}` in `tests` has no test: no file is called `{first}` or \
             `{second}`"
        ))
        .help("name the files with a pattern");
    }
    Warning::new(format!("`{element}` in `tests` matches no Mojo file")).help(
        "write the path of a directory or a pattern such as `test/**/test_*.mojo`, relative to the \
         source",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::write;

    #[test]
    fn elements_are_directories_files_and_patterns() {
        let root = tempfile::tempdir().expect("a directory");
        for path in [
            "test/test_a.mojo",
            "test/deep/b_test.mojo",
            "test/helper.mojo",
            "test/test_data.txt",
            "test/slow/test_c.mojo",
            ".hidden/test_d.mojo",
            "more [1]/test_e.mojo",
        ] {
            write(&root.path().join(path), "").expect("own directory");
        }
        let found = |elements: &[&str]| {
            let patterns = elements.iter();
            let patterns: Vec<String> = patterns
                .flat_map(|element| expanded(root.path(), element))
                .collect();
            let names = matching(root.path(), &patterns).into_iter().map(|path| {
                let below = path.strip_prefix(root.path()).expect("it is below");
                below.display().to_string().replace('\\', "/")
            });
            names.collect::<Vec<_>>().join(" ")
        };
        let all = "test/deep/b_test.mojo test/slow/test_c.mojo test/test_a.mojo";
        for element in ["test", "./test/"] {
            assert_eq!(found(&[element]), all);
        }
        assert_eq!(found(&["."]), format!("more [1]/test_e.mojo {all}"));
        assert_eq!(found(&["more [1]"]), "more [1]/test_e.mojo");
        assert_eq!(
            found(&["test", "!test/slow"]),
            "test/deep/b_test.mojo test/test_a.mojo"
        );
        assert_eq!(found(&["test/*"]), "test/helper.mojo test/test_a.mojo");
        assert_eq!(found(&["./test/helper.mojo"]), "test/helper.mojo");
        for element in ["tset/*.mojo", "", "!test/slow"] {
            assert_eq!(found(&[element]), "");
        }
    }
}
