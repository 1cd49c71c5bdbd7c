//! Paths as text: relative to a directory, without `.` and `..`, with the home directory
//! filled in.
//!
//! All functions are lexical. They do not check whether a file exists.

use std::path::{Component, Path, PathBuf};

/// `path` without `.` and without `..`, except for leading `..`.
pub(crate) fn fold(path: &Path) -> PathBuf {
    let mut folded = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => match folded.components().next_back() {
                Some(Component::Normal(_)) => {
                    folded.pop();
                }
                Some(Component::RootDir | Component::Prefix(_)) => {}
                _ => folded.push(".."),
            },
            other => folded.push(other),
        }
    }
    folded
}

/// The path from `folder` to `path`, both absolute, separated by `/`. It is `.` for
/// `folder` itself. On Windows a path on another drive remains absolute.
pub(crate) fn relative(path: &Path, folder: &Path) -> String {
    let (path, folder) = (fold(path), fold(folder));
    let (target, base): (Vec<_>, Vec<_>) =
        (path.components().collect(), folder.components().collect());
    let shared = (target.iter().zip(&base))
        .take_while(|(left, right)| left == right)
        .count();
    if shared == 0 {
        return slashes(&path);
    }
    let up = base[shared..].iter().map(|_| Component::ParentDir);
    let way: PathBuf = up.chain(target[shared..].iter().copied()).collect();
    if way.as_os_str().is_empty() {
        ".".to_owned()
    } else {
        slashes(&way)
    }
}

/// The name of the file `path` in a message to a user whose current directory is `here`. It is
/// relative for files below `here` and for files in one of its parents, and absolute for all others.
pub(crate) fn shown(path: &Path, here: &Path) -> String {
    let is_near = path.parent().is_some_and(|folder| here.starts_with(folder));
    if is_near || path.starts_with(here) {
        relative(path, here)
    } else {
        path.display().to_string()
    }
}

/// `text` as a path relative to `folder`, unless it is absolute or begins with `~/`.
pub(crate) fn resolve(text: &str, folder: &Path, home: Option<&Path>) -> PathBuf {
    match (home_path(text), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => folder.join(text),
    }
}

/// The text after `~/`.
pub(crate) fn home_path(text: &str) -> Option<&str> {
    text.strip_prefix("~/")
}

/// Whether the name has the extension of a conda package.
pub(crate) fn is_archive(name: &str) -> bool {
    name.ends_with(".conda") || name.ends_with(".tar.bz2")
}

/// The path separated by `/`, as in the protocol.
pub(crate) fn slashes(path: &Path) -> String {
    let text = path.to_string_lossy();
    match std::path::MAIN_SEPARATOR {
        '/' => text.into_owned(),
        separator => text.replace(separator, "/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leads_up_and_down_again() {
        let way = |path: &str, folder: &str| relative(Path::new(path), Path::new(folder));
        assert_eq!(way("/w/crates/core", "/w/crates/tool"), "../core");
        assert_eq!(way("/w/./a", "/w"), "a");
        assert_eq!(way("/w", "/w"), ".");
        assert_eq!(way("/LICENSE", "/w/a"), "../../LICENSE");
    }

    #[test]
    fn a_message_names_a_file_as_the_user_would() {
        let shown = |path: &str, here: &str| shown(Path::new(path), Path::new(here));
        assert_eq!(shown("/w/core/pixi.toml", "/w"), "core/pixi.toml");
        assert_eq!(shown("/w/pixi.toml", "/w/crates/tool"), "../../pixi.toml");
        assert_eq!(shown("/x/pixi.toml", "/w"), "/x/pixi.toml");
        assert_eq!(shown("/w/core/pixi.toml", "/w/tool"), "/w/core/pixi.toml");
    }

    #[test]
    fn folds_dots_but_keeps_leading_ones() {
        assert_eq!(fold(Path::new("./sub/../x/")), Path::new("x"));
        assert_eq!(fold(Path::new("../a/./b")), Path::new("../a/b"));
        assert_eq!(fold(Path::new("/../a")), Path::new("/a"));
    }
}
