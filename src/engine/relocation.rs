//! Packages programs and libraries without a run path that do not need one.
//!
//! rattler-build changes the run path of every file, so that it leads to the libraries of the
//! environment. Only `patchelf` can add one to a file that has none. A file that needs only
//! libraries of the system, such as a program that was compiled elsewhere, works without.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use goblin::elf::Elf;
use miette::{IntoDiagnostic, Report};
use rattler_build_core::types::Output;
use rattler_build_types::{AllOrGlobVec, GlobVec};

use crate::backend::inputs::escape;
use crate::diagnostic::Unreadable;

/// Leaves such files out of the relocation of `output`, unless the package asks for `patchelf` or
/// chooses itself what is relocated. `installed` are the files of the package in `prefix`.
///
/// # Errors
/// Files that cannot be read.
pub(super) fn spare(
    output: &mut Output,
    prefix: &Path,
    installed: &BTreeSet<PathBuf>,
) -> Result<(), Report> {
    let patchelf = output.build_prefix().join("bin/patchelf");
    let is_linux = output.build_configuration.target_platform.is_linux();
    let linking = &mut output.recipe.build.dynamic_linking;
    let is_default = linking.binary_relocation.is_all() && linking.rpaths.is_empty();
    if !is_linux || !is_default || patchelf.exists() {
        return Ok(());
    }
    let libraries: BTreeSet<&OsStr> = installed.iter().filter_map(|it| it.file_name()).collect();
    let is_local = |library: &str| {
        libraries.contains(OsStr::new(library)) || prefix.join("lib").join(library).exists()
    };
    let mut spared = Vec::new();
    for path in installed {
        if needs_no_run_path(&prefix.join(path), is_local)?
            && let Some(path) = path.to_str()
        {
            spared.push(escape(path));
        }
    }
    if spared.is_empty() {
        return Ok(());
    }
    tracing::debug!("these files need no run path: {}", spared.join(", "));
    let globs = GlobVec::from_strings(vec!["**".to_string()], spared).into_diagnostic()?;
    linking.binary_relocation = AllOrGlobVec::SpecificPaths(globs);
    Ok(())
}

/// Whether a file is a program or library without a run path that needs no library for which
/// `is_local` is true.
fn needs_no_run_path(path: &Path, is_local: impl Fn(&str) -> bool) -> Result<bool, Unreadable> {
    // A special file could block.
    if !path.symlink_metadata().is_ok_and(|about| about.is_file()) {
        return Ok(false);
    }
    let content = elf(path).map_err(|source| Unreadable {
        path: path.to_path_buf(),
        source,
    })?;
    // rattler-build has an error for a file that is damaged.
    let Some(Ok(elf)) = content.as_deref().map(Elf::parse) else {
        return Ok(false);
    };
    let has_path = !elf.rpaths.is_empty() || !elf.runpaths.is_empty();
    Ok(!has_path && !elf.libraries.iter().any(|library| is_local(library)))
}

/// The content of a file in the format of programs and libraries of Linux.
fn elf(path: &Path) -> std::io::Result<Option<Vec<u8>>> {
    let magic = goblin::elf::header::ELFMAG;
    let mut file = File::open(path)?;
    let mut content = Vec::new();
    file.by_ref()
        .take(magic.len() as u64)
        .read_to_end(&mut content)?;
    if content != magic {
        return Ok(None);
    }
    file.read_to_end(&mut content)?;
    Ok(Some(content))
}
