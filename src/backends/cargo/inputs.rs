//! Which files decide the metadata and the package.

use std::path::Path;

use super::Config;
use super::manifest::Crate;
use crate::backend::{GlobSet, Inputs, Request};

/// Patterns that cover the crate, the workspace it belongs to and the manifest.
pub(super) fn globs(request: &Request<'_, Config>, cargo: Option<&Crate>) -> Inputs {
    let Request {
        project, config, ..
    } = *request;
    let metadata: Vec<GlobSet> = cargo
        .map(|cargo| cargo.manifests().filter_map(GlobSet::file).collect())
        .unwrap_or_default();

    let mut patterns: Vec<String> = ["**/*.rs", "/Cargo.toml", "/Cargo.lock", "/build.rs"]
        .map(str::to_string)
        .into();
    patterns.extend(config.extra_input_globs.iter().cloned());
    patterns.push("!target".to_string());
    let mut build = vec![GlobSet {
        root: project.source.clone(),
        patterns,
        markers: Vec::new(),
    }];
    build.extend(GlobSet::file(project.manifest.path()));

    let root = cargo.map_or(project.source.as_path(), Crate::workspace_root);
    build.push(around_workspace(root));
    build.push(GlobSet {
        root: root.join(".cargo"),
        patterns: vec![
            "/config.toml".to_string(),
            "/config".to_string(),
            "!*/".to_string(),
        ],
        markers: Vec::new(),
    });
    Inputs { metadata, build }
}

fn around_workspace(root: &Path) -> GlobSet {
    let files = [
        "/Cargo.toml",
        "/Cargo.lock",
        "/rust-toolchain",
        "/rust-toolchain.toml",
        "!*/",
    ];
    GlobSet {
        root: root.to_path_buf(),
        patterns: files.map(str::to_string).into(),
        markers: Vec::new(),
    }
}
