//! Removes what an earlier build left in the host prefix.
//!
//! The prefix survives between builds of one work directory, and every file in it
//! that belongs to no conda package ends up in the package. A renamed or
//! deselected binary would stay for ever.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use miette::Report;
use rattler_build_core::packaging::record_files;
use rattler_conda_types::PrefixRecord;

use crate::diagnostic::{Unreadable, Unwritable};

/// Removes every file of `prefix` that neither a conda package owns nor the
/// first build in `work_directory` found there (post-link scripts leave files
/// that no record mentions).
///
/// # Errors
/// Files that cannot be read or removed.
pub(super) fn sweep(prefix: &Path, work_directory: &Path) -> Result<(), Report> {
    let unowned = unowned_files(prefix)?;
    let state = work_directory.join(".host-prefix-before-build");
    let text = match std::fs::read_to_string(&state) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let found: Vec<String> = unowned
                .iter()
                .map(|file| file.display().to_string())
                .collect();
            let beside = state.with_extension("part");
            std::fs::write(&beside, found.join("\n"))
                .and_then(|()| std::fs::rename(&beside, &state))
                .map_err(|source| Unwritable {
                    path: state,
                    source,
                })?;
            return Ok(());
        }
        Err(source) => {
            return Err(Unreadable {
                path: state,
                source,
            }
            .into());
        }
    };
    let before: BTreeSet<&Path> = text.lines().map(Path::new).collect();
    for file in unowned {
        if before.contains(file.as_path()) {
            continue;
        }
        tracing::debug!("removing {} of an earlier build", file.display());
        let path = prefix.join(&file);
        std::fs::remove_file(&path).map_err(|source| Unwritable { path, source })?;
    }
    Ok(())
}

/// Files in `prefix` that no record in `conda-meta` mentions, relative to it.
fn unowned_files(prefix: &Path) -> Result<BTreeSet<PathBuf>, Report> {
    let unreadable = |source: std::io::Error| Unreadable {
        path: prefix.to_path_buf(),
        source,
    };
    let meta = prefix.join("conda-meta");
    let mut owned = BTreeSet::new();
    if meta.is_dir() {
        let records: Vec<PrefixRecord> =
            PrefixRecord::collect_from_prefix(prefix).map_err(unreadable)?;
        owned.extend(records.into_iter().flat_map(|record| record.files));
    }
    let all = record_files(prefix).map_err(unreadable)?;
    Ok(all
        .into_iter()
        .filter(|path| !path.starts_with(&meta))
        .filter(|path| path.is_symlink() || !path.is_dir())
        .filter_map(|path| Some(path.strip_prefix(prefix).ok()?.to_path_buf()))
        .filter(|path| !owned.contains(path))
        .collect())
}
