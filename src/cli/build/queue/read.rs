//! Reads packages and, step by step, the packages from source that they need.

use std::path::{Path, PathBuf};

use miette::{Diagnostic, Report};
use rattler_conda_types::Subdir;
use thiserror::Error;

use crate::backend::{Backend, Platforms};
use crate::cli::build::queue::{Index, Job, Needs, Reading};
use crate::cli::package::{self, Package, home, request};
use crate::cli::report::step;
use crate::engine::describe::describe;
use crate::environments::{Checkout, Depot, Supply};
use crate::project::load::{self, LoadErrors, Loaded};
use crate::protocol::outputs::Output;
use crate::protocol::spec::{NamedSpec, PackageSpec, PathLocation, SourceLocation};

/// The packages that were read so far.
pub(super) struct Reader<'a, B> {
    reading: Reading<'a, B>,
    jobs: Vec<Job<B>>,
    /// Who asked for each of them.
    askers: Vec<String>,
    supplies: Vec<(Subdir, Supply)>,
    /// The first package that was asked for, read for each platform: its workspace
    /// counts for everything that is built.
    consumers: Vec<Loaded>,
}

/// A package from source that another one needs.
struct Need<'a> {
    name: &'a str,
    location: &'a SourceLocation,
    host: Subdir,
    kind: Kind,
}

/// Where the source of a package is on this machine.
struct Place {
    path: PathBuf,
    /// What was fetched, when it was.
    checkout: Option<PathBuf>,
}

#[derive(Clone, Copy)]
enum Kind {
    Build,
    Host,
    Run,
}

impl<'a, B: Backend + Clone> Reader<'a, B> {
    pub(super) fn new(reading: Reading<'a, B>) -> Self {
        Self {
            reading,
            jobs: Vec::new(),
            askers: Vec::new(),
            supplies: Vec::new(),
            consumers: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> (Vec<Job<B>>, Vec<(Subdir, Supply)>) {
        (self.jobs, self.supplies)
    }

    /// Reads the packages at `paths`, and what they need.
    pub(super) async fn all(
        &mut self,
        paths: &[PathBuf],
        depot: &Depot,
    ) -> Result<Vec<Index>, Report> {
        let mut asked = Vec::new();
        for path in paths {
            asked.push(self.alone(path)?);
        }
        // The list grows while it is worked through.
        let mut next = 0;
        while next < self.jobs.len() {
            self.needs(next, depot).await?;
            next += 1;
        }
        Ok(asked)
    }

    /// Reads one package that was asked for.
    pub(super) fn alone(&mut self, path: &Path) -> Result<Index, Report> {
        let Reading {
            backend,
            env,
            choices,
        } = self.reading;
        let loaded = package::load(env, path, choices.platforms()?, choices)?;
        let package = Package::of(backend.clone(), env.clone(), loaded, None)?;
        self.enter(package, "the command line".to_string(), None)
    }

    fn enter(
        &mut self,
        package: Package<B>,
        asker: String,
        checkout: Option<PathBuf>,
    ) -> Result<Index, Report> {
        let manifest = package.loaded.manifest.path();
        let host = package.platforms.host;
        let known = |job: &Job<B>| job.manifest() == manifest && job.package.platforms.host == host;
        if let Some(index) = self.jobs.iter().position(known) {
            return Ok(index);
        }
        if !self.supplies.iter().any(|(platform, _)| *platform == host) {
            self.supplies.push((host, Supply::of(&package.loaded)?));
        }
        let described = describe(&package.plan()?, package.session.source())?;
        let name = described.outputs.first();
        let name = name.map(|output| output.metadata.name.clone());
        let job = Job {
            name: name.unwrap_or_else(|| {
                package
                    .loaded
                    .project_model
                    .name
                    .clone()
                    .unwrap_or_default()
            }),
            package,
            described,
            needs: Needs::default(),
            checkout,
        };
        let twin = |other: &Job<B>| other.name == job.name && other.package.platforms.host == host;
        if let Some(at) = self.jobs.iter().position(twin) {
            return Err(TwoOfOneName {
                first: self.jobs[at].manifest().to_path_buf(),
                first_asker: self.askers[at].clone(),
                second: job.manifest().to_path_buf(),
                second_asker: asker,
                name: job.name,
            }
            .into());
        }
        self.jobs.push(job);
        self.askers.push(asker);
        Ok(self.jobs.len() - 1)
    }

    /// Reads what the package at `index` needs.
    async fn needs(&mut self, index: Index, depot: &Depot) -> Result<(), Report> {
        let job = &self.jobs[index];
        let outputs = job.described.outputs.clone();
        let platforms = job.package.platforms;
        for need in outputs.iter().flat_map(|output| stated(output, platforms)) {
            let found = self.read(index, &need, depot).await?;
            let needs = &mut self.jobs[index].needs;
            match need.kind {
                Kind::Build => needs.build.insert(found),
                Kind::Host => needs.host.insert(found),
                // A package may name itself; it is there when it is used.
                Kind::Run => found != index && needs.run.insert(found),
            };
        }
        Ok(())
    }

    async fn read(
        &mut self,
        index: Index,
        need: &Need<'_>,
        depot: &Depot,
    ) -> Result<Index, Report> {
        let asker = &self.jobs[index];
        let asked_by = format!("`{}` in {}", asker.name, asker.manifest().display());
        let Place { path, checkout } = self.place(asker, need.location, depot).await?;
        let consumer = self.consumer(need.host)?;
        let Reading {
            backend,
            env,
            choices,
        } = self.reading;
        let consumer = &self.consumers[consumer];
        if !path.exists() {
            return Err(NotThere {
                name: need.name.to_string(),
                asker: asked_by,
                path: match need.location {
                    SourceLocation::Path(location) => location.path.clone(),
                    SourceLocation::Git(_) | SourceLocation::Url(_) => path.display().to_string(),
                },
            }
            .into());
        }
        let platforms = Platforms {
            build: consumer.build_platform,
            host: consumer.host_platform,
        };
        let request = request(env, &path, platforms, choices)?;
        let loaded = load::load(&request).map_err(|mistakes| Mistaken {
            name: need.name.to_string(),
            asker: asked_by.clone(),
            mistakes: vec![mistakes],
        })?;
        let loaded = in_workspace_of(consumer, loaded);
        if loaded.backend != B::NAME {
            return Err(OtherBackend {
                name: need.name.to_string(),
                asker: asked_by,
                wanted: loaded.backend,
                this: B::NAME,
            }
            .into());
        }
        let package = Package::of(backend.clone(), env.clone(), loaded, checkout.clone())?;
        let found = self.enter(package, asked_by.clone(), checkout)?;
        let found_name = &self.jobs[found].name;
        if !found_name.eq_ignore_ascii_case(need.name) {
            return Err(OtherName {
                wanted: need.name.to_string(),
                found: found_name.clone(),
                asker: asked_by,
                manifest: self.jobs[found].manifest().to_path_buf(),
            }
            .into());
        }
        Ok(found)
    }

    /// Where a source is, or is now.
    async fn place(
        &self,
        asker: &Job<B>,
        location: &SourceLocation,
        depot: &Depot,
    ) -> Result<Place, Report> {
        let Checkout { root, folder } = match location {
            SourceLocation::Path(PathLocation { path }) => {
                let manifest = asker.manifest();
                return Ok(Place {
                    path: self.resolve(manifest.parent().unwrap_or(manifest), path),
                    checkout: asker.checkout.clone(),
                });
            }
            SourceLocation::Git(git) => {
                let title = format!("fetching {}", git.git);
                step(&title, None, depot.check_out(git)).await?
            }
            SourceLocation::Url(url) => {
                let title = format!("fetching {}", url.url);
                step(&title, None, depot.unpack(url)).await?
            }
        };
        Ok(Place {
            path: folder,
            checkout: Some(root),
        })
    }

    fn resolve(&self, folder: &Path, text: &str) -> PathBuf {
        match (text.strip_prefix("~/"), home(self.reading.env)) {
            (Some(below), Some(home)) => home.join(below),
            _ => folder.join(text),
        }
    }

    /// The first package that was asked for, read for the platform `host`.
    fn consumer(&mut self, host: Subdir) -> Result<usize, Report> {
        let known = |consumer: &Loaded| consumer.host_platform == host;
        if let Some(at) = self.consumers.iter().position(known) {
            return Ok(at);
        }
        let first = &self.jobs[0];
        let platforms = Platforms {
            build: first.package.platforms.build,
            host,
        };
        let Reading { env, choices, .. } = self.reading;
        let loaded = package::load(env, first.manifest(), platforms, choices)?;
        self.consumers.push(loaded);
        Ok(self.consumers.len() - 1)
    }
}

/// What a dependency builds with: as with pixi, it is the workspace of the consumer that
/// says where packages come from and which variants there are.
fn in_workspace_of(consumer: &Loaded, loaded: Loaded) -> Loaded {
    if loaded.workspace_directory == consumer.workspace_directory {
        return loaded;
    }
    Loaded {
        workspace_directory: consumer.workspace_directory.clone(),
        channels: consumer.channels.clone(),
        virtual_packages: consumer.virtual_packages.clone(),
        variant_configuration: consumer.variant_configuration.clone(),
        variant_files: consumer.variant_files.clone(),
        solving: consumer.solving.clone(),
        ..loaded
    }
}

/// Everything from source that an output states. A run export is no dependency.
fn stated(output: &Output, platforms: Platforms) -> Vec<Need<'_>> {
    let Output {
        build_dependencies,
        host_dependencies,
        run_dependencies,
        extra_dependencies,
        ..
    } = output;
    let Platforms { build, host } = platforms;
    let mut needs = Vec::new();
    needs.extend(sources(&build_dependencies.depends, build, Kind::Build));
    needs.extend(sources(&host_dependencies.depends, host, Kind::Host));
    needs.extend(sources(&run_dependencies.depends, host, Kind::Run));
    for specs in extra_dependencies.values() {
        needs.extend(sources(specs, host, Kind::Run));
    }
    needs
}

fn sources(specs: &[NamedSpec], host: Subdir, kind: Kind) -> impl Iterator<Item = Need<'_>> {
    specs.iter().filter_map(move |stated| match &stated.spec {
        PackageSpec::Source(source) => Some(Need {
            name: &stated.name,
            location: &source.location,
            host,
            kind,
        }),
        _ => None,
    })
}

/// A dependency at a path where nothing is.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}`, which {asker} needs, is not there: `{path}` does not exist")]
#[diagnostic(
    code(environment::not_there),
    help("the path of a dependency is relative to the manifest that names it")
)]
struct NotThere {
    name: String,
    asker: String,
    path: String,
}

/// A dependency whose manifest cannot be used.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}`, which {asker} needs, cannot be built")]
#[diagnostic(code(environment::mistaken))]
struct Mistaken {
    name: String,
    asker: String,
    #[related]
    mistakes: Vec<LoadErrors>,
}

/// A dependency that this backend cannot build.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}`, which {asker} needs, is built by `{wanted}`, this is `{this}`")]
#[diagnostic(
    code(environment::other_backend),
    help(
        "build it with `{wanted}`, put it into a channel, and depend on its version instead of its path"
    )
)]
struct OtherBackend {
    name: String,
    asker: String,
    wanted: String,
    this: &'static str,
}

/// Two packages that nothing could tell apart in an environment.
#[derive(Debug, Error, Diagnostic)]
#[error(
    "two packages are called `{name}`: {} (for {first_asker}) and {} (for {second_asker})",
    first.display(),
    second.display()
)]
#[diagnostic(code(environment::two_of_one_name), help("rename one of them"))]
struct TwoOfOneName {
    name: String,
    first: PathBuf,
    first_asker: String,
    second: PathBuf,
    second_asker: String,
}

/// The package at a path is another one than the dependency says.
#[derive(Debug, Error, Diagnostic)]
#[error("{asker} needs `{wanted}`, but the package in {} is called `{found}`", manifest.display())]
#[diagnostic(
    code(environment::other_name),
    help("name the dependency `{found}`, or give the path of `{wanted}`")
)]
struct OtherName {
    wanted: String,
    found: String,
    asker: String,
    manifest: PathBuf,
}
