//! `install`: other files, by destination.

use serde_json::Value;

use super::reader::{Reader, Result, destination};
use crate::backend::extras::{FileSource, Installed};

/// Reads one destination. `None` if a target removes it.
///
/// # Errors
/// Keys and values that are not valid.
pub(super) fn read(to: &str, value: &Value) -> Result<Option<Installed>> {
    let at = ["install", to];
    destination(&at, to)?;
    let reader = Reader::new(&at, value);
    let (from, mode) = match value {
        Value::Bool(false) => return Ok(None),
        Value::String(_) => {
            let from = files(reader.path()?);
            (from, None)
        }
        _ => table(to, &reader)?,
    };
    Ok(Some(Installed {
        at: reader.at(),
        to: to.to_string(),
        from,
        mode,
    }))
}

fn files(from: String) -> FileSource {
    FileSource::Files {
        from,
        exclude: Vec::new(),
        template: false,
    }
}

fn table(to: &str, reader: &Reader<'_>) -> Result<(FileSource, Option<u32>)> {
    reader.table(&["from", "exclude", "template", "mode", "link", "content"])?;
    let kinds = ["from", "link", "content"].map(|key| reader.get(key));
    let mode = match reader.get("mode") {
        Some(mode) => Some(self::mode(&mode)?),
        None => None,
    };
    let from = match kinds {
        [Some(from), None, None] => {
            let from = from.path()?;
            let exclude = match reader.get("exclude") {
                Some(exclude) => exclude.texts()?,
                None => Vec::new(),
            };
            let template = match reader.get("template") {
                Some(template) => template.boolean()?,
                None => false,
            };
            FileSource::Files {
                from,
                exclude,
                template,
            }
        }
        [None, Some(link), None] => FileSource::Link(self::link(&link)?),
        [None, None, Some(content)] => FileSource::Content(content.text()?),
        _ => {
            return Err(reader.wrong(
                "must have exactly one source",
                "write one of `from = \"…\"`, `link = \"…\"` and `content = \"…\"`",
            ));
        }
    };
    let is_files = matches!(from, FileSource::Files { .. });
    for key in ["exclude", "template"] {
        if !is_files && let Some(value) = reader.get(key) {
            return Err(value.wrong("has no effect without `from`", "remove it"));
        }
    }
    if matches!(from, FileSource::Link(_))
        && let Some(value) = reader.get("mode")
    {
        return Err(value.wrong("has no effect on a link", "remove it"));
    }
    if !is_files && to.ends_with('/') {
        Err(reader.wrong(
            "is a directory and needs the name of the file",
            "add the name, or remove the `/` at the end of the destination",
        ))
    } else {
        Ok((from, mode))
    }
}

fn link(reader: &Reader<'_>) -> Result<String> {
    let target = reader.full_text()?;
    let absolute = target.starts_with('/') || std::path::Path::new(&target).is_absolute();
    if absolute {
        Err(reader.wrong(
            &format!("is `{target}`, which is outside of the package"),
            "links are relative to the directory that they are in",
        ))
    } else {
        Ok(target)
    }
}

fn mode(reader: &Reader<'_>) -> Result<u32> {
    let text = reader.text()?;
    let mode = u32::from_str_radix(&text, 8).ok();
    mode.filter(|mode| (1..=0o777).contains(mode))
        .ok_or_else(|| {
            reader.wrong(
                &format!("is `{text}`, which is not a file mode"),
                "write three octal digits, as in `755`",
            )
        })
}
