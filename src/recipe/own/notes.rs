//! Warnings about metadata in `pixi.toml` that is not used, because only the recipe sets
//! it.

use super::Own;
use crate::diagnostic::{Warning, list};
use crate::project::Project;
use rattler_build_recipe::stage0::Recipe as Stage0;

/// The values in the manifest that have no effect.
pub(super) fn unused(own: &Own, project: &Project) -> Vec<Warning> {
    let mut warnings = Vec::new();
    warnings.extend(name(own, project));
    warnings.extend(version(own, project));
    warnings.extend(metadata(own, project));
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

fn name(own: &Own, project: &Project) -> Option<Warning> {
    let name = project.name()?;
    let names = own.names();
    let alike = |text: &str| text.to_lowercase().replace(['_', '.'], "-");
    let is_known = names.iter().any(|known| alike(known) == alike(name));
    let (all, itself) = match &own.stage0 {
        Stage0::SingleOutput(_) => (1, None),
        Stage0::MultiOutput(multi) => (
            super::entries::packages(multi).count(),
            multi.recipe.name.as_ref(),
        ),
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

fn metadata(own: &Own, project: &Project) -> Option<Warning> {
    let about = match &own.stage0 {
        Stage0::SingleOutput(single) => &single.about,
        Stage0::MultiOutput(multi) => &multi.about,
    };
    let model = &project.model;
    let fields = [
        (
            "license",
            model.license.is_some() && about.license.is_none(),
        ),
        (
            "description",
            model.description.is_some() && about.description.is_none(),
        ),
        (
            "homepage",
            model.homepage.is_some() && about.homepage.is_none(),
        ),
        (
            "repository",
            model.repository.is_some() && about.repository.is_none(),
        ),
        (
            "documentation",
            model.documentation.is_some() && about.documentation.is_none(),
        ),
    ];
    let unused: Vec<&str> = fields
        .iter()
        .filter(|(_, is)| *is)
        .map(|(name, _)| *name)
        .collect();
    let message = format!(
        "{} of `[package]` are not part of the package",
        list(unused.iter().copied())
    );
    let help = "write them into `about` of the recipe";
    (!unused.is_empty()).then(|| Warning::new(message).help(help))
}
