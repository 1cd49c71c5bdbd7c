//! What the user sees while a build runs: steps, the lines of the build, and on a
//! terminal the running step with the time it has taken.
//!
//! All of it goes to stderr. Whether anybody still reads it does not matter: a
//! closed stderr must not end a build.

use std::io::Write;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use console::style;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

/// stderr, shared by the log and the spinner. Cheap to clone.
#[derive(Clone)]
pub(super) struct Terminal {
    progress: MultiProgress,
    spinner: Arc<OnceLock<ProgressBar>>,
}

impl Terminal {
    /// Sends everything that is logged here. `RUST_LOG` overrides `level`.
    pub(super) fn init(level: LevelFilter) -> Self {
        let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| {
            let ours = [
                "rattler_build_core",
                "rattler_build_script",
                "pixi_build_backends",
            ];
            let others = level.min(LevelFilter::WARN);
            let directives = ours.map(|target| format!("{target}={level}"));
            EnvFilter::new(format!("{others},{}", directives.join(",")))
        });
        let terminal = Self {
            progress: MultiProgress::new(),
            spinner: Arc::default(),
        };
        tracing_subscriber::registry()
            .with(filter)
            .with(terminal.clone())
            .init();
        terminal
    }

    /// Shows a spinner until the returned value is dropped. Where stderr is no
    /// terminal nothing is shown.
    pub(super) fn spin(&self, step: &str) -> Spinning<'_> {
        let style = ProgressStyle::with_template("{spinner} {msg} [{elapsed}]");
        let spinner = ProgressBar::new_spinner()
            .with_style(style.expect("the template is valid"))
            .with_message(step.to_string());
        let spinner = self.spinner.get_or_init(|| self.progress.add(spinner));
        spinner.enable_steady_tick(Duration::from_millis(100));
        Spinning(spinner)
    }

    fn line(&self, line: &str) {
        let write = || {
            let mut stderr = std::io::stderr().lock();
            // Nobody is left to tell when this fails.
            let _ = writeln!(stderr, "{line}");
        };
        self.progress.suspend(write);
    }
}

/// A spinner that turns.
pub(super) struct Spinning<'a>(&'a ProgressBar);

impl Drop for Spinning<'_> {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// When a step began.
struct Begun(Instant);

impl<S> Layer<S> for Terminal
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else {
            return;
        };
        span.extensions_mut().insert(Begun(Instant::now()));
        let mut fields = Text::default();
        attributes.record(&mut fields);
        let step = format!("{}{}", span.name(), fields.recipe);
        if let Some(spinner) = self.spinner.get() {
            spinner.set_message(step.clone());
        }
        let indent = bars(span.scope().count() - 1);
        self.line(&format!(
            "{indent}{} {step}",
            style("╭─").dim().for_stderr()
        ));
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else {
            return;
        };
        let took = span
            .extensions()
            .get::<Begun>()
            .map_or(Duration::ZERO, |begun| begun.0.elapsed());
        let indent = bars(span.scope().count() - 1);
        self.line(&format!(
            "{indent}{} {:.1} s",
            style("╰─").dim().for_stderr(),
            took.as_secs_f32()
        ));
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut text = Text::default();
        event.record(&mut text);
        let label = match *event.metadata().level() {
            Level::ERROR => style("error: ").red().bold().for_stderr().to_string(),
            Level::WARN => style("warning: ").yellow().bold().for_stderr().to_string(),
            Level::INFO => String::new(),
            level => format!(
                "{} {}: ",
                level.as_str().to_lowercase(),
                event.metadata().target()
            ),
        };
        let indent = bars(context.event_scope(event).map_or(0, Iterator::count));
        for line in text.message.lines() {
            self.line(&format!("{indent}{label}{line}"));
        }
    }
}

fn bars(depth: usize) -> String {
    style("│ ").dim().for_stderr().to_string().repeat(depth)
}

/// The fields of a span or event that are for people.
#[derive(Default)]
struct Text {
    message: String,
    recipe: String,
}

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            "recipe" => self.recipe = format!(" {value:?}"),
            _ => {}
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }
}
