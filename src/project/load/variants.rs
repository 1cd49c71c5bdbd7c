//! Variants of the workspace, of its targets, of the command line, and of the platform.

use std::collections::BTreeMap;
use std::path::PathBuf;

use indexmap::IndexMap;

use crate::project::document::{Field, Table};
use crate::project::load::ManifestScope;
use crate::project::load::channels::HasCondaForge;
use crate::project::load::mistake::Diagnostics;
use crate::project::load::mistake::package::FileMissing;
use crate::project::load::mistake::request::PathMissing;
use crate::project::load::mistake::warning::Replaced;
use crate::project::load::paths;
use crate::project::load::platforms::Host;
use crate::project::load::selector::{self, Selector};
use crate::protocol::outputs::VariantValue;

/// The values of each key. A target replaces the lists of the base, and the command line
/// replaces both. Defaults of the platform are used for keys that are not set.
pub(crate) fn configuration(
    scope: &ManifestScope<'_>,
    host: &Host,
    has_conda_forge: HasCondaForge,
    findings: &mut Diagnostics,
) -> BTreeMap<String, Vec<VariantValue>> {
    let mut variants = BTreeMap::new();
    if let Some(workspace) = scope.workspace {
        if let Some(field) = workspace.get("build-variants") {
            extend(&mut variants, &field, findings);
        }
        for (selector, field) in targets(&workspace, findings) {
            if selector.matches(host.subdir, &host.name) {
                extend(&mut variants, &field, findings);
            }
        }
    }
    let told = scope.request.variants.iter();
    variants.extend(told.map(|(key, values)| (key.clone(), values.clone())));
    if has_conda_forge == HasCondaForge::Yes {
        for (key, value) in derived(host) {
            variants
                .entry(key.to_owned())
                .or_insert_with(|| vec![value]);
        }
    }
    let wire = |values: Vec<String>| values.into_iter().map(VariantValue::String).collect();
    (variants.into_iter())
        .map(|(key, values)| (key, wire(values)))
        .collect()
}

/// The variant files of the workspace, then those of the command line. All of them exist.
pub(crate) fn files(scope: &ManifestScope<'_>, findings: &mut Diagnostics) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let field = scope
        .workspace
        .and_then(|workspace| workspace.get("build-variants-files"));
    for (text, value) in field
        .and_then(|field| field.value.texts(findings))
        .unwrap_or_default()
    {
        // Not normalized, because pixi sends `/ws/./ci/pins.yaml`.
        let path = scope.workspace_folder().join(text);
        if path.is_file() {
            files.push(path);
        } else {
            findings.mistake(FileMissing {
                path: paths::fold(&path),
                help: "the path is relative to the workspace".to_owned(),
                file: value.document.file(),
                at: value.at,
            });
        }
    }
    for path in &scope.request.variant_files {
        let path = scope.request.current_folder.join(path);
        if path.is_file() {
            files.push(path)
        } else {
            findings.mistake(PathMissing { path })
        }
    }
    files
}

/// The variant tables of targets, in the order of the file. `osx` and `macos` are one
/// target: the later table replaces the earlier one, in its place.
fn targets<'d>(workspace: &Table<'d>, findings: &mut Diagnostics) -> IndexMap<Selector, Field<'d>> {
    let mut found = IndexMap::<Selector, Field<'d>>::new();
    let Some(table) = (workspace.get("target")).and_then(|field| field.value.table(findings))
    else {
        return found;
    };
    for target in table.fields() {
        let Some(inner) = target.value.table(findings) else {
            continue;
        };
        inner.only(&["build-variants"], findings);
        let Some(field) = inner.get("build-variants") else {
            continue;
        };
        let selector = match Selector::parse(target.name) {
            Ok(selector) => selector,
            Err(help) => {
                selector::refuse(&target, help, findings);
                continue;
            }
        };
        if let Some(earlier) = found.insert(selector, field) {
            findings.warn(Replaced {
                later: field.value.key_path(),
                earlier: earlier.value.key_path(),
                file: workspace.document.file(),
                earlier_at: earlier.key_at,
                later_at: field.key_at,
            });
        }
    }
    found
}

/// Sets the keys of one table. Lists are replaced, never joined.
fn extend(
    variants: &mut BTreeMap<String, Vec<String>>,
    field: &Field<'_>,
    findings: &mut Diagnostics,
) {
    let Some(table) = field.value.table(findings) else {
        return;
    };
    for field in table.fields() {
        if let Some(texts) = field.value.texts(findings) {
            let values = texts.into_iter().map(|(text, _)| text.to_owned());
            variants.insert(field.name.to_owned(), values.collect());
        }
    }
}

/// The C library that conda-forge's compilers build against.
fn derived(host: &Host) -> Vec<(&'static str, String)> {
    let (package, name) = match host.subdir {
        subdir if subdir.is_linux() => ("__glibc", "sysroot"),
        subdir if subdir.is_osx() => ("__osx", "macosx_deployment_target"),
        _ => return Vec::new(),
    };
    let Some(package) = host.packages.iter().find(|one| one.name == package) else {
        return Vec::new();
    };
    let version: Vec<_> = package.version.split('.').take(2).collect();
    vec![
        ("c_stdlib", name.to_owned()),
        ("c_stdlib_version", version.join(".")),
    ]
}
