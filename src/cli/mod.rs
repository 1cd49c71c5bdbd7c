//! The command line: a server without arguments, a tool with them.

mod build;
mod cache_folder;
mod capabilities;
mod clean;
mod completions;
mod execution_options;
mod explain;
mod identity;
mod outputs;
mod package;
mod process;
mod recipe;
mod recorded;
mod replay;
mod report;
mod schema;
mod script_call;
mod serve;
#[cfg(unix)]
mod signals;
mod table;
mod watch;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{ArgAction, CommandFactory, FromArgMatches, Parser, Subcommand};
use miette::Report;
use tracing_subscriber::filter::LevelFilter;

use crate::backend::{AnyBackend, Env};
use crate::cli::build::BuildArguments;
use crate::cli::clean::CleanArguments;
use crate::cli::explain::ExplainArguments;
use crate::cli::outputs::OutputsArguments;
use crate::cli::recipe::RecipeArguments;
use crate::cli::replay::ReplayArguments;
use crate::cli::report::{Reporter, Stdout, Wanted};
use crate::cli::watch::ProcessRole;

// The description depends on the backend; see `command`.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,

    /// Serve JSON-RPC over HTTP on 127.0.0.1 instead of stdio
    #[arg(long, value_name = "PORT")]
    http_port: Option<u16>,

    /// Print more messages; repeat it for even more
    #[arg(short, long, action = ArgAction::Count, global = true, display_order = 900)]
    verbose: u8,

    /// Print fewer messages; repeat it for errors only
    #[arg(short, long, action = ArgAction::Count, global = true, conflicts_with = "verbose", display_order = 901)]
    quiet: u8,

    /// The process that ends the children of this process if this process cannot
    #[arg(long = watch::OPTION, value_name = "PROCESS", hide = true)]
    watched_by: Option<i32>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build the package and print its path
    Build(BuildArguments),
    /// Print the outputs that would be built
    Outputs(OutputsArguments),
    /// Print the recipe, for `rattler-build build --recipe`
    Recipe(RecipeArguments),
    /// Print the outputs, and the files that trigger a rebuild
    Explain(ExplainArguments),
    /// Remove the files that builds keep for later builds
    Clean(CleanArguments),
    /// Run a recorded build again
    Replay(ReplayArguments),
    /// Print the script that completes command lines in a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the JSON schema of manifests, for editors
    Schema,
    /// Print what the backend supports
    Capabilities,
}

/// Runs a command line and returns the exit code; see [`exit_code`].
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if let Some(code) = script_call::answer(&arguments) {
        return code;
    }
    let (backend, arguments) = identity::identify(arguments);
    if cfg!(windows) {
        // On Windows the stack of the first thread has 1 MiB, and a build needs more.
        const STACK: usize = 8 * 1024 * 1024;
        let deep = std::thread::Builder::new().stack_size(STACK);
        return std::thread::scope(|scope| {
            let work = deep.spawn_scoped(scope, || run(backend, arguments));
            let code = work.map(|thread| thread.join().unwrap_or(ExitCode::FAILURE));
            code.unwrap_or_else(|error| {
                eprintln!("cannot start a thread: {error}");
                ExitCode::FAILURE
            })
        });
    }
    run(backend, arguments)
}

fn run(backend: &'static dyn AnyBackend, arguments: Vec<OsString>) -> ExitCode {
    // A process without arguments is a server. Its role is determined first, because the process
    // that watches a server does not need the rest of this function.
    let early = (arguments.len() == 1).then(|| watch::role(None));
    if let Some(ProcessRole::Watched(code)) = early {
        return code;
    }
    let matches = command(backend).try_get_matches_from(arguments);
    let arguments = match matches.and_then(|matches| Arguments::from_arg_matches(&matches)) {
        Ok(arguments) => arguments,
        Err(error) => return report::wrong_usage(&error),
    };
    let role = || starts_processes(&arguments).then(|| watch::role(arguments.watched_by));
    let unwatched = match early.or_else(role) {
        Some(ProcessRole::Watched(code)) => return code,
        Some(ProcessRole::Works(reason)) => reason,
        None => None,
    };
    let env = Env::capture();
    let wanted = Wanted {
        level: level(&arguments),
        stdout: stdout(&arguments),
    };
    let reporter = Reporter::init(&env, wanted);
    if let Some(error) = unwatched {
        tracing::debug!("builds go on if this process is killed: {error}");
    }

    let result = match arguments.command {
        None => serve::serve(backend, env, arguments.http_port),
        Some(Command::Capabilities) => capabilities::print(backend, &reporter),
        Some(Command::Schema) => schema::print(backend, &reporter),
        Some(Command::Outputs(arguments)) => outputs::outputs(env, &arguments, &reporter),
        Some(Command::Recipe(arguments)) => recipe::recipe(env, &arguments, &reporter),
        Some(Command::Clean(arguments)) => clean::clean(env, &arguments, &reporter),
        Some(Command::Replay(arguments)) => replay::replay(backend, env, &arguments, &reporter),
        Some(Command::Completions { shell }) => completions::completions(backend, shell, &reporter),
        Some(Command::Explain(arguments)) => explain::explain(env, &arguments, &reporter),
        Some(Command::Build(arguments)) => build::build(&env, &arguments, &reporter),
    };
    reporter.end(result)
}

/// The command line of the executable of `backend`.
fn command(backend: &dyn AnyBackend) -> clap::Command {
    let about = format!("Builds conda packages from {}.", backend.builds());
    let long = format!(
        "{about}\n\nWithout a command it serves the pixi build protocol: JSON-RPC, one message per \
         line, on stdin and stdout."
    );
    let command = Arguments::command().about(about).long_about(long);
    command.name(backend.name()).bin_name(backend.name())
}

/// Whether the command may start compilers.
fn starts_processes(arguments: &Arguments) -> bool {
    matches!(
        arguments.command,
        None | Some(Command::Build(_) | Command::Replay(_))
    )
}

/// The content of stdout.
fn stdout(arguments: &Arguments) -> Stdout {
    match &arguments.command {
        None => Stdout::Protocol,
        Some(Command::Build(build)) if build.json => Stdout::JsonLines,
        Some(Command::Replay(replay)) if replay.json => Stdout::JsonLines,
        Some(Command::Outputs(outputs)) if outputs.json => Stdout::Json,
        Some(_) => Stdout::Text,
    }
}

/// The exit code for an invalid command line.
const USAGE: u8 = 2;

/// The exit code for `report`: 2 for an invalid command line, 3 for an environment that
/// cannot be solved or installed, 1 for all other errors. Other exit codes are 0, 141 if stdout
/// is closed, and 129, 130 and 143 after a signal.
fn exit_code(report: &Report) -> u8 {
    let code = report.code().map(|code| code.to_string());
    match code.as_deref().and_then(|code| code.split("::").next()) {
        Some("usage") => USAGE,
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

/// The runtime for asynchronous work.
fn runtime() -> Result<tokio::runtime::Runtime, Report> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| miette::miette!("cannot start threads: {error}"))
}
