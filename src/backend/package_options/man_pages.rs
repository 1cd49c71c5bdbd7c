//! `man-pages`: existing files, the output of a program, or the files that it writes.

use serde_json::Value;

use super::completions::writes_files;
use super::reader::{Reader, Result};
use crate::backend::extras::{ManPage, PageSource, Run, section};

/// Reads one element of the list.
///
/// # Errors
/// Keys and values that are not valid.
pub(super) fn read(index: usize, value: &Value) -> Result<ManPage> {
    let index = index.to_string();
    let reader = Reader::new(&["man-pages", &index], value);
    let from = match value {
        Value::String(_) => {
            let path = reader.path()?;
            let wild = path.contains(['*', '?', '[']);
            if !wild && section(&path).is_none() {
                return Err(no_section(&reader, &path));
            }
            PageSource::File { path, name: None }
        }
        Value::Object(table) if table.contains_key("file") => {
            reader.table(&["file", "name"])?;
            let path = reader.get("file").expect("it is there").path()?;
            let name = match reader.get("name") {
                Some(name) => Some(page_name(&name)?),
                None => None,
            };
            PageSource::File { path, name }
        }
        _ => program(&reader)?,
    };
    Ok(ManPage {
        at: reader.at(),
        from,
    })
}

fn program(reader: &Reader<'_>) -> Result<PageSource> {
    const KEYS: [&str; 6] = ["args", "env", "name", "program", "output", "file"];
    reader.table(&KEYS)?;
    let Some(args) = reader.get("args") else {
        return Err(reader.wrong(
            "says neither where the page is nor how it is made",
            "write `file = \"…\"`, or `args = [\"…\"]` and `name = \"….1\"` for what a program prints",
        ));
    };
    let args = args.texts()?;
    let env = match reader.get("env") {
        Some(env) => env.variables()?,
        None => Vec::new(),
    };
    let name = match reader.get("name") {
        Some(name) => Some(page_name(&name)?),
        None => None,
    };
    let stem = name
        .as_deref()
        .map(|name| name.split('.').next().unwrap_or_default());
    let program = match (reader.get("program"), stem) {
        (Some(program), _) => program.name()?,
        (None, Some(stem)) => stem.to_string(),
        (None, None) => {
            return Err(reader.wrong("does not name the program", "write `program = \"…\"`"));
        }
    };
    let run = Run { program, args, env };
    match (writes_files(reader)?, name) {
        (true, _) => Ok(PageSource::Written(run)),
        (false, Some(name)) => Ok(PageSource::Printed { run, name }),
        (false, None) => Err(reader.wrong(
            "does not say what the page is called",
            "write `name = \"….1\"`, or `output = \"files\"` for a program that writes files",
        )),
    }
}

fn page_name(reader: &Reader<'_>) -> Result<String> {
    let name = reader.name()?;
    match section(&name) {
        Some(_) => Ok(name),
        None => Err(no_section(reader, &name)),
    }
}

fn no_section(reader: &Reader<'_>, path: &str) -> crate::project::config::InvalidOption {
    reader.wrong(
        &format!("is `{path}`, whose extension is not a section of the manual"),
        "the name of a page ends in its section, as in `name.1` or `name.5.gz`; `name = \
         \"name.1\"` beside `file` renames one",
    )
}
