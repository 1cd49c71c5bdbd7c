//! The signals that end a process.

use std::io;

use rustix::process::Signal;
use tokio::signal::unix::{self, SignalKind, signal};

/// Ctrl-C, `kill`, and the end of the terminal.
pub(super) struct EndSignals {
    interrupt: unix::Signal,
    terminate: unix::Signal,
    /// `None` if the process was started with the signal ignored, as by `nohup`.
    hang_up: Option<unix::Signal>,
}

impl EndSignals {
    /// Handles the signals. They no longer end the process by themselves.
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: if is_ignored(Signal::HUP) {
                None
            } else {
                Some(signal(SignalKind::hangup())?)
            },
        })
    }

    /// Waits for the next signal.
    pub(super) async fn next(&mut self) -> Signal {
        let hang_up = async {
            match &mut self.hang_up {
                Some(signal) => signal.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => Signal::INT,
            _ = self.terminate.recv() => Signal::TERM,
            _ = hang_up => Signal::HUP,
        }
    }
}

/// Whether the parent process started this one with the signal ignored. If that cannot be
/// determined, the signal stays ignored.
fn is_ignored(signal: Signal) -> bool {
    let ignored = || {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let mask = status
            .lines()
            .find_map(|line| line.strip_prefix("SigIgn:"))?;
        u64::from_str_radix(mask.trim(), 16).ok()
    };
    ignored().is_none_or(|mask| mask & (1 << (signal.as_raw() - 1)) != 0)
}
