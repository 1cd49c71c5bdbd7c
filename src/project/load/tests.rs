//! Helpers for the tests of the loader: directories with manifests, and results as text.

mod dependencies;
mod examples;
mod finding;
mod inline;
mod mistakes;
mod overrides;
mod platforms;
mod pyproject;
mod robust;
mod spec_mistakes;
mod vectors;
mod warnings;
mod workspace_mistakes;

use std::collections::BTreeMap;
use std::path::PathBuf;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};
use rattler_conda_types::Subdir;
use serde_json::{Value as Json, json};

use super::{LoadErrors, LoadRequest, Loaded, load};

/// The backend in manifests of tests that do not test backends.
const BACKEND: &str = "[package.build.backend]\nname = \"pixi-build-rust\"\n";

const WORKSPACE: &str = "[workspace]\nchannels = [\"conda-forge\"]\nplatforms = [\"linux-64\"]\n";

/// A directory that represents `/home/user`.
struct Tree {
    folder: tempfile::TempDir,
    request: LoadRequest,
}

impl Tree {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = dunce::canonicalize(folder.path()).unwrap();
        let request = LoadRequest {
            path: PathBuf::from("."),
            inline: None,
            source_directory: None,
            host_platform: Subdir::Linux64,
            build_platform: Subdir::Linux64,
            variants: BTreeMap::new(),
            variant_files: Vec::new(),
            channels: Vec::new(),
            build_number: None,
            build_string_prefix: None,
            suggested_backend: "pixi-build-rust",
            home: Some(root.clone()),
            current_folder: root,
        };
        Self { folder, request }
    }

    /// A minimal manifest in `ws` that ends with `text`.
    fn package(text: &str) -> Self {
        Self::new()
            .file("ws/pixi.toml", &format!("{WORKSPACE}{BACKEND}{text}\n"))
            .at("ws")
    }

    fn file(self, path: &str, text: &str) -> Self {
        let path = self.request.current_folder.join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
        self
    }

    fn at(self, path: &str) -> Self {
        self.with(|request| request.path = PathBuf::from(path))
    }

    fn host(self, subdir: &str) -> Self {
        self.with(|request| request.host_platform = subdir.parse().unwrap())
    }

    fn with(mut self, change: impl FnOnce(&mut LoadRequest)) -> Self {
        change(&mut self.request);
        self
    }

    #[track_caller]
    fn load(&self) -> Loaded {
        load(&self.request).unwrap_or_else(|errors| panic!("{}", self.render(&errors)))
    }

    /// The errors, in the form that a user sees.
    #[track_caller]
    fn mistakes(&self) -> String {
        let errors: LoadErrors = load(&self.request).expect_err("the manifest loads");
        self.render(&errors)
    }

    /// The warnings, in the form that a user sees.
    #[track_caller]
    fn warnings(&self) -> String {
        let loaded = self.load();
        loaded
            .warnings
            .iter()
            .map(|warning| self.render(warning))
            .collect()
    }

    /// The model of the package, without null values.
    #[track_caller]
    fn model(&self) -> Json {
        drop_nulls(serde_json::to_value(self.load().project_model).unwrap())
    }

    #[track_caller]
    fn variants(&self) -> Json {
        serde_json::to_value(self.load().variant_configuration).unwrap()
    }

    /// The complete result, in the form of the examples.
    #[track_caller]
    fn record(&self) -> Json {
        let loaded = self.load();
        let record = drop_nulls(json!({
            "manifestPath": loaded.manifest.path(),
            "sourceDirectory": loaded.source_directory,
            "workspaceDirectory": loaded.workspace_directory,
            "projectModel": loaded.project_model,
            "configuration": loaded.configuration,
            "targetConfiguration": loaded.target_configuration,
            "channels": loaded.channels,
            "variantFiles": loaded.variant_files,
        }));
        serde_json::from_str(&self.redact(record.to_string())).unwrap()
    }

    fn render(&self, diagnostic: &dyn Diagnostic) -> String {
        let mut text = String::new();
        GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor())
            .with_width(100)
            .render_report(&mut text, diagnostic)
            .unwrap();
        self.redact(text)
    }

    fn redact(&self, text: String) -> String {
        text.replace(
            &*self.request.current_folder.to_string_lossy(),
            "/home/user",
        )
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        assert!(self.folder.path().exists(), "loading removed the folder");
    }
}

fn drop_nulls(value: Json) -> Json {
    match value {
        Json::Object(map) => (map.into_iter())
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key, drop_nulls(value)))
            .collect(),
        Json::Array(list) => list.into_iter().map(drop_nulls).collect(),
        other => other,
    }
}
