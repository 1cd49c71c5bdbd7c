//! `[package.build]`: the backend, the source, the configuration and the values that are
//! written into the package.

use std::str::FromStr;

use indexmap::IndexMap;
use rattler_conda_types::Flag;

use crate::project::document::{Data, Table};
use crate::project::load::code::{self, Code};
use crate::project::load::mistake::Diagnostics;
use crate::project::load::mistake::shape::InvalidManifestValue;
use crate::project::load::mistake::warning::Deprecated;
use crate::project::load::read::header;
use crate::project::load::{ManifestScope, config};

/// The contents of `[package.build]`.
#[derive(Debug)]
pub(crate) struct Build {
    /// The name of the backend, as in the manifest. `None` if it is missing, which has
    /// been reported.
    pub backend: Option<String>,
    /// The source directory.
    pub code: Code,
    /// The base configuration.
    pub configuration: Option<serde_json::Value>,
    /// The configuration of targets.
    pub target_configuration: Option<IndexMap<String, serde_json::Value>>,
    /// The flags of the package; `None` instead of an empty list.
    pub flags: Option<Vec<String>>,
    /// The build number. The command line has priority.
    pub number: Option<u64>,
    /// The prefix of the build string. The command line has priority.
    pub string_prefix: Option<String>,
    /// Names of environment variables, sorted and without duplicates; `None` instead of
    /// an empty list.
    pub secrets: Option<Vec<String>>,
}

/// Reads the table. `None` if it is missing, which has been reported.
pub(crate) fn read(scope: &ManifestScope<'_>, findings: &mut Diagnostics) -> Option<Build> {
    let Some(field) = scope.package.get("build") else {
        let table = header(scope.member(), "package.build.backend");
        return scope
            .package
            .missing("build", format!("add a `{table}` table"), findings);
    };
    let table = field.value.table(findings)?;
    let config = header(scope.member(), "package.build.config");
    table.only_or(
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
        &format!("options of the backend go into `{config}`"),
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
    let help = format!(
        "write `backend = {{ name = \"{}\" }}`",
        request.suggested_backend
    );
    let backend = backend(&table, &help, findings);
    let code = code::read(scope, &table, findings);
    let configuration = config::base(&table, findings);
    let target_configuration = config::targets(&table, findings);
    let flags = flags(&table, findings);
    let number = number(&table, findings);
    let string_prefix = (table.get("build-string-prefix"))
        .and_then(|field| field.value.text(findings).map(str::to_owned));
    let secrets = secrets(&table, findings);
    Some(Build {
        backend,
        code,
        configuration,
        target_configuration,
        flags,
        number: request.build_number.or(number),
        string_prefix: request.build_string_prefix.clone().or(string_prefix),
        secrets,
    })
}

/// The name of the backend. Its package and its source do not matter, because the backend
/// is already running. `help` is for a backend without a name.
fn backend(build: &Table<'_>, help: &str, findings: &mut Diagnostics) -> Option<String> {
    let Some(field) = build.get("backend") else {
        return build.missing("backend", help, findings);
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
                .wrong_type("a table", Some(help.to_owned()), findings);
        }
    };
    for key in ["path", "git", "url"] {
        if let Some(location) = table.get(key) {
            findings.mistake(InvalidManifestValue {
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
            // Already reported.
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
        None => table.missing("name", help, findings),
    }
}

fn flags(build: &Table<'_>, findings: &mut Diagnostics) -> Option<Vec<String>> {
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

fn number(build: &Table<'_>, findings: &mut Diagnostics) -> Option<u64> {
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

fn secrets(build: &Table<'_>, findings: &mut Diagnostics) -> Option<Vec<String>> {
    let texts = build.get("secrets")?.value.texts(findings)?;
    let mut secrets: Vec<_> = texts.into_iter().map(|(text, _)| text.to_owned()).collect();
    secrets.sort();
    secrets.dedup();
    (!secrets.is_empty()).then_some(secrets)
}
