//! The location of a dependency: a channel, an archive, or a source.

use std::path::Path;

use url::Url;

use crate::project::document::{Data, Field, Table, Value};
use crate::project::load::ManifestScope;
use crate::project::load::mistake::Diagnostics;
use crate::project::load::mistake::shape::InvalidManifestValue;
use crate::project::load::mistake::warning::NoEffect;
use crate::project::load::parts::{Parts, is_selector};
use crate::project::load::paths;
use crate::protocol::spec::{GitLocation, GitRef, PathLocation, SourceLocation, UrlLocation};

/// The location of a dependency.
#[derive(Debug)]
pub(crate) enum Location {
    /// A channel.
    Channel,
    /// The conda package at this URL.
    Archive(String),
    /// A source that is built first.
    Source(SourceLocation),
}

/// The location in a table, after its keys have been checked. `None` after an error.
pub(crate) fn read(
    scope: &ManifestScope<'_>,
    parts: &Parts<'_>,
    findings: &mut Diagnostics,
) -> Option<Location> {
    let mut places = parts.fields.clone();
    places.retain(|field| ["path", "url", "git"].contains(&field.name));
    let place = match places.as_slice() {
        [] => None,
        [one] => Some(*one),
        [first, second, ..] => {
            let help = "a dependency comes from one place: remove all but one";
            parts.conflict(first, second, help, findings);
            return None;
        }
    };
    check_fit(parts, place.as_ref(), findings)?;
    let Some(place) = place else {
        return Some(Location::Channel);
    };
    match place.name {
        "path" => path(scope, place.value, findings),
        "git" => Some(Location::Source(SourceLocation::Git(GitLocation {
            git: url(place.value, findings)?.into(),
            rev: reference(parts, findings)?,
            subdirectory: subdirectory(parts, findings)?,
            lfs: match parts.get("lfs") {
                Some(lfs) => Some(lfs.value.boolean(findings)?),
                None => None,
            },
        }))),
        _ => {
            let url = url(place.value, findings)?;
            if is_archive_url(&url) {
                return Some(Location::Archive(url.into()));
            }
            Some(Location::Source(SourceLocation::Url(UrlLocation {
                url: url.into(),
                md5: parts.hash("md5", findings),
                sha256: parts.hash("sha256", findings),
                subdirectory: subdirectory(parts, findings)?,
            })))
        }
    }
}

/// Reports errors in the `git` or `url` source of a build. The caller fetches the source.
pub(crate) fn check_remote(table: &Table<'_>, place: &Field<'_>, findings: &mut Diagnostics) {
    let parts = Parts::of("source", *table);
    if check_fit(&parts, Some(place), findings).is_some() {
        url(place.value, findings);
        reference(&parts, findings);
        subdirectory(&parts, findings);
    }
}

/// Whether a source location is an archive to unpack.
pub(crate) fn is_url(location: &SourceLocation) -> bool {
    matches!(location, SourceLocation::Url(_))
}

/// An absolute URL.
pub(crate) fn url(value: Value<'_>, findings: &mut Diagnostics) -> Option<Url> {
    let text = value.text(findings)?;
    match Url::parse(text) {
        Ok(url) => Some(url),
        Err(error) => {
            let scp = (text.split_once(':'))
                .filter(|(host, _)| host.contains('@') && !host.contains('/'));
            let help = match scp {
                Some((host, path)) => Some(format!("write `ssh://{host}/{path}`")),
                None if Path::new(text).is_absolute() => Some(format!("write `file://{text}`")),
                None => None,
            };
            value.invalid("a URL", error.to_string(), help, findings)
        }
    }
}

fn is_archive_url(url: &Url) -> bool {
    url.path_segments()
        .and_then(|mut segments| segments.next_back())
        .is_some_and(paths::is_archive)
}

/// Reports every key that cannot be used with the location. `None` if there was one.
fn check_fit(
    parts: &Parts<'_>,
    place: Option<&Field<'_>>,
    findings: &mut Diagnostics,
) -> Option<()> {
    let text = place.and_then(|place| match place.value.read() {
        Data::Text(text) => Some(text),
        _ => None,
    });
    let archive = match (place, text) {
        (Some(place), Some(text)) if place.name == "path" => paths::is_archive(text),
        (Some(place), Some(text)) if place.name == "url" => {
            Url::parse(text).is_ok_and(|url| is_archive_url(&url))
        }
        _ => false,
    };
    let kind = place.map(|place| place.name);
    let mut fits = Some(());
    for field in &parts.fields {
        let fit = match (kind, field.name) {
            (Some(kind), key) if kind == key => true,
            (_, "subdirectory") => {
                if kind.is_none() || kind == Some("path") || archive {
                    no_subdirectory(field, findings);
                }
                true
            }
            (Some("url") | None, "md5" | "sha256") => true,
            (Some("git"), "branch" | "tag" | "rev" | "lfs") => true,
            (None, "channel" | "file-name" | "license-family") => true,
            (_, key) if is_selector(key) => !archive,
            // `workspace` was handled before, and unknown keys have been reported.
            (_, key) => !LOCATED.contains(&key),
        };
        if fit {
            continue;
        }
        fits = None;
        let (place, help) = match (kind, field.name) {
            (_, "branch" | "tag" | "rev" | "lfs") => (
                "without `git`".to_owned(),
                "add `git = \"<url>\"` or remove it".to_owned(),
            ),
            (Some(kind), _) if archive => (
                format!("with `{kind}`, which names one package exactly"),
                "remove it".to_owned(),
            ),
            (Some(kind), key @ ("md5" | "sha256")) => (
                format!("with `{kind}`"),
                format!("`{key}` checks a download: use it with `url`"),
            ),
            (kind, key) => (
                format!("with `{}`", kind.unwrap_or_default()),
                format!("`{key}` selects a package of a channel: remove it, or the location"),
            ),
        };
        findings.mistake(InvalidManifestValue {
            key: field.name.to_owned(),
            place,
            help,
            file: field.value.document.file(),
            at: field.key_at,
        });
    }
    fits
}

/// Keys that are allowed for some locations only.
const LOCATED: [&str; 9] = [
    "channel",
    "file-name",
    "license-family",
    "md5",
    "sha256",
    "branch",
    "tag",
    "rev",
    "lfs",
];

fn no_subdirectory(field: &Field<'_>, findings: &mut Diagnostics) {
    findings.warn(NoEffect {
        key: field.name.to_owned(),
        reason: "without a repository or an archive of sources",
        help: "remove it; for a directory append it to `path`".to_owned(),
        file: field.value.document.file(),
        at: field.key_at,
    });
}

/// A directory as a path relative to the member's manifest, or the URL of a conda
/// package.
fn path(
    scope: &ManifestScope<'_>,
    value: Value<'_>,
    findings: &mut Diagnostics,
) -> Option<Location> {
    let text = value.text(findings)?;
    let pooled = !std::ptr::eq(value.document, scope.member());
    if paths::is_archive(text) {
        // pixi resolves relative paths of a member from the workspace, and those of
        // `[workspace.dependencies]` from yet another directory. Both differ from the
        // path in the manifest.
        let file = paths::fold(&paths::resolve(
            text,
            value.document.directory(),
            scope.home(),
        ));
        return match Url::from_file_path(&file) {
            Ok(url) => Some(Location::Archive(url.into())),
            Err(()) => value.invalid("a path", "not absolute", None, findings),
        };
    }
    let absolute = Path::new(text).is_absolute() || paths::home_path(text).is_some();
    let path = if pooled && !absolute {
        paths::relative(
            &value.document.directory().join(text),
            scope.manifest_folder(),
        )
    } else {
        text.to_owned()
    };
    Some(Location::Source(SourceLocation::Path(PathLocation {
        path,
    })))
}

/// The commit; `Some(None)` for the default branch, `None` after an error.
fn reference(parts: &Parts<'_>, findings: &mut Diagnostics) -> Option<Option<GitRef>> {
    let mut given = parts.fields.clone();
    given.retain(|field| ["branch", "tag", "rev"].contains(&field.name));
    match given.as_slice() {
        [] => Some(None),
        [one] => {
            let text = one.value.text(findings)?.to_owned();
            Some(Some(match one.name {
                "branch" => GitRef::Branch(text),
                "tag" => GitRef::Tag(text),
                _ => GitRef::Rev(text),
            }))
        }
        [first, second, ..] => {
            parts.conflict(
                first,
                second,
                "only one of them can select the commit: remove the others",
                findings,
            );
            None
        }
    }
}

/// A directory below the root of the source; `Some(None)` for the root, `None` after an
/// error.
fn subdirectory(parts: &Parts<'_>, findings: &mut Diagnostics) -> Option<Option<String>> {
    let Some(field) = parts.get("subdirectory") else {
        return Some(None);
    };
    let text = field.value.text(findings)?;
    let folded = paths::fold(Path::new(text));
    if folded.has_root() || folded.starts_with("..") {
        let reason = "leaves the source";
        return field
            .value
            .invalid("a directory inside the source", reason, None, findings);
    }
    let folded = paths::slashes(&folded);
    Some((!folded.is_empty()).then_some(folded))
}
