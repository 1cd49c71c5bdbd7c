//! The outputs of a recipe before they are evaluated.
//!
//! A build is for one output, and its variants may not contain keys of the others. The
//! recipe is therefore reduced to the entries that the build needs.

use indexmap::IndexMap;
use rattler_build_jinja::Variable;
use rattler_build_recipe::EvaluationContext;
use rattler_build_recipe::stage0::evaluate::evaluate_value_to_string;
use rattler_build_recipe::stage0::{
    Build, Inherit, MultiOutputRecipe, Output, PackageMetadata, PackageOutput, Recipe as Stage0,
    Value,
};
use rattler_build_types::NormalizedKey;
use rattler_build_variant_config::VariantConfig;
use rattler_conda_types::PackageName;

/// The names of the packages in a recipe, except for those that are templates.
pub(super) fn names(stage0: &Stage0) -> Vec<String> {
    let name = |name: Option<&rattler_conda_types::SourcePackageName>| {
        name.map(|name| PackageName::from(name.clone()).as_normalized().to_string())
    };
    match stage0 {
        Stage0::SingleOutput(single) => name(single.package.name.as_concrete())
            .into_iter()
            .collect(),
        Stage0::MultiOutput(multi) => packages(multi)
            .filter_map(|(_, output)| name(output.package.name.as_concrete()))
            .collect(),
    }
}

/// The `context` of a recipe.
pub(super) fn context(stage0: &Stage0) -> &IndexMap<String, Value<Variable>> {
    match stage0 {
        Stage0::SingleOutput(single) => &single.context,
        Stage0::MultiOutput(multi) => &multi.context,
    }
}

/// The names that templates can use: those in `context` and the keys of variants, with `_` for
/// `-`.
pub(super) fn template_names(stage0: &Stage0, variants: &VariantConfig) -> Vec<String> {
    let keys = variants.keys().map(NormalizedKey::normalize);
    let names = context(stage0).keys().cloned().chain(keys);
    names.map(|name| name.replace('-', "_")).collect()
}

/// The package outputs, with their index among all outputs.
pub(super) fn packages(multi: &MultiOutputRecipe) -> impl Iterator<Item = (usize, &PackageOutput)> {
    let outputs = multi.outputs.iter().enumerate();
    outputs.filter_map(|(index, output)| match output {
        Output::Package(package) => Some((index, package.as_ref())),
        Output::Staging(_) => None,
    })
}

/// The entries with the name `name`. An entry whose name cannot be evaluated is not one
/// of them.
pub(super) fn named(
    multi: &MultiOutputRecipe,
    name: &str,
    context: &EvaluationContext,
) -> Vec<usize> {
    let context = match context.with_context(&multi.context) {
        Ok((context, _)) => context,
        Err(_) => context.clone(),
    };
    let is_called = |output: &PackageOutput| {
        let found = evaluate_value_to_string(&output.package.name, &context);
        found.is_ok_and(|found| found.to_lowercase() == name)
    };
    packages(multi)
        .filter(|(_, output)| is_called(output))
        .map(|(index, _)| index)
        .collect()
}

/// The recipe with only the chosen entries and the staging outputs that they inherit
/// from, in the order of the file.
pub(super) fn cut(multi: &MultiOutputRecipe, chosen: &[usize]) -> MultiOutputRecipe {
    let mut stagings: Vec<&Value<String>> = Vec::new();
    for (index, output) in packages(multi) {
        if chosen.contains(&index) {
            stagings.extend(staging(&output.inherit));
        }
    }
    let is_needed = |index: usize, output: &Output| match output {
        Output::Package(_) => chosen.contains(&index),
        Output::Staging(output) => stagings
            .iter()
            .any(|name| may_be(name, &output.staging.name)),
    };
    let mut cut = multi.clone();
    let outputs = multi.outputs.iter().enumerate();
    cut.outputs = outputs
        .filter(|(index, output)| is_needed(*index, output))
        .map(|(_, output)| output.clone())
        .collect();
    cut
}

/// Reduces an output to its name and `identity`, its version and build string. Returns whether
/// `identity` has both.
pub(super) fn make_placeholder(output: &mut Output, identity: &str) -> bool {
    let (Output::Package(package), Some((version, build))) = (output, identity.split_once(' '))
    else {
        return false;
    };
    let Ok(version) = version.parse() else {
        return false;
    };
    **package = PackageOutput {
        package: PackageMetadata {
            name: package.package.name.clone(),
            version: Some(Value::new_concrete(version, None)),
        },
        inherit: Inherit::default(),
        source: Default::default(),
        requirements: Default::default(),
        build: Build {
            string: Some(Value::new_concrete(build.to_string(), None)),
            ..Default::default()
        },
        about: Default::default(),
        tests: Default::default(),
    };
    true
}

/// The staging output that an output inherits from.
fn staging(inherit: &Inherit) -> Option<&Value<String>> {
    match inherit {
        Inherit::CacheName(name) => Some(name),
        Inherit::CacheWithOptions(cache) => Some(&cache.from),
        Inherit::TopLevel => None,
    }
}

/// Whether two names may be equal after evaluation.
fn may_be(one: &Value<String>, other: &Value<String>) -> bool {
    match (one.as_concrete(), other.as_concrete()) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    }
}
