//! `pyproject.toml`: the parsed file, in which every value has its place.
//!
//! The type of a value is checked when the value is used. An invalid value in the table of
//! another tool is therefore not an error.

use std::path::{Path, PathBuf};

use miette::{Report, SourceSpan};

use crate::diagnostic::{SourceFile, read_text};
use crate::project::document::{Data, Document, Table, Value};

/// The name of the file.
pub(in super::super) const NAME: &str = "pyproject.toml";

/// A `pyproject.toml`.
#[derive(Debug)]
pub(in super::super) struct Pyproject {
    document: Document,
    /// `hatch.toml`, whose tables replace those below `[tool.hatch]`.
    hatch: Option<Document>,
}

/// The file with settings of hatch.
pub(in super::super) const HATCH: &str = "hatch.toml";

/// A string with its place in the file.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Text<'a> {
    pub(in super::super) text: &'a str,
    pub(in super::super) at: SourceSpan,
}

impl Pyproject {
    /// Reads the file in `folder`. Returns `None` if it does not exist.
    ///
    /// # Errors
    /// A file that cannot be read, or is not TOML.
    pub(in super::super) fn read(folder: &Path) -> Result<Option<Self>, Report> {
        let path = folder.join(NAME);
        if !path.is_file() {
            return Ok(None);
        }
        let text = read_text(&path)?;
        let mut file = Self::parse(path, text)?;
        let hatch = folder.join(HATCH);
        let is_hatch = file
            .text(&["build-system", "build-backend"])
            .is_some_and(|backend| backend.text.starts_with("hatchling"));
        if is_hatch && hatch.is_file() {
            let text = read_text(&hatch)?;
            file.hatch = Some(parsed(hatch, text)?);
        }
        Ok(Some(file))
    }

    /// Parses `text`, the content of the file at `path`.
    ///
    /// # Errors
    /// Text that is not TOML.
    pub(in super::super) fn parse(path: PathBuf, text: String) -> Result<Self, Report> {
        Ok(Self {
            document: parsed(path, text)?,
            hatch: None,
        })
    }

    /// The file and its content, for the labels of diagnostics.
    pub(in super::super) fn file(&self) -> SourceFile {
        self.document.file()
    }

    /// The number of the line that contains a place, counted from one.
    pub(in super::super) fn line(&self, at: SourceSpan) -> usize {
        let text = self.document.text();
        let before = &text.as_bytes()[..at.offset().min(text.len())];
        before.iter().filter(|byte| **byte == b'\n').count() + 1
    }

    /// The value at the path `keys`.
    pub(in super::super) fn value(&self, keys: &[&str]) -> Option<Value<'_>> {
        if let (Some(hatch), ["tool", "hatch", keys @ ..]) = (&self.hatch, keys)
            && let [table, ..] = keys
            && hatch.root().get(table).is_some()
        {
            return below(hatch.root(), keys);
        }
        below(self.document.root(), keys)
    }

    /// The string at the path `keys`.
    pub(in super::super) fn text(&self, keys: &[&str]) -> Option<Text<'_>> {
        text(self.value(keys)?)
    }

    /// The strings in the list at the path `keys`. A string counts as a list with one element.
    pub(in super::super) fn texts(&self, keys: &[&str]) -> Vec<Text<'_>> {
        let Some(value) = self.value(keys) else {
            return Vec::new();
        };
        match value.read() {
            Data::List(values) => values.into_iter().filter_map(text).collect(),
            _ => text(value).into_iter().collect(),
        }
    }

    /// The boolean at the path `keys`.
    pub(in super::super) fn flag(&self, keys: &[&str]) -> Option<bool> {
        flag(self.value(keys)?)
    }

    /// The booleans at the path `keys` in the tables of the array at the path `array`.
    pub(in super::super) fn flags_in(&self, array: &[&str], keys: &[&str]) -> Vec<bool> {
        let tables = match self.value(array).map(Value::read) {
            Some(Data::List(tables)) => tables,
            _ => Vec::new(),
        };
        let flags = tables.into_iter().filter_map(|table| match table.read() {
            Data::Table(table) => flag(below(table, keys)?),
            _ => None,
        });
        flags.collect()
    }

    /// The table at the path `keys`.
    pub(in super::super) fn table(&self, keys: &[&str]) -> Option<Table<'_>> {
        match self.value(keys)?.read() {
            Data::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The keys and values of the table at the path `keys`. Values that are not strings are
    /// left out.
    pub(in super::super) fn pairs(&self, keys: &[&str]) -> Vec<(&str, Text<'_>)> {
        let fields = self.table(keys).map(|table| table.fields());
        let fields = fields.into_iter().flatten();
        fields
            .filter_map(|field| Some((field.name, text(field.value)?)))
            .collect()
    }

    /// Whether `[project] dynamic` names `field`.
    pub(in super::super) fn is_dynamic(&self, field: &str) -> bool {
        let dynamic = self.texts(&["project", "dynamic"]);
        dynamic.iter().any(|name| name.text == field)
    }
}

fn parsed(path: PathBuf, text: String) -> Result<Document, Report> {
    let shown = path.display().to_string();
    Document::parse(path, &shown, text).map_err(|syntax| Report::new(*syntax))
}

/// The value at the path `keys` in a table.
fn below<'d>(mut table: Table<'d>, keys: &[&str]) -> Option<Value<'d>> {
    let (last, tables) = keys.split_last()?;
    for key in tables {
        table = match table.get(key)?.value.read() {
            Data::Table(below) => below,
            _ => return None,
        };
    }
    Some(table.get(last)?.value)
}

fn flag(value: Value<'_>) -> Option<bool> {
    match value.read() {
        Data::Boolean(flag) => Some(flag),
        _ => None,
    }
}

fn text(value: Value<'_>) -> Option<Text<'_>> {
    let at = value.at;
    match value.read() {
        Data::Text(text) => Some(Text { text, at }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_with_their_places() {
        let text = "[project]\nname = \"a\"\ndynamic = [\"version\"]\n\n[tool.x]\nflag = true\n";
        let file = Pyproject::parse("/w/pyproject.toml".into(), text.to_string()).expect("TOML");
        let name = file.text(&["project", "name"]).expect("it is there");
        assert_eq!((name.text, file.line(name.at)), ("a", 2));
        assert!(file.is_dynamic("version") && !file.is_dynamic("scripts"));
        assert_eq!(file.flag(&["tool", "x", "flag"]), Some(true));
        assert!(file.text(&["project", "name", "first"]).is_none());
        assert!(file.texts(&["project", "name"]).len() == 1);
    }
}
