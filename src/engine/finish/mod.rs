//! The steps of a drafted recipe between its script and packaging: installs files that the build
//! tool does not install, and prepares the tests.
//!
//! The engine does this instead of the script, so that it works the same way on every platform and
//! errors point at the manifest.

mod activation;
mod completions;
mod files;
mod hooks;
mod man_pages;
mod matches;
mod mistakes;
mod prefix;
mod programs;
mod tests;

use std::collections::BTreeSet;
use std::path::PathBuf;

use miette::{IntoDiagnostic, Report};
use rattler_build_core::tool_configuration::Configuration;
use rattler_build_core::types::Output;
use rattler_build_types::LateBoundGlobVec;

use crate::backend::extras::{Extras, VersionCheck};
use crate::backend::{BuildPaths, Finished, Log};
use crate::engine::clean_prefix::{self, Swept};
use crate::engine::{Plan, Session};
use mistakes::{Spot, WrongContents};
use prefix::PackagePrefix;
use programs::Programs;

pub(super) use hooks::Moment;

/// A build whose script has run or is about to run.
pub(super) struct Finish<'a> {
    pub(super) session: &'a Session,
    pub(super) plan: &'a Plan<'a>,
    pub(super) paths: &'a BuildPaths,
    /// The log of the script.
    pub(super) log: PathBuf,
    /// What was in the host prefix before the build.
    pub(super) swept: &'a Swept,
}

impl Finish<'_> {
    fn extras(&self) -> &Extras {
        &self.plan.extras
    }

    /// Lets the backend complete the work of its script.
    ///
    /// # Errors
    /// See [`Backend::finish`](crate::backend::Backend::finish).
    pub(super) fn script_ended(&self) -> Result<Finished, Report> {
        let finished = self.plan.project.finish(self.paths, &self.log())?;
        for warning in &finished.warnings {
            tracing::warn!("{warning}");
        }
        Ok(finished)
    }

    /// Installs all files that the manifest declares, and prepares `output` for packaging.
    ///
    /// # Errors
    /// Files that do not exist or are installed twice, programs that fail.
    pub(super) async fn install(
        &self,
        output: &mut Output,
        finished: &Finished,
    ) -> Result<(), Report> {
        let extras = self.extras();
        add_licenses(output, finished)?;
        let spot = Spot {
            session: self.session,
            host: self.plan.platforms.host,
        };
        let mut prefix = PackagePrefix::new(&self.paths.host_prefix, spot);
        for (path, reason) in &finished.files {
            prefix.note(path, reason);
        }
        let source = matches::Source {
            root: &extras.root,
            out_dir: finished.out_dir.as_deref(),
            work: &self.paths.work_directory,
            spot,
        };
        files::install(&extras.install, &source, &mut prefix, output)?;
        activation::install(&extras.activation, &source, &mut prefix, output)?;
        let programs = Programs {
            prefix: &self.paths.host_prefix,
            work: &self.paths.work_directory,
            platforms: self.plan.platforms,
            env: &self.session.env,
            spot,
        };
        completions::install(&extras.completions, &source, &programs, &mut prefix).await?;
        man_pages::install(&extras.man_pages, &source, &programs, &mut prefix).await?;
        tests::install_files(output, &source, &mut prefix)?;
        let made = match extras.version_check {
            VersionCheck::None => BTreeSet::new(),
            _ => clean_prefix::made(&self.paths.host_prefix, self.swept)?,
        };
        let windows = self.plan.platforms.host.is_windows();
        tests::check_versions(output, &extras.version_check, finished, &made, windows);
        programs.clean()?;
        prefix.record(&self.paths.work_directory);
        Ok(())
    }

    /// Creates the error for a package whose contents do not match the test at `index`.
    pub(super) fn wrong_contents(&self, index: usize, reason: &str) -> Report {
        let spot = Spot {
            session: self.session,
            host: self.plan.platforms.host,
        };
        let at = ["tests", &index.to_string(), "package-contents"].map(str::to_string);
        WrongContents {
            reason: reason.split_whitespace().collect::<Vec<_>>().join(" "),
            file: spot.file(),
            at: spot.at(&at.to_vec()),
        }
        .into()
    }

    /// Runs the user's hook for this moment, if there is one.
    ///
    /// # Errors
    /// A hook that fails or modifies the sources.
    pub(super) async fn hook(
        &self,
        moment: Moment,
        output: &Output,
        tools: &Configuration,
    ) -> Result<(), Report> {
        let spot = Spot {
            session: self.session,
            host: self.plan.platforms.host,
        };
        hooks::run(moment, self, output, tools, spot).await
    }

    fn log(&self) -> Log {
        let text = if self.extras().needs_out_dir() {
            std::fs::read(&self.log).unwrap_or_default()
        } else {
            Vec::new()
        };
        Log::new(&String::from_utf8_lossy(&text))
    }
}

/// Adds the license texts that the backend found after the script.
fn add_licenses(output: &mut Output, finished: &Finished) -> Result<(), Report> {
    if finished.license_files.is_empty() {
        return Ok(());
    }
    let about = &mut output.recipe.about;
    let known = about.license_file.take().unwrap_or_default();
    let exclude = known.exclude().to_vec();
    let mut all: Vec<String> = known
        .entries()
        .iter()
        .map(|entry| entry.source().to_string())
        .collect();
    let found = finished.license_files.iter();
    all.extend(found.map(|file| file.display().to_string()));
    about.license_file = Some(LateBoundGlobVec::from_sources(all, exclude).into_diagnostic()?);
    Ok(())
}
