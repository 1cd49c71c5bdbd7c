//! Reads the dependencies of a project where its build backend reads them.
//!
//! They are in `[project]`, or in a place of the build backend if `dynamic` names them. Code is
//! not run, so a list may be incomplete: it then says what computes the rest.

use std::path::PathBuf;

use miette::Report;

use super::{Entry, placed, poetry, unplaced};
use crate::backends::python::literal::Texts;
use crate::backends::python::project::{Files, Pyproject};
use crate::diagnostic::Warning;

/// A list of dependencies.
#[derive(Debug, Default)]
pub(in super::super) struct Declared {
    /// The dependencies that are known before the build.
    pub(in super::super) entries: Vec<Entry>,
    /// The files that contain them, except for `pyproject.toml`, `setup.cfg` and `setup.py`.
    pub(in super::super) files: Vec<PathBuf>,
    /// The origin of further dependencies that only the build knows.
    pub(in super::super) computed: Option<String>,
    /// Messages about entries, or parts of entries, that conda cannot express.
    pub(in super::super) lost: Vec<String>,
}

/// The fields of `[project]`.
const RUN: &str = "dependencies";
const GROUPS: &str = "optional-dependencies";

/// The plugin of hatch that reads requirements files.
const HATCH_PLUGIN: [&str; 5] = ["tool", "hatch", "metadata", "hooks", "requirements_txt"];

/// The dependencies of the package.
///
/// # Errors
/// [`BadDependency`](super::BadDependency).
pub(in super::super) fn run(project: &Files) -> Result<Declared, Report> {
    let keys = ["project", RUN];
    let is_listed = project
        .pyproject
        .as_ref()
        .is_some_and(|file| file.value(&keys).is_some());
    if is_listed {
        return Ok(Declared {
            entries: placed(project, &keys)?,
            ..Declared::default()
        });
    }
    if let Some(declared) = in_files(project, &["tool", "setuptools", "dynamic", RUN, "file"])
        .or_else(|| in_hatch(project))
        .or_else(|| from_poetry(project))
    {
        return Ok(declared);
    }
    if !project.is_open(RUN) {
        return Ok(Declared::default());
    }
    Ok(from_setuptools(project).unwrap_or_else(|| unknown(project, RUN)))
}

/// The groups of optional dependencies, with their names as they are written.
///
/// # Errors
/// [`BadDependency`](super::BadDependency).
pub(in super::super) fn groups(project: &Files) -> Result<Vec<(String, Declared)>, Report> {
    let names = |keys: &[&str]| -> Vec<String> {
        let file = project.pyproject.as_ref();
        let table = file.and_then(|file| file.table(keys));
        let fields = table.into_iter().flat_map(|table| table.fields());
        fields.map(|field| field.name.to_string()).collect()
    };
    let mut groups = Vec::new();
    for name in names(&["project", GROUPS]) {
        let entries = placed(project, &["project", GROUPS, &name])?;
        groups.push((
            name,
            Declared {
                entries,
                ..Declared::default()
            },
        ));
    }
    if !groups.is_empty() {
        return Ok(groups);
    }
    let dynamic = ["tool", "setuptools", "dynamic", GROUPS];
    for name in names(&dynamic) {
        let keys = [dynamic.as_slice(), &[name.as_str(), "file"]].concat();
        groups.extend(in_files(project, &keys).map(|declared| (name, declared)));
    }
    let hatch = [HATCH_PLUGIN.as_slice(), &[GROUPS]].concat();
    for name in names(&hatch) {
        let keys = [hatch.as_slice(), &[name.as_str()]].concat();
        groups.extend(in_files(project, &keys).map(|declared| (name, declared)));
    }
    groups.extend(groups_of_poetry(project));
    if project.is_open(GROUPS) {
        groups.extend(groups_of_setuptools(project));
    }
    Ok(groups)
}

/// The dependencies in the requirements files that `keys` of `pyproject.toml` name.
fn in_files(project: &Files, keys: &[&str]) -> Option<Declared> {
    let names = project.pyproject.as_ref()?.texts(keys);
    if names.is_empty() {
        return None;
    }
    let mut declared = Declared::default();
    for name in names {
        let path = project.folder.join(name.text);
        // The build reports a file that is missing.
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        declared.files.push(path);
        declared.add(requirements(&text), name.text);
    }
    Some(declared)
}

fn in_hatch(project: &Files) -> Option<Declared> {
    let keys = |key| [HATCH_PLUGIN.as_slice(), &[key]].concat();
    in_files(project, &keys("files")).or_else(|| in_files(project, &keys("filename")))
}

/// The lines of a requirements file, without comments.
fn requirements(text: &str) -> Vec<String> {
    let text = text.replace("\\\r\n", " ").replace("\\\n", " ");
    let lines = text.lines().map(|line| {
        let code = line.split(" #").next().unwrap_or(line).trim();
        code.to_string()
    });
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
}

/// The file whose tables of Poetry count. They do not where `[project]` has dependencies.
fn of_poetry(project: &Files) -> Option<&Pyproject> {
    let is_poetry = project.build_module().starts_with("poetry") || !project.has_project_table();
    let file = project.pyproject.as_ref().filter(|_| is_poetry)?;
    file.table(&["tool", "poetry", "dependencies"])?;
    file.value(&["project", RUN]).is_none().then_some(file)
}

fn from_poetry(project: &Files) -> Option<Declared> {
    Some(poetry::entries(of_poetry(project)?).into())
}

fn groups_of_poetry(project: &Files) -> Vec<(String, Declared)> {
    let groups = of_poetry(project).map(poetry::groups);
    let groups = groups.into_iter().flatten();
    groups.map(|(name, found)| (name, found.into())).collect()
}

impl From<poetry::Entries> for Declared {
    fn from(poetry::Entries { entries, lost }: poetry::Entries) -> Self {
        Self {
            entries,
            lost,
            ..Self::default()
        }
    }
}

/// The dependencies in `setup.py`, or else those in `setup.cfg`.
fn from_setuptools(project: &Files) -> Option<Declared> {
    let py = project.setup_py.as_ref();
    let mut declared = Declared::default();
    if let Some(found) = py.and_then(|file| file.texts("install_requires")) {
        declared.add_list(found, "`install_requires` in setup.py");
        return Some(declared);
    }
    let lines = project.setup_cfg.lines("options", "install_requires");
    if lines.is_empty() {
        return None;
    }
    declared.add_value(project, lines);
    Some(declared)
}

fn groups_of_setuptools(project: &Files) -> Vec<(String, Declared)> {
    let py = project.setup_py.as_ref();
    let lists = py.map(|file| file.lists("extras_require"));
    let lists = lists.into_iter().flatten().map(|(name, found)| {
        let mut declared = Declared::default();
        declared.add_list(found, "`extras_require` in setup.py");
        (name, declared)
    });
    let mut groups: Vec<(String, Declared)> = lists.collect();
    if groups.is_empty() {
        const SECTION: &str = "options.extras_require";
        for (name, _) in project.setup_cfg.pairs(SECTION) {
            let mut declared = Declared::default();
            declared.add_value(project, project.setup_cfg.lines(SECTION, name));
            groups.push((name.to_string(), declared));
        }
    }
    // `dev:os_name == "nt"` is a group with a condition.
    groups.retain(|(name, _)| !name.contains(':'));
    groups
}

/// No dependency is known. If `dynamic` names `field`, a plugin or a hook computes them.
fn unknown(project: &Files, field: &str) -> Declared {
    let file = project.pyproject.as_ref();
    let named = file.and_then(|file| {
        let dynamic = file.texts(&["project", "dynamic"]).into_iter();
        let at = dynamic.into_iter().find(|name| name.text == field)?.at;
        let line = file.line(at);
        Some(format!(
            "`{field}` in `dynamic` on line {line} of pyproject.toml"
        ))
    });
    Declared {
        computed: named,
        ..Declared::default()
    }
}

impl Declared {
    /// Warnings about dependencies that only the build knows, and those that conda cannot express.
    pub(in super::super) fn warnings(&self) -> impl Iterator<Item = Warning> {
        let computed = self.computed.iter().map(|computed| {
            let warning = Warning::new(format!(
                "only the build knows some dependencies of the project: {computed}"
            ));
            warning.help(
                "write them into `[package.run-dependencies]`; the build says which ones are missing",
            )
        });
        computed.chain(self.lost.iter().map(Warning::new))
    }

    /// Adds dependencies from the requirements file `name`. Options such as `-r other.txt` and
    /// invalid lines make the list incomplete.
    fn add(&mut self, lines: Vec<String>, name: &str) {
        for line in lines {
            match unplaced(line.clone()) {
                Some(entry) => self.entries.push(entry),
                None => self.computed = Some(format!("`{line}` in {name}")),
            }
        }
    }

    /// Adds a list in Python code. A string of several lines is a list, too.
    fn add_list(&mut self, found: Texts, name: &str) {
        let lines = found.texts.iter().flat_map(|text| requirements(text));
        self.add(lines.collect(), name);
        if !found.is_complete {
            self.computed = Some(name.to_string());
        }
    }

    /// Adds a value of `setup.cfg`: dependencies, or `file:` with the names of files.
    fn add_value(&mut self, project: &Files, lines: Vec<&str>) {
        let Some(first) = lines.first().and_then(|line| line.strip_prefix("file:")) else {
            let lines = lines.iter().flat_map(|line| requirements(line));
            // setuptools separates the items of a single line with semicolons.
            let items = lines.flat_map(|line| match unplaced(line.clone()) {
                Some(_) => vec![line],
                None => line
                    .split(';')
                    .map(|item| item.trim().to_string())
                    .collect(),
            });
            self.add(items.collect(), "setup.cfg");
            return;
        };
        let names = std::iter::once(first).chain(lines.into_iter().skip(1));
        for name in names.flat_map(|names| names.split(',')).map(str::trim) {
            let path = project.folder.join(name);
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            self.files.push(path);
            self.add(requirements(&text), name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_files_have_comments_and_long_lines() {
        let text = "# all\nclick>=8  # for the program\n\nrich \\\n  >=13\n-r other.txt\n";
        assert_eq!(
            requirements(text),
            ["click>=8", "rich    >=13", "-r other.txt"]
        );
    }
}
