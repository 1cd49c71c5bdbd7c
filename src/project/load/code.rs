//! Finds the source directory of the package.

use std::path::PathBuf;

use crate::project::document::{Data, Table};
use crate::project::load::mistake::Diagnostics;
use crate::project::load::mistake::build::RemoteSource;
use crate::project::load::mistake::package::FileMissing;
use crate::project::load::mistake::request::PathMissing;
use crate::project::load::mistake::shape::{Conflict, InvalidManifestValue};
use crate::project::load::{ManifestScope, location, paths};

/// The location of the source.
#[derive(Debug)]
pub(crate) struct Code {
    /// The source directory. `None` if it does not exist, which has been reported.
    pub folder: Option<PathBuf>,
    /// Whether the manifest names a repository or an archive.
    pub remote: bool,
}

/// Finds the source directory: `[package.build.source]`, the command line, or the
/// directory of the manifest.
pub(crate) fn read(
    scope: &ManifestScope<'_>,
    build: &Table<'_>,
    findings: &mut Diagnostics,
) -> Code {
    let source = build.get("source");
    let table = source.and_then(|source| match source.value.read() {
        Data::Text(text) => {
            let help = Some(format!("write `source = {{ path = \"{text}\" }}`"));
            source.value.wrong_type("a table", help, findings)
        }
        _ => source.value.table(findings),
    });
    let told = scope.request.source_directory.as_ref();
    let told = told.map(|folder| scope.request.current_folder.join(folder));
    let mut code = Code {
        folder: None,
        remote: false,
    };
    match (table, source) {
        (Some(table), _) => named(scope, &table, &mut code, findings),
        (None, Some(_)) => {}
        (None, None) => code.folder = Some(scope.manifest_folder().to_owned()),
    }
    match told.map(|path| (dunce::canonicalize(&path), path)) {
        None if code.remote => {
            if let Some(place) = table.and_then(|table| table.get("git").or(table.get("url"))) {
                findings.mistake(RemoteSource {
                    place: if place.name == "git" {
                        "in a git repository"
                    } else {
                        "in an archive"
                    },
                    file: build.document.file(),
                    at: place.value.at,
                });
            }
        }
        None => {}
        Some((Ok(folder), _)) => code.folder = Some(folder),
        Some((Err(_), path)) => {
            code.folder = None;
            findings.mistake(PathMissing { path });
        }
    }
    code
}

/// The location in `[package.build.source]`.
fn named(
    scope: &ManifestScope<'_>,
    table: &Table<'_>,
    code: &mut Code,
    findings: &mut Diagnostics,
) {
    if let Some(lfs) = table.get("lfs") {
        findings.mistake(InvalidManifestValue {
            key: "lfs".to_owned(),
            place: "for the source of a build".to_owned(),
            help: "remove it; only dependencies have it".to_owned(),
            file: table.document.file(),
            at: lfs.key_at,
        });
    }
    table.only(
        &[
            "path",
            "git",
            "branch",
            "tag",
            "rev",
            "subdirectory",
            "url",
            "md5",
            "sha256",
            "lfs",
        ],
        findings,
    );
    let mut places = table.fields();
    places.retain(|field| ["path", "git", "url"].contains(&field.name));
    match places.as_slice() {
        [] => {
            let help = "write `source = { path = \"..\" }`, or `git` or `url`";
            table.missing::<()>("path", help, findings);
        }
        [one] if one.name == "path" => {
            let Some(text) = one.value.text(findings) else {
                return;
            };
            let path = paths::resolve(text, scope.manifest_folder(), scope.home());
            if scope.request.source_directory.is_some() {
                return;
            }
            match dunce::canonicalize(&path) {
                Ok(real) if real.is_file() => code.folder = real.parent().map(PathBuf::from),
                Ok(real) => code.folder = Some(real),
                Err(_) => findings.mistake(FileMissing {
                    path: paths::fold(&path),
                    help: "the path is relative to the manifest".to_owned(),
                    file: table.document.file(),
                    at: one.value.at,
                }),
            }
        }
        [one] => {
            code.remote = true;
            location::check_remote(table, one, findings);
        }
        [first, second, ..] => findings.mistake(Conflict {
            first: first.name.to_owned(),
            second: second.name.to_owned(),
            help: "the code is in one place: remove all but one".to_owned(),
            file: table.document.file(),
            first_at: first.key_at,
            second_at: Some(second.key_at),
        }),
    }
}
