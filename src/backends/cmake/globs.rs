//! Patterns of `file(GLOB)` as patterns of a client.

use std::path::Path;

use super::file_api::{CMakeFiles, Glob};
use super::listfile::{self, Variables};
use crate::backend::GlobSet;
use crate::backend::inputs::{plain, split_at_wildcard};

const REASON: &str = "matches a glob of the project";

/// The patterns that are evaluated again before every build.
pub(super) fn of(files: &CMakeFiles, tree: &Path) -> Vec<Glob> {
    match &files.globs_dependent {
        Some(globs) => globs.clone(),
        None => verified(tree),
    }
}

/// The patterns of CMake before 3.30, which are only in the script that evaluates them.
fn verified(tree: &Path) -> Vec<Glob> {
    let script = tree.join("CMakeFiles").join("VerifyGlobs.cmake");
    let text = std::fs::read_to_string(script).unwrap_or_default();
    let commands = listfile::commands(&text);
    let commands = commands.iter().filter(|command| command.name == "file");
    let globs = commands.filter_map(|command| {
        let (keyword, rest) = command.arguments.split_first()?;
        let recurse = keyword.is("GLOB_RECURSE");
        let expression = rest.last()?.value(&Variables::new())?;
        (recurse || keyword.is("GLOB")).then_some(Glob {
            expression,
            recurse,
        })
    });
    globs.collect()
}

/// The files that match `glob`, now or in the future.
pub(super) fn set(glob: &Glob) -> GlobSet {
    let (root, rest) = split_at_wildcard(&glob.expression, &['*', '?', '[']);
    let root = plain(Path::new(root));
    let rest: Vec<String> = rest.split('/').map(pattern).collect();
    match (glob.recurse, rest.as_slice()) {
        (false, [name]) => GlobSet::names(&root, [name.clone()], REASON),
        (false, _) => GlobSet::tree(&root, [rest.join("/")], REASON),
        (true, [folders @ .., name]) => {
            let mut way: Vec<&str> = folders.iter().map(String::as_str).collect();
            way.extend(["**", name]);
            GlobSet::tree(&root, [way.join("/")], REASON)
        }
        (true, []) => GlobSet::tree(&root, ["**"], REASON),
    }
}

/// A part of an expression as a pattern of a client. Characters that are special only for
/// clients are escaped.
fn pattern(part: &str) -> String {
    let mut pattern = String::new();
    for (at, character) in part.char_indices() {
        if matches!(character, '{' | '}' | '\\') || (at == 0 && matches!(character, '!' | '#')) {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_becomes_patterns_below_the_first_certain_directory() {
        let of = |expression: &str, recurse| {
            let set = set(&Glob {
                expression: expression.to_string(),
                recurse,
            });
            (set.root.display().to_string(), set.patterns)
        };
        let expect = |root: &str, patterns: &[&str]| {
            let patterns: Vec<String> = patterns.iter().map(ToString::to_string).collect();
            (root.to_string(), patterns)
        };
        assert_eq!(of("/s/*.cc", false), expect("/s", &["*.cc", "!*/"]));
        assert_eq!(of("/s/a*/x/*.cc", false), expect("/s", &["a*/x/*.cc"]));
        assert_eq!(of("/s/t/*.c", true), expect("/s/t", &["**/*.c"]));
        assert_eq!(of("/s/{a}.c", true), expect("/s", &["**/\\{a\\}.c"]));
    }
}
