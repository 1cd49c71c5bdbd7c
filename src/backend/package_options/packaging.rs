//! Options that have the form of recipe.yaml, with dashes in their keys. rattler-build reads their
//! values. This module only converts the spelling of the keys, and the paths.

use std::path::Path;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::reader::{Reader, Result};
use crate::backend::draft::IgnoredRunExports;
use crate::diagnostic::nearest;
use crate::project::config::{EntryPart, InvalidOption};

/// Checks the parts of a test that rattler-build does not check.
///
/// # Errors
/// A test that is not a table, keys with the spelling of recipe.yaml.
pub(super) fn test(index: usize, value: &Value) -> Result<()> {
    let index = index.to_string();
    let reader = Reader::new(&["tests", &index], value);
    if !value.is_object() {
        return Err(reader.wrong(
            "is not a test",
            "each test is a table: `[[package.build.config.tests]]` with `script = [\"…\"]`",
        ));
    }
    underscored(&reader.at(), value)
}

/// Checks a table that rattler-build reads.
///
/// # Errors
/// Keys with the spelling of recipe.yaml.
pub(super) fn table(key: &str, table: &IndexMap<String, Value>) -> Result<()> {
    let table = Value::Object(table.clone().into_iter().collect());
    underscored(&[key.to_string()], &table)
}

fn underscored(at: &[String], value: &Value) -> Result<()> {
    let Value::Object(table) = value else {
        return Ok(());
    };
    for (key, value) in table {
        let mut at = at.to_vec();
        at.push(key.clone());
        // The names of variables belong to the user.
        if key == "env" {
            continue;
        }
        if key.contains('_') {
            let dashed = key.replace('_', "-");
            return Err(InvalidOption {
                keys: at,
                part: EntryPart::Key,
                message: format!("the key `{key}` does not exist"),
                help: format!("did you mean `{dashed}`?"),
            });
        }
        underscored(&at, value)?;
    }
    Ok(())
}

/// A table with the keys of recipe.yaml. `None` if it is empty.
pub(super) fn snake_table(table: &IndexMap<String, Value>) -> Option<Value> {
    let table: Map<String, Value> = table.clone().into_iter().collect();
    (!table.is_empty()).then(|| snake(Value::Object(table)))
}

fn snake(value: Value) -> Value {
    match value {
        Value::Object(table) => {
            let spelled = table.into_iter().map(|(key, value)| match key.as_str() {
                "env" => (key, value),
                _ => (key.replace('-', "_"), snake(value)),
            });
            Value::Object(spelled.collect())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(snake).collect()),
        other => other,
    }
}

/// A test in the form of recipe.yaml. The path of its script is resolved from `root`.
pub(super) fn written(test: &Value, root: &Path) -> Value {
    let mut test = snake(test.clone());
    if let Some(file) = test.pointer_mut("/script/file")
        && let Some(name) = file.as_str()
    {
        *file = json!(root.join(name).display().to_string());
    }
    test
}

/// The files that tests need.
pub(super) fn test_files(tests: &[Value]) -> Vec<String> {
    let of = |test: &Value| -> Vec<String> {
        let sources = test.pointer("/files/source").and_then(Value::as_array);
        let script = test.pointer("/script/file");
        let named = sources.into_iter().flatten().chain(script);
        named
            .filter_map(|it| it.as_str().map(str::to_string))
            .collect()
    };
    tests.iter().flat_map(of).collect()
}

/// Reads the run exports of other packages that are not applied.
///
/// # Errors
/// Unknown keys, values that are not lists of names.
pub(super) fn run_exports(table: &IndexMap<String, Value>) -> Result<IgnoredRunExports> {
    const KEYS: [&str; 2] = ["by-name", "from-package"];
    let mut ignored = IgnoredRunExports::default();
    for (key, value) in table {
        let reader = Reader::new(&["ignore-run-exports", key], value);
        match key.as_str() {
            "by-name" => ignored.by_name = names(&reader)?,
            "from-package" => ignored.from_package = names(&reader)?,
            other => {
                return Err(InvalidOption {
                    keys: vec!["ignore-run-exports".to_string(), other.to_string()],
                    part: EntryPart::Key,
                    message: format!("`ignore-run-exports` does not have the key `{other}`"),
                    help: match nearest(other, KEYS) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "the keys are `by-name` and `from-package`".to_string(),
                    },
                });
            }
        }
    }
    Ok(ignored)
}

fn names(reader: &Reader<'_>) -> Result<Vec<String>> {
    let names = reader.texts()?;
    match names
        .iter()
        .find(|name| name.parse::<rattler_conda_types::PackageName>().is_err())
    {
        None => Ok(names),
        Some(name) => Err(reader.wrong(
            &format!("has `{name}`, which cannot be the name of a package"),
            "write names without versions",
        )),
    }
}
