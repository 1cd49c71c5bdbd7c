//! Defaults from other tables of `pyproject.toml`: `[project]`, then `[tool.poetry]`.

use std::str::FromStr;

use rattler_conda_types::Version;

use crate::project::document::{Data, Document, ManifestKind, Table, Value};

/// Values for fields that are missing in pixi's own tables. Invalid values are ignored,
/// because other tools read these tables and report them.
#[derive(Debug, Default)]
pub(crate) struct Defaults {
    /// `[project] name`.
    pub name: Option<String>,
    /// The version, if it is a conda version.
    pub version: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// `name <email>`, or only one of both.
    pub authors: Option<Vec<String>>,
}

impl Defaults {
    /// The defaults of a document. There are none outside of `pyproject.toml`.
    pub(super) fn of(document: &Document) -> Self {
        if document.kind() != ManifestKind::Pyproject {
            return Self::default();
        }
        let project = table(document.root(), "project");
        let poetry = table(document.root(), "tool").and_then(|tool| table(tool, "poetry"));
        let either = |key: &str| {
            let value = |table: Option<Table<'_>>| text(table?.get(key)?.value);
            value(project).or_else(|| value(poetry))
        };
        Self {
            name: project.and_then(|project| text(project.get("name")?.value)),
            version: either("version").and_then(|version| {
                let version = Version::from_str(&version).ok()?;
                Some(version.to_string())
            }),
            description: either("description"),
            authors: authors(project).or_else(|| authors(poetry)),
        }
    }
}

fn table<'d>(parent: Table<'d>, name: &str) -> Option<Table<'d>> {
    match parent.get(name)?.value.read() {
        Data::Table(table) => Some(table),
        _ => None,
    }
}

fn text(value: Value<'_>) -> Option<String> {
    match value.read() {
        Data::Text(text) => Some(text.to_owned()),
        _ => None,
    }
}

fn authors(table: Option<Table<'_>>) -> Option<Vec<String>> {
    let Data::List(list) = table?.get("authors")?.value.read() else {
        return None;
    };
    Some(list.into_iter().filter_map(author).collect())
}

fn author(value: Value<'_>) -> Option<String> {
    let Data::Table(table) = value.read() else {
        return text(value);
    };
    let part = |key: &str| text(table.get(key)?.value);
    match (part("name"), part("email")) {
        (Some(name), Some(email)) => Some(format!("{name} <{email}>")),
        (name, email) => name.or(email),
    }
}
