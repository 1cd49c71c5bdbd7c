//! The paths that build scripts asked Cargo to watch.
//!
//! Cargo runs a script without such a request again when any file of its package changes. The
//! dep-info of the artifacts does not show whether there was a request, so this module reads
//! the output of the scripts.

use std::path::PathBuf;

use crate::backends::cargo::build_dir::artifacts::{build_script_folders, crate_of, narrows_watch};

/// Whether Cargo watches all files of the crate `name`, because its build script did not name
/// any paths or variables. Also `true` if the output of the script cannot be found.
pub(crate) fn watches_everything(artifacts: &[PathBuf], name: &str) -> bool {
    let outputs = outputs(artifacts, name);
    outputs.is_empty() || outputs.iter().any(|text| !narrows_watch(text))
}

/// The output of all runs of the crate's build script.
fn outputs(artifacts: &[PathBuf], name: &str) -> Vec<String> {
    build_script_folders(artifacts)
        .into_iter()
        .filter(|run| crate_of(run) == Some(name))
        .filter_map(|run| std::fs::read(run.join("output")).ok())
        .map(|output| String::from_utf8_lossy(&output).into_owned())
        .collect()
}
