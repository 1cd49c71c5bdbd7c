//! A package that was built.

use std::path::PathBuf;

use miette::Report;
use rattler_conda_types::Subdir;
use rattler_digest::Sha256;
use serde::Serialize;

use crate::diagnostic::Unreadable;
use crate::protocol::build::Answer;

/// A finished archive.
#[derive(Debug, Clone, Serialize)]
pub(in crate::cli) struct Finished {
    /// The archive, absolute.
    pub(in crate::cli) path: PathBuf,
    /// In hexadecimal digits.
    pub(in crate::cli) sha256: String,
    /// In bytes.
    pub(in crate::cli) size: u64,
    pub(in crate::cli) name: String,
    pub(in crate::cli) version: String,
    pub(in crate::cli) build: String,
    pub(in crate::cli) subdir: Subdir,
}

impl Finished {
    /// Looks at the archive that `answer` names.
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
}
