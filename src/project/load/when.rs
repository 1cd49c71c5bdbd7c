//! `when`: a condition on the environment in which the package is installed.

use std::str::FromStr;

use rattler_conda_types::PackageName;

use crate::project::document::{Data, Table, Value};
use crate::project::load::mistake::Diagnostics;
use crate::project::load::mistake::spec::BadWhen;
use crate::project::load::parts::Parts;
use crate::project::load::version;
use crate::protocol::spec::{Condition, MatchSpec};

/// The condition, or `None` after an error.
pub(crate) fn condition(value: Value<'_>, findings: &mut Diagnostics) -> Option<Condition> {
    match value.read() {
        Data::Text(text) => from_text(text, value, findings),
        Data::Table(table) => from_table(&table, value, findings),
        Data::List(_) => bad(value, "cannot be an array", findings),
        other => value.not("a string or a table", &other, findings),
    }
}

fn bad<T>(value: Value<'_>, problem: impl Into<String>, findings: &mut Diagnostics) -> Option<T> {
    findings.mistake(BadWhen {
        problem: problem.into(),
        file: value.document.file(),
        at: value.at,
    });
    None
}

/// A name with an optional version.
fn from_text(text: &str, value: Value<'_>, findings: &mut Diagnostics) -> Option<Condition> {
    if text.contains(['[', ']']) {
        return bad(value, "has no brackets; options go into a table", findings);
    }
    if text.contains("::") {
        return bad(value, "cannot name a channel", findings);
    }
    let text = text.trim();
    let end = text.find(|c: char| c.is_whitespace() || "<>=!~".contains(c));
    let (name, rest) = text.split_at(end.unwrap_or(text.len()));
    check_name(name, value, findings)?;
    let version = match rest.trim() {
        "" => None,
        words if words.contains(' ') && !words.contains([',', '|']) => {
            return bad(value, "takes a name and a version only", findings);
        }
        version => Some(version::constraint_in(version, value, findings)?),
    };
    Some(leaf(MatchSpec {
        name: name.to_owned(),
        version,
        ..MatchSpec::default()
    }))
}

fn from_table(
    table: &Table<'_>,
    value: Value<'_>,
    findings: &mut Diagnostics,
) -> Option<Condition> {
    let kinds = ["all", "any", "package"].map(|key| table.get(key));
    match kinds {
        [Some(all), None, None] => {
            table.only(&["all"], findings);
            combined(all.value, Condition::And, findings)
        }
        [None, Some(any), None] => {
            table.only(&["any"], findings);
            combined(any.value, Condition::Or, findings)
        }
        [None, None, Some(package)] => from_package(table, package.value, findings),
        _ => bad(
            value,
            "needs exactly one of `package`, `all` and `any`",
            findings,
        ),
    }
}

/// Joins the elements from left to right.
fn combined(
    value: Value<'_>,
    join: fn(Box<Condition>, Box<Condition>) -> Condition,
    findings: &mut Diagnostics,
) -> Option<Condition> {
    let list = value.list(findings)?;
    if list.is_empty() {
        return bad(value, "has an empty list", findings);
    }
    let conditions: Vec<_> = list
        .into_iter()
        .map(|one| condition(one, findings))
        .collect();
    let conditions: Vec<_> = conditions.into_iter().collect::<Option<_>>()?;
    conditions
        .into_iter()
        .reduce(|left, right| join(Box::new(left), Box::new(right)))
}

fn from_package(
    table: &Table<'_>,
    package: Value<'_>,
    findings: &mut Diagnostics,
) -> Option<Condition> {
    table.only(
        &[
            "package",
            "version",
            "build",
            "build-number",
            "file-name",
            "extras",
            "flags",
            "subdir",
            "license",
            "license-family",
            "track-features",
        ],
        findings,
    );
    let name = package.text(findings)?;
    check_name(name, package, findings)?;
    let parts = Parts::of(name, *table);
    Some(leaf(MatchSpec {
        name: name.to_owned(),
        version: parts.version(findings),
        build: parts.matcher("build", findings),
        build_number: parts.build_number(findings),
        file_name: parts.text("file-name", findings),
        subdir: parts.text("subdir", findings),
        license: parts.text("license", findings),
        license_family: parts.text("license-family", findings),
        extras: parts.texts("extras", findings),
        track_features: parts.texts("track-features", findings),
        flags: parts.matchers("flags", findings),
        ..MatchSpec::default()
    }))
}

fn check_name(name: &str, value: Value<'_>, findings: &mut Diagnostics) -> Option<()> {
    if name.is_empty() || PackageName::from_str(name).is_err() {
        bad(
            value,
            format!("begins with `{name}`, which is not a package name"),
            findings,
        )
    } else {
        Some(())
    }
}

fn leaf(spec: MatchSpec) -> Condition {
    Condition::MatchSpec(Box::new(spec))
}
