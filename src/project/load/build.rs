//! `[package.build]`: the backend, the code, the configuration and what is written into the package.

use std::path::PathBuf;
use std::str::FromStr;

use indexmap::IndexMap;
use rattler_conda_types::Flag;

use crate::project::document::{Data, Table};
use crate::project::load::mistake::Findings;
use crate::project::load::mistake::build::RemoteSource;
use crate::project::load::mistake::package::{ExtraFileMissing, FileMissing};
use crate::project::load::mistake::shape::{Conflict, Unfit};
use crate::project::load::mistake::warning::Deprecated;
use crate::project::load::read::header;
use crate::project::load::{Scope, config, location, paths};

const BACKEND_HELP: &str = "write `backend = { name = \"pixi-build-rust\" }`";

/// What `[package.build]` says.
#[derive(Debug)]
pub(crate) struct Build {
    /// Name of the backend, as written.
    pub backend: String,
    /// Where the code is.
    pub code: Code,
    /// The base configuration.
    pub configuration: Option<serde_json::Value>,
    /// The configuration of targets.
    pub target_configuration: Option<IndexMap<String, serde_json::Value>>,
    /// Flags of the package; `None` rather than empty.
    pub flags: Option<Vec<String>>,
    /// Build number; the command line wins.
    pub number: Option<u64>,
    /// Prefix of the build string; the command line wins.
    pub string_prefix: Option<String>,
    /// Names of environment variables, sorted, each once; `None` rather than empty.
    pub secrets: Option<Vec<String>>,
}

/// Where the code is.
#[derive(Debug)]
pub(crate) struct Code {
    /// The source folder. `None` when it could not be found, which has been noted.
    pub folder: Option<PathBuf>,
    /// Whether the manifest says that it comes from a repository or an archive.
    pub remote: bool,
}

/// Reads the table. `None` when there is no backend, which has been noted.
pub(crate) fn read(scope: &Scope<'_>, findings: &mut Findings) -> Option<Build> {
    let Some(field) = scope.package.get("build") else {
        let table = header(scope.member(), "package.build.backend");
        return scope
            .package
            .missing("build", format!("add a `{table}` table"), findings);
    };
    let table = field.value.table(findings)?;
    table.only(
        &[
            "backend",
            "config",
            "configuration",
            "target",
            "source",
            "flags",
            "build-number",
            "build-string-prefix",
            "secrets",
            "channels",
            "additional-dependencies",
        ],
        findings,
    );
    for key in ["channels", "additional-dependencies"] {
        if let Some(old) = table.get(key) {
            findings.warn(Deprecated {
                old: old.value.key_path(),
                new: format!(
                    "{}.backend.{key}",
                    old.value
                        .key_path()
                        .trim_end_matches(key)
                        .trim_end_matches('.')
                ),
                file: table.document.file(),
                at: old.key_at,
            });
        }
    }
    let request = scope.request;
    let backend = backend(&table, findings);
    let code = code(scope, &table, findings);
    let configuration = config::base(&table, findings);
    let target_configuration = config::targets(&table, findings);
    let flags = flags(&table, findings);
    let number = number(&table, findings);
    let string_prefix = (table.get("build-string-prefix"))
        .and_then(|field| field.value.text(findings).map(str::to_owned));
    let secrets = secrets(&table, findings);
    Some(Build {
        backend: backend?,
        code,
        configuration,
        target_configuration,
        flags,
        number: request.build_number.or(number),
        string_prefix: request.build_string_prefix.clone().or(string_prefix),
        secrets,
    })
}

/// The name of the backend. Which package it is, and where it comes from, is of no interest
/// to the one that is running already.
fn backend(build: &Table<'_>, findings: &mut Findings) -> Option<String> {
    let Some(field) = build.get("backend") else {
        return build.missing("backend", BACKEND_HELP, findings);
    };
    let table = match field.value.read() {
        Data::Table(table) => table,
        Data::Text(name) => {
            let help = Some(format!("write `backend = {{ name = \"{name}\" }}`"));
            return field.value.wrong_type("a table", help, findings);
        }
        _ => {
            return field
                .value
                .wrong_type("a table", Some(BACKEND_HELP.to_owned()), findings);
        }
    };
    for key in ["path", "git", "url"] {
        if let Some(location) = table.get(key) {
            findings.mistake(Unfit {
                key: key.to_owned(),
                place: "for a backend".to_owned(),
                help: "a backend is installed from a channel: remove the location".to_owned(),
                file: table.document.file(),
                at: location.key_at,
            });
        }
    }
    table.only(
        &[
            "name",
            "version",
            "workspace",
            "channels",
            "additional-dependencies",
            "build",
            "build-number",
            "file-name",
            "extras",
            "flags",
            "channel",
            "subdir",
            "md5",
            "sha256",
            "license",
            "license-family",
            "track-features",
            "when",
            // Already noted.
            "path",
            "git",
            "url",
        ],
        findings,
    );
    if let Some(channels) = table.get("channels")
        && channels.value.list(findings)?.is_empty()
    {
        let help = "remove the key to use the channels of the workspace".to_owned();
        return channels
            .value
            .invalid("a list of channels", "empty", Some(help), findings);
    }
    match table.get("name") {
        Some(name) => name.value.text(findings).map(str::to_owned),
        None => table.missing("name", BACKEND_HELP, findings),
    }
}

fn code(scope: &Scope<'_>, build: &Table<'_>, findings: &mut Findings) -> Code {
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
    match told.map(|path| (fs_err::canonicalize(&path), path)) {
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
            findings.mistake(ExtraFileMissing { path });
        }
    }
    code
}

/// What `[package.build.source]` names.
fn named(scope: &Scope<'_>, table: &Table<'_>, code: &mut Code, findings: &mut Findings) {
    if let Some(lfs) = table.get("lfs") {
        findings.mistake(Unfit {
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
            match fs_err::canonicalize(&path) {
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
            help: "the code lies in one place".to_owned(),
            file: table.document.file(),
            first_at: first.key_at,
            second_at: Some(second.key_at),
        }),
    }
}

fn flags(build: &Table<'_>, findings: &mut Findings) -> Option<Vec<String>> {
    let texts = build.get("flags")?.value.texts(findings)?;
    for (text, value) in &texts {
        if Flag::from_str(text).is_err() {
            let reason =
                "lower-case letters, digits and `_`, with at most one `:` between two words";
            let fixed = text.to_lowercase().replace(['-', '.', ' '], "_");
            let help = Flag::from_str(&fixed)
                .is_ok()
                .then(|| format!("write `{fixed}`"));
            value.invalid::<()>("a flag", reason, help, findings);
        }
    }
    let flags: Vec<_> = texts.into_iter().map(|(text, _)| text.to_owned()).collect();
    (!flags.is_empty()).then_some(flags)
}

fn number(build: &Table<'_>, findings: &mut Findings) -> Option<u64> {
    let value = build.get("build-number")?.value;
    match value.read() {
        Data::Integer(number) => match u64::try_from(number) {
            Ok(number) => Some(number),
            Err(_) => value.invalid("a build number", "below zero", None, findings),
        },
        Data::Text(text) => {
            let help = text
                .parse::<u64>()
                .ok()
                .map(|number| format!("write `{number}`"));
            value.wrong_type("an integer", help, findings)
        }
        other => value.not("an integer", &other, findings),
    }
}

fn secrets(build: &Table<'_>, findings: &mut Findings) -> Option<Vec<String>> {
    let texts = build.get("secrets")?.value.texts(findings)?;
    let mut secrets: Vec<_> = texts.into_iter().map(|(text, _)| text.to_owned()).collect();
    secrets.sort();
    secrets.dedup();
    (!secrets.is_empty()).then_some(secrets)
}
