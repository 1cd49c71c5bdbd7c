//! Determines the license of a project: the SPDX expression, and the files with the text.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ignore::overrides::OverrideBuilder;
use regex::Regex;
use spdx::Expression;

use super::own_files::own_files;
use super::project::Files;
use crate::backend::inputs::{WILDCARDS, split_at_wildcard};
use crate::diagnostic::Warning;

/// The names of license files that setuptools recognizes if the project does not list any.
pub(super) const PATTERNS: [&str; 4] = ["LICEN[CS]E*", "COPYING*", "NOTICE*", "AUTHORS*"];

/// Classifiers of PyPI that stand for exactly one license.
const CLASSIFIERS: [(&str, &str); 18] = [
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
    (
        "GNU Lesser General Public License v2 or later (LGPLv2+)",
        "LGPL-2.0-or-later",
    ),
    (
        "GNU Affero General Public License v3 or later (AGPLv3+)",
        "AGPL-3.0-or-later",
    ),
    ("GNU General Public License v2 (GPLv2)", "GPL-2.0-only"),
    ("GNU General Public License v3 (GPLv3)", "GPL-3.0-only"),
    (
        "GNU Lesser General Public License v3 (LGPLv3)",
        "LGPL-3.0-only",
    ),
    ("GNU Affero General Public License v3", "AGPL-3.0-only"),
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
    let text = text.or_else(|| project.setuptools_text("metadata", "license", "license"));
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

/// Converts `text` to an SPDX expression. Knows common spellings that are not SPDX. Names that
/// stand for several licenses, such as `GPL` and `BSD`, are not converted.
fn spelled(text: &str) -> Option<String> {
    let text = text.trim();
    if Expression::parse(text).is_ok() {
        return Some(text.to_string());
    }
    if let Some(license) = one(text) {
        return Some(license);
    }
    let operator = Regex::new(r"(?i)\s*/\s*|\s+or\s+|\s+and\s+").ok()?;
    let mut converted = String::new();
    let mut start = 0;
    for found in operator.find_iter(text) {
        converted.push_str(&one(&text[start..found.start()])?);
        let is_and = found.as_str().trim().eq_ignore_ascii_case("and");
        converted.push_str(if is_and { " AND " } else { " OR " });
        start = found.end();
    }
    converted.push_str(&one(&text[start..])?);
    Expression::parse(&converted).is_ok().then_some(converted)
}

/// Converts the name of one license.
fn one(text: &str) -> Option<String> {
    let text = text.trim();
    let ids = spdx::identifiers::LICENSES
        .iter()
        .map(|license| license.name);
    let mut same = ids.filter(|id| id.eq_ignore_ascii_case(text));
    if let Some(id) = same.next()
        && Expression::parse(id).is_ok()
    {
        return Some(id.to_string());
    }
    if let Some(license) = gnu(text) {
        return Some(license);
    }
    let common = match text.to_lowercase().as_str() {
        "mit license"
        | "the mit license"
        | "the mit license (mit)"
        | "mit license (mit)"
        | "mit-license"
        | "mit/x11"
        | "x11/mit"
        | "expat" => "MIT",
        "apache 2.0"
        | "apache 2"
        | "apache-2"
        | "apache2"
        | "apache2.0"
        | "apache v2"
        | "apache v2.0"
        | "asl 2.0"
        | "asl2.0"
        | "apache license 2.0"
        | "apache license v2.0"
        | "apache license, version 2.0"
        | "apache license version 2.0"
        | "apache software license 2.0"
        | "apache software license, version 2.0" => "Apache-2.0",
        "bsd-3"
        | "bsd3"
        | "bsd 3-clause"
        | "3-clause bsd"
        | "3-clause bsd license"
        | "new bsd"
        | "new bsd license"
        | "bsd 3-clause license"
        | "bsd-3-clause license"
        | "modified bsd license"
        | "revised bsd"
        | "revised bsd license"
        | "bsd 3 clause"
        | "the bsd 3-clause license" => "BSD-3-Clause",
        "bsd-2"
        | "bsd 2-clause"
        | "bsd-2clause"
        | "2-clause bsd"
        | "2-clause bsd license"
        | "simplified bsd"
        | "simplified bsd license"
        | "bsd 2-clause license"
        | "bsd-2-clause license" => "BSD-2-Clause",
        "mpl 2.0" | "mpl 2" | "mpl2" | "mpl2.0" | "mpl-2" | "mozilla public license 2.0" => {
            "MPL-2.0"
        }
        "isc license" => "ISC",
        "the unlicense" => "Unlicense",
        "cc0" => "CC0-1.0",
        "psf" => "PSF-2.0",
        _ => return None,
    };
    Some(common.to_string())
}

/// Converts the name of a version of a GNU license, such as `GPLv3+`.
fn gnu(text: &str) -> Option<String> {
    let pattern = r"(?i)^(?:gnu )?([al]?gpl)[ -]?(?:version |v)?(\d)(?:\.(\d))?(\+|[ -]or[ -]later|[ -]only)?$";
    let found = Regex::new(pattern).ok()?.captures(text)?;
    let later = found.get(4).map_or("", |ending| ending.as_str());
    let ending = if later.is_empty() || later.to_lowercase().ends_with("only") {
        "only"
    } else {
        "or-later"
    };
    let license = format!(
        "{}-{}.{}-{ending}",
        found[1].to_uppercase(),
        &found[2],
        found.get(3).map_or("0", |minor| minor.as_str()),
    );
    Expression::parse(&license).is_ok().then_some(license)
}

fn by_classifier(project: &Files) -> Option<String> {
    let toml = project.pyproject.as_ref();
    let toml = toml.map(|file| file.texts(&["project", "classifiers"]));
    let toml = toml.into_iter().flatten().map(|entry| entry.text);
    let cfg = project.setup_cfg.lines("metadata", "classifiers");
    let py = project.setup_py.as_ref();
    let py = py.and_then(|file| file.texts("classifiers"));
    // Code may add the classifier of another license.
    let py = py.filter(|list| list.is_complete);
    let py = py.map(|list| list.texts).unwrap_or_default();
    let named: BTreeSet<&str> = toml
        .chain(cfg)
        .chain(py.iter().map(String::as_str))
        .filter_map(|entry| entry.strip_prefix("License ::"))
        .map(|entry| entry.rsplit("::").next().unwrap_or(entry).trim())
        .filter(|entry| *entry != "OSI Approved")
        .collect();
    let only = named.first().filter(|_| named.len() == 1)?;
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
    let keys: [&[&str]; 4] = [
        &["project", "license-files"],
        &["project", "license-files", "paths"],
        &["project", "license-files", "globs"],
        &["tool", "setuptools", "license-files"],
    ];
    let toml = project.pyproject.iter();
    let toml = toml.flat_map(|file| keys.map(|keys| file.texts(keys)));
    patterns.extend(toml.flatten().map(|entry| entry.text.to_string()));
    for key in ["license_files", "license_file"] {
        let named = project.setup_cfg.list("metadata", key).into_iter();
        patterns.extend(named.map(str::to_string));
    }
    let py = project.setup_py.as_ref();
    let listed = py.and_then(|file| file.texts("license_files"));
    patterns.extend(listed.into_iter().flat_map(|list| list.texts));
    patterns.extend(py.and_then(|file| file.text("license_file")));
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
    let candidates = patterns.iter().flat_map(|pattern| {
        let (directories, rest) = split_at_wildcard(&pattern[1..], &WILDCARDS);
        let root = folder.join(directories);
        if rest.contains('/') || rest == "**" {
            own_files(&root).collect()
        } else {
            let entries = std::fs::read_dir(root).into_iter().flatten().flatten();
            entries.map(|entry| entry.path()).collect::<Vec<_>>()
        }
    });
    let fits = |path: &PathBuf| path.is_file() && matcher.matched(path, false).is_whitelist();
    let files: BTreeSet<PathBuf> = candidates.filter(fits).collect();
    files.into_iter().collect()
}

#[cfg(test)]
mod tests;
