//! The crates that `cargo tree` lists, and the directories from which they were compiled.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item};

use crate::backend::BuildPaths;
use crate::backends::cargo::context::crate_context::CrateBuild;
use crate::backends::cargo::context::layout;
use crate::backends::cargo::third_party::texts;
use crate::disk;

/// The separator in the output of `cargo tree`. It does not appear in names, licenses or URLs.
pub(super) const BETWEEN: &str = "~~";

/// A crate that is linked into the installed files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Linked {
    pub(super) name: String,
    pub(super) version: String,
    /// The license expression in Cargo.toml. Empty if there is none.
    pub(super) license: String,
    pub(super) repository: String,
    /// The directories that may contain its license texts, nearest first.
    pub(super) folders: Vec<PathBuf>,
}

impl Linked {
    /// The crates in `text`, the output of `cargo tree`, sorted and without those of the
    /// project.
    pub(super) fn all(text: &str, build: CrateBuild<'_>, places: &Places) -> Vec<Self> {
        let mut found = BTreeMap::new();
        for line in text.lines() {
            let line = line.trim().trim_end_matches(" (*)");
            let Some(named) = Named::read(line) else {
                continue;
            };
            if found.contains_key(&(named.name, named.version)) {
                continue;
            }
            let folders = match &named.source {
                Some(source) if is_path(source) => {
                    let folder = PathBuf::from(source);
                    if is_own(&folder, build) {
                        continue;
                    }
                    vec![folder]
                }
                Some(source) => places.checked_out(source, named.name),
                None => places.downloaded(named.name, named.version),
            };
            let linked = Self {
                name: named.name.to_string(),
                version: named.version.to_string(),
                license: named.license.to_string(),
                repository: named.repository.to_string(),
                folders,
            };
            found.insert((named.name, named.version), linked);
        }
        found.into_values().collect()
    }
}

fn is_path(source: &str) -> bool {
    Path::new(source).is_absolute()
}

/// Whether the license of the project covers a crate: it is an installed member, or it is in
/// the directory of the Cargo workspace and does not contain a license text of its own.
fn is_own(folder: &Path, build: CrateBuild<'_>) -> bool {
    let is_root = build.members.iter().any(|member| member.folder == folder);
    is_root || (folder.starts_with(&build.workspace) && texts::files(folder).is_empty())
}

/// The parts of one line of `cargo tree`.
#[derive(Debug, PartialEq, Eq)]
struct Named<'a> {
    name: &'a str,
    version: &'a str,
    /// A path, or the URL of a repository. `None` for a crate of a registry.
    source: Option<&'a str>,
    license: &'a str,
    repository: &'a str,
}

impl<'a> Named<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let mut parts = line.split(BETWEEN);
        let (package, license, repository) = (parts.next()?, parts.next()?, parts.next()?);
        let (name, rest) = package.split_once(" v")?;
        let (version, source) = match rest.split_once(" (") {
            Some((version, source)) => (version, source.strip_suffix(')')),
            None => (rest, None),
        };
        // Registries other than crates.io are named, but Cargo keeps their crates in the same
        // directory.
        let source = source.filter(|source| !source.starts_with("registry "));
        Some(Self {
            name,
            version: version.trim(),
            source,
            license,
            repository,
        })
    }
}

/// The directories in which Cargo keeps crates.
#[derive(Debug)]
pub(super) struct Places {
    homes: Vec<PathBuf>,
    vendored: Vec<PathBuf>,
}

impl Places {
    pub(super) fn of(build: CrateBuild<'_>, paths: &BuildPaths) -> Self {
        let request = build.request;
        let chosen = request.config.env.get("CARGO_HOME").map(PathBuf::from);
        let own = layout::cargo_home(request.folders);
        // Activation sets a directory in the build environment. Without any of them, Cargo uses
        // that of the user.
        let activated = paths.build_prefix.join(".cargo");
        let inherited = request.env.path("CARGO_HOME").map(Path::to_path_buf);
        let usual = request.env.home().map(|home| home.join(".cargo"));
        let homes = chosen.into_iter().chain(own).chain([activated]);
        Self {
            homes: homes.chain(inherited).chain(usual).collect(),
            vendored: build.cargo_config.vendored(),
        }
    }

    /// The directory of a crate from a registry.
    fn downloaded(&self, name: &str, version: &str) -> Vec<PathBuf> {
        let full = format!("{name}-{version}");
        let vendored = self.vendored.iter();
        let vendored = vendored.flat_map(|folder| [folder.join(&full), folder.join(name)]);
        let mut vendored = vendored.filter(|folder| is_crate(folder, name, Some(version)));
        if let Some(folder) = vendored.next() {
            return vec![folder];
        }
        let homes = self.homes.iter();
        let registries = homes.flat_map(|home| disk::folders(&home.join("registry/src")));
        let mut folders = registries.map(|registry| registry.join(&full));
        folders.find(|folder| folder.is_dir()).into_iter().collect()
    }

    /// The directory of a crate from a repository, and its parent directories, which may
    /// contain the license texts.
    fn checked_out(&self, source: &str, name: &str) -> Vec<PathBuf> {
        let vendored = self.vendored.iter().map(|folder| folder.join(name));
        let mut vendored = vendored.filter(|folder| is_crate(folder, name, None));
        if let Some(folder) = vendored.next() {
            return vec![folder];
        }
        let Some((_, revision)) = source.rsplit_once('#') else {
            return Vec::new();
        };
        let homes = self.homes.iter();
        let repositories = homes.flat_map(|home| disk::folders(&home.join("git/checkouts")));
        let checkouts = repositories.flat_map(|repository| disk::folders(&repository));
        let is_revision = |folder: &PathBuf| {
            let short = folder.file_name().and_then(|it| it.to_str());
            short.is_some_and(|short| revision.starts_with(short) || short.starts_with(revision))
        };
        let mut found = checkouts.filter(is_revision).filter_map(|checkout| {
            let folder = below(&checkout, name, 4)?;
            let around = folder.ancestors().map(Path::to_path_buf);
            Some(around.take_while(|it| it.starts_with(&checkout)).collect())
        });
        found.next().unwrap_or_default()
    }
}

/// The directory of the crate `name`: `folder`, or a directory below it, at most `depth` levels
/// deep.
fn below(folder: &Path, name: &str, depth: usize) -> Option<PathBuf> {
    if is_crate(folder, name, None) {
        return Some(folder.to_path_buf());
    }
    let deeper = (depth > 0).then(|| disk::folders(folder));
    let mut deeper = deeper.into_iter().flatten();
    deeper.find_map(|folder| below(&folder, name, depth - 1))
}

fn is_crate(folder: &Path, name: &str, version: Option<&str>) -> bool {
    let Ok(text) = std::fs::read_to_string(folder.join("Cargo.toml")) else {
        return false;
    };
    let Ok(manifest) = text.parse::<DocumentMut>() else {
        return false;
    };
    let package = manifest.get("package");
    let is = |key: &str, value: &str| {
        let found = package.and_then(|package| package.get(key));
        found.and_then(Item::as_str) == Some(value)
    };
    is("name", name) && version.is_none_or(|version| is("version", version))
}

#[cfg(test)]
mod tests {
    use super::Named;

    #[test]
    fn a_line_names_a_crate_and_its_source() {
        let read = |line| Named::read(line).map(|it| (it.name, it.version, it.source));
        for (line, expected) in [
            ("cfg-if v1.0.0~~MIT~~", ("cfg-if", "1.0.0", None)),
            (
                "near v0.1.0 (/pool/near)~~~~",
                ("near", "0.1.0", Some("/pool/near")),
            ),
            (
                "far v2.0.0 (https://example.org/far?branch=x#1a2b3c4d)~~MIT~~",
                (
                    "far",
                    "2.0.0",
                    Some("https://example.org/far?branch=x#1a2b3c4d"),
                ),
            ),
            ("own v2.0.0 (registry `own`)~~MIT~~", ("own", "2.0.0", None)),
        ] {
            assert_eq!(read(line), Some(expected), "{line}");
        }
        assert_eq!(read(""), None);
    }
}
