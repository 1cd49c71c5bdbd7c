//! Determines the license of a project: the SPDX expression, and the files with the text.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ignore::overrides::OverrideBuilder;
use spdx::Expression;

use super::project::Files;
use crate::diagnostic::Warning;
use crate::disk::files_below;

/// The names of license files that setuptools recognizes if the project does not list any.
pub(super) const PATTERNS: [&str; 4] = ["LICEN[CS]E*", "COPYING*", "NOTICE*", "AUTHORS*"];

/// Classifiers of PyPI that stand for exactly one license.
const CLASSIFIERS: [(&str, &str); 12] = [
    ("MIT License", "MIT"),
    ("Apache Software License", "Apache-2.0"),
    ("ISC License (ISCL)", "ISC"),
    ("Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"),
    ("Mozilla Public License 1.1 (MPL 1.1)", "MPL-1.1"),
    ("Python Software Foundation License", "PSF-2.0"),
    ("The Unlicense (Unlicense)", "Unlicense"),
    ("zlib/libpng License", "Zlib"),
    ("Boost Software License 1.0 (BSL-1.0)", "BSL-1.0"),
    (
        "GNU General Public License v3 or later (GPLv3+)",
        "GPL-3.0-or-later",
    ),
    (
        "GNU General Public License v2 or later (GPLv2+)",
        "GPL-2.0-or-later",
    ),
    (
        "GNU Lesser General Public License v3 or later (LGPLv3+)",
        "LGPL-3.0-or-later",
    ),
];

/// The license of a project as an SPDX expression. A text that cannot be converted to one is
/// left out, with a warning.
pub(super) fn expression(project: &Files, warnings: &mut Vec<Warning>) -> Option<String> {
    let keys: [&[&str]; 3] = [
        &["project", "license"],
        &["project", "license", "text"],
        &["tool", "poetry", "license"],
    ];
    let toml = keys.into_iter().find_map(|keys| project.toml(keys));
    let text = toml.map(|text| text.text.to_string());
    let text = text
        .or_else(|| Some(project.setup_cfg.get("metadata", "license")?.to_string()))
        .or_else(|| project.setup_py.as_ref()?.text("license"));
    let Some(text) = text else {
        return by_classifier(project);
    };
    if let Some(license) = spelled(&text) {
        return Some(license);
    }
    if let Some(license) = by_classifier(project) {
        return Some(license);
    }
    let first = text.trim().lines().next().unwrap_or_default();
    warnings.push(
        Warning::new(format!(
            "the license `{first}` is not an SPDX expression and is left out"
        ))
        .help(
            "set `license` in `[package]` of the pixi manifest, `LicenseRef-…` for your own text",
        ),
    );
    None
}

/// Converts `text` to an SPDX expression. Knows common spellings that are not SPDX.
fn spelled(text: &str) -> Option<String> {
    let text = text.trim();
    if Expression::parse(text).is_ok() {
        return Some(text.to_string());
    }
    let with_or = text.split('/').map(str::trim).collect::<Vec<_>>();
    let with_or = with_or.join(" OR ");
    if let Ok(Some(renamed)) = Expression::canonicalize(&with_or)
        && Expression::parse(&renamed).is_ok()
    {
        return Some(renamed);
    }
    if Expression::parse(&with_or).is_ok() {
        return Some(with_or);
    }
    let common = match text.to_lowercase().as_str() {
        "mit license" | "the mit license" | "expat" => "MIT",
        "apache 2.0"
        | "apache license 2.0"
        | "apache-2"
        | "apache software license 2.0"
        | "apache license, version 2.0"
        | "apache license version 2.0" => "Apache-2.0",
        "bsd-3"
        | "bsd 3-clause"
        | "3-clause bsd"
        | "new bsd"
        | "bsd 3-clause license"
        | "modified bsd license"
        | "revised bsd"
        | "revised bsd license"
        | "bsd 3 clause"
        | "the bsd 3-clause license" => "BSD-3-Clause",
        "bsd 2-clause" | "simplified bsd" | "bsd 2-clause license" => "BSD-2-Clause",
        "gplv3" | "gpl v3" | "gpl-3" => "GPL-3.0-only",
        "gplv3+" => "GPL-3.0-or-later",
        "mpl 2.0" | "mpl2" => "MPL-2.0",
        "psf" => "PSF-2.0",
        _ => return None,
    };
    Some(common.to_string())
}

fn by_classifier(project: &Files) -> Option<String> {
    let toml = project.pyproject.as_ref();
    let toml = toml.map(|file| file.texts(&["project", "classifiers"]));
    let toml = toml.into_iter().flatten().map(|entry| entry.text);
    let cfg = project.setup_cfg.lines("metadata", "classifiers");
    let named: Vec<&str> = toml
        .chain(cfg)
        .filter_map(|entry| entry.strip_prefix("License ::"))
        .map(|entry| entry.rsplit("::").next().unwrap_or(entry).trim())
        .filter(|entry| *entry != "OSI Approved")
        .collect();
    let [only] = named.as_slice() else {
        return None;
    };
    let mut known = CLASSIFIERS.iter();
    let (_, license) = known.find(|(classifier, _)| classifier == only)?;
    Some(license.to_string())
}

/// The patterns with which the project lists its license files. Empty if it does not list any.
pub(super) fn patterns(project: &Files) -> Vec<String> {
    let mut patterns = Vec::new();
    if let Some(file) = project.toml(&["project", "license", "file"]) {
        patterns.push(file.text.to_string());
    }
    let keys: [&[&str]; 3] = [
        &["project", "license-files"],
        &["project", "license-files", "paths"],
        &["project", "license-files", "globs"],
    ];
    let toml = project.pyproject.iter();
    let toml = toml.flat_map(|file| keys.map(|keys| file.texts(keys)));
    patterns.extend(toml.flatten().map(|entry| entry.text.to_string()));
    for key in ["license_files", "license_file"] {
        let named = project.setup_cfg.list("metadata", key).into_iter();
        patterns.extend(named.map(str::to_string));
    }
    patterns
}

/// The license files for the recipe. rattler-build packs absolute paths into one directory, which
/// has room for one file of each name. The path of another file of that name is relative: the
/// build copies the file to the directory in which the script runs, and its directory is kept.
pub(super) fn packed_files(project: &Files, warnings: &mut Vec<Warning>) -> Vec<PathBuf> {
    let files = files(project, warnings).into_iter();
    let mut names = BTreeSet::new();
    let packed = files.map(|file| {
        let is_first = names.insert(file.file_name().map(ToOwned::to_owned));
        match file.strip_prefix(&project.folder) {
            Ok(below) if !is_first => below.to_path_buf(),
            _ => file,
        }
    });
    packed.collect()
}

/// A license file that has the name of another one.
#[derive(Debug)]
pub(super) struct Copied {
    /// The relative path in the project and in the package.
    pub(super) path: PathBuf,
    pub(super) text: String,
}

/// The license files that would overwrite another one in the package.
pub(super) fn copied(project: &Files) -> Vec<Copied> {
    let files = packed_files(project, &mut Vec::new()).into_iter();
    let relative = files.filter(|file| file.is_relative());
    let copied = relative.filter_map(|path| {
        let content = std::fs::read(project.folder.join(&path)).ok()?;
        let text = String::from_utf8_lossy(&content).into_owned();
        Some(Copied { path, text })
    });
    copied.collect()
}

/// The license files of a project: those that it lists, or else those with a common name.
pub(super) fn files(project: &Files, warnings: &mut Vec<Warning>) -> Vec<PathBuf> {
    let named = patterns(project);
    if named.is_empty() {
        return matching(
            &project.folder,
            &PATTERNS.map(|pattern| format!("/{pattern}")),
        );
    }
    let mut files: Vec<PathBuf> = Vec::new();
    for pattern in named {
        let found = if project.folder.join(&pattern).is_file() {
            vec![project.folder.join(&pattern)]
        } else {
            matching(&project.folder, &[format!("/{pattern}")])
        };
        if found.is_empty() {
            warnings.push(Warning::new(format!(
                "no file matches `{pattern}`, which the project names as a license file"
            )));
        }
        let new = found.into_iter().filter(|file| !files.contains(file));
        files.extend(new.collect::<Vec<_>>());
    }
    files
}

fn matching(folder: &Path, patterns: &[String]) -> Vec<PathBuf> {
    let mut builder = OverrideBuilder::new(folder);
    for pattern in patterns {
        if builder.add(pattern).is_err() {
            return Vec::new();
        }
    }
    let Ok(matcher) = builder.build() else {
        return Vec::new();
    };
    // Without a directory in the patterns, no file in a subdirectory can match.
    let deep = patterns.iter().any(|pattern| pattern[1..].contains('/'));
    let candidates: Vec<PathBuf> = if deep {
        files_below(folder.to_path_buf()).collect()
    } else {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect()
    };
    let fits = |path: &PathBuf| path.is_file() && matcher.matched(path, false).is_whitelist();
    let mut files: Vec<PathBuf> = candidates.into_iter().filter(fits).collect();
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_spellings_are_understood() {
        for (text, license) in [
            ("MIT", Some("MIT")),
            ("MIT License", Some("MIT")),
            ("MIT/Apache-2.0", Some("MIT OR Apache-2.0")),
            ("BSD 3-Clause", Some("BSD-3-Clause")),
            ("BLABLA", None),
        ] {
            assert_eq!(spelled(text).as_deref(), license, "{text}");
        }
    }

    #[test]
    fn patterns_are_looked_for_in_the_project() {
        let root = tempfile::tempdir().expect("a folder");
        for file in [
            "LICENSE",
            "LICENSE.MIT",
            "vendor/a/LICENSE",
            "src/LICENSE.py",
        ] {
            crate::disk::write(&root.path().join(file), "text").expect("own folder");
        }
        let found = |patterns: &[&str]| {
            let patterns: Vec<String> = patterns.iter().map(|p| format!("/{p}")).collect();
            matching(root.path(), &patterns).len()
        };
        assert_eq!(found(&PATTERNS), 2);
        assert_eq!(found(&["vendor/*/LICENSE"]), 1);
        assert_eq!(found(&["**/LICENSE"]), 2);
    }
}
