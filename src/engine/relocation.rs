//! Packages programs and libraries without a run path that do not need one.
//!
//! rattler-build changes the run path of every file, so that it leads to the libraries of the
//! environment. Only `patchelf` can add one to a file that has none. A file that needs only
//! libraries of the system, such as a program that was compiled elsewhere, works without.
//! rattler-build cannot pack a damaged one, such as the data of a test.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use goblin::elf::Elf;
use goblin::elf::header::{
    EI_CLASS, EI_DATA, ELFCLASS32, ELFCLASS64, ELFDATA2MSB, ELFMAG, ET_DYN, ET_EXEC,
};
use goblin::elf64::header::SIZEOF_EHDR;
use miette::{Diagnostic, IntoDiagnostic, Report};
use rattler_build_core::types::Output;
use rattler_build_types::{AllOrGlobVec, GlobVec};
use thiserror::Error;

use crate::backend::inputs::escape;
use crate::diagnostic::Unreadable;

/// The place of the type in the header of a file.
const E_TYPE: usize = 16;

/// Leaves such files out of the relocation of `output`, unless the package asks for `patchelf` or
/// chooses itself what is relocated. `installed` are the files of the package in `prefix`.
///
/// # Errors
/// Files that cannot be read, [`Damaged`].
pub(super) fn spare(
    output: &mut Output,
    prefix: &Path,
    installed: &BTreeSet<PathBuf>,
) -> Result<(), Report> {
    let patchelf = output.build_prefix().join("bin/patchelf");
    if !output.build_configuration.target_platform.is_linux() {
        return Ok(());
    }
    let linking = &mut output.recipe.build.dynamic_linking;
    let is_default = linking.binary_relocation.is_all() && linking.rpaths.is_empty();
    let libraries: BTreeSet<&OsStr> = installed.iter().filter_map(|it| it.file_name()).collect();
    let is_local = |library: &str| {
        libraries.contains(OsStr::new(library)) || prefix.join("lib").join(library).exists()
    };
    let mut spared = Vec::new();
    let chosen = &output.recipe.build.files;
    let is_packed = |path: &&PathBuf| chosen.as_ref().is_none_or(|files| files.is_match(path));
    for path in installed.iter().filter(is_packed) {
        let needs_none = match needs_no_run_path(&prefix.join(path), is_local)? {
            Ok(needs_none) => needs_none,
            Err(reason) => {
                let path = path.display().to_string();
                return Err(Damaged { path, reason }.into());
            }
        };
        if let Some(path) = path.to_str().filter(|_| needs_none) {
            spared.push(escape(path));
        }
    }
    if spared.is_empty() || !is_default || patchelf.exists() {
        return Ok(());
    }
    tracing::debug!("these files need no run path: {}", spared.join(", "));
    let globs = GlobVec::from_strings(vec!["**".to_string()], spared).into_diagnostic()?;
    linking.binary_relocation = AllOrGlobVec::SpecificPaths(globs);
    Ok(())
}

/// A file begins like a program or library, and the rest of it cannot be read.
#[derive(Debug, Error, Diagnostic)]
#[error("`{path}` looks like a program or library of Linux, and is damaged: {reason}")]
#[diagnostic(
    code(package::damaged_program),
    help(
        "build it again; if it is the data of a test, leave it out of the package, or install it \
         inside of an archive"
    )
)]
struct Damaged {
    path: String,
    reason: goblin::error::Error,
}

/// Whether a file is a program or library without a run path that needs no library for which
/// `is_local` is true. The inner error is that of a damaged file.
///
/// # Errors
/// A file that cannot be read.
fn needs_no_run_path(
    path: &Path,
    is_local: impl Fn(&str) -> bool,
) -> Result<Result<bool, goblin::error::Error>, Unreadable> {
    // A special file could block.
    if !path.symlink_metadata().is_ok_and(|about| about.is_file()) {
        return Ok(Ok(false));
    }
    let content = elf(path).map_err(|source| Unreadable {
        path: path.to_path_buf(),
        source,
    })?;
    let Some(content) = content else {
        return Ok(Ok(false));
    };
    Ok(Elf::parse(&content).map(|elf| {
        let has_path = !elf.rpaths.is_empty() || !elf.runpaths.is_empty();
        !has_path && !elf.libraries.iter().any(|library| is_local(library))
    }))
}

/// The content of a program or library of Linux. `None` for all other files, such as objects of a
/// compiler, which rattler-build packs as they are.
fn elf(path: &Path) -> std::io::Result<Option<Vec<u8>>> {
    let mut file = File::open(path)?;
    let mut content = Vec::new();
    file.by_ref()
        .take(SIZEOF_EHDR as u64)
        .read_to_end(&mut content)?;
    if !is_linked(&content) {
        return Ok(None);
    }
    file.read_to_end(&mut content)?;
    Ok(Some(content))
}

/// Whether a file that begins with `header` is a program or library of Linux.
fn is_linked(header: &[u8]) -> bool {
    if header.len() < SIZEOF_EHDR || !header.starts_with(ELFMAG) {
        return false;
    }
    let kind = [header[E_TYPE], header[E_TYPE + 1]];
    let kind = match header[EI_DATA] {
        ELFDATA2MSB => u16::from_be_bytes(kind),
        _ => u16::from_le_bytes(kind),
    };
    [ELFCLASS32, ELFCLASS64].contains(&header[EI_CLASS]) && [ET_EXEC, ET_DYN].contains(&kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_linked_files_count() {
        let header = |class: u8, kind: u8| {
            let mut header = [0; SIZEOF_EHDR];
            header[..4].copy_from_slice(ELFMAG);
            header[EI_CLASS] = class;
            header[E_TYPE] = kind;
            header
        };
        assert!(is_linked(&header(2, 2)));
        assert!(is_linked(&header(1, 3)));
        assert!(!is_linked(&header(2, 1)), "an object");
        assert!(!is_linked(&header(9, 3)));
        assert!(!is_linked(&header(2, 3)[..20]), "the data of a test");
    }
}
