//! Processes: waiting for them, sending signals to them and finding their descendants.

use std::path::Path;
use std::time::{Duration, Instant};

/// Waits until `happened` returns true, with a generous limit for machines under load.
pub fn wait_for(what: &str, mut happened: impl FnMut() -> bool) {
    let start = Instant::now();
    while !happened() {
        assert!(
            start.elapsed() < Duration::from_secs(120),
            "waited too long for {what}"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
    eprintln!("waited {:?} for {what}", start.elapsed());
}

/// Sends a signal. The process may already have ended.
pub fn kill(signal: &str, pid: u32) {
    let mut kill = std::process::Command::new("kill");
    kill.args([signal, &pid.to_string()]);
    kill.output().expect("kill can be run");
}

/// Whether a process runs. A zombie has ended, but its parent has not waited for it.
pub fn is_running(pid: u32) -> bool {
    let stat = fs_err::read_to_string(Path::new("/proc").join(pid.to_string()).join("stat"));
    stat.is_ok_and(|stat| !stat.contains(") Z "))
}

/// The processes below `pid`, parents before their children.
pub fn descendants(pid: u32) -> Vec<u32> {
    let mut found = vec![pid];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        next += 1;
        let tasks = fs_err::read_dir(format!("/proc/{parent}/task"));
        for task in tasks.into_iter().flatten().flatten() {
            let children = fs_err::read_to_string(task.path().join("children"));
            let children = children.unwrap_or_default();
            found.extend(
                children
                    .split(' ')
                    .filter_map(|pid| pid.parse::<u32>().ok()),
            );
        }
    }
    found.remove(0);
    found
}
