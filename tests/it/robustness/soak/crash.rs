//! The backend dies at any time; the next build knows nothing of it.

use std::time::Instant;

use super::{backend, counting, no_half_package, package, prepare, start_over};
use test_support::pixi::Pixi;
use test_support::process::{descendants, is_running, kill, wait_for};

/// Kills everything at once, as when the machine loses power.
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

/// Crashes at `points` moments spread over a build from scratch, each followed by a
/// build that has to come out like one without a crash.
fn crashes(points: u32) {
    let project = counting();
    let work = project.build_work("counts");
    // Downloads are not what is tried here.
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
        // The moment itself is what is tried: nothing is waited for.
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
