//! Inline packages: a workspace defines how a directory without a manifest is built, as
//! part of a dependency on it.
//!
//! Such a package is read as if the directory contained a `pixi.toml` with that
//! `[package]`. Errors show the definition in the manifest that contains it.

use std::path::Path;

use crate::project::document::{Data, Document, Field, ManifestKind, Table};
use crate::project::load::below::own_workspace;
use crate::project::load::find::{self, Found, choose, read, search_above};
use crate::project::load::location::{self, Location};
use crate::project::load::mistake::Diagnostics;
use crate::project::load::mistake::find::NoInlinePackage;
use crate::project::load::parts::Parts;
use crate::project::load::{Inline, LoadErrors, LoadRequest, ManifestScope, paths};
use crate::protocol::spec::{PathLocation, SourceLocation};

/// The tables of a workspace that can contain definitions.
const TABLES: [&str; 3] = ["dependencies", "host-dependencies", "build-dependencies"];

/// A package that a workspace defines.
#[derive(Debug, Clone, PartialEq)]
pub struct InlinePackage {
    /// The name of the dependency.
    pub name: String,
    /// The location of its source. Paths are absolute.
    pub location: SourceLocation,
    /// The name in `package.build.backend`, if it is set.
    pub backend: Option<String>,
}

/// The packages that the workspace of the manifest in `request` defines. The first
/// definition of each name is used.
///
/// # Errors
/// Manifests that cannot be read, and errors in the locations.
pub fn inline_packages(request: &LoadRequest) -> Result<Vec<InlinePackage>, LoadErrors> {
    let mut findings = Diagnostics::default();
    let path = request.current_folder.join(&request.path);
    let found = workspace(&path, &request.current_folder, &mut findings).map(|document| {
        let scope = ManifestScope {
            request,
            package: document.root(),
            workspace: None,
        };
        let mut packages: Vec<InlinePackage> = Vec::new();
        for (_, definition) in definitions(&document) {
            let known = packages.iter().any(|known| known.name == definition.name);
            if let Some(package) = package(&scope, &definition, &mut findings).filter(|_| !known) {
                packages.push(package);
            }
        }
        packages
    });
    findings.finish()?;
    Ok(found.unwrap_or_default())
}

/// The manifest of the workspace to which the manifest or directory `path` belongs.
fn workspace(path: &Path, here: &Path, findings: &mut Diagnostics) -> Option<Document> {
    let manifest = choose(path, findings)?;
    let folder = manifest.parent()?.to_owned();
    let document = read(&manifest, here, findings)?;
    if own_workspace(&document) {
        Some(document)
    } else {
        search_above(&folder, here, findings)
    }
}

fn package(
    scope: &ManifestScope<'_>,
    definition: &Field<'_>,
    findings: &mut Diagnostics,
) -> Option<InlinePackage> {
    let Data::Table(table) = definition.value.read() else {
        return None;
    };
    let parts = Parts::of(definition.name, table);
    let location = match location::read(scope, &parts, findings)? {
        Location::Source(SourceLocation::Path(PathLocation { path })) => {
            let path = paths::resolve(&path, table.document.directory(), scope.home());
            let path = path.to_string_lossy().into_owned();
            SourceLocation::Path(PathLocation { path })
        }
        Location::Source(location) => location,
        Location::Channel | Location::Archive(_) => return None,
    };
    let mut backend = table.get("package");
    for key in ["build", "backend", "name"] {
        backend = match backend.map(|field| field.value.read()) {
            Some(Data::Table(table)) => table.get(key),
            _ => None,
        };
    }
    let name = backend.and_then(|field| match field.value.read() {
        Data::Text(name) => Some(name.to_owned()),
        _ => None,
    });
    Some(InlinePackage {
        name: definition.name.to_owned(),
        location,
        backend: name,
    })
}

/// The manifest that represents the definition of an inline package.
pub(crate) fn find(
    request: &LoadRequest,
    inline: &Inline,
    findings: &mut Diagnostics,
) -> Option<Found> {
    let path = request.current_folder.join(&request.path);
    let above = workspace(&path, &request.current_folder, findings)?;
    let mut defined = definitions(&above).into_iter();
    let Some((mut keys, _)) = defined.find(|(_, field)| field.name == inline.name) else {
        findings.mistake(NoInlinePackage {
            name: inline.name.clone(),
            path: above.path().to_owned(),
        });
        return None;
    };
    keys.push("package".to_owned());
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let member = inline.folder.join(ManifestKind::Pixi.file_name());
    Some(Found {
        member: above.view(&keys, "package", member),
        above: Some(above),
        source: None,
    })
}

/// The dependencies with a definition, and their key paths.
fn definitions(document: &Document) -> Vec<(Vec<String>, Field<'_>)> {
    let mut found = Vec::new();
    let mut tables = vec![vec!["workspace".to_owned(), "dependencies".to_owned()]];
    tables.extend(TABLES.map(|name| vec![name.to_owned()]));
    for group in ["feature", "target"] {
        let members = document.table(group).into_iter();
        for member in members.flat_map(|table: Table<'_>| table.fields()) {
            let below = |name: &str| [group, member.name, name].map(str::to_owned).to_vec();
            tables.extend(TABLES.map(below));
        }
    }
    for keys in tables {
        let path: Vec<&str> = keys.iter().map(String::as_str).collect();
        let table = document.field(&path).map(|field| field.value.read());
        let Some(Data::Table(table)) = table else {
            continue;
        };
        let defined = table
            .fields()
            .into_iter()
            .filter(|field| match field.value.read() {
                Data::Table(table) => table.get("package").is_some(),
                _ => false,
            });
        found.extend(defined.map(|field| {
            let mut keys = keys.clone();
            keys.push(field.name.to_owned());
            (keys, field)
        }));
    }
    found
}

/// Finds the manifest or the inline package in `request`.
pub(crate) fn find_any(request: &LoadRequest, findings: &mut Diagnostics) -> Option<Found> {
    match &request.inline {
        Some(inline) => find(request, inline, findings),
        None => {
            let here = &request.current_folder;
            find::find(&here.join(&request.path), here, findings)
        }
    }
}
