//! The output for users: steps with their times, the lines of the build and, on a terminal,
//! the current step below them.
//!
//! Everything goes to stderr. A closed stderr does not end a build.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use console::{Term, style};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use tracing::Level;

use super::steps::{Line, Rendering, ReportedStep};
use super::wrap::wrapped;
use crate::backend::Progress;

/// The spinner of a step.
const PLAIN: &str = "{spinner} {wide_msg} {elapsed}";

/// The spinner of a step whose progress is known.
const COUNTED: &str = "{spinner} {bar:20} {pos}/{len} {wide_msg} {elapsed}";

/// stderr, which the log and the spinner share. Cheap to clone.
#[derive(Clone)]
pub(super) struct Terminal {
    progress: MultiProgress,
    running: Arc<Mutex<Running>>,
    is_short: bool,
    /// Reads the progress of the build from a line.
    read: fn(&str) -> Option<Progress>,
}

/// The steps that have not ended, and the spinner for the latest of them.
#[derive(Default)]
struct Running {
    steps: Vec<Arc<ReportedStep>>,
    progress: Option<Progress>,
    spinner: Option<ProgressBar>,
}

impl Terminal {
    /// With `is_short`, the commands of the build script are left out. `read` reads the
    /// progress of the build from a line.
    pub(super) fn new(is_short: bool, read: fn(&str) -> Option<Progress>) -> Self {
        Self {
            progress: MultiProgress::new(),
            running: Arc::default(),
            is_short,
            read,
        }
    }

    /// Calls `write` while the spinner is hidden.
    pub(super) fn suspended<T>(&self, write: impl FnOnce() -> T) -> T {
        self.progress.suspend(write)
    }

    fn write(&self, line: &str) {
        self.suspended(|| {
            let mut stderr = std::io::stderr().lock();
            // There is no other place to report a failure.
            let _ = writeln!(stderr, "{}", line.trim_end());
        });
    }

    /// Shows the titles of `step` and of its enclosing steps, unless they were shown before.
    fn introduce(&self, step: &Arc<ReportedStep>) {
        for step in step.path() {
            if !step.name() {
                let start = style("╭─").dim().for_stderr();
                self.write(&format!("{}{start} {}", bars(step.depth()), step.title));
            }
        }
    }

    /// Updates the spinner to the latest step, if stderr is a terminal.
    fn spin(&self, running: &mut Running) {
        let Some(step) = running.steps.last() else {
            if let Some(spinner) = running.spinner.take() {
                spinner.finish_and_clear();
            }
            return;
        };
        let spinner = running.spinner.get_or_insert_with(|| {
            let spinner = self.progress.add(ProgressBar::new_spinner());
            spinner.enable_steady_tick(Duration::from_millis(100));
            spinner
        });
        let (template, message) = match &running.progress {
            Some(Progress { units, now }) => {
                if let Some((done, total)) = units {
                    spinner.set_length(*total);
                    spinner.set_position(*done);
                }
                let is_counted = units.is_some();
                (if is_counted { COUNTED } else { PLAIN }, now)
            }
            None => (PLAIN, &step.title),
        };
        let style = ProgressStyle::with_template(template).expect("the template is valid");
        spinner.set_style(style.progress_chars("━╸ "));
        spinner.set_message(message.clone());
        spinner.set_elapsed(step.took());
    }

    fn with_running(&self, change: impl FnOnce(&mut Running)) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut running);
        self.spin(&mut running);
    }
}

impl Rendering for Terminal {
    fn began(&self, step: &Arc<ReportedStep>) {
        if !self.is_short {
            self.introduce(step);
        }
        self.with_running(|running| {
            running.steps.push(step.clone());
            running.progress = None;
        });
    }

    fn ended(&self, step: &Arc<ReportedStep>) {
        self.with_running(|running| {
            running.steps.retain(|other| !Arc::ptr_eq(other, step));
            running.progress = None;
        });
        let took = format!("{:.1} s", step.took().as_secs_f32());
        let took = match (step.interrupted(), step.failed()) {
            (true, _) => format!("{} after {took}", style("interrupted").red().for_stderr()),
            (false, true) => format!("{} {took}", style("failed").red().for_stderr()),
            (false, false) => took,
        };
        if let Some(parent) = &step.parent {
            self.introduce(parent);
        }
        let bars = bars(step.depth());
        let line = if step.name() {
            format!("{bars}{} {took}", style("╰─").dim().for_stderr())
        } else {
            format!(
                "{bars}{} {}: {took}",
                style("──").dim().for_stderr(),
                step.title
            )
        };
        self.write(&line);
    }

    fn line(&self, line: &Line, within: Option<&Arc<ReportedStep>>) {
        let level = line.level;
        let place = line.at.as_ref().map_or(String::new(), |at| {
            format!("{}:{}:{}: ", at.file.display(), at.line, at.column)
        });
        let label = match level {
            Level::ERROR => style("error: ").red().bold().for_stderr().to_string(),
            Level::WARN => style("warning: ").yellow().bold().for_stderr().to_string(),
            Level::INFO => String::new(),
            level => format!("{} ", level.as_str().to_lowercase()),
        };
        for line in format!("{place}{}", line.text).lines() {
            if let Some(progress) = (self.read)(line) {
                self.with_running(|running| running.progress = Some(progress));
                continue;
            }
            if self.is_short && level == Level::INFO && is_trace(line) {
                continue;
            }
            if let Some(step) = within {
                self.introduce(step);
            }
            let depth = within.map_or(0, |step| step.depth() + 1);
            let bars = bars(depth);
            let room = width().map(|width| width.saturating_sub(2 * depth));
            for line in wrapped(&format!("{label}{line}"), room) {
                self.write(&format!("{bars}{line}"));
            }
        }
    }
}

/// Whether a line is a trace of the shell or of a tool such as uv. The log has these lines.
fn is_trace(line: &str) -> bool {
    ["+", "DEBUG ", "TRACE "]
        .iter()
        .any(|start| line.starts_with(start))
}

/// The width of the terminal, if stderr is one.
fn width() -> Option<usize> {
    let (_, width) = Term::stderr().size_checked()?;
    Some(width.into())
}

fn bars(depth: usize) -> String {
    style("│ ").dim().for_stderr().to_string().repeat(depth)
}
