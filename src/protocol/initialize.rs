//! `initialize`: which project, where its folders are, how it is configured.

use std::path::PathBuf;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::protocol::model::ProjectModel;

/// Parameters of `initialize`. All paths are absolute.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Params {
    /// The manifest. It may not exist (inline packages) or be a folder.
    pub manifest_path: PathBuf,
    /// The code; missing means beside the manifest.
    #[serde(default)]
    pub source_directory: Option<PathBuf>,
    /// Root of the pixi workspace.
    #[serde(default)]
    pub workspace_directory: Option<PathBuf>,
    /// Root of the checkout of a git or url source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkout_root: Option<PathBuf>,
    /// pixi's cache, shared by everything.
    #[serde(default)]
    pub cache_directory: Option<PathBuf>,
    /// Scratch space of the workspace, shared by concurrent backends.
    #[serde(default)]
    pub workspace_scratch_directory: Option<PathBuf>,
    /// The package as the manifest states it.
    #[serde(default)]
    pub project_model: Option<ProjectModel>,
    /// `[package.build.config]`.
    #[serde(default)]
    pub configuration: Option<serde_json::Value>,
    /// `[package.build.target.<selector>.config]`, in the order of the manifest.
    #[serde(default)]
    pub target_configuration: Option<IndexMap<String, serde_json::Value>>,
}

/// The answer to `initialize`: an empty object, `null` is rejected.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Answer {}
