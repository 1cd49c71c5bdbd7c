//! What `initialize` established: written once, immutable afterwards.

use std::path::Path;

use miette::{Diagnostic, Report};
use thiserror::Error;

use crate::backend::{Backend, Cache, Env, Folders};
use crate::project::Project;
use crate::project::config::Tables;
use crate::project::manifest::Manifest;
use crate::protocol::initialize;

/// One project, served by one backend.
#[derive(Debug)]
pub struct Session<B> {
    pub(crate) backend: B,
    pub(crate) project: Project,
    pub(crate) tables: Tables,
    pub(crate) folders: Folders,
    pub(crate) env: Env,
    /// What the session was opened with, to be recorded.
    pub(super) opened: Box<initialize::Params>,
}

impl<B> Session<B> {
    /// The folder with the code.
    pub fn source(&self) -> &Path {
        &self.project.source
    }

    /// The same session without the folders that builds share.
    #[must_use]
    pub fn without_shared_folders(mut self) -> Self {
        self.folders.scratch = None;
        self.folders.cache = None;
        self
    }

    /// The process environment, captured at start.
    pub fn env(&self) -> &Env {
        &self.env
    }
}

impl<B: Backend> Session<B> {
    /// Folders that outlive builds and can be filled again.
    pub fn caches(&self) -> Vec<Cache> {
        self.backend.caches(&self.folders)
    }

    /// Opens the project that `params` name and checks its configuration, for all
    /// targets.
    ///
    /// # Errors
    /// A missing project model, mistakes in the configuration.
    pub fn open(backend: B, params: initialize::Params, env: Env) -> Result<Self, Report> {
        let opened = Box::new(params.clone());
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
        let tables =
            Tables::read::<B::Config>(B::NAME, configuration, target_configuration, &manifest)?;
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
                model: project_model.ok_or(NoProjectModel)?,
            },
            tables,
            folders: Folders {
                cache: cache_directory,
                scratch: workspace_scratch_directory,
                workspace: workspace_directory,
                checkout: checkout_root,
            },
            env,
            opened,
        })
    }
}

/// pixi always sends a project model.
#[derive(Debug, Error, Diagnostic)]
#[error("project model is required")]
#[diagnostic(code(initialize::no_model))]
struct NoProjectModel;
