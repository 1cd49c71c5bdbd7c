//! The output of a command while it runs: for terminals, for GitHub and as JSON.
//!
//! The output consists of steps, lines and finished packages. Steps are tracing spans, like
//! those of rattler-build; [`step`] opens one. Everything goes to stderr, except for the
//! result: paths, or with `--json` one object per line.

mod environment;
mod github;
mod json;
mod mistake;
mod package;
mod steps;
mod terminal;
mod wrap;

use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use console::Term;
use miette::{Diagnostic, MietteHandlerOpts, Report};
use thiserror::Error;
use tracing::Instrument;
use tracing::field::Empty;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

pub(super) use package::Finished;

use crate::backend::Env;
use crate::backends;
use crate::cli::{USAGE, exit_code};
use crate::diagnostic::data::DiagnosticData;
use crate::environments::Environment;
use github::GitHub;
use json::Json;
use mistake::ErrorReport;
use steps::Steps;
use terminal::Terminal;

/// The crates whose steps and lines are shown.
const OURS: [&str; 3] = [
    "rattler_build_core",
    "rattler_build_script",
    "pixi_build_backends",
];

/// Runs `work` as a step with this title, such as "solving the build environment". It
/// contains the steps and lines that `work` creates. `package` is the name, version and
/// build string of the package; without it the package of the enclosing step is used.
///
/// # Errors
/// Those of `work`, which mark the step as failed.
pub(super) async fn step<T>(
    title: &str,
    package: Option<&str>,
    work: impl Future<Output = Result<T, Report>>,
) -> Result<T, Report> {
    let span = tracing::info_span!("step", title, package, failed = Empty);
    let result = work.instrument(span.clone()).await;
    if result.is_err() {
        span.record("failed", true);
    }
    result
}

/// Marks the command as interrupted. Steps that end after this call have not succeeded.
pub(super) fn tell_interrupted() {
    tracing::error!(interrupted = true);
}

/// The content of stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stdout {
    /// The messages of the protocol.
    Protocol,
    /// Text, or the paths of packages.
    Text,
    /// One object for each step, warning and error. The last object contains the packages.
    JsonLines,
    /// One JSON document: the result of the command, or its error.
    Json,
}

/// The requested output.
pub(super) struct Wanted {
    /// The level of messages, which `RUST_LOG` overrides.
    pub(super) level: LevelFilter,
    pub(super) stdout: Stdout,
}

/// The destination of the output. Cheap to clone.
#[derive(Clone)]
pub(super) struct Reporter {
    stdout: Stdout,
    level: LevelFilter,
    terminal: Terminal,
    github: Option<GitHub>,
    finished: Arc<Mutex<Vec<Finished>>>,
}

impl Reporter {
    /// Installs the subscribers for log messages.
    pub(super) fn init(env: &Env, wanted: Wanted) -> Self {
        let Wanted { level, stdout } = wanted;
        draw_errors();
        let is_action = env.get("GITHUB_ACTIONS") == Some("true");
        let github = (is_action && stdout != Stdout::Protocol).then(|| GitHub::new(env));
        let is_short = stdout != Stdout::Protocol && level <= LevelFilter::INFO;
        let terminal = Terminal::new(is_short, backends::progress);
        let wanted = env.get(EnvFilter::DEFAULT_ENV).map(EnvFilter::try_new);
        let (wanted, mistake) = match wanted {
            Some(Err(mistake)) => (None, Some(mistake)),
            Some(Ok(wanted)) => (Some(wanted), None),
            None => (None, None),
        };
        let filter = || wanted.clone().unwrap_or_else(|| targets(level));
        let people = (github.is_none())
            .then(|| Steps::new(terminal.clone(), is_short).with_filter(filter()));
        let actions = github
            .clone()
            .map(|github| Steps::new(github, is_short).with_filter(filter()));
        let programs = (stdout == Stdout::JsonLines)
            .then(|| Steps::new(Json, true).with_filter(targets(LevelFilter::INFO)));
        tracing_subscriber::registry()
            .with(people)
            .with(actions)
            .with(programs)
            .init();
        if let Some(mistake) = mistake {
            tracing::warn!("`{}` is left out: {mistake}", EnvFilter::DEFAULT_ENV);
        }
        Self {
            stdout,
            level,
            terminal,
            github,
            finished: Arc::default(),
        }
    }

    /// Whether the progress of a build is shown.
    pub(super) fn draws_progress(&self) -> bool {
        self.github.is_none() && self.level == LevelFilter::INFO && Term::stderr().is_term()
    }

    /// Reports an environment that was solved for a package.
    pub(super) fn solved(&self, package: &str, solved: &Environment) {
        tracing::info!("{}", environment::text(solved));
        if self.stdout == Stdout::JsonLines {
            json::print(&environment::object(package, solved));
        }
    }

    /// Reports a finished package.
    ///
    /// # Errors
    /// stdout is closed.
    pub(super) fn finished(&self, package: Finished) -> Result<(), Report> {
        match package.summary() {
            Ok(summary) => tracing::info!("{summary}"),
            Err(error) => tracing::debug!("the package cannot be read: {error}"),
        }
        if self.stdout == Stdout::Text {
            self.print(&package.path.display().to_string())?;
        }
        self.packages().push(package);
        Ok(())
    }

    /// Writes `text` and a line break to stdout.
    ///
    /// # Errors
    /// stdout is closed.
    pub(super) fn print(&self, text: &str) -> Result<(), Report> {
        let written = self
            .terminal
            .suspended(|| writeln!(std::io::stdout(), "{text}"));
        written.map_err(|error| match error.kind() {
            ErrorKind::BrokenPipe => NobodyReads.into(),
            _ => miette::miette!("cannot print: {error}"),
        })
    }

    /// Reports the result of the command and returns the exit code of the process.
    pub(super) fn end(&self, result: Result<u8, Report>) -> ExitCode {
        let (code, last) = match result {
            Ok(0) => (0, json::finished(&self.packages())),
            Ok(code) => (code, json::failed(&ErrorReport::interrupted(), code)),
            Err(report) if report.is::<NobodyReads>() => return ExitCode::from(NobodyReads::CODE),
            Err(report) => {
                let code = exit_code(&report);
                let mistake = ErrorReport::new(&report);
                // The exit code reports the error even if the output cannot be written.
                let _ = self
                    .terminal
                    .suspended(|| writeln!(std::io::stderr(), "{report:?}"));
                if let Some(github) = &self.github {
                    github.annotate(&mistake);
                }
                (code, json::failed(&mistake, code))
            }
        };
        let is_last = match self.stdout {
            Stdout::JsonLines => true,
            Stdout::Json => code != 0,
            Stdout::Text | Stdout::Protocol => false,
        };
        if is_last {
            json::print(&last);
        }
        ExitCode::from(code)
    }

    fn packages(&self) -> MutexGuard<'_, Vec<Finished>> {
        self.finished.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The reader of stdout has closed it, as `head` does. The process ends without a message.
#[derive(Debug, Error, Diagnostic)]
#[error("the reader of stdout has closed it")]
struct NobodyReads;

impl NobodyReads {
    /// The exit code that shells use for SIGPIPE.
    const CODE: u8 = 128 + 13;
}

/// Shows the error of a command line, or the help that it asks for.
pub(super) fn wrong_usage(error: &clap::Error) -> ExitCode {
    // There is no other place to report a failure.
    let _ = error.print();
    let code = if error.use_stderr() { USAGE } else { 0 };
    if code != 0 && std::env::args_os().any(|argument| argument == "--json") {
        let mistake = ErrorReport::usage(&error.render().to_string());
        json::print(&json::failed(&mistake, code));
    }
    ExitCode::from(code)
}

/// Shows a warning about a file of the user, with its place.
pub(super) fn warn(warning: &dyn Diagnostic) {
    let DiagnosticData {
        code,
        message,
        help,
        labels,
        ..
    } = DiagnosticData::of(warning);
    let help = help.map(|help| format!(" (help: {help})"));
    let text = format!("{message}{}", help.unwrap_or_default());
    let code = code.unwrap_or_default();
    match labels.first() {
        Some(label) => {
            let file = mistake::absolute(Path::new(&label.file));
            let (line, column) = (label.line as u64, label.column as u64);
            tracing::warn!(code, file = %file.display(), line, column, "{text}");
        }
        None => tracing::warn!(code, "{text}"),
    }
}

/// Sets the width and the colors of errors.
fn draw_errors() {
    const ELSEWHERE: u16 = 80;
    let is_colored = console::colors_enabled_stderr();
    let (_, width) = Term::stderr().size_checked().unwrap_or((0, ELSEWHERE));
    let hook = miette::set_hook(Box::new(move |_| {
        let options = MietteHandlerOpts::new().color(is_colored);
        Box::new(options.width(width.into()).build())
    }));
    if let Err(error) = hook {
        tracing::debug!("the width and the colors of errors cannot be set: {error}");
    }
}

/// All messages of this project down to `level`, and only warnings of other crates.
fn targets(level: LevelFilter) -> EnvFilter {
    let others = level.min(LevelFilter::WARN);
    let directives = OURS.map(|target| format!("{target}={level}"));
    // Warnings about retries are not shown, because the error at the end contains the reason.
    let retries = "reqwest_retry=error";
    // These warn about the time stamps and hashes of packages that are built again.
    let rebuilt = "rattler_index=error,rattler_cache=error";
    EnvFilter::new(format!(
        "{others},{retries},{rebuilt},{}",
        directives.join(",")
    ))
}
