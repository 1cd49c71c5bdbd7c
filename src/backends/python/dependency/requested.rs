//! The requirements that a build backend requests in its hook `get_requires_for_build_wheel`,
//! because the project declares them outside of `build-system.requires`.

use miette::Report;

use super::{Entry, placed, unplaced};
use crate::backends::python::project::Files;

/// The tables with the plugins of hatchling that run in a build of a wheel.
const HOOKS: [&[&str]; 2] = [
    &["tool", "hatch", "build", "hooks"],
    &["tool", "hatch", "build", "targets", "wheel", "hooks"],
];

/// The requirements of plugins of hatchling, and `setup_requires` of setuptools.
///
/// # Errors
/// An invalid requirement in `pyproject.toml`.
pub(super) fn requested(project: &Files) -> Result<Vec<Entry>, Report> {
    let mut entries = of_hatchling(project)?;
    entries.extend(of_setuptools(project));
    Ok(entries)
}

fn of_hatchling(project: &Files) -> Result<Vec<Entry>, Report> {
    let mut entries = Vec::new();
    let Some(file) = &project.pyproject else {
        return Ok(entries);
    };
    if project.build_module() != "hatchling" {
        return Ok(entries);
    }
    for hooks in HOOKS {
        let table = file.table(hooks);
        for hook in table.into_iter().flat_map(|table| table.fields()) {
            let key = |name| [hooks, &[hook.name, name]].concat();
            if file.flag(&key("enable-by-default")) != Some(false) {
                entries.extend(placed(project, &key("dependencies"))?);
            }
        }
    }
    Ok(entries)
}

fn of_setuptools(project: &Files) -> Vec<Entry> {
    const KEY: &str = "setup_requires";
    let in_py = project.setup_py.as_ref().and_then(|file| file.texts(KEY));
    let texts = match in_py {
        Some(found) => found.texts,
        None => {
            let lines = project.setup_cfg.lines("options", KEY).into_iter();
            lines.map(str::to_string).collect()
        }
    };
    texts.into_iter().filter_map(unplaced).collect()
}
