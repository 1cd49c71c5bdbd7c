//! The variant configuration: the possible values of each key.

mod file;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use miette::{Diagnostic, Report};
use rattler_build_jinja::Variable;
use rattler_build_types::NormalizedKey;
use rattler_build_variant_config::VariantConfig;
use thiserror::Error;

use crate::backend::Platforms;
use crate::protocol::outputs::VariantValue;

/// Keys whose values are part of the request. Files and users cannot change them.
pub const PLATFORM_KEYS: [&str; 3] = ["target_platform", "host_platform", "build_platform"];

/// The source of the values of variant keys.
#[derive(Debug, Clone)]
pub enum VariantSelection {
    /// All combinations. The user's values override those of files.
    Matrix {
        /// The files in their order; later ones have priority.
        files: Vec<PathBuf>,
        /// The values of each key.
        user: BTreeMap<String, Vec<VariantValue>>,
    },
    /// Exactly one combination, from an earlier response.
    Pinned {
        /// The name of the output.
        output: String,
        /// The value of each key.
        values: BTreeMap<String, VariantValue>,
    },
}

/// The values of all keys. Later sources override earlier ones: the defaults, the files of the
/// project, the files of the workspace, and the values of the user.
///
/// A pinned selection does not use defaults, because an output is restored from its
/// variant alone.
///
/// # Errors
/// Variant files that cannot be read, keys with two spellings, zipped keys with different
/// numbers of values.
pub fn configuration(
    choice: &VariantSelection,
    defaults: Vec<(&'static str, Vec<&'static str>)>,
    own_files: &[PathBuf],
    platforms: Platforms,
) -> Result<VariantConfig, Report> {
    let mut config = VariantConfig::default();
    match choice {
        VariantSelection::Pinned { values, .. } => {
            for (key, value) in values {
                config.insert(normalized(key), vec![variable(value)]);
            }
        }
        VariantSelection::Matrix { files, user } => {
            for (key, values) in defaults {
                config.insert(key, values.into_iter().map(Variable::from).collect());
            }
            for file in own_files.iter().chain(files) {
                config.merge(file::read(file, platforms)?);
            }
            for (key, values) in unambiguous(user)? {
                config.insert(key, values.iter().map(variable).collect());
            }
        }
    }
    // A key without values is treated as not set.
    config.variants.retain(|key, values| {
        !values.is_empty() && !PLATFORM_KEYS.contains(&key.normalize().as_str())
    });
    check_zips(&config)?;
    Ok(config)
}

/// Adds the variants of the backend, for keys that neither the user nor a file sets. A pinned
/// selection already contains them.
pub fn add(
    config: &mut VariantConfig,
    choice: &VariantSelection,
    own: &[(&'static str, Vec<String>)],
) {
    if matches!(choice, VariantSelection::Pinned { .. }) {
        return;
    }
    for (key, values) in own {
        let key = normalized(key);
        if config.get(&NormalizedKey::from(key.as_str())).is_none() {
            let values = values.iter().map(|value| Variable::from(value.as_str()));
            config.insert(key.as_str(), values.collect());
        }
    }
}

fn normalized(key: &str) -> String {
    NormalizedKey::from(key).normalize()
}

/// The user's values by normalized key.
fn unambiguous(
    user: &BTreeMap<String, Vec<VariantValue>>,
) -> Result<BTreeMap<String, &[VariantValue]>, SpelledTwice> {
    let mut found: BTreeMap<String, (&str, &[VariantValue])> = BTreeMap::new();
    for (spelling, values) in user {
        let key = normalized(spelling);
        match found.get(&key) {
            Some((first, known)) if *known != values.as_slice() => {
                return Err(SpelledTwice {
                    candidates: format!(
                        "`{first}` ({}) and `{spelling}` ({})",
                        listed(known),
                        listed(values)
                    ),
                    key,
                });
            }
            _ => found.insert(key, (spelling, values)),
        };
    }
    let values = found.into_iter().map(|(key, (_, values))| (key, values));
    Ok(values.collect())
}

/// Zipped keys are iterated together, so they need the same number of values. Keys that a
/// selector removes on this platform are ignored.
fn check_zips(config: &VariantConfig) -> Result<(), UnequalZip> {
    for zip in config.zip_keys.iter().flatten() {
        let counts: Vec<(String, usize)> = zip
            .iter()
            .filter_map(|key| Some((key.normalize(), config.get(key)?.len())))
            .collect();
        let lengths: BTreeSet<usize> = counts.iter().map(|(_, count)| *count).collect();
        if lengths.len() > 1 {
            let counts: Vec<String> = counts
                .iter()
                .map(|(key, count)| format!("`{key}` has {count}"))
                .collect();
            return Err(UnequalZip {
                counts: counts.join(", "),
            });
        }
    }
    Ok(())
}

pub(super) fn variable(value: &VariantValue) -> Variable {
    match value {
        VariantValue::String(text) => Variable::from(text.as_str()),
        VariantValue::Int(number) => Variable::from(*number),
        VariantValue::Bool(truth) => Variable::from(*truth),
    }
}

/// Converts a combination of variants to the form of the protocol.
pub fn to_wire(variant: &BTreeMap<NormalizedKey, Variable>) -> BTreeMap<String, VariantValue> {
    variant
        .iter()
        .map(|(key, value)| (key.normalize(), value_to_wire(value)))
        .collect()
}

pub(super) fn value_to_wire(value: &Variable) -> VariantValue {
    if let Some(text) = value.as_str() {
        VariantValue::String(text.to_string())
    } else if let Some(number) = value.as_i64().filter(|_| value.is_number()) {
        VariantValue::Int(number)
    } else if let Some(truth) = value.as_bool() {
        VariantValue::Bool(truth)
    } else {
        VariantValue::String(value.to_string())
    }
}

/// A combination of variants as text: `python=3.12, target_platform=linux-64`.
pub fn show(variant: &BTreeMap<String, VariantValue>) -> String {
    let members: Vec<String> = variant
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    members.join(", ")
}

fn listed(values: &[VariantValue]) -> String {
    let values: Vec<String> = values.iter().map(ToString::to_string).collect();
    values.join(", ")
}

/// One key has two spellings with different values.
#[derive(Debug, Error, Diagnostic)]
#[error("the build variant `{key}` is ambiguous: it is set as {candidates}")]
#[diagnostic(
    code(variants::spelled_twice),
    help("`-`, `.` and `_` are the same in a variant key; keep one of them")
)]
struct SpelledTwice {
    key: String,
    candidates: String,
}

/// Zipped keys have different numbers of values.
#[derive(Debug, Error, Diagnostic)]
#[error("zipped build variants must have the same number of values, but {counts}")]
#[diagnostic(
    code(variants::unequal_zip),
    help("change `zip_keys`, or give these keys the same number of values")
)]
struct UnequalZip {
    counts: String,
}
