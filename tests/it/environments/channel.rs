//! A directory of finished packages becomes a channel.

use std::path::Path;

use pixi_build_backends::environments::channel::index;
use rattler_conda_types::RepoDataRecord;

use test_support::channel::Channel;
use test_support::packages::Package;

/// Indexes the directory as a channel and returns the records of the channel.
fn indexed(folder: &Path) -> Vec<RepoDataRecord> {
    let runtime = tokio::runtime::Runtime::new().expect("a tokio runtime");
    let done = runtime.block_on(index(folder));
    done.unwrap_or_else(|error| panic!("{error:?}"));
    let channel = Channel::open(folder).expect("it is a channel");
    channel.records().to_vec()
}

#[test]
fn a_folder_of_packages_becomes_a_channel() {
    let folder = tempfile::tempdir().expect("a folder");
    let tool = Package::new("tool", "1.0").depends(["data >=1"]);
    let packed = Channel::new(folder.path()).add(tool);
    fs_err::remove_file(folder.path().join("noarch/repodata.json")).expect("it was written");
    fs_err::remove_file(folder.path().join("linux-64/repodata.json")).expect("it was written");

    let records = indexed(folder.path());
    let [record] = records.as_slice() else {
        panic!("one package, not {records:?}")
    };
    assert_eq!(record.package_record.depends, ["data >=1"]);
    assert_eq!(record.package_record.sha256, packed.package_record.sha256);
    assert!(folder.path().join("noarch/repodata.json.zst").is_file());
}

#[test]
fn a_rebuilt_package_replaces_the_one_of_that_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let build = |text: &str| {
        let record = Channel::new(folder.path()).add(Package::new("tool", "1.0").file("f", text));
        record.package_record.sha256
    };
    build("before");
    indexed(folder.path());
    let rebuilt = build("after");
    assert_eq!(indexed(folder.path())[0].package_record.sha256, rebuilt);
}
