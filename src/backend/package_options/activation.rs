//! `activation`: variables and scripts.

use indexmap::IndexMap;
use serde_json::Value;

use super::reader::{Reader, Result};
use crate::backend::extras::Activation;
use crate::diagnostic::nearest;
use crate::project::config::{EntryPart, InvalidOption};

/// Reads the table `activation`.
///
/// # Errors
/// Keys and values that are not valid.
pub(super) fn read(table: &IndexMap<String, Value>) -> Result<Activation> {
    let mut activation = Activation::default();
    for (key, value) in table {
        let reader = Reader::new(&["activation", key], value);
        match key.as_str() {
            "env" => activation.env = variables(&reader)?,
            "scripts" => {
                for (index, path) in reader.texts()?.into_iter().enumerate() {
                    let mut at = reader.at();
                    at.push(index.to_string());
                    script(&reader, &path)?;
                    activation.scripts.push((at, path));
                }
            }
            other => {
                return Err(InvalidOption {
                    keys: vec!["activation".to_string(), other.to_string()],
                    part: EntryPart::Key,
                    message: format!("`activation` does not have the key `{other}`"),
                    help: match nearest(other, ["env", "scripts"]) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "the keys are `env` and `scripts`".to_string(),
                    },
                });
            }
        }
    }
    Ok(activation)
}

fn variables(reader: &Reader<'_>) -> Result<Vec<(String, String)>> {
    let variables = reader.variables()?;
    let sign = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_name = |name: &str| {
        let digit = name.starts_with(|c: char| c.is_ascii_digit());
        !name.is_empty() && !digit && name.chars().all(sign)
    };
    for (name, value) in &variables {
        let of = reader.get(name).expect("it has the key");
        if !is_name(name) {
            return Err(of.wrong(
                "cannot be the name of an environment variable",
                "use letters, digits and `_`, and no digit at the start",
            ));
        }
        if value.contains(['\n', '\r']) {
            return Err(of.wrong("contains a line break", "write the value on one line"));
        }
    }
    Ok(variables)
}

/// Checks that the suffix of a script belongs to a shell.
fn script(reader: &Reader<'_>, path: &str) -> Result<()> {
    const ENDINGS: [&str; 7] = [".sh", ".bat", ".ps1", ".fish", ".nu", ".xsh", ".csh"];
    if ENDINGS.iter().any(|ending| path.ends_with(ending)) {
        Ok(())
    } else {
        Err(reader.wrong(
            &format!("has `{path}`, which is not the script of a known shell"),
            "names end in `.sh`, `.bat`, `.ps1`, `.fish` or `.nu`",
        ))
    }
}
