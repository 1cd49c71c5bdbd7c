//! The errors about versions.

use miette::{Diagnostic, Report, SourceSpan};
use thiserror::Error;

use super::git::Repository;
use crate::backend::git_folders::GitFolders;
use crate::backends::python::project::Files;
use crate::diagnostic::{SourceFile, Warning};

/// The place of the version is known, but the version cannot be read there without running code.
#[derive(Debug, Error, Diagnostic)]
#[error("the package has no version: {what}")]
#[diagnostic(code(python::dynamic_version), help("{help}"))]
pub(super) struct NotFound {
    what: String,
    help: String,
    #[source_code]
    file: SourceFile,
    #[label("the project leaves it open here")]
    at: Option<SourceSpan>,
}

impl NotFound {
    /// The version of a project whose tool does not compute it from Git.
    pub(super) fn report(project: &Files, what: String) -> Report {
        // The history is another way only where there is one.
        let from_git = GitFolders::around(&project.folder).is_some();
        let help = ways_out(false, from_git);
        Self::with_help(project, what, help)
    }

    /// The version that `tool` computes from Git. `version-from = "git"` asks for the same.
    pub(super) fn from_git(project: &Files, tool: &str, what: &str) -> Report {
        let help = ways_out(takes_version(tool), false);
        Self::with_help(project, format!("{tool} {what}"), help)
    }

    /// The project requires setuptools-scm, but does not enable it.
    pub(super) fn disabled_scm(project: &Files) -> Report {
        let what = "setuptools-scm does not compute it, because pyproject.toml does not have the \
             table `[tool.setuptools_scm]`";
        let help = "add the table `[tool.setuptools_scm]` to pyproject.toml, which may be empty; \
             or write `version = \"…\"` into `[project]`";
        Self::with_help(project, what.to_string(), help.to_string())
    }

    /// No setting says where the build backend finds the version.
    pub(super) fn unknown(project: &Files) -> Report {
        let hooks = ["tool", "hatch", "metadata", "hooks"];
        let pyproject = project.pyproject.as_ref();
        let has_hook = pyproject.is_some_and(|file| file.table(&hooks).is_some());
        if project.build_module() == "hatchling" && !has_hook {
            let what = "hatchling finds it with `[tool.hatch.version]`, which pyproject.toml does not have";
            let help = "add `[tool.hatch.version]` with `path = \"…\"`, the file that sets `__version__`; \
                 or write `version = \"…\"` into `[project]`";
            return Self::with_help(project, what.to_string(), help.to_string());
        }
        let what = format!(
            "`{}` adds it during the build, from a place that pyproject.toml does not name",
            project.build_module()
        );
        Self::report(project, what)
    }

    /// The tool fails without a tag, and the checkout has none, or none that the tool selects.
    pub(super) fn untagged(project: &Files, tool: &str, repository: &Repository) -> Report {
        if repository.has_tags() {
            let what = format!(
                "{tool} computes it from tags of Git, and it does not select any of this checkout"
            );
            let help = "create a tag that the options of the tool select, or write `version = \"…\"` \
                 into `[package]` of the pixi manifest";
            return Self::with_help(project, what, help.to_string());
        }
        if repository.is_shallow() {
            let what = format!("{tool} computes it from tags of Git, and {SHALLOW}");
            return Self::with_help(project, what, DEEPEN.to_string());
        }
        let what = format!("{tool} computes it from tags of Git, and the checkout has none");
        let help = "create a tag such as `v1.0`, or write `version = \"…\"` into `[package]` of the \
             pixi manifest";
        Self::with_help(project, what, help.to_string())
    }

    fn with_help(project: &Files, what: String, help: String) -> Report {
        let dynamic = project.pyproject.as_ref().and_then(|file| {
            let dynamic = file.texts(&["project", "dynamic"]);
            Some(dynamic.into_iter().find(|name| name.text == "version")?.at)
        });
        Self {
            what,
            help,
            file: Self::file(project),
            at: dynamic,
        }
        .into()
    }

    /// `pyproject.toml`, or an empty file if there is none.
    pub(super) fn file(project: &Files) -> SourceFile {
        let file = project.pyproject.as_ref().map(|file| file.file());
        file.unwrap_or_else(|| SourceFile::new("pyproject.toml", "".into()))
    }
}

/// Whether `tool` uses the version that the build passes on instead of computing its own.
fn takes_version(tool: &str) -> bool {
    // `script/variables.rs` sets the variables of these tools.
    const TOOLS: [&str; 6] = [
        "setuptools-scm",
        "hatch-vcs",
        "pdm-backend",
        "pbr",
        "poetry-dynamic-versioning",
        "uv-dynamic-versioning",
    ];
    TOOLS.contains(&tool)
}

/// The help. `reaches_wheel` is whether the build can pass the version on to the tool that
/// computes the one of the wheel.
fn ways_out(reaches_wheel: bool, from_git: bool) -> String {
    let same = if reaches_wheel {
        ", and the wheel gets the same version"
    } else {
        ""
    };
    let git = if from_git { "`\"git\"` or " } else { "" };
    format!(
        "write `version = \"…\"` into `[package]` of the pixi manifest{same}; or say where it is: \
         `version-from` in `[package.build.config]` can be {git}`\"file:PATH\"`"
    )
}

/// The warning about a version that was computed without the tags.
pub(super) fn shallow(version: &str) -> Warning {
    Warning::new(format!("the version is {version}, because {SHALLOW}")).help(DEEPEN)
}

const SHALLOW: &str = "the checkout is a shallow clone without tags";

const DEEPEN: &str = "get the history with `git fetch --tags --unshallow`, or with `fetch-depth: 0` of \
     actions/checkout; or write `version = \"…\"` into `[package]` of the pixi manifest";

/// The version is not valid by PEP 440.
#[derive(Debug, Error, Diagnostic)]
#[error("`{version}` is not a version of a Python project")]
#[diagnostic(
    code(python::bad_version),
    help("versions look like `1.2.3`, `1.2rc1` or `2024.1.post2` (PEP 440)")
)]
pub(super) struct Unusable {
    pub(super) version: String,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("this version")]
    pub(super) at: Option<SourceSpan>,
}
