//! The ignore rules of a directory, as patterns of a client.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ignore::gitignore::GitignoreBuilder;

use super::{Tree, repository};
use crate::backend::inputs::escape;

/// The files that contain ignore rules, lowest priority first.
pub(super) const FILES: [&str; 2] = [".gitignore", ".condapackageignore"];

/// The rules for the files in `tree`.
pub(super) fn patterns(tree: &Tree) -> Vec<String> {
    let root = &tree.root;
    if !tree.use_gitignore {
        return rules_of(root, FILES[1], "");
    }
    let above = folders_above(root);
    let below = Below::of(tree);
    let has_repository = repository(root).is_some();
    let mut patterns = Vec::new();
    for file in FILES {
        let above = above
            .iter()
            .flat_map(|folder| rules_above(folder, file, root));
        patterns.extend(above);
        patterns.extend(rules_of(root, file, ""));
        for folder in &below.folders {
            let Some(prefix) = prefix(folder, root) else {
                continue;
            };
            // The rules of a repository do not apply to one in it, such as a submodule.
            let is_module = has_repository && below.repositories.contains(folder);
            if is_module && file == FILES[0] && !patterns.is_empty() {
                patterns.push(format!("{prefix}**"));
            }
            patterns.extend(rules_of(folder, file, &prefix));
        }
    }
    patterns
}

/// The directories of the repository that contain `root`, outer ones first.
fn folders_above(root: &Path) -> Vec<PathBuf> {
    let Some(mut folder) = repository(root) else {
        return Vec::new();
    };
    let below = root.strip_prefix(&folder).unwrap_or(Path::new(""));
    let mut folders = Vec::new();
    for name in below.components() {
        folders.push(folder.clone());
        folder.push(name);
    }
    folders
}

/// The directories in a tree that have a part in its rules.
#[derive(Default)]
struct Below {
    /// All of them, outer ones first.
    folders: BTreeSet<PathBuf>,
    /// The roots of repositories.
    repositories: BTreeSet<PathBuf>,
}

impl Below {
    fn of(tree: &Tree) -> Self {
        let mut below = Self::default();
        for entry in tree.walk().build().flatten() {
            let is_repository = entry.file_name() == ".git";
            let has_rules = FILES.iter().any(|name| entry.file_name() == *name);
            let folder = entry.path().parent().filter(|folder| *folder != tree.root);
            if let Some(folder) = folder.filter(|_| is_repository || has_rules) {
                below.folders.insert(folder.to_path_buf());
                if is_repository {
                    below.repositories.insert(folder.to_path_buf());
                }
            }
        }
        below
    }
}

/// The start of a pattern for the files in `folder`, which is below `root`.
fn prefix(folder: &Path, root: &Path) -> Option<String> {
    let below = folder.strip_prefix(root).ok()?.to_str()?;
    Some(below.split('/').map(escape).collect::<Vec<_>>().join("/") + "/")
}

fn rules_of(folder: &Path, file: &str, prefix: &str) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join(file)).unwrap_or_default();
    let rules = text.lines().filter_map(Rule::read);
    rules.flat_map(|rule| rule.translated(prefix)).collect()
}

/// The rules of a directory above `root` that can apply in `root`.
fn rules_above(folder: &Path, file: &str, root: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join(file)).unwrap_or_default();
    let below = root.strip_prefix(folder).unwrap_or(Path::new(""));
    let below: Vec<&str> = below.iter().filter_map(|name| name.to_str()).collect();
    let rules = text.lines().filter_map(Rule::read);
    rules
        .flat_map(|rule| {
            if !rule.anchored && !rule.body.contains('/') {
                return rule.translated("");
            }
            let parts: Vec<&str> = rule.body.split('/').collect();
            let rests = rests(&parts, &below).into_iter();
            let rests = rests.flat_map(|body| {
                let (anchored, body) = (true, body.as_str());
                Rule {
                    anchored,
                    body,
                    ..rule
                }
                .translated("")
            });
            rests.collect()
        })
        .collect()
}

/// The parts of a pattern that are left for the files in the directory `below`. `/member/dist` is
/// `/dist` in `member`. More than one is possible, because `**` matches any number of directories.
fn rests(pattern: &[&str], below: &[&str]) -> Vec<String> {
    let Some((part, rest)) = pattern.split_first() else {
        // The rule is for a directory that contains all files.
        return Vec::new();
    };
    match below.split_first() {
        None => vec![pattern.join("/")],
        Some((_, deeper)) if *part == "**" => [rests(pattern, deeper), rests(rest, below)].concat(),
        Some((name, deeper)) if matches(part, name) => rests(rest, deeper),
        Some(_) => Vec::new(),
    }
}

/// Whether a part of a pattern matches the name of a directory.
pub(crate) fn matches(part: &str, name: &str) -> bool {
    let mut rules = GitignoreBuilder::new("");
    let is_valid = rules.add_line(None, &format!("/{part}")).is_ok();
    let rules = rules.build().ok().filter(|_| is_valid);
    rules.is_some_and(|rules| rules.matched(name, true).is_ignore())
}

/// One line of a file of ignore rules.
#[derive(Clone, Copy)]
struct Rule<'a> {
    negated: bool,
    anchored: bool,
    directory: bool,
    body: &'a str,
}

impl<'a> Rule<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let line = match line.strip_suffix("\\ ") {
            Some(_) => line,
            None => line.trim_end(),
        };
        if line.is_empty() || line.starts_with('#') {
            return None;
        }
        let (negated, body) = match line.strip_prefix('!') {
            Some(body) => (true, body),
            None => (false, line),
        };
        let (directory, body) = match body.strip_suffix('/') {
            Some(body) => (true, body),
            None => (false, body),
        };
        let anchored = body.contains('/') && !body.starts_with("**/");
        let body = body.strip_prefix('/').unwrap_or(body);
        (!body.is_empty()).then_some(Self {
            negated,
            anchored,
            directory,
            body,
        })
    }

    /// The rule as patterns of a client, for a directory whose patterns begin with `prefix`. For a
    /// client, a pattern without `!` is an inclusion.
    fn translated(&self, prefix: &str) -> Vec<String> {
        let sign = if self.negated { "" } else { "!" };
        let anywhere = if self.anchored || self.body.starts_with("**/") {
            ""
        } else {
            "**/"
        };
        let body = self.body.strip_suffix("/**").unwrap_or(self.body);
        let base = format!("{prefix}{anywhere}{body}");
        match (self.negated, self.directory) {
            // The files in a directory that is included again.
            (true, true) => vec![format!("{base}/**")],
            (true, false) => vec![base.clone(), format!("{base}/**")],
            (false, true) => vec![format!("{sign}{base}/")],
            (false, false) => vec![format!("{sign}{base}")],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_from_above_lose_the_directories_that_they_match() {
        let of = |rule: &str, below: &str| {
            let folder = tempfile::tempdir().expect("a directory");
            fs_err::write(folder.path().join(FILES[0]), rule).expect("writable");
            rules_above(folder.path(), FILES[0], &folder.path().join(below)).join(" ")
        };
        assert_eq!(of("/member/dist", "member"), "!dist");
        assert_eq!(of("/packages/*/dist/", "packages/app"), "!dist/");
        assert_eq!(of("/packages/[a-c]pp/*.o", "packages/app"), "!*.o");
        assert_eq!(of("!/packages/*/keep", "packages/app"), "keep keep/**");
        assert_eq!(of("/packages/*/dist", "packages/app/src"), "");
        assert_eq!(of("/other/*/dist", "packages/app"), "");
        assert_eq!(of("/packages/**", "packages/app"), "!**");
        assert_eq!(of("/packages/**/dist", "packages/app"), "!**/dist");
        assert_eq!(of("**/app/dist", "packages/app"), "!**/app/dist !dist");
        assert_eq!(of("dist/", "packages/app"), "!**/dist/");
        assert_eq!(of("/packages", "packages/app"), "");
    }
}
