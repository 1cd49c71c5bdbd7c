//! The files that rustc and the build scripts read, according to Cargo.
//!
//! Next to each final artifact is a `.d` file with one makefile rule. Its prerequisites are the
//! source files of all path crates, included files, and the paths that build scripts asked
//! Cargo to watch, which can be directories. Rules of earlier builds remain, so a rule counts
//! only if its artifact is identical to an installed file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use miette::{Diagnostic, Report};
use thiserror::Error;

use crate::backend::BuildPaths;
use crate::backend::inputs::plain;
use crate::backends::cargo::build_dir::artifacts::possible_profile_folders;
use crate::diagnostic::{Unreadable, read_text};

/// A makefile rule: an artifact and its prerequisites.
#[derive(Debug, PartialEq, Eq)]
struct Rule {
    artifact: PathBuf,
    sources: Vec<PathBuf>,
}

/// Every path that the installed artifacts were made from. The user can make Cargo write
/// relative paths; see [`absolute`].
///
/// # Errors
/// [`NoDepInfo`] if an installed artifact has no rule, or if nothing was installed.
pub(crate) fn sources(built: &BuildPaths, target_dir: &Path) -> Result<BTreeSet<PathBuf>, Report> {
    let mut sources = BTreeSet::new();
    for folder in final_folders(target_dir) {
        for artifact in files(&folder)?.iter().filter(|file| !is_rule(file)) {
            let copy = artifact.file_name().and_then(|name| installed(built, name));
            if copy.is_some_and(|copy| same_content(artifact, &copy)) {
                let rule = rule_of(artifact)?;
                sources.extend(rule.ok_or_else(|| NoDepInfo::of(artifact))?.sources);
            }
        }
    }
    if sources.is_empty() {
        return Err(NoDepInfo::of(target_dir).into());
    }
    Ok(sources)
}

/// The rule of an artifact. The kinds of a library share one file, which names only one of them:
/// Cargo leaves a file alone that already contains the same sources.
fn rule_of(artifact: &Path) -> Result<Option<Rule>, Unreadable> {
    let file = artifact.with_extension("d");
    if !file.is_file() {
        return Ok(None);
    }
    let is_program = |path: &Path| path.extension().is_none_or(|it| it == "exe");
    let rule = parse(&read_text(&file)?);
    // The path in the rule may be relative, but the artifact is in the same directory.
    Ok(rule.filter(|rule| {
        let is_itself = rule.artifact.file_name() == artifact.file_name();
        is_itself || !(is_program(artifact) || is_program(&rule.artifact))
    }))
}

/// Every path that the artifacts of a target directory were made from, whether they are
/// installed or not.
///
/// # Errors
/// Files that cannot be read.
pub(crate) fn all_sources(target_dir: &Path) -> Result<BTreeSet<PathBuf>, Report> {
    let mut sources = BTreeSet::new();
    for folder in final_folders(target_dir) {
        for file in files(&folder)?.iter().filter(|file| is_rule(file)) {
            sources.extend(
                parse(&read_text(file)?)
                    .into_iter()
                    .flat_map(|it| it.sources),
            );
        }
    }
    Ok(sources)
}

/// The files that rustc recorded as sources of the files in `folder`.
pub(crate) fn beside(folder: &Path) -> Vec<PathBuf> {
    let rules = files(folder).unwrap_or_default().into_iter();
    rules
        .filter(|file| is_rule(file))
        .filter_map(|file| parse(&read_text(&file).ok()?))
        .flat_map(|rule| rule.sources)
        .collect()
}

fn is_rule(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "d")
}

/// Makes a path absolute. `build.dep-info-basedir` makes Cargo write relative paths. `bases`
/// are the directories that they may be relative to.
pub(crate) fn absolute<'a>(path: &Path, bases: impl Iterator<Item = &'a Path>) -> PathBuf {
    if path.is_absolute() {
        return plain(path);
    }
    let mut candidates = bases.map(|base| base.join(path));
    let found = candidates.find(|candidate| candidate.exists());
    plain(&found.unwrap_or_else(|| path.to_path_buf()))
}

/// The directories in which Cargo puts final programs and libraries.
fn final_folders(target_dir: &Path) -> Vec<PathBuf> {
    let mut found = possible_profile_folders(target_dir);
    let examples = found.iter().map(|profile| profile.join("examples"));
    let examples: Vec<PathBuf> = examples.filter(|folder| folder.is_dir()).collect();
    found.extend(examples);
    found
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, Unreadable> {
    let unreadable = |source| Unreadable {
        path: folder.to_path_buf(),
        source,
    };
    let entries = std::fs::read_dir(folder).map_err(unreadable)?;
    let paths = entries.flatten().map(|entry| entry.path());
    Ok(paths.filter(|path| path.is_file()).collect())
}

/// The file in the host prefix that has the name of an artifact.
fn installed(built: &BuildPaths, name: &std::ffi::OsStr) -> Option<PathBuf> {
    ["bin", "Library/bin", "lib"]
        .iter()
        .map(|folder| built.host_prefix.join(folder).join(name))
        .find(|path| path.is_file())
}

fn same_content(a: &Path, b: &Path) -> bool {
    let length = |path: &Path| std::fs::metadata(path).map(|about| about.len()).ok();
    let same_length = length(a).is_some_and(|a| Some(a) == length(b));
    let content = |path| std::fs::read(path).ok();
    same_length && content(a).is_some_and(|a| Some(a) == content(b))
}

/// Reads the first rule. Cargo escapes spaces and no other characters.
fn parse(text: &str) -> Option<Rule> {
    let line = text.lines().next()?;
    // The colon of a drive letter is not followed by a space.
    let (artifact, sources) = match line.split_once(": ") {
        Some(sides) => sides,
        None => (line.strip_suffix(':')?, ""),
    };
    Some(Rule {
        artifact: PathBuf::from(artifact.replace("\\ ", " ")),
        sources: words(sources),
    })
}

fn words(text: &str) -> Vec<PathBuf> {
    let mut words = Vec::new();
    let mut word = String::new();
    for piece in text.split(' ') {
        match piece.strip_suffix('\\') {
            Some(start) => {
                word.push_str(start);
                word.push(' ');
            }
            None => {
                word.push_str(piece);
                if !word.is_empty() {
                    words.push(PathBuf::from(std::mem::take(&mut word)));
                }
            }
        }
    }
    words
}

/// Cargo did not record the sources of an artifact.
#[derive(Debug, Error, Diagnostic)]
#[error("Cargo did not write a list of the sources of {}", artifact.display())]
#[diagnostic(code(inputs::no_dep_info))]
struct NoDepInfo {
    artifact: PathBuf,
}

impl NoDepInfo {
    fn of(artifact: &Path) -> Self {
        Self {
            artifact: artifact.to_path_buf(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_in_paths_are_escaped() {
        let rule = parse("/t/my\\ app: /a/b.rs /c\\ d/e.rs /f\n\n/a/b.rs:\n").expect("a rule");
        assert_eq!(rule.artifact, Path::new("/t/my app"));
        assert_eq!(
            rule.sources,
            ["/a/b.rs", "/c d/e.rs", "/f"].map(PathBuf::from)
        );
    }

    #[test]
    fn a_rule_may_have_no_sources() {
        let rule = parse("/t/app:").expect("a rule");
        assert!(rule.sources.is_empty());
    }
}
