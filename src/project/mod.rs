//! The user's files: the manifest, the project model made from it, and the configuration
//! of the backend.

pub mod config;
pub mod document;
pub mod load;
pub mod manifest;

use std::path::{Path, PathBuf};

use crate::project::manifest::Manifest;
use crate::protocol::model::ProjectModel;

/// A package as its manifest describes it. `initialize` creates it once.
#[derive(Debug, Clone)]
pub struct Project {
    /// The manifest, for the places of errors.
    pub manifest: Manifest,
    /// The source directory.
    pub source: PathBuf,
    /// The model that pixi or the loader of this project made from the manifest.
    pub model: ProjectModel,
}

impl Project {
    /// The directory of the manifest.
    pub fn manifest_folder(&self) -> &Path {
        self.manifest.path().parent().unwrap_or(&self.source)
    }

    /// The name in the manifest, not normalized.
    pub fn name(&self) -> Option<&str> {
        let name = self.model.name.as_deref()?;
        (!name.trim().is_empty()).then_some(name)
    }

    /// The metadata in the manifest.
    pub fn metadata(&self) -> Metadata {
        let model = &self.model;
        Metadata {
            name: self.name().map(str::to_string),
            version: model.version.clone(),
            summary: None,
            description: model.description.clone(),
            license: model.license.clone(),
            license_files: model
                .license_file
                .iter()
                .map(|file| self.source.join(file))
                .collect(),
            homepage: model.homepage.clone(),
            repository: model.repository.clone(),
            documentation: model.documentation.clone(),
        }
    }
}

/// The metadata of a package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// The name, which is not normalized.
    pub name: Option<String>,
    /// The version, which is a conda version.
    pub version: Option<String>,
    /// A description in one sentence.
    pub summary: Option<String>,
    /// A description of any length.
    pub description: Option<String>,
    /// The license, as an SPDX expression.
    pub license: Option<String>,
    /// Absolute paths of license texts, and relative paths of texts that the script creates.
    pub license_files: Vec<PathBuf>,
    /// The URL of the homepage.
    pub homepage: Option<String>,
    /// The URL of the repository.
    pub repository: Option<String>,
    /// The URL of the documentation.
    pub documentation: Option<String>,
}

impl Metadata {
    /// Adds the values of `found` for fields that are missing here.
    #[must_use]
    pub fn or(self, found: Self) -> Self {
        Self {
            name: self.name.or(found.name),
            version: self.version.or(found.version),
            summary: self.summary.or(found.summary),
            description: self.description.or(found.description),
            license: self.license.or(found.license),
            license_files: if self.license_files.is_empty() {
                found.license_files
            } else {
                self.license_files
            },
            homepage: self.homepage.or(found.homepage),
            repository: self.repository.or(found.repository),
            documentation: self.documentation.or(found.documentation),
        }
    }
}
