//! The options of version tools that are not supported.

use super::options::{keys, shown};
use crate::backends::python::project::Files;
use crate::project::document::Data;

/// Options that change the version in a way that is not supported, and their values that do not.
pub(super) type Refused = &'static [(&'static str, &'static [&'static str])];

pub(super) const SCM: Refused = &[
    ("parse", &[]),
    ("scm.git.distance_scope", &[]),
    ("version_cls", &[]),
];
pub(super) const PDM: Refused = &[("version_format", &[])];
pub(super) const VERSIONINGIT: Refused = &[
    ("format", &[]),
    ("tag2version.method", &["basic"]),
    ("vcs.method", &["git"]),
];
pub(super) const GIT_VERSIONING: Refused = &[
    ("template", &["{tag}"]),
    ("dev_template", &["{tag}.post{ccount}+git.{sha}"]),
    ("version_callback", &[]),
    ("version_file", &[]),
    ("sort_by", &["creatordate"]),
];
/// Options of uv-dynamic-versioning and poetry-dynamic-versioning.
pub(super) const DUNAMAI: Refused = &[
    ("vcs", &["any", "git"]),
    ("format", &[]),
    ("format-jinja", &[]),
    ("style", &["pep440"]),
    ("latest-tag", &[]),
    ("highest-tag", &[]),
    ("tag-branch", &[]),
    ("tag-dir", &["tags"]),
    ("from-file", &[]),
    ("bump.index", &[]),
];

/// The first option in `table` that changes the version in a way that is not supported.
pub(super) fn named_in(project: &Files, table: &[&str], refused: Refused) -> Option<String> {
    let file = project.pyproject.as_ref()?;
    let is_refused = |name: &str, neutral: &[&str]| {
        let keys = keys(table, name);
        file.value(&keys).is_some_and(|value| match value.read() {
            Data::Boolean(flag) => flag,
            Data::Text(text) => !text.is_empty() && !neutral.contains(&text),
            _ => true,
        })
    };
    let mut names = refused.iter();
    let named = names.find(|(name, neutral)| is_refused(name, neutral));
    let name = named.map(|(name, _)| *name);
    // A scheme may also be a list of schemes.
    let scheme = file
        .value(&keys(table, "version_scheme"))
        .map(|scheme| scheme.read());
    let is_list = scheme.is_some_and(|scheme| !matches!(scheme, Data::Text(_)));
    let name = name.or_else(|| is_list.then_some("version_scheme"))?;
    Some(shown(table, name))
}

/// An option in `use_scm_version={…}` of setup.py. It is code, so its value is not read.
pub(super) fn in_use_scm_version(project: &Files, tool: &str) -> Option<String> {
    let setup_py = project
        .setup_py
        .as_ref()
        .filter(|_| tool == "setuptools-scm")?;
    setup_py.line_with(&["use_scm_version"])?;
    let options = ["version_scheme", "tag_regex", "describe_command"];
    let (line, _) = setup_py.line_with(&options)?;
    Some(format!("an option on line {line} of setup.py"))
}
