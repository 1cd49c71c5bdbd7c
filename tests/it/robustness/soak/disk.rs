//! The disk becomes full at any time, and the next build with enough space succeeds.

use std::path::Path;
use std::process::Command;

use super::{backend, counting, no_half_package, package, prepare, start_over};

/// A small disk, mounted on a directory.
struct Disk<'a>(&'a Path);

impl<'a> Disk<'a> {
    /// Returns `None` if this user is not allowed to mount a disk.
    fn mount(folder: &'a Path, bytes: u64) -> Option<Self> {
        let size = format!("size={bytes}");
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(folder);
        let mounted = mount.output().is_ok_and(|output| output.status.success());
        mounted.then_some(Self(folder))
    }

    fn grow(&self, bytes: u64) {
        let size = format!("remount,size={bytes}");
        let grown = Command::new("mount")
            .args(["-o", &size])
            .arg(self.0)
            .status();
        assert!(grown.expect("it worked before").success());
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        let gone = Command::new("umount").arg("--lazy").arg(self.0).status();
        assert!(gone.is_ok_and(|status| status.success()), "unmounted");
    }
}

/// The size of a directory on the disk, in bytes.
fn size(folder: &Path) -> u64 {
    let output = Command::new("du")
        .arg("-s")
        .arg("--block-size=1")
        .arg(folder)
        .output();
    let text = String::from_utf8(output.expect("du can be run").stdout).expect("text");
    let size = text.split_whitespace().next().expect("a number");
    size.parse().expect("a number")
}

/// Builds on disks of `points` sizes that are too small, and again after the disks have grown.
fn full_disks(points: u64) {
    let project = counting();
    let folder = project.dir().join(".pixi");
    let work = project.build_work("counts");
    package(&project, &work);
    start_over(&project);
    let expected = package(&project, &work);
    let needed = size(&folder);
    start_over(&project);
    let environments = {
        let mut pixi = backend(&project);
        prepare(&mut pixi, &work);
        size(&folder)
    };

    let mut failures = 0;
    for point in 0..points {
        start_over(&project);
        // The environments always fit, because pixi and not the backend creates them.
        let room = environments + (needed - environments) * (2 * point + 1) / (2 * points);
        let Some(disk) = Disk::mount(&folder, room + 64 * 1024) else {
            eprintln!("skipped, this user may not mount a disk");
            return;
        };
        let mut pixi = backend(&project);
        let build = prepare(&mut pixi, &work);
        if let Err(error) = pixi.build(&build) {
            let data = &error["data"];
            let message = data["message"].as_str().expect("a message").to_lowercase();
            match data["code"].as_str() {
                Some("build::full_disk") => {}
                Some("io::write") => assert!(message.contains("no space left"), "{data:#}"),
                _ => panic!("point {point}: {data:#}"),
            }
            failures += 1;
        }
        drop(pixi);
        no_half_package(&work);
        disk.grow(2 * needed);
        assert!(
            package(&project, &work) == expected,
            "full disk {point} of {points}"
        );
    }
    // The largest disks are full only if the temporary files of a build do not fit.
    assert!(
        failures * 2 >= points,
        "only {failures} of {points} disks were full"
    );
    eprintln!("{failures} of {points} disks were too small");
}

#[test]
fn a_full_disk_is_said_and_forgotten() {
    full_disks(2);
}

#[test]
#[ignore = "soak: tests/soak.sh runs it; twenty disks with a build after each take minutes"]
fn twenty_full_disks_are_said_and_forgotten() {
    full_disks(20);
}
