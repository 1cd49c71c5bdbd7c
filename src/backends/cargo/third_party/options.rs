//! The value of `third-party-licenses`.

use serde_json::Value;

use crate::diagnostic::{list, nearest};
use crate::project::config::{EntryPart, InvalidOption};

/// The settings of the license bundle.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ThirdParty {
    pub(crate) format: Format,
    /// The path of a bundle with texts that the user found by hand.
    pub(crate) previous: Option<String>,
    /// The preferred licenses if a crate offers a choice, best first.
    pub(crate) prefer: Vec<String>,
    pub(crate) missing: Missing,
}

/// The file format of a bundle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Format {
    #[default]
    Yaml,
    Json,
    Toml,
}

impl Format {
    /// The name of the file.
    pub(crate) fn file_name(self) -> &'static str {
        match self {
            Self::Yaml => "THIRDPARTY.yml",
            Self::Json => "THIRDPARTY.json",
            Self::Toml => "THIRDPARTY.toml",
        }
    }
}

/// The reaction to a license text that was not found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Missing {
    #[default]
    Warn,
    Error,
}

const OPTION: &str = "third-party-licenses";

/// Reads the option. `None` if it is off.
///
/// # Errors
/// Unknown keys and invalid values.
pub(crate) fn read(value: &Value) -> Result<Option<ThirdParty>, InvalidOption> {
    const KEYS: [&str; 4] = ["format", "previous", "prefer", "missing"];
    let table = match value {
        Value::Null | Value::Bool(true) => return Ok(Some(ThirdParty::default())),
        Value::Bool(false) => return Ok(None),
        Value::Object(table) => table,
        _ => {
            return Err(wrong(
                &[],
                EntryPart::Value,
                "must be a boolean or a table".to_string(),
                format!("its keys are {}", list(KEYS)),
            ));
        }
    };
    let mut options = ThirdParty::default();
    for (key, value) in table {
        match key.as_str() {
            "format" => options.format = format(key, value)?,
            "missing" => options.missing = missing(key, value)?,
            "previous" => options.previous = Some(text(key, value)?),
            "prefer" => options.prefer = texts(key, value)?,
            other => {
                return Err(wrong(
                    &[other],
                    EntryPart::Key,
                    format!("does not have the key `{other}`"),
                    match nearest(other, KEYS) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("the keys are {}", list(KEYS)),
                    },
                ));
            }
        }
    }
    Ok(Some(options))
}

fn wrong(keys: &[&str], part: EntryPart, message: String, help: String) -> InvalidOption {
    let place: Vec<String> = [OPTION]
        .iter()
        .chain(keys)
        .map(ToString::to_string)
        .collect();
    // The message about an unknown key names the option, not the key.
    let subject = match part {
        EntryPart::Key => OPTION.to_string(),
        EntryPart::Value => place.join("."),
    };
    InvalidOption {
        message: format!("`{subject}` {message}"),
        keys: place,
        part,
        help,
    }
}

fn text(key: &str, value: &Value) -> Result<String, InvalidOption> {
    let text = value.as_str().filter(|text| !text.is_empty());
    text.map(str::to_string).ok_or_else(|| {
        let message = "must be a string".to_string();
        wrong(
            &[key],
            EntryPart::Value,
            message,
            "write it in quotes".to_string(),
        )
    })
}

fn texts(key: &str, value: &Value) -> Result<Vec<String>, InvalidOption> {
    let array = value.as_array();
    let texts = array.map(|array| array.iter().map(|value| text(key, value)).collect());
    texts.unwrap_or_else(|| {
        let message = "must be an array of strings".to_string();
        Err(wrong(
            &[key],
            EntryPart::Value,
            message,
            "write it as `[\"MIT\"]`".to_string(),
        ))
    })
}

fn format(key: &str, value: &Value) -> Result<Format, InvalidOption> {
    match text(key, value)?.as_str() {
        "yaml" => Ok(Format::Yaml),
        "json" => Ok(Format::Json),
        "toml" => Ok(Format::Toml),
        other => Err(wrong(
            &[key],
            EntryPart::Value,
            format!("is `{other}`, which is not a format of a bundle"),
            "write `yaml`, `json` or `toml`".to_string(),
        )),
    }
}

fn missing(key: &str, value: &Value) -> Result<Missing, InvalidOption> {
    match text(key, value)?.as_str() {
        "warn" => Ok(Missing::Warn),
        "error" => Ok(Missing::Error),
        other => Err(wrong(
            &[key],
            EntryPart::Value,
            format!("is `{other}`, which is not a reaction to missing texts"),
            "write `warn` or `error`".to_string(),
        )),
    }
}
