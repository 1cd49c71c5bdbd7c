//! The machine's own toolchain in place of a build environment.
//!
//! For trying the backend out: no channel, no solver. The build prefix gets links
//! to the tools, and everything else works as with an installed environment.

use std::path::{Path, PathBuf};
use std::process::Command;

use miette::{Diagnostic, Report};
use rattler_conda_types::Subdir;
use thiserror::Error;

use crate::backend::{Env, Platforms};
use crate::diagnostic::{Unwritable, create_folder};
use crate::protocol::build::Params;

/// Fills the build prefix of `params` with links to cargo and rustc and creates
/// an empty host prefix.
///
/// # Errors
/// [`NoRustc`], [`NoTool`], folders that cannot be written.
pub fn link_system_tools(env: &Env, platforms: Platforms, params: &Params) -> Result<(), Report> {
    if let Some(host) = &params.host_prefix {
        create_folder(&host.prefix)?;
    }
    let Some(build) = &params.build_prefix else {
        return Ok(());
    };
    let bin = if platforms.build.is_windows() {
        build.prefix.join("Library").join("bin")
    } else {
        build.prefix.join("bin")
    };
    create_folder(&bin)?;
    let sysroot = sysroot(env)?;
    for tool in ["cargo", "rustc", "rustdoc"] {
        let name = format!("{tool}{}", std::env::consts::EXE_SUFFIX);
        let target = sysroot.join("bin").join(&name);
        if !target.is_file() {
            return Err(NoTool { tool, sysroot }.into());
        }
        link(&target, &bin.join(name))?;
    }
    if platforms.build != platforms.host {
        activate_target(&build.prefix, platforms)?;
    }
    Ok(())
}

/// What the activation of conda's `rust_<platform>` does for a foreign platform.
fn activate_target(build_prefix: &Path, platforms: Platforms) -> Result<(), Report> {
    let triple = triple(platforms.host).ok_or(NoTriple(platforms.host))?;
    let folder = build_prefix.join("etc").join("conda").join("activate.d");
    create_folder(&folder)?;
    let (name, text) = if platforms.build.is_windows() {
        (
            "target.bat",
            format!("@set \"CARGO_BUILD_TARGET={triple}\"\r\n"),
        )
    } else {
        ("target.sh", format!("export CARGO_BUILD_TARGET={triple}\n"))
    };
    let path = folder.join(name);
    Ok(std::fs::write(&path, text).map_err(|source| Unwritable { path, source })?)
}

/// Rust's name for a platform of conda.
fn triple(platform: Subdir) -> Option<&'static str> {
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

/// The toolchain behind `rustc`: a rustup proxy would need rustup's own settings,
/// which a build does not see.
fn sysroot(env: &Env) -> Result<PathBuf, Report> {
    let rustc = env.get("RUSTC").unwrap_or("rustc");
    let output = Command::new(rustc)
        .args(["--print", "sysroot"])
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

fn link(target: &Path, link: &Path) -> Result<(), Report> {
    let unwritable = |source| Unwritable {
        path: link.to_path_buf(),
        source,
    };
    match std::fs::remove_file(link) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(unwritable(error).into());
        }
        _ => {}
    }
    #[cfg(unix)]
    let linked = std::os::unix::fs::symlink(target, link);
    #[cfg(not(unix))]
    let linked = std::fs::hard_link(target, link);
    Ok(linked.map_err(unwritable)?)
}

/// There is no Rust on this machine.
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

/// The toolchain is incomplete.
#[derive(Debug, Error, Diagnostic)]
#[error("the toolchain in {} has no `{tool}`", sysroot.display())]
#[diagnostic(code(toolchain::incomplete), help("install it with rustup"))]
struct NoTool {
    tool: &'static str,
    sysroot: PathBuf,
}

/// Rust is not known to run there.
#[derive(Debug, Error, Diagnostic)]
#[error("no Rust target is known for {0}")]
#[diagnostic(code(toolchain::no_target))]
struct NoTriple(Subdir);
