//! `build`: makes the requests that pixi would make, to the same engine.
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

use miette::Report;

pub(super) use arguments::BuildArguments;

use crate::backend::{Env, RunOptions};
use crate::cli::execution_options::ExecutionOptions;
use crate::cli::package::{AskedPackage, members};
use crate::cli::process;
use crate::cli::report::Reporter;
use build_graph::{BuildGraph, GraphInputs};
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
        run: RunOptions {
            system_tools: arguments.system_toolchain,
            ..limits.run_options(reporter)
        },
        choices: &arguments.package.choices,
    };
    let asked = if arguments.all {
        members(env, &arguments.package.choices, &arguments.package.path)?
    } else {
        vec![AskedPackage::At(arguments.package.path.clone())]
    };

    let depot = limits.depot(env);
    process::run(async {
        let queue = if arguments.system_toolchain {
            BuildGraph::alone(reading, &asked, &depot).await?
        } else {
            BuildGraph::read(reading, &asked, &depot).await?
        };
        let workshop = PackageBuilder::new(arguments, &queue, &depot, reporter);
        workshop.build_all().await?;
        Ok(0)
    })
}
