//! The Mojo compiler of the tests: the real one if the machine has it, and otherwise a stand-in
//! with the same command line.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use indoc::indoc;

use test_support::channel::Channel;
use test_support::machine::machine;
use test_support::packages::Package;
use test_support::prefix::output;
use test_support::toolchain;

/// The compiler of the tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compiler {
    /// The real compiler, in this directory.
    Real(PathBuf),
    /// The script `stand-in.sh`.
    StandIn,
}

/// The version that the gate downloads.
pub const VERSION: &str = "1.2.0";

/// Returns the compiler of this machine. The gate downloads the real one to this directory, which
/// is outside of the clone.
pub fn compiler() -> Compiler {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache"));
    let folder = cache
        .or(home)
        .map(|cache| cache.join(format!("pixi-build-backends/mojo-{VERSION}")));
    match folder.filter(|folder| folder.join("bin/mojo").is_file()) {
        Some(folder) => Compiler::Real(folder),
        None => Compiler::StandIn,
    }
}

/// A channel with `mojo-compiler`, and the C compiler of this machine.
pub fn channel() -> Channel {
    static CHANNEL: OnceLock<Channel> = OnceLock::new();
    let channel = CHANNEL.get_or_init(|| toolchain::shared_with(vec![package(true), python()]));
    channel.clone()
}

/// A channel with a compiler without an activation script, and the C compiler of this machine.
pub fn bare_channel() -> Channel {
    static CHANNEL: OnceLock<Channel> = OnceLock::new();
    let channel = CHANNEL.get_or_init(|| toolchain::shared_with(vec![package(false)]));
    channel.clone()
}

/// The activation script, which tells the compiler where its files are.
const ACTIVATION: &str = indoc! {r#"
    export MODULAR_MAX_PACKAGE_ROOT="$CONDA_PREFIX"
    export MODULAR_MOJO_MAX_PACKAGE_ROOT="$CONDA_PREFIX"
    export MODULAR_MOJO_MAX_DRIVER_PATH="$CONDA_PREFIX/bin/mojo"
    export MODULAR_MOJO_MAX_IMPORT_PATH="$CONDA_PREFIX/lib/mojo"
    export MODULAR_MOJO_MAX_LLD_PATH="$CONDA_PREFIX/bin/lld"
"#};

/// The package of the compiler, with or without an activation script. The stand-in does not need
/// the script.
pub fn package(activated: bool) -> Package {
    let package = Package::new("mojo-compiler", VERSION);
    match compiler() {
        Compiler::Real(folder) => {
            let real = folder.join("bin/mojo");
            let libraries = [
                "KGENCompilerRTShared",
                "AsyncRTRuntimeGlobals",
                "MSupportGlobals",
            ];
            let libraries = libraries.map(|name| format!("lib/lib{name}.so"));
            let copied = libraries
                .iter()
                .map(String::as_str)
                .chain(["lib/mojo/std.mojoc"]);
            let package = package.wrapper("bin/mojo", &real);
            let package = copied.fold(package, |package, path| {
                package.copy_of(path, &folder.join(path))
            });
            if activated {
                package.file("etc/conda/activate.d/mojo.sh", ACTIVATION)
            } else {
                package
            }
        }
        Compiler::StandIn => {
            let text = include_str!("stand-in.sh").replace("@VERSION@", VERSION);
            package.executable("bin/mojo", text)
        }
    }
}

/// A package with a version of Python, which determines the path of modules.
fn python() -> Package {
    Package::new("python", "3.12.4").executable("bin/python", "#!/bin/sh\n")
}

/// The real compiler, if it is there.
pub fn real() -> Option<PathBuf> {
    match compiler() {
        Compiler::Real(folder) => Some(folder),
        Compiler::StandIn => None,
    }
}

/// The real compiler, for tests that the stand-in cannot pass. `None` if the machine does not
/// have it.
///
/// # Panics
/// In the gate, if the compiler is missing.
pub fn real_or_skip() -> Option<PathBuf> {
    let real = real();
    if real.is_none() {
        let needed = std::env::var_os("CI").is_some() && machine().subdir.is_linux();
        assert!(!needed, "the gate should have downloaded the Mojo compiler");
        eprintln!("skipped: this machine does not have the Mojo compiler");
    }
    real
}

#[test]
fn the_compiler_of_the_tests_says_which_one_it_is() {
    let program = tempfile::tempdir().expect("a temporary directory can be created");
    let (name, mojo) = match compiler() {
        Compiler::Real(folder) => ("the real compiler", folder.join("bin/mojo")),
        Compiler::StandIn => {
            let script = program.path().join("mojo");
            let text = include_str!("stand-in.sh").replace("@VERSION@", VERSION);
            fs_err::write(&script, text).expect("the test owns the directory");
            ("the stand-in", script)
        }
    };
    let mut command = match name {
        "the stand-in" => {
            let mut command = Command::new("sh");
            command.arg(&mojo);
            command
        }
        _ => Command::new(&mojo),
    };
    let answer = output(command.arg("--version"));
    println!("{name} runs: {answer}");
    assert!(answer.starts_with("Mojo 1.2.0"), "{answer}");
}
