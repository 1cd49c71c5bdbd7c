//! Translates `project.optional-dependencies`, whose groups become groups of optional
//! dependencies of the conda package.

use miette::Report;

use super::Config;
use super::config::Extras;
use super::dependency::{self, Entry, Target, Translated, normalized};
use super::source::Source;
use crate::backend::Request;
use crate::diagnostic::{Warning, nearest};

const TABLE: [&str; 2] = ["project", "optional-dependencies"];

/// The groups of the package, with their requirements.
///
/// # Errors
/// An entry with invalid syntax.
pub(super) fn all(
    request: &Request<'_, Config>,
    source: &Source,
    target: &Target,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<(String, Vec<Translated>)>, Report> {
    let declared = declared(source);
    let wanted = match &request.config.extras {
        Extras::None => Vec::new(),
        Extras::All => declared.clone(),
        Extras::Named(names) => {
            warnings.extend(names.iter().filter_map(|name| unknown(name, &declared)));
            let is_named = |group: &&String| {
                let mut names = names.iter();
                names.any(|name| normalized(name) == normalized(group))
            };
            declared.iter().filter(is_named).cloned().collect()
        }
    };
    let mapping = &request.config.pypi_conda_map;
    let mut groups = Vec::new();
    for group in wanted {
        let mut entries = Vec::new();
        collect(source, &group, &declared, &mut Vec::new(), &mut entries)?;
        let mut specs = dependency::translate(&entries, target, mapping, warnings);
        // The virtual package of a platform belongs to the run requirements.
        specs.retain(|spec| !spec.name.starts_with("__"));
        groups.push((normalized(&group), specs));
    }
    Ok(groups)
}

/// The names of the groups, without normalization.
fn declared(source: &Source) -> Vec<String> {
    let file = source.files.pyproject.as_ref();
    let table = file.and_then(|file| file.table(&TABLE));
    let fields = table.into_iter().flat_map(|table| table.fields());
    fields.map(|field| field.name.to_string()).collect()
}

/// Adds the entries of a group to `entries`. An entry may be an extra of the project itself,
/// which stands for the entries of another group.
fn collect(
    source: &Source,
    group: &str,
    declared: &[String],
    seen: &mut Vec<String>,
    entries: &mut Vec<Entry>,
) -> Result<(), Report> {
    if seen.contains(&group.to_string()) {
        return Ok(());
    }
    seen.push(group.to_string());
    for entry in dependency::placed(&source.files, &[TABLE[0], TABLE[1], group])? {
        if entry.requirement.name != source.name() {
            entries.push(entry);
            continue;
        }
        for extra in &entry.requirement.extras {
            let named = declared.iter();
            let named = named.filter(|group| normalized(group) == normalized(extra));
            for group in named {
                collect(source, group, declared, seen, entries)?;
            }
        }
    }
    Ok(())
}

fn unknown(name: &str, declared: &[String]) -> Option<Warning> {
    let is_declared = |group: &String| normalized(group) == normalized(name);
    if declared.iter().any(is_declared) {
        return None;
    }
    let warning = Warning::new(format!(
        "`{name}` in `extras` is not a group of `project.optional-dependencies`"
    ));
    Some(match nearest(name, declared.iter().map(String::as_str)) {
        Some(meant) => warning.help(format!("did you mean `{meant}`?")),
        None => warning,
    })
}
