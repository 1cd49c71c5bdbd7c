//! `initialize`: the project, its directories and its configuration.

use std::path::PathBuf;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::protocol::model::ProjectModel;

/// The parameters of `initialize`. All paths are absolute.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Params {
    /// The manifest. It may be missing (for inline packages) or be a directory.
    pub manifest_path: PathBuf,
    /// The source directory; missing means the directory of the manifest.
    #[serde(default)]
    pub source_directory: Option<PathBuf>,
    /// The root of the pixi workspace.
    #[serde(default)]
    pub workspace_directory: Option<PathBuf>,
    /// The root of the checkout of a git or URL source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkout_root: Option<PathBuf>,
    /// The cache of pixi, which all backends and workspaces share.
    #[serde(default)]
    pub cache_directory: Option<PathBuf>,
    /// The scratch space of the workspace, which concurrent backends share.
    #[serde(default)]
    pub workspace_scratch_directory: Option<PathBuf>,
    /// The package, as the manifest describes it.
    #[serde(default)]
    pub project_model: Option<ProjectModel>,
    /// `[package.build.config]`.
    #[serde(default)]
    pub configuration: Option<serde_json::Value>,
    /// `[package.build.target.<selector>.config]`, in the order of the manifest.
    #[serde(default)]
    pub target_configuration: Option<IndexMap<String, serde_json::Value>>,
}

/// The response to `initialize`: an empty object, because pixi rejects `null`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Answer {}
