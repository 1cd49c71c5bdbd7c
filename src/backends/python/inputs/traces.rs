//! Reads the list of files that Python and the compilers opened during a build.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::backend::BuildPaths;
use crate::backends::python::layout::TRACE;

/// The files of the user that were opened during the build.
#[derive(Debug, Default)]
pub(super) struct Traces {
    /// Files that were read, without those that the build wrote.
    pub(super) read: BTreeSet<PathBuf>,
    /// Files among the sources that the build wrote.
    pub(super) written: BTreeSet<PathBuf>,
}

impl Traces {
    /// Reads the list of a build. Each line has a letter, a space and a path. A missing list counts
    /// as empty. Files outside of `top` are left out: they belong to the machine or to an
    /// environment.
    pub(super) fn read(paths: &BuildPaths, top: &Path, scratch: Option<&Path>) -> Self {
        let text = std::fs::read(paths.script_folder.join(TRACE)).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let mut traces = Self::default();
        for line in text.lines() {
            let line = line.split_at_checked(2);
            match line.filter(|(_, path)| {
                let path = Path::new(path);
                // Build scripts generate source files in the shared tree.
                let is_scratch = scratch.is_some_and(|folder| path.starts_with(folder));
                belongs(path, paths, top) && !is_scratch
            }) {
                Some(("R ", path)) => traces.add(Path::new(path)),
                Some(("W ", path)) => {
                    traces.written.insert(PathBuf::from(path));
                }
                _ => {}
            }
        }
        let was_made = |path: &PathBuf| traces.written.contains(path);
        let read = traces.read.iter().filter(|path| !was_made(path));
        traces.read = read.cloned().collect();
        traces
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

/// Whether a file belongs to the user: it is below `top`, but not in an environment, in a
/// directory that builds create, or in `.git`.
fn belongs(path: &Path, paths: &BuildPaths, top: &Path) -> bool {
    let prefixes = [&paths.build_prefix, &paths.host_prefix];
    let is_created = paths
        .created()
        .iter()
        .chain(prefixes)
        .any(|it| path.starts_with(it));
    let in_git = path.iter().any(|name| name == ".git");
    path.starts_with(top) && !in_git && !is_created
}
