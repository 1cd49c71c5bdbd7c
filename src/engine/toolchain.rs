//! The tools of the machine instead of a build environment.
//!
//! This is for trying out a backend without channels and without a solver. The build
//! prefix gets links to the tools; everything else works as with an installed
//! environment.

use std::path::Path;

use miette::Report;

use crate::backend::{Platforms, SystemTools};
use crate::diagnostic::{Unwritable, create_folder};
use crate::protocol::build::Params;

/// Fills the build prefix of `params` with links to `tools`, and creates an empty host prefix.
///
/// # Errors
/// Directories that cannot be written.
pub fn link_system_tools(
    tools: &SystemTools,
    platforms: Platforms,
    params: &Params,
) -> Result<(), Report> {
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
    let SystemTools {
        programs,
        variables,
        packages: _,
    } = tools;
    for program in programs {
        if let Some(name) = program.file_name() {
            link(program, &bin.join(name))?;
        }
    }
    if variables.is_empty() {
        Ok(())
    } else {
        activate(&build.prefix, platforms, variables)
    }
}

/// Writes the script that sets `variables` when the build environment is activated.
fn activate(
    build_prefix: &Path,
    platforms: Platforms,
    variables: &[(String, String)],
) -> Result<(), Report> {
    let folder = build_prefix.join("etc").join("conda").join("activate.d");
    create_folder(&folder)?;
    let is_windows = platforms.build.is_windows();
    let lines = variables.iter().map(|(name, value)| {
        if is_windows {
            format!("@set \"{name}={value}\"\r\n")
        } else {
            format!("export {name}='{}'\n", value.replace('\'', "'\\''"))
        }
    });
    let name = if is_windows {
        "system-tools.bat"
    } else {
        "system-tools.sh"
    };
    let path = folder.join(name);
    let text: String = lines.collect();
    Ok(std::fs::write(&path, text).map_err(|source| Unwritable { path, source })?)
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
