//! Writes what nobody waits for behind the answers.
//!
//! A file that is replaced by a rename is flushed to the disk by common file systems, which
//! takes longer than the answer it is about.

use std::sync::mpsc::{self, Sender};
use std::thread::JoinHandle;

/// Something to write.
type Job = Box<dyn FnOnce() + Send>;

/// A thread that writes one thing after the other. It is done when this is dropped.
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
                tracing::warn!("debug files are written before the answers: {error}");
                Self {
                    jobs: None,
                    thread: None,
                }
            }
        }
    }

    /// Has `job` done when those before it are.
    pub fn run(&self, job: impl FnOnce() + Send + 'static) {
        let job: Job = Box::new(job);
        match &self.jobs {
            // The thread ends only when this does.
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
