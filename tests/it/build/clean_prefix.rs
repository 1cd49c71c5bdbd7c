//! A package contains only files of its build, even if the host prefix had other files.

use serde_json::json;

use test_support::archive::Archive;
use test_support::pixi::Pixi;
use test_support::prefix::padded_host_prefix;
use test_support::project::Project;
use test_support::requests::Initialize;
use test_support::toolchain::channel;

fn two_binaries() -> Project {
    Project::hello().file("src/bin/second.rs", "fn main() {}\n")
}

fn build(project: &Project, binaries: &[&str]) -> Archive {
    let mut pixi = Pixi::start();
    let initialize = Initialize::of(project).package("hello", "0.3.1");
    pixi.initialize(&initialize.configuration(json!({"binaries": binaries})));
    pixi.package(project, channel(), "hello")
}

#[test]
fn a_renamed_binary_is_gone() {
    let project = two_binaries();
    assert_eq!(build(&project, &[]).files(), ["bin/hello", "bin/second"]);
    project.remove("src/bin/second.rs");
    project.write("src/bin/third.rs", "fn main() {}\n");
    assert_eq!(build(&project, &[]).files(), ["bin/hello", "bin/third"]);
}

#[test]
fn a_deselected_binary_is_gone() {
    let project = two_binaries();
    assert_eq!(build(&project, &[]).files(), ["bin/hello", "bin/second"]);
    assert_eq!(build(&project, &["second"]).files(), ["bin/second"]);
    assert_eq!(build(&project, &[]).files(), ["bin/hello", "bin/second"]);
}

#[cfg(unix)]
#[test]
fn leftovers_of_a_killed_build_are_gone() {
    let project = two_binaries();
    let prefix = padded_host_prefix(&project.build_work("hello"));
    build(&project, &[]);
    fs_err::create_dir_all(prefix.join("share/hello/empty")).expect("own folder");
    fs_err::write(prefix.join("share/hello/half"), "written").expect("own folder");
    fs_err::os::unix::fs::symlink("nowhere", prefix.join("bin/dangling")).expect("own folder");
    fs_err::os::unix::fs::symlink("lib", prefix.join("folder")).expect("own folder");
    assert_eq!(build(&project, &[]).files(), ["bin/hello", "bin/second"]);
    for gone in ["share", "bin/dangling", "folder"] {
        let path = prefix.join(gone);
        assert!(
            !path.exists() && !path.is_symlink(),
            "{gone} is still there"
        );
    }
    assert!(
        prefix.join("lib/libgcc_s.so.1").exists(),
        "owned by a package"
    );
}

#[test]
fn what_was_there_before_the_first_build_stays() {
    let project = two_binaries();
    let prefix = padded_host_prefix(&project.build_work("hello"));
    fs_err::create_dir_all(prefix.join("etc")).expect("own folder");
    fs_err::create_dir_all(prefix.join("bin")).expect("own folder");
    for file in ["etc/post-link", "bin/post[1]"] {
        fs_err::write(prefix.join(file), "made by a script").expect("own folder");
    }
    for _ in 0..2 {
        let files = build(&project, &[]).files();
        assert_eq!(files, ["bin/hello", "bin/second"]);
        assert!(prefix.join("etc/post-link").exists());
    }
}

/// As pixi sees it, another backend of the same name has built in this work directory before.
#[test]
fn what_another_backend_installed_is_gone() {
    let project = two_binaries();
    let work = project.build_work("hello");
    let prefix = padded_host_prefix(&work);
    for (folder, file) in [("bin", "hello"), ("bin", "gone"), ("share", "notes")] {
        fs_err::create_dir_all(prefix.join(folder)).expect("own folder");
        fs_err::write(prefix.join(folder).join(file), "of another").expect("own folder");
    }
    fs_err::create_dir_all(work.join("work")).expect("own folder");
    assert_eq!(build(&project, &[]).files(), ["bin/hello", "bin/second"]);
    assert!(!prefix.join("share/notes").exists());
    let state = work.join(".host-prefix-before-build");
    fs_err::write(&state, [0xff, 0xfe]).expect("own folder");
    assert_eq!(build(&project, &[]).files(), ["bin/hello", "bin/second"]);
    fs_err::remove_file(&state).expect("a build records what it found");
    assert_eq!(build(&project, &[]).files(), ["bin/hello", "bin/second"]);
}
