//! Determines whether a file belongs to the user, to an environment or to the machine.

use std::path::{Path, PathBuf};

use super::super::file_api::Reply;
use super::super::view::View;
use crate::backend::BuildPaths;
use crate::backend::inputs::plain;

/// Distinguishes files of the user from all others.
pub(super) struct Own {
    /// Directories that contain files of the user.
    roots: Vec<PathBuf>,
    /// Directories that contain files of builds and environments.
    others: Vec<PathBuf>,
}

impl Own {
    /// `reply` names the directories that the project adds from elsewhere.
    pub(super) fn of(view: &View<'_>, paths: &BuildPaths, reply: &Reply) -> Self {
        let folders = view.request.folders;
        let source = [&view.source.folder, &view.request.project.source];
        let top = reply.files.source();
        let added = reply.directories.iter();
        let added = added.map(|directory| plain(&top.join(directory.source())));
        let around = folders.workspace.iter().chain(&folders.checkout);
        let environments = folders.workspace.iter().map(|root| root.join(".pixi"));
        let prefixes = [&paths.host_prefix, &paths.build_prefix, &paths.packages];
        let built = paths
            .created()
            .into_iter()
            .chain(prefixes.map(PathBuf::clone));
        let shared = folders
            .scratch
            .iter()
            .chain(&folders.cache)
            .chain(&paths.alias);
        let others = built.chain(shared.cloned());
        let tree = view.tree.folder().to_path_buf();
        Self {
            roots: both(source.into_iter().chain(around).cloned().chain(added)),
            others: both(others.chain([tree]).chain(environments)),
        }
    }

    /// `path` without `.` and `..`, if it is a file of the user.
    pub(super) fn path(&self, path: &Path) -> Option<PathBuf> {
        let path = plain(path);
        let is_below = |folders: &[PathBuf], path: &Path| {
            folders.iter().any(|folder| path.starts_with(folder))
        };
        let is_own = |path: &Path| is_below(&self.roots, path) && !is_below(&self.others, path);
        if is_below(&self.others, &path) {
            return None;
        }
        if is_own(&path) {
            return Some(path);
        }
        // Some compilers resolve links.
        let real = dunce::canonicalize(&path).ok()?;
        is_own(&real).then_some(real)
    }

    /// The same for a file that exists.
    pub(super) fn file(&self, path: &Path) -> Option<PathBuf> {
        self.path(path).filter(|path| path.is_file())
    }
}

/// Paths, unchanged and with resolved links.
fn both(paths: impl Iterator<Item = PathBuf>) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = Vec::new();
    for path in paths {
        let real = dunce::canonicalize(&path).ok();
        for path in std::iter::once(path).chain(real) {
            if !all.contains(&path) {
                all.push(path);
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_apart_by_component() {
        let paths = |paths: &[&str]| paths.iter().map(PathBuf::from).collect();
        let own = Own {
            roots: paths(&["/ws/a", "/ws"]),
            others: paths(&["/ws/.pixi", "/ws/a/out"]),
        };
        let path = |path: &str| own.path(Path::new(path));
        assert_eq!(path("/ws/a/x.h"), Some("/ws/a/x.h".into()));
        assert_eq!(path("/ws/a/../common/x.h"), Some("/ws/common/x.h".into()));
        assert_eq!(path("/ws/a/output/x.h"), Some("/ws/a/output/x.h".into()));
        for other in [
            "/ws/a/out/x.h",
            "/ws/.pixi/x",
            "/ws2/x.h",
            "/usr/include/x.h",
        ] {
            assert_eq!(path(other), None, "{other}");
        }
    }
}
