//! The form of requests that only API 3 and older send. They are refused with a reason
//! instead of a parse error.

use serde::Deserialize;
use serde::de::IgnoredAny;

/// The members of `initialize` that distinguish an old client from a new one.
///
/// API 4 removed the wrapped project model `{"version": "1", "data": {…}}` and the
/// directories `sourceDir` and `workspaceRoot`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InitializeShape {
    source_dir: Option<IgnoredAny>,
    workspace_root: Option<IgnoredAny>,
    project_model: Option<ModelShape>,
}

#[derive(Debug, Deserialize)]
struct ModelShape {
    version: Option<String>,
    data: Option<IgnoredAny>,
    targets: Option<IgnoredAny>,
}

impl InitializeShape {
    /// The member that identifies an API 3 (or older) client.
    pub fn obsolete_member(&self) -> Option<&'static str> {
        let wrapped = self.project_model.as_ref().is_some_and(|model| {
            model.data.is_some() && model.targets.is_none() && model.version.as_deref() == Some("1")
        });
        if wrapped {
            Some("projectModel.data")
        } else if self.source_dir.is_some() {
            Some("sourceDir")
        } else if self.workspace_root.is_some() {
            Some("workspaceRoot")
        } else {
            None
        }
    }
}
