//! Writes debug files after the responses are sent.
//!
//! Common file systems flush a file to the disk when it is replaced by a rename, which
//! takes longer than the request itself.

use std::sync::mpsc::{self, Sender};
use std::thread::JoinHandle;

/// A function that writes a file.
type Job = Box<dyn FnOnce() + Send>;

/// A thread that writes one file after the other. Dropping this value waits for the
/// thread.
#[derive(Debug)]
pub struct Recorder {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Recorder {
    /// Starts the thread.
    pub fn start() -> Self {
        let (jobs, queue) = mpsc::channel::<Job>();
        let work = move || queue.into_iter().for_each(|job| job());
        match std::thread::Builder::new().spawn(work) {
            Ok(thread) => Self {
                jobs: Some(jobs),
                thread: Some(thread),
            },
            Err(error) => {
                tracing::warn!("responses wait until the debug files are written: {error}");
                Self {
                    jobs: None,
                    thread: None,
                }
            }
        }
    }

    /// Runs `job` on the thread, after all earlier jobs.
    pub fn run(&self, job: impl FnOnce() + Send + 'static) {
        let job: Job = Box::new(job);
        match &self.jobs {
            // The thread ends only when this value is dropped.
            Some(jobs) => drop(jobs.send(job)),
            None => job(),
        }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::warn!("debug files are incomplete: their writer panicked");
        }
    }
}
