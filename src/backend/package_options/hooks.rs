//! `hooks`: commands of the user.

use serde_json::Value;

use super::reader::{Reader, Result};
use crate::backend::hooks::{Hook, HookCommand};
use crate::diagnostic::nearest;
use crate::project::config::{EntryPart, InvalidOption};

/// The name of the hook that runs before the build tool.
pub(super) const BEFORE: &str = "before-build";

/// The name of the hook that runs before packaging.
pub(super) const AFTER: &str = "after-install";

/// The value of `sources` for a build in a copy of the checkout.
const COPY: &str = "copy";

/// The suffixes of files for which there is an interpreter.
const ENDINGS: [&str; 5] = [".sh", ".bat", ".ps1", ".py", ".nu"];

/// Reads one hook. `None` if a target switches it off.
///
/// # Errors
/// Keys and values that are not valid.
pub(super) fn read(name: &str, value: &Value) -> Result<Option<Hook>> {
    if ![BEFORE, AFTER].contains(&name) {
        return Err(InvalidOption {
            keys: vec!["hooks".to_string(), name.to_string()],
            part: EntryPart::Key,
            message: format!("there is no hook `{name}`"),
            help: match nearest(name, [BEFORE, AFTER]) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!(
                    "the hooks are `{BEFORE}` and `{AFTER}`; nothing runs when a package is installed"
                ),
            },
        });
    }
    let reader = Reader::new(&["hooks", name], value);
    if *value == Value::Bool(false) {
        return Ok(None);
    }
    reader.table(&["run", "inputs", "sources"])?;
    let Some(run) = reader.get("run") else {
        return Err(reader.wrong("does not say what to run", "write `run = [\"…\"]`"));
    };
    let run = match run.value() {
        Value::Array(_) => {
            let words = run.texts()?;
            if words.first().is_some_and(|word| !word.is_empty()) {
                HookCommand::Words(words)
            } else {
                return Err(run.wrong("names no command", "write `run = [\"…\"]`"));
            }
        }
        _ => {
            let file = run.path()?;
            if !ENDINGS.iter().any(|ending| file.ends_with(ending)) {
                return Err(run.wrong(
                    &format!("is `{file}`, which has no known interpreter"),
                    "a file ends in `.sh`, `.bat`, `.ps1`, `.py` or `.nu`; a command is an array, \
                     as in `[\"make\", \"docs\"]`",
                ));
            }
            HookCommand::File(file)
        }
    };
    let inputs = match reader.get("inputs") {
        Some(inputs) => inputs.texts()?,
        None => Vec::new(),
    };
    let edits_sources = match reader.get("sources") {
        None => false,
        Some(sources) if *sources.value() == Value::String(COPY.to_string()) => true,
        Some(sources) => {
            return Err(sources.wrong(
                "has a value other than `copy`",
                "write `sources = \"copy\"` to run the hook in a copy of the checkout, or remove \
                 it",
            ));
        }
    };
    Ok(Some(Hook {
        at: reader.at(),
        run,
        inputs,
        edits_sources,
    }))
}
