//! The variants of an output, as pixi receives them and sends them back.
//!
//! The hash of a build string covers the keys that an output used. Rendering the output
//! again from its variant alone may need more keys: those that a template read but the
//! output dropped, and those of outputs that it pins exactly.

use std::collections::{BTreeMap, BTreeSet};

use rattler_build_jinja::Variable;
use rattler_build_recipe::stage0::Recipe as Stage0;
use rattler_build_recipe::variant_render::RenderedVariant;
use rattler_build_types::NormalizedKey;

use super::{Own, entries};
use crate::protocol::outputs::VariantValue;
use crate::recipe::variants::{PLATFORM_KEYS, value_to_wire};

/// The identity of an output, `<name>-<version>-<build string>`.
pub(super) fn identity(output: &RenderedVariant) -> String {
    let package = output.recipe.package();
    let build = output
        .recipe
        .build()
        .string
        .as_resolved()
        .unwrap_or_default();
    format!(
        "{}-{}-{build}",
        package.name().as_normalized(),
        package.version()
    )
}

/// The variant that is sufficient to render `output` again. `all` are the outputs that it
/// may pin.
pub(super) fn wire(
    own: &Own,
    output: &RenderedVariant,
    all: &[RenderedVariant],
) -> BTreeMap<String, VariantValue> {
    let mut wire = BTreeMap::new();
    add(own, output, all, &mut BTreeSet::new(), &mut wire);
    wire
}

fn add(
    own: &Own,
    output: &RenderedVariant,
    all: &[RenderedVariant],
    seen: &mut BTreeSet<String>,
    wire: &mut BTreeMap<String, VariantValue>,
) {
    if !seen.insert(identity(output)) {
        return;
    }
    let is_first = seen.len() == 1;
    let context = entries::context(&own.stage0);
    for (key, value) in &output.variant {
        let name = spelled(key, output);
        if !is_first && PLATFORM_KEYS.contains(&name.as_str()) {
            continue;
        }
        // The context may have replaced the value, and will do so again.
        let original = context
            .contains_key(&name)
            .then(|| output.full_combination.get(key))
            .flatten();
        let value = value_to_wire(original.unwrap_or(value));
        wire.entry(name).or_insert(value);
    }
    for (key, value) in dropped(own, output) {
        wire.entry(key.normalize())
            .or_insert_with(|| value_to_wire(value));
    }
    for (name, pin) in &output.pin_subpackages {
        let is_pinned = |other: &&RenderedVariant| {
            other.recipe.package().name() == &pin.name
                && other.recipe.build().string.as_resolved() == pin.build_string.as_deref()
        };
        if name.normalize() == output.recipe.package().name().as_normalized() {
            continue;
        }
        let mut pinned: Vec<&RenderedVariant> = all.iter().filter(is_pinned).collect();
        pinned.sort_by_key(|other| other.full_combination != output.full_combination);
        if let Some(pinned) = pinned.first() {
            add(own, pinned, all, seen, wire);
        }
    }
}

/// The spelling of a key in the variant: names of packages for pins, underscores for
/// other keys.
fn spelled(key: &NormalizedKey, output: &RenderedVariant) -> String {
    match output.pin_subpackages.get_key_value(key) {
        Some((_, pin)) => pin.name.as_normalized().to_string(),
        None => key.normalize(),
    }
}

/// The language whose version is not part of the hash of noarch packages.
const INTERPRETER: &str = "python";

/// Keys that were read when the output was rendered but are not part of its hash.
fn dropped<'a>(own: &Own, output: &'a RenderedVariant) -> Vec<(&'a NormalizedKey, &'a Variable)> {
    let used = &output.recipe.used_variant;
    let combination = output.full_combination.iter();
    let left_out: Vec<_> = combination
        .filter(|(key, _)| !output.variant.contains_key(*key))
        .filter(|(key, _)| !PLATFORM_KEYS.contains(&key.normalize().as_str()))
        .collect();
    let interpreter = NormalizedKey::from(INTERPRETER);
    let names = left_out
        .iter()
        .any(|(key, _)| **key == interpreter)
        .then(|| templates(own, output));
    left_out
        .into_iter()
        .filter(|(key, _)| {
            let read_by_name = || {
                names
                    .as_ref()
                    .is_some_and(|names| names.contains(INTERPRETER))
            };
            used.contains_key(*key) || (**key == interpreter && read_by_name())
        })
        .collect()
}

/// Names that the templates and conditions of an output can read.
fn templates(own: &Own, output: &RenderedVariant) -> BTreeSet<String> {
    match &own.stage0 {
        Stage0::SingleOutput(single) => single.used_variables().into_iter().collect(),
        Stage0::MultiOutput(multi) => {
            let name = output.recipe.package().name().as_normalized();
            let chosen: Vec<usize> = entries::packages(multi)
                .filter(|(_, entry)| match entry.package.name.as_concrete() {
                    Some(concrete) => concrete.to_string().to_lowercase() == name,
                    None => true,
                })
                .map(|(index, _)| index)
                .collect();
            let cut = entries::cut(multi, &chosen);
            cut.used_variables().into_iter().collect()
        }
    }
}
