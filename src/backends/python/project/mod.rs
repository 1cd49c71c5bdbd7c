//! Reads the files that describe a Python project to its build backend.
//!
//! The files are read once for each request. Other modules translate their values to conda:
//! `metadata`, `version`, `dependency` and `kind`.

mod call;
pub(super) mod pyproject;
pub(super) mod setup_cfg;
pub(super) mod setup_py;

use std::path::{Path, PathBuf};

use miette::{Diagnostic, Report};
use thiserror::Error;

use super::literal;
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
    /// `setup.cfg`, if the build backend reads it.
    pub(super) setup_cfg: SetupCfg,
    /// `setup.py`, if the build backend runs it.
    pub(super) setup_py: Option<SetupPy>,
}

/// The modules of build backends that read neither `setup.py` nor `setup.cfg`. Such a file is
/// left over from setuptools, or it is for users of old tools. All other build backends may wrap
/// setuptools.
const WITHOUT_SETUPTOOLS: [&str; 12] = [
    "flit",
    "flit_core",
    "flit_scm",
    "hatchling",
    "maturin",
    "mesonpy",
    "pdm",
    "poetry",
    "poetry_dynamic_versioning",
    "py_build_cmake",
    "scikit_build_core",
    "uv_build",
];

/// The part of scikit-build-core that is a plugin of setuptools.
const PLUGIN: &str = "scikit_build_core.setuptools";

impl Files {
    /// Reads the files in `folder`.
    ///
    /// # Errors
    /// [`NoProject`], or a file that cannot be read or parsed.
    pub(super) fn read(folder: &Path) -> Result<Self, Report> {
        let pyproject = Pyproject::read(folder)?;
        let setup_cfg = SetupCfg::read(folder)?;
        let setup_py = SetupPy::read(folder)?;
        if pyproject.is_none() && setup_cfg.is_none() && setup_py.is_none() {
            return Err(NoProject {
                folder: folder.to_path_buf(),
            }
            .into());
        }
        let mut files = Self {
            folder: folder.to_path_buf(),
            pyproject,
            ignored: None,
            setup_cfg: setup_cfg.unwrap_or_default(),
            setup_py,
        };
        if !files.may_use_setuptools() {
            files.setup_cfg = SetupCfg::default();
            files.setup_py = None;
        }
        Ok(files)
    }

    /// The same files, where the values of `pyproject.toml` do not count.
    pub(super) fn ignoring_pyproject(self) -> Self {
        Self {
            pyproject: None,
            ignored: self.pyproject,
            ..self
        }
    }

    fn may_use_setuptools(&self) -> bool {
        !WITHOUT_SETUPTOOLS.contains(&self.build_module())
            || self.build_backend().starts_with(PLUGIN)
    }

    /// The string at the path `keys` of `pyproject.toml`.
    pub(super) fn toml(&self, keys: &[&str]) -> Option<Text<'_>> {
        self.pyproject.as_ref()?.text(keys)
    }

    /// The argument of `setup()` in `setup.py`, or else the value of `setup.cfg`: setuptools keeps
    /// the value of the call. A value that another file contains is left out.
    pub(super) fn setuptools_text(
        &self,
        section: &str,
        key: &str,
        argument: &str,
    ) -> Option<String> {
        let py = self.setup_py.as_ref().and_then(|file| file.text(argument));
        py.or_else(|| {
            let value = self.setup_cfg.get(section, key)?;
            let is_elsewhere = value.starts_with("file:") || value.starts_with("attr:");
            (!is_elsewhere).then(|| value.to_string())
        })
    }

    /// The build backend: `build-system.build-backend`, or the default of PEP 517. The build
    /// uses it even if the user ignores `pyproject.toml`.
    pub(super) fn build_backend(&self) -> &str {
        let file = self.pyproject.as_ref().or(self.ignored.as_ref());
        let named = file.and_then(|file| file.text(&["build-system", "build-backend"]));
        named.map_or("setuptools.build_meta:__legacy__", |named| named.text)
    }

    /// The source files of a build backend that is a part of the project.
    pub(super) fn in_tree_backend(&self) -> Vec<PathBuf> {
        let paths = self.pyproject.as_ref();
        let paths = paths.map(|file| file.texts(&["build-system", "backend-path"]));
        let module = self.build_module();
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

    /// Whether a field of `[project]` may come from elsewhere: because `dynamic` names it, or
    /// because there is no such table.
    pub(super) fn is_open(&self, field: &str) -> bool {
        let pyproject = self.pyproject.as_ref();
        !self.has_project_table() || pyproject.is_some_and(|file| file.is_dynamic(field))
    }

    /// The name of the top-level module of the build backend.
    pub(super) fn build_module(&self) -> &str {
        let backend = self.build_backend();
        backend.split([':', '.']).next().unwrap_or(backend)
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
    help(
        "if the code is in another directory, name it in `[package.build.source]`: `path = \"…\"`"
    )
)]
struct NoProject {
    folder: PathBuf,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn setup_py_wins_over_setup_cfg() {
        let root = tempfile::tempdir().expect("a folder");
        let write = |path: &str, text: &str| {
            crate::disk::write(&root.path().join(path), text).expect("own folder");
        };
        write("setup.py", "setup(name='one', license=found())\n");
        write(
            "setup.cfg",
            "[metadata]\nname = two\nlicense = MIT\ndescription = file: README\n",
        );
        let files = Files::read(root.path()).expect("a project");
        let found = |key: &str| files.setuptools_text("metadata", key, key);
        assert_eq!(found("name").as_deref(), Some("one"));
        assert_eq!(found("license").as_deref(), Some("MIT"));
        assert_eq!(found("description"), None);
    }
}
