//! A channel with the machine's own Python, uv, pip and build backends.
//!
//! A Python program creates packages from Python (`python_tree.py`) and from wheels
//! (`python_channel.py`, which downloads them once). The channel is stored next to that of the
//! toolchain, under a name that is derived from the program and from the Python that runs it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use super::channel::Channel;
use super::cmake::gxx;
use super::executables::kept_files;
use super::machine::on_path;
use super::packing::sha256;
use super::prefix::output;
use super::toolchain::{Missing, channel, or_skip};

const PROGRAM: &str = concat!(
    include_str!("python_tree.py"),
    include_str!("python_channel.py")
);

/// Prints the version and the location of a Python.
const IDENTITY: &str = "import sys; print(sys.version, sys.base_prefix)";

/// The version of the Python in the channel, as `3.12`.
pub fn version(channel: &Channel) -> String {
    let record = channel.record("python");
    let version = record.package_record.version.to_string();
    let numbers: Vec<&str> = version.split('.').take(2).collect();
    numbers.join(".")
}

/// Publishes the Python of this machine in another channel. `None` if the machine does not
/// have Python, except in the gate.
///
/// # Panics
/// In the gate, if a requirement is missing.
pub fn add_python(channel: &mut Channel) -> Option<()> {
    let from = channel_or_skip()?;
    for name in ["python", "python_abi"] {
        let archive = from.record(name).url.to_file_path();
        channel.adopt(&archive.expect("the channel is a directory"));
    }
    Some(())
}

/// The channel, including the toolchain. `None` if this machine does not have Python or cannot
/// download the wheels, except in the gate. The test must then be skipped.
///
/// # Panics
/// In the gate, if a requirement is missing.
pub fn channel_or_skip() -> Option<&'static Channel> {
    static CHANNEL: OnceLock<Option<Channel>> = OnceLock::new();
    CHANNEL.get_or_init(|| or_skip(written())).as_ref()
}

fn written() -> Result<Channel, Missing> {
    let python = on_path("python3").ok_or(Missing("python3"))?;
    let identity = output(Command::new(&python).args(["-c", IDENTITY]));
    let content = [PROGRAM, &identity].concat();
    let name = format!("python-{}", &sha256(content.as_bytes())[..12]);
    let base = kept_files();
    let folder = base.join(&name);
    // Several processes of a test run may need the channel at the same time.
    let lock = fs_err::File::create(base.join(format!("{name}.lock")))
        .expect("the test owns the directory");
    lock.file().lock().expect("files can be locked");
    if !folder.is_dir() {
        let unfinished = base.join(format!("{name}.new"));
        write(&python, &unfinished)?;
        let mut channel = Channel::open(&unfinished).expect("the channel exists");
        channel.include(self::channel());
        channel.add(gxx());
        fs_err::rename(&unfinished, &folder).expect("the test owns the directory");
    }
    Ok(Channel::open(&folder).expect("the channel exists"))
}

fn write(python: &Path, folder: &Path) -> Result<(), Missing> {
    if folder.is_dir() {
        fs_err::remove_dir_all(folder).expect("the test owns the directory");
    }
    let mut command = Command::new(python);
    command.args(["-c", PROGRAM]).arg(folder).arg(wheels());
    let output = command.output().expect("Python can be run");
    if !output.status.success() {
        eprintln!("{}", String::from_utf8_lossy(&output.stderr));
        return Err(Missing("the wheels of build backends"));
    }
    Ok(())
}

/// The directory of downloads.
fn wheels() -> PathBuf {
    let home = std::env::var_os("HOME").map_or_else(std::env::temp_dir, PathBuf::from);
    home.join(".cache/pixi-build-backends/wheels")
}
