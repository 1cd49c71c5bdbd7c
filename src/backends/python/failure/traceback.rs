//! Exceptions of build backends and of the project's code.

use super::{Case, line_of};
use crate::backend::Diagnosis;
use crate::backend::failure::{Place, QUOTED};

/// Texts of exceptions, each with its remedy.
const KNOWN: [(&str, &str); 7] = [
    (
        "No module named 'distutils'",
        "Python 3.12 has no `distutils`: write `setuptools = \"*\"` into the host dependencies, or `python = \"<3.12\"`",
    ),
    (
        "No module named 'pkg_resources'",
        "write `setuptools = \"<81\"` into the host dependencies",
    ),
    (
        "numpy.distutils",
        "write `setuptools = \"<60\"` and `python = \"<3.12\"` into the host dependencies",
    ),
    (
        "use_2to3 is invalid",
        "write `setuptools = \"<58\"` into the host dependencies",
    ),
    (
        "SafeConfigParser",
        "write `python = \"<3.12\"` into the host dependencies",
    ),
    (
        "config: `project.license`",
        "`license` as an expression needs `setuptools = \">=77\"` in the host dependencies",
    ),
    (
        "license field should be",
        "`license` as an expression needs `flit-core = \">=3.12\"` in the host dependencies",
    ),
];

/// A hook raised an exception. The diagnosis contains the exception, and the innermost line of
/// the project in its traceback.
pub(super) fn exception(case: &Case<'_>) -> Option<Diagnosis> {
    let lines: Vec<&str> = case.log.lines().map(str::trim).collect();
    let starts = lines
        .iter()
        .rposition(|line| line.starts_with("Traceback (most recent call last)"))?;
    let lines = &lines[starts..];
    let at = lines.iter().position(|line| is_exception(line))?;
    let raised = lines[at];
    let root = case.source.files.folder.display().to_string();
    let own = |line: &&&str| line.starts_with("File \"") && line.contains(&root);
    let frame = lines.iter().rfind(own);
    let frame = frame.map(|line| line.replace(&format!("{root}/"), ""));
    let place = frame.is_none().then(|| in_setup_py(case, &lines[..at]));
    Some(Diagnosis {
        code: "python::hook_failed",
        message: format!("the build backend failed: {raised}"),
        details: rest_of_message(&lines[at + 1..])
            .map(str::to_string)
            .chain(frame)
            .collect(),
        help: remedy(raised).map(str::to_string),
        place: place.flatten(),
        ..Default::default()
    })
}

/// The further lines of the message of an exception, before the lines of installers.
fn rest_of_message<'a>(lines: &[&'a str]) -> impl Iterator<Item = &'a str> {
    const ENDS: [&str; 6] = ["hint:", "note:", "error:", "ERROR:", "[", "×"];
    let is_rest = |line: &&str| !line.is_empty() && !ENDS.iter().any(|end| line.starts_with(end));
    lines.iter().copied().take_while(is_rest).take(QUOTED)
}

/// The line of setup.py that was running. setuptools executes its code, so that a traceback does
/// not name the file.
fn in_setup_py(case: &Case<'_>, lines: &[&str]) -> Option<Place> {
    let runs = lines
        .iter()
        .rposition(|line| line.starts_with("exec(code"))?;
    let mut frames = lines[runs..].iter().rev();
    let frame = frames.find_map(|line| line.strip_prefix("File \"<string>\", line "))?;
    let number: usize = frame.split(',').next()?.parse().ok()?;
    let path = case.source.files.folder.join("setup.py");
    line_of(&path, number, "this line")
}

fn remedy(raised: &str) -> Option<&'static str> {
    let mut known = KNOWN.iter();
    let (_, help) = known.find(|(words, _)| raised.contains(words))?;
    Some(help)
}

/// Whether a line has the form `SomeError: …`, like the last line of a traceback.
fn is_exception(line: &str) -> bool {
    let name = line.split(':').next().unwrap_or_default();
    let last = name.rsplit('.').next().unwrap_or_default();
    let named = last.ends_with("Error") || last.ends_with("Exception") || last == "SystemExit";
    named
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || "._".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exceptions_of_old_build_backends_have_a_remedy() {
        for (raised, words) in [
            (
                "ValueError: invalid pyproject.toml config: `project.license`.",
                "setuptools = \">=77\"",
            ),
            (
                "flit_core.config.ConfigError: license field should be <class 'dict'>, not <class 'str'>",
                "flit-core = \">=3.12\"",
            ),
            (
                "ModuleNotFoundError: No module named 'pkg_resources'",
                "setuptools = \"<81\"",
            ),
        ] {
            let help = remedy(raised).unwrap_or_default();
            assert!(help.contains(words), "{raised}: {help}");
        }
        assert_eq!(remedy("ZeroDivisionError: division by zero"), None);
    }

    #[test]
    fn a_message_may_have_several_lines() {
        let lines = [
            "configuration error: `project` must not contain {'x'}",
            "hint: x",
        ];
        let rest: Vec<&str> = rest_of_message(&lines).collect();
        assert_eq!(rest, lines[..1]);
    }
}
