//! Converts spans and events of tracing to steps and lines.
//!
//! Steps of rattler-build get titles in the style of this project. Steps without useful
//! lines are left out.

use std::collections::HashSet;
use std::marker::PhantomData;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::engine::secrets::masked;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

/// Shows steps and lines.
pub(super) trait Rendering: Send + Sync + 'static {
    /// A step begins.
    fn began(&self, step: &Arc<ReportedStep>);

    /// A step has ended.
    fn ended(&self, step: &Arc<ReportedStep>);

    /// A line was logged in the innermost step of `within`.
    fn line(&self, line: &Line, within: Option<&Arc<ReportedStep>>);
}

/// A line that was logged.
#[derive(Debug)]
pub(super) struct Line {
    /// The level.
    pub(super) level: Level,
    /// The message and its help.
    pub(super) text: String,
    /// The code, if the line is a diagnostic.
    pub(super) code: Option<String>,
    /// The place in a file.
    pub(super) at: Option<LineAt>,
}

/// A place in a file.
#[derive(Debug)]
pub(super) struct LineAt {
    /// The file.
    pub(super) file: PathBuf,
    /// The line, counted from 1.
    pub(super) line: u64,
    /// The column in bytes, counted from 1.
    pub(super) column: u64,
}

/// A step of a command.
#[derive(Debug)]
pub(super) struct ReportedStep {
    /// The title.
    pub(super) title: String,
    /// The package that the step belongs to.
    pub(super) package: Option<String>,
    /// The enclosing step.
    pub(super) parent: Option<Arc<ReportedStep>>,
    began: Instant,
    failed: AtomicBool,
    interrupted: AtomicBool,
    named: AtomicBool,
}

impl ReportedStep {
    /// The time since the step began.
    pub(super) fn took(&self) -> Duration {
        self.began.elapsed()
    }

    /// Whether the step is known to have failed.
    pub(super) fn failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    /// Whether a signal ended the step.
    pub(super) fn interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// Whether the title was shown before. It counts as shown after this call.
    pub(super) fn name(&self) -> bool {
        self.named.swap(true, Ordering::Relaxed)
    }

    /// The number of enclosing steps.
    pub(super) fn depth(&self) -> usize {
        let parents = std::iter::successors(self.parent.as_ref(), |step| step.parent.as_ref());
        parents.count()
    }

    /// The step and its enclosing steps, the outermost first.
    pub(super) fn path(self: &Arc<Self>) -> Vec<Arc<Self>> {
        let steps = std::iter::successors(Some(self), |step| step.parent.as_ref());
        let mut path: Vec<Arc<Self>> = steps.cloned().collect();
        path.reverse();
        path
    }
}

/// Passes spans and events to a rendering.
pub(super) struct Steps<R> {
    rendering: R,
    is_short: bool,
    interrupted: AtomicBool,
    /// The warnings that were shown. The variants of a package have the same warnings.
    warned: Mutex<HashSet<String>>,
}

impl<R> Steps<R> {
    /// With `is_short`, lines that are only useful in logs are left out.
    pub(super) fn new(rendering: R, is_short: bool) -> Self {
        Self {
            rendering,
            is_short,
            interrupted: AtomicBool::new(false),
            warned: Mutex::default(),
        }
    }

    /// Whether a line is left out on a terminal: the messages of rattler-build about a failed
    /// script, which the final error explains, and warnings that were shown before.
    fn is_known(&self, target: &str, line: &Line) -> bool {
        if !self.is_short {
            return false;
        }
        match line.level {
            Level::ERROR => target.starts_with("rattler_build"),
            Level::WARN => {
                let place = line.at.as_ref();
                let place = place.map(|at| (&at.file, at.line, at.column));
                let mut warned = self.warned.lock().unwrap_or_else(PoisonError::into_inner);
                !warned.insert(format!("{place:?} {}", line.text))
            }
            _ => false,
        }
    }
}

/// The data of a span for the rendering `R`.
struct SpanMeaning<R> {
    /// The innermost step.
    step: Option<Arc<ReportedStep>>,
    /// Whether the span itself is the step.
    is_step: bool,
    /// Whether lines in it are left out.
    is_quiet: bool,
    rendering: PhantomData<fn() -> R>,
}

/// The meaning of a span.
enum Meaning {
    /// A step, with its title.
    ReportedStep(String),
    /// A step whose lines are details.
    QuietStep(String),
    /// Not a step, but its contents are shown.
    Around,
    /// Not a step, and its contents are left out.
    Nothing,
}

fn meaning(name: &str, fields: &Fields, is_short: bool) -> Meaning {
    let step = |title: &str| Meaning::ReportedStep(title.to_string());
    if let Some(title) = &fields.title {
        return step(title);
    }
    match name {
        _ if !is_short => Meaning::ReportedStep(format!("{name}{}", fields.recipe)),
        "Running build for" => Meaning::Around,
        "Running build script" => step("running the build script"),
        "Packaging new files" => Meaning::QuietStep("packing the files".to_string()),
        "Creating build script"
        | "Fetching source code"
        | "Externally resolved dependencies"
        | "Running package tests" => Meaning::Nothing,
        _ => Meaning::ReportedStep(format!("{name}{}", fields.recipe)),
    }
}

impl<S, R: Rendering> Layer<S> for Steps<R>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else {
            return;
        };
        let (parent, was_quiet) = around::<S, R>(span.scope().skip(1));
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let (title, is_quiet) = match meaning(span.name(), &fields, self.is_short) {
            Meaning::ReportedStep(title) => (Some(title), was_quiet),
            Meaning::QuietStep(title) => (Some(title), true),
            Meaning::Around => (None, was_quiet),
            Meaning::Nothing => (None, true),
        };
        let is_step = title.is_some();
        let step = match title {
            Some(title) => {
                let inherited = || parent.as_ref().and_then(|step| step.package.clone());
                let step = Arc::new(ReportedStep {
                    title,
                    package: fields.package.or_else(inherited),
                    parent,
                    began: Instant::now(),
                    failed: AtomicBool::new(false),
                    interrupted: AtomicBool::new(false),
                    named: AtomicBool::new(false),
                });
                self.rendering.began(&step);
                Some(step)
            }
            None => parent,
        };
        span.extensions_mut().insert(SpanMeaning::<R> {
            step,
            is_step,
            is_quiet,
            rendering: PhantomData,
        });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        values.record(&mut fields);
        if let Some(span) = context.span(id)
            && let Some(place) = span.extensions().get::<SpanMeaning<R>>()
            && let Some(step) = &place.step
        {
            step.failed.store(fields.failed, Ordering::Relaxed);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else {
            return;
        };
        let place = span.extensions_mut().remove::<SpanMeaning<R>>();
        if let Some(place) = place
            && let (true, Some(step)) = (place.is_step, &place.step)
        {
            let interrupted = self.interrupted.load(Ordering::Relaxed);
            step.interrupted.store(interrupted, Ordering::Relaxed);
            self.rendering.ended(step);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let spans = context.event_span(event);
        let (step, is_quiet) = match &spans {
            Some(span) => around::<S, R>(span.scope()),
            // rattler-build packages files in threads that do not belong to the span of the step.
            None => (None, event.metadata().target().starts_with("rattler_build")),
        };
        let level = *event.metadata().level();
        if is_quiet && level > Level::WARN {
            return;
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        if fields.interrupted {
            self.interrupted.store(true, Ordering::Relaxed);
            return;
        }
        // rattler-build separates warnings with empty ones.
        if fields.message.is_empty() && level == Level::WARN {
            return;
        }
        let text = if level > Level::INFO {
            format!("{}: {}", event.metadata().target(), fields.message)
        } else {
            fields.message
        };
        let line = Line {
            level,
            text: masked(&text).to_string(),
            code: fields.code,
            at: fields.file.map(|file| LineAt {
                file: PathBuf::from(file),
                line: fields.line,
                column: fields.column,
            }),
        };
        if !self.is_known(event.metadata().target(), &line) {
            self.rendering.line(&line, step.as_ref());
        }
    }
}

/// The innermost step of the spans, which are ordered from the innermost outward, and
/// whether lines are left out in it.
fn around<'a, S, R: Rendering>(
    mut spans: impl Iterator<Item = tracing_subscriber::registry::SpanRef<'a, S>>,
) -> (Option<Arc<ReportedStep>>, bool)
where
    S: Subscriber + LookupSpan<'a>,
{
    let place = spans.find_map(|span| {
        let extensions = span.extensions();
        let place = extensions.get::<SpanMeaning<R>>()?;
        Some((place.step.clone(), place.is_quiet))
    });
    place.unwrap_or_default()
}

/// The fields of a span or event that are shown.
#[derive(Default)]
struct Fields {
    message: String,
    recipe: String,
    title: Option<String>,
    package: Option<String>,
    failed: bool,
    interrupted: bool,
    code: Option<String>,
    file: Option<String>,
    line: u64,
    column: u64,
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            "recipe" => self.recipe = format!(" {value:?}"),
            "title" => self.title = Some(format!("{value:?}")),
            "package" => self.package = Some(format!("{value:?}")),
            "code" => self.code = Some(format!("{value:?}")),
            "file" => self.file = Some(format!("{value:?}")),
            _ => {}
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "line" => self.line = value,
            "column" => self.column = value,
            _ => {}
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        match field.name() {
            "failed" => self.failed = value,
            "interrupted" => self.interrupted = value,
            _ => {}
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }
}
