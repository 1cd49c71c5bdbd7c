//! The log of a build during the build.

use std::io::{self, BufRead, BufReader, PipeWriter, Write};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use crate::engine::debug::DebugFolder;
use crate::engine::secrets::{Secrets, masked};

/// The log of one build, in the debug directory. rattler-build appends to a file in its own work
/// directory. That file is a link to the log in the debug directory, so the log is available during
/// the build and after the build is killed.
pub(super) struct LogCapture {
    written: PathBuf,
    kept: PathBuf,
    masking: Option<Masking>,
}

impl LogCapture {
    /// Starts an empty log.
    pub(super) fn begin(work_directory: &Path, secrets: &Secrets) -> Self {
        let mut log = Self {
            written: work_directory.join("work").join("conda_build.log"),
            kept: DebugFolder::of(work_directory).build_log(),
            masking: None,
        };
        if let Err(error) = log.start(secrets) {
            tracing::debug!("the build log is copied only at the end: {error}");
        }
        log
    }

    fn start(&mut self, secrets: &Secrets) -> io::Result<()> {
        for path in [&self.written, &self.kept] {
            remove(path)?;
            path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        }
        std::fs::write(&self.kept, "")?;
        if secrets.is_empty() {
            std::fs::hard_link(&self.kept, &self.written)
        } else {
            self.masking = Some(Masking::begin(&self.written, &self.kept)?);
            Ok(())
        }
    }

    /// The path of the log in the debug directory.
    pub(super) fn kept(&self) -> &Path {
        &self.kept
    }

    /// Completes the log and returns its path. The log contains no secrets.
    pub(super) fn finish(self) -> PathBuf {
        let finished = match self.masking {
            Some(masking) => masking.finish(),
            None => keep(&self.written, &self.kept),
        };
        if let Err(error) = finished.and_then(|()| remove(&self.written)) {
            tracing::warn!("{} is incomplete: {error}", self.kept.display());
        }
        self.kept
    }
}

/// Copies the log, unless both paths refer to the same file.
fn keep(written: &Path, kept: &Path) -> io::Result<()> {
    let length = |path: &Path| std::fs::metadata(path).map(|meta| meta.len()).unwrap_or(0);
    if length(kept) < length(written) {
        write_masked(std::fs::File::open(written)?, kept)?;
    }
    Ok(())
}

/// A pipe instead of the file that rattler-build writes. rattler-build masks a value only
/// in its literal form, and a secret that was written to a disk once may stay there.
struct Masking {
    pipe: PipeWriter,
    thread: JoinHandle<io::Result<()>>,
}

impl Masking {
    #[cfg(unix)]
    fn begin(written: &Path, kept: &Path) -> io::Result<Self> {
        use std::os::fd::AsRawFd;
        let (reader, pipe) = io::pipe()?;
        std::os::unix::fs::symlink(format!("/dev/fd/{}", pipe.as_raw_fd()), written)?;
        let kept = kept.to_path_buf();
        let thread = std::thread::spawn(move || write_masked(reader, &kept));
        Ok(Self { pipe, thread })
    }

    /// Windows has no such pipe, so the log is copied at the end.
    #[cfg(not(unix))]
    fn begin(_: &Path, _: &Path) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn finish(self) -> io::Result<()> {
        drop(self.pipe);
        let written = self.thread.join();
        written.unwrap_or_else(|_| Err(io::Error::other("the thread that masks it panicked")))
    }
}

/// Appends lines without secrets. After an error the rest is still read, because the
/// writer would otherwise block.
fn write_masked(lines: impl io::Read, kept: &Path) -> io::Result<()> {
    let mut lines = BufReader::new(lines);
    let mut kept = std::fs::File::options().append(true).open(kept);
    let mut written = Ok(());
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 {
        if let (Ok(()), Ok(kept)) = (&written, &mut kept) {
            let text = String::from_utf8_lossy(&line);
            written = kept.write_all(masked(&text).as_bytes());
        }
        line.clear();
    }
    kept.and(written)
}

/// Adds text to a log, without secrets.
///
/// # Errors
/// The log cannot be written.
pub(super) fn append(log: &Path, text: &str) -> io::Result<()> {
    let mut file = std::fs::File::options().append(true).open(log)?;
    writeln!(file, "{}", masked(text))
}

/// Removes lines from a log that were only useful during the build.
pub(super) fn remove_lines(log: &Path, is_over: impl Fn(&str) -> bool) {
    let rewritten = std::fs::read(log).and_then(|bytes| {
        let lines = bytes.split_inclusive(|byte| *byte == b'\n');
        let kept = lines.filter(|line| !is_over(&String::from_utf8_lossy(line)));
        std::fs::write(log, kept.collect::<Vec<_>>().concat())
    });
    if let Err(error) = rewritten {
        tracing::debug!(
            "lines of the finished build cannot be removed from the build log: {error}"
        );
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
