//! Converts `extra-input-globs` to sets that all clients understand.
//!
//! Clients understand patterns below the source directory. The user may also write
//! `../schema/*.json` or an absolute path. Such a pattern gets its own set, rooted at the
//! last directory before the first wildcard.

use std::path::{Path, PathBuf};

use crate::backend::GlobSet;
use crate::backend::inputs::{WILDCARDS, plain, split_at_wildcard};

const REASON: &str = "extra-input-globs";

/// The sets for the user's patterns, relative to `source`.
///
/// `outputs` are the names of directories that build tools create among the sources.
pub fn sets(patterns: &[String], source: &Path, outputs: &[&str]) -> Vec<GlobSet> {
    let (outside, inside): (Vec<&String>, Vec<&String>) = patterns
        .iter()
        .filter(|pattern| !body(pattern).trim().is_empty())
        .partition(|pattern| leaves(body(pattern)));
    let inside: Vec<String> = inside.into_iter().map(|pattern| tidied(pattern)).collect();
    let mut sets = Vec::new();
    if inside.iter().any(|pattern| !pattern.starts_with('!')) {
        let set = GlobSet::tree(source, inside, REASON);
        let outputs: Vec<PathBuf> = outputs.iter().map(|name| source.join(name)).collect();
        sets.push(set.except(outputs.iter().map(PathBuf::as_path)));
    }
    let included = outside.iter().filter(|pattern| !pattern.starts_with('!'));
    for pattern in included {
        let mut set = GlobSet::matching(source, pattern, REASON);
        let exclusions = outside.iter().filter_map(|other| {
            let (other, rest) = split_at_wildcard(other.strip_prefix('!')?, &WILDCARDS);
            let other_root = plain(&source.join(other));
            let reaches_down = rest == "**" || rest.starts_with("**/");
            let below = match other_root.strip_prefix(&set.root) {
                Ok(below) => below,
                Err(_) if reaches_down && set.root.starts_with(&other_root) => Path::new(""),
                Err(_) => return None,
            };
            // Only this directory is scanned, so exclusions below it are not needed.
            if set.stays() && !below.as_os_str().is_empty() {
                return None;
            }
            let rest = below.join(rest).display().to_string();
            Some(format!("!{}", rest.replace('\\', "/")))
        });
        let exclusions: Vec<String> = exclusions.collect();
        set.patterns.extend(exclusions);
        sets.push(set);
    }
    sets
}

fn body(pattern: &str) -> &str {
    pattern.strip_prefix('!').unwrap_or(pattern)
}

fn leaves(body: &str) -> bool {
    let normal = body.trim_start_matches("./");
    normal.starts_with("../") || Path::new(normal).is_absolute()
}

/// Removes a leading `./`, because a pattern that begins with `./` matches no file.
fn tidied(pattern: &str) -> String {
    let sign = if pattern.starts_with('!') { "!" } else { "" };
    format!("{sign}{}", body(pattern).trim_start_matches("./"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(globs: &[&str]) -> Vec<(String, Vec<String>)> {
        let globs: Vec<String> = globs.iter().map(ToString::to_string).collect();
        let sets = sets(&globs, Path::new("/ws/app"), &["target"]);
        let pair = |set: GlobSet| (set.root.display().to_string(), set.patterns);
        sets.into_iter().map(pair).collect()
    }

    #[test]
    fn patterns_inside_stay_together() {
        let expected = ["data/**", "x.txt", "!data/tmp", "!target"].map(String::from);
        let expected = [("/ws/app".to_string(), expected.to_vec())];
        let globs = ["data/**", "", "./x.txt", "!", "!data/tmp"];
        assert_eq!(patterns(&globs), expected);
    }

    #[test]
    fn patterns_outside_get_a_root() {
        let globs = [
            "../Cargo.toml",
            "../p/**/*.x",
            "!../p/q/**",
            "!../**/tmp/**",
            "!../q/**",
            "/abs/*.y",
        ];
        let expected = [
            ("/ws", vec!["Cargo.toml", "!*/", "!**/tmp/**"]),
            ("/ws/p", vec!["**/*.x", "!q/**", "!**/tmp/**"]),
            ("/abs", vec!["*.y", "!*/"]),
        ];
        let text = |patterns: Vec<&str>| patterns.into_iter().map(String::from).collect();
        let expected = expected.map(|(root, patterns)| (root.to_string(), text(patterns)));
        assert_eq!(patterns(&globs), expected);
    }
}
