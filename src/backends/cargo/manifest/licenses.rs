//! Licences: the expression as SPDX has it, the files that hold the text.

use std::path::{Path, PathBuf};

use spdx::Expression;

use crate::diagnostic::Warning;

/// How the names of licence texts begin.
const FILE_NAMES: [&str; 5] = ["license", "licence", "copying", "notice", "unlicense"];

/// Turns what Cargo accepts into an SPDX expression: `MIT/Apache-2.0` becomes
/// `MIT OR Apache-2.0`. What is not a license is left out, with a warning.
pub(crate) fn normalize(license: &str, warnings: &mut Vec<Warning>) -> Option<String> {
    if Expression::parse(license).is_ok() {
        return Some(license.to_string());
    }
    // Cargo's own meaning of the slash, from before it asked for SPDX.
    let with_or = license
        .split('/')
        .map(str::trim)
        .collect::<Vec<_>>()
        .join(" OR ");
    // `GPL-3.0` and `MIT OR GPL-2.0+` come from before SPDX renamed them.
    if let Ok(Some(renamed)) = Expression::canonicalize(&with_or)
        && Expression::parse(&renamed).is_ok()
    {
        return Some(renamed);
    }
    match Expression::parse(&with_or) {
        Ok(_) => Some(with_or),
        Err(error) => {
            warnings.push(
                Warning::new(format!(
                    "the license `{license}` of Cargo.toml is not an SPDX expression ({}) and is left out",
                    error.reason
                ))
                .help("set `license` in `[package]` of pixi.toml, `LicenseRef-…` for a text of your own"),
            );
            None
        }
    }
}

/// The names of licence texts as patterns. A module about licences matches them
/// too: an exclusion would count for whatever shares a list with them.
pub(crate) fn patterns() -> Vec<String> {
    let either = |sign: char| format!("[{sign}{}]", sign.to_ascii_uppercase());
    let pattern = |name: &&str| name.chars().map(either).collect::<String>() + "*";
    FILE_NAMES.iter().map(pattern).collect()
}

/// The folder in which the REUSE specification wants one text for each licence.
pub(crate) const REUSE: &str = "LICENSES";

/// The licence texts directly in `folder`, sorted by name, or else those in its folder
/// [`REUSE`].
pub(crate) fn in_folder(folder: &Path) -> Vec<PathBuf> {
    let found = files(folder, |name| {
        let name = name.to_lowercase();
        // A module about licenses is not a license.
        FILE_NAMES.iter().any(|start| name.starts_with(start)) && !name.ends_with(".rs")
    });
    match found.is_empty() {
        true => files(&folder.join(REUSE), |_| true),
        false => found,
    }
}

/// The files in `folder` with a name that fits, what editors leave behind aside.
fn files(folder: &Path, fits: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries
        .filter(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            fits(&name) && !name.ends_with('~') && !name.starts_with('.')
        })
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slash_means_or() {
        let mut warnings = Vec::new();
        let license = normalize("MIT/Apache-2.0", &mut warnings);
        assert_eq!(license.as_deref(), Some("MIT OR Apache-2.0"));
        assert_eq!(warnings, []);
    }

    #[test]
    fn identifiers_that_were_renamed_are_known() {
        for (old, new) in [
            ("GPL-3.0", "GPL-3.0-only"),
            ("MIT OR GPL-2.0+", "MIT OR GPL-2.0-or-later"),
            ("MIT/LGPL-2.1+", "MIT OR LGPL-2.1-or-later"),
            ("AGPL-3.0+", "AGPL-3.0-or-later"),
        ] {
            let mut warnings = Vec::new();
            assert_eq!(normalize(old, &mut warnings).as_deref(), Some(new));
            assert_eq!(warnings, []);
        }
    }

    #[test]
    fn no_licence_is_left_out_and_reported() {
        let mut warnings = Vec::new();
        assert_eq!(normalize("do what you want", &mut warnings), None);
        assert_eq!(warnings.len(), 1);
    }
}
