//! `replay`: repeats a recorded build with the recorded request.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use miette::{Diagnostic, Report};
use rattler_conda_types::Subdir;
use thiserror::Error;

use crate::backend::{AnyBackend, Env, Platforms, RunOptions};
use crate::backends;
use crate::cli::execution_options::ExecutionOptions;
use crate::cli::package::work_lock;
use crate::cli::process;
use crate::cli::recorded;
use crate::cli::report::{Finished, Reporter, step};
use crate::engine::debug::DebugFolder;
use crate::engine::{self, Session, toolchain};
use crate::environments::{CondaClient, Environment, EnvironmentKind, channel};
use crate::protocol::build::{Params, Prefix};
use crate::protocol::initialize;

#[derive(Debug, Args)]
pub(super) struct ReplayArguments {
    /// The work directory of a build, its `debug` directory, `.pixi/bld/<package>`, or the
    /// directory of the workspace
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) folder: PathBuf,

    /// Do not use the network: take packages and sources from the disk and from caches
    #[arg(long)]
    offline: bool,

    /// Print one JSON object per line: each step and, at the end, the package
    #[arg(long)]
    pub(super) json: bool,
}

pub(super) fn replay(
    this: &'static dyn AnyBackend,
    env: Env,
    arguments: &ReplayArguments,
    reporter: &Reporter,
) -> Result<u8, Report> {
    let debug = DebugFolder::at(&arguments.folder)?;
    let (initialize, params) = debug.recorded_build()?;
    check_place(&initialize, &params)?;
    let execution = ExecutionOptions {
        offline: arguments.offline,
        jobs: None,
    };
    let client = execution.client(&env);
    // Recordings of earlier versions do not name the backend.
    let backend = debug.recorded_backend()?;
    let backend = backend
        .and_then(|name| backends::by_name(&name))
        .unwrap_or(this);
    let built_in = params.build_prefix.as_ref();
    let run = RunOptions {
        system_tools: built_in.is_some_and(|prefix| prefix.packages.is_none()),
        ..execution.run_options(reporter)
    };
    let session = Session::open(backend, initialize, env)?.with(run);

    let package = params.output.to_string();
    process::run(async {
        // Work directories of pixi do not have this file.
        let lock = Some(work_lock(&params.work_directory)).filter(|lock| lock.is_file());
        let _alone = match lock {
            Some(lock) => Some(engine::alone(lock).await?),
            None => None,
        };
        let output_folder = params.output_directory.clone();
        let title = format!("installing the environments of {package}");
        step(&title, Some(&package), async {
            restore(&session, &params, &client).await
        })
        .await?;
        let title = format!("building {package} again");
        let building = recorded::build(&session, params, &debug);
        let answer = step(&title, Some(&package), building).await?;
        reporter.finished(Finished::new(&answer)?)?;
        if let Some(folder) = output_folder.filter(|folder| channel::is_one(folder)) {
            step(
                "indexing the output directory",
                None,
                channel::index(&folder),
            )
            .await?;
        }
        Ok(0)
    })
}

/// Restores the prefixes: installs the recorded packages, or links the toolchain of this
/// machine if it was used.
async fn restore(session: &Session, params: &Params, client: &CondaClient) -> Result<(), Report> {
    let prefixes = [
        (EnvironmentKind::Build, &params.build_prefix),
        (EnvironmentKind::Host, &params.host_prefix),
    ];
    for (role, prefix) in prefixes {
        let Some(Prefix {
            prefix,
            platform,
            packages: Some(packages),
            ..
        }) = prefix
        else {
            continue;
        };
        let environment = Environment {
            role,
            platform: *platform,
            dependencies: Vec::new(),
            constraints: Vec::new(),
            packages: packages.clone(),
        };
        let name = &params.output.name;
        client.install(name, &environment, prefix).await?;
    }
    if let (Some(build), Some(host)) = (&params.build_prefix, &params.host_prefix)
        && build.packages.is_none()
    {
        let platforms = Platforms {
            build: build.platform,
            host: host.platform,
        };
        let tools = session.backend().system_tools(session.env(), platforms)?;
        toolchain::link_system_tools(&tools, platforms, params)?;
    }
    Ok(())
}

/// Checks that the recorded build can run on this machine: the platform must be the same, and the
/// project must exist.
fn check_place(initialize: &initialize::Params, params: &Params) -> Result<(), Report> {
    let source = initialize.source_directory.as_ref();
    let project = source.unwrap_or(&initialize.manifest_path);
    let machine = params.build_prefix.as_ref().map(|prefix| prefix.platform);
    match machine {
        Some(recorded) if Some(recorded) != Subdir::current() => Err(OtherMachine(recorded).into()),
        _ if !project.exists() => Err(Moved(project.clone()).into()),
        _ => Ok(()),
    }
}

/// The recorded project does not exist on this machine.
#[derive(Debug, Error, Diagnostic)]
#[error("the recorded build is of {}, which does not exist", .0.display())]
#[diagnostic(
    code(usage::moved),
    help(
        "a recording contains absolute paths: move the project back, or build it where it is now"
    )
)]
struct Moved(PathBuf);

/// The recording was made on another kind of machine.
#[derive(Debug, Error, Diagnostic)]
#[error("the recorded build ran on {0}")]
#[diagnostic(
    code(usage::other_machine),
    help("replay it on a machine of that kind")
)]
struct OtherMachine(Subdir);
