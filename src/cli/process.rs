//! The life of this process: how it is asked to end, and that nothing of it stays.

/// Runs `work` until it is done or the process is asked to end. In the second case
/// everything the work has started is ended with it.
///
/// # Errors
/// Those of `work`.
pub(super) async fn until_asked_to_end<T>(
    work: impl Future<Output = Result<T, miette::Report>>,
) -> Result<Outcome<T>, miette::Report> {
    tokio::select! {
        result = work => result.map(Outcome::Done),
        code = asked_to_end() => {
            end_children();
            Ok(Outcome::Asked(code))
        }
    }
}

/// How a piece of work ended.
pub(super) enum Outcome<T> {
    /// By itself.
    Done(T),
    /// By a signal; the exit code says which.
    Asked(u8),
}

/// Waits for SIGINT or SIGTERM and gives the exit code a shell expects after it.
#[cfg(unix)]
async fn asked_to_end() -> u8 {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        // Without handlers the signals end the process by themselves.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => 130,
        _ = terminate.recv() => 143,
    }
}

#[cfg(not(unix))]
async fn asked_to_end() -> u8 {
    match tokio::signal::ctrl_c().await {
        Ok(()) => 130,
        Err(_) => std::future::pending().await,
    }
}

/// Makes this process the parent of whatever its children leave behind, so that
/// [`end_children`] finds servers that detached themselves.
pub(super) fn adopt_orphans() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::set_child_subreaper(Some(rustix::process::getpid())) {
        tracing::debug!("detached processes cannot be found later: {error}");
    }
}

/// Ends every process that descends from this one: bash, cargo, rustc, linkers.
pub(super) fn end_children() {
    #[cfg(target_os = "linux")]
    linux::end_descendants();
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use rustix::process::{Pid, Signal, kill_process};

    /// Kills until nothing is left: a process may start another before it dies.
    pub(super) fn end_descendants() {
        const ROUNDS: u32 = 100;
        for _ in 0..ROUNDS {
            let descendants = descendants();
            if descendants.is_empty() {
                return;
            }
            for pid in descendants {
                // It may have ended by itself in the meantime.
                let _ = kill_process(pid, Signal::KILL);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn descendants() -> Vec<Pid> {
        let mut children: BTreeMap<i32, Vec<i32>> = BTreeMap::new();
        for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
            let Some(pid) = entry
                .file_name()
                .to_str()
                .and_then(|name| name.parse().ok())
            else {
                continue;
            };
            let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else {
                continue;
            };
            // The name in parentheses may hold anything; state and parent follow it.
            let Some((_, after)) = stat.rsplit_once(')') else {
                continue;
            };
            let mut fields = after.split_whitespace();
            let is_dead = fields.next() == Some("Z");
            let parent = fields.next().and_then(|parent| parent.parse().ok());
            if let (false, Some(parent)) = (is_dead, parent) {
                children.entry(parent).or_default().push(pid);
            }
        }
        let mut found = Vec::new();
        let mut next = vec![rustix::process::getpid().as_raw_nonzero().get()];
        while let Some(parent) = next.pop() {
            for child in children.remove(&parent).unwrap_or_default() {
                found.extend(Pid::from_raw(child));
                next.push(child);
            }
        }
        found
    }
}
