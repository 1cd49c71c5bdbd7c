//! `[package.build.config]` and `[package.build.target.<selector>.config]` as JSON.
//!
//! The backend defines the meaning of the options.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use indexmap::map::Entry;
use serde_json::Value as Json;

use crate::project::document::{Data, Field, Table, Value};
use crate::project::load::mistake::Diagnostics;
use crate::project::load::mistake::shape::Conflict;
use crate::project::load::mistake::warning::{Deprecated, NeverApplies, OldTargets, Replaced};
use crate::project::load::selector::{self, Selector, suggestion};

/// The base configuration; `None` if it is missing.
pub(crate) fn base(build: &Table<'_>, findings: &mut Diagnostics) -> Option<Json> {
    let field = config_field(build, findings)?;
    if let Data::Table(table) = field.value.read() {
        let old = ["targets", "target"].iter();
        let old = old.filter_map(|key| table.get(key));
        // A list is an option of a backend.
        for old in old.filter(|old| matches!(old.value.read(), Data::Table(_))) {
            findings.warn(OldTargets {
                key: old.value.key_path(),
                file: build.document.file(),
                at: old.key_at,
            });
        }
    }
    json(field.value, findings)
}

/// The configuration of each selector, in the order of the file; `None` if no target has
/// one.
pub(crate) fn targets(
    build: &Table<'_>,
    findings: &mut Diagnostics,
) -> Option<IndexMap<String, Json>> {
    let mut configs = IndexMap::<String, (Field<'_>, Option<Json>)>::new();
    for field in build.get("target")?.value.table(findings)?.fields() {
        let Some(key) = wire_selector(&field, findings) else {
            continue;
        };
        let Some(target) = field.value.table(findings) else {
            continue;
        };
        let help = format!("options go into `[{}.config]`", field.value.key_path());
        target.only_or(&["config", "configuration"], &help, findings);
        let Some(config) = config_field(&target, findings) else {
            continue;
        };
        let config = json(config.value, findings);
        match configs.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert((field, config));
            }
            // pixi reads both into one key, so the later one replaces the earlier one in
            // its place.
            Entry::Occupied(mut entry) => {
                let (earlier, _) = entry.insert((field, config));
                findings.warn(Replaced {
                    later: field.value.key_path(),
                    earlier: earlier.value.key_path(),
                    file: build.document.file(),
                    earlier_at: earlier.key_at,
                    later_at: field.key_at,
                });
            }
        }
    }
    let configs: IndexMap<_, _> = (configs.into_iter())
        .filter_map(|(key, (_, config))| Some((key, config?)))
        .collect();
    (!configs.is_empty()).then_some(configs)
}

fn wire_selector(field: &Field<'_>, findings: &mut Diagnostics) -> Option<String> {
    let document = field.value.document;
    let parsed = match Selector::parse(field.name) {
        Ok(Selector::Pattern(_)) => {
            Err("name each platform, or a family such as `linux`".to_owned())
        }
        other => other,
    };
    match parsed {
        Ok(selector) => {
            if let Selector::Name(name) = &selector {
                findings.warn(NeverApplies {
                    selector: name.clone(),
                    help: suggestion(name),
                    file: document.file(),
                    at: field.key_at,
                });
            }
            Some(selector.wire().to_owned())
        }
        Err(help) => {
            selector::refuse(field, help, findings);
            None
        }
    }
}

/// `config`, also under its old name.
fn config_field<'d>(table: &Table<'d>, findings: &mut Diagnostics) -> Option<Field<'d>> {
    let (new, old) = (table.get("config"), table.get("configuration"));
    let Some(old) = old else {
        return new;
    };
    if let Some(new) = new {
        findings.mistake(Conflict {
            first: "config".to_owned(),
            second: "configuration".to_owned(),
            help: "`configuration` is the old name of `config`; put everything into `config`"
                .to_owned(),
            file: table.document.file(),
            first_at: new.key_at,
            second_at: Some(old.key_at),
        });
        return None;
    }
    findings.warn(Deprecated {
        old: "configuration".to_owned(),
        new: "config".to_owned(),
        file: table.document.file(),
        at: old.key_at,
    });
    Some(old)
}

/// Converts the value to JSON. Keys are sorted, and `nan` and `inf` are errors, because
/// JSON does not have them.
fn json(value: Value<'_>, findings: &mut Diagnostics) -> Option<Json> {
    Some(match value.read() {
        Data::Text(text) => Json::from(text),
        Data::Integer(number) => Json::from(number),
        Data::Float(number) => Json::from(number),
        Data::Boolean(flag) => Json::from(flag),
        Data::Date => return value.not("a string", &Data::Date, findings),
        Data::List(list) => {
            let list: Vec<_> = list.into_iter().map(|one| json(one, findings)).collect();
            Json::Array(list.into_iter().collect::<Option<_>>()?)
        }
        Data::Table(table) => {
            let fields: Vec<_> = (table.fields().into_iter())
                .map(|field| Some((field.name.to_owned(), json(field.value, findings)?)))
                .collect();
            // Sorted here, because the order in serde_json depends on its features.
            let sorted: BTreeMap<_, _> = fields.into_iter().collect::<Option<_>>()?;
            Json::Object(sorted.into_iter().collect())
        }
    })
}
