//! Warnings about metadata in `pixi.toml` that is not used, because only the recipe sets
//! it.

use rattler_build_recipe::stage0::{About, Recipe as Stage0};

use super::{Own, entries};
use crate::diagnostic::{Warning, list};
use crate::project::Project;
use crate::protocol::model::RunExportTables;

/// The values in the manifest that have no effect.
pub(super) fn unused(own: &Own, project: &Project) -> Vec<Warning> {
    let mut warnings = Vec::new();
    warnings.extend(name(own, project));
    warnings.extend(version(own, project));
    warnings.extend(metadata(own, project));
    warnings.extend(run_exports(own, project));
    let sources = own
        .sources
        .names()
        .filter(|name| own.text.word(name, 0).is_none());
    let sources: Vec<&str> = sources.collect();
    if !sources.is_empty() {
        warnings.push(
            Warning::new(format!("the recipe does not mention {}", list(sources)))
                .help("a source in pixi.toml is the location of a package that the recipe names"),
        );
    }
    warnings
}

/// Run exports in the manifest, when the recipe has none.
fn run_exports(own: &Own, project: &Project) -> Option<Warning> {
    let targets = project.model.targets.as_ref()?;
    let exports = targets
        .all()
        .filter_map(|target| target.run_exports.as_ref());
    let mut tables = exports.flat_map(|exports| {
        let RunExportTables {
            weak,
            strong,
            noarch,
            weak_constraints,
            strong_constraints,
        } = exports;
        [weak, strong, noarch, weak_constraints, strong_constraints]
    });
    let are_stated = tables.any(|table| table.as_ref().is_some_and(|table| !table.is_empty()));
    let are_lost = are_stated && own.text.word("run_exports", 0).is_none();
    are_lost.then(|| {
        Warning::new("`[package.run-exports]` is not used: the recipe has no run exports")
            .help("write them into the recipe, as in `requirements: {run_exports: {weak: [name]}}`")
    })
}

fn name(own: &Own, project: &Project) -> Option<Warning> {
    let name = project.name()?;
    let names = own.names();
    let alike = |text: &str| text.to_lowercase().replace(['_', '.'], "-");
    let is_known = names.iter().any(|known| alike(known) == alike(name));
    let (all, itself) = match &own.stage0 {
        Stage0::SingleOutput(_) => (1, None),
        Stage0::MultiOutput(multi) => {
            (entries::packages(multi).count(), multi.recipe.name.as_ref())
        }
    };
    let is_recipe = itself.is_some_and(|itself| match itself.as_concrete() {
        Some(itself) => alike(itself.as_ref()) == alike(name),
        None => true,
    });
    // A name that is a template may be equal to this one.
    if is_known || is_recipe || names.len() < all {
        return None;
    }
    let names = names.iter().map(String::as_str);
    let message = format!(
        "the name `{name}` in `[package]` is not used: the recipe builds {}",
        list(names)
    );
    Some(Warning::new(message).help("remove it, or use one of these names"))
}

fn version(own: &Own, project: &Project) -> Option<Warning> {
    let version = project.model.version.as_deref()?;
    let concrete = match &own.stage0 {
        Stage0::SingleOutput(single) => single.package.version.as_concrete(),
        Stage0::MultiOutput(multi) => multi.recipe.version.as_ref()?.as_concrete(),
    };
    let found = concrete?.to_string();
    let message =
        format!("the version `{version}` in `[package]` is not used: the recipe says {found}");
    (found != version).then(|| Warning::new(message).help("remove it; the recipe decides"))
}

/// A field of `about`, and whether it is in the manifest and in a part of the recipe.
type Field = (&'static str, bool, fn(&About) -> bool);

fn metadata(own: &Own, project: &Project) -> Option<Warning> {
    let model = &project.model;
    let fields: [Field; 5] = [
        ("license", model.license.is_some(), |about| {
            about.license.is_some()
        }),
        ("description", model.description.is_some(), |about| {
            about.description.is_some()
        }),
        ("homepage", model.homepage.is_some(), |about| {
            about.homepage.is_some()
        }),
        ("repository", model.repository.is_some(), |about| {
            about.repository.is_some()
        }),
        ("documentation", model.documentation.is_some(), |about| {
            about.documentation.is_some()
        }),
    ];
    let unused = fields
        .into_iter()
        .filter(|(_, is_set, has)| *is_set && !every(&own.stage0, *has));
    let unused: Vec<&str> = unused.map(|(name, ..)| name).collect();
    let (verb, help) = match unused.as_slice() {
        [] => return None,
        [_] => ("is", "write it into `about` of the recipe"),
        _ => ("are", "write them into `about` of the recipe"),
    };
    let message = format!(
        "{} of `[package]` {verb} not part of the package",
        list(unused)
    );
    Some(Warning::new(message).help(help))
}

/// Whether every output has a part of `about`, which it can inherit from the recipe.
fn every(stage0: &Stage0, has: fn(&About) -> bool) -> bool {
    match stage0 {
        Stage0::SingleOutput(single) => has(&single.about),
        Stage0::MultiOutput(multi) => {
            has(&multi.about) || entries::packages(multi).all(|(_, output)| has(&output.about))
        }
    }
}
