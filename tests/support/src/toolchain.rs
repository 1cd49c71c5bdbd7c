//! A channel with the toolchain of the machine under conda-forge's names.
//!
//! The packages are wrappers: small scripts that run the real tools, and activation
//! scripts that set the variables of conda-forge. The channel is written once, below the
//! target directory, under a name that is derived from its contents. All processes of a
//! test run share it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use super::channel::Channel;
use super::executables::kept_files;
use super::machine::{Machine, machine, on_path};
use super::packages::{Content, Entry, Package, placeholder};
use super::{activation, openssl, packing, prefix};

/// The version of the C library that the packages declare.
const SYSROOT_VERSION: &str = "2.28";

/// A tool that this machine does not have.
#[derive(Debug, PartialEq, Eq)]
pub struct Missing(pub &'static str);

/// The channel with `extras`. If the machine does not have one of them, the test must be
/// skipped, except in the gate (`CI` is set), which installs all of them.
///
/// # Panics
/// In the gate, if a tool is missing.
pub fn channel_or_skip(extras: &[Extra]) -> Option<Channel> {
    or_skip(channel_with(extras))
}

/// A requirement of tests. If the machine does not have it, the test must be skipped,
/// except in the gate.
///
/// # Panics
/// In the gate, if the requirement is missing.
pub fn or_skip<T>(needed: Result<T, Missing>) -> Option<T> {
    match needed {
        Ok(needed) => Some(needed),
        Err(Missing(what)) if std::env::var_os("CI").is_some() => {
            panic!("the gate should have installed {what}")
        }
        Err(Missing(what)) => {
            eprintln!("skipped: this machine does not have {what}");
            None
        }
    }
}

/// Packages in addition to the toolchain, which are created only on request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extra {
    /// `openssl`: a library to link against, with a weak run export.
    Openssl,
    /// `sccache`: the compiler cache.
    Sccache,
    /// `pkg-config`, which searches only its own prefix and `PKG_CONFIG_PATH`.
    PkgConfig,
}

/// The channel with `rust_<platform>`, `gcc_<platform>` and their dependencies.
pub fn channel() -> &'static Channel {
    static CHANNEL: OnceLock<Channel> = OnceLock::new();
    CHANNEL.get_or_init(|| shared(packages(machine())))
}

/// The toolchain with additional packages.
///
/// # Errors
///
/// The missing tool, for tests that are then skipped.
pub fn channel_with(extras: &[Extra]) -> Result<Channel, Missing> {
    let mut packages = packages(machine());
    for extra in extras {
        packages.push(match extra {
            Extra::Openssl => openssl::package()?,
            Extra::Sccache => sccache()?,
            Extra::PkgConfig => pkg_config()?,
        });
    }
    Ok(shared(packages))
}

/// The toolchain and these packages.
pub fn shared_with(extras: Vec<Package>) -> Channel {
    let mut packages = packages(machine());
    packages.extend(extras);
    shared(packages)
}

/// A channel in `folder` whose cargo runs `commands` and installs an empty program, for
/// builds that do not test compiling.
pub fn with_cargo(folder: &Path, commands: &str) -> Channel {
    let script = format!(
        "#!/bin/sh\n\
         [ \"$1\" != install ] || {{ mkdir -p \"$PREFIX/bin\"; : >\"$PREFIX/bin/tool\"; }}\n\
         {commands}"
    );
    let version = &machine().rust_version;
    let mut channel = Channel::new(folder.join("channel"));
    channel.add(Package::new(&rust_name(), version).executable("bin/cargo", script));
    channel.add(Package::new(&gcc_name(), version));
    channel
}

/// The name of the Rust compiler package, such as `rust_linux-64`.
pub fn rust_name() -> String {
    format!("rust_{}", machine().subdir)
}

/// The name of the C compiler package, such as `gcc_linux-64`.
pub fn gcc_name() -> String {
    format!("gcc_{}", machine().subdir)
}

/// The compiler cache of this machine.
///
/// # Errors
///
/// It is neither on `PATH` nor in the directory in which the project's setup installs it.
pub fn sccache_executable() -> Result<PathBuf, Missing> {
    let installed = || {
        let home = std::env::var_os("HOME")?;
        let tools = Path::new(&home).join(".cache/pixi-build-backends/tools");
        Some(tools.join("bin/sccache")).filter(|path| path.is_file())
    };
    let found = on_path("sccache").or_else(installed);
    found.ok_or(Missing(
        "sccache, on PATH or below ~/.cache/pixi-build-backends/tools",
    ))
}

/// A channel whose toolchain consists of the tools of `machine`.
pub fn channel_of(machine: &Machine, root: &Path) -> Channel {
    let mut channel = Channel::new(root);
    for package in packages(machine) {
        channel.add(package);
    }
    channel
}

fn packages(machine: &Machine) -> Vec<Package> {
    let Machine {
        subdir,
        triple,
        rust_version,
        ..
    } = machine;
    let gcc = gcc_name();
    let sysroot = format!("sysroot_{subdir}");
    let std = format!("rust-std-{triple}");

    let rust = Package::new("rust", rust_version)
        .license("MIT OR Apache-2.0")
        .wrapper("bin/cargo", &machine.cargo)
        .wrapper("bin/rustc", &machine.rustc)
        .wrapper("bin/rustdoc", &machine.rustdoc);
    let rust_std = Package::new(&std, rust_version).generic();
    let activation = Package::new(&rust_name(), rust_version)
        .depends([
            format!("rust =={rust_version}"),
            format!("{std} =={rust_version}"),
            gcc.clone(),
            sysroot.clone(),
        ])
        .file(
            &format!("etc/conda/activate.d/{}.sh", rust_name()),
            activation::rust(machine),
        );
    let libgcc = Package::new("libgcc", &machine.cc_version)
        .license("GPL-3.0-only WITH GCC-exception-3.1")
        .copy_of("lib/libgcc_s.so.1", &machine.libgcc)
        .symlink("lib/libgcc_s.so", "libgcc_s.so.1");
    vec![
        rust,
        rust_std,
        activation,
        libgcc,
        compiler(machine),
        c_library(machine),
    ]
}

fn compiler(machine: &Machine) -> Package {
    let Machine {
        subdir,
        conda_triple,
        cc,
        cxx,
        binutils,
        ..
    } = machine;
    let bin = |tool: &str| format!("bin/{conda_triple}-{tool}");
    let mut package = Package::new(&gcc_name(), &machine.cc_version)
        .depends([format!("sysroot_{subdir}")])
        .run_exports_strong(["libgcc >=12"])
        .wrapper(&bin("cc"), cc)
        .wrapper(&bin("gcc"), cc)
        .file(
            &format!("etc/conda/activate.d/activate-{}.sh", gcc_name()),
            activation::gcc(machine),
        );
    if let Some(cxx) = cxx {
        package = package.wrapper(&bin("c++"), cxx).wrapper(&bin("g++"), cxx);
    }
    for (name, tool) in binutils {
        package = package.wrapper(&bin(name), tool);
    }
    package
}

/// Empty files with the names of the system libraries. rattler-build reads the names from
/// the record of the package and does not open the files.
fn c_library(machine: &Machine) -> Package {
    let Machine {
        subdir,
        conda_triple,
        ..
    } = machine;
    let export = format!("__glibc >={SYSROOT_VERSION},<3.0.a0");
    let loader = if machine.triple.starts_with("x86_64") {
        "ld-linux-x86-64.so.2"
    } else {
        "ld-linux-aarch64.so.1"
    };
    let names = [
        "libc.so.6",
        "libm.so.6",
        "libdl.so.2",
        "libpthread.so.0",
        "librt.so.1",
        loader,
    ];
    let package = Package::new(&format!("sysroot_{subdir}"), SYSROOT_VERSION)
        .generic()
        .license("LGPL-2.0-or-later")
        .run_exports_strong([export]);
    names.iter().fold(package, |package, name| {
        package.file(&format!("{conda_triple}/sysroot/lib64/{name}"), "")
    })
}

fn sccache() -> Result<Package, Missing> {
    let executable = sccache_executable()?;
    let answer = prefix::output(Command::new(&executable).arg("--version"));
    let version = answer
        .split_whitespace()
        .last()
        .expect("sccache prints its version");
    Ok(Package::new("sccache", version).wrapper("bin/sccache", &executable))
}

fn pkg_config() -> Result<Package, Missing> {
    let executable = on_path("pkg-config").ok_or(Missing("pkg-config"))?;
    let version = prefix::output(Command::new(&executable).arg("--version"));
    let root = placeholder();
    let executable = executable.display();
    let script = format!(
        r#"#!/bin/sh
export PKG_CONFIG_LIBDIR="${{PKG_CONFIG_LIBDIR:-{root}/lib/pkgconfig:{root}/share/pkgconfig}}"
exec '{executable}' "$@"
"#
    );
    Ok(Package::new("pkg-config", &version).executable("bin/pkg-config", script))
}

/// The channel with these packages, written by the first process that needs it.
fn shared(packages: Vec<Package>) -> Channel {
    let channels = kept_files().join("channels");
    let root = channels.join(fingerprint(&packages));
    if let Some(channel) = Channel::open(&root) {
        return channel;
    }
    fs_err::create_dir_all(&channels).expect("the target directory is writable");
    let draft = tempfile::tempdir_in(&channels).expect("the target directory is writable");
    let mut channel = Channel::new(draft.path().join("channel"));
    for package in packages {
        channel.add(package);
    }
    // Another process may have written the same content first.
    let renamed = fs_err::rename(channel.root(), &root);
    Channel::open(&root).unwrap_or_else(|| panic!("cannot publish {}: {renamed:?}", root.display()))
}

/// A hash that changes whenever a package, or the way in which packages are written,
/// changes.
fn fingerprint(packages: &[Package]) -> String {
    let mut text = concat!(include_str!("packing.rs"), include_str!("channel.rs")).to_owned();
    for package in packages {
        text.push_str(&format!("{package:?}\n"));
        for entry in package.entries.values() {
            if let Entry::File(Content::CopyOf(original), _) = entry {
                let about = fs_err::metadata(original).expect("the tool exists");
                text.push_str(&format!("{} {:?}\n", about.len(), about.modified()));
            }
        }
    }
    packing::sha256(text)[..16].to_owned()
}
