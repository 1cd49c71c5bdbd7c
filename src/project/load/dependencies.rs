//! One dependency table: its entries and its conditions.

use std::collections::HashMap;
use std::str::FromStr;

use indexmap::IndexMap;
use miette::SourceSpan;
use rattler_conda_types::PackageName;

use crate::project::document::{Field, Table, Value};
use crate::project::load::mistake::Diagnostics;
use crate::project::load::mistake::dependency::{BadCondition, NestedCondition, SameName};
use crate::project::load::mistake::shape::Invalid;
use crate::project::load::mistake::warning::Replaced;
use crate::project::load::spec_reader::SpecReader;
use crate::protocol::model::DependencyTable;

/// Entries with the same condition.
#[derive(Debug)]
pub(crate) struct Group {
    /// The expression without `if()`, and the place of its key; `None` if the entries are
    /// unconditional.
    pub condition: Option<(String, SourceSpan)>,
    /// The entries in the order of the file.
    pub entries: DependencyTable,
}

impl<'d> SpecReader<'_, 'd> {
    /// Splits a table into unconditional entries and conditions.
    pub(super) fn groups(&mut self, value: Value<'d>) -> Vec<Group> {
        let Some(table) = value.table(self.findings) else {
            return Vec::new();
        };
        let (conditions, plain): (Vec<_>, Vec<_>) =
            (table.fields().into_iter()).partition(|field| field.name.contains('('));
        let mut groups = vec![Group {
            condition: None,
            entries: self.entries(&plain),
        }];
        let mut seen = IndexMap::<String, (Field<'_>, DependencyTable)>::new();
        for field in conditions {
            let Some(expression) = expression(&field, self.findings) else {
                continue;
            };
            let Some(table) = field.value.table(self.findings) else {
                continue;
            };
            let entries = self.conditional(&table, &expression);
            // The later table replaces the earlier one, in its place.
            if let Some((earlier, _)) = seen.insert(expression, (field, entries)) {
                self.findings.warn(Replaced {
                    later: field.name.to_owned(),
                    earlier: earlier.name.to_owned(),
                    file: table.document.file(),
                    earlier_at: earlier.key_at,
                    later_at: field.key_at,
                });
            }
        }
        groups.extend(
            seen.into_iter()
                .map(|(expression, (field, entries))| Group {
                    condition: Some((expression, field.key_at)),
                    entries,
                }),
        );
        groups
    }

    fn conditional(&mut self, table: &Table<'d>, outer: &str) -> DependencyTable {
        let (nested, plain): (Vec<_>, Vec<_>) =
            (table.fields().into_iter()).partition(|field| field.name.contains('('));
        for field in nested {
            if let Some(inner) = expression(&field, self.findings) {
                self.findings.mistake(NestedCondition {
                    outer: outer.to_owned(),
                    inner,
                    file: table.document.file(),
                    at: field.key_at,
                });
            }
        }
        self.entries(&plain)
    }

    fn entries(&mut self, fields: &[Field<'d>]) -> DependencyTable {
        let mut entries = DependencyTable::new();
        let mut known = HashMap::<String, &Field<'_>>::new();
        for field in fields {
            let file = || field.value.document.file();
            if field.name.is_empty() || PackageName::from_str(field.name).is_err() {
                self.findings.mistake(Invalid {
                    text: field.name.to_owned(),
                    what: "a package name",
                    reason: "letters, digits, `-`, `_` and `.` only".to_owned(),
                    help: None,
                    file: file(),
                    at: field.key_at,
                });
                continue;
            }
            if let Some(first) = known.insert(field.name.to_ascii_lowercase(), field) {
                self.findings.mistake(SameName {
                    what: "package",
                    first: first.name.to_owned(),
                    second: field.name.to_owned(),
                    file: file(),
                    first_at: first.key_at,
                    second_at: field.key_at,
                });
            }
            if let Some(spec) = self.read(field) {
                entries.insert(field.name.to_owned(), spec);
            }
        }
        entries
    }
}

/// The expression inside `if(…)`.
fn expression(field: &Field<'_>, findings: &mut Diagnostics) -> Option<String> {
    let inner = (field.name.strip_prefix("if(")).and_then(|rest| rest.strip_suffix(')'));
    let help = match inner.map(str::trim) {
        Some("") => "write an expression between the parentheses, such as `unix`".to_owned(),
        Some(inner) if is_balanced(inner) => return Some(inner.to_owned()),
        Some(_) => "the parenthesis of `if(` must be closed at the very end".to_owned(),
        None => {
            let start = field.name.find('(').unwrap_or_default();
            let rest = field.name[start..].trim_end();
            match field.name[..start].trim() {
                "if" | "" if rest.ends_with(')') => format!("write `\"if{rest}\"`"),
                "if" | "" => "nothing may follow the closing parenthesis".to_owned(),
                _ => "a package name has no parenthesis; a condition begins with `if(`".to_owned(),
            }
        }
    };
    findings.mistake(BadCondition {
        key: field.name.to_owned(),
        help,
        file: field.value.document.file(),
        at: field.key_at,
    });
    None
}

/// Whether the parentheses outside of quotes are balanced, so that the last one closes
/// the condition.
fn is_balanced(expression: &str) -> bool {
    let mut depth = 0_i32;
    let mut quote = None;
    for c in expression.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            (None, _) => {}
        }
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}
