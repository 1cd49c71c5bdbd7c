//! Ends all children, even if this process is killed.
//!
//! A process cannot react to SIGKILL, and its children are not notified. Therefore the process
//! that the client starts only watches a second one, which works. If one of them ends, the
//! other one ends all children. On Windows the system does that.

use std::process::ExitCode;

/// The option that passes the id of the watching process to the working process.
pub(super) const OPTION: &str = "watched-by";

/// The role of this process.
pub(super) enum ProcessRole {
    /// It has watched the working process, and ends with the exit code of that process.
    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "one process is enough")
    )]
    Watched(ExitCode),
    /// It does the work. If it is not watched, the error may contain the reason.
    Works(Option<std::io::Error>),
}

/// Starts this program again and watches it, unless this is the second process.
#[cfg(target_os = "linux")]
pub(super) fn role(watcher: Option<i32>) -> ProcessRole {
    match watcher {
        Some(watcher) => match linux::end_with(watcher) {
            Ok(()) => ProcessRole::Works(None),
            Err(error) => ProcessRole::Works(Some(error)),
        },
        None => match linux::watch() {
            Ok(code) => ProcessRole::Watched(code),
            Err(error) => ProcessRole::Works(Some(error)),
        },
    }
}

/// On Windows, all processes of a job end with the last process that holds the job.
#[cfg(windows)]
pub(super) fn role(_: Option<i32>) -> ProcessRole {
    ProcessRole::Works(windows::hold_job().err().map(std::io::Error::other))
}

/// On other systems, a process is not notified when its parent ends, so nothing watches it.
#[cfg(not(any(target_os = "linux", windows)))]
pub(super) fn role(_: Option<i32>) -> ProcessRole {
    ProcessRole::Works(None)
}

#[cfg(windows)]
mod windows {
    use win32job::{ExtendedLimitInfo, Job, JobError};

    /// Adds this process, and therefore all its children, to a job that only this process
    /// holds.
    pub(super) fn hold_job() -> Result<(), JobError> {
        let mut limits = ExtendedLimitInfo::new();
        limits.limit_kill_on_job_close();
        let job = Job::create_with_limit_info(&limits)?;
        job.assign_current_process()?;
        // The job is held until the process ends for any reason.
        std::mem::forget(job);
        Ok(())
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::io;
    use std::os::unix::process::ExitStatusExt;
    use std::process::{ExitCode, ExitStatus};

    use rustix::io::Errno;
    use rustix::process::{
        Pid, Signal, WaitOptions, getpid, getppid, kill_process, set_parent_process_death_signal,
        wait,
    };
    use tokio::process::{Child, Command};

    use super::OPTION;
    use crate::cli::process::{adopt_orphans, end_children};
    use crate::cli::signals::EndSignals;

    /// Sends SIGTERM to this process when `watcher` ends, so that it ends its children.
    ///
    /// The kernel watches the thread that started this process, which is the only thread of
    /// the watcher.
    pub(super) fn end_with(watcher: i32) -> io::Result<()> {
        set_parent_process_death_signal(Some(Signal::TERM))?;
        if getppid().map(Pid::as_raw_pid) != Some(watcher) {
            // The watcher had ended before the call.
            kill_process(getpid(), Signal::TERM)?;
        }
        Ok(())
    }

    /// Starts the working process, forwards signals to it, and ends the children that it
    /// leaves behind.
    pub(super) fn watch() -> io::Result<ExitCode> {
        adopt_orphans();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let status = runtime.block_on(async {
            // Signals are handled before there are children.
            let signals = EndSignals::listen()?;
            outlive(worker().spawn()?, signals).await
        })?;
        // Searching all processes of the machine takes a while, so it is done only if children are
        // left.
        if !matches!(wait(WaitOptions::NOHANG), Err(Errno::CHILD)) {
            end_children();
        }
        Ok(code(status))
    }

    fn worker() -> Command {
        let mut arguments = std::env::args_os();
        // The file of this process, even if an update has replaced it.
        let mut worker = Command::new("/proc/self/exe");
        if let Some(name) = arguments.next() {
            worker.arg0(name);
        }
        worker
            .arg(format!("--{OPTION}={}", getpid().as_raw_pid()))
            .args(arguments)
            .kill_on_drop(true);
        worker
    }

    async fn outlive(mut worker: Child, mut signals: EndSignals) -> io::Result<ExitStatus> {
        loop {
            let pass_on = tokio::select! {
                status = worker.wait() => return status,
                signal = signals.next() => signal,
            };
            let pid = worker
                .id()
                .and_then(|id| Pid::from_raw(id.try_into().ok()?));
            if let Some(pid) = pid {
                // It may have ended in the meantime.
                let _ = kill_process(pid, pass_on);
            }
        }
    }

    /// The exit code that shells use.
    fn code(status: ExitStatus) -> ExitCode {
        let signal = || status.signal().map(|signal| 128 + signal);
        let code = status.code().or_else(signal);
        code.and_then(|code| u8::try_from(code).ok())
            .map_or(ExitCode::FAILURE, ExitCode::from)
    }
}
