//! The variant configuration: what each key may be.

use std::collections::BTreeMap;
use std::path::PathBuf;

use miette::{Diagnostic, Report};
use rattler_build_jinja::{JinjaConfig, Variable};
use rattler_build_types::NormalizedKey;
use rattler_build_variant_config::VariantConfig;
use thiserror::Error;

use crate::backend::Platforms;
use crate::protocol::outputs::VariantValue;

/// Where the values of variant keys come from.
#[derive(Debug, Clone)]
pub enum Choice {
    /// All combinations: files first, the user's own values override them.
    Matrix {
        /// Read in order, later ones win.
        files: Vec<PathBuf>,
        /// Key to values.
        user: BTreeMap<String, Vec<VariantValue>>,
    },
    /// Exactly one combination, as an earlier answer described it.
    Pinned(BTreeMap<String, VariantValue>),
}

/// The values of every key: defaults, then files, then the user's.
///
/// A pinned choice has no defaults: an output is recovered from its map alone.
///
/// # Errors
/// Variant files that cannot be read.
pub fn configuration(
    choice: &Choice,
    defaults: Vec<(&'static str, Vec<&'static str>)>,
    platforms: Platforms,
) -> Result<VariantConfig, Report> {
    let mut config = VariantConfig::default();
    match choice {
        Choice::Pinned(values) => {
            for (key, value) in values {
                config.insert(key.as_str(), vec![variable(value)]);
            }
        }
        Choice::Matrix { files, user } => {
            for (key, values) in defaults {
                config.insert(key, values.into_iter().map(Variable::from).collect());
            }
            let jinja = JinjaConfig {
                target_platform: platforms.host,
                host_platform: platforms.host,
                build_platform: platforms.build,
                ..Default::default()
            };
            let read = VariantConfig::from_files_with_context(files, &jinja)
                .map_err(|source| BadVariantFile(source.to_string()))?;
            config.merge(read);
            for (key, values) in user {
                config.insert(key.as_str(), values.iter().map(variable).collect());
            }
        }
    }
    Ok(config)
}

fn variable(value: &VariantValue) -> Variable {
    match value {
        VariantValue::String(text) => Variable::from(text.as_str()),
        VariantValue::Int(number) => Variable::from(*number),
        VariantValue::Bool(truth) => Variable::from(*truth),
    }
}

/// The wire form of a combination of variants.
pub fn to_wire(variant: &BTreeMap<NormalizedKey, Variable>) -> BTreeMap<String, VariantValue> {
    variant
        .iter()
        .map(|(key, value)| (key.normalize(), value_to_wire(value)))
        .collect()
}

fn value_to_wire(value: &Variable) -> VariantValue {
    if let Some(truth) = value.as_bool() {
        VariantValue::Bool(truth)
    } else if let Some(number) = value.as_i64().filter(|_| value.is_number()) {
        VariantValue::Int(number)
    } else {
        VariantValue::String(value.to_string())
    }
}

/// A variant file that cannot be read.
#[derive(Debug, Error, Diagnostic)]
#[error("cannot read the variant files: {0}")]
#[diagnostic(code(variants::bad_file))]
struct BadVariantFile(String);
