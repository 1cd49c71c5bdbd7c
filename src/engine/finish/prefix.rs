//! The prefix that becomes the package. Files are added to it one by one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use miette::Report;

use super::mistakes::{Spot, Twice};
use crate::backend::extras::OptionKeys;
use crate::diagnostic::{Unwritable, create_folder};
use crate::engine::debug::DebugFolder;

/// The prefix, and the reason for each added file.
pub(super) struct PackagePrefix<'a> {
    root: &'a Path,
    spot: Spot<'a>,
    reasons: BTreeMap<String, String>,
}

impl<'a> PackagePrefix<'a> {
    pub(super) fn new(root: &'a Path, spot: Spot<'a>) -> Self {
        Self {
            root,
            spot,
            reasons: BTreeMap::new(),
        }
    }

    /// Records why a file is in the prefix.
    pub(super) fn note(&mut self, path: &Path, reason: &str) {
        let path = path.display().to_string().replace('\\', "/");
        self.reasons.insert(path, reason.to_string());
    }

    /// Returns the path of the file `to`, which nothing else may have installed. Creates its parent
    /// directory.
    pub(super) fn place(&mut self, to: &str, by: &OptionKeys) -> Result<PathBuf, Report> {
        let path = self.root.join(to);
        let reason = format!("`{}`", by.join("."));
        let other = match self.reasons.get(to) {
            Some(other) => Some(other.clone()),
            None if path.symlink_metadata().is_ok() => Some("the build".to_string()),
            None => None,
        };
        if let Some(other) = other {
            return Err(Twice {
                path: to.to_string(),
                other,
                by: reason,
                file: self.spot.file(),
                at: self.spot.at(by),
            }
            .into());
        }
        self.reasons.insert(to.to_string(), reason);
        if let Some(folder) = path.parent() {
            create_folder(folder)?;
        }
        Ok(path)
    }

    /// Writes a file with this text.
    pub(super) fn write(
        &mut self,
        to: &str,
        text: &[u8],
        by: &OptionKeys,
    ) -> Result<PathBuf, Report> {
        let path = self.place(to, by)?;
        std::fs::write(&path, text).map_err(|error| unwritable(&path, error))?;
        set_mode(&path, 0o644)?;
        Ok(path)
    }

    /// Copies a file, so that every user can read it.
    pub(super) fn copy(
        &mut self,
        from: &Path,
        to: &str,
        mode: Option<u32>,
        by: &OptionKeys,
    ) -> Result<(), Report> {
        let path = self.place(to, by)?;
        let executable = is_executable(from);
        std::fs::copy(from, &path).map_err(|error| unwritable(&path, error))?;
        let usual = if executable { 0o755 } else { 0o644 };
        set_mode(&path, mode.unwrap_or(usual))
    }

    /// Writes the reasons where `explain` finds them.
    pub(super) fn record(&self, work_directory: &Path) {
        DebugFolder::of(work_directory).installed(&self.reasons);
    }
}

#[cfg(unix)]
fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(file).map(|about| about.permissions().mode());
    mode.is_ok_and(|mode| mode & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(_: &Path) -> bool {
    false
}

#[cfg(unix)]
pub(super) fn set_mode(file: &Path, mode: u32) -> Result<(), Report> {
    use std::os::unix::fs::PermissionsExt;
    let permissions = std::fs::Permissions::from_mode(mode);
    let set = std::fs::set_permissions(file, permissions);
    Ok(set.map_err(|error| unwritable(file, error))?)
}

#[cfg(not(unix))]
pub(super) fn set_mode(_: &Path, _: u32) -> Result<(), Report> {
    Ok(())
}

pub(super) fn unwritable(path: &Path, source: std::io::Error) -> Unwritable {
    Unwritable {
        path: path.to_path_buf(),
        source,
    }
}
