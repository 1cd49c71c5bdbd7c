//! The contents of the environments of a build, to compare them with those of the last
//! build.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rattler_digest::{Sha256, compute_bytes_digest};
use serde::{Deserialize, Serialize};

/// One environment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Environment {
    /// The path of its prefix.
    pub(super) prefix: PathBuf,
    /// Its packages by name.
    pub(super) packages: BTreeMap<String, Package>,
}

/// One version of a package, or a program of the machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Package {
    /// Distinguishes it from all other versions.
    pub(super) identity: String,
    depends: Vec<String>,
}

#[derive(Deserialize)]
struct Record {
    name: String,
    version: String,
    build: String,
    sha256: Option<String>,
    md5: Option<String>,
    #[serde(default)]
    depends: Vec<String>,
}

/// Programs that do not affect compiled files. Packages that only they require do not
/// affect them either.
const HARMLESS: [&str; 12] = [
    "ccache",
    "cmake",
    "cpack",
    "ctest",
    "git",
    "make",
    "ninja",
    "patchelf",
    "pkg-config",
    "pkgconf",
    "pkgconfig",
    "sccache",
];

impl Environment {
    /// Reads the packages in `prefix`. In a prefix without conda packages, the linked
    /// programs are used instead.
    pub(super) fn read(prefix: &Path) -> Self {
        let mut packages = installed(prefix);
        if packages.is_empty() {
            packages = programs(prefix);
        }
        Self {
            prefix: prefix.to_path_buf(),
            packages,
        }
    }

    /// The packages that differ from those in `before` or no longer exist.
    pub(super) fn changed_since<'a>(&'a self, before: &'a Self) -> Vec<&'a str> {
        let is_other = |name: &str, package: &Package| {
            let now = self.packages.get(name);
            now.is_none_or(|now| now.identity != package.identity)
        };
        let before = before.packages.iter();
        before
            .filter(|(name, package)| is_other(name, package))
            .map(|(name, _)| name.as_str())
            .collect()
    }

    /// Whether the packages differ from those in `before`.
    pub(super) fn differs_from(&self, before: &Self) -> bool {
        let identities = |environment: &Self| -> Vec<(String, String)> {
            let packages = environment.packages.iter();
            packages
                .map(|(name, package)| (name.clone(), package.identity.clone()))
                .collect()
        };
        identities(self) != identities(before)
    }

    /// Whether `name` may affect the output of a compiler. This is true for all packages,
    /// except for programs that are known not to and packages that only those require.
    pub(super) fn may_compile(&self, name: &str) -> bool {
        let harmless = self.needed_by(|name| HARMLESS.contains(&name));
        if !harmless.contains(name) {
            return true;
        }
        let needed: BTreeSet<&str> = (self.packages.values())
            .flat_map(|package| package.depends.iter().map(|spec| name_of(spec)))
            .collect();
        let tops = |name: &str| !needed.contains(name) && !HARMLESS.contains(&name);
        self.needed_by(tops).contains(name)
    }

    /// The packages for which `is_wanted` is true, and all their requirements.
    fn needed_by(&self, is_wanted: impl Fn(&str) -> bool) -> BTreeSet<&str> {
        let names = self.packages.keys().map(String::as_str);
        let mut open: Vec<&str> = names.filter(|name| is_wanted(name)).collect();
        let mut found: BTreeSet<&str> = BTreeSet::new();
        while let Some(name) = open.pop() {
            if let Some((name, package)) = self.packages.get_key_value(name)
                && found.insert(name)
            {
                open.extend(package.depends.iter().map(|spec| name_of(spec)));
            }
        }
        found
    }
}

/// The name at the start of a requirement.
fn name_of(spec: &str) -> &str {
    spec.split([' ', '=', '<', '>', '!', '~', '['])
        .next()
        .unwrap_or(spec)
}

fn installed(prefix: &Path) -> BTreeMap<String, Package> {
    let entries = std::fs::read_dir(prefix.join("conda-meta")).into_iter();
    let paths = entries.flatten().flatten().map(|entry| entry.path());
    let records = paths.filter(|path| path.extension().is_some_and(|ending| ending == "json"));
    records
        .filter_map(|path| {
            let text = std::fs::read(path).ok()?;
            let record: Record = serde_json::from_slice(&text).ok()?;
            let hash = record.sha256.or(record.md5);
            let hash = hash.unwrap_or_else(|| digest(&text));
            let identity = format!("{} {} {hash}", record.version, record.build);
            Some((
                record.name,
                Package {
                    identity,
                    depends: record.depends,
                },
            ))
        })
        .collect()
}

fn programs(prefix: &Path) -> BTreeMap<String, Package> {
    let entries = std::fs::read_dir(prefix.join("bin"))
        .into_iter()
        .flatten()
        .flatten();
    entries
        .filter_map(|entry| {
            let about = std::fs::metadata(entry.path()).ok()?;
            let identity = format!("{} {:?}", about.len(), about.modified().ok()?);
            let name = entry.file_name().into_string().ok()?;
            Some((
                name,
                Package {
                    identity,
                    ..Package::default()
                },
            ))
        })
        .collect()
}

/// A hash of `bytes` as a string.
pub(super) fn digest(bytes: &[u8]) -> String {
    hex::encode(compute_bytes_digest::<Sha256>(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(packages: &[(&str, &str, &[&str])]) -> Environment {
        let packages = packages.iter().map(|(name, identity, depends)| {
            let package = Package {
                identity: identity.to_string(),
                depends: depends.iter().map(ToString::to_string).collect(),
            };
            (name.to_string(), package)
        });
        Environment {
            prefix: PathBuf::from("/p"),
            packages: packages.collect(),
        }
    }

    #[test]
    fn what_only_cmake_needs_compiles_nothing() {
        let environment = environment(&[
            ("cmake", "1", &["libuv >=1", "zlib"]),
            ("ninja", "1", &[]),
            ("libuv", "1", &[]),
            ("zlib", "1", &[]),
            ("gxx_linux-64", "1", &["gcc ==14", "binutils"]),
            ("gcc", "1", &["zlib"]),
            ("binutils", "1", &[]),
        ]);
        let compiling: Vec<&str> = (environment.packages.keys())
            .map(String::as_str)
            .filter(|name| environment.may_compile(name))
            .collect();
        assert_eq!(compiling, ["binutils", "gcc", "gxx_linux-64", "zlib"]);
    }

    #[test]
    fn a_package_that_came_is_not_one_that_changed() {
        let before = environment(&[("a", "1", &[]), ("b", "1", &[]), ("c", "1", &[])]);
        let now = environment(&[("a", "1", &[]), ("b", "2", &[]), ("d", "1", &[])]);
        assert_eq!(now.changed_since(&before), ["b", "c"]);
        assert!(now.differs_from(&before));
        assert!(!now.differs_from(&now));
    }
}
