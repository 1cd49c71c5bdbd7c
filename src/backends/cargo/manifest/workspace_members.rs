//! Selects the member of a workspace that is the package.
//!
//! Only the manifests that `[workspace]` names are read, and directories are not searched.
//! Members that Cargo adds because another member depends on their path are not included: they
//! are libraries.

use std::path::PathBuf;
use std::sync::Arc;

use miette::{Diagnostic, Report, SourceSpan};
use thiserror::Error;

use crate::backends::cargo::manifest::binaries::binaries;
use crate::backends::cargo::manifest::cargo_toml::CargoToml;
use crate::backends::cargo::manifest::manifests::{Manifests, excludes};
use crate::diagnostic::SourceFile;

/// The option that selects members.
pub(crate) const PACKAGES: &str = "packages";

/// The names that select a member.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wanted<'a> {
    /// The name of the package in pixi's manifest.
    pub(crate) package: Option<&'a str>,
    /// The name of a crate that the user selects, with `--package` in `extra-args` or as the
    /// first of `packages`, unless that is a pattern.
    pub(crate) selected: Option<&'a str>,
    /// The option that selects it.
    pub(crate) option: &'static str,
}

/// A member and its binaries.
struct Member {
    manifest: Arc<CargoToml>,
    name: String,
    binaries: Vec<String>,
    /// Whether it is not published, as in `publish = false`, and therefore only for its
    /// maintainers.
    is_private: bool,
}

/// The selected member of the workspace `root`. `None` if `root` is a package and no other
/// package is selected.
///
/// # Errors
/// [`NoChoice`], and members whose manifest cannot be read.
pub(crate) fn choose(
    manifests: &mut Manifests,
    root: &Arc<CargoToml>,
    wanted: Wanted<'_>,
) -> Result<Option<Arc<CargoToml>>, Report> {
    let is_selected = |name: Option<&str>| wanted.selected.is_none_or(|it| Some(it) == name);
    if root.package().is_some() && is_selected(root.name()) {
        return Ok(None);
    }
    let mut members = Vec::new();
    for folder in folders(root, "members") {
        let Some(manifest) = manifests.find(&folder)? else {
            continue;
        };
        if let Some(name) = manifest.name() {
            members.push(Member {
                name: name.to_string(),
                binaries: binaries(&manifest),
                is_private: is_private(&manifest, root),
                manifest,
            });
        }
    }
    let chosen = match wanted.selected {
        Some(selected) => members.iter().position(|member| member.name == selected),
        None => position(&members, wanted.package, &folders(root, "default-members")),
    };
    match chosen {
        Some(position) => Ok(Some(members.swap_remove(position).manifest)),
        None => Err(NoChoice::report(root, wanted, &members)),
    }
}

/// The members that `[workspace]` of `root` names. `root` is included if it is a package.
///
/// # Errors
/// Members whose manifest cannot be read.
pub(crate) fn members(
    manifests: &mut Manifests,
    root: &Arc<CargoToml>,
) -> Result<Vec<Arc<CargoToml>>, Report> {
    let mut found: Vec<Arc<CargoToml>> = Vec::new();
    found.extend(root.package().is_some().then(|| Arc::clone(root)));
    for folder in folders(root, "members") {
        found.extend(manifests.find(&folder)?);
    }
    Ok(found)
}

/// Selects a member in this order: a member named `wanted` with binaries, a member with a
/// binary named `wanted`, a member named `wanted`, a default member with binaries, a member
/// with binaries. A step selects a member only if it is the only match, or the only match that
/// is published.
fn position(members: &[Member], wanted: Option<&str>, defaults: &[PathBuf]) -> Option<usize> {
    let only = |matches: &dyn Fn(&Member) -> bool| {
        let found = |matches: &dyn Fn(&Member) -> bool| {
            let mut found = (0..members.len()).filter(|index| matches(&members[*index]));
            found.next().filter(|_| found.next().is_none())
        };
        found(matches).or_else(|| found(&|member| matches(member) && !member.is_private))
    };
    let installs = |member: &Member| !member.binaries.is_empty();
    let is_default = |member: &Member| defaults.iter().any(|path| path == member.manifest.folder());
    let named = wanted.and_then(|wanted| {
        only(&|member| same(&member.name, wanted) && installs(member))
            .or_else(|| only(&|member| member.binaries.iter().any(|name| same(name, wanted))))
            .or_else(|| only(&|member| same(&member.name, wanted)))
    });
    named
        .or_else(|| only(&|member| installs(member) && is_default(member)))
        .or_else(|| only(&installs))
}

/// conda ignores case, and users also write `_` instead of `-`.
fn same(cargo: &str, conda: &str) -> bool {
    let plain = |name: &str| name.to_lowercase().replace('_', "-");
    plain(cargo) == plain(conda)
}

/// The directories that a list of `[workspace]` names and that contain a manifest, in the order
/// of the list.
fn folders(root: &CargoToml, list: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    for pattern in root.workspace_list(list) {
        let folder = glob::Pattern::escape(&root.folder().to_string_lossy());
        // An invalid pattern does not match anything. Cargo reports it during the build.
        let matches = glob::glob(&format!("{folder}/{pattern}"));
        for folder in matches.into_iter().flatten().flatten() {
            if !found.contains(&folder)
                && !excludes(root, &folder)
                && folder.join("Cargo.toml").is_file()
            {
                found.push(folder);
            }
        }
    }
    found
}

/// Whether the manifest of a member says that it is not published.
fn is_private(member: &CargoToml, root: &CargoToml) -> bool {
    let own = member.package_key("publish");
    let inherits = own.and_then(|own| own.get("workspace")).is_some();
    let template = || root.workspace()?.get("package")?.get("publish");
    let publish = if inherits { template() } else { own };
    publish.is_some_and(|publish| {
        let nowhere = publish
            .as_array()
            .is_some_and(|registries| registries.is_empty());
        nowhere || publish.as_bool() == Some(false)
    })
}

/// A workspace in which nothing selects a member.
#[derive(Debug, Error, Diagnostic)]
#[error("Cargo.toml {what}, and {reason}")]
#[diagnostic(code(cargo::ambiguous_member), help("{help}"))]
pub(crate) struct NoChoice {
    what: &'static str,
    reason: String,
    help: String,
    #[source_code]
    file: SourceFile,
    #[label("the members are named here")]
    at: Option<SourceSpan>,
}

impl NoChoice {
    fn report(root: &CargoToml, wanted: Wanted<'_>, members: &[Member]) -> Report {
        let with_binaries = members.iter().filter(|member| !member.binaries.is_empty());
        let listing: Vec<String> = with_binaries
            .map(|member| format!("`{}` ({})", member.name, member.binaries.join(", ")))
            .collect();
        let reason = match (wanted.selected, wanted.package) {
            (Some(selected), _) => {
                let option = wanted.option;
                format!("`{selected}`, which `{option}` names, is not a member of it")
            }
            _ if listing.is_empty() => "none of its members has a binary".to_string(),
            (None, Some(wanted)) => format!("no member or binary in it is called `{wanted}`"),
            (None, None) => "several of its members have binaries".to_string(),
        };
        let help = match listing.is_empty() {
            true => {
                "only binaries are installed into a package: add one, or build another directory"
                    .to_string()
            }
            false if wanted.selected.is_some() && wanted.option == PACKAGES => format!(
                "the members with binaries are {}: name one of them in `{PACKAGES}`",
                listing.join(", ")
            ),
            false => format!(
                "the members with binaries are {}: set `name` in `[package]` of pixi.toml to one \
                 of them, or name its directory with `source = {{ path = \"…\" }}` in \
                 `[package.build]`",
                listing.join(", ")
            ),
        };
        let what = match (root.package(), root.workspace()) {
            (None, _) => "is a virtual workspace",
            (Some(_), Some(_)) => "is a workspace",
            (Some(_), None) => "is not a workspace",
        };
        Self {
            what,
            reason,
            help,
            file: root.file(),
            at: root.span(&["workspace"]),
        }
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIN: &str = "src/main.rs";

    /// A virtual workspace with members. Each member has a directory, additional lines of its
    /// manifest, and a source file.
    fn workspace(
        table: &str,
        members: &[(&str, &str, &str)],
    ) -> (tempfile::TempDir, Arc<CargoToml>) {
        let temp = tempfile::tempdir().expect("a folder");
        let write = |path: &str, text: &str| {
            let path = temp.path().join(path);
            std::fs::create_dir_all(path.parent().expect("below")).expect("writable");
            std::fs::write(path, text).expect("writable");
        };
        write("Cargo.toml", &format!("[workspace]\n{table}\n"));
        for (folder, rest, file) in members {
            let name = folder.rsplit('/').next().expect("a name");
            let manifest = format!("[package]\nname = \"{name}\"\n{rest}\n");
            write(&format!("{folder}/Cargo.toml"), &manifest);
            write(&format!("{folder}/{file}"), "fn main() {}\n");
        }
        let root = CargoToml::read(&temp.path().join("Cargo.toml")).expect("it was written");
        (temp, root)
    }

    fn chosen_with(root: &Arc<CargoToml>, wanted: Wanted<'_>) -> String {
        match choose(&mut Manifests::default(), root, wanted) {
            Ok(Some(member)) => member.name().expect("a member").to_string(),
            Ok(None) => "the root".to_string(),
            Err(report) => format!("{report}; {}", report.help().expect("it has one")),
        }
    }

    fn chosen(root: &Arc<CargoToml>, package: Option<&str>) -> String {
        let wanted = Wanted {
            package,
            ..Wanted::default()
        };
        chosen_with(root, wanted)
    }

    const MEMBERS: [(&str, &str, &str); 4] = [
        ("crates/core", "", "src/lib.rs"),
        ("crates/Cli_Tool", "", MAIN),
        ("crates/server", "", "src/bin/serve.rs"),
        ("tools/gen", "", "src/bin/gen/main.rs"),
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
    fn helpers_that_are_not_published_do_not_count_beside_a_program_that_is() {
        let table = "members = ['*']\npackage.publish = false";
        let program = (
            "cutter",
            "[[bin]]\nname = 'cut'\npath = 'src/main.rs'",
            MAIN,
        );
        for publish in [
            "publish = false",
            "publish = []",
            "publish.workspace = true",
        ] {
            let (_temp, root) = workspace(table, &[program, ("chores", publish, MAIN)]);
            assert_eq!(chosen(&root, None), "cutter", "{publish}");
            assert_eq!(chosen(&root, Some("other")), "cutter", "{publish}");
            assert_eq!(chosen(&root, Some("chores")), "chores", "{publish}");
        }
        // If no member is published, the selection stays ambiguous.
        let private = |name| (name, "publish = false", MAIN);
        let (_temp, root) = workspace(table, &[private("a"), private("b")]);
        assert!(chosen(&root, None).contains("several of its members have binaries"));
    }

    #[test]
    fn a_library_is_not_meant_where_a_program_has_its_name() {
        let program = (
            "lathe-cli",
            "[[bin]]\nname = 'lathe'\npath = 'src/main.rs'",
            MAIN,
        );
        let library = ("lathe", "", "src/lib.rs");
        let members = [library, program, ("other", "", MAIN)];
        let (_temp, root) = workspace("members = ['*']", &members);
        assert_eq!(chosen(&root, Some("lathe")), "lathe-cli");
        // A binary with another name is a different program.
        let members = [library, ("lathe-server", "", MAIN), ("other", "", MAIN)];
        let (_temp, root) = workspace("members = ['*']", &members);
        assert_eq!(chosen(&root, Some("lathe")), "lathe");
        // A member that has this name and a binary has priority over a binary with this name.
        let both = [("lathe", "", MAIN), program];
        let (_temp, root) = workspace("members = ['*']", &both);
        assert_eq!(chosen(&root, Some("lathe")), "lathe");
    }

    #[test]
    fn a_binary_that_is_listed_with_its_file_has_one_name() {
        let listed = "[[bin]]\nname = 'cut'\npath = 'src/main.rs'";
        let (_temp, root) = workspace(
            "members = ['*']",
            &[("cutter-cli", listed, MAIN), ("b", "", MAIN)],
        );
        assert!(chosen(&root, None).contains("`cutter-cli` (cut)"));
    }

    #[test]
    fn an_argument_for_cargo_names_a_member_exactly() {
        let (_temp, root) = workspace("members = ['crates/*']", &MEMBERS);
        let named = |selected, option| Wanted {
            package: Some("server"),
            selected: Some(selected),
            option,
        };
        let chosen = chosen_with(&root, named("Cli_Tool", PACKAGES));
        assert_eq!(chosen, "Cli_Tool");
        let errors = ["extra-args", PACKAGES].map(|key| chosen_with(&root, named("gone", key)));
        insta::assert_snapshot!(errors.join("\n"), @r#"
    Cargo.toml is a virtual workspace, and `gone`, which `extra-args` names, is not a member of it; the members with binaries are `Cli_Tool` (Cli_Tool), `server` (serve): set `name` in `[package]` of pixi.toml to one of them, or name its directory with `source = { path = "…" }` in `[package.build]`
    Cargo.toml is a virtual workspace, and `gone`, which `packages` names, is not a member of it; the members with binaries are `Cli_Tool` (Cli_Tool), `server` (serve): name one of them in `packages`
    "#);
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
