//! The programs of a project: console scripts and GUI scripts.
//!
//! conda does not distinguish them. The launchers of a `noarch` package are created during
//! its installation, so the recipe must name all of them before the build.

use miette::{Diagnostic, Report, SourceSpan};
use thiserror::Error;

use super::Config;
use super::project::{Files, Pyproject, SetupCfg, Text};
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
        for keys in tables(project) {
            for (name, target) in file.pairs(keys).into_iter().chain(references(file, keys)) {
                found.push(
                    entry_point(name, target.text)
                        .ok_or_else(|| BadEntryPoint::at(name, target, file.file()))?,
                );
            }
        }
    }
    for line in of_setuptools(project) {
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

/// The file and line of the program `name`, if `pyproject.toml` has it.
pub(super) fn place(project: &Files, name: &str) -> Option<String> {
    let file = project.pyproject.as_ref()?;
    let mut found = tables(project).into_iter().flat_map(|keys| {
        let pairs = file.pairs(keys).into_iter();
        pairs.chain(references(file, keys))
    });
    let (_, target) = found.find(|(found, _)| *found == name)?;
    let path = file.file();
    Some(format!("{}:{}", path.name(), file.line(target.at)))
}

/// The tables of `pyproject.toml` from which the build backend takes programs.
fn tables(project: &Files) -> Vec<&'static [&'static str]> {
    let own: &[&[&str]] = match project.build_module() {
        "poetry" | "poetry_dynamic_versioning" => &[&["tool", "poetry", "scripts"]],
        "flit" | "flit_core" | "flit_scm" => &[&["tool", "flit", "scripts"]],
        "pdm" => &[&["tool", "pdm", "entry-points", "console_scripts"]],
        // Projects of Poetry did not always name their build backend.
        _ if !project.has_project_table() => &[&["tool", "poetry", "scripts"]],
        _ => &[],
    };
    let standard: [&[&str]; 2] = [&["project", "scripts"], &["project", "gui-scripts"]];
    standard.into_iter().chain(own.iter().copied()).collect()
}

/// The programs that Poetry describes with a table. A script that is a file is installed as it
/// is.
fn references<'a>(file: &'a Pyproject, keys: &[&str]) -> Vec<(&'a str, Text<'a>)> {
    let table = file.table(keys).into_iter();
    let names = table
        .flat_map(|table| table.fields())
        .map(|field| field.name);
    let text = |name, key| file.text(&[keys, &[name, key]].concat());
    let found = names.filter_map(|name| {
        let is_file = text(name, "type").is_some_and(|kind| kind.text == "file");
        let reference = text(name, "reference").or_else(|| text(name, "callable"))?;
        (!is_file).then_some((name, reference))
    });
    found.collect()
}

/// The groups of entry points that are programs.
const GROUPS: [&str; 2] = ["console_scripts", "gui_scripts"];

/// The lines `name = module:function` in the files of setuptools. It takes them only from
/// `[project]` if there is such a table that does not leave them open.
fn of_setuptools(project: &Files) -> Vec<String> {
    let fields = ["scripts", "gui-scripts", "entry-points"];
    if !fields.iter().any(|field| project.is_open(field)) {
        return Vec::new();
    }
    let in_sections = |text: &str| -> Vec<String> {
        let sections = SetupCfg::indented(text);
        let lines = GROUPS.iter().flat_map(|group| sections.pairs(group));
        let lines = lines.map(|(name, target)| format!("{name} = {target}"));
        lines.collect()
    };
    let mut lines = Vec::new();
    let keys = ["tool", "setuptools", "dynamic", "entry-points", "file"];
    let files = project.pyproject.iter().flat_map(|file| file.texts(&keys));
    for file in files {
        // The build reports a file that is missing.
        let text = std::fs::read_to_string(project.folder.join(file.text)).unwrap_or_default();
        lines.extend(in_sections(&text));
    }
    let cfg = GROUPS.iter();
    let cfg = cfg.flat_map(|group| project.setup_cfg.lines("options.entry_points", group));
    lines.extend(cfg.map(str::to_string));
    if let Some(file) = &project.setup_py {
        let lists = file.lists("entry_points").into_iter();
        let named = lists.filter(|(group, _)| GROUPS.contains(&group.as_str()));
        lines.extend(named.flat_map(|(_, found)| found.texts));
        let text = file.text("entry_points").unwrap_or_default();
        lines.extend(in_sections(&text));
    }
    lines
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
    help("write `module:function`, such as `{example}`")
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
        Self {
            name: name.to_string(),
            target: target.text.to_string(),
            example: example(name, target.text),
            file,
            at: target.at,
        }
        .into()
    }
}

/// The target that was probably meant: the module in `target` with its function, or else with
/// `main`.
fn example(name: &str, target: &str) -> String {
    let (module, function) = match target.split_once(':') {
        Some((module, function)) => (module, function),
        None if target == "main" => ("", target),
        None => target.rsplit_once('.').unwrap_or((target, "")),
    };
    let word = |text: &str| {
        text.trim_matches(|c: char| !c.is_alphanumeric())
            .to_string()
    };
    let or = |text: String, other: String| if text.is_empty() { other } else { text };
    let meant = format!(
        "{}:{}",
        or(word(module), name.replace('-', "_")),
        or(word(function), "main".to_string())
    );
    let is_valid = entry_point("x", &meant).is_some();
    if is_valid {
        meant
    } else {
        "package.module:main".to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_near_to_what_is_written() {
        for (target, expected) in [
            ("greeter", "greeter:main"),
            ("greeter.cli.run", "greeter.cli:run"),
            ("main", "my_tool:main"),
            ("greeter:", "greeter:main"),
            (".greeter:run", "greeter:run"),
            ("", "my_tool:main"),
            ("a b:c d", "package.module:main"),
        ] {
            assert_eq!(example("my-tool", target), expected, "{target}");
        }
    }

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
