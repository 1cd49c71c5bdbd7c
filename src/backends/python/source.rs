//! Everything that is read of a project for one request.

use std::path::{Path, PathBuf};

use miette::{Report, SourceSpan};

use super::Config;
use super::dependency::{self, BadDependency, Entry, List, Specifier};
use super::kind::{self, Kind};
use super::metadata;
use super::project::Files;
use super::version::{self, Found};
use crate::backend::Request;

/// A project, read once.
#[derive(Debug)]
pub struct Source {
    /// What its files say.
    pub(super) files: Files,
    /// What it compiles.
    pub(super) kind: Kind,
    /// Its version, when the manifest has none.
    pub(super) version: Option<Found>,
    /// Whether a tool computes the version of the wheel.
    pub(super) computes_version: bool,
    /// What its build backend needs.
    pub(super) build: Vec<Entry>,
    /// What it needs itself.
    pub(super) run: Vec<Entry>,
    /// The versions of Python it is for.
    pub(super) requires_python: Vec<Specifier>,
    /// Where that is written.
    pub(super) requires_python_at: Option<SourceSpan>,
    name: String,
}

impl Source {
    /// Reads the project of a request.
    ///
    /// # Errors
    /// Files that cannot be read, and values in them that mean nothing.
    pub(super) fn read(request: &Request<'_, Config>) -> Result<Self, Report> {
        let project = request.project;
        let ignored = request.config.ignore_pyproject_manifest;
        let files = Files::read(&project.source, ignored)?;
        let name = metadata::name(&files);
        let name = name.or_else(|| project.name().map(str::to_string));
        let version = match project.model.version {
            Some(_) => None,
            None => version::find(&files, request.folders.checkout.as_deref())?,
        };
        let (requires_python, requires_python_at) = requires_python(&files)?;
        Ok(Self {
            kind: kind::of(&files),
            computes_version: version::is_computed(&files),
            build: dependency::entries(&files, List::Build)?,
            run: dependency::entries(&files, List::Run)?,
            requires_python,
            requires_python_at,
            version,
            name: name.unwrap_or_default(),
            files,
        })
    }

    /// The name of the distribution, normalised.
    pub(super) fn name(&self) -> String {
        dependency::normalized(&self.name)
    }

    /// What the build backend needs, as PEP 508 writes it.
    pub(super) fn build_requires(&self) -> Vec<String> {
        self.build.iter().map(|entry| entry.text.clone()).collect()
    }

    /// The top of what belongs to the user: files up to there may be read by a build.
    pub(super) fn top(&self, request: &Request<'_, Config>) -> PathBuf {
        let folders = request.folders;
        let source = &self.files.folder;
        let tops = [folders.checkout.as_deref(), folders.workspace.as_deref()];
        let around = tops.into_iter().flatten();
        let around = around.filter(|top| source.starts_with(top) && top.parent().is_some());
        let top = around.min_by_key(|top| top.components().count());
        top.unwrap_or(source.as_path()).to_path_buf()
    }

    /// The module that builds, without what is called in it.
    pub(super) fn build_module(&self) -> &str {
        let backend = self.files.build_backend();
        backend.split([':', '.']).next().unwrap_or(backend)
    }

    /// Where the build backend lies, when it is a part of the project.
    pub(super) fn backend_path(&self) -> Vec<String> {
        let file = self.files.pyproject.as_ref();
        let paths = file.map(|file| file.texts(&["build-system", "backend-path"]));
        let paths = paths.into_iter().flatten();
        paths.map(|path| path.text.to_string()).collect()
    }

    /// Files that say what the project compiles.
    pub(super) fn kind_files(&self) -> Vec<PathBuf> {
        let file = match self.build_module() {
            "mesonpy" => "meson.build",
            "scikit_build_core" | "skbuild" => "CMakeLists.txt",
            "maturin" => "Cargo.toml",
            "hatchling" => "hatch_build.py",
            _ => return self.files.in_tree_backend(),
        };
        vec![self.files.folder.join(file)]
    }

    /// Whether Cargo compiles a part of it.
    pub(super) fn uses_cargo(&self) -> bool {
        self.kind
            .languages
            .iter()
            .any(|language| language == "rust")
    }

    /// Whether a file of the project is there.
    pub(super) fn has_file(&self, name: impl AsRef<Path>) -> bool {
        self.files.folder.join(name).is_file()
    }
}

/// Which versions of Python a project is for, and where it says so.
fn requires_python(files: &Files) -> Result<(Vec<Specifier>, Option<SourceSpan>), Report> {
    if let Some(pyproject) = &files.pyproject
        && let Some(text) = pyproject.text(&["project", "requires-python"])
    {
        let parsed = dependency::parse(text.text).map_err(|reason| BadDependency {
            text: text.text.to_string(),
            reason,
            file: pyproject.file(),
            at: text.at,
        })?;
        return Ok((parsed, Some(text.at)));
    }
    let poetry = files.toml(&["tool", "poetry", "dependencies", "python"]);
    let poetry = poetry.and_then(|text| dependency::poetry(text.text));
    let cfg = files.setup_cfg.get("options", "python_requires");
    let py = files.setup_py.as_ref();
    let py = py.and_then(|file| file.text("python_requires"));
    let text = poetry.or_else(|| cfg.map(str::to_string)).or(py);
    let parsed = text.and_then(|text| dependency::parse(&text).ok());
    Ok((parsed.unwrap_or_default(), None))
}
