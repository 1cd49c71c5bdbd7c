//! `{ workspace = true }` in a field of `[package]`.

use crate::project::document::{Data, Field, Table, Value};
use crate::project::load::ManifestScope;
use crate::project::load::mistake::Diagnostics;
use crate::project::load::mistake::package::{BadInheritance, NothingToInherit};

/// The origin of the value of a field.
pub(crate) enum InheritOrigin<'d> {
    /// The field is not set.
    Absent,
    /// `[package]`.
    Literal(Value<'d>),
    /// `[workspace]`.
    Inherited(Value<'d>),
    /// The field inherits a value that the workspace does not have.
    Nowhere(Value<'d>),
}

/// Finds the value of a field. A table that is not `{ workspace = true }` is reported,
/// and the field is then treated as not set.
pub(crate) fn origin<'d>(
    scope: &ManifestScope<'d>,
    key: &str,
    findings: &mut Diagnostics,
) -> InheritOrigin<'d> {
    let Some(field) = scope.package.get(key) else {
        return InheritOrigin::Absent;
    };
    let Data::Table(table) = field.value.read() else {
        return InheritOrigin::Literal(field.value);
    };
    if asks(&table, &field, findings).is_none() {
        return InheritOrigin::Absent;
    }
    match scope.workspace.and_then(|workspace| workspace.get(key)) {
        Some(inherited) => InheritOrigin::Inherited(inherited.value),
        None => InheritOrigin::Nowhere(field.value),
    }
}

/// Reports that the workspace does not have the value for `at`, or that there is no
/// workspace.
pub(crate) fn nothing<T>(
    scope: &ManifestScope<'_>,
    key: &str,
    at: Value<'_>,
    findings: &mut Diagnostics,
) -> Option<T> {
    let help = match scope.workspace {
        Some(table) => format!(
            "add `{key}` to {} of `{}`, or write it here",
            table.title(),
            table.document.file().name()
        ),
        None => "there is no workspace above this manifest; write the value here".to_owned(),
    };
    findings.mistake(NothingToInherit {
        key: key.to_owned(),
        help,
        file: at.document.file(),
        at: at.at,
    });
    None
}

/// Whether a table is exactly `{ workspace = true }`. Other keys are reported.
fn asks(table: &Table<'_>, field: &Field<'_>, findings: &mut Diagnostics) -> Option<()> {
    let fields = table.fields();
    let problem = match fields.as_slice() {
        [] => format!("`{}` is an empty table", field.name),
        [one] if one.name == "workspace" => match one.value.read() {
            Data::Boolean(true) => return Some(()),
            _ => "`workspace` can only be `true`".to_owned(),
        },
        more => {
            let other = more.iter().find(|one| one.name != "workspace")?;
            format!("`{}` says nothing about `{}`", other.name, field.name)
        }
    };
    findings.mistake(BadInheritance {
        problem,
        key: field.name.to_owned(),
        otherwise: "the value itself",
        file: table.document.file(),
        at: field.value.at,
    });
    None
}
