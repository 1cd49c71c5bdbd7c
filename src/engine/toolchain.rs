//! The machine's own toolchain in place of a build environment.
//!
//! For trying the backend out: no channel, no solver. The build prefix gets links
//! to the tools, and everything else works as with an installed environment.

use std::path::{Path, PathBuf};
use std::process::Command;

use miette::{Diagnostic, Report};
use thiserror::Error;

use crate::backend::Env;
use crate::diagnostic::{Unwritable, create_folder};

/// Fills `build_prefix` with links to cargo and rustc and creates an empty
/// `host_prefix`.
///
/// # Errors
/// [`NoRustc`], folders that cannot be written.
pub fn link_system_tools(env: &Env, build_prefix: &Path, host_prefix: &Path) -> Result<(), Report> {
    create_folder(host_prefix)?;
    let bin = if cfg!(windows) {
        build_prefix.join("Library").join("bin")
    } else {
        build_prefix.join("bin")
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
    Ok(())
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
