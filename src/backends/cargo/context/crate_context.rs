//! A crate and everything around it that decides how it is built.

use std::collections::BTreeMap;
use std::path::PathBuf;

use toml_edit::DocumentMut;

use crate::backend::{BuildPaths, Request};
use crate::backends::cargo::Config;
use crate::backends::cargo::build_dir::shared_build_dir::Shared;
use crate::backends::cargo::build_dir::stale_sources;
use crate::backends::cargo::context::cargo_config::Surroundings;
use crate::backends::cargo::context::path_dependencies::{self, Local};
use crate::backends::cargo::manifest::package::Crate;
use crate::backends::cargo::script::embedded_paths;
use crate::backends::cargo::script::install::TARGET_DIR;

/// What the backend looks at.
pub(crate) struct View<'a> {
    pub(crate) request: &'a Request<'a, Config>,
    /// The folder of the crate.
    pub(crate) root: PathBuf,
    /// The folder of the Cargo workspace.
    pub(crate) workspace: PathBuf,
    pub(crate) license_files: Vec<PathBuf>,
    pub(crate) licenses_are_named: bool,
    /// The name Cargo knows the crate by.
    pub(crate) package: String,
    /// A fingerprint of the variables that Cargo does not know to matter.
    pub(crate) variables: Option<String>,
    /// What builds of the workspace have in common.
    pub(crate) shared: Option<Shared>,
    pub(crate) surroundings: Surroundings,
    /// The crates on this disk, by folder.
    pub(crate) closure: BTreeMap<PathBuf, Local>,
}

impl<'a> View<'a> {
    /// Reads the manifests and what is around them.
    pub(crate) fn of(request: &'a Request<'a, Config>, cargo: &Crate) -> Self {
        let root = cargo.folder();
        let workspace = cargo.workspace_root();
        let surroundings = Surroundings::of(request, root, workspace);
        // A mistake in the manifest was reported before the build.
        let ignored = request.config.ignore_cargo_manifest;
        let found = (!ignored).then(|| cargo.metadata(&mut Vec::new()));
        let found = found.and_then(Result::ok).unwrap_or_default();
        let named = request.project.metadata().or(found).license_files;
        // Cargo refuses any other name, and files are called after this one before it does.
        let is_name = |sign: char| sign.is_alphanumeric() || "-_".contains(sign);
        let package = cargo
            .package_name()
            .filter(|name| name.chars().all(is_name));
        let variables = stale_sources::variables(request.config, &surroundings);
        Self {
            request,
            package: package.unwrap_or_default().to_string(),
            shared: Shared::new(request, variables.as_deref()),
            variables,
            closure: path_dependencies::closure(root, &surroundings.overrides()),
            root: root.to_path_buf(),
            workspace: workspace.to_path_buf(),
            licenses_are_named: !named.is_empty(),
            license_files: if named.is_empty() {
                cargo.license_files(&mut Vec::new())
            } else {
                named
            },
            surroundings,
        }
    }

    /// Whether a program may hold an absolute path of a crate on this disk: debug
    /// information does, and rustc is given one for crates outside the Cargo workspace and
    /// for files that a build script makes.
    pub(crate) fn knows_its_path(&self) -> bool {
        let mut crates = self.closure.iter();
        crates
            .any(|(folder, local)| !folder.starts_with(&self.workspace) || local.has_build_script())
            || embedded_paths::is_asked_for(self)
    }

    /// Whether Cargo, asked in the folder of the crate, means other members than that.
    pub(crate) fn has_default_members(&self) -> bool {
        let manifest = self.workspace_manifest();
        let workspace = manifest.as_ref().and_then(|it| it.get("workspace"));
        self.root == self.workspace
            && workspace.is_some_and(|workspace| workspace.get("default-members").is_some())
    }

    /// The manifest at the root of the Cargo workspace.
    pub(crate) fn workspace_manifest(&self) -> Option<DocumentMut> {
        path_dependencies::read(&self.workspace.join("Cargo.toml"))
    }

    /// Folders in which Cargo keeps what it compiles for pixi, final or not.
    pub(crate) fn artefacts(&self, built: &BuildPaths) -> Vec<PathBuf> {
        let mut folders = self.own_artefacts(built);
        let chosen = self.request.config.env.get("CARGO_BUILD_BUILD_DIR");
        // Cargo takes it from the folder that it runs in.
        folders.extend(chosen.map(|folder| built.script_folder.join(folder)));
        folders
    }

    /// Those of them that nobody else uses.
    pub(crate) fn own_artefacts(&self, built: &BuildPaths) -> Vec<PathBuf> {
        let mut folders = vec![built.script_folder.join(TARGET_DIR)];
        folders.extend(self.shared.as_ref().map(Shared::build_dir));
        folders
    }
}
