//! The output for programs: one JSON object per line on stdout.

use std::io::Write;
use std::sync::Arc;

use serde_json::{Value, json};
use tracing::Level;

use super::mistake::ErrorReport;
use super::package::Finished;
use super::steps::{Line, LineAt, Rendering, ReportedStep};

/// Writes steps and warnings as objects.
pub(super) struct Json;

impl Rendering for Json {
    fn began(&self, step: &Arc<ReportedStep>) {
        print(&json!({
            "event": "step-started",
            "step": step.title,
            "package": step.package,
        }));
    }

    fn ended(&self, step: &Arc<ReportedStep>) {
        let milliseconds = step.took().as_millis();
        print(&json!({
            "event": "step-finished",
            "step": step.title,
            "package": step.package,
            "seconds": milliseconds as f64 / 1000.0,
            "failed": step.failed() || step.interrupted(),
            "interrupted": step.interrupted(),
        }));
    }

    fn line(&self, line: &Line, within: Option<&Arc<ReportedStep>>) {
        // The error at the end of the command includes those of rattler-build.
        if line.level != Level::WARN {
            return;
        }
        let mut warning = json!({
            "event": "warning",
            "package": within.and_then(|step| step.package.as_ref()),
            "message": console::strip_ansi_codes(&line.text),
        });
        if let Some(code) = &line.code {
            warning["code"] = json!(code);
        }
        if let Some(LineAt { file, line, column }) = &line.at {
            warning["places"] = json!([{ "file": file, "line": line, "column": column }]);
        }
        print(&warning);
    }
}

/// The last line of a successful command.
pub(super) fn finished(packages: &[Finished]) -> Value {
    json!({ "event": "finished", "packages": packages })
}

/// The last line of a failed command.
pub(super) fn failed(mistake: &ErrorReport, exit_code: u8) -> Value {
    json!({ "event": "error", "exit_code": exit_code, "error": mistake })
}

/// Writes an object as one line.
pub(super) fn print(object: &Value) {
    // A closed stdout does not end the build, because its package is still useful.
    let _ = writeln!(std::io::stdout().lock(), "{object}");
}
