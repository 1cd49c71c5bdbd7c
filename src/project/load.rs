//! Converts `pixi.toml` (also `pyproject.toml` and `mojoproject.toml`) to the requests
//! that pixi would send.
//!
//! It is used without pixi. It validates everything that affects the package, reports all errors
//! together, and ignores the rest of the manifest. Where pixi loses data, this module keeps the
//! data and warns. A manifest without such warnings gives the same package with and without pixi.

mod below;
mod build;
mod channels;
mod code;
mod config;
mod cutoff;
mod dependencies;
mod environment;
mod find;
mod inherit;
mod inline;
mod legacy;
mod location;
mod members;
mod metadata;
pub mod mistake;
mod parts;
mod paths;
mod pin;
mod platform_entry;
mod platforms;
mod pool;
mod pyproject;
mod read;
mod remote_source;
mod requirements;
mod selector;
mod spec;
mod spec_reader;
mod tables;
mod targets;
mod variants;
mod version;
mod virtual_packages;
mod when;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use rattler_conda_types::Subdir;

pub use below::folders_without_manifest;
pub use channels::{ChannelPlace, ChannelPriority, Solving};
pub use cutoff::Cutoff;
pub use inline::{InlinePackage, inline_packages};
pub use members::{Member, members};
pub use mistake::{LoadError, LoadErrors, Warning};
pub use remote_source::remote_source;
pub use virtual_packages::VirtualPackage;

use crate::project::document::{Document, Table};
use crate::project::load::mistake::Diagnostics;
use crate::protocol::model::ProjectModel;
use crate::protocol::outputs::VariantValue;
use crate::protocol::{initialize, outputs};

/// The manifest to load, and the options of the command line.
#[derive(Debug, Clone)]
pub struct LoadRequest {
    /// The manifest or its directory. Relative to `current_folder`.
    pub path: PathBuf,
    /// A package that the workspace of `path` defines, instead of one with a manifest.
    pub inline: Option<Inline>,
    /// The source directory. It overrides the manifest.
    pub source_directory: Option<PathBuf>,
    /// The platform on which the package will run.
    pub host_platform: Subdir,
    /// The platform on which the build runs.
    pub build_platform: Subdir,
    /// Variants that replace those of the manifest, key by key.
    pub variants: BTreeMap<String, Vec<String>>,
    /// Variant files to read after those of the manifest.
    pub variant_files: Vec<PathBuf>,
    /// Channels (names, URLs or paths) that replace those of the manifest. Empty if none
    /// are given.
    pub channels: Vec<String>,
    /// The build number that replaces that of the manifest.
    pub build_number: Option<u64>,
    /// The prefix of the build string that replaces that of the manifest.
    pub build_string_prefix: Option<String>,
    /// The name of a backend for a manifest that does not name one.
    pub suggested_backend: &'static str,
    /// The directory that `~/` stands for.
    pub home: Option<PathBuf>,
    /// The directory that paths on the command line are relative to. Absolute.
    pub current_folder: PathBuf,
}

/// A package that a workspace defines in a dependency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inline {
    /// The name of the dependency.
    pub name: String,
    /// The source directory. Absolute.
    pub folder: PathBuf,
}

/// A manifest and its workspace, in the form in which pixi would send them.
#[derive(Debug)]
pub struct Loaded {
    /// The manifest, for the places of later errors. Links in its path are resolved.
    pub manifest: Document,
    /// The source directory. Links are resolved.
    pub source_directory: PathBuf,
    /// The directory of the workspace's manifest, or of the manifest if there is no
    /// workspace.
    pub workspace_directory: PathBuf,
    /// The directory of the workspace that is built, whose `.pixi` contains the work directories.
    /// A dependency may belong to another workspace.
    pub build_workspace: PathBuf,
    /// The name in `[package.build.backend]`, as in the manifest.
    pub backend: String,
    /// `[package]`.
    pub project_model: ProjectModel,
    /// `[package.build.config]`; `None` when there is none.
    pub configuration: Option<serde_json::Value>,
    /// `[package.build.target.<selector>.config]` in the order of the file.
    pub target_configuration: Option<IndexMap<String, serde_json::Value>>,
    /// The requested platform on which the package will run.
    pub host_platform: Subdir,
    /// The requested platform on which the build runs.
    pub build_platform: Subdir,
    /// The URLs of the channels, without a trailing slash, most important first.
    pub channels: Vec<String>,
    /// The virtual packages of the host platform.
    pub virtual_packages: Vec<VirtualPackage>,
    /// The variants of the manifest, the command line and the platform.
    pub variant_configuration: BTreeMap<String, Vec<VariantValue>>,
    /// The absolute paths of the variant files, not normalized. Later files have priority.
    pub variant_files: Vec<PathBuf>,
    /// Settings that only the solver needs.
    pub solving: Solving,
    /// The request.
    pub request: LoadRequest,
    /// Warnings, which are shown even when the package can be loaded.
    pub warnings: Vec<Warning>,
}

impl Loaded {
    /// The parameters of `initialize`, with the directories that pixi would choose.
    pub fn initialize_params(&self, cache: PathBuf, scratch: PathBuf) -> initialize::Params {
        initialize::Params {
            manifest_path: self.manifest.path().to_owned(),
            source_directory: Some(self.source_directory.clone()),
            workspace_directory: Some(self.workspace_directory.clone()),
            checkout_root: None,
            cache_directory: Some(cache),
            workspace_scratch_directory: Some(scratch),
            project_model: Some(self.project_model.clone()),
            configuration: self.configuration.clone(),
            target_configuration: self.target_configuration.clone(),
        }
    }

    /// The parameters of `conda/outputs`, with this work directory.
    pub fn outputs_params(&self, work_directory: PathBuf) -> outputs::Params {
        outputs::Params {
            channels: self.channels.clone(),
            host_platform: self.host_platform,
            build_platform: self.build_platform,
            variant_configuration: Some(self.variant_configuration.clone()),
            variant_files: Some(self.variant_files.clone()),
            work_directory,
        }
    }
}

/// The data that all readers use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ManifestScope<'d> {
    /// The request.
    pub request: &'d LoadRequest,
    /// `[package]`.
    pub package: Table<'d>,
    /// `[workspace]`, in the same manifest or in a parent directory.
    pub workspace: Option<Table<'d>>,
}

impl<'d> ManifestScope<'d> {
    /// The manifest with the package.
    pub(crate) fn member(&self) -> &'d Document {
        self.package.document
    }

    /// The directory that dependency paths of the package are relative to.
    pub(crate) fn manifest_folder(&self) -> &'d Path {
        self.member().directory()
    }

    /// The directory that paths of the workspace are relative to.
    pub(crate) fn workspace_folder(&self) -> &'d Path {
        self.workspace
            .map_or(self.member(), |table| table.document)
            .directory()
    }

    /// The directory that `~/` stands for.
    pub(crate) fn home(&self) -> Option<&'d Path> {
        self.request.home.as_deref()
    }
}

/// Loads the manifest that `request` names, with all values that it inherits. It reads
/// the manifests and checks whether named files exist; it does not access anything else.
///
/// # Errors
///
/// All errors in the manifest, and those in the workspace that affect the package.
pub fn load(request: &LoadRequest) -> Result<Loaded, LoadErrors> {
    let mut findings = Diagnostics::default();
    let loaded = read(request, &mut findings);
    let warnings = findings.finish()?;
    let loaded = loaded.expect("a reader that has no value notes a mistake");
    Ok(Loaded { warnings, ..loaded })
}

fn read(request: &LoadRequest, findings: &mut Diagnostics) -> Option<Loaded> {
    let found = inline::find_any(request, findings)?;
    let package = found.member.field(&["package"])?.value.table(findings)?;
    let home = found.above.as_ref().unwrap_or(&found.member);
    let scope = ManifestScope {
        request,
        package,
        workspace: find::workspace_table(home, findings),
    };

    if let Some(workspace) = &scope.workspace {
        find::check_keys(workspace, findings);
    }
    metadata::check_keys(&scope, findings);
    let build = build::read(&scope, findings);
    let code = build.as_ref().map(|build| &build.code);
    let mut project_model = metadata::read(&scope, code, findings);
    project_model.targets = Some(targets::read(
        &scope,
        project_model.name.as_deref(),
        findings,
    ));

    let environment = environment::DefaultEnvironment::of(&scope);
    let channels = channels::read(&scope, &environment, findings);
    let platform = platforms::host(&scope, &environment, findings);
    let variant_configuration =
        variants::configuration(&scope, &platform, channels.has_conda_forge, findings);
    let variant_files = variants::files(&scope, findings);

    let build = build?;
    project_model.build_number = build.number;
    project_model.build_string_prefix = build.string_prefix;
    project_model.build_flags = build.flags;
    project_model.secrets = build.secrets;
    let workspace_directory = scope.workspace_folder().to_owned();
    Some(Loaded {
        manifest: found.member,
        source_directory: match found.source {
            Some(folder) => folder,
            None => build.code.folder?,
        },
        build_workspace: workspace_directory.clone(),
        workspace_directory,
        backend: build.backend?,
        project_model,
        configuration: build.configuration,
        target_configuration: build.target_configuration,
        host_platform: request.host_platform,
        build_platform: request.build_platform,
        channels: channels.urls,
        virtual_packages: platform.packages,
        variant_configuration,
        variant_files,
        solving: channels.solving,
        request: request.clone(),
        warnings: Vec::new(),
    })
}
