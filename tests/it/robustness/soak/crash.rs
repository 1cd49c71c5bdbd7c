//! The backend crashes at any time, and the next build is not affected.

use std::time::Instant;

use super::{backend, counting, no_half_package, package, prepare, start_over};
use test_support::pixi::Pixi;
use test_support::process::{descendants, is_running, kill, wait_for};

/// Kills all processes at once, as a power failure does.
fn crash(pixi: Pixi) {
    let mut pids = descendants(pixi.id());
    pids.insert(0, pixi.id());
    for pid in &pids {
        kill("-KILL", *pid);
    }
    let started_meanwhile = descendants(pixi.id());
    pids.extend(started_meanwhile);
    pixi.finish();
    wait_for("everything to end", || {
        !pids.iter().any(|pid| is_running(*pid))
    });
}

/// Crashes at `points` moments of a build from scratch. After each crash, a build must make the
/// same package as one without a crash.
fn crashes(points: u32) {
    let project = counting();
    let work = project.build_work("counts");
    // The first build downloads everything, because crashes during downloads are not tested.
    package(&project, &work);
    start_over(&project);
    let start = Instant::now();
    let expected = package(&project, &work);
    let whole = start.elapsed();

    for point in 0..points {
        start_over(&project);
        let mut pixi = backend(&project);
        let build = prepare(&mut pixi, &work);
        pixi.send("conda/build_v1", build.params());
        // The crash happens at a fixed time, in whatever state the build is.
        std::thread::sleep(whole * point / points);
        crash(pixi);
        no_half_package(&work);
        assert!(
            package(&project, &work) == expected,
            "crash {point} of {points}"
        );
    }
}

#[test]
fn a_crash_leaves_nothing_that_matters() {
    crashes(3);
}

#[test]
#[ignore = "soak: tests/soak.sh runs it; fifty crashes with a build after each take minutes"]
fn fifty_crashes_leave_nothing_that_matters() {
    crashes(50);
}
