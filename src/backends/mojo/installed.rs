//! The packages in an environment.

use std::path::Path;

use serde_json::Value;

/// The records of the packages in the environment at `prefix`.
pub(super) fn records(prefix: &Path) -> impl Iterator<Item = Value> {
    let entries = std::fs::read_dir(prefix.join("conda-meta"));
    let paths = entries
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    paths.filter_map(|path| {
        let text = std::fs::read_to_string(path).ok()?;
        serde_json::from_str(&text).ok()
    })
}
