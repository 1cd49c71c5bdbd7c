//! Finds the Rust toolchain of this machine.

use std::path::PathBuf;
use std::process::Command;

use miette::{Diagnostic, Report};
use rattler_conda_types::Subdir;
use thiserror::Error;

use crate::backend::{Env, Platforms, SystemTools};

/// The programs of the toolchain. If the host platform is not that of the machine, also the
/// variable that selects the target.
///
/// # Errors
/// [`NoRustc`], [`NoTool`], [`NoTriple`].
pub(crate) fn find(env: &Env, platforms: Platforms) -> Result<SystemTools, Report> {
    let sysroot = sysroot(env)?;
    let mut programs = Vec::new();
    for tool in ["cargo", "rustc", "rustdoc"] {
        let name = format!("{tool}{}", std::env::consts::EXE_SUFFIX);
        let program = sysroot.join("bin").join(name);
        if !program.is_file() {
            return Err(NoTool { tool, sysroot }.into());
        }
        programs.push(program);
    }
    // The activation of conda's `rust_<platform>` sets the same variable.
    let mut variables = Vec::new();
    if platforms.build != platforms.host {
        let triple = triple(platforms.host).ok_or(NoTriple(platforms.host))?;
        variables.push(("CARGO_BUILD_TARGET".to_string(), triple.to_string()));
    }
    Ok(SystemTools {
        programs,
        variables,
        packages: Vec::new(),
    })
}

/// Rust's name for a platform of conda.
pub(crate) fn triple(platform: Subdir) -> Option<&'static str> {
    Some(match platform {
        Subdir::Linux64 => "x86_64-unknown-linux-gnu",
        Subdir::LinuxAarch64 => "aarch64-unknown-linux-gnu",
        Subdir::LinuxPpc64le => "powerpc64le-unknown-linux-gnu",
        Subdir::LinuxS390X => "s390x-unknown-linux-gnu",
        Subdir::LinuxRiscv64 => "riscv64gc-unknown-linux-gnu",
        Subdir::Osx64 => "x86_64-apple-darwin",
        Subdir::OsxArm64 => "aarch64-apple-darwin",
        Subdir::Win64 => "x86_64-pc-windows-msvc",
        Subdir::WinArm64 => "aarch64-pc-windows-msvc",
        _ => return None,
    })
}

/// The directory of the toolchain behind the command `rustc`, which may be a proxy of rustup.
/// The build uses the programs in the directory, because it does not see the settings that a
/// proxy needs. `RUSTUP_TOOLCHAIN` or the default selects the toolchain. A toolchain file in
/// the current directory is ignored, because it may belong to another project.
fn sysroot(env: &Env) -> Result<PathBuf, Report> {
    let rustc = env.get("RUSTC").unwrap_or("rustc");
    let output = Command::new(rustc)
        .args(["--print", "sysroot"])
        .current_dir("/")
        .output()
        .map_err(|source| NoRustc {
            rustc: rustc.to_string(),
            reason: source.to_string(),
        })?;
    if !output.status.success() {
        return Err(NoRustc {
            rustc: rustc.to_string(),
            reason: String::from_utf8_lossy(&output.stderr).trim().to_string(),
        }
        .into());
    }
    let sysroot = String::from_utf8_lossy(&output.stdout);
    Ok(PathBuf::from(sysroot.trim()))
}

/// There is no `rustc` that can be run.
#[derive(Debug, Error, Diagnostic)]
#[error("`{rustc}` cannot be run: {reason}")]
#[diagnostic(
    code(toolchain::no_rustc),
    help("install a stable Rust toolchain, or build without `--system-toolchain`")
)]
struct NoRustc {
    rustc: String,
    reason: String,
}

/// A program of the toolchain is missing.
#[derive(Debug, Error, Diagnostic)]
#[error("the toolchain in {} has no `{tool}`", sysroot.display())]
#[diagnostic(code(toolchain::incomplete), help("install it with rustup"))]
struct NoTool {
    tool: &'static str,
    sysroot: PathBuf,
}

/// No Rust target is known for a platform.
#[derive(Debug, Error, Diagnostic)]
#[error("no Rust target is known for {0}")]
#[diagnostic(code(toolchain::no_target))]
struct NoTriple(Subdir);
