//! The programs of a project: console scripts and GUI scripts.
//!
//! conda does not distinguish them. The launchers of a `noarch` package are created during
//! its installation, so the recipe must name all of them before the build.

use miette::{Diagnostic, Report, SourceSpan};
use thiserror::Error;

use super::Config;
use super::project::{Files, Text};
use crate::diagnostic::{SourceFile, Warning};

/// A program, written as `name = module:function`.
pub(super) type EntryPoint = String;

/// The programs of a package: those from the option `entry-points`, or else those of the project.
///
/// # Errors
/// [`BadEntryPoint`].
pub(super) fn all(
    config: &Config,
    project: &Files,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<EntryPoint>, Report> {
    match &config.entry_points {
        Some(named) => Ok(named.clone()),
        None => read(project, warnings),
    }
}

/// The programs of a project.
///
/// # Errors
/// [`BadEntryPoint`].
fn read(project: &Files, warnings: &mut Vec<Warning>) -> Result<Vec<EntryPoint>, Report> {
    let mut found = Vec::new();
    if let Some(file) = project.pyproject.as_ref().or(project.ignored.as_ref()) {
        let tables: [&[&str]; 5] = [
            &["project", "scripts"],
            &["project", "gui-scripts"],
            &["tool", "poetry", "scripts"],
            &["tool", "flit", "scripts"],
            &["tool", "pdm", "entry-points", "console_scripts"],
        ];
        for (name, target) in tables.into_iter().flat_map(|keys| file.pairs(keys)) {
            found.push(
                entry_point(name, target.text)
                    .ok_or_else(|| BadEntryPoint::at(name, target, file.file()))?,
            );
        }
    }
    let groups = ["console_scripts", "gui_scripts"];
    let cfg = groups
        .iter()
        .flat_map(|group| project.setup_cfg.lines("options.entry_points", group));
    let cfg = cfg.map(str::to_string);
    let py = project
        .setup_py
        .iter()
        .flat_map(|file| groups.map(|group| file.texts_below("entry_points", group)));
    for line in cfg.chain(py.flatten()) {
        let parts = line.split_once('=');
        match parts.and_then(|(name, target)| entry_point(name.trim(), target.trim())) {
            Some(entry) => found.push(entry),
            None => warnings.push(Warning::new(format!(
                "the entry point `{line}` is not `name = module:function` and is left out"
            ))),
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// The program `name`, if `target` is a function of a module. Extras after the function,
/// which are an obsolete syntax, are ignored.
fn entry_point(name: &str, target: &str) -> Option<EntryPoint> {
    let target = target.split('[').next().unwrap_or(target).trim();
    let (module, function) = target.split_once(':')?;
    let dotted = |path: &str| {
        let word =
            |word: &str| !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == '_');
        path.split('.').all(word)
    };
    let (module, function) = (module.trim(), function.trim());
    let is_name = !name.is_empty() && !name.contains(['/', '\\', '=', ':']);
    (is_name && dotted(module) && dotted(function)).then(|| format!("{name} = {module}:{function}"))
}

/// A program that a launcher cannot start.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}` cannot be started: `{target}` is not a function of a module")]
#[diagnostic(
    code(python::bad_entry_point),
    help("write `module:function`, such as `{example}:main`")
)]
struct BadEntryPoint {
    name: String,
    target: String,
    example: String,
    #[source_code]
    file: SourceFile,
    #[label("not `module:function`")]
    at: SourceSpan,
}

impl BadEntryPoint {
    fn at(name: &str, target: Text<'_>, file: SourceFile) -> Report {
        let module: String = name.replace('-', "_");
        Self {
            name: name.to_string(),
            target: target.text.to_string(),
            example: module,
            file,
            at: target.at,
        }
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entry_points_name_a_function_of_a_module() {
        for (target, expected) in [
            ("hello:main", Some("x = hello:main")),
            ("a.b : c.d", Some("x = a.b:c.d")),
            ("hello:main [x]", Some("x = hello:main")),
            ("main", None),
            (".hello:main", None),
            ("hello:", None),
        ] {
            assert_eq!(entry_point("x", target).as_deref(), expected, "{target}");
        }
        assert_eq!(entry_point("a/b", "c:d"), None);
    }
}
