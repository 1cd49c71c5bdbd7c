//! The package of a command, with its manifest as pixi would read it.

mod members;
mod options;
mod source;

pub(super) use members::{AskedPackage, inline, members};
pub(super) use options::PackageOptions;
pub(super) use source::{fetch, load_fetched};

use std::path::{Path, PathBuf};

use clap::Args;
use miette::{Diagnostic, Report, SourceSpan};
use thiserror::Error;

use crate::backend::cache::{CacheScope, LOCK_OF_PIXI};
use crate::backend::{Cache, Env, Platforms, RunOptions};
use crate::backends;
use crate::cli::cache_folder::cache_folder;
use crate::cli::execution_options::ExecutionOptions;
use crate::cli::{report, runtime};
use crate::diagnostic::{SourceFile, Unwritable, list};
use crate::disk::{folders, write};
use crate::engine::{Described, Plan, PlanRequest, Session, outputs, plan};
use crate::project::load::{self, Loaded};
use crate::protocol::initialize;
use crate::recipe::variants::VariantSelection;

/// The package of a command.
#[derive(Debug, Args)]
pub(super) struct PackageArguments {
    /// The package: a directory with a manifest, or the manifest itself
    #[arg(default_value = ".", value_hint = clap::ValueHint::AnyPath)]
    pub(super) path: PathBuf,

    #[command(flatten)]
    pub(super) options: PackageOptions,
}

/// A package with the data that pixi would send.
pub(super) struct Package {
    pub(super) loaded: Loaded,
    pub(super) session: Session,
    pub(super) platforms: Platforms,
}

impl Package {
    /// Reads the manifest that `arguments` name, and prints its warnings.
    ///
    /// # Errors
    /// Errors in the manifest, a backend that this project does not have.
    pub(super) fn open(env: Env, arguments: &PackageArguments) -> Result<Self, Report> {
        let PackageArguments { path, options } = arguments;
        let request = request(&env, path, options.platforms()?, options)?;
        let loaded = match load::remote_source(&request) {
            None => load::load(&request)?,
            Some(_) => runtime()?.block_on(load_fetched(
                request,
                &ExecutionOptions::default().client(&env),
            ))?,
        };
        Self::of(env, loaded, None)
    }

    /// Reads all packages of the workspace if `all` is set, else one package.
    ///
    /// # Errors
    /// Those of [`Package::open`], and a workspace without packages.
    pub(super) fn open_all(
        env: &Env,
        arguments: &PackageArguments,
        all: bool,
    ) -> Result<Vec<Self>, Report> {
        if !all {
            return Ok(vec![Self::open(env.clone(), arguments)?]);
        }
        let PackageArguments { path, options } = arguments;
        let client = ExecutionOptions::default().client(env);
        let runtime = runtime()?;
        let open = |asked: AskedPackage| {
            let (loaded, checkout) = runtime.block_on(asked.load(env, options, &client))?;
            Self::of(env.clone(), loaded, checkout)
        };
        members(env, options, path)?.into_iter().map(open).collect()
    }

    /// The package whose manifest was `loaded`, with its fetched source. Warnings are
    /// printed.
    ///
    /// # Errors
    /// A backend that this project does not have, errors in the configuration.
    pub(super) fn of(env: Env, loaded: Loaded, checkout: Option<PathBuf>) -> Result<Self, Report> {
        for warning in &loaded.warnings {
            report::warn(warning);
        }
        let backend =
            backends::by_name(&loaded.backend).ok_or_else(|| UnknownBackend::of(&loaded))?;
        let scratch = loaded.build_workspace.join(".pixi").join("scratch-v0");
        let initialize = initialize::Params {
            checkout_root: checkout,
            ..loaded.initialize_params(cache_folder(&env), scratch)
        };
        Ok(Self {
            platforms: Platforms {
                build: loaded.build_platform,
                host: loaded.host_platform,
            },
            session: Session::open(backend, initialize, env)?,
            loaded,
        })
    }

    /// The same package, with the limits in `run`.
    pub(super) fn with(self, run: RunOptions) -> Self {
        Self {
            session: self.session.with(run),
            ..self
        }
    }

    /// The same package, prepared for a build. If the directory for shared files cannot be
    /// written, builds do not share files.
    pub(super) fn ready(self) -> Self {
        match hide(&self.own_folder()) {
            Ok(()) => self,
            Err(error) => {
                tracing::warn!("builds do not share artifacts: {error}");
                self.alone()
            }
        }
    }

    /// The same package, built without the files that builds share.
    pub(super) fn alone(self) -> Self {
        Self {
            session: self.session.without_shared_folders(),
            ..self
        }
    }

    /// The plan, for all combinations of the variants of the manifest.
    ///
    /// # Errors
    /// Errors in the files of the user.
    pub(super) fn plan(&self) -> Result<Plan<'_>, Report> {
        plan(&self.session, &self.ask())
    }

    /// The response to `conda/outputs`.
    ///
    /// # Errors
    /// Errors in the files of the user.
    pub(super) fn outputs(&self) -> Result<Described<'_>, Report> {
        outputs(&self.session, &self.ask())
    }

    fn ask(&self) -> PlanRequest {
        PlanRequest {
            platforms: self.platforms,
            choice: VariantSelection::Matrix {
                files: self.loaded.variant_files.clone(),
                user: self.loaded.variant_configuration.clone(),
            },
            editable: false,
        }
    }

    /// The directories that survive builds and can be removed: the caches of the backend, and
    /// the work directories of `build` in this workspace.
    pub(super) fn caches(&self) -> Vec<Cache> {
        let mut caches = self.session.caches();
        let works = folders(&self.all_builds()).into_iter().flat_map(|work| {
            // A package has one work directory, or one for each of its variants.
            let below = folders(&work);
            std::iter::once(work).chain(below)
        });
        let own = works.filter(|work| work_lock(work).is_file());
        caches.extend(own.map(|folder| Cache {
            what: "work directory".to_string(),
            lock: work_lock(&folder),
            folder,
            scope: CacheScope::Workspace,
        }));
        caches
    }

    /// The files of builds by pixi in this workspace: work directories, and cached packages.
    pub(super) fn left_by_pixi(&self) -> Vec<Cache> {
        let of_pixi = |what: &str, folder: PathBuf| Cache {
            what: what.to_string(),
            lock: folder.join(LOCK_OF_PIXI),
            folder,
            scope: CacheScope::Workspace,
        };
        let works = folders(&self.all_builds()).into_iter();
        let works = works.flat_map(|package| folders(&package));
        let works = works.filter(|work| work.join(LOCK_OF_PIXI).is_file());
        let mut left: Vec<Cache> = works
            .map(|work| of_pixi("work directory of pixi", work))
            .collect();
        // pixi writes the packages that it builds to this directory.
        let artifacts = self.own_folder().join("artifacts-v0");
        left.push(of_pixi("packages kept by pixi", artifacts));
        left
    }

    /// The default work directory of builds of the package `name`.
    pub(super) fn builds(&self, name: &str) -> PathBuf {
        self.all_builds().join(name)
    }

    /// The directory that contains the files of builds in this workspace, as text.
    pub(super) fn folder_of_builds(&self) -> String {
        self.own_folder().display().to_string()
    }

    fn own_folder(&self) -> PathBuf {
        self.loaded.build_workspace.join(".pixi")
    }

    fn all_builds(&self) -> PathBuf {
        self.own_folder().join("bld")
    }
}

/// Keeps `.pixi` out of version control, as pixi does.
fn hide(folder: &Path) -> Result<(), Unwritable> {
    let list = folder.join(".gitignore");
    if list.exists() {
        Ok(())
    } else {
        write(&list, "*\n!config.toml\n")
    }
}

/// The file in a work directory that `build` locks. Work directories of pixi do not have
/// it.
pub(super) fn work_lock(work: &Path) -> PathBuf {
    work.join(".building")
}

/// The request to load the package.
///
/// # Errors
/// The current directory cannot be found.
pub(super) fn request(
    env: &Env,
    path: &Path,
    platforms: Platforms,
    options: &PackageOptions,
) -> Result<load::LoadRequest, Report> {
    let current_folder = std::env::current_dir()
        .map_err(|error| miette::miette!("the current directory cannot be found: {error}"))?;
    Ok(load::LoadRequest {
        path: path.to_path_buf(),
        inline: None,
        source_directory: None,
        host_platform: platforms.host,
        build_platform: platforms.build,
        variants: options.variants(),
        variant_files: options.variant_files.clone(),
        channels: options.channels.clone(),
        build_number: None,
        build_string_prefix: None,
        suggested_backend: backends::that_may_build(path),
        home: env.home().map(Path::to_path_buf),
        current_folder,
    })
}

/// The manifest names a backend that this project does not have.
#[derive(Debug, Error, Diagnostic)]
#[error("{} is built by `{wanted}`, which this program does not contain", manifest.display())]
#[diagnostic(code(build::unknown_backend), help("{help}"))]
struct UnknownBackend {
    wanted: String,
    manifest: PathBuf,
    help: String,
    #[source_code]
    file: SourceFile,
    #[label("this backend")]
    at: Option<SourceSpan>,
}

impl UnknownBackend {
    fn of(loaded: &Loaded) -> Self {
        let wanted = loaded.backend.clone();
        let key = ["package", "build", "backend", "name"];
        Self {
            help: match backends::misspelled(&wanted) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!(
                    "build it with pixi, or name one of {}",
                    list(backends::ALL.iter().map(|backend| backend.name()))
                ),
            },
            manifest: loaded.manifest.path().to_path_buf(),
            file: loaded.manifest.file(),
            at: loaded.manifest.value_span(&key),
            wanted,
        }
    }
}

/// conda does not have a platform for this machine.
#[derive(Debug, Error, Diagnostic)]
#[error("conda does not have a platform for this machine")]
#[diagnostic(code(build::unknown_machine))]
struct UnknownMachine;
