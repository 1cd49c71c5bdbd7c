//! Failures of the installation of requirements, with `--system-toolchain`.

use super::Case;
use crate::backend::failure::QUOTED;
use crate::backend::{Diagnosis, Log};
use crate::backends::python::dependency::{Entry, Requirement};
use crate::diagnostic::{list, nearest};

/// The start of a line of `machine.py` about a requirement that the machine does not have. If uv
/// or pip cannot install one of them, they install none.
const NOT_INSTALLED: &str = "not installed for the build: ";

/// The line of `machine.py` before the messages of uv or pip.
const INSTALLING: &str = "installing ";

/// The names of the packages that most projects require for their build.
const USUAL: [&str; 14] = [
    "cython",
    "flit-core",
    "hatch-vcs",
    "hatchling",
    "maturin",
    "meson-python",
    "pdm-backend",
    "poetry-core",
    "scikit-build-core",
    "setuptools",
    "setuptools-rust",
    "setuptools-scm",
    "uv-build",
    "wheel",
];

/// A requirement of the build cannot be installed on the machine.
pub(super) fn requirement(case: &Case<'_>) -> Option<Diagnosis> {
    let (failed, messages) = failed(case.log)?;
    let names: Vec<String> = failed
        .iter()
        .filter_map(|text| Requirement::parse(text).ok())
        .map(|requirement| requirement.name)
        .collect();
    let required = case.source.build.iter();
    let mut entries = required.filter(|entry| names.contains(&entry.requirement.name));
    let entry = entries.next();
    let meant = entry.and_then(meant);
    let help = match meant {
        _ if case.request.run.offline => {
            "install it on this machine, or build without `--offline`".to_string()
        }
        Some(meant) => format!("did you mean `{meant}` in `build-system.requires`?"),
        None => "correct its name or version in `build-system.requires`, or build with a channel"
            .to_string(),
    };
    Some(Diagnosis {
        code: "python::missing_requirement",
        message: format!(
            "{}, which the build needs, cannot be installed on this machine",
            list(failed.iter().copied())
        ),
        details: messages
            .into_iter()
            .take(QUOTED)
            .map(str::to_string)
            .collect(),
        help: Some(help),
        place: case.in_pyproject(
            entry.and_then(|entry| entry.at),
            "the project asks for it here",
        ),
        ..Default::default()
    })
}

/// The package that an entry with a misspelled name stands for.
fn meant(entry: &Entry) -> Option<&'static str> {
    let name = entry.requirement.name.as_str();
    let is_usual = USUAL.contains(&name);
    nearest(name, USUAL).filter(|_| !is_usual)
}

/// The requirements that cannot be installed, and the messages of uv or pip. If the messages name
/// some of the requirements, only these count.
fn failed(log: &Log) -> Option<(Vec<&str>, Vec<&str>)> {
    let lines = log.lines().map(str::trim);
    let wanted = lines.filter_map(|line| line.strip_prefix(NOT_INSTALLED));
    let wanted: Vec<&str> = wanted.collect();
    if wanted.is_empty() {
        return None;
    }
    let messages = log.from(INSTALLING).skip(1).map(str::trim);
    let messages = messages.take_while(|line| !line.starts_with(NOT_INSTALLED));
    let messages: Vec<&str> = messages.filter(|line| !line.is_empty()).collect();
    let is_named = |text: &&&str| {
        let name = Requirement::parse(text).map(|requirement| requirement.name);
        let in_line = |name: &str, line: &str| {
            let mut words = line.split(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)));
            words.any(|word| word.eq_ignore_ascii_case(name))
        };
        name.is_ok_and(|name| messages.iter().any(|line| in_line(&name, line)))
    };
    let named: Vec<&str> = wanted.iter().filter(is_named).copied().collect();
    let failed = if named.is_empty() { wanted } else { named };
    Some((failed, messages))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_uv_or_pip_does_not_find_is_recognized() {
        let start = "installing hatchlingg, iniconfig>=2 for the build\n";
        let end =
            "not installed for the build: hatchlingg\nnot installed for the build: iniconfig>=2\n";
        let uv = "  × No solution found when resolving dependencies:\n  ╰─▶ Because hatchlingg was \
                  not found in the package registry and you require hatchlingg, …\n";
        let pip = "ERROR: No matching distribution found for hatchlingg\n";
        for text in [uv, pip] {
            let log = Log::new(&format!("{start}{text}{end}"));
            let (failed, messages) = failed(&log).expect("it failed");
            assert_eq!(failed, ["hatchlingg"]);
            assert_eq!(messages.len(), text.lines().count());
        }
        let log = Log::new(&format!("{start}error: no route to host\n{end}"));
        let (all, _) = failed(&log).expect("it failed");
        assert_eq!(all, ["hatchlingg", "iniconfig>=2"]);
        assert!(failed(&Log::new(start)).is_none());
    }
}
