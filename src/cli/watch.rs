//! The process that clients see, and the one that works.
//!
//! Nothing can be done in a process that dies of SIGKILL, and its children do not
//! notice. So there are two: the one that was started only watches, and whichever of
//! them dies, the other one ends everything that was started. Windows does that itself.

use std::process::ExitCode;

/// The option by which the process that works knows the other one.
pub(super) const OPTION: &str = "watched-by";

/// What this process is.
pub(super) enum ProcessRole {
    /// It has watched another one that did the work, and ends like that one.
    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "one process is enough")
    )]
    Watched(ExitCode),
    /// It does the work. Without a watcher there may be a reason for that.
    Works(Option<std::io::Error>),
}

/// Starts this program once more and watches it, unless that has happened.
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

/// Windows watches: what belongs to a job ends with the last process that holds it.
#[cfg(windows)]
pub(super) fn role(_: Option<i32>) -> ProcessRole {
    ProcessRole::Works(windows::hold_job().err().map(std::io::Error::other))
}

/// Elsewhere a process cannot learn that its parent died.
#[cfg(not(any(target_os = "linux", windows)))]
pub(super) fn role(_: Option<i32>) -> ProcessRole {
    ProcessRole::Works(None)
}

#[cfg(windows)]
mod windows {
    use win32job::{ExtendedLimitInfo, Job, JobError};

    /// Puts this process, and with it everything it will start, into a job that it
    /// alone holds.
    pub(super) fn hold_job() -> Result<(), JobError> {
        let mut limits = ExtendedLimitInfo::new();
        limits.limit_kill_on_job_close();
        let job = Job::create_with_limit_info(&limits)?;
        job.assign_current_process()?;
        // Held until the process ends, however that happens.
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

    /// Ends this process the gentle way, in which it takes its children along, as
    /// soon as `watcher` is gone.
    ///
    /// The kernel means the thread that started this process. That is the only one
    /// the watcher has.
    pub(super) fn end_with(watcher: i32) -> io::Result<()> {
        set_parent_process_death_signal(Some(Signal::TERM))?;
        if getppid().map(Pid::as_raw_pid) != Some(watcher) {
            // It was gone before that could be said.
            kill_process(getpid(), Signal::TERM)?;
        }
        Ok(())
    }

    /// Starts the process that works, hands signals on to it, and ends what it leaves.
    pub(super) fn watch() -> io::Result<ExitCode> {
        adopt_orphans();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let status = runtime.block_on(async {
            // Before there is anything that a signal could leave behind.
            let signals = EndSignals::listen()?;
            outlive(worker().spawn()?, signals).await
        })?;
        // Looking at every process of the machine takes a while.
        if !matches!(wait(WaitOptions::NOHANG), Err(Errno::CHILD)) {
            end_children();
        }
        Ok(code(status))
    }

    fn worker() -> Command {
        let mut arguments = std::env::args_os();
        // This very file, also when an update has put another one in its place.
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

    /// As shells do it.
    fn code(status: ExitStatus) -> ExitCode {
        let signal = || status.signal().map(|signal| 128 + signal);
        let code = status.code().or_else(signal);
        code.and_then(|code| u8::try_from(code).ok())
            .map_or(ExitCode::FAILURE, ExitCode::from)
    }
}
