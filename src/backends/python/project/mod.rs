//! Reads the files that describe a Python project to its build backend.
//!
//! The files are read once for each request. Other modules translate their values to conda:
//! `metadata`, `version`, `dependency` and `kind`.

pub(super) mod pyproject;
pub(super) mod setup_cfg;
pub(super) mod setup_py;

use std::path::{Path, PathBuf};

use miette::{Diagnostic, Report};
use thiserror::Error;

pub(super) use pyproject::{Pyproject, Text};
pub(super) use setup_cfg::SetupCfg;
pub(super) use setup_py::SetupPy;

/// The files of one project.
#[derive(Debug)]
pub(super) struct Files {
    /// The directory that contains them.
    pub(super) folder: PathBuf,
    /// `pyproject.toml`, unless the user ignores it.
    pub(super) pyproject: Option<Pyproject>,
    /// `pyproject.toml`, if the user ignores it. Only its programs are used.
    pub(super) ignored: Option<Pyproject>,
    /// `setup.cfg`.
    pub(super) setup_cfg: SetupCfg,
    /// `setup.py`.
    pub(super) setup_py: Option<SetupPy>,
}

impl Files {
    /// Reads the files in `folder`. If `ignored` is true, the values of `pyproject.toml` do not
    /// count.
    ///
    /// # Errors
    /// [`NoProject`], or a file that cannot be read or parsed.
    pub(super) fn read(folder: &Path, ignored: bool) -> Result<Self, Report> {
        let file = Pyproject::read(folder)?;
        let (pyproject, ignored) = if ignored { (None, file) } else { (file, None) };
        let setup_cfg = SetupCfg::read(folder)?;
        let setup_py = SetupPy::read(folder)?;
        let exists =
            ignored.is_some() || pyproject.is_some() || setup_cfg.is_some() || setup_py.is_some();
        if !exists {
            return Err(NoProject {
                folder: folder.to_path_buf(),
            }
            .into());
        }
        Ok(Self {
            folder: folder.to_path_buf(),
            pyproject,
            ignored,
            setup_cfg: setup_cfg.unwrap_or_default(),
            setup_py,
        })
    }

    /// The string at the path `keys` of `pyproject.toml`.
    pub(super) fn toml(&self, keys: &[&str]) -> Option<Text<'_>> {
        self.pyproject.as_ref()?.text(keys)
    }

    /// The build backend: `build-system.build-backend`, or the default of PEP 517.
    pub(super) fn build_backend(&self) -> &str {
        let named = self.toml(&["build-system", "build-backend"]);
        named.map_or("setuptools.build_meta:__legacy__", |named| named.text)
    }

    /// The source files of a build backend that is a part of the project.
    pub(super) fn in_tree_backend(&self) -> Vec<PathBuf> {
        let paths = self.pyproject.as_ref();
        let paths = paths.map(|file| file.texts(&["build-system", "backend-path"]));
        let module = self.build_backend().split([':', '.']).next();
        let module = module.unwrap_or_default();
        let mut files = Vec::new();
        for path in paths.into_iter().flatten() {
            let package = self.folder.join(path.text).join(module);
            files.push(package.with_extension("py"));
            let modules = std::fs::read_dir(package).into_iter().flatten().flatten();
            files.extend(modules.map(|entry| entry.path()));
        }
        files
            .retain(|file| file.extension().is_some_and(|ending| ending == "py") && file.is_file());
        files.sort();
        files
    }

    /// Whether `pyproject.toml` has the table `[tool.<name>]`.
    pub(super) fn has_tool(&self, name: &str) -> bool {
        let pyproject = self.pyproject.as_ref();
        pyproject.is_some_and(|file| file.table(&["tool", name]).is_some())
    }

    /// Whether there is a `[project]` table, which takes precedence over older tables and files.
    pub(super) fn has_project_table(&self) -> bool {
        let pyproject = self.pyproject.as_ref();
        pyproject.is_some_and(|file| file.table(&["project"]).is_some())
    }
}

/// The directory does not contain a Python project.
#[derive(Debug, Error, Diagnostic)]
#[error("there is no Python project in {}: neither `pyproject.toml` nor `setup.py`", folder.display())]
#[diagnostic(
    code(python::no_project),
    help("if the code lies elsewhere, say where in `[package.build.source]`: `path = \"…\"`")
)]
struct NoProject {
    folder: PathBuf,
}
