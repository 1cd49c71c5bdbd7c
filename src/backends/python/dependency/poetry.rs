//! Reads `[tool.poetry.dependencies]`, which Poetry used before it supported `[project]`.

use super::Entry;
use super::requirement::Requirement;
use crate::backends::python::project::Pyproject;
use crate::project::document::{Data, Value};

/// The entries of `[tool.poetry.dependencies]`, without those that are optional.
pub(super) fn entries(file: &Pyproject) -> Vec<Entry> {
    let table = file.table(&["tool", "poetry", "dependencies"]);
    let fields = table.map(|table| table.fields()).unwrap_or_default();
    let own = fields.into_iter().filter(|field| field.name != "python");
    own.filter_map(|field| {
        let text = format!("{}{}", field.name, versions(field.value)?);
        Some(Entry {
            requirement: Requirement::parse(&text).ok()?,
            text,
            at: Some(field.key_at),
        })
    })
    .collect()
}

/// The specifiers and the marker of a dependency. `None` for an optional dependency, and for a
/// string with alternatives.
fn versions(value: Value<'_>) -> Option<String> {
    let table = match value.read() {
        Data::Text(text) => return specifiers(text),
        Data::Table(table) => table,
        _ => return Some(String::new()),
    };
    let text = |key: &str| match table.get(key)?.value.read() {
        Data::Text(text) => Some(text.to_string()),
        _ => None,
    };
    if let Some(field) = table.get("optional")
        && matches!(field.value.read(), Data::Boolean(true))
    {
        return None;
    }
    let versions = text("version").and_then(|text| specifiers(&text));
    let marker = text("markers").map(|marker| format!("; {marker}"));
    Some(versions.unwrap_or_default() + &marker.unwrap_or_default())
}

/// Translates a constraint of Poetry to specifiers of PEP 440. Returns `None` for alternatives,
/// which PEP 440 cannot express, and for invalid versions.
pub(in super::super) fn specifiers(text: &str) -> Option<String> {
    if text.contains('|') {
        return None;
    }
    let clauses = text.split(',').map(str::trim);
    let clauses: Option<Vec<String>> = clauses
        .filter(|clause| !clause.is_empty() && *clause != "*")
        .map(clause)
        .collect();
    Some(clauses?.join(","))
}

fn clause(clause: &str) -> Option<String> {
    let numbers = |version: &str| -> Option<Vec<u64>> {
        version
            .split('.')
            .map(|number| number.parse().ok())
            .collect()
    };
    let joined = |numbers: &[u64]| {
        let texts: Vec<String> = numbers.iter().map(u64::to_string).collect();
        texts.join(".")
    };
    if let Some(version) = clause.strip_prefix('^') {
        let numbers = numbers(version.trim())?;
        let kept = numbers.iter().position(|number| *number != 0);
        let kept = kept.unwrap_or(numbers.len().saturating_sub(1));
        let mut above = numbers.get(..=kept)?.to_vec();
        *above.last_mut()? += 1;
        return Some(format!(">={},<{}", version.trim(), joined(&above)));
    }
    if let Some(version) = clause.strip_prefix('~')
        && !version.starts_with('=')
    {
        let numbers = numbers(version.trim())?;
        let mut above = numbers.get(..numbers.len().min(2))?.to_vec();
        *above.last_mut()? += 1;
        return Some(format!(">={},<{}", version.trim(), joined(&above)));
    }
    let bare = clause.starts_with(|c: char| c.is_ascii_digit());
    Some(if bare {
        format!("=={clause}")
    } else {
        clause.to_string()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carets_and_tildes_are_ranges() {
        for (poetry, pep440) in [
            ("^1.2.3", ">=1.2.3,<2"),
            ("^0.2.3", ">=0.2.3,<0.3"),
            ("^0.0.3", ">=0.0.3,<0.0.4"),
            ("~1.2.3", ">=1.2.3,<1.3"),
            ("~=1.2", "~=1.2"),
            (">=3.8,<4.0", ">=3.8,<4.0"),
            ("1.2.*", "==1.2.*"),
            ("*", ""),
        ] {
            assert_eq!(specifiers(poetry).as_deref(), Some(pep440), "{poetry}");
        }
        assert_eq!(specifiers("^1 || ^2"), None);
    }
}
