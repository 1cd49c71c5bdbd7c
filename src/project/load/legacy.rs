//! `[package.target.<selector>]`, the deprecated form of conditions.

use indexmap::IndexMap;
use indexmap::map::Entry;

use crate::project::document::{Data, Field};
use crate::project::load::mistake::dependency::SameCondition;
use crate::project::load::mistake::shape::InvalidManifestValue;
use crate::project::load::mistake::warning::{Deprecated, Replaced};
use crate::project::load::read::header;
use crate::project::load::selector::{self, Selector};
use crate::project::load::tables::{GROUP, TABLES};
use crate::project::load::targets::{Builder, new_target};
use crate::protocol::model::Target;

impl<'d> Builder<'_, 'd> {
    /// Converts `[package.target.<selector>]` to conditions.
    pub(crate) fn legacy(&mut self) {
        let Some(table) =
            (self.scope.package.get("target")).and_then(|field| field.value.table(self.findings))
        else {
            return;
        };
        let mut lowered = IndexMap::<String, Field<'d>>::new();
        for field in table.fields() {
            let Some(expression) = self.expression(&field) else {
                continue;
            };
            let Some(target) = self.legacy_target(&field) else {
                continue;
            };
            let file = table.document.file();
            self.findings.warn(Deprecated {
                old: field.value.key_path(),
                new: replacement(&field, &expression),
                file: file.clone(),
                at: field.key_at,
            });
            match self.conditional.entry(expression) {
                Entry::Vacant(entry) => {
                    lowered.insert(entry.key().clone(), field);
                    entry.insert((target, field.key_at));
                }
                Entry::Occupied(mut entry) => match lowered.get(entry.key()) {
                    Some(earlier) => {
                        self.findings.warn(Replaced {
                            later: field.value.key_path(),
                            earlier: earlier.value.key_path(),
                            file,
                            earlier_at: earlier.key_at,
                            later_at: field.key_at,
                        });
                        entry.get_mut().0 = target;
                    }
                    None => self.findings.mistake(SameCondition {
                        selector: field.name.to_owned(),
                        condition: entry.key().clone(),
                        file,
                        at: field.key_at,
                        condition_at: Some(entry.get().1),
                    }),
                },
            }
        }
    }

    fn expression(&mut self, field: &Field<'d>) -> Option<String> {
        let help = match Selector::parse(field.name) {
            Ok(Selector::Pattern(_)) => {
                "use a condition: `[package.<table>.\"if(<expression>)\"]`".to_owned()
            }
            Ok(selector) => return Some(selector.expression()),
            Err(_) if field.name.contains('(') => {
                format!(
                    "a condition goes inside: `[package.<table>.\"{}\"]`",
                    field.name
                )
            }
            Err(help) => help,
        };
        selector::refuse(field, help, self.findings);
        None
    }

    fn legacy_target(&mut self, field: &Field<'d>) -> Option<Target> {
        let table = field.value.table(self.findings)?;
        let keys: Vec<_> = (TABLES.iter().chain([&GROUP]))
            .map(|kind| kind.key)
            .collect();
        table.only(&keys, self.findings);
        let mut inner = Builder {
            scope: self.scope,
            own_name: self.own_name,
            default: new_target(),
            conditional: IndexMap::new(),
            findings: &mut *self.findings,
        };
        inner.tables(table);
        inner.extras(table);
        let Builder {
            default,
            conditional,
            findings,
            ..
        } = inner;
        for (expression, (_, at)) in conditional {
            findings.mistake(InvalidManifestValue {
                key: format!("if({expression})"),
                place: "below `[package.target]`".to_owned(),
                help: "write one condition instead of the target".to_owned(),
                file: table.document.file(),
                at,
            });
        }
        Some(default)
    }
}

/// The headers of the current form.
fn replacement(field: &Field<'_>, expression: &str) -> String {
    let Data::Table(table) = field.value.read() else {
        return String::new();
    };
    let document = field.value.document;
    let headers = table.fields().into_iter().flat_map(|inner| {
        let groups = match (inner.name, inner.value.read()) {
            ("extra-dependencies", Data::Table(groups)) => groups.fields(),
            _ => return vec![inner.name.to_owned()],
        };
        let path = |group: &Field<'_>| format!("{}.{}", inner.name, group.name);
        groups.iter().map(path).collect()
    });
    headers
        .map(|path| header(document, &format!("package.{path}.\"if({expression})\"")))
        .collect::<Vec<_>>()
        .join("`, `")
}
