//! Translates the groups of optional dependencies of a project, which become groups of optional
//! dependencies of the conda package.

use super::Config;
use super::config::Extras;
use super::dependency::{self, Entry, Target, Translated, normalized};
use super::source::Source;
use crate::backend::Request;
use crate::diagnostic::{Warning, nearest};

/// The normalized names of the groups of the package.
pub(super) fn names(request: &Request<'_, Config>, source: &Source) -> Vec<String> {
    let wanted = wanted(request, source, &mut Vec::new());
    wanted.iter().map(|group| normalized(group)).collect()
}

/// The groups that the option selects, with their names as they are written.
fn wanted(
    request: &Request<'_, Config>,
    source: &Source,
    warnings: &mut Vec<Warning>,
) -> Vec<String> {
    let declared: Vec<String> = source.groups.iter().map(|(name, _)| name.clone()).collect();
    match &request.config.extras {
        Extras::None => Vec::new(),
        Extras::All => declared,
        Extras::Named(names) => {
            warnings.extend(names.iter().filter_map(|name| unknown(name, &declared)));
            let is_named = |group: &String| {
                let mut names = names.iter();
                names.any(|name| normalized(name) == normalized(group))
            };
            declared.into_iter().filter(is_named).collect()
        }
    }
}

/// The requirements of the package because of its groups.
#[derive(Debug, Default)]
pub(super) struct Groups {
    /// The groups, with their requirements.
    pub(super) groups: Vec<(String, Vec<Translated>)>,
    /// The virtual packages of the platforms on which the groups have these requirements. The
    /// package itself requires them, because its groups are not those of other platforms.
    pub(super) systems: Vec<Translated>,
}

/// Translates the groups of the package.
pub(super) fn all(
    request: &Request<'_, Config>,
    source: &Source,
    target: &Target,
    warnings: &mut Vec<Warning>,
) -> Groups {
    let wanted = wanted(request, source, warnings);
    let lists = source.groups.iter();
    let lists = lists.filter(|(group, _)| wanted.contains(group));
    warnings.extend(lists.flat_map(|(_, declared)| declared.warnings()));
    let mapping = &request.config.pypi_conda_map;
    let mut all = Groups::default();
    for group in wanted {
        let mut entries = Vec::new();
        collect(source, &group, &mut Vec::new(), &mut entries);
        let specs = dependency::translate(entries, target, mapping, warnings);
        let is_system = |spec: &Translated| spec.name.starts_with("__");
        let (systems, specs) = specs.into_iter().partition(is_system);
        all.systems.extend::<Vec<Translated>>(systems);
        all.groups.push((normalized(&group), specs));
    }
    all
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
