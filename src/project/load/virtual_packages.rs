//! Virtual packages: the defaults of a platform, and their declaration.

use std::str::FromStr;

use rattler_conda_types::{Subdir, Version};

use crate::diagnostic::nearest;
use crate::project::document::{Data, Field, Table, Value};
use crate::project::load::mistake::Diagnostics;

/// A property of a machine, as a package that the solver can depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VirtualPackage {
    /// The name, such as `__glibc`.
    pub name: String,
    /// Its version; `0` when it has none.
    pub version: String,
    /// Its build string; `0` when it has none.
    pub build: String,
}

impl VirtualPackage {
    /// A package without a build string.
    pub(crate) fn new(name: &str, version: &str) -> Self {
        Self {
            name: name.to_owned(),
            version: version.to_owned(),
            build: "0".to_owned(),
        }
    }

    /// A micro-architecture by its name.
    fn archspec(architecture: &str) -> Self {
        Self {
            build: architecture.to_owned(),
            ..Self::new("__archspec", "1")
        }
    }
}

/// The virtual packages of a platform that are assumed by default.
pub(crate) fn defaults(subdir: Subdir) -> Vec<VirtualPackage> {
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

/// The virtual packages that one key declares.
pub(crate) fn declared(
    table: &Table<'_>,
    field: &Field<'_>,
    findings: &mut Diagnostics,
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
            let near = nearest(field.name, keys);
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

/// A version, or a table with the version of a driver and an architecture.
fn cuda(value: Value<'_>, findings: &mut Diagnostics) -> Option<Vec<VirtualPackage>> {
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

/// The text, if it is a version.
pub(crate) fn version<'t>(
    text: &'t str,
    value: Value<'_>,
    findings: &mut Diagnostics,
) -> Option<&'t str> {
    match Version::from_str(text) {
        Ok(_) => Some(text),
        Err(error) => value.invalid("a version", error.kind.to_string(), None, findings),
    }
}
