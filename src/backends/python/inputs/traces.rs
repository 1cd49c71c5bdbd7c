//! What was opened while a project was built, as Python and the compilers have noted it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::backend::BuildPaths;
use crate::backends::python::script::TRACE;

/// What was opened while the project was built.
#[derive(Debug, Default)]
pub(super) struct Traces {
    /// Files that no build made and no environment brought.
    pub(super) read: BTreeSet<PathBuf>,
    /// Files among the sources that the build made.
    pub(super) written: BTreeSet<PathBuf>,
}

impl Traces {
    /// Lines of one letter and a path. A build whose Python cannot tell leaves none. What
    /// is not below `top` belongs to the machine or to an environment.
    pub(super) fn read(paths: &BuildPaths, top: &Path) -> Self {
        let text = std::fs::read(paths.script_folder.join(TRACE)).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let mut traces = Self::default();
        for line in text.lines() {
            let line = line.split_at_checked(2);
            match line.filter(|(_, path)| belongs(Path::new(path), paths, top)) {
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

    /// Byte code stands for the module it was made from.
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

/// Whether a file is the user's: below `top`, and in no place of a build or of Git.
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
