//! A channel with the machine's own toolchain under conda-forge's names.
//!
//! The packages are wrappers: small scripts that run the real tool, and
//! activation scripts that set what conda-forge sets. The channel is written
//! once and kept below the target folder under a name made of its content, so
//! that the many processes a test run consists of share it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use super::channel::Channel;
use super::machine::{Machine, machine, on_path};
use super::packages::{Content, Entry, Package, placeholder};
use super::{activation, openssl, packing, prefix};

/// Version of the C library the packages claim to be built for.
const SYSROOT_VERSION: &str = "2.28";

/// Something this machine does not have.
#[derive(Debug, PartialEq, Eq)]
pub struct Missing(pub &'static str);

/// The channel with `extras`. Where the machine lacks one of them the test has to be
/// skipped, except in the gate (`CI` is set), which installs all of them.
///
/// # Panics
/// In the gate, when something is missing.
pub fn channel_or_skip(extras: &[Extra]) -> Option<Channel> {
    or_skip(channel_with(extras))
}

/// Something that tests need. Where the machine lacks it the test has to be skipped, except
/// in the gate.
///
/// # Panics
/// In the gate, when it is missing.
pub fn or_skip<T>(needed: Result<T, Missing>) -> Option<T> {
    match needed {
        Ok(needed) => Some(needed),
        Err(Missing(what)) if std::env::var_os("CI").is_some() => {
            panic!("the gate should have installed {what}")
        }
        Err(Missing(what)) => {
            eprintln!("skipped, this machine lacks {what}");
            None
        }
    }
}

/// Packages beside the toolchain, made only where they are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extra {
    /// `openssl`: a library to link against, with a weak run export.
    Openssl,
    /// `sccache`: the compiler cache.
    Sccache,
    /// `pkg-config`, which looks only into its own prefix and `PKG_CONFIG_PATH`.
    PkgConfig,
}

/// The channel with `rust_<platform>`, `gcc_<platform>` and what they depend on.
pub fn channel() -> &'static Channel {
    static CHANNEL: OnceLock<Channel> = OnceLock::new();
    CHANNEL.get_or_init(|| shared(packages(machine())))
}

/// The toolchain and more.
///
/// # Errors
///
/// Names what the machine lacks, for tests that skip themselves.
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

/// A channel below `folder` whose cargo does what `commands` say and installs an empty
/// program: for builds that are about everything but compiling.
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

/// `rust_linux-64` on the machine most tests run on.
pub fn rust_name() -> String {
    format!("rust_{}", machine().subdir)
}

/// `gcc_linux-64` on the machine most tests run on.
pub fn gcc_name() -> String {
    format!("gcc_{}", machine().subdir)
}

/// The compiler cache of this machine.
///
/// # Errors
///
/// When it is neither on `PATH` nor where the project's setup installs it.
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

/// A channel whose toolchain is made of the tools of `machine`.
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

/// Empty files under the names of the system's libraries: rattler-build takes
/// the names from the package's record and does not open them.
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
    let version = answer.split_whitespace().last().expect("`sccache 1.2.3`");
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
    let channels = Path::new(env!("CARGO_TARGET_TMPDIR")).join("channels");
    let root = channels.join(fingerprint(&packages));
    if let Some(channel) = Channel::open(&root) {
        return channel;
    }
    fs_err::create_dir_all(&channels).expect("target folder is writable");
    let draft = tempfile::tempdir_in(&channels).expect("target folder is writable");
    let mut channel = Channel::new(draft.path().join("channel"));
    for package in packages {
        channel.add(package);
    }
    // Losing the race is fine: the winner wrote the same content.
    let renamed = fs_err::rename(channel.root(), &root);
    Channel::open(&root).unwrap_or_else(|| panic!("cannot publish {}: {renamed:?}", root.display()))
}

/// Changes whenever a package, or the way packages are written, changes.
fn fingerprint(packages: &[Package]) -> String {
    let mut text = concat!(include_str!("packing.rs"), include_str!("channel.rs")).to_owned();
    for package in packages {
        text.push_str(&format!("{package:?}\n"));
        for entry in package.entries.values() {
            if let Entry::File(Content::CopyOf(original), _) = entry {
                let about = fs_err::metadata(original).expect("tools exist");
                text.push_str(&format!("{} {:?}\n", about.len(), about.modified()));
            }
        }
    }
    packing::sha256(text)[..16].to_owned()
}
