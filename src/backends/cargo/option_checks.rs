//! Checks of option values that Cargo would refuse or that name nothing, when the manifest is
//! read. The checks do not depend on the project.

use indexmap::IndexMap;
use serde_json::Value;

use crate::diagnostic::{list, nearest};
use crate::project::config::{EntryPart, InvalidOption};

const ALIASES: &str = "bin-aliases";

/// The value in the syntax of TOML, or `None` for a type that a setting of a profile cannot
/// have. `false` is a valid value of several settings, so it does not remove a setting.
pub(crate) fn setting(value: &Value) -> Option<String> {
    Some(match value {
        Value::String(text) => toml_edit::Value::from(text.as_str()).to_string(),
        Value::Bool(on) => on.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    })
}

/// The features, the profile and the profile settings that Cargo would refuse.
pub(crate) fn choice(
    features: &[String],
    profile: Option<&str>,
    settings: &IndexMap<String, Value>,
) -> Vec<InvalidOption> {
    let mut mistakes = Vec::new();
    let mut wrong = |keys: &[&str], message: String, help: &str| {
        mistakes.push(InvalidOption {
            keys: keys.iter().map(ToString::to_string).collect(),
            part: EntryPart::Value,
            message,
            help: help.to_string(),
        });
    };
    for (index, feature) in features.iter().enumerate() {
        let is_feature = |sign: char| sign.is_alphanumeric() || "_-+./?:".contains(sign);
        if feature.is_empty() || !feature.chars().all(is_feature) {
            let message = format!("`{feature}` is not the name of a feature");
            wrong(
                &["features", &index.to_string()],
                message,
                "each element is one feature",
            );
        }
    }
    let is_name = |name: &&str| {
        let sign = |sign: char| sign.is_ascii_alphanumeric() || "-_".contains(sign);
        !name.is_empty() && name.chars().all(sign)
    };
    if let Some(profile) = profile.filter(|it| !is_name(it)) {
        let message = format!("`{profile}` is not the name of a profile");
        wrong(
            &["profile"],
            message,
            "profiles are `release`, `dev` and those of Cargo.toml",
        );
    }
    for (key, value) in settings {
        if setting(value).is_none() {
            let message =
                format!("`profile-settings.{key}` is not a string, a number or a boolean");
            let help =
                "settings are those of a `[profile.…]` of Cargo.toml; tables below it belong there";
            wrong(&["profile-settings", key], message, help);
        }
        let sign = |sign: char| sign.is_ascii_lowercase() || sign == '-';
        if key.is_empty() || !key.chars().all(sign) {
            let message = format!("`{key}` is not a setting of a profile");
            let help = "settings are spelled as in Cargo.toml: `strip`, `lto`, `codegen-units`";
            wrong(&["profile-settings", key], message, help);
        }
    }
    mistakes
}

/// The values of `bin-aliases` that are not lists of names.
pub(crate) fn aliases(aliases: &IndexMap<String, Value>) -> Vec<InvalidOption> {
    let mistakes = aliases.iter().filter_map(|(program, names)| {
        let wrong = |message: String, help: &str| InvalidOption {
            keys: vec![ALIASES.to_string(), program.clone()],
            part: EntryPart::Value,
            message,
            help: help.to_string(),
        };
        let Some(names) = names.as_array() else {
            let is_off = *names == Value::Bool(false);
            let message = format!("`{ALIASES}.{program}` must be an array of names");
            return (!is_off).then(|| wrong(message, "write it as `[\"name\"]`"));
        };
        let is_name = |name: &&Value| {
            let name = name.as_str().unwrap_or_default();
            !name.is_empty() && !name.contains(['/', '\\', '\0'])
        };
        let bad = names.iter().find(|name| !is_name(name))?;
        let message =
            format!("`{ALIASES}.{program}` has {bad}, which is not the name of a program");
        Some(wrong(
            message,
            "aliases are in the directory of the program: write only their names",
        ))
    });
    mistakes.collect()
}

/// The kinds of libraries that programs in other languages can link with.
const TYPES: [&str; 2] = ["cdylib", "staticlib"];

/// The values of `libraries` and `c-library` that do not name a kind of library.
pub(crate) fn libraries(libraries: &[String], c_library: &Value) -> Vec<InvalidOption> {
    let wrong = |keys: &[&str], part, message: String, help: String| InvalidOption {
        keys: keys.iter().map(ToString::to_string).collect(),
        part,
        message,
        help,
    };
    let unknown = |keys: &[&str], name: &str| {
        let message = format!("`{name}` is not a kind of library");
        let help = match nearest(name, TYPES) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the kinds are {}", list(TYPES)),
        };
        wrong(keys, EntryPart::Value, message, help)
    };
    let mut mistakes = Vec::new();
    for (index, name) in libraries.iter().enumerate() {
        if !TYPES.contains(&name.as_str()) {
            mistakes.push(unknown(&["libraries", &index.to_string()], name));
        }
    }
    match c_library {
        Value::Null | Value::Bool(_) => {}
        Value::Object(table) => {
            for (key, value) in table {
                match (key.as_str(), value) {
                    ("binaries", Value::Bool(_)) => {}
                    ("types", Value::Array(types)) => {
                        let names = types.iter().map(|it| it.as_str().unwrap_or_default());
                        let bad = names.filter(|name| !TYPES.contains(name));
                        mistakes.extend(bad.map(|name| unknown(&["c-library", "types"], name)));
                    }
                    ("binaries" | "types", _) => {
                        let message = format!("`c-library.{key}` has the wrong type");
                        let help = "write it as `{ types = [\"cdylib\"], binaries = true }`";
                        mistakes.push(wrong(
                            &["c-library", key],
                            EntryPart::Value,
                            message,
                            help.to_string(),
                        ));
                    }
                    _ => {
                        let message = format!("`c-library` does not have the key `{key}`");
                        let help = format!("the keys are {}", list(["types", "binaries"]));
                        mistakes.push(wrong(&["c-library", key], EntryPart::Key, message, help));
                    }
                }
            }
        }
        _ => mistakes.push(wrong(
            &["c-library"],
            EntryPart::Value,
            "`c-library` must be a boolean or a table".to_string(),
            "write `c-library = true`".to_string(),
        )),
    }
    mistakes
}

/// The kinds of libraries that cargo-c builds. `None` if the option is off.
pub(crate) fn c_types(option: &Value) -> Option<Vec<String>> {
    let table = match option {
        Value::Bool(true) => return Some(vec![TYPES[0].to_string()]),
        Value::Object(table) => table,
        _ => return None,
    };
    let types = table.get("types").and_then(Value::as_array);
    let types = types.map(|types| types.iter().filter_map(Value::as_str).map(str::to_string));
    Some(types.map_or_else(|| vec![TYPES[0].to_string()], Iterator::collect))
}

/// A value of `rust-version` that is neither a source of the version nor a version.
pub(crate) fn rust_version(chosen: Option<&str>) -> Option<InvalidOption> {
    let chosen = chosen?;
    let known = ["manifest", "toolchain-file"].contains(&chosen);
    (!known && !is_version(chosen)).then(|| InvalidOption {
        keys: vec!["rust-version".to_string()],
        part: EntryPart::Value,
        message: format!("`{chosen}` is not a version of Rust"),
        help: "write `manifest`, `toolchain-file` or a version such as `1.89`".to_string(),
    })
}

/// Whether a text consists of two or three numbers.
pub(crate) fn is_version(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    let is_number = |part: &&str| part.parse::<u16>().is_ok();
    (2..=3).contains(&parts.len()) && parts.iter().all(is_number)
}
