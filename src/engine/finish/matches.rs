//! Finds the files that a path in the configuration refers to.

use std::path::{Component, Path, PathBuf};

use glob::MatchOptions;
use miette::Report;

use super::mistakes::{NoMatch, NoOutDir, Spot};
use crate::backend::extras::{OUT_DIR, OptionKeys};
use crate::backend::inputs::{plain, split_at_wildcard};
use crate::disk;

/// The directories in which paths are resolved.
pub(super) struct Source<'a> {
    /// The directory of the package.
    pub(super) root: &'a Path,
    /// The output directory of the package's build script.
    pub(super) out_dir: Option<&'a Path>,
    /// The work directory. Patterns do not match files in directories that builds write to.
    pub(super) work: &'a Path,
    pub(super) spot: Spot<'a>,
}

/// A file, and its name below the part of the pattern without wildcards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Match {
    pub(super) file: PathBuf,
    pub(super) below: String,
}

const OPTIONS: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

impl Source<'_> {
    /// Returns the files that `pattern` matches, sorted. A directory stands for all files in it.
    ///
    /// # Errors
    /// [`NoMatch`], [`NoOutDir`].
    pub(super) fn files(&self, pattern: &str, by: &OptionKeys) -> Result<Vec<Match>, Report> {
        let (root, below) = match pattern.strip_prefix(OUT_DIR) {
            Some(below) => {
                let root = self.out_dir.ok_or_else(|| NoOutDir {
                    option: by.join("."),
                    path: pattern.to_string(),
                    file: self.spot.file(),
                    at: self.spot.at(by),
                })?;
                (root, below)
            }
            None => (self.root, pattern),
        };
        let found = self.found(root, below);
        if found.is_empty() {
            Err(NoMatch {
                option: by.join("."),
                path: pattern.to_string(),
                root: self.root.to_path_buf(),
                file: self.spot.file(),
                at: self.spot.at(by),
            }
            .into())
        } else {
            Ok(found)
        }
    }

    fn found(&self, root: &Path, pattern: &str) -> Vec<Match> {
        const WILDCARDS: [char; 3] = ['*', '?', '['];
        if !pattern.contains(WILDCARDS) {
            let base = plain(&root.join(pattern));
            if base.is_file() {
                let below = base.file_name().unwrap_or_default();
                let below = below.to_string_lossy().into_owned();
                return vec![Match { file: base, below }];
            }
            return self.everything(&base);
        }
        let (directories, wild) = split_at_wildcard(pattern, &WILDCARDS);
        let base = plain(&root.join(directories));
        let text = format!(
            "{}/{wild}",
            glob::Pattern::escape(&base.display().to_string())
        );
        // At the end of a pattern, `**` would match only directories.
        let text = if text.ends_with("/**") {
            format!("{text}/*")
        } else {
            text
        };
        let Ok(paths) = glob::glob_with(&text, OPTIONS) else {
            return Vec::new();
        };
        let files = paths.flatten().filter(|path| path.is_file());
        let files = files.filter(|path| !self.is_made(&base, path));
        let mut found: Vec<Match> = files.filter_map(|file| of(&base, file)).collect();
        found.sort_by(|a, b| a.below.cmp(&b.below));
        found
    }

    fn everything(&self, folder: &Path) -> Vec<Match> {
        let files = disk::files_below(folder.to_path_buf());
        let files = files.filter(|path| !self.is_made(folder, path));
        let mut found: Vec<Match> = files.filter_map(|file| of(folder, file)).collect();
        found.sort_by(|a, b| a.below.cmp(&b.below));
        found
    }

    /// Whether a file is in a directory that builds or tools write to and that the pattern does not
    /// name.
    fn is_made(&self, base: &Path, file: &Path) -> bool {
        let in_work = file.starts_with(self.work) && !base.starts_with(self.work);
        let below = file.strip_prefix(base).unwrap_or(file);
        let in_tools = below.components().any(|part| {
            [".git", ".pixi"]
                .iter()
                .any(|name| part.as_os_str() == *name)
        });
        in_work || in_tools
    }
}

fn of(base: &Path, file: PathBuf) -> Option<Match> {
    let below = file.strip_prefix(base).ok()?;
    let names: Option<Vec<&str>> = below
        .components()
        .map(|part| match part {
            Component::Normal(name) => name.to_str(),
            _ => None,
        })
        .collect();
    let below = names?.join("/");
    Some(Match { file, below })
}

/// Whether `below` matches one of `patterns` or is in a directory that does.
pub(super) fn is_excluded(below: &str, patterns: &[String]) -> bool {
    patterns.iter().any(|pattern| {
        let folder = pattern.trim_end_matches("/**").trim_end_matches('/');
        let matches =
            |path: &str| glob::Pattern::new(folder).is_ok_and(|it| it.matches_with(path, OPTIONS));
        let mut ends = below.match_indices('/').map(|(at, _)| &below[..at]);
        matches(below) || ends.any(matches)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_a_file_or_all_of_a_folder() {
        let patterns = ["grammars/sources/**".to_string(), "*.md".to_string()];
        assert!(is_excluded("grammars/sources/x/y.c", &patterns));
        assert!(is_excluded("README.md", &patterns));
        assert!(!is_excluded("grammars/x.so", &patterns));
        assert!(!is_excluded("doc/x.md", &patterns));
    }
}
