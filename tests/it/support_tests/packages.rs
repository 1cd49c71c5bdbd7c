//! Packages, channels, prefixes and archives.

use std::process::Command;

use rattler_conda_types::Subdir;
use serde_json::json;
use tempfile::TempDir;

use test_support::archive::Archive;
use test_support::channel::Channel;
use test_support::machine::machine;
use test_support::packages::{Package, placeholder};
use test_support::prefix::{install, install_package, installed, output, padded_host_prefix};
use test_support::project::Project;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// A package with one example of everything.
fn greeter() -> Package {
    Package::new("greeter", "1.2.0")
        .build("h123_4", 4)
        .depends(["libgreet >=1"])
        .constrains(["oldgreeter >=2"])
        .run_exports_weak(["greeter >=1.2,<2"])
        .license_file("LICENSE", "do as you like")
        .executable(
            "bin/greet",
            format!("#!/bin/sh\necho from {}\n", placeholder()),
        )
        .file("share/greeter/word", "hello")
        .symlink("bin/hello", "greet")
}

#[test]
fn a_package_installs_with_its_record_and_its_new_prefix() {
    let folder = folder();
    let mut channel = Channel::new(folder.path().join("channel"));
    channel.add(greeter());
    channel.add(Package::new("libgreet", "1.0").generic());
    let prefix = folder.path().join("prefix");
    install(&prefix, machine().subdir, &channel.closure(["greeter"]));

    assert!(
        prefix
            .join("conda-meta/greeter-1.2.0-h123_4.json")
            .is_file()
    );
    let names: Vec<_> = (installed(&prefix).into_iter())
        .map(|record| record.repodata_record.identifier.to_string())
        .collect();
    assert_eq!(
        names,
        ["greeter-1.2.0-h123_4.conda", "libgreet-1.0-0.conda"]
    );
    let said = output(&mut Command::new(prefix.join("bin/hello")));
    assert_eq!(said, format!("from {}", prefix.display()));
}

#[test]
fn files_of_no_package_survive_an_update() {
    let folder = folder();
    let mut channel = Channel::new(folder.path().join("channel"));
    channel.add(Package::new("lib", "1.0").file("share/one", "1"));
    let prefix = folder.path().join("prefix");
    install(&prefix, machine().subdir, &channel.closure(["lib"]));
    fs_err::write(prefix.join("share/mine"), "left over").expect("own prefix");

    channel.add(Package::new("lib", "2.0").file("share/two", "2"));
    install(&prefix, machine().subdir, &channel.closure(["lib"]));
    assert!(prefix.join("share/mine").is_file());
    assert!(prefix.join("share/two").is_file());
    assert!(!prefix.join("share/one").exists());
}

#[test]
fn a_folder_becomes_a_package() {
    let project = Project::new()
        .file("tree/share/doc/word", "hello")
        .file("tree/top", "");
    let mut channel = Channel::new(project.dir().join("channel"));
    let record = channel.add(Package::new("tree", "1").folder(&project.dir().join("tree")));
    let archive = Archive::open(record.url.to_file_path().expect("a file URL"));
    assert_eq!(archive.files(), ["share/doc/word", "top"]);
    assert_eq!(archive.text("share/doc/word"), "hello");
    archive.check_paths();
}

#[test]
fn a_finished_archive_can_be_adopted_and_installed() {
    let folder = folder();
    let mut first = Channel::new(folder.path().join("first"));
    let record =
        first.add(Package::new("tool", "0.1").executable("bin/tool", "#!/bin/sh\necho ok\n"));
    let archive = record.url.to_file_path().expect("a file URL");

    let mut second = Channel::new(folder.path().join("second"));
    let adopted = second.adopt(&archive);
    assert_eq!(adopted.package_record.sha256, record.package_record.sha256);

    let prefix = folder.path().join("prefix");
    install_package(&archive, &prefix);
    assert_eq!(output(&mut Command::new(prefix.join("bin/tool"))), "ok");
}

#[test]
fn an_archive_reads_back_what_was_written() {
    let folder = folder();
    let mut channel = Channel::new(folder.path());
    let record = channel.add(greeter());
    let archive = Archive::open(record.url.to_file_path().expect("a file URL"));

    let files = ["bin/greet", "bin/hello", "share/greeter/word"];
    assert_eq!(archive.files(), files);
    assert!(
        archive
            .info_files()
            .contains(&"info/licenses/LICENSE".to_owned())
    );
    assert_eq!(archive.read("share/greeter/word"), b"hello");
    assert_eq!(archive.index()["depends"], json!(["libgreet >=1"]));
    assert_eq!(archive.index()["constrains"], json!(["oldgreeter >=2"]));
    assert_eq!(archive.run_exports(), json!({"weak": ["greeter >=1.2,<2"]}));
    assert_eq!(archive.about()["license"], "BSD-3-Clause");
    assert_eq!(archive.path_entry("bin/greet")["file_mode"], "text");
    assert_eq!(archive.path_entry("bin/hello")["path_type"], "softlink");
    archive.check_paths();
}

#[test]
fn a_channel_is_the_same_when_opened_again() {
    let folder = folder();
    let mut channel = Channel::new(folder.path());
    channel.add(greeter());
    channel.add(Package::new("data", "1").generic());
    let mut records = channel.records().to_vec();
    records.sort();
    let opened = Channel::open(folder.path()).expect("it was written");
    let mut reopened = opened.records().to_vec();
    reopened.sort();
    assert_eq!(records, reopened);

    for subdir in [Subdir::NoArch, machine().subdir] {
        let repodata = folder.path().join(subdir.as_str()).join("repodata.json");
        assert!(repodata.is_file(), "{}", repodata.display());
    }
}

#[test]
fn closure_follows_dependencies_to_the_newest_match() {
    let folder = folder();
    let mut channel = Channel::new(folder.path());
    channel.add(Package::new("app", "1").depends(["lib >=1,<3", "__glibc >=2.17"]));
    for version in ["1.0", "2.10", "2.9", "3.0"] {
        channel.add(Package::new("lib", version).depends(["app"]));
    }
    channel.add(Package::new("unrelated", "1"));
    let closure = channel.closure(["app"]);
    let names: Vec<_> = closure
        .iter()
        .map(|record| record.identifier.to_string())
        .collect();
    assert_eq!(names, ["app-1-0.conda", "lib-2.10-0.conda"]);
}

#[test]
#[should_panic(expected = "`nonsense` is not in the test channel")]
fn closure_names_what_is_missing() {
    Channel::new(folder().path()).closure(["nonsense"]);
}

#[test]
fn host_prefix_is_padded_to_255_bytes() {
    let prefix = padded_host_prefix("/home/user/ws/.pixi/bld/hello/kSOLZ0CokNw".as_ref());
    let text = prefix.to_str().expect("ASCII");
    assert_eq!(text.len(), 255);
    assert!(text.contains("/kSOLZ0CokNw/host_placehold_placehold_placehold"));
}
