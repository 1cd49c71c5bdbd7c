//! `[system-requirements]`, the deprecated way to declare virtual packages.

use std::str::FromStr;

use rattler_conda_types::{Subdir, Version};

use crate::project::document::{Data, Table, Value};
use crate::project::load::ManifestScope;
use crate::project::load::environment::DefaultEnvironment;
use crate::project::load::mistake::Diagnostics;
use crate::project::load::mistake::shape::Conflict;
use crate::project::load::mistake::warning::Deprecated;
use crate::project::load::platform_entry::Entry;
use crate::project::load::virtual_packages::{VirtualPackage, version};

/// Adds the requirements of the workspace and of the default environment's features to
/// their platforms. The highest version is used.
pub(crate) fn add(
    scope: &ManifestScope<'_>,
    environment: &DefaultEnvironment<'_>,
    entries: &mut [Entry<'_>],
    findings: &mut Diagnostics,
) {
    let Some(workspace) = scope.workspace else {
        return;
    };
    let top = workspace.document.field(&["system-requirements"]);
    let features = environment.values("system-requirements");
    for field in top.into_iter().chain(features) {
        if let Some(rich) = entries
            .iter()
            .find(|entry| matches!(entry.value.read(), Data::Table(_)))
        {
            findings.mistake(Conflict {
                first: field.value.key_path(),
                second: "platforms".to_owned(),
                help: "declare everything in `platforms`, such as `{ platform = \"linux-64\", glibc = \"2.17\" }`".to_owned(),
                file: workspace.document.file(),
                first_at: field.key_at,
                second_at: Some(rich.value.at),
            });
            return;
        }
        findings.warn(Deprecated {
            old: field.value.key_path(),
            new: "platforms = [{ platform = \"linux-64\", glibc = \"2.17\" }]".to_owned(),
            file: workspace.document.file(),
            at: field.key_at,
        });
        let Some(table) = field.value.table(findings) else {
            continue;
        };
        for (package, applies) in required(&table, findings) {
            for entry in entries.iter_mut().filter(|entry| applies(entry.subdir)) {
                raise(&mut entry.declared, &package);
            }
        }
    }
}

type Applies = fn(Subdir) -> bool;

fn required(table: &Table<'_>, findings: &mut Diagnostics) -> Vec<(VirtualPackage, Applies)> {
    table.only(&["libc", "linux", "macos", "cuda", "archspec"], findings);
    let mut required: Vec<(VirtualPackage, Applies)> = Vec::new();
    for (key, name, applies) in [
        ("linux", "__linux", Subdir::is_linux as Applies),
        ("macos", "__osx", Subdir::is_osx as Applies),
        ("cuda", "__cuda", (|subdir| !subdir.is_osx()) as Applies),
    ] {
        if let Some(value) = table.get(key).map(|field| field.value)
            && let Some(text) = value.text(findings)
            && let Some(text) = version(text, value, findings)
        {
            required.push((VirtualPackage::new(name, text), applies));
        }
    }
    if let Some(field) = table.get("libc")
        && let Some(libc) = libc(field.value, findings)
    {
        required.push((libc, Subdir::is_linux));
    }
    required
}

fn libc(value: Value<'_>, findings: &mut Diagnostics) -> Option<VirtualPackage> {
    let Data::Table(table) = value.read() else {
        let text = version(value.text(findings)?, value, findings)?;
        return Some(VirtualPackage::new("__glibc", text));
    };
    table.only(&["family", "version"], findings);
    let family = match table.get("family") {
        Some(field) => field.value.text(findings)?,
        None => "glibc",
    };
    let Some(field) = table.get("version") else {
        return table.missing("version", "write `version = \"2.17\"`", findings);
    };
    let text = version(field.value.text(findings)?, field.value, findings)?;
    Some(VirtualPackage::new(&format!("__{family}"), text))
}

/// Adds a package, or raises the version of an existing one.
fn raise(declared: &mut Vec<VirtualPackage>, package: &VirtualPackage) {
    let parsed = |one: &VirtualPackage| Version::from_str(&one.version).ok();
    match declared.iter_mut().find(|known| known.name == package.name) {
        Some(known) if parsed(known) < parsed(package) => *known = package.clone(),
        Some(_) => {}
        None => declared.push(package.clone()),
    }
}
