//! The dependency tables of `[package]` as targets: one that always counts, one per condition.
//!
//! Conditions are listed table by table in an order of pixi's own, not in that of the file.

use indexmap::IndexMap;
use indexmap::map::Entry;
use miette::SourceSpan;

use crate::project::document::{Data, Field, Table, Value};
use crate::project::load::Scope;
use crate::project::load::dependencies::{self, Group};
use crate::project::load::mistake::Findings;
use crate::project::load::mistake::dependency::SameCondition;
use crate::project::load::mistake::shape::{Invalid, Unfit};
use crate::project::load::mistake::warning::{Deprecated, Replaced};
use crate::project::load::selector::Selector;
use crate::protocol::model::{Dependencies, Target, Targets};

/// A dependency table and what it takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TableKind {
    /// Its key.
    pub key: &'static str,
    /// The pins it takes.
    pub pins: Pins,
    /// The locations it takes.
    pub sources: Sources,
}

/// Which pins a table takes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Pins {
    /// None.
    None,
    /// `pin-compatible`.
    Compatible,
    /// `pin-compatible` and `pin-subpackage`.
    Both,
}

/// Which locations a table takes, besides channels.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sources {
    /// All.
    All,
    /// Finished packages only.
    NotBuilt,
    /// Folders and repositories.
    Folders,
    /// None.
    None,
}

const fn kind(key: &'static str, pins: Pins, sources: Sources) -> TableKind {
    TableKind { key, pins, sources }
}

/// The plain tables, in the order in which their conditions are listed.
pub(crate) const TABLES: [TableKind; 4] = [
    kind("run-dependencies", Pins::Compatible, Sources::All),
    // pixi forwards sources here, and nothing can be done with them.
    kind("run-constraints", Pins::None, Sources::NotBuilt),
    kind("host-dependencies", Pins::Compatible, Sources::All),
    kind("build-dependencies", Pins::None, Sources::All),
];

/// The buckets of `run-exports`, in the order in which their conditions are listed.
const BUCKETS: [TableKind; 5] = [
    kind("noarch", Pins::Both, Sources::Folders),
    kind("strong", Pins::Both, Sources::Folders),
    kind("weak", Pins::Both, Sources::Folders),
    kind("strong-constraints", Pins::Both, Sources::None),
    kind("weak-constraints", Pins::Both, Sources::None),
];

const GROUP: TableKind = kind("extra-dependencies", Pins::None, Sources::All);

/// Reads all tables. `own_name` is the name of the package, as far as the manifest knows it.
pub(crate) fn read(scope: &Scope<'_>, own_name: Option<&str>, findings: &mut Findings) -> Targets {
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

/// A target as pixi sends it when there is nothing in it.
fn new_target() -> Target {
    Target {
        host_dependencies: Some(Dependencies::new()),
        build_dependencies: Some(Dependencies::new()),
        run_dependencies: Some(Dependencies::new()),
        run_constraints: Some(Dependencies::new()),
        extra_dependencies: None,
        run_exports: None,
    }
}

struct Builder<'a, 'd> {
    scope: &'a Scope<'d>,
    own_name: Option<&'a str>,
    default: Target,
    /// Each condition with the place of its first appearance.
    conditional: IndexMap<String, (Target, SourceSpan)>,
    findings: &'a mut Findings,
}

impl<'d> Builder<'_, 'd> {
    fn tables(&mut self, package: Table<'d>) {
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

    fn extras(&mut self, package: Table<'d>) {
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

    /// Sorts the entries of one table into the targets. An empty list makes a condition
    /// known, but leaves no trace in its target.
    fn groups<F>(&mut self, value: Value<'d>, kind: TableKind, slot: F)
    where
        F: Fn(&mut Target) -> &mut Dependencies,
    {
        let groups = dependencies::groups(self.scope, value, (kind, self.own_name), self.findings);
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

    /// `[package.target.<selector>]`, lowered to conditions.
    fn legacy(&mut self) {
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
                new: format!("[package.<table>.\"if({expression})\"]"),
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
        self.findings.mistake(Invalid {
            text: field.name.to_owned(),
            what: "a target selector",
            reason: "not a platform".to_owned(),
            help: Some(help),
            file: field.value.document.file(),
            at: field.key_at,
        });
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
            findings.mistake(Unfit {
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

/// Whether the key can name a group; otherwise how to write it.
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
    match (1..=64).contains(&name.len()) && name.chars().all(allowed) {
        true => Ok(()),
        false => Err("use up to 64 lower-case letters, digits, `.`, `_`, `+` and `-`".to_owned()),
    }
}
