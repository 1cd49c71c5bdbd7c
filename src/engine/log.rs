//! The log of a build while rattler-build writes it.

use std::path::{Path, PathBuf};

use crate::engine::debug::DebugFolder;
use crate::engine::secrets::Secrets;

/// One log a build, in the debug folder. rattler-build appends to a file in its
/// own work folder; that file is a second name of ours, so the log is there while
/// the build runs and when it is killed.
pub(super) struct Log {
    written: PathBuf,
    kept: PathBuf,
}

impl Log {
    /// Starts an empty log.
    pub(super) fn begin(work_directory: &Path) -> Self {
        let log = Self {
            written: work_directory.join("work").join("conda_build.log"),
            kept: DebugFolder::of(work_directory).build_log(),
        };
        let started = remove(&log.written)
            .and_then(|()| remove(&log.kept))
            .and_then(|()| std::fs::create_dir_all(log.kept.parent().unwrap_or(work_directory)))
            .and_then(|()| std::fs::create_dir_all(work_directory.join("work")))
            .and_then(|()| std::fs::write(&log.kept, ""))
            .and_then(|()| std::fs::hard_link(&log.kept, &log.written));
        if let Err(error) = started {
            tracing::debug!("the build log is copied at the end: {error}");
        }
        log
    }

    /// The log, wherever it could be written, without secrets.
    pub(super) fn finish(self, secrets: &Secrets) -> PathBuf {
        let length = |path: &Path| std::fs::metadata(path).map(|meta| meta.len()).unwrap_or(0);
        if length(&self.kept) < length(&self.written)
            && let Err(error) = std::fs::copy(&self.written, &self.kept)
        {
            tracing::warn!("cannot write {}: {error}", self.kept.display());
            return self.written;
        }
        // The other name of the same file keeps what was in it.
        let masked = secrets
            .mask_file(&self.kept)
            .and_then(|()| remove(&self.written));
        if let Err(error) = masked {
            tracing::warn!("{} may hold secrets: {error}", self.kept.display());
        }
        self.kept
    }
}

/// Takes lines out of a log that were of use while the build ran.
pub(super) fn remove_lines(log: &Path, is_over: impl Fn(&str) -> bool) {
    let rewritten = std::fs::read(log).and_then(|bytes| {
        let lines = bytes.split_inclusive(|byte| *byte == b'\n');
        let kept = lines.filter(|line| !is_over(&String::from_utf8_lossy(line)));
        std::fs::write(log, kept.collect::<Vec<_>>().concat())
    });
    if let Err(error) = rewritten {
        tracing::debug!("the build log keeps what is over: {error}");
    }
}

fn remove(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
