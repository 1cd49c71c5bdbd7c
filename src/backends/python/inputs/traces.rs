//! Reads the list of files that Python and the compilers opened during a build.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::backend::inputs::plain;
use crate::backend::{BuildPaths, Request};
use crate::backends::python::Config;
use crate::backends::python::layout::TRACE;
use crate::backends::python::source::Source;

/// Distinguishes files of the user from those of the machine, of environments and of builds.
pub(super) struct Own {
    top: PathBuf,
    others: Vec<PathBuf>,
    /// Real paths of directories that have a symbolic link in their path, and these paths. Build
    /// tools resolve links.
    links: Vec<(PathBuf, PathBuf)>,
}

impl Own {
    pub(super) fn of(request: &Request<'_, Config>, source: &Source, paths: &BuildPaths) -> Self {
        let prefixes = [&paths.build_prefix, &paths.host_prefix].map(PathBuf::clone);
        // Build scripts generate source files in the shared tree.
        let scratch = request.folders.scratch.clone();
        let created = paths.created().into_iter();
        let top = source.top(request);
        let linked = [&source.files.folder, &top]
            .into_iter()
            .filter_map(|named| {
                let real = dunce::canonicalize(named).ok()?;
                (real != *named).then(|| (real, named.clone()))
            });
        Self {
            links: linked.collect(),
            top,
            others: created.chain(prefixes).chain(scratch).collect(),
        }
    }

    /// A path that belongs to the user, in the form in which the user named the project.
    pub(super) fn named(&self, path: &Path) -> Option<PathBuf> {
        let linked = self.links.iter().find_map(|(real, named)| {
            let below = path.strip_prefix(real).ok()?;
            // Without a slash at the end of the directory itself.
            let path = plain(&named.join(below));
            self.contains(&path).then_some(path)
        });
        linked.or_else(|| self.contains(path).then(|| path.to_path_buf()))
    }

    /// Whether a path belongs to the user.
    fn contains(&self, path: &Path) -> bool {
        let is_other = self.others.iter().any(|other| path.starts_with(other));
        let in_git = path.iter().any(|name| name == ".git");
        path.starts_with(&self.top) && !in_git && !is_other
    }
}

/// The paths of the user that were opened during the build.
#[derive(Debug, Default)]
pub(super) struct Traces {
    /// Files that were read, without those that the build wrote.
    pub(super) read: BTreeSet<PathBuf>,
    /// Files among the sources that the build wrote.
    pub(super) written: BTreeSet<PathBuf>,
    /// Directories whose names a program of the build listed.
    pub(super) searched: BTreeSet<PathBuf>,
}

impl Traces {
    /// Reads the list of a build. Each line has a letter, a space and a path. A missing list counts
    /// as empty. Only what belongs to the user counts.
    pub(super) fn read(paths: &BuildPaths, own: &Own) -> Self {
        let text = std::fs::read(paths.script_folder.join(TRACE)).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let mut traces = Self::default();
        for line in text.lines() {
            let Some((kind, path)) = line.split_at_checked(2) else {
                continue;
            };
            let Some(path) = own.named(Path::new(path)) else {
                continue;
            };
            match kind {
                "R " => traces.add(&path),
                "W " => {
                    traces.written.insert(path);
                }
                "D " => {
                    traces.searched.insert(path);
                }
                _ => {}
            }
        }
        traces.without_written()
    }

    /// Adds files that another list names.
    pub(super) fn with(mut self, read: BTreeSet<PathBuf>, own: &Own) -> Self {
        let files = read.iter().filter_map(|path| own.named(path));
        self.read.extend(files.filter(|path| path.is_file()));
        self.without_written()
    }

    fn without_written(mut self) -> Self {
        let written = &self.written;
        self.read.retain(|path| !written.contains(path));
        self
    }

    /// Adds a file. For byte code, adds the module from which it was compiled.
    fn add(&mut self, path: &Path) {
        let is_code = path.extension().is_some_and(|ending| ending == "pyc");
        if !is_code {
            self.read.insert(path.to_path_buf());
            return;
        }
        let folder = path
            .parent()
            .filter(|folder| folder.ends_with("__pycache__"));
        let name = path.file_name().and_then(|name| name.to_str());
        if let (Some(folder), Some(name)) = (folder.and_then(Path::parent), name)
            && let Some((module, _)) = name.split_once('.')
        {
            self.read.insert(folder.join(format!("{module}.py")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_paths_are_those_below_the_link() {
        let own = Own {
            top: PathBuf::from("/ws"),
            others: vec![PathBuf::from("/ws/.pixi")],
            links: vec![(PathBuf::from("/elsewhere/app"), PathBuf::from("/ws/app"))],
        };
        let named = |path: &str| own.named(Path::new(path));
        for (path, expected) in [
            ("/ws/a.py", Some("/ws/a.py")),
            ("/elsewhere/app/a.py", Some("/ws/app/a.py")),
            ("/elsewhere/app", Some("/ws/app")),
            ("/elsewhere/apple/a.py", None),
            ("/ws/.pixi/a.py", None),
            ("/elsewhere/app/.git/HEAD", None),
        ] {
            assert_eq!(named(path), expected.map(PathBuf::from), "{path}");
        }
        let shown = named("/elsewhere/app").expect("it belongs to the user");
        assert_eq!(shown.display().to_string(), "/ws/app");
    }
}
