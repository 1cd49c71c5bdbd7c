//! Which member of a virtual workspace is the package.
//!
//! Only the manifests that `[workspace]` names are read; the tree is not walked.
//! Members that Cargo would add because another member depends on their path are
//! not looked for: they are libraries.

use std::path::{Path, PathBuf};

use cargo_toml::{Manifest, Workspace};
use miette::{Diagnostic, Report, SourceSpan};
use thiserror::Error;

use crate::backends::cargo::manifest::package::{CargoToml, span};
use crate::diagnostic::SourceFile;

/// A member and the binaries it would install.
struct Member {
    manifest: CargoToml,
    name: String,
    binaries: Vec<String>,
}

/// The member of the virtual workspace `root` that builds the package `wanted`:
/// the one of that name, else the one with a binary of that name, else the only
/// one with a binary.
///
/// # Errors
/// [`NoChoice`], and whatever is wrong with a member's manifest.
pub(crate) fn choose(root: &CargoToml, wanted: Option<&str>) -> Result<CargoToml, Report> {
    let Some(workspace) = &root.parsed.workspace else {
        return Err(NoChoice::report(root, wanted, &[]));
    };
    let mut members = Vec::new();
    for folder in folders(root.folder(), workspace, &workspace.members) {
        let manifest = CargoToml::read(folder.join("Cargo.toml"))?;
        if let Some(package) = &manifest.parsed.package {
            members.push(Member {
                name: package.name.clone(),
                binaries: binaries(&manifest.parsed, &folder),
                manifest,
            });
        }
    }
    let defaults = folders(root.folder(), workspace, &workspace.default_members);
    match position(&members, wanted, &defaults) {
        Some(position) => Ok(members.swap_remove(position).manifest),
        None => Err(NoChoice::report(root, wanted, &members)),
    }
}

fn position(members: &[Member], wanted: Option<&str>, defaults: &[PathBuf]) -> Option<usize> {
    let only = |matches: &dyn Fn(&Member) -> bool| {
        let mut found = (0..members.len()).filter(|index| matches(&members[*index]));
        found.next().filter(|_| found.next().is_none())
    };
    let named = wanted.and_then(|wanted| {
        only(&|member| same(&member.name, wanted))
            .or_else(|| only(&|member| member.binaries.iter().any(|name| same(name, wanted))))
    });
    let is_default = |member: &Member| defaults.iter().any(|path| path == member.manifest.folder());
    named
        .or_else(|| only(&|member| !member.binaries.is_empty()))
        .or_else(|| only(&|member| !member.binaries.is_empty() && is_default(member)))
}

/// conda ignores case, and people write `_` for `-`.
fn same(cargo: &str, conda: &str) -> bool {
    let plain = |name: &str| name.to_lowercase().replace('_', "-");
    plain(cargo) == plain(conda)
}

/// The folders with a manifest that `patterns` name, in their order.
fn folders(root: &Path, workspace: &Workspace, patterns: &[String]) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    for pattern in patterns {
        let absolute = format!(
            "{}/{pattern}",
            glob::Pattern::escape(&root.to_string_lossy())
        );
        // What is no pattern matches nothing; Cargo says so when it builds.
        let matches = glob::glob(&absolute).into_iter().flatten().flatten();
        for folder in matches {
            let listed = found.contains(&folder)
                || is_excluded(root, &workspace.exclude, &workspace.members, &folder);
            if !listed && folder.join("Cargo.toml").is_file() {
                found.push(folder);
            }
        }
    }
    found
}

/// Whether Cargo leaves `folder` out of the workspace: `exclude` names it and
/// `members` does not, patterns aside.
pub(crate) fn is_excluded<T: AsRef<str>>(
    root: &Path,
    exclude: &[T],
    members: &[T],
    folder: &Path,
) -> bool {
    let names = |paths: &[T]| {
        let mut paths = paths.iter().map(|path| root.join(path.as_ref()));
        paths.any(|path| folder.starts_with(path))
    };
    names(exclude) && !names(members)
}

/// The binaries of a crate: those the manifest lists and those Cargo finds.
fn binaries(manifest: &Manifest, folder: &Path) -> Vec<String> {
    let listed = manifest.bin.iter().filter_map(|binary| binary.name.clone());
    let mut names: Vec<String> = listed.collect();
    let package = manifest.package.as_ref();
    if package.is_none_or(|package| package.autobins) {
        let main = folder.join("src").join("main.rs");
        if main.is_file() {
            names.extend(package.map(|package| package.name.clone()));
        }
        let entries = std::fs::read_dir(folder.join("src").join("bin"));
        let paths = entries
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path());
        let is_binary = |path: &PathBuf| {
            path.extension().is_some_and(|extension| extension == "rs")
                || path.join("main.rs").is_file()
        };
        let stem = |path: PathBuf| Some(path.file_stem()?.to_str()?.to_string());
        names.extend(paths.filter(is_binary).filter_map(stem));
    }
    names.sort();
    names.dedup();
    names
}

/// A virtual workspace, and nothing says which of its members is meant.
#[derive(Debug, Error, Diagnostic)]
#[error("Cargo.toml is a virtual workspace, and {reason}")]
#[diagnostic(code(cargo::no_choice), help("{help}"))]
pub(crate) struct NoChoice {
    reason: String,
    help: String,
    #[source_code]
    file: SourceFile,
    #[label("no `[package]` beside it")]
    at: Option<SourceSpan>,
}

impl NoChoice {
    fn report(root: &CargoToml, wanted: Option<&str>, members: &[Member]) -> Report {
        let with_binaries = members.iter().filter(|member| !member.binaries.is_empty());
        let listing: Vec<String> = with_binaries
            .map(|member| format!("`{}` ({})", member.name, member.binaries.join(", ")))
            .collect();
        let (reason, help) = if listing.is_empty() {
            (
                "none of its members has a binary".to_string(),
                "only binaries are installed into a package: add one, or build another folder"
                    .to_string(),
            )
        } else {
            let reason = match wanted {
                Some(wanted) => format!("no member or binary in it is called `{wanted}`"),
                None => "several of its members have binaries".to_string(),
            };
            let help = format!(
                "the members with binaries are {}: set `name` in `[package]` of pixi.toml to one of \
                 them, or name its folder with `source = {{ path = \"…\" }}` in `[package.build]`",
                listing.join(", ")
            );
            (reason, help)
        };
        Self {
            reason,
            help,
            file: root.file(),
            at: span(&root.text, &["workspace"]),
        }
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A virtual workspace with these members, each with a main file or not.
    fn workspace(table: &str, members: &[(&str, &str)]) -> (tempfile::TempDir, CargoToml) {
        let temp = tempfile::tempdir().expect("a folder");
        let write = |path: &str, text: &str| {
            let path = temp.path().join(path);
            std::fs::create_dir_all(path.parent().expect("below")).expect("writable");
            std::fs::write(path, text).expect("writable");
        };
        write("Cargo.toml", &format!("[workspace]\n{table}\n"));
        for (folder, file) in members {
            let name = folder.rsplit('/').next().expect("a name");
            write(
                &format!("{folder}/Cargo.toml"),
                &format!("[package]\nname = \"{name}\"\n"),
            );
            write(&format!("{folder}/{file}"), "fn main() {}\n");
        }
        let root = CargoToml::read(temp.path().join("Cargo.toml")).expect("it was written");
        (temp, root)
    }

    fn chosen(root: &CargoToml, wanted: Option<&str>) -> String {
        match choose(root, wanted) {
            Ok(member) => member.parsed.package.expect("a member").name,
            Err(report) => format!("{report}; {}", report.help().expect("it has one")),
        }
    }

    const MEMBERS: [(&str, &str); 4] = [
        ("crates/core", "src/lib.rs"),
        ("crates/Cli_Tool", "src/main.rs"),
        ("crates/server", "src/bin/serve.rs"),
        ("tools/gen", "src/bin/gen/main.rs"),
    ];

    #[test]
    fn a_member_is_found_by_its_name_or_that_of_its_binary() {
        let (_temp, root) = workspace("members = ['crates/*', 'tools/gen']", &MEMBERS);
        assert_eq!(chosen(&root, Some("cli-tool")), "Cli_Tool");
        assert_eq!(chosen(&root, Some("serve")), "server");
        assert_eq!(chosen(&root, Some("core")), "core");
    }

    #[test]
    fn the_only_member_with_a_binary_needs_no_name() {
        let (_temp, root) = workspace("members = ['crates/*', 'tools/*']", &MEMBERS[..2]);
        assert_eq!(chosen(&root, Some("other")), "Cli_Tool");
        assert_eq!(chosen(&root, None), "Cli_Tool");
    }

    #[test]
    fn excluded_members_do_not_count_and_default_members_decide() {
        let table = "members = ['crates/*', 'tools/*']\nexclude = ['crates/server']";
        let (_temp, root) = workspace(table, &MEMBERS[1..3]);
        assert_eq!(chosen(&root, None), "Cli_Tool");
        let table = "members = ['crates/*']\ndefault-members = ['crates/server']";
        let (_temp, root) = workspace(table, &MEMBERS);
        assert_eq!(chosen(&root, Some("other")), "server");
    }

    #[test]
    fn without_a_choice_the_members_are_listed_with_their_binaries() {
        let (_temp, root) = workspace("members = ['crates/*', 'tools/*']", &MEMBERS);
        let error = chosen(&root, Some("other"));
        let listing = "`Cli_Tool` (Cli_Tool), `server` (serve), `gen` (gen)";
        assert!(
            error.contains("no member or binary in it is called `other`"),
            "{error}"
        );
        assert!(error.contains(listing), "{error}");
        let (_temp, root) = workspace("members = ['crates/core']", &MEMBERS[..1]);
        let error = chosen(&root, None);
        assert!(
            error.contains("none of its members has a binary"),
            "{error}"
        );
    }
}
