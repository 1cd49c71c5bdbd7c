//! The rules by which tools compute a version from the history, with the options of the project.

use std::path::PathBuf;

use pep440_rs::Version;

use super::dunamai::Parts;
use super::options::Options;
use super::refused;
use super::tags::{Read, Tags};
use super::{Place, parse};
use crate::backends::python::dependency::Requirement;
use crate::backends::python::project::Files;

/// The rules by which a tool computes a version from the history.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    pub(super) tool: &'static str,
    pub(super) root: PathBuf,
    /// Whether the root of the checkout may be above `root`.
    pub(super) looks_up: bool,
    pub(super) tags: Tags,
    scheme: String,
    pub(super) fallback: Option<String>,
    /// The tag that the tool uses if no commit has one.
    default_tag: Option<String>,
    /// An option that changes the version in a way that is not supported.
    pub(super) refused: Option<String>,
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
        let options = Options { project, tables };
        let text = |name: &str| options.text(name).map(str::to_string);
        let (tags, unsupported) = match Tags::of(tool, options) {
            Ok(tags) => (tags, None),
            Err(part) => (Tags::default(), Some(part)),
        };
        let refused = tables
            .iter()
            .find_map(|table| refused::named_in(project, table, refused));
        Self {
            tool,
            root: text("root").map_or_else(PathBuf::new, PathBuf::from),
            looks_up: looks_up || options.flag("search_parent_directories") == Some(true),
            tags,
            scheme: text("version_scheme").unwrap_or_else(|| scheme.to_string()),
            fallback: ["fallback_version", "fallback-version", "default-version"]
                .into_iter()
                .find_map(text),
            default_tag: text("vcs.default-tag").or_else(|| text("starting_version")),
            refused: refused
                .or(unsupported)
                .or_else(|| refused::in_use_scm_version(project, tool)),
        }
    }

    /// The version of a commit that is `distance` commits after the one with this tag.
    ///
    /// # Errors
    /// How the tool computes it, if that is not supported or fails.
    pub(super) fn version_after(&self, tag: &str, distance: usize) -> Result<String, String> {
        let unreadable =
            || format!("computes it from the tag `{tag}`, in which it does not find a version");
        match self.tags.read(tag).ok_or_else(unreadable)? {
            Read::Parts(parts) => parts.version(distance, self.bumps()).ok_or_else(unreadable),
            Read::Version(tag) => {
                let version = self.version(&tag, distance);
                version.ok_or_else(|| format!("computes it by the scheme `{}`", self.scheme))
            }
        }
    }

    /// Whether dunamai computes versions that precede the next one.
    fn bumps(&self) -> bool {
        self.scheme == GUESS
    }

    /// The version of the last of `distance` commits, none of which has a tag. `None` if the tool
    /// fails without a tag.
    pub(super) fn untagged(&self, distance: usize) -> Option<String> {
        let default_tag = self.default_tag.as_deref();
        let fallback = self.fallback.as_deref();
        match self.tool {
            "setuptools-scm" | "hatch-vcs" if fallback.is_some() => {
                return self.version(&fallback?.parse().ok()?, distance);
            }
            // It does not count the first commit.
            "versioningit" => {
                let after = |tag| self.version_after(tag, distance.saturating_sub(1)).ok();
                return default_tag.map_or_else(|| parse(fallback?), after);
            }
            "setuptools-git-versioning" => return parse(default_tag.unwrap_or("0.0.1")),
            // It reads this text as it reads tags.
            "pdm-backend" => return self.version_after("0.0", distance).ok(),
            "uv-dynamic-versioning" | "poetry-dynamic-versioning" => {
                return Parts::none().version(distance, self.bumps());
            }
            _ => {}
        }
        Some(match self.scheme.as_str() {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(scheme: &str) -> Rules {
        Rules {
            tool: "setuptools-scm",
            root: PathBuf::new(),
            looks_up: false,
            tags: Tags::default(),
            scheme: scheme.to_string(),
            fallback: None,
            default_tag: None,
            refused: None,
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
