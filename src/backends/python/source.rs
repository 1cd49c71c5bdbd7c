//! The data of a project for one request.

use std::path::PathBuf;

use miette::{Report, SourceSpan};

use super::Config;
use super::dependency::{self, BadDependency, Declared, Entry, Specifier};
use super::kind::{self, Kind};
use super::maturin;
use super::metadata;
use super::project::Files;
use super::version::{self, Found};
use crate::backend::Request;
use crate::backends::cargo::guest::Guest;

/// The data of a project.
#[derive(Debug)]
pub struct Source {
    /// Its files.
    pub(super) files: Files,
    /// The code that it compiles.
    pub(super) kind: Kind,
    /// Its version, if the manifest does not set it.
    pub(super) version: Option<Found>,
    /// Whether a tool computes the version of the wheel.
    pub(super) computes_version: bool,
    /// The requirements of its build backend.
    pub(super) build: Vec<Entry>,
    /// Its dependencies.
    pub(super) run: Declared,
    /// Its groups of optional dependencies.
    pub(super) groups: Vec<(String, Declared)>,
    /// The versions of Python that it supports.
    pub(super) requires_python: Vec<Specifier>,
    /// The place of these versions in a file.
    pub(super) requires_python_at: Option<SourceSpan>,
    /// A message about the part of these versions that is lost.
    pub(super) requires_python_lost: Option<String>,
    /// The crate, if it uses the shared tree of the workspace.
    pub(super) guest: Option<Guest>,
    name: String,
}

impl Source {
    /// Reads the project of a request.
    ///
    /// # Errors
    /// Files that cannot be read, and invalid values.
    pub(super) fn read(request: &Request<'_, Config>) -> Result<Self, Report> {
        let project = request.project;
        let mut files = Files::read(&project.source)?;
        // The build uses `pyproject.toml` even if the description ignores it, so the wheel has the
        // name in it.
        let computes_version = version::is_computed(&files);
        let name = metadata::name(&files);
        if request.config.ignore_pyproject_manifest {
            files = files.ignoring_pyproject();
        }
        let name = name.or_else(|| project.name().map(str::to_string));
        let version = match project.model.version {
            Some(_) => None,
            None => {
                let checkout = request.folders.checkout.as_deref();
                let env = &request.config.common.env;
                let distribution = dependency::normalized(name.as_deref().unwrap_or_default());
                match version::chosen(env, &distribution).filter(|_| computes_version) {
                    Some(chosen) => Some(chosen),
                    None => version::find(&files, &request.config.version_from, checkout)?,
                }
            }
        };
        let Supported {
            specifiers: requires_python,
            at: requires_python_at,
            lost: requires_python_lost,
        } = Supported::read(&files)?;
        let mut source = Self {
            kind: kind::of(&files),
            computes_version,
            build: dependency::build(&files)?,
            run: dependency::run(&files)?,
            groups: dependency::groups(&files)?,
            requires_python,
            requires_python_at,
            requires_python_lost,
            version,
            name: name.unwrap_or_default(),
            guest: None,
            files,
        };
        if source.uses_cargo() && source.build_module() == "maturin" {
            source.guest = maturin::guest(request, &source.files);
        }
        Ok(source)
    }

    /// The normalized name of the distribution.
    pub(super) fn name(&self) -> String {
        dependency::normalized(&self.name)
    }

    /// The requirements of the build backend, in the syntax of PEP 508. They include those of a
    /// `pyproject.toml` that the description ignores, because the build uses it.
    pub(super) fn build_requires(&self) -> Vec<String> {
        let entries = self.build.iter().map(|entry| entry.text.clone());
        let ignored = self.files.ignored.iter();
        let ignored = ignored.flat_map(|file| file.texts(&["build-system", "requires"]));
        let ignored = ignored.map(|entry| entry.text.to_string());
        entries.chain(ignored).collect()
    }

    /// The outermost directory of the user's project, whose files a build may read.
    pub(super) fn top(&self, request: &Request<'_, Config>) -> PathBuf {
        let folders = request.folders;
        let source = &self.files.folder;
        let tops = [folders.checkout.as_deref(), folders.workspace.as_deref()];
        let around = tops.into_iter().flatten();
        let around = around.filter(|top| source.starts_with(top) && top.parent().is_some());
        let top = around.min_by_key(|top| top.components().count());
        top.unwrap_or(source.as_path()).to_path_buf()
    }

    /// The module of the build backend, without the object in it.
    pub(super) fn build_module(&self) -> &str {
        self.files.build_module()
    }

    /// Whether the build backend starts CMake with the arguments in `CMAKE_ARGS`.
    pub(super) fn runs_cmake(&self) -> bool {
        self.build_module() == "scikit_build_core"
    }

    /// The directories of the build backend, if it is a part of the project.
    pub(super) fn backend_path(&self) -> Vec<String> {
        let file = self.files.pyproject.as_ref();
        let paths = file.map(|file| file.texts(&["build-system", "backend-path"]));
        let paths = paths.into_iter().flatten();
        paths.map(|path| path.text.to_string()).collect()
    }

    /// Whether the project contains Rust code.
    pub(super) fn uses_cargo(&self) -> bool {
        self.kind
            .languages
            .iter()
            .any(|language| language == "rust")
    }
}

/// The versions of Python that a project supports.
#[derive(Debug, Default)]
struct Supported {
    specifiers: Vec<Specifier>,
    at: Option<SourceSpan>,
    lost: Option<String>,
}

impl Supported {
    fn read(files: &Files) -> Result<Self, Report> {
        if let Some(pyproject) = &files.pyproject
            && let Some(text) = pyproject.text(&["project", "requires-python"])
        {
            let specifiers = dependency::parse(text.text).map_err(|reason| BadDependency {
                text: text.text.to_string(),
                reason,
                file: pyproject.file(),
                at: text.at,
            })?;
            return Ok(Self {
                specifiers,
                at: Some(text.at),
                lost: None,
            });
        }
        let mut lost = None;
        let poetry = files.toml(&["tool", "poetry", "dependencies", "python"]);
        let poetry = poetry.map(|text| {
            let mut warn = |what: String| {
                lost = Some(format!("`python` in `[tool.poetry.dependencies]`: {what}"));
            };
            dependency::poetry(text.text, &mut warn)
        });
        let key = "python_requires";
        let text = poetry.or_else(|| files.setuptools_text("options", key, key));
        let specifiers = match dependency::parse(&text.unwrap_or_default()) {
            Ok(specifiers) => specifiers,
            Err(reason) => {
                lost = Some(format!(
                    "`python_requires` is ignored, so any version of Python is used: {reason}"
                ));
                Vec::new()
            }
        };
        Ok(Self {
            specifiers,
            at: None,
            lost,
        })
    }
}
