//! Converts the options for the tests and checks of a package. They have the syntax of
//! recipe.yaml, and the parser of rattler-build reads them, so that both mean the same.

use miette::{Diagnostic, Report};
use rattler_build_recipe::stage0::{
    Build, ConditionalList, SingleOutputRecipe, TestType, parse_recipe_from_source,
};
use serde_json::{Value, json};
use thiserror::Error;

use crate::backend::Packaging;

/// The tests of a package.
///
/// # Errors
/// [`BadCheck`].
pub(super) fn tests(packaging: &Packaging) -> Result<ConditionalList<TestType>, Report> {
    let mut items = Vec::new();
    for (index, test) in packaging.tests.iter().enumerate() {
        let keys = ["tests".to_string(), index.to_string()];
        let parsed = parse(&keys, json!({"tests": [test]}))?;
        items.extend(parsed.tests);
    }
    Ok(ConditionalList::new(items))
}

/// The settings for prefix detection and dynamic linking, in an otherwise empty build section.
///
/// # Errors
/// [`BadCheck`].
pub(super) fn checks(packaging: &Packaging) -> Result<Build, Report> {
    let of = |key: &str, value: &Option<Value>| match value {
        Some(value) => {
            let recipe_key = key.replace('-', "_");
            let build = json!({"build": {recipe_key: value}});
            parse(&[key.to_string()], build).map(|recipe| recipe.build)
        }
        None => Ok(Default::default()),
    };
    let prefix_detection = of("prefix-detection", &packaging.prefix_detection)?;
    let dynamic_linking = of("dynamic-linking", &packaging.dynamic_linking)?;
    Ok(Build {
        prefix_detection: prefix_detection.prefix_detection,
        ..dynamic_linking
    })
}

/// Parses a recipe with these parts. JSON is also valid YAML.
fn parse(keys: &[String], mut parts: Value) -> Result<SingleOutputRecipe, Report> {
    parts["package"] = json!({"name": "package", "version": "0"});
    parse_recipe_from_source(&parts.to_string()).map_err(|error| {
        BadCheck {
            keys: keys.to_vec(),
            reason: reason(&error),
        }
        .into()
    })
}

/// The message of the parser, in the spelling of the configuration. Its place is left out,
/// because the parsed text is not in a file of the user.
fn reason(error: &dyn std::error::Error) -> String {
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default();
    let first = first.split(" at line ").next().unwrap_or(first);
    let words = first.split(' ').map(|word| {
        let is_key = word.contains('_') && !word.contains('/');
        if is_key {
            word.replace('_', "-")
        } else {
            word.to_string()
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// A part of a recipe that cannot be read. The engine, which knows the tables of the manifest,
/// adds the place.
#[derive(Debug, Error, Diagnostic)]
#[error("`{}`: {reason}", keys.join("."))]
#[diagnostic(code(config::recipe_value))]
pub struct BadCheck {
    /// The option, and the keys in it.
    pub keys: Vec<String>,
    /// The message of the parser.
    pub reason: String,
}
