//! The packages that a command line names: one, or all packages of a workspace.

use std::path::{Path, PathBuf};

use miette::{Diagnostic, Report};
use thiserror::Error;

use crate::backend::Env;
use crate::backends;
use crate::cli::package::{PackageOptions, fetch, load_fetched, request};
use crate::diagnostic::list;
use crate::environments::CondaClient;
use crate::project::load::{self, InlinePackage, Loaded, Member};
use crate::protocol::spec::SourceLocation;

/// A package that the command line names.
#[derive(Debug, Clone)]
pub(in crate::cli) enum AskedPackage {
    /// The package with this manifest, or with a manifest in this directory.
    At(PathBuf),
    /// A package that the workspace of the directory or manifest defines in a dependency.
    Inline(PathBuf, InlinePackage),
}

impl AskedPackage {
    /// Reads the package, and returns the source that was fetched for it, if it is remote.
    ///
    /// # Errors
    /// Errors in the manifest, a source that cannot be fetched.
    pub(in crate::cli) async fn load(
        &self,
        env: &Env,
        options: &PackageOptions,
        client: &CondaClient,
    ) -> Result<(Loaded, Option<PathBuf>), Report> {
        let platforms = options.platforms()?;
        let (request, checkout) = match self {
            Self::At(path) => (request(env, path, platforms, options)?, None),
            Self::Inline(workspace, package) => {
                let fetched = fetch(&package.location, client).await?;
                let folder = match (&package.location, &fetched) {
                    (SourceLocation::Path(location), _) => PathBuf::from(&location.path),
                    (_, Some(fetched)) => fetched.folder.clone(),
                    (_, None) => workspace.clone(),
                };
                let checkout = fetched.map(|fetched| fetched.root);
                let workspace = request(env, workspace, platforms, options)?;
                (inline(workspace, &package.name, folder), checkout)
            }
        };
        Ok((load_fetched(request, client).await?, checkout))
    }
}

/// The request to load a package that a workspace defines.
pub(in crate::cli) fn inline(
    workspace: load::LoadRequest,
    name: &str,
    folder: PathBuf,
) -> load::LoadRequest {
    load::LoadRequest {
        inline: Some(load::Inline {
            name: name.to_string(),
            folder: dunce::canonicalize(&folder).unwrap_or(folder),
        }),
        source_directory: None,
        ..workspace
    }
}

/// The packages of the workspace that this project builds: those with manifests, and those
/// that the workspace defines in its dependencies.
///
/// # Errors
/// Errors in manifests, a workspace without packages.
pub(in crate::cli) fn members(
    env: &Env,
    options: &PackageOptions,
    path: &Path,
) -> Result<Vec<AskedPackage>, Report> {
    let path = std::path::absolute(path)
        .map_err(|error| miette::miette!("the current directory cannot be found: {error}"))?;
    let mut asked = Vec::new();
    // A manifest without a backend, or with a misspelled one, is an error, which is reported when it
    // is read.
    let is_ours = |backend: &Option<String>| {
        let known = |name: &String| {
            backends::by_name(name).is_some() || backends::misspelled(name).is_some()
        };
        backend.as_ref().is_none_or(known)
    };
    let left_out = |what: &str, backend: Option<String>| {
        let backend = backend.unwrap_or_default();
        tracing::warn!(
            "{what} is left out: it is built by `{backend}`, which this program does not contain \
             (help: build it with pixi)"
        );
    };
    let workspace = request(env, &path, options.platforms()?, options)?;
    for member in load::members(&workspace)? {
        let Member {
            manifest,
            name,
            backend,
        } = member;
        if is_ours(&backend) {
            asked.push(AskedPackage::At(manifest))
        } else {
            let place = manifest.display();
            let what = name.map_or(place.to_string(), |name| format!("`{name}` in {place}"));
            left_out(&what, backend)
        }
    }
    for package in load::inline_packages(&workspace)? {
        if is_ours(&package.backend) {
            asked.push(AskedPackage::Inline(path.clone(), package))
        } else {
            left_out(&format!("`{}`", package.name), package.backend)
        }
    }
    if asked.is_empty() {
        Err(NoMembers::below(path).into())
    } else {
        Ok(asked)
    }
}

/// `--all` in a workspace without packages.
#[derive(Debug, Error, Diagnostic)]
#[error("the workspace of {} does not have a package that can be built", path.display())]
#[diagnostic(code(build::no_members), help("{help}"))]
struct NoMembers {
    path: PathBuf,
    help: String,
}

impl NoMembers {
    fn below(path: PathBuf) -> Self {
        let files = backends::ALL.iter().map(|backend| backend.metadata_file());
        let folders = load::folders_without_manifest(&path, &Vec::from_iter(files));
        let folders: Vec<String> = (folders.iter())
            .map(|folder| folder.display().to_string())
            .collect();
        let help = if folders.is_empty() {
            "a package is a manifest with `[package.build.backend]` in or below the directory of \
             the workspace, or a dependency with the key `package`"
                .to_string()
        } else {
            format!(
                "no manifest says how to build {}: put a `pixi.toml` with \
                 `[package.build.backend]` into the directory of each package",
                list(folders.iter().map(String::as_str))
            )
        };
        Self { path, help }
    }
}
