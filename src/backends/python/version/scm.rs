//! Computes versions from Git by the rules of setuptools-scm and similar tools.
//!
//! There are two differences. The local part of the version is left out, because conda packages
//! do not have one. Uncommitted modifications are ignored, because they would add the current
//! date to the version.

use std::path::{Path, PathBuf};

use miette::Report;
use pep440_rs::Version;
use regex::Regex;

use super::git::{Place as InHistory, Repository};
use super::mistakes::{self, NotFound};
use super::refused;
use super::{Found, Place, parse};
use crate::backend::git_folders::GitFolders;
use crate::backends::python::dependency::Requirement;
use crate::backends::python::project::Files;

/// The rules by which a tool computes a version from the history.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rules {
    tool: &'static str,
    root: PathBuf,
    /// Whether the root of the checkout may be above `root`.
    looks_up: bool,
    tag: Option<String>,
    scheme: String,
    fallback: Option<String>,
    /// The tag that versioningit uses if no commit has one.
    default_tag: Option<String>,
    /// An option that changes the version in a way that is not supported.
    refused: Option<String>,
}

/// The tables with the options of these tools.
const SETUPTOOLS_SCM: [&[&str]; 1] = [&["tool", "setuptools_scm"]];
const HATCH_VCS: [&[&str]; 2] = [
    &["tool", "hatch", "version"],
    &["tool", "hatch", "version", "raw-options"],
];

const VERSIONINGIT: [&[&str]; 2] = [&["tool", "versioningit"], &["tool", "hatch", "version"]];

/// The style of versioneer, if the project computes its version with it.
fn versioneer(project: &Files) -> Option<&str> {
    let setup_py = project.setup_py.as_ref()?;
    setup_py.line_with(&["versioneer.get_version"])?;
    if !project.is_open("version") {
        return None;
    }
    let style = project.toml(&["tool", "versioneer", "style"]);
    let style = style.map(|style| style.text);
    let style = style.or_else(|| project.setup_cfg.get("versioneer", "style"));
    Some(style.unwrap_or("pep440"))
}

/// The scheme of setuptools-scm, if the project does not name one.
const GUESS: &str = "guess-next-dev";

/// The rules of the tool that computes the version of a project, if the project uses one.
pub(super) fn rules(project: &Files) -> Option<Place> {
    let source = |keys: &[&str]| project.toml(keys).map(|source| source.text);
    let hatch = source(&["tool", "hatch", "version", "source"]);
    let pdm = source(&["tool", "pdm", "version", "source"]);
    let provider = source(&["tool", "scikit-build", "metadata", "version", "provider"]);
    let pyproject = project.pyproject.as_ref();
    let enabled = |keys: &[&str]| pyproject.and_then(|file| file.flag(keys)) == Some(true);
    let setup_py = project.setup_py.as_ref();
    let in_setup = |word: &str| setup_py.is_some_and(|file| file.line_with(&[word]).is_some());
    let has_table = project.has_tool("setuptools_scm");
    let dynamic = pyproject.is_some_and(|file| file.is_dynamic("version"));
    let with = |tool, tables: &[&[&str]], refused, scheme: &str, looks_up| {
        Some(Place::Git(Box::new(Rules::read(
            project, tool, tables, refused, scheme, looks_up,
        ))))
    };
    let dunamai = |tool, table: &[&str]| {
        let key = |name| [table, &["bump"], name].concat();
        let bumps = enabled(&key(&[])) || enabled(&key(&["enable"]));
        let scheme = if bumps { GUESS } else { "post-dev" };
        with(tool, &[table], refused::DUNAMAI, scheme, true)
    };
    if hatch == Some("vcs") {
        with("hatch-vcs", &HATCH_VCS, refused::SCM, GUESS, false)
    } else if hatch == Some("uv-dynamic-versioning") {
        dunamai("uv-dynamic-versioning", &["tool", "uv-dynamic-versioning"])
    } else if pdm == Some("scm") {
        let table: &[&str] = &["tool", "pdm", "version"];
        with("pdm-backend", &[table], refused::PDM, GUESS, true)
    } else if hatch == Some("versioningit") || (dynamic && project.has_tool("versioningit")) {
        let refused = refused::VERSIONINGIT;
        with("versioningit", &VERSIONINGIT, refused, "post-release", true)
    } else if enabled(&["tool", "setuptools-git-versioning", "enabled"]) {
        let (tool, refused) = ("setuptools-git-versioning", refused::GIT_VERSIONING);
        with(tool, &[&["tool", tool]], refused, "post-release", true)
    } else if enabled(&["tool", "poetry-dynamic-versioning", "enable"]) {
        let table: &[&str] = &["tool", "poetry-dynamic-versioning"];
        dunamai("poetry-dynamic-versioning", table)
    } else if (has_table && (dynamic || !project.has_project_table()))
        || (dynamic && requires_scm(project, Some("simple")))
        || in_setup("use_scm_version")
        || provider == Some("scikit_build_core.metadata.setuptools_scm")
        || project.build_backend().starts_with("flit_scm")
    {
        with(
            "setuptools-scm",
            &SETUPTOOLS_SCM,
            refused::SCM,
            GUESS,
            false,
        )
    } else if let Some(style) = versioneer(project) {
        with("versioneer", &[], &[], style, true)
    } else if in_setup("pbr=True") || in_setup("pbr = True") {
        with("pbr", &[], &[], GUESS, false)
    } else {
        None
    }
}

/// Whether the build backend requires setuptools-scm, with this extra.
fn requires_scm(project: &Files, extra: Option<&str>) -> bool {
    let pyproject = project.pyproject.as_ref();
    let requires = pyproject.map(|file| file.texts(&["build-system", "requires"]));
    // The invalid ones are errors when the requirements are translated.
    let requires = requires.into_iter().flatten();
    let mut requires = requires.filter_map(|entry| Requirement::parse(entry.text).ok());
    requires.any(|entry| {
        let has = |extra| entry.extras.iter().any(|own| own == extra);
        entry.name == "setuptools-scm" && extra.is_none_or(has)
    })
}

/// The setuptools-scm of a project that does not enable it. It then leaves the version alone,
/// and setuptools builds version 0.0.0. The environment variables of setuptools-scm do not
/// change that.
pub(super) fn disabled(project: &Files) -> Option<Place> {
    let pyproject = project.pyproject.as_ref()?;
    let is_disabled = pyproject.is_dynamic("version") && requires_scm(project, None);
    is_disabled.then_some(Place::Disabled)
}

/// The rules of the project's tool, or else those of setuptools-scm.
pub(super) fn any(project: &Files) -> Place {
    let tool = "`version-from = \"git\"`";
    rules(project)
        .unwrap_or_else(|| Place::Git(Box::new(Rules::read(project, tool, &[], &[], GUESS, true))))
}

impl Rules {
    fn read(
        project: &Files,
        tool: &'static str,
        tables: &[&[&str]],
        refused: refused::Refused,
        scheme: &str,
        looks_up: bool,
    ) -> Self {
        let option = |name: &str| {
            let in_table = |table: &&[&str]| {
                let keys: Vec<&str> = table.iter().copied().chain(name.split('.')).collect();
                project.toml(&keys).map(|option| option.text.to_string())
            };
            tables.iter().find_map(in_table)
        };
        let flag = |name: &str| {
            let pyproject = project.pyproject.as_ref();
            let in_table = |table: &&[&str]| {
                let keys: Vec<&str> = table.iter().copied().chain([name]).collect();
                pyproject.and_then(|file| file.flag(&keys))
            };
            tables.iter().find_map(in_table)
        };
        Self {
            tool,
            root: option("root").map_or_else(PathBuf::new, PathBuf::from),
            looks_up: looks_up || flag("search_parent_directories") == Some(true),
            tag: option("tag_regex").or_else(|| option("tag-pattern")),
            scheme: option("version_scheme").unwrap_or_else(|| scheme.to_string()),
            fallback: ["fallback_version", "fallback-version", "default-version"]
                .into_iter()
                .find_map(option),
            default_tag: option("vcs.default-tag"),
            refused: tables
                .iter()
                .find_map(|table| refused::named_in(project, table, refused))
                .or_else(|| refused::in_use_scm_version(project, tool)),
        }
    }

    /// The version that a tag stands for.
    fn version_of(&self, tag: &str) -> Option<Version> {
        const DEFAULT: &str = r"^(?:[\w-]+-)?(?P<version>[vV]?\d+(?:\.\d+){0,2}[^\+]*)(?:\+.*)?$";
        let pattern = Regex::new(self.tag.as_deref().unwrap_or(DEFAULT)).ok()?;
        let found = pattern.captures(tag)?;
        let found = found.name("version").or_else(|| found.get(1))?;
        found.as_str().parse().ok()
    }

    /// The version of the last of `distance` commits, none of which has a tag. `None` if the tool
    /// fails without a tag.
    fn untagged(&self, distance: usize) -> Option<String> {
        if self.tool == "versioningit" {
            let tag = self.version_of(self.default_tag.as_deref()?)?;
            return self.version(&tag, distance);
        }
        Some(match self.scheme.as_str() {
            _ if self.tool.ends_with("-dynamic-versioning") => {
                let version = self.version(&Version::new([0, 0, 0]), distance);
                version.unwrap_or_else(|| "0.0.0".to_string())
            }
            // versioneer puts the distance into the local part.
            "pep440" => "0".to_string(),
            "pep440-pre" => format!("0.post0.dev{distance}"),
            "pep440-post" => format!("0.post{distance}"),
            _ => format!("0.1.dev{distance}"),
        })
    }

    /// The version of a commit that is `distance` commits after the one with `tag`. `None` for
    /// an unknown scheme.
    fn version(&self, tag: &Version, distance: usize) -> Option<String> {
        let later = match self.scheme.as_str() {
            // The distance is in the local part.
            "only-version" | "pep440" => Some(tag.to_string()),
            "post-release" | "pep440-post" => Some(format!("{tag}.post{distance}")),
            "post-dev" => Some(format!("{tag}.post{distance}.dev0")),
            "pep440-pre" => Some(format!("{tag}.post0.dev{distance}")),
            "no-guess-dev" => Some(format!("{tag}.post1.dev{distance}")),
            "guess-next-dev" => Some(format!("{}.dev{distance}", next(tag))),
            // They depend on the branch or the date, but not for a commit with a tag.
            "python-simplified-semver"
            | "release-branch-semver"
            | "calver-by-date"
            | "pep440-branch"
            | "pep440-post-branch" => None,
            _ => return None,
        };
        if distance == 0 {
            return Some(tag.to_string());
        }
        // A post-release of a post-release is not a version.
        later.filter(|version| parse(version).is_some())
    }
}

/// The next version, as setuptools-scm guesses it: without the `.dev` part if there is one, or
/// else with the last number increased by one.
fn next(version: &Version) -> String {
    if version.is_dev() {
        return version.clone().with_dev(None).to_string();
    }
    let text = version.to_string();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let last: u64 = text[digits..].parse().unwrap_or_default();
    format!("{}{}", &text[..digits], last + 1)
}

/// The version of the checkout that contains the project.
///
/// # Errors
/// [`NotFound`].
pub(super) fn read(rules: &Rules, project: &Files, top: Option<&Path>) -> Result<Found, Report> {
    let root = crate::backend::inputs::plain(&project.folder.join(&rules.root));
    if let Some(version) = packed(&project.folder) {
        return Ok(Found::new(version, vec![project.folder.join(PACKED)]));
    }
    let missing = |what: &str| NotFound::from_git(project, rules.tool, what);
    if let Some(option) = &rules.refused {
        return Err(missing(&format!(
            "computes it with {option}, which the backend does not support"
        )));
    }
    if let Some(version) = archived(rules, &root) {
        return Ok(Found::new(version, vec![root.join(".git_archival.txt")]));
    }
    let fallback = || rules.fallback.as_deref().and_then(parse);
    let tops = root.ancestors().take(if rules.looks_up { 16 } else { 1 });
    let Some(repository) = tops.into_iter().find_map(Repository::at) else {
        let what = match GitFolders::around(&root) {
            Some(_) => "computes it from Git, but this is not the top of a checkout",
            None => "computes it from Git, but there is no Git checkout",
        };
        return match fallback() {
            Some(version) => Ok(Found::new(version, Vec::new())),
            None => Err(missing(what)),
        };
    };
    let files = watched(&repository);
    let place = repository.place(|tag| rules.version_of(tag).is_some());
    let Some(InHistory { tags, distance }) = place else {
        return match fallback() {
            Some(version) => Ok(Found::new(version, files)),
            None => Err(missing(
                "computes it from Git, and the checkout has no commit",
            )),
        };
    };
    let versions = tags.iter().filter_map(|tag| rules.version_of(tag));
    let Some(tag) = versions.max() else {
        let version = match fallback() {
            Some(version) => version,
            // pixi does not fetch tags into its checkouts. A version without them would be wrong.
            None if top.is_some() => {
                return Err(missing(
                    "computes it from tags of Git, and the checkout has none",
                ));
            }
            None => rules
                .untagged(distance)
                .ok_or_else(|| NotFound::untagged(project, rules.tool, repository.is_shallow()))?,
        };
        let doubt = repository.is_shallow().then(|| mistakes::shallow(&version));
        return Ok(Found {
            doubt,
            ..Found::new(version, files)
        });
    };
    match rules.version(&tag, distance) {
        Some(version) => Ok(Found::new(version, files)),
        None => Err(missing(&format!(
            "computes it by the scheme `{}`",
            rules.scheme
        ))),
    }
}

/// The metadata file of a source distribution.
pub(super) const PACKED: &str = "PKG-INFO";

/// The version of a source distribution.
pub(super) fn packed(folder: &Path) -> Option<String> {
    parse(&packed_header(folder, "Version:")?)
}

/// The value of a header in the metadata of a source distribution. `name` ends with a colon.
pub(in super::super) fn packed_header(folder: &Path, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(folder.join(PACKED)).ok()?;
    let mut lines = text.lines().take_while(|line| !line.is_empty());
    let value = lines.find_map(|line| line.strip_prefix(name))?;
    Some(value.trim().to_string())
}

/// The version in `.git_archival.txt`, if `git archive` has filled in the file.
fn archived(rules: &Rules, root: &Path) -> Option<String> {
    let text = std::fs::read_to_string(root.join(".git_archival.txt")).ok()?;
    let described = text
        .lines()
        .find_map(|line| line.strip_prefix("describe-name:"))?;
    let described = described.trim();
    if described.is_empty() || described.contains('$') {
        return None;
    }
    let commits = Regex::new(r"^(.*)-(\d+)-g[0-9a-f]+$").ok()?;
    let (tag, distance) = match commits.captures(described) {
        Some(found) => (found[1].to_string(), found[2].parse().ok()?),
        None => (described.to_string(), 0),
    };
    rules.version(&rules.version_of(&tag)?, distance)
}

/// The files and directories of Git that change with a new commit or tag.
fn watched(repository: &Repository) -> Vec<PathBuf> {
    let GitFolders { own, shared } = repository.folders();
    let mut files = vec![own.join("HEAD"), shared.join("packed-refs")];
    files.extend([shared.join("refs/tags"), shared.join("refs/heads")]);
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(scheme: &str) -> Rules {
        Rules {
            tool: "setuptools-scm",
            root: PathBuf::new(),
            looks_up: false,
            tag: None,
            scheme: scheme.to_string(),
            fallback: None,
            default_tag: None,
            refused: None,
        }
    }

    #[test]
    fn tags_stand_for_versions() {
        let rules = rules("guess-next-dev");
        for (tag, version) in [
            ("v1.2", Some("1.2")),
            ("name-1.2.3", Some("1.2.3")),
            ("1.2rc1", Some("1.2rc1")),
            ("nightly", None),
        ] {
            let found = rules.version_of(tag).map(|version| version.to_string());
            assert_eq!(found.as_deref(), version, "{tag}");
        }
    }

    #[test]
    fn schemes_guess_what_comes_next() {
        let tag: Version = "1.2".parse().expect("a version");
        for (scheme, expected) in [
            ("guess-next-dev", Some("1.3.dev3")),
            ("no-guess-dev", Some("1.2.post1.dev3")),
            ("post-release", Some("1.2.post3")),
            ("only-version", Some("1.2")),
            ("pep440", Some("1.2")),
            ("pep440-pre", Some("1.2.post0.dev3")),
            ("pep440-post", Some("1.2.post3")),
            ("post-dev", Some("1.2.post3.dev0")),
            ("release-branch-semver", None),
            ("python-simplified-semver", None),
            ("of my own", None),
        ] {
            let version = rules(scheme).version(&tag, 3);
            assert_eq!(version.as_deref(), expected, "{scheme}");
        }
        let exact = |scheme| rules(scheme).version(&tag, 0);
        assert_eq!(exact("release-branch-semver").as_deref(), Some("1.2"));
        assert_eq!(exact("of my own"), None);
        assert_eq!(next(&"1.2rc1".parse().expect("a version")), "1.2rc2");
        assert_eq!(next(&"1.2.dev4".parse().expect("a version")), "1.2");
    }
}
