//! Reads the list of files that Python and the compilers opened during a build.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::backend::{BuildPaths, Request};
use crate::backends::python::Config;
use crate::backends::python::layout::TRACE;
use crate::backends::python::source::Source;

/// Distinguishes files of the user from those of the machine, of environments and of builds.
pub(super) struct Own {
    top: PathBuf,
    others: Vec<PathBuf>,
}

impl Own {
    pub(super) fn of(request: &Request<'_, Config>, source: &Source, paths: &BuildPaths) -> Self {
        let prefixes = [&paths.build_prefix, &paths.host_prefix].map(PathBuf::clone);
        // Build scripts generate source files in the shared tree.
        let scratch = request.folders.scratch.clone();
        let created = paths.created().into_iter();
        Self {
            top: source.top(request),
            others: created.chain(prefixes).chain(scratch).collect(),
        }
    }

    /// Whether a path belongs to the user.
    pub(super) fn contains(&self, path: &Path) -> bool {
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
            let path = Path::new(path);
            if !own.contains(path) {
                continue;
            }
            match kind {
                "R " => traces.add(path),
                "W " => {
                    traces.written.insert(path.to_path_buf());
                }
                "D " => {
                    traces.searched.insert(path.to_path_buf());
                }
                _ => {}
            }
        }
        traces.without_written()
    }

    /// Adds files that another list names.
    pub(super) fn with(mut self, read: BTreeSet<PathBuf>, own: &Own) -> Self {
        let files = read.into_iter();
        self.read
            .extend(files.filter(|path| own.contains(path) && path.is_file()));
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
