//! Reads packages and, step by step, the packages from source that they need.

use std::path::{Path, PathBuf};

use miette::Report;
use rattler_conda_types::Subdir;

use crate::backend::Platforms;
use crate::cli::build::queue::mistakes::{Mistaken, NotThere, OtherName, TwoOfOneName};
use crate::cli::build::queue::needs::{Kind, Need, stated};
use crate::cli::build::queue::{Index, Job, Needs, Reading};
use crate::cli::package::{self, Package, request};
use crate::cli::report::step;
use crate::diagnostic::redacted;
use crate::environments::{Checkout, Depot, Supply};
use crate::project::load::{self, Loaded};
use crate::protocol::spec::{PathLocation, SourceLocation};

/// The packages that were read so far.
pub(super) struct Reader<'a> {
    reading: Reading<'a>,
    jobs: Vec<Job>,
    /// Who asked for each of them.
    askers: Vec<String>,
    supplies: Vec<(Subdir, Supply)>,
    /// The first package that was asked for, read for each platform: its workspace
    /// counts for everything that is built.
    consumers: Vec<Loaded>,
}

/// Where the source of a package is on this machine.
struct Place {
    path: PathBuf,
    /// What was fetched, when it was.
    checkout: Option<PathBuf>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(reading: Reading<'a>) -> Self {
        Self {
            reading,
            jobs: Vec::new(),
            askers: Vec::new(),
            supplies: Vec::new(),
            consumers: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> (Vec<Job>, Vec<(Subdir, Supply)>) {
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
        let Reading { env, choices, .. } = self.reading;
        let loaded = package::load(env, path, choices.platforms()?, choices)?;
        match self.known(&loaded) {
            Some(index) => Ok(index),
            None => self.enter(loaded, "the command line".to_string(), None),
        }
    }

    /// Where the package stands in the list, when it was read before.
    fn known(&self, loaded: &Loaded) -> Option<Index> {
        self.jobs.iter().position(|job| {
            let known = &job.package.loaded;
            known.manifest.path() == loaded.manifest.path()
                && known.host_platform == loaded.host_platform
        })
    }

    fn enter(
        &mut self,
        loaded: Loaded,
        asker: String,
        checkout: Option<PathBuf>,
    ) -> Result<Index, Report> {
        let Reading { env, run, .. } = self.reading;
        let host = loaded.host_platform;
        if !self.supplies.iter().any(|(platform, _)| *platform == host) {
            self.supplies.push((host, Supply::of(&loaded)?));
        }
        let package = Package::of(env.clone(), loaded, checkout.clone())?;
        let package = package.with(run).ready();
        let described = package.outputs()?.answer;
        let name = match described.outputs.first() {
            Some(output) => output.metadata.name.clone(),
            // Nothing is built of it, and nobody can ask for it.
            None => String::new(),
        };
        let twin = |other: &Job| {
            !name.is_empty() && other.name == name && other.package.platforms.host == host
        };
        if let Some(at) = self.jobs.iter().position(twin) {
            return Err(TwoOfOneName {
                name,
                first: self.jobs[at].manifest().to_path_buf(),
                first_asker: self.askers[at].clone(),
                second: package.loaded.manifest.path().to_path_buf(),
                second_asker: asker,
            }
            .into());
        }
        self.jobs.push(Job {
            name,
            package,
            described,
            needs: Needs::default(),
            checkout,
        });
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
        let loaded = self.load(need, &path, &asked_by)?;
        let found = match self.known(&loaded) {
            Some(index) => index,
            None => self.enter(loaded, asked_by.clone(), checkout)?,
        };
        let job = &self.jobs[found];
        if !job.name.eq_ignore_ascii_case(need.name) {
            return Err(OtherName {
                wanted: need.name.to_string(),
                found: job.name.clone(),
                asker: asked_by,
                manifest: job.manifest().to_path_buf(),
            }
            .into());
        }
        Ok(found)
    }

    /// Reads the manifest of a package that another one needs.
    fn load(&mut self, need: &Need<'_>, path: &Path, asker: &str) -> Result<Loaded, Report> {
        if !path.exists() {
            return Err(NotThere {
                name: need.name.to_string(),
                asker: asker.to_string(),
                path: match need.location {
                    SourceLocation::Path(location) => location.path.clone(),
                    SourceLocation::Git(_) | SourceLocation::Url(_) => path.display().to_string(),
                },
            }
            .into());
        }
        let Reading { env, choices, .. } = self.reading;
        let consumer = self.consumer(need.host)?;
        let platforms = Platforms {
            build: consumer.build_platform,
            host: consumer.host_platform,
        };
        let request = request(env, path, platforms, choices)?;
        let loaded = load::load(&request).map_err(|mistakes| Mistaken {
            name: need.name.to_string(),
            asker: asker.to_string(),
            mistakes: vec![mistakes],
        })?;
        Ok(in_workspace_of(consumer, loaded))
    }

    /// Where a source is, or is now.
    async fn place(
        &self,
        asker: &Job,
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
                let title = format!("fetching {}", redacted(&git.git));
                step(&title, None, depot.check_out(git)).await?
            }
            SourceLocation::Url(url) => {
                let title = format!("fetching {}", redacted(&url.url));
                step(&title, None, depot.unpack(url)).await?
            }
        };
        Ok(Place {
            path: folder,
            checkout: Some(root),
        })
    }

    fn resolve(&self, folder: &Path, text: &str) -> PathBuf {
        match (text.strip_prefix("~/"), self.reading.env.home()) {
            (Some(below), Some(home)) => home.join(below),
            _ => folder.join(text),
        }
    }

    /// The first package that was asked for, read for the platform `host`.
    fn consumer(&mut self, host: Subdir) -> Result<&Loaded, Report> {
        let known = |consumer: &Loaded| consumer.host_platform == host;
        let at = match self.consumers.iter().position(known) {
            Some(at) => at,
            None => {
                let first = &self.jobs[0];
                let platforms = Platforms {
                    build: first.package.platforms.build,
                    host,
                };
                let Reading { env, choices, .. } = self.reading;
                let loaded = package::load(env, first.manifest(), platforms, choices)?;
                self.consumers.push(loaded);
                self.consumers.len() - 1
            }
        };
        Ok(&self.consumers[at])
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
