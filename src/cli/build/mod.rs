//! `build`: the same requests to the same engine, without pixi.
//!
//! ```text
//! paths ─ queue → jobs in order ─ solve, install → request ─ engine → packages
//!                                      ↑                                  │
//!                                      └──── packages from source ────────┘
//! ```

mod arguments;
mod queue;
mod system;
mod workshop;

use std::path::{Path, PathBuf};

use miette::{Diagnostic, Report};
use thiserror::Error;

pub(super) use arguments::BuildArguments;

use crate::backend::Env;
use crate::backends;
use crate::cli::limits::Limits;
use crate::cli::process;
use crate::cli::report::Reporter;
use crate::project::load::{self, Member};
use queue::{Queue, Reading};
use workshop::Workshop;

pub(super) fn build(
    env: &Env,
    arguments: &BuildArguments,
    reporter: &Reporter,
) -> Result<u8, Report> {
    let limits = Limits {
        offline: arguments.offline,
        jobs: arguments.jobs,
    };
    let reading = Reading {
        env,
        run: limits.run_options(reporter),
        choices: &arguments.package.choices,
    };
    let paths = match arguments.all {
        true => members(&arguments.package.path)?,
        false => vec![arguments.package.path.clone()],
    };

    let depot = limits.depot(env);
    process::run(async {
        let queue = match arguments.system_toolchain {
            true => Queue::alone(reading, &paths)?,
            false => Queue::read(reading, &paths, &depot).await?,
        };
        let workshop = Workshop::new(arguments, &queue, &depot, reporter);
        workshop.build_all().await?;
        Ok(0)
    })
}

/// The manifests of the workspace's packages that a backend of this project builds.
fn members(path: &Path) -> Result<Vec<PathBuf>, Report> {
    let path = std::path::absolute(path)
        .map_err(|error| miette::miette!("the current folder cannot be found: {error}"))?;
    let mut manifests = Vec::new();
    for Member { manifest, backend } in load::members(&path)? {
        match backend {
            Some(other) if backends::by_name(&other).is_none() => {
                let manifest = manifest.display();
                tracing::warn!("{manifest} is left out: it is built by `{other}`");
            }
            // Without a backend the manifest has a mistake, which is told when it is read.
            _ => manifests.push(manifest),
        }
    }
    match manifests.is_empty() {
        true => Err(NoMembers { path }.into()),
        false => Ok(manifests),
    }
}

/// `--all` where there is nothing.
#[derive(Debug, Error, Diagnostic)]
#[error("the workspace of {} has no package that can be built here", path.display())]
#[diagnostic(
    code(build::no_members),
    help(
        "packages are manifests with `[package.build.backend]` in or below the folder of the workspace"
    )
)]
struct NoMembers {
    path: PathBuf,
}
