//! The dependency tables of `[package]` as targets: an unconditional one, and one for
//! each condition.
//!
//! Conditions are listed table by table in pixi's order, which is not that of the file.

use indexmap::IndexMap;
use miette::SourceSpan;

use crate::project::document::{Data, Field, Table, Value};
use crate::project::load::ManifestScope;
use crate::project::load::dependencies::Group;
use crate::project::load::mistake::Diagnostics;
use crate::project::load::mistake::shape::Invalid;
use crate::project::load::spec_reader::SpecReader;
use crate::project::load::tables::{BUCKETS, GROUP, TABLES, TableKind};
use crate::protocol::model::{DependencyTable, Target, Targets};

/// Reads all tables. `own_name` is the name of the package, if the manifest contains it.
pub(crate) fn read(
    scope: &ManifestScope<'_>,
    own_name: Option<&str>,
    findings: &mut Diagnostics,
) -> Targets {
    let mut targets = Builder {
        scope,
        own_name,
        default: new_target(),
        conditional: IndexMap::new(),
        findings,
    };
    targets.tables(scope.package);
    targets.exports(scope.package);
    targets.extras(scope.package);
    targets.legacy();
    let conditional: IndexMap<_, _> = (targets.conditional.into_iter())
        .map(|(expression, (target, _))| (expression, target))
        .collect();
    Targets {
        default_target: Some(targets.default),
        conditional: (!conditional.is_empty()).then_some(conditional),
        targets: None,
    }
}

/// The form in which pixi sends an empty target.
pub(crate) fn new_target() -> Target {
    Target {
        host_dependencies: Some(DependencyTable::new()),
        build_dependencies: Some(DependencyTable::new()),
        run_dependencies: Some(DependencyTable::new()),
        run_constraints: Some(DependencyTable::new()),
        extra_dependencies: None,
        run_exports: None,
    }
}

/// Sorts dependencies into targets.
pub(crate) struct Builder<'a, 'd> {
    pub scope: &'a ManifestScope<'d>,
    pub own_name: Option<&'a str>,
    pub default: Target,
    /// Each condition with the place of its first appearance.
    pub conditional: IndexMap<String, (Target, SourceSpan)>,
    pub findings: &'a mut Diagnostics,
}

impl<'d> Builder<'_, 'd> {
    pub(super) fn tables(&mut self, package: Table<'d>) {
        for kind in TABLES {
            if let Some(field) = package.get(kind.key) {
                self.groups(field.value, kind, |target| match kind.key {
                    "run-dependencies" => target.run_dependencies.get_or_insert_default(),
                    "run-constraints" => target.run_constraints.get_or_insert_default(),
                    "host-dependencies" => target.host_dependencies.get_or_insert_default(),
                    _ => target.build_dependencies.get_or_insert_default(),
                });
            }
        }
    }

    fn exports(&mut self, package: Table<'d>) {
        let Some(field) = package.get("run-exports") else {
            return;
        };
        let Data::Table(exports) = field.value.read() else {
            let help = "say how they are exported: `[package.run-exports.weak]`, or another bucket";
            field
                .value
                .wrong_type::<()>("a table", Some(help.to_owned()), self.findings);
            return;
        };
        exports.only(&BUCKETS.map(|bucket| bucket.key), self.findings);
        for kind in BUCKETS {
            if let Some(field) = exports.get(kind.key) {
                self.groups(field.value, kind, |target| {
                    let exports = target.run_exports.get_or_insert_default();
                    let bucket = match kind.key {
                        "noarch" => &mut exports.noarch,
                        "strong" => &mut exports.strong,
                        "weak" => &mut exports.weak,
                        "strong-constraints" => &mut exports.strong_constraints,
                        _ => &mut exports.weak_constraints,
                    };
                    bucket.get_or_insert_default()
                });
            }
        }
    }

    pub(super) fn extras(&mut self, package: Table<'d>) {
        let Some(table) =
            (package.get("extra-dependencies")).and_then(|field| field.value.table(self.findings))
        else {
            return;
        };
        for field in table.fields() {
            if let Err(help) = check_group(&field) {
                self.findings.mistake(Invalid {
                    text: field.name.to_owned(),
                    what: "the name of an extra group",
                    reason: "not a group".to_owned(),
                    help: Some(help),
                    file: table.document.file(),
                    at: field.key_at,
                });
                continue;
            }
            let name = field.name.to_owned();
            self.groups(field.value, GROUP, |target| {
                let groups = target.extra_dependencies.get_or_insert_default();
                groups.entry(name.clone()).or_default()
            });
        }
    }

    /// Adds the entries of one table to the targets. An empty table creates a condition,
    /// but adds nothing to its target.
    fn groups<F>(&mut self, value: Value<'d>, kind: TableKind, slot: F)
    where
        F: Fn(&mut Target) -> &mut DependencyTable,
    {
        let mut reader = SpecReader {
            scope: self.scope,
            kind,
            own_name: self.own_name,
            findings: self.findings,
        };
        let groups = reader.groups(value);
        for Group { condition, entries } in groups {
            let target = match condition {
                None => &mut self.default,
                Some((expression, at)) => {
                    let known = self.conditional.entry(expression);
                    &mut known.or_insert_with(|| (new_target(), at)).0
                }
            };
            if !entries.is_empty() {
                *slot(target) = entries;
            }
        }
    }
}

/// Whether the key is a valid name of a group; otherwise the correct form.
fn check_group(field: &Field<'_>) -> Result<(), String> {
    let name = field.name;
    if name.contains('(') {
        return Err(format!(
            "a condition goes inside a group: `[package.extra-dependencies.<group>.\"{name}\"]`"
        ));
    }
    if !matches!(field.value.read(), Data::Table(_)) {
        return Err(format!(
            "`extra-dependencies` holds groups: `[package.extra-dependencies.<group>]` with `{name}` in it"
        ));
    }
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._+-".contains(c);
    if (1..=64).contains(&name.len()) && name.chars().all(allowed) {
        Ok(())
    } else {
        Err("use up to 64 lower-case letters, digits, `.`, `_`, `+` and `-`".to_owned())
    }
}
