//! `build`: the same requests to the same engine, without pixi.

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use miette::{Diagnostic, Report};
use rattler_conda_types::Subdir;
use thiserror::Error;

use crate::backend::{Backend, Env, Platforms};
use crate::cli::package::{Package, PackageArguments};
use crate::cli::process::{Outcome, adopt_orphans, until_asked_to_end};
use crate::cli::report::{Finished, Reporter, step};
use crate::cli::runtime;
use crate::engine::debug::DebugFolder;
use crate::engine::describe::describe;
use crate::engine::{run, toolchain};
use crate::project::load::Loaded;
use crate::protocol::build::{Dep, DepSpec, OutputId, Params, Prefix};
use crate::protocol::outputs::{Answer, Output};
use crate::protocol::spec::{MatchSpec, NamedSpec, PackageSpec};

#[derive(Debug, Args)]
pub(super) struct BuildArguments {
    #[command(flatten)]
    package: PackageArguments,

    /// Use the cargo, rustc and C compiler of this machine instead of environments
    /// from channels
    #[arg(long)]
    system_toolchain: bool,

    /// Where to build; kept between builds [default: .pixi/bld/<package> beside the manifest]
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    work_dir: Option<PathBuf>,

    /// Where to put the package, below a folder for its platform [default: output in the work
    /// directory]
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    output_dir: Option<PathBuf>,

    /// Print one JSON object a line: every step and, last, the packages
    #[arg(long)]
    pub(super) json: bool,
}

pub(super) fn build<B: Backend>(
    backend: B,
    env: Env,
    arguments: BuildArguments,
    reporter: &Reporter,
) -> Result<u8, Report> {
    if !arguments.system_toolchain {
        return Err(NoEnvironments.into());
    }
    let package = Package::open(backend, env, &arguments.package)?;
    let Package {
        loaded,
        session,
        platforms,
    } = &package;
    let described = describe(&package.plan()?, session.source())?;

    adopt_orphans();
    let runtime = runtime()?;
    let building = async {
        for output in &described.outputs {
            let work = work_folder(&arguments, &package, &described, output);
            let params = params(&arguments, loaded, *platforms, output, work)?;
            let identifier = identifier(output);
            let building = async {
                toolchain::link_system_tools(session.env(), *platforms, &params)?;
                let debug = DebugFolder::of(&params.work_directory);
                run::build(session, params, &debug).await
            };
            let title = format!("building {identifier}");
            let answer = step(&title, Some(&identifier), building).await?;
            reporter.finished(Finished::new(&answer)?)?;
        }
        Ok(())
    };
    let result = runtime.block_on(until_asked_to_end(building));
    runtime.shutdown_background();
    match result? {
        Outcome::Asked(code) => Ok(code),
        Outcome::Done(()) => Ok(0),
    }
}

/// Name, version and build string, as the archive is called.
fn identifier(output: &Output) -> String {
    let metadata = &output.metadata;
    format!("{}-{}-{}", metadata.name, metadata.version, metadata.build)
}

/// One folder for a package, or for each of its variants when there are several.
fn work_folder<B: Backend>(
    arguments: &BuildArguments,
    package: &Package<B>,
    described: &Answer,
    output: &Output,
) -> PathBuf {
    let work = match &arguments.work_dir {
        Some(folder) => absolute(folder),
        None => package.builds(&output.metadata.name),
    };
    if described.outputs.len() == 1 {
        work
    } else {
        work.join(&output.metadata.build)
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

/// The request that pixi would send, had it installed the environments.
fn params(
    arguments: &BuildArguments,
    loaded: &Loaded,
    platforms: Platforms,
    output: &Output,
    work: PathBuf,
) -> Result<Params, Report> {
    let host = &output.host_dependencies.depends;
    if !host.is_empty() {
        let names: Vec<&str> = host.iter().map(|spec| spec.name.as_str()).collect();
        tracing::warn!(
            "host dependencies are not installed with --system-toolchain: {}",
            names.join(", ")
        );
    }
    let prefix = |prefix, platform| Prefix {
        prefix,
        platform,
        dependencies: None,
        constraints: None,
        packages: None,
    };
    let metadata = &output.metadata;
    Ok(Params {
        channels: loaded.channels.clone(),
        build_prefix: Some(prefix(work.join("bld"), platforms.build)),
        host_prefix: Some(prefix(host_prefix(&work, platforms.host), platforms.host)),
        run_dependencies: Some(stated(&output.run_dependencies.depends)),
        run_constraints: Some(stated(&output.run_dependencies.constraints)),
        run_exports: None,
        extra_dependencies: None,
        output: OutputId {
            name: metadata.name.clone(),
            version: Some(metadata.version.clone()),
            build: Some(metadata.build.clone()),
            subdir: metadata.subdir,
            variant: metadata.variant.clone(),
        },
        work_directory: work,
        output_directory: arguments.output_dir.as_deref().map(absolute),
        editable: Some(false),
        package_format: None,
    })
}

/// As long as pixi makes it, so that any prefix fits into its place later.
fn host_prefix(work: &Path, host: Subdir) -> PathBuf {
    const LENGTH: usize = 255;
    if host.is_windows() {
        return work.join("host");
    }
    let mut name = String::from("host");
    let room = LENGTH.saturating_sub(work.as_os_str().len() + 1);
    while name.len() < room {
        name.push_str("_placehold");
    }
    name.truncate(room.max("host".len()));
    work.join(name)
}

/// Dependencies as the manifest states them. Pins and sources need environments
/// that are not there.
fn stated(specs: &[NamedSpec]) -> Vec<Dep> {
    let mut deps = Vec::new();
    for NamedSpec { name, spec } in specs {
        let PackageSpec::Binary(binary) = spec else {
            tracing::warn!(
                "`{name}` is left out of the package's dependencies: it needs an environment"
            );
            continue;
        };
        deps.push(Dep {
            spec: DepSpec::Object(Box::new(MatchSpec {
                name: name.clone(),
                version: binary.version.clone(),
                build: binary.build.clone(),
                build_number: binary.build_number.clone(),
                ..Default::default()
            })),
            source: None,
        });
    }
    deps
}

/// Environments from channels are not made here yet.
#[derive(Debug, Error, Diagnostic)]
#[error("solving environments from channels is not supported yet")]
#[diagnostic(
    code(build::no_environments),
    help("add `--system-toolchain` to build with the Rust and C compilers of this machine")
)]
struct NoEnvironments;
