//! The files that a pattern of `file(GLOB)` matches now.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use glob::Pattern;

use crate::backends::cmake::copies::OF_TOOLS;
use crate::backends::cmake::file_api::Glob;

/// The existing files that match `glob`, except for those of pixi and of build trees.
pub(in super::super) fn matches(glob: &Glob) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let (folder, name) = glob.expression.rsplit_once('/').unwrap_or(("", "*"));
    let Ok(name) = Pattern::new(name) else {
        return found;
    };
    let folders = glob::glob(folder).into_iter().flatten().flatten();
    for folder in folders.filter(|folder| folder.is_dir()) {
        collect(&folder, &name, glob.recurse, &mut found);
    }
    found
}

fn collect(folder: &Path, name: &Pattern, recurse: bool, found: &mut BTreeSet<PathBuf>) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries {
        let path = entry.path();
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder {
            if recurse && !is_foreign(&path) {
                collect(&path, name, recurse, found);
            }
        } else if entry
            .file_name()
            .to_str()
            .is_some_and(|it| name.matches(it))
        {
            found.insert(path);
        }
    }
}

/// Whether a directory belongs to a tool.
fn is_foreign(folder: &Path) -> bool {
    OF_TOOLS.iter().any(|name| folder.ends_with(name)) || folder.join("CMakeCache.txt").is_file()
}
