//! `build`: the same requests to the same engine, without pixi.
//!
//! ```text
//! paths ─ queue → jobs in order ─ solve, install → request ─ engine → packages
//!                                      ↑                                  │
//!                                      └──── packages from source ────────┘
//! ```

mod arguments;
mod build_graph;
mod builder;
mod system;
mod tests;

use std::path::{Path, PathBuf};

use miette::{Diagnostic, Report};
use thiserror::Error;

pub(super) use arguments::BuildArguments;

use crate::backend::Env;
use crate::backends;
use crate::cli::execution_options::ExecutionOptions;
use crate::cli::package::request;
use crate::cli::process;
use crate::cli::report::Reporter;
use crate::project::load::{self, Member};
use build_graph::{AskedPackages, BuildGraph, GraphInputs};
use builder::PackageBuilder;

pub(super) fn build(
    env: &Env,
    arguments: &BuildArguments,
    reporter: &Reporter,
) -> Result<u8, Report> {
    let limits = ExecutionOptions {
        offline: arguments.offline,
        jobs: arguments.jobs,
    };
    let reading = GraphInputs {
        env,
        run: limits.run_options(reporter),
        choices: &arguments.package.choices,
    };
    let asked = match arguments.all {
        true => members(reading, &arguments.package.path)?,
        false => vec![AskedPackages::At(arguments.package.path.clone())],
    };

    let depot = limits.depot(env);
    process::run(async {
        let queue = match arguments.system_toolchain {
            true => BuildGraph::alone(reading, &asked, &depot).await?,
            false => BuildGraph::read(reading, &asked, &depot).await?,
        };
        let workshop = PackageBuilder::new(arguments, &queue, &depot, reporter);
        workshop.build_all().await?;
        Ok(0)
    })
}

/// The workspace's packages that a backend of this project builds: those with manifests,
/// and those that the workspace defines in its dependencies.
fn members(reading: GraphInputs<'_>, path: &Path) -> Result<Vec<AskedPackages>, Report> {
    let path = std::path::absolute(path)
        .map_err(|error| miette::miette!("the current folder cannot be found: {error}"))?;
    let mut asked = Vec::new();
    // Without a backend a manifest has a mistake, which is told when it is read.
    let is_ours = |backend: &Option<String>| {
        let known = |name: &String| backends::by_name(name).is_some();
        backend.as_ref().is_none_or(known)
    };
    let left_out = |what: &str, backend: Option<String>| {
        let backend = backend.unwrap_or_default();
        tracing::warn!("{what} is left out: it is built by `{backend}`");
    };
    for Member { manifest, backend } in load::members(&path)? {
        match is_ours(&backend) {
            true => asked.push(AskedPackages::At(manifest)),
            false => left_out(&manifest.display().to_string(), backend),
        }
    }
    let workspace = request(
        reading.env,
        &path,
        reading.choices.platforms()?,
        reading.choices,
    )?;
    for package in load::inline_packages(&workspace)? {
        match is_ours(&package.backend) {
            true => asked.push(AskedPackages::Inline(path.clone(), package)),
            false => left_out(&format!("`{}`", package.name), package.backend),
        }
    }
    match asked.is_empty() {
        true => Err(NoMembers { path }.into()),
        false => Ok(asked),
    }
}

/// `--all` where there is nothing.
#[derive(Debug, Error, Diagnostic)]
#[error("the workspace of {} has no package that can be built here", path.display())]
#[diagnostic(
    code(build::no_members),
    help(
        "packages are manifests with `[package.build.backend]` in or below the folder of the workspace, and dependencies with the key `package`"
    )
)]
struct NoMembers {
    path: PathBuf,
}
