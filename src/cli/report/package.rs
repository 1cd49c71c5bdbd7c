//! A package that was built, with its contents.

use std::path::{Path, PathBuf};

use bytesize::ByteSize;
use miette::Report;
use rattler_conda_types::Subdir;
use rattler_conda_types::package::{IndexJson, PathsJson};
use rattler_digest::Sha256;
use rattler_package_streaming::ExtractError;
use rattler_package_streaming::seek::read_package_file;
use serde::Serialize;

use crate::diagnostic::Unreadable;
use crate::protocol::build::Answer;

/// The number of files of a package that are shown.
const SHOWN: usize = 5;

/// A finished archive.
#[derive(Debug, Clone, Serialize)]
pub(in crate::cli) struct Finished {
    /// The absolute path of the archive.
    pub(in crate::cli) path: PathBuf,
    /// The SHA-256 hash, in hexadecimal digits.
    pub(in crate::cli) sha256: String,
    /// The size in bytes.
    pub(in crate::cli) size: u64,
    pub(in crate::cli) name: String,
    pub(in crate::cli) version: String,
    pub(in crate::cli) build: String,
    pub(in crate::cli) subdir: Subdir,
}

impl Finished {
    /// Reads the archive that `answer` names.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub(in crate::cli) fn new(answer: &Answer) -> Result<Self, Report> {
        let path = answer.output_file.clone();
        let unreadable = |source| Unreadable {
            path: path.clone(),
            source,
        };
        let digest = rattler_digest::compute_file_digest::<Sha256>(&path).map_err(unreadable)?;
        Ok(Self {
            sha256: hex::encode(digest),
            size: path.metadata().map_err(unreadable)?.len(),
            path,
            name: answer.name.clone(),
            version: answer.version.clone(),
            build: answer.build.clone(),
            subdir: answer.subdir,
        })
    }

    /// A summary: the largest files with their sizes, and the dependencies.
    ///
    /// # Errors
    /// A file that is not an archive.
    pub(super) fn summary(&self) -> Result<String, ExtractError> {
        let paths: PathsJson = read_package_file(&self.path)?;
        let index: IndexJson = read_package_file(&self.path)?;
        let mut files: Vec<(u64, &Path)> = paths
            .paths
            .iter()
            .map(|file| {
                (
                    file.size_in_bytes.unwrap_or(0),
                    file.relative_path.as_path(),
                )
            })
            .collect();
        // The largest files come first. Files of one size are sorted by name.
        files.sort_by(|(a, left), (b, right)| b.cmp(a).then(left.cmp(right)));
        let name = self.path.file_name().unwrap_or_default().display();
        let mut lines = vec![format!("{name}, {}", ByteSize(self.size))];
        let shown = &files[..files.len().min(SHOWN)];
        let width = shown.iter().map(|(_, path)| path.as_os_str().len()).max();
        for (size, path) in shown {
            let path = path.display().to_string();
            let width = width.unwrap_or_default();
            lines.push(format!("  {path:width$}  {}", ByteSize(*size)));
        }
        if files.len() > SHOWN {
            lines.push(format!("  and {} smaller files", files.len() - SHOWN));
        }
        match index.depends.as_slice() {
            [] => lines.push("  depends on nothing".to_string()),
            depends => lines.push(format!("  depends on {}", depends.join(", "))),
        }
        Ok(lines.join("\n"))
    }
}
