//! Translates the groups of optional dependencies of a project, which become groups of optional
//! dependencies of the conda package.

use super::Config;
use super::config::Extras;
use super::dependency::{self, Entry, Target, Translated, normalized};
use super::source::Source;
use crate::backend::Request;
use crate::diagnostic::{Warning, nearest};

/// The groups of the package, with their requirements.
pub(super) fn all(
    request: &Request<'_, Config>,
    source: &Source,
    target: &Target,
    warnings: &mut Vec<Warning>,
) -> Vec<(String, Vec<Translated>)> {
    let declared: Vec<String> = source.groups.iter().map(|(name, _)| name.clone()).collect();
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
    let lists = source.groups.iter();
    let lists = lists.filter(|(group, _)| wanted.contains(group));
    warnings.extend(lists.flat_map(|(_, declared)| declared.warnings()));
    let mapping = &request.config.pypi_conda_map;
    let mut groups = Vec::new();
    for group in wanted {
        let mut entries = Vec::new();
        collect(source, &group, &mut Vec::new(), &mut entries);
        let mut specs = dependency::translate(entries, target, mapping, warnings);
        // The virtual package of a platform belongs to the run requirements.
        specs.retain(|spec| !spec.name.starts_with("__"));
        groups.push((normalized(&group), specs));
    }
    groups
}

/// Adds the entries of a group to `entries`. An entry may be an extra of the project itself,
/// which stands for the entries of another group.
fn collect<'a>(
    source: &'a Source,
    group: &str,
    seen: &mut Vec<String>,
    entries: &mut Vec<&'a Entry>,
) {
    let group = normalized(group);
    if seen.contains(&group) {
        return;
    }
    seen.push(group.clone());
    let named = source.groups.iter();
    let named = named.filter(|(name, _)| normalized(name) == group);
    for entry in named.flat_map(|(_, declared)| &declared.entries) {
        if entry.requirement.name != source.name() {
            entries.push(entry);
            continue;
        }
        for extra in &entry.requirement.extras {
            collect(source, extra, seen, entries);
        }
    }
}

fn unknown(name: &str, declared: &[String]) -> Option<Warning> {
    let is_declared = |group: &String| normalized(group) == normalized(name);
    if declared.iter().any(is_declared) {
        return None;
    }
    let warning = Warning::new(format!(
        "`{name}` in `extras` is not a group of optional dependencies of the project"
    ));
    Some(match nearest(name, declared.iter().map(String::as_str)) {
        Some(meant) => warning.help(format!("did you mean `{meant}`?")),
        None => warning,
    })
}
