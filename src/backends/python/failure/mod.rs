//! Explains failures of the build script, from the messages of Python tools and compilers.
//!
//! Messages of the installers are ignored, because they only report that a hook failed. The
//! cause is in the messages of the hook, or of a compiler that it runs.

mod cmake;
mod compiled;
mod compiler;
mod missing;
mod rust;
mod traceback;
mod uninstallable;

use std::path::Path;
use std::sync::Arc;

use miette::SourceSpan;

use super::Config;
use super::source::Source;
use crate::backend::failure::{Place, full_disk};
use crate::backend::{Diagnosis, Log, Request};
use crate::diagnostic::SourceFile;

/// A function that recognizes one kind of failure.
type Detector = fn(&Case<'_>) -> Option<Diagnosis>;

/// The detectors. Those for causes come before those for their consequences.
const DETECTORS: [Detector; 14] = [
    |case| full_disk(case.log),
    uninstallable::requirement,
    other_python,
    missing::module,
    missing::plugin,
    missing::program,
    compiler::absent,
    rust::cargo,
    compiled::header,
    compiled::errors,
    cmake::error,
    missing::asked,
    nothing_to_pack,
    traceback::exception,
];

/// One failed build.
pub(super) struct Case<'a> {
    request: &'a Request<'a, Config>,
    source: &'a Source,
    log: &'a Log,
}

/// The reason why the script failed, if its log contains one.
pub(super) fn diagnose(
    request: &Request<'_, Config>,
    source: &Source,
    log: &Log,
) -> Option<Diagnosis> {
    let log = &output_of_the_hook(log);
    let case = Case {
        request,
        source,
        log,
    };
    DETECTORS.iter().find_map(|detector| detector(&case))
}

/// The log with the lines of the build backend as they were written. uv adds `DEBUG` at the start of
/// each line while the hook runs, and repeats all lines after the failure.
fn output_of_the_hook(log: &Log) -> Log {
    let lines = log.lines().map(|line| match line.strip_prefix("DEBUG") {
        Some("") => "",
        Some(rest) => rest.strip_prefix(' ').unwrap_or(line),
        None => line,
    });
    Log::new(&lines.collect::<Vec<_>>().join("\n"))
}

/// A line of a file, without the space around it.
fn line_of(path: &Path, number: usize, label: &str) -> Option<Place> {
    let text = std::fs::read_to_string(path).ok()?;
    let mut lines = text.split_inclusive('\n');
    let before: usize = lines
        .by_ref()
        .take(number.checked_sub(1)?)
        .map(str::len)
        .sum();
    let line = lines.next()?;
    let at = before + line.len() - line.trim_start().len();
    Some(Place {
        at: (at, line.trim().len()).into(),
        file: SourceFile::new(path.display().to_string(), Arc::from(text)),
        label: label.to_string(),
    })
}

impl Case<'_> {
    /// A place in `pyproject.toml`.
    fn in_pyproject(&self, at: Option<SourceSpan>, label: &str) -> Option<Place> {
        let pyproject = self.source.files.pyproject.as_ref()?;
        Some(Place {
            file: pyproject.file(),
            at: at?,
            label: label.to_string(),
        })
    }

    /// The name of the table for host dependencies, for messages.
    fn manifest(&self) -> String {
        let path = self.request.project.manifest.path();
        let name = path.file_name().and_then(|name| name.to_str());
        match name {
            Some("pyproject.toml") => "`[tool.pixi.package.host-dependencies]`".to_string(),
            _ => "`[package.host-dependencies]`".to_string(),
        }
    }
}

/// The project does not support the Python of the build.
fn other_python(case: &Case<'_>) -> Option<Diagnosis> {
    if let Some(versions) = case
        .log
        .between("the package is for Python ", ", and the machine has ")
    {
        let running = case.log.after(", and the machine has ").unwrap_or_default();
        return Some(Diagnosis {
            code: "python::other_python",
            message: format!(
                "the package is for Python {versions}, and this machine has {running}"
            ),
            help: Some(format!(
                "put a Python {versions} first on `PATH`, or build without `--system-toolchain`"
            )),
            ..Default::default()
        });
    }
    let (required, running) = required_python(case.log)?;
    Some(Diagnosis {
        code: "python::other_python",
        message: format!("the project requires Python {required}, and the build runs {running}"),
        help: Some(format!(
            "write `python = \"{required}\"` into {}; with `--system-toolchain`, put such a Python \
             first on `PATH`",
            case.manifest()
        )),
        ..Default::default()
    })
}

/// The versions of Python that the project supports, and the version that runs, from a message
/// of meson-python, pip or uv.
fn required_python(log: &Log) -> Option<(&str, &str)> {
    log.lines().find_map(|line| {
        if let Some((_, rest)) = line.split_once("requires Python version ") {
            return rest.split_once(", running on ");
        }
        if let Some((_, rest)) = line.split_once("requires a different Python: ") {
            let (running, required) = rest.split_once(" not in ")?;
            return Some((required.trim_matches(['\'', '"']), running));
        }
        let (_, rest) = line.split_once("the current Python version (")?;
        let (running, rest) = rest.split_once(") does not satisfy Python")?;
        Some((rest.split(' ').next()?, running))
    })
}

/// The build backend cannot determine the files of the package.
fn nothing_to_pack(case: &Case<'_>) -> Option<Diagnosis> {
    let diagnosis = |message: &str, help: &str| {
        Some(Diagnosis {
            code: "python::nothing_to_pack",
            message: message.to_string(),
            help: Some(help.to_string()),
            ..Default::default()
        })
    };
    if case.log.has("Unable to determine which files to ship") {
        return diagnosis(
            "hatchling does not find the package: no directory has the name of the project",
            "name it in `[tool.hatch.build.targets.wheel]`: `packages = [\"src/…\"]`",
        );
    }
    if case
        .log
        .has("Multiple top-level packages discovered in a flat-layout")
    {
        return diagnosis(
            "setuptools finds several packages side by side and does not know which one to pack",
            "name them in `[tool.setuptools]`: `packages = [\"…\"]`, or move them into `src`",
        );
    }
    if case.log.has("No file/folder found for package") {
        return diagnosis(
            "poetry-core does not find the package: no directory has the name of the project",
            "name it in `[tool.poetry]`: `packages = [{ include = \"…\" }]`",
        );
    }
    if case.log.has("Expected a Python module at") {
        return diagnosis(
            "uv_build does not find the package: no directory below `src` has the name of the project",
            "name it in `[tool.uv.build-backend]`: `module-name = \"…\"` and `module-root = \"\"`",
        );
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_python_that_the_project_does_not_support_is_recognized() {
        for line in [
            "meson-python: error: The package requires Python version >=3.12, running on 3.11.7",
            "ERROR: Package 'tool' requires a different Python: 3.11.7 not in '>=3.12'",
            "  Because the current Python version (3.11.7) does not satisfy Python>=3.12 and tool==1.0",
        ] {
            let log = Log::new(line);
            assert_eq!(required_python(&log), Some((">=3.12", "3.11.7")), "{line}");
        }
    }
}
