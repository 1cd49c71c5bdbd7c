//! The output for GitHub Actions: groups of log lines, and annotations of source lines.
//!
//! Workflow commands are lines on stderr that begin with `::`. Groups cannot be
//! nested, so each group contains the lines of one innermost step.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tracing::Level;

use super::mistake::ErrorReport;
use super::steps::{Line, LineAt, Rendering, ReportedStep};
use crate::backend::Env;

/// The log of an action. Cheap to clone.
#[derive(Clone)]
pub(super) struct GitHub {
    /// The directory of the repository.
    workspace: Option<PathBuf>,
    open: Arc<Mutex<Option<Arc<ReportedStep>>>>,
}

impl GitHub {
    /// Reads the environment of an action from `env`.
    pub(super) fn new(env: &Env) -> Self {
        Self {
            workspace: env.path("GITHUB_WORKSPACE").map(Path::to_path_buf),
            open: Arc::default(),
        }
    }

    /// Shows an error at its places.
    pub(super) fn annotate(&self, mistake: &ErrorReport) {
        let title = mistake.code.as_deref().unwrap_or("error");
        if mistake.places.is_empty() {
            let message = mistake.with_help();
            write(&command("error", &[("title", title)], &message));
        }
        for place in &mistake.places {
            let (line, column) = (place.line.to_string(), place.column.to_string());
            let file = self.relative(&place.file);
            let properties = [
                ("file", file.as_str()),
                ("line", &line),
                ("col", &column),
                ("title", title),
            ];
            write(&command("error", &properties, &place.message));
        }
        for related in &mistake.related {
            self.annotate(related);
        }
    }

    /// Shows a warning, at its place if it has one.
    fn warn(&self, warning: &Line) {
        let mut properties = Vec::new();
        if let Some(LineAt { file, line, column }) = &warning.at {
            properties.push(("file", self.relative(file)));
            properties.push(("line", line.to_string()));
            properties.push(("col", column.to_string()));
        }
        properties.extend(warning.code.clone().map(|code| ("title", code)));
        let properties: Vec<(&str, &str)> = (properties.iter())
            .map(|(key, value)| (*key, value.as_str()))
            .collect();
        write(&command("warning", &properties, &warning.text));
    }

    /// The path of a file relative to the repository.
    fn relative(&self, file: &Path) -> String {
        let workspace = self.workspace.as_deref();
        let below = workspace.and_then(|workspace| file.strip_prefix(workspace).ok());
        below.unwrap_or(file).display().to_string()
    }

    /// Ends the open group, unless it is the group of `step`.
    fn leave(&self, open: &mut Option<Arc<ReportedStep>>, step: Option<&Arc<ReportedStep>>) {
        let stays = |open: &Arc<ReportedStep>| step.is_some_and(|step| Arc::ptr_eq(open, step));
        if open.as_ref().is_some_and(|open| !stays(open)) {
            write("::endgroup::");
            *open = None;
        }
    }
}

impl Rendering for GitHub {
    fn began(&self, _: &Arc<ReportedStep>) {}

    fn ended(&self, step: &Arc<ReportedStep>) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        self.leave(&mut open, None);
        let failed = match (step.interrupted(), step.failed()) {
            (true, _) => "interrupted, ",
            (false, true) => "failed, ",
            (false, false) => "",
        };
        let took = step.took().as_secs_f32();
        write(&format!("{}: {failed}{took:.1} s", step.title));
    }

    fn line(&self, line: &Line, within: Option<&Arc<ReportedStep>>) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        self.leave(&mut open, within);
        if let Some(step) = within
            && !step.name()
        {
            write(&command("group", &[], &step.title));
            *open = Some(step.clone());
        }
        let text = &line.text;
        match line.level {
            // The command ends with a more detailed error, which is annotated.
            Level::ERROR => text
                .lines()
                .for_each(|line| write(&format!("error: {line}"))),
            Level::WARN => self.warn(line),
            _ => write(text),
        }
    }
}

fn write(line: &str) {
    // There is no other place to report a failure.
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// A workflow command.
fn command(name: &str, properties: &[(&str, &str)], message: &str) -> String {
    let properties: Vec<String> = properties
        .iter()
        .map(|(key, value)| format!("{key}={}", property(value)))
        .collect();
    let space = if properties.is_empty() { "" } else { " " };
    let properties = properties.join(",");
    format!("::{name}{space}{properties}::{}", data(message))
}

fn data(text: &str) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D");
    text.replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_end_a_command_or_a_property() {
        assert_eq!(
            command("error", &[("file", "a,b:c")], "100%\n::stop"),
            "::error file=a%2Cb%3Ac::100%25%0A::stop"
        );
    }
}
