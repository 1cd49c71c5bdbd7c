//! Reads the tables `dependencies` and `extras` of `[tool.poetry]`, which Poetry used before it supported `[project]`.
//!
//! Each entry is rewritten in the syntax of PEP 508, so that its conditions and places count like
//! those in `[project]`.

mod constraint;

use super::Entry;
use super::requirement::{Requirement, normalized};
use crate::backends::python::project::Pyproject;
use crate::project::document::{Data, Field, Table, Value};
use constraint::{alternatives_of, clauses};

pub(in super::super) use constraint::loosest;

/// The entries of the table, and messages about everything that is lost.
#[derive(Debug, Default)]
pub(super) struct Entries {
    pub(super) entries: Vec<Entry>,
    pub(super) lost: Vec<String>,
}

/// Reads `[tool.poetry.dependencies]`, except for the dependencies that are optional.
pub(super) fn entries(file: &Pyproject) -> Entries {
    read(file, |_, is_optional| !is_optional)
}

/// Reads `[tool.poetry.extras]`. A group names entries of `[tool.poetry.dependencies]`.
pub(super) fn groups(file: &Pyproject) -> Vec<(String, Entries)> {
    let table = file.table(&["tool", "poetry", "extras"]);
    let groups = table.map(|table| table.fields()).unwrap_or_default();
    let groups = groups.into_iter().map(|group| {
        let names = file.texts(&["tool", "poetry", "extras", group.name]);
        let names: Vec<String> = names.iter().map(|name| normalized(name.text)).collect();
        let entries = read(file, |name, _| names.contains(&normalized(name)));
        (group.name.to_string(), entries)
    });
    groups.collect()
}

/// Reads the dependencies that count. `counts` receives the name of one, and whether it is
/// optional.
fn read(file: &Pyproject, counts: impl Fn(&str, bool) -> bool) -> Entries {
    let table = file.table(&["tool", "poetry", "dependencies"]);
    let fields = table.map(|table| table.fields()).unwrap_or_default();
    let mut read = Entries::default();
    for field in fields.into_iter().filter(|field| field.name != "python") {
        // One entry for each version of Python, for example.
        let values = match field.value.read() {
            Data::List(values) => values,
            _ => vec![field.value],
        };
        for value in values {
            if counts(field.name, is_optional(value)) {
                read.add(&field, value);
            }
        }
    }
    read
}

impl Entries {
    fn add(&mut self, field: &Field<'_>, value: Value<'_>) {
        let name = field.name;
        let mut lost = |what: String| {
            self.lost
                .push(format!("`{name}` in `[tool.poetry.dependencies]`: {what}"));
        };
        let text = match value.read() {
            Data::Text(text) => format!("{name}{}", loosest(text, &mut lost)),
            Data::Table(table) => written(name, table, &mut lost),
            _ => {
                lost("neither a version nor a table, so any version is used".to_string());
                name.to_string()
            }
        };
        match Requirement::parse(&text) {
            Ok(requirement) => self.entries.push(Entry {
                requirement,
                text,
                at: Some(field.key_at),
            }),
            Err(reason) => lost(format!("it is left out: {reason}")),
        }
    }
}

fn is_optional(value: Value<'_>) -> bool {
    let Data::Table(table) = value.read() else {
        return false;
    };
    let optional = table.get("optional").map(|field| field.value.read());
    matches!(optional, Some(Data::Boolean(true)))
}

/// A dependency on `name` in the syntax of PEP 508.
fn written(name: &str, table: Table<'_>, lost: &mut impl FnMut(String)) -> String {
    let text = |key: &str| match table.get(key)?.value.read() {
        Data::Text(text) => Some(text),
        _ => None,
    };
    let mut written = name.to_string();
    if let Some(field) = table.get("extras")
        && let Data::List(extras) = field.value.read()
    {
        let extras = extras.into_iter().filter_map(|extra| match extra.read() {
            Data::Text(extra) => Some(extra),
            _ => None,
        });
        written.push_str(&format!("[{}]", extras.collect::<Vec<_>>().join(",")));
    }
    let place = ["git", "path", "url", "file"].into_iter().find_map(text);
    if let Some(place) = place {
        written.push_str(&format!(" @ {place}"));
    } else if let Some(version) = text("version") {
        written.push_str(&loosest(version, lost));
    }
    let mut conditions: Vec<String> = Vec::new();
    for (key, marker) in [
        (
            "markers",
            text("markers").map(|marker| Some(marker.to_string())),
        ),
        ("python", text("python").map(python_marker)),
        ("platform", text("platform").map(platform_marker)),
    ] {
        let Some(field) = table.get(key) else {
            continue;
        };
        match marker.flatten() {
            Some(marker) if is_marker(&marker) => conditions.push(marker),
            Some(marker) if marker.is_empty() => {}
            _ => {
                let value = match field.value.read() {
                    Data::Text(text) => format!("`{key} = \"{text}\"`"),
                    _ => format!("`{key}`"),
                };
                lost(format!("the condition {value} is ignored"));
            }
        }
    }
    match conditions.as_slice() {
        [] => {}
        [one] => written.push_str(&format!(" ; {one}")),
        _ => written.push_str(&format!(" ; ({})", conditions.join(") and ("))),
    }
    written
}

fn is_marker(text: &str) -> bool {
    !text.is_empty() && Requirement::parse(&format!("x ; {text}")).is_ok()
}

/// The marker for a constraint on the version of Python. Empty if every version satisfies it.
fn python_marker(constraint: &str) -> Option<String> {
    let mut alternatives = Vec::new();
    for alternative in alternatives_of(constraint) {
        let clauses = clauses(alternative).ok()?;
        if clauses.is_empty() {
            return Some(String::new());
        }
        let conditions = clauses.iter().map(|clause| {
            let at = clause.find(|c: char| c.is_ascii_digit())?;
            let (operator, version) = clause.split_at(at);
            // `python_version` is a version of two numbers, such as `3.12`.
            let variable = match version.matches('.').count() {
                0 | 1 => "python_version",
                _ => "python_full_version",
            };
            Some(format!("{variable} {operator} '{version}'"))
        });
        alternatives.push(conditions.collect::<Option<Vec<_>>>()?.join(" and "));
    }
    Some(alternatives.join(" or "))
}

/// The marker for a constraint on `sys.platform`, such as `win32` or `!=win32`.
fn platform_marker(constraint: &str) -> Option<String> {
    let alternatives = alternatives_of(constraint).map(|alternative| {
        let clauses = alternative.split(',').map(str::trim);
        let conditions = clauses.map(|clause| {
            let (operator, value) = match clause.strip_prefix("!=") {
                Some(value) => ("!=", value),
                None => ("==", clause.trim_start_matches('=')),
            };
            let value = value.trim();
            let is_plain = !value.is_empty() && !value.contains(['\'', '"', ' ', '*']);
            is_plain.then(|| format!("sys_platform {operator} '{value}'"))
        });
        Some(conditions.collect::<Option<Vec<_>>>()?.join(" and "))
    });
    Some(alternatives.collect::<Option<Vec<_>>>()?.join(" or "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_conditions_and_places() {
        let text = r#"
[tool.poetry.dependencies]
python = "^3.9"
plain = ">=7 <9"
win = { version = "*", platform = "win32" }
old = { version = "^1", python = "<3.8 || >=3.12.1", markers = "os_name == 'nt' or extra == 'x'" }
many = [ { version = "^1", python = "<3.10" }, { version = "^2", python = "^3.10" } ]
extra = { version = "^1", extras = ["a", "b"] }
near = { path = "../near", develop = true }
far = { git = "https://h.example/far.git", platform = "!=win32" }
left = { version = "^1", optional = true }
odd = { version = "oops", python = "later" }
number = 1
"#;
        let file = Pyproject::parse("pyproject.toml".into(), text.to_string()).expect("TOML");
        let read = entries(&file);
        let texts: Vec<&str> = read
            .entries
            .iter()
            .map(|entry| entry.text.as_str())
            .collect();
        insta::assert_snapshot!(texts.join("\n"), @r#"
        plain>=7,<9
        win ; sys_platform == 'win32'
        old>=1,<2 ; (os_name == 'nt' or extra == 'x') and (python_version < '3.8' or python_full_version >= '3.12.1')
        many>=1,<2 ; python_version < '3.10'
        many>=2,<3 ; python_version >= '3.10' and python_version < '4'
        extra[a,b]>=1,<2
        near @ ../near
        far @ https://h.example/far.git ; sys_platform != 'win32'
        odd
        number
        "#);
        insta::assert_snapshot!(read.lost.join("\n"), @r#"
        `odd` in `[tool.poetry.dependencies]`: `oops` is not a version that conda can compare, so any version is used
        `odd` in `[tool.poetry.dependencies]`: the condition `python = "later"` is ignored
        `number` in `[tool.poetry.dependencies]`: neither a version nor a table, so any version is used
        "#);
    }
}
