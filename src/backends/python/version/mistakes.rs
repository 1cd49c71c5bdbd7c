//! The errors about versions.

use miette::{Diagnostic, Report, SourceSpan};
use thiserror::Error;

use crate::backends::python::project::Files;
use crate::diagnostic::{SourceFile, Warning};

/// The place of the version is known, but the version cannot be read there without running code.
#[derive(Debug, Error, Diagnostic)]
#[error("the package has no version: {what}")]
#[diagnostic(code(python::dynamic_version), help("{help}"))]
pub(super) struct NotFound {
    what: String,
    help: &'static str,
    #[source_code]
    file: SourceFile,
    #[label("the project leaves it open here")]
    at: Option<SourceSpan>,
}

impl NotFound {
    pub(super) fn report(project: &Files, what: String) -> Report {
        let help = "write `version = \"…\"` into `[package]` of the pixi manifest, and the wheel gets \
             the same version; or say where it is: `version-from = \"git\"` or `\"file:PATH\"` in \
             `[package.build.config]`";
        Self::with_help(project, what, help)
    }

    /// The project requires setuptools-scm, but does not enable it.
    pub(super) fn disabled_scm(project: &Files) -> Report {
        let what = "setuptools-scm does not compute it, because pyproject.toml does not have the \
             table `[tool.setuptools_scm]`";
        let help = "add the table `[tool.setuptools_scm]` to pyproject.toml, which may be empty; \
             or write `version = \"…\"` into `[project]`";
        Self::with_help(project, what.to_string(), help)
    }

    /// The tool fails without a tag, and the checkout has none.
    pub(super) fn untagged(project: &Files, tool: &str, is_shallow: bool) -> Report {
        if is_shallow {
            let what = format!("{tool} computes it from tags of Git, and {SHALLOW}");
            return Self::with_help(project, what, DEEPEN);
        }
        let what = format!("{tool} computes it from tags of Git, and the checkout has none");
        let help = "create a tag such as `v1.0`, or write `version = \"…\"` into `[package]` of the \
             pixi manifest";
        Self::with_help(project, what, help)
    }

    fn with_help(project: &Files, what: String, help: &'static str) -> Report {
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
