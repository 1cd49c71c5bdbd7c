//! `[workspace.dependencies]`: dependencies that packages can inherit.

use crate::diagnostic::nearest;
use crate::project::document::{Data, Field};
use crate::project::load::ManifestScope;
use crate::project::load::mistake::Diagnostics;
use crate::project::load::mistake::dependency::{FixedByPool, NotInPool, SameName};
use crate::project::load::mistake::package::BadInheritance;
use crate::project::load::mistake::shape::InvalidManifestValue;
use crate::project::load::parts::Parts;

/// The inherited keys, overridden by those of the package. `own` contains the key
/// `workspace`.
pub(crate) fn merged<'d>(
    scope: &ManifestScope<'d>,
    own: &Parts<'d>,
    findings: &mut Diagnostics,
) -> Option<Parts<'d>> {
    let request = own.get("workspace")?;
    if !matches!(request.value.read(), Data::Boolean(true)) {
        findings.mistake(BadInheritance {
            problem: "`workspace` can only be `true`".to_owned(),
            key: own.name.to_owned(),
            otherwise: "a version",
            file: own.document.file(),
            at: request.value.at,
        });
        return None;
    }
    let pooled = entry(scope, own, findings)?;
    let mut fields = match pooled.value.read() {
        Data::Text(_) => vec![Field {
            name: "version",
            ..pooled
        }],
        _ => pooled.value.table(findings)?.fields(),
    };
    // The definition of an inline package is read elsewhere.
    fields.retain(|field| field.name != "package");
    let mut fits = true;
    for key in ["workspace", "pin-compatible", "pin-subpackage"] {
        if let Some(field) = fields.iter().find(|field| field.name == key) {
            unfit(field, "in `[workspace.dependencies]`", findings);
            fits = false;
        }
    }
    for field in own.fields.iter().filter(|field| field.name != "workspace") {
        match field.name {
            "version" | "path" | "git" | "url" => {
                fits = false;
                findings.mistake(FixedByPool {
                    key: field.name.to_owned(),
                    name: own.name.to_owned(),
                    file: own.document.file(),
                    at: field.key_at,
                });
            }
            "pin-compatible" | "pin-subpackage" => {
                unfit(field, "with `workspace = true`", findings);
                fits = false;
            }
            _ => {
                fields.retain(|pooled| pooled.name != field.name);
                fields.push(*field);
            }
        }
    }
    let merged = Parts {
        name: own.name,
        document: own.document,
        at: own.at,
        fields,
    };
    merged.check_keys(findings);
    fits.then_some(merged)
}

/// The workspace dependency with the name, in any spelling.
fn entry<'d>(
    scope: &ManifestScope<'d>,
    own: &Parts<'d>,
    findings: &mut Diagnostics,
) -> Option<Field<'d>> {
    let table = scope
        .workspace
        .and_then(|workspace| workspace.get("dependencies"));
    let pool = match table {
        Some(field) => field.value.table(findings)?.fields(),
        None => Vec::new(),
    };
    let mut found = pool
        .iter()
        .filter(|field| field.name.eq_ignore_ascii_case(own.name));
    match (found.next(), found.next()) {
        (Some(one), None) => Some(*one),
        (Some(first), Some(second)) => {
            findings.mistake(SameName {
                what: "package",
                first: first.name.to_owned(),
                second: second.name.to_owned(),
                file: first.value.document.file(),
                first_at: first.key_at,
                second_at: second.key_at,
            });
            None
        }
        (None, _) => {
            let near = nearest(own.name, pool.iter().map(|field| field.name));
            let help = match (near, scope.workspace) {
                (Some(near), _) => format!("did you mean `{near}`?"),
                (None, Some(workspace)) => format!(
                    "add it there, in `{}`, or write its version here",
                    workspace.document.file().name()
                ),
                (None, None) => {
                    "there is no workspace above this manifest; write its version here".to_owned()
                }
            };
            let request = own.get("workspace")?;
            findings.mistake(NotInPool {
                name: own.name.to_owned(),
                help,
                file: own.document.file(),
                at: request.key_at,
            });
            None
        }
    }
}

fn unfit(field: &Field<'_>, place: &str, findings: &mut Diagnostics) {
    findings.mistake(InvalidManifestValue {
        key: field.name.to_owned(),
        place: place.to_owned(),
        help: "remove it".to_owned(),
        file: field.value.document.file(),
        at: field.key_at,
    });
}
