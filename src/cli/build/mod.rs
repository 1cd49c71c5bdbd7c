//! `build`: makes the requests that pixi would make, to the same engine.
//!
//! ```text
//! paths ─ graph → nodes in order ─ solve, install → request ─ engine → packages
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
    let execution = ExecutionOptions {
        offline: arguments.offline,
        jobs: arguments.jobs,
    };
    let inputs = GraphInputs {
        env,
        run: RunOptions {
            system_tools: arguments.system_toolchain,
            ..execution.run_options(reporter)
        },
        options: &arguments.package.options,
    };
    let asked = if arguments.all {
        members(env, &arguments.package.options, &arguments.package.path)?
    } else {
        vec![AskedPackage::At(arguments.package.path.clone())]
    };

    let client = execution.client(env);
    process::run(async {
        let graph = if arguments.system_toolchain {
            BuildGraph::alone(inputs, &asked, &client).await?
        } else {
            BuildGraph::read(inputs, &asked, &client).await?
        };
        let builder = PackageBuilder::new(arguments, &graph, &client, reporter);
        builder.build_all().await?;
        Ok(0)
    })
}
