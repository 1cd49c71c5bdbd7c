//! The executables under test, and the directory that Cargo keeps between test runs.

use std::path::PathBuf;

/// The executable of the backend `name`, which Cargo has built for this test run.
///
/// Panics if it does not exist.
pub fn backend(name: &str) -> PathBuf {
    assert_cmd::cargo::cargo_bin(name)
}

/// A directory for files that are expensive to make again. It is next to the directory of
/// the executables: `target/tmp`.
pub fn kept_files() -> PathBuf {
    let executable = backend("pixi-build-rust");
    let profile = executable.parent().expect("a file is in a directory");
    let folder = profile.with_file_name("tmp");
    fs_err::create_dir_all(&folder).expect("the target directory is writable");
    folder
}
