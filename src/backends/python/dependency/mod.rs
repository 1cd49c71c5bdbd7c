//! Translates the dependencies of a project to requirements of a conda package.
//!
//! `build-system.requires` becomes requirements of the host environment, and `dependencies`
//! becomes requirements of the package. Submodules translate names, versions and markers. There
//! is a warning about everything that conda cannot express.

mod alternatives;
mod declared;
mod marker;
mod names;
mod poetry;
mod requested;
pub(super) mod requirement;
mod specifier;

use indexmap::IndexMap;
use miette::{Diagnostic, Report, SourceSpan};
use pep440_rs::VersionSpecifiers;
use rattler_conda_types::Subdir;
use thiserror::Error;

pub(super) use declared::{Declared, groups, run};
use marker::Counts;
pub(super) use names::conda as conda_name;
pub(super) use poetry::loosest as poetry;
pub(super) use requirement::{Requirement, normalized};
pub(super) use specifier::{Specifier, conda, parse, pep440};

use super::config::Mapping;
use super::project::Files;
use crate::diagnostic::{SourceFile, Warning};

/// A dependency on a conda package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Translated {
    /// The name of the conda package.
    pub(super) name: String,
    /// The version spec. `None` allows any version.
    pub(super) version: Option<String>,
}

/// One entry of a list, with its place.
#[derive(Debug)]
pub(super) struct Entry {
    /// The text of the entry.
    pub(super) text: String,
    /// The parsed entry.
    pub(super) requirement: Requirement,
    /// The place in `pyproject.toml`, if the entry is from this file.
    pub(super) at: Option<SourceSpan>,
}

/// The systems on which the package runs.
#[derive(Debug, Clone)]
pub(super) struct Target {
    /// The host platform of the build.
    pub(super) platform: Subdir,
    /// Whether the package is for all platforms.
    pub(super) noarch: bool,
    /// The versions of Python that the project supports.
    pub(super) python: VersionSpecifiers,
}

/// The requirements of the build backend.
///
/// # Errors
/// [`BadDependency`].
pub(super) fn build(project: &Files) -> Result<Vec<Entry>, Report> {
    const KEYS: [&str; 2] = ["build-system", "requires"];
    let mut entries = placed(project, &KEYS)?;
    let file = project.pyproject.as_ref();
    let declares = file.is_some_and(|file| file.value(&KEYS).is_some());
    if !declares && project.ignored.is_none() {
        // The default of PEP 518 for a missing list.
        entries.extend(unplaced("setuptools".to_string()));
    }
    for entry in requested::requested(project)? {
        if !entries.iter().any(|known| known.text == entry.text) {
            entries.push(entry);
        }
    }
    Ok(entries)
}

/// The entries of the list at the path `keys` of `pyproject.toml`.
///
/// # Errors
/// [`BadDependency`].
fn placed(project: &Files, keys: &[&str]) -> Result<Vec<Entry>, Report> {
    let Some(file) = &project.pyproject else {
        return Ok(Vec::new());
    };
    let entries = file.texts(keys).into_iter().map(|entry| {
        let requirement = Requirement::parse(entry.text).map_err(|reason| BadDependency {
            text: entry.text.to_string(),
            reason,
            file: file.file(),
            at: entry.at,
        })?;
        Ok(Entry {
            text: entry.text.to_string(),
            requirement,
            at: Some(entry.at),
        })
    });
    entries.collect()
}

/// A dependency that is not in `pyproject.toml`. `None` if it has invalid syntax.
fn unplaced(text: String) -> Option<Entry> {
    Some(Entry {
        requirement: Requirement::parse(&text).ok()?,
        text,
        at: None,
    })
}

/// Translates `entries` to conda, for a package that runs on `target`. Adds a warning for
/// everything that the translation loses.
pub(super) fn translate<'a>(
    entries: impl IntoIterator<Item = &'a Entry>,
    target: &Target,
    mapping: &IndexMap<String, Mapping>,
    warnings: &mut Vec<Warning>,
) -> Vec<Translated> {
    let mut translated: Vec<Translated> = Vec::new();
    let mut conditional = Vec::new();
    for entry in entries {
        let marker = &entry.requirement.marker;
        let counts = |platform| marker::counts(marker, platform, &target.python);
        if target.noarch
            && let Some(system) = marker::system(target.platform, counts)
        {
            let virtual_package = Translated {
                name: system.to_string(),
                version: None,
            };
            if !translated.contains(&virtual_package) {
                translated.push(virtual_package);
            }
        }
        if target.noarch && marker::differs_by_architecture(target.platform, counts) {
            warnings.push(Warning::new(format!(
                "`{}`: depends on the architecture, and a noarch package is the same for all; \
                 set `noarch = false`",
                entry.text
            )));
        }
        let counted = counts(target.platform);
        if counted == Counts::Never {
            continue;
        }
        let Some(spec) = one(entry, mapping, warnings) else {
            continue;
        };
        if counted == Counts::Sometimes {
            conditional.push((entry, translated.len()));
        }
        translated.push(spec);
    }
    alternatives::join(&mut translated, &conditional, target, warnings);
    translated
}

fn one(
    entry: &Entry,
    mapping: &IndexMap<String, Mapping>,
    warnings: &mut Vec<Warning>,
) -> Option<Translated> {
    let Requirement {
        name,
        extras,
        specifiers,
        url,
        marker: _,
    } = &entry.requirement;
    let text = &entry.text;
    let mut warn = |what: String| warnings.push(Warning::new(format!("`{text}`: {what}")));
    let own = mapping
        .iter()
        .rev()
        .find(|(key, _)| normalized(key) == *name);
    let mut version = specifier::conda(specifiers, &mut warn);
    let conda = match own.map(|(_, mapping)| mapping) {
        Some(Mapping::Dropped) => return None,
        Some(Mapping::Name(conda)) => conda.clone(),
        Some(Mapping::Wrong) | None => names::conda(name).to_string(),
        Some(Mapping::Spec {
            name,
            version: other,
        }) => {
            version = other.clone().or(version);
            name.clone()
        }
    };
    if url.is_some() {
        warn("a conda package cannot say where a dependency comes from".to_string());
    }
    let mut conda = conda;
    for extra in extras {
        // The user may choose another package for the name.
        match names::with_extra(name, extra).filter(|_| own.is_none()) {
            Some(package) => conda = package.to_string(),
            None => warn(format!("conda packages have no extras such as `{extra}`")),
        }
    }
    Some(Translated {
        name: conda,
        version,
    })
}

/// A dependency with invalid syntax.
#[derive(Debug, Error, Diagnostic)]
#[error("`{text}` is not a dependency: {reason}")]
#[diagnostic(
    code(python::bad_dependency),
    help("write it as in `requests >=2.31; python_version < '3.12'` (PEP 508)")
)]
pub(super) struct BadDependency {
    pub(super) text: String,
    pub(super) reason: String,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("this dependency")]
    pub(super) at: SourceSpan,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(dependencies: &[&str], noarch: bool, platform: Subdir) -> (Vec<String>, usize) {
        let entries: Vec<Entry> = dependencies
            .iter()
            .map(|text| Entry {
                text: text.to_string(),
                requirement: Requirement::parse(text).expect(text),
                at: None,
            })
            .collect();
        let target = Target {
            platform,
            noarch,
            python: ">=3.9".parse().expect("specifiers"),
        };
        let mapping = IndexMap::from([
            ("My_Pkg".to_string(), Mapping::Name("ours".to_string())),
            ("internal".to_string(), Mapping::Dropped),
            (
                "uvicorn".to_string(),
                Mapping::Name("my-uvicorn".to_string()),
            ),
        ]);
        let mut warnings = Vec::new();
        let translated = translate(&entries, &target, &mapping, &mut warnings);
        let shown = translated.iter().map(|spec| match &spec.version {
            Some(version) => format!("{} {version}", spec.name),
            None => spec.name.clone(),
        });
        (shown.collect(), warnings.len())
    }

    #[test]
    fn dependencies_are_translated() {
        let (specs, warnings) = all(
            &["torch>=2.0", "my-pkg~=1.2", "internal", "requests[socks]"],
            false,
            Subdir::Linux64,
        );
        assert_eq!(specs, ["pytorch >=2.0", "ours >=1.2,1.*", "requests"]);
        assert_eq!(warnings, 1);
        let (specs, _) = all(&["uvicorn[standard]>=0.30"], false, Subdir::Linux64);
        assert_eq!(specs, ["my-uvicorn >=0.30"]);
    }

    #[test]
    fn a_package_for_every_platform_says_for_which_it_was_described() {
        let colorama = ["colorama; sys_platform == 'win32'", "click"];
        assert_eq!(all(&colorama, true, Subdir::Linux64).0, ["__unix", "click"]);
        assert_eq!(
            all(&colorama, true, Subdir::Win64).0,
            ["__win", "colorama", "click"]
        );
        assert_eq!(all(&colorama, false, Subdir::Linux64).0, ["click"]);
        let tomli = ["tomli; python_version < '3.11'"];
        assert_eq!(all(&tomli, true, Subdir::Linux64).0, ["tomli"]);
        let triton = ["triton; platform_machine == 'x86_64'"];
        let (specs, warnings) = all(&triton, true, Subdir::Linux64);
        assert_eq!((specs.join(" "), warnings), ("__linux triton".into(), 1));
        assert_eq!(all(&triton, false, Subdir::Linux64).1, 0);
    }
}
