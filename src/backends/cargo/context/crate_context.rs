//! A crate with all settings and files around it that affect its build.
//!
//! The backend reads them once per request and answers all hooks of the request from this data.

use std::collections::BTreeSet;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::Report;
use url::Url;

use crate::backend::Request;
use crate::backends::cargo::config::Config;
use crate::backends::cargo::context::arguments::Arguments;
use crate::backends::cargo::context::cargo_config::CargoConfig;
use crate::backends::cargo::context::packages::{self, Member};
use crate::backends::cargo::context::path_dependencies::{PathCrates, path_dependencies};
use crate::backends::cargo::context::{choice, layout};
use crate::backends::cargo::manifest::manifests::Manifests;
use crate::backends::cargo::manifest::package::Crate;
use crate::backends::cargo::manifest::workspace_members::{PACKAGES, Wanted};
use crate::diagnostic::Warning;
use crate::project::Metadata;

/// The data that the backend has read from a project.
#[derive(Debug)]
pub struct CrateContext {
    /// The crate and its workspace.
    pub(crate) krate: Crate,
    /// The directory of the crate.
    pub(crate) root: PathBuf,
    /// The directory of the Cargo workspace.
    pub(crate) workspace: PathBuf,
    /// The metadata that Cargo.toml contains.
    pub(crate) metadata: Metadata,
    /// Warnings from reading the project.
    pub(crate) warnings: Vec<Warning>,
    pub(crate) license_files: Vec<PathBuf>,
    pub(crate) licenses_are_named: bool,
    /// The members whose programs are installed. The crate itself is usually one of them.
    pub(crate) members: Vec<Member>,
    /// The name of the crate in Cargo. Empty if Cargo would refuse the name.
    pub(crate) package: String,
    /// The name of the notes about earlier builds of the package.
    pub(crate) notes: String,
    pub(crate) arguments: Arguments,
    pub(crate) cargo_config: CargoConfig,
    /// The path crates, by directory.
    pub(crate) path_crates: Arc<PathCrates>,
    /// A fingerprint of the variables that the user sets and whose changes Cargo may not
    /// notice.
    pub(crate) variables: Option<String>,
    /// The shared tree. `None` if the build does not share anything.
    pub(crate) shared_folder: Option<PathBuf>,
}

impl CrateContext {
    /// Reads the manifests and the configuration around them.
    ///
    /// # Errors
    /// Selections in two places, and the errors of [`Crate::read`], [`Crate::metadata`] and
    /// [`packages::chosen`].
    pub(crate) fn read(request: &Request<'_, Config>) -> Result<Self, Report> {
        let source = request.project.source.as_path();
        choice::check(request)?;
        let words = [
            choice::words(request.config),
            request.config.extra_args.clone(),
        ];
        let arguments = Arguments::of(&words.concat(), source);
        let wanted = Wanted {
            package: request.project.name(),
            selected: arguments.package().or_else(|| named(request)),
            option: if arguments.package().is_some() {
                "extra-args"
            } else {
                PACKAGES
            },
        };
        let mut manifests = Manifests::default();
        let krate = Crate::read(&mut manifests, source, wanted)?;
        let mut warnings = arguments.warnings();
        if request.project.model.version.is_none() {
            warnings.extend(krate.missing_version());
        }
        let mut metadata = if request.config.ignore_cargo_manifest {
            Metadata::default()
        } else {
            krate.metadata(&mut warnings)?
        };
        let named = request
            .project
            .metadata()
            .or(metadata.clone())
            .license_files;
        let licenses_are_named = !named.is_empty();
        let license_files = if licenses_are_named {
            named
        } else {
            krate.license_files(&mut warnings)
        };
        if !licenses_are_named {
            metadata.license_files.clone_from(&license_files);
        }
        let root = krate.folder().to_path_buf();
        let workspace = krate.workspace_root().to_path_buf();
        let members = packages::chosen(request, &mut manifests, &krate, &arguments)?;
        let itself = members.iter().find(|member| member.folder == root);
        let arguments = itself.map_or(arguments, |member| member.arguments.clone());
        let cargo_config = CargoConfig::of(request, &arguments, &root, &workspace);
        let variables = cargo_config.variables(request);
        Ok(Self {
            path_crates: {
                let others = members.iter().map(|member| member.folder.clone());
                let more: Vec<PathBuf> =
                    cargo_config.overrides().into_iter().chain(others).collect();
                path_dependencies(&mut manifests, &root, &more)
            },
            members,
            notes: packages::package_name(&krate.manifest),
            package: packages::package_name(&krate.manifest),
            shared_folder: layout::shared_folder(request, variables.as_deref()),
            krate,
            root,
            workspace,
            metadata,
            warnings,
            license_files,
            licenses_are_named,
            arguments,
            cargo_config,
            variables,
        })
    }

    /// Whether a cargo command in the directory of the crate would select the default members
    /// of the workspace instead of the crate.
    pub(crate) fn has_default_members(&self) -> bool {
        let workspace = self.krate.workspace.workspace();
        self.root == self.workspace
            && workspace.is_some_and(|workspace| workspace.get("default-members").is_some())
    }
}

/// The first member that `packages` names. It determines the name and version of the package.
fn named<'a>(request: &Request<'a, Config>) -> Option<&'a str> {
    let first = request.config.packages.first()?;
    (!packages::is_pattern(first)).then_some(first)
}

/// A crate together with the request that it is built for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CrateBuild<'a> {
    pub(crate) request: &'a Request<'a, Config>,
    pub(crate) context: &'a CrateContext,
}

impl CrateBuild<'_> {
    /// The arguments that make `cargo tree` select the crate itself, in a workspace where it
    /// would select other members.
    pub(crate) fn package_argument(&self) -> Vec<String> {
        if self.has_default_members() {
            selection(&self.root, &self.package)
        } else {
            Vec::new()
        }
    }

    /// The same for the crate and the other members whose programs are installed.
    pub(crate) fn package_arguments(&self) -> Vec<String> {
        let mut others = self.members.iter().filter(|it| it.folder != self.root);
        let Some(first) = others.next() else {
            return self.package_argument();
        };
        let others = [first].into_iter().chain(others);
        let selected = others.flat_map(|it| selection(&it.folder, &it.name));
        selected
            .chain(selection(&self.root, &self.package))
            .collect()
    }

    /// The names of the crate and of the other members whose programs are installed.
    pub(crate) fn packed_crates(&self) -> BTreeSet<&str> {
        let others = self.members.iter().map(|member| member.name.as_str());
        others.chain([self.package.as_str()]).collect()
    }
}

/// The arguments that make cargo select the package `name` in `folder`.
fn selection(folder: &Path, name: &str) -> Vec<String> {
    let folder = Url::from_file_path(folder).into_iter();
    folder
        .flat_map(|folder| ["--package".to_string(), format!("{folder}#{name}")])
        .collect()
}

impl Deref for CrateBuild<'_> {
    type Target = CrateContext;

    fn deref(&self) -> &CrateContext {
        self.context
    }
}
