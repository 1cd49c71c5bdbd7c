//! The platforms of a workspace, and the virtual packages that the host platform is declared
//! to have.

use std::collections::BTreeMap;
use std::str::FromStr;

use rattler_conda_types::{Subdir, Version};

use crate::project::document::{Data, Field, Table, Value};
use crate::project::load::Scope;
use crate::project::load::environment::{Environment, texts};
use crate::project::load::mistake::Findings;
use crate::project::load::mistake::dependency::SameName;
use crate::project::load::mistake::shape::Conflict;
use crate::project::load::mistake::warning::Deprecated;
use crate::project::load::selector;

/// A property of a machine, as a package the solver can depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VirtualPackage {
    /// `__glibc` and the like.
    pub name: String,
    /// Its version; `0` when it has none.
    pub version: String,
    /// Its build string; `0` when it has none.
    pub build: String,
}

impl VirtualPackage {
    fn new(name: &str, version: &str) -> Self {
        Self {
            name: name.to_owned(),
            version: version.to_owned(),
            build: "0".to_owned(),
        }
    }

    fn archspec(architecture: &str) -> Self {
        Self {
            build: architecture.to_owned(),
            ..Self::new("__archspec", "1")
        }
    }
}

/// The host platform.
#[derive(Debug)]
pub(crate) struct Host {
    /// The conda platform.
    pub subdir: Subdir,
    /// The name that selectors know it by.
    pub name: String,
    /// Declared packages with the defaults underneath, sorted by name.
    pub packages: Vec<VirtualPackage>,
}

/// An entry of `platforms`.
struct Entry<'d> {
    value: Value<'d>,
    subdir: Subdir,
    name: String,
    declared: Vec<VirtualPackage>,
}

/// The first entry for the host platform that the default environment supports, else the
/// first, else the bare platform.
pub(crate) fn host(
    scope: &Scope<'_>,
    environment: &Environment<'_>,
    findings: &mut Findings,
) -> Host {
    let subdir = scope.request.host_platform;
    let mut entries = entries(scope, findings);
    requirements(scope, environment, &mut entries, findings);
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

/// What a platform has unless it is declared otherwise.
fn defaults(subdir: Subdir) -> Vec<VirtualPackage> {
    let mut packages = Vec::new();
    if subdir.is_unix() {
        packages.push(VirtualPackage::new("__unix", "0"));
    }
    if subdir.is_linux() {
        packages.push(VirtualPackage::new("__linux", "4.18"));
        packages.push(VirtualPackage::new("__glibc", "2.28"));
    }
    if subdir.is_osx() {
        packages.push(VirtualPackage::new("__osx", "13.0"));
    }
    if subdir.is_windows() {
        packages.push(VirtualPackage::new("__win", "10.0"));
    }
    let architecture = match subdir {
        Subdir::Linux32 | Subdir::Win32 => "x86",
        Subdir::Linux64 | Subdir::Osx64 | Subdir::Win64 => "x86_64",
        Subdir::LinuxAarch64 | Subdir::LinuxArmV6l | Subdir::LinuxArmV7l | Subdir::WinArm64 => {
            "aarch64"
        }
        Subdir::OsxArm64 => "m1",
        Subdir::LinuxPpc64le => "ppc64le",
        Subdir::LinuxPpc64 => "ppc64",
        Subdir::LinuxPpc => "ppc",
        Subdir::LinuxS390X => "s390x",
        Subdir::LinuxRiscv32 => "riscv32",
        Subdir::LinuxRiscv64 => "riscv64",
        Subdir::LinuxLoongArch64 => "loongarch64",
        _ => return packages,
    };
    packages.push(VirtualPackage::archspec(architecture));
    packages
}

fn entries<'d>(scope: &Scope<'d>, findings: &mut Findings) -> Vec<Entry<'d>> {
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

fn subdir(text: &str, value: Value<'_>, findings: &mut Findings) -> Option<Subdir> {
    match Subdir::from_str(text) {
        Ok(subdir) => Some(subdir),
        Err(_) => {
            let help = Some(selector::suggestion(text));
            value.invalid("a conda platform", "unknown", help, findings)
        }
    }
}

/// A platform with a name or virtual packages of its own.
fn rich<'d>(value: Value<'d>, table: &Table<'d>, findings: &mut Findings) -> Option<Entry<'d>> {
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
        for package in packages(table, &field, findings)? {
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

fn check_name<'d>(name: &'d str, value: Value<'d>, findings: &mut Findings) -> Option<&'d str> {
    let what = "a name for a platform";
    if ["linux", "unix", "win", "osx", "macos"].contains(&name) {
        return value.invalid(what, "reserved for the family of platforms", None, findings);
    }
    match selector::is_name(name) {
        true => Some(name),
        false => value.invalid(what, "letters, digits and `-` only", None, findings),
    }
}

/// The virtual packages that one key declares.
fn packages(
    table: &Table<'_>,
    field: &Field<'_>,
    findings: &mut Findings,
) -> Option<Vec<VirtualPackage>> {
    let name = match field.name {
        "glibc" => "__glibc",
        "linux" => "__linux",
        "macos" | "osx" => "__osx",
        "windows" => "__win",
        "cuda" => return cuda(field.value, findings),
        "archspec" => return Some(vec![VirtualPackage::archspec(field.value.text(findings)?)]),
        raw if raw.starts_with("__") => {
            let text = field.value.text(findings)?;
            let (number, build) = text.split_once('=').unwrap_or((text, "0"));
            let number = version(number, field.value, findings)?;
            return Some(vec![VirtualPackage {
                build: build.to_owned(),
                ..VirtualPackage::new(raw, number)
            }]);
        }
        _ => {
            let keys = [
                "platform", "name", "glibc", "linux", "macos", "osx", "windows", "cuda", "archspec",
            ];
            let near = crate::project::load::read::nearest(field.name, keys.into_iter());
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!(
                    "for the virtual package of that name write `__{}`",
                    field.name
                ),
            };
            table.unknown(field, help, findings);
            return None;
        }
    };
    let text = field.value.text(findings)?;
    Some(vec![VirtualPackage::new(
        name,
        version(text, field.value, findings)?,
    )])
}

/// A version, or a table of a driver's version and an architecture.
fn cuda(value: Value<'_>, findings: &mut Findings) -> Option<Vec<VirtualPackage>> {
    let table = match value.read() {
        Data::Text(text) => {
            return Some(vec![VirtualPackage::new(
                "__cuda",
                version(text, value, findings)?,
            )]);
        }
        Data::Table(table) => table,
        other => return value.not("a string or a table", &other, findings),
    };
    table.only(&["driver", "arch"], findings);
    let mut packages = Vec::new();
    for (key, name) in [("driver", "__cuda"), ("arch", "__cuda_arch")] {
        if let Some(field) = table.get(key) {
            let text = field.value.text(findings)?;
            packages.push(VirtualPackage::new(
                name,
                version(text, field.value, findings)?,
            ));
        }
    }
    Some(packages)
}

fn version<'t>(text: &'t str, value: Value<'_>, findings: &mut Findings) -> Option<&'t str> {
    match Version::from_str(text) {
        Ok(_) => Some(text),
        Err(error) => value.invalid("a version", error.kind.to_string(), None, findings),
    }
}

/// `[system-requirements]`, the old way to declare virtual packages: those of the workspace
/// and of the default environment's features count, the highest version wins.
fn requirements(
    scope: &Scope<'_>,
    environment: &Environment<'_>,
    entries: &mut [Entry<'_>],
    findings: &mut Findings,
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

fn required(table: &Table<'_>, findings: &mut Findings) -> Vec<(VirtualPackage, Applies)> {
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

fn libc(value: Value<'_>, findings: &mut Findings) -> Option<VirtualPackage> {
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

/// Adds a package, or raises the version of the one that is there.
fn raise(declared: &mut Vec<VirtualPackage>, package: &VirtualPackage) {
    let parsed = |one: &VirtualPackage| Version::from_str(&one.version).ok();
    match declared.iter_mut().find(|known| known.name == package.name) {
        Some(known) if parsed(known) < parsed(package) => *known = package.clone(),
        Some(_) => {}
        None => declared.push(package.clone()),
    }
}
