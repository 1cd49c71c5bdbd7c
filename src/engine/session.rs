//! The state that `initialize` creates. It is written once and is immutable afterwards.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::{Diagnostic, Report};
use thiserror::Error;

use crate::backend::{AnyBackend, Cache, Context, Env, Folders, Platforms, RunOptions};
use crate::project::Project;
use crate::project::config::ConfigTables;
use crate::project::manifest::Manifest;
use crate::protocol::initialize;

/// One project, served by one backend.
#[derive(Debug)]
pub struct Session {
    pub(crate) backend: &'static dyn AnyBackend,
    pub(crate) project: Project,
    pub(crate) tables: ConfigTables,
    pub(crate) folders: Folders,
    pub(crate) env: Env,
    pub(crate) run: RunOptions,
    /// The parameters of `initialize`, for debug files.
    opened: Arc<initialize::Params>,
}

impl Session {
    /// The source directory.
    pub fn source(&self) -> &Path {
        &self.project.source
    }

    /// The same session without the directories that builds share.
    #[must_use]
    pub fn without_shared_folders(mut self) -> Self {
        self.folders.scratch = None;
        self.folders.cache = None;
        self
    }

    /// The parameters of `initialize`.
    pub fn opened(&self) -> Arc<initialize::Params> {
        Arc::clone(&self.opened)
    }

    /// The backend that serves the project.
    pub fn backend(&self) -> &'static dyn AnyBackend {
        self.backend
    }

    /// The process environment, captured at the start.
    pub fn env(&self) -> &Env {
        &self.env
    }

    /// The same session with the options of a command line.
    #[must_use]
    pub fn with(mut self, run: RunOptions) -> Self {
        self.run = run;
        self
    }

    /// The same session for a build in a copy: `source` and `folders` are the directories of the
    /// copy.
    pub(super) fn in_copy(&self, source: PathBuf, folders: Folders) -> Self {
        Self {
            backend: self.backend,
            project: Project {
                source,
                ..self.project.clone()
            },
            tables: self.tables.clone(),
            folders,
            env: self.env.clone(),
            run: self.run,
            opened: self.opened(),
        }
    }

    /// The input of a request.
    pub(super) fn context(&self, platforms: Platforms, editable: bool) -> Context<'_> {
        Context {
            project: &self.project,
            tables: &self.tables,
            platforms,
            folders: &self.folders,
            env: &self.env,
            run: &self.run,
            editable,
        }
    }

    /// Directories that outlive builds and whose content can be restored.
    pub fn caches(&self) -> Vec<Cache> {
        self.backend.caches(&self.folders)
    }

    /// Opens the project in `params` and checks its configuration, for all targets.
    ///
    /// # Errors
    /// A missing project model, errors in the configuration.
    pub fn open(
        backend: &'static dyn AnyBackend,
        params: initialize::Params,
        env: Env,
    ) -> Result<Self, Report> {
        let opened = Arc::new(params.clone());
        let initialize::Params {
            manifest_path,
            source_directory,
            workspace_directory,
            checkout_root,
            cache_directory,
            workspace_scratch_directory,
            project_model,
            configuration,
            target_configuration,
        } = params;
        let manifest = Manifest::at(&manifest_path);
        let tables = backend.tables(configuration, target_configuration, &manifest)?;
        if project_model.is_none() && backend.needs_model() {
            return Err(NoProjectModel.into());
        }
        let beside_manifest = || {
            let folder = if manifest_path.is_dir() {
                Some(manifest_path.as_path())
            } else {
                manifest_path.parent()
            };
            folder.unwrap_or(&manifest_path).to_path_buf()
        };
        Ok(Self {
            backend,
            project: Project {
                source: source_directory.unwrap_or_else(beside_manifest),
                manifest,
                model: project_model.unwrap_or_default(),
            },
            tables,
            folders: Folders {
                cache: cache_directory,
                scratch: workspace_scratch_directory,
                workspace: workspace_directory,
                checkout: checkout_root,
            },
            env,
            run: RunOptions::default(),
            opened,
        })
    }
}

/// The request has no project model; pixi always sends one.
#[derive(Debug, Error, Diagnostic)]
#[error("project model is required")]
#[diagnostic(code(initialize::no_model))]
struct NoProjectModel;
