//! Ends this process together with all processes that it has started.

use miette::Report;

#[cfg(unix)]
use rustix::process::Signal;

use crate::cli::report::tell_interrupted;
use crate::cli::runtime;
#[cfg(unix)]
use crate::cli::signals::EndSignals;

/// Runs `work` until it is finished or a signal ends this process. Then it ends all
/// processes that `work` has started. Returns the exit code.
///
/// # Errors
/// Those of `work`.
pub(super) fn run(work: impl Future<Output = Result<u8, Report>>) -> Result<u8, Report> {
    adopt_orphans();
    let runtime = runtime()?;
    let code = runtime.block_on(async {
        tokio::select! {
            result = work => result,
            code = asked_to_end() => {
                end_children();
                Ok(code)
            }
        }
    });
    // A thread that waits for stdin must not keep the process alive.
    runtime.shutdown_background();
    code
}

/// Waits for a signal that ends the process, and returns the exit code that shells use for
/// it.
#[cfg(unix)]
async fn asked_to_end() -> u8 {
    let Ok(mut signals) = EndSignals::listen() else {
        // Without handlers, signals end the process by themselves.
        return std::future::pending().await;
    };
    let signal = signals.next().await;
    tell_interrupted();
    match signal {
        Signal::HUP => 129,
        Signal::INT => 130,
        _ => 143,
    }
}

#[cfg(not(unix))]
async fn asked_to_end() -> u8 {
    match tokio::signal::ctrl_c().await {
        Ok(()) => {
            tell_interrupted();
            130
        }
        Err(_) => std::future::pending().await,
    }
}

/// Makes this process the parent of processes that its children leave behind, so that
/// [`end_children`] finds servers that detached themselves.
pub(super) fn adopt_orphans() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::set_child_subreaper(Some(rustix::process::getpid())) {
        tracing::debug!("detached processes cannot be found later: {error}");
    }
}

/// Ends all descendants of this process: shells, compilers, linkers. On Windows they end
/// with this process.
pub(super) fn end_children() {
    #[cfg(unix)]
    unix::end_descendants();
}

#[cfg(unix)]
mod unix {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use rustix::process::{Pid, Signal, kill_process};

    /// A process and its parent.
    type Child = (i32, i32);

    /// Repeats until no process is left, because a process may start another one before it
    /// ends.
    pub(super) fn end_descendants() {
        const ROUNDS: u32 = 100;
        for _ in 0..ROUNDS {
            let descendants = descendants();
            if descendants.is_empty() {
                return;
            }
            for pid in descendants {
                // It may have ended in the meantime.
                let _ = kill_process(pid, Signal::KILL);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn descendants() -> Vec<Pid> {
        let mut children: BTreeMap<i32, Vec<i32>> = BTreeMap::new();
        for (pid, parent) in running() {
            children.entry(parent).or_default().push(pid);
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

    /// All processes of the machine that have not ended.
    #[cfg(target_os = "linux")]
    fn running() -> Vec<Child> {
        let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        let running = |entry: std::fs::DirEntry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            // The name in parentheses may contain any character. The state and the parent follow.
            let (_, after) = stat.rsplit_once(')')?;
            let mut fields = after.split_whitespace();
            let (state, parent) = (fields.next()?, fields.next()?);
            (state != "Z").then_some((pid, parent.parse().ok()?))
        };
        processes.filter_map(running).collect()
    }

    /// All processes of the machine, on systems on which only `ps` lists them.
    #[cfg(not(target_os = "linux"))]
    fn running() -> Vec<Child> {
        listed_by_ps().unwrap_or_else(|error| {
            tracing::warn!(
                "processes of the build may continue to run: `ps` cannot be run: {error}"
            );
            Vec::new()
        })
    }

    #[cfg(any(test, not(target_os = "linux")))]
    fn listed_by_ps() -> std::io::Result<Vec<Child>> {
        use std::process::{Command, Stdio};
        let ps = Command::new("ps")
            .args(["-A", "-o", "pid=,ppid=,stat="])
            .stdout(Stdio::piped())
            .spawn()?;
        let itself = ps.id().cast_signed();
        let listed = ps.wait_with_output()?;
        let mut found = in_table(&String::from_utf8_lossy(&listed.stdout));
        found.retain(|(pid, _)| *pid != itself);
        Ok(found)
    }

    #[cfg(any(test, not(target_os = "linux")))]
    fn in_table(table: &str) -> Vec<Child> {
        let running = |line: &str| {
            let mut fields = line.split_whitespace();
            let (pid, parent, state) = (fields.next()?, fields.next()?, fields.next()?);
            let is_dead = state.starts_with('Z');
            (!is_dead).then_some((pid.parse().ok()?, parent.parse().ok()?))
        };
        table.lines().filter_map(running).collect()
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn processes_that_are_dead_do_not_count() {
            let table = "    1     0 Ss\n  812     1 S+\n  813   812 Z\n 9001   812 R\n";
            assert_eq!(in_table(table), [(1, 0), (812, 1), (9001, 812)]);
        }

        #[test]
        fn ps_tells_the_same_as_the_kernel() {
            let mut sleep = std::process::Command::new("sleep")
                .arg("600")
                .spawn()
                .expect("it is part of every Unix");
            let own = std::process::id().cast_signed();
            let child = (sleep.id().cast_signed(), own);
            let of_this = |found: Vec<Child>| found.contains(&child);
            assert!(of_this(listed_by_ps().expect("ps can be run")));
            assert!(of_this(running()));
            sleep.kill().expect("it runs");
            sleep.wait().expect("it is a child");
            assert!(!of_this(listed_by_ps().expect("ps can be run")));
            assert!(!of_this(running()));
        }
    }
}
