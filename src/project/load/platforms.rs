//! The platforms of a workspace, and the virtual packages of the host platform.

use std::collections::BTreeMap;
use std::str::FromStr;

use rattler_conda_types::Subdir;

use crate::project::document::{Data, Table, Value};
use crate::project::load::ManifestScope;
use crate::project::load::environment::{DefaultEnvironment, texts};
use crate::project::load::mistake::Diagnostics;
use crate::project::load::mistake::dependency::SameName;
use crate::project::load::platform_entry::Entry;
use crate::project::load::virtual_packages::{self, VirtualPackage, defaults};
use crate::project::load::{requirements, selector};

/// The host platform.
#[derive(Debug)]
pub(crate) struct Host {
    /// The conda platform.
    pub subdir: Subdir,
    /// Its name in selectors.
    pub name: String,
    /// The declared packages and the defaults, sorted by name.
    pub packages: Vec<VirtualPackage>,
}

/// The first entry for the host platform that the default environment supports, or else
/// the first entry for it, or else the platform without an entry.
pub(crate) fn host(
    scope: &ManifestScope<'_>,
    environment: &DefaultEnvironment<'_>,
    findings: &mut Diagnostics,
) -> Host {
    let subdir = scope.request.host_platform;
    let mut entries = entries(scope, findings);
    requirements::add(scope, environment, &mut entries, findings);
    let limits: Vec<_> = (environment.values("platforms").into_iter())
        .map(|field| texts(field.value))
        .collect();
    let supported = |entry: &Entry<'_>| {
        (limits.iter()).all(|names| {
            names.contains(&entry.name.as_str()) || names.contains(&entry.subdir.as_str())
        })
    };
    entries.retain(|entry| entry.subdir == subdir);
    let chosen = entries.iter().position(supported).unwrap_or(0);
    let (name, declared) = match entries.into_iter().nth(chosen) {
        Some(entry) => (entry.name, entry.declared),
        None => (subdir.as_str().to_owned(), Vec::new()),
    };
    let mut packages: BTreeMap<String, VirtualPackage> = BTreeMap::new();
    let own_libc =
        (declared.iter()).any(|one| ["__glibc", "__musl", "__eglibc"].contains(&one.name.as_str()));
    let mut defaults = defaults(subdir);
    defaults.retain(|one| !(own_libc && one.name == "__glibc"));
    for package in defaults.into_iter().chain(declared) {
        packages.insert(package.name.clone(), package);
    }
    Host {
        subdir,
        name,
        packages: packages.into_values().collect(),
    }
}

fn entries<'d>(scope: &ManifestScope<'d>, findings: &mut Diagnostics) -> Vec<Entry<'d>> {
    let field = scope
        .workspace
        .and_then(|workspace| workspace.get("platforms"));
    let list = field
        .and_then(|field| field.value.list(findings))
        .unwrap_or_default();
    let mut entries = Vec::<Entry<'d>>::new();
    for value in list {
        let entry = match value.read() {
            Data::Text(text) => subdir(text, value, findings).map(|subdir| Entry {
                value,
                subdir,
                name: text.to_owned(),
                declared: Vec::new(),
            }),
            Data::Table(table) => rich(value, &table, findings),
            other => value.not("a string or a table", &other, findings),
        };
        let Some(entry) = entry else {
            continue;
        };
        match entries.iter().find(|known| known.name == entry.name) {
            None => entries.push(entry),
            Some(first) => findings.mistake(SameName {
                what: "platform",
                first: first.name.clone(),
                second: entry.name,
                file: value.document.file(),
                first_at: first.value.at,
                second_at: value.at,
            }),
        }
    }
    entries
}

fn subdir(text: &str, value: Value<'_>, findings: &mut Diagnostics) -> Option<Subdir> {
    match Subdir::from_str(text) {
        Ok(subdir) => Some(subdir),
        Err(_) => {
            let help = Some(selector::suggestion(text));
            value.invalid("a conda platform", "unknown", help, findings)
        }
    }
}

/// A platform with its own name or virtual packages.
fn rich<'d>(value: Value<'d>, table: &Table<'d>, findings: &mut Diagnostics) -> Option<Entry<'d>> {
    let named = match table.get("name") {
        Some(field) => Some((field.value.text(findings)?, field.value)),
        None => None,
    };
    let subdir = match (table.get("platform"), named) {
        (Some(field), _) => subdir(field.value.text(findings)?, field.value, findings)?,
        (None, Some((name, value))) => subdir(name, value, findings)?,
        (None, None) => {
            return table.missing("platform", "write `platform = \"linux-64\"`", findings);
        }
    };
    let mut declared = Vec::new();
    let mut derived_name = subdir.as_str().to_owned();
    for field in table.fields() {
        if matches!(field.name, "name" | "platform") {
            continue;
        }
        for package in virtual_packages::declared(table, &field, findings)? {
            if !defaults(subdir).contains(&package) {
                let (key, shown) = match package.name.as_str() {
                    "__archspec" => ("archspec", &package.build),
                    "__cuda_arch" => ("cuda-arch", &package.version),
                    _ => (field.name.trim_start_matches('_'), &package.version),
                };
                derived_name += &format!("-{key}-{}", shown.replace(['.', '_'], "-"));
            }
            declared.push(package);
        }
    }
    let name = match named {
        Some((name, value)) => check_name(name, value, findings)?.to_owned(),
        None => derived_name,
    };
    Some(Entry {
        value,
        subdir,
        name,
        declared,
    })
}

fn check_name<'d>(name: &'d str, value: Value<'d>, findings: &mut Diagnostics) -> Option<&'d str> {
    let what = "a name for a platform";
    if ["linux", "unix", "win", "osx", "macos"].contains(&name) {
        return value.invalid(what, "reserved for the family of platforms", None, findings);
    }
    if selector::is_name(name) {
        Some(name)
    } else {
        value.invalid(what, "letters, digits and `-` only", None, findings)
    }
}
