//! The command line: a server without arguments, a tool with them.

mod build;
mod capabilities;
mod explain;
mod package;
mod process;
mod report;
mod serve;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgAction, Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use miette::Report;
use rattler_conda_types::Subdir;
use tracing_subscriber::filter::LevelFilter;

use crate::backend::{Backend, Env};
use crate::cli::explain::ExplainArguments;
use crate::cli::report::{Reporter, Stdout};

/// Builds conda packages from Cargo projects.
///
/// Without a command it serves the pixi build protocol: JSON-RPC, one message a
/// line, on stdin and stdout.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,

    /// Serve JSON-RPC over HTTP on 127.0.0.1 instead of stdio
    #[arg(long, value_name = "PORT")]
    http_port: Option<u16>,

    /// Say more; repeat for even more
    #[arg(short, long, action = ArgAction::Count, global = true)]
    verbose: u8,

    /// Say less; repeat for silence
    #[arg(short, long, action = ArgAction::Count, global = true, conflicts_with = "verbose")]
    quiet: u8,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build the package and print its path
    Build(BuildArguments),
    /// Print what would be built and which files trigger a rebuild
    Explain(ExplainArguments),
    /// Print what the backend supports
    Capabilities,
}

#[derive(Debug, Args)]
struct BuildArguments {
    /// The package: a folder with a manifest, or the manifest itself
    #[arg(default_value = ".")]
    path: PathBuf,

    /// Use the cargo, rustc and C compiler of this machine instead of environments
    /// from channels
    #[arg(long)]
    system_toolchain: bool,

    /// Where to build; kept between builds [default: .pixi/bld/<package> beside the manifest]
    #[arg(long, value_name = "FOLDER")]
    work_dir: Option<PathBuf>,

    /// Where to put the package, below a folder for its platform [default: output in the work
    /// directory]
    #[arg(long, value_name = "FOLDER")]
    output_dir: Option<PathBuf>,

    /// The platform the package will run on [default: this machine's]
    #[arg(long, value_name = "PLATFORM")]
    target_platform: Option<Subdir>,

    /// Print one JSON object a line: every step and, last, the packages
    #[arg(long)]
    json: bool,
}

/// Runs the executable of `backend` and returns its exit code; see [`exit_code`].
pub fn main<B: Backend + Clone>(backend: B) -> ExitCode {
    let command = Arguments::command().name(B::NAME).bin_name(B::NAME);
    let arguments = match Arguments::from_arg_matches(&command.get_matches()) {
        Ok(arguments) => arguments,
        Err(error) => error.exit(),
    };
    let env = Env::capture();
    let reporter = Reporter::init(&env, level(&arguments), stdout(&arguments));

    let result = match arguments.command {
        None => serve::serve(backend, env, arguments.http_port),
        Some(Command::Capabilities) => capabilities::print::<B>().map(|()| 0),
        Some(Command::Explain(arguments)) => explain::explain(backend, env, &arguments),
        Some(Command::Build(arguments)) => build::build(backend, env, arguments, &reporter),
    };
    reporter.end(result)
}

/// What stdout is for.
fn stdout(arguments: &Arguments) -> Stdout {
    match &arguments.command {
        None => Stdout::Protocol,
        Some(Command::Build(build)) if build.json => Stdout::JsonLines,
        Some(_) => Stdout::Text,
    }
}

/// What the process says about `report`: 2 for a command line that makes no sense, 3
/// for an environment that cannot be solved, 1 for everything else. Beside those there
/// are 0, and 130 and 143 after a signal.
fn exit_code(report: &Report) -> u8 {
    let code = report.code().map(|code| code.to_string());
    match code.as_deref().and_then(|code| code.split("::").next()) {
        Some("usage") => 2,
        Some("environment") => 3,
        _ => 1,
    }
}

fn level(arguments: &Arguments) -> LevelFilter {
    let levels = [
        LevelFilter::OFF,
        LevelFilter::ERROR,
        LevelFilter::WARN,
        LevelFilter::INFO,
        LevelFilter::DEBUG,
        LevelFilter::TRACE,
    ];
    let default = 3;
    let wanted = default + usize::from(arguments.verbose);
    let wanted = wanted.saturating_sub(usize::from(arguments.quiet));
    levels[wanted.min(levels.len() - 1)]
}

/// The runtime for everything that waits.
fn runtime() -> Result<tokio::runtime::Runtime, Report> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| miette::miette!("cannot start threads: {error}"))
}
