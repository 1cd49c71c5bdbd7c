//! Finds the manifest of the package and that of its workspace.

use std::path::{Path, PathBuf};

use crate::diagnostic::nearest;
use crate::project::document::{Data, Document, ManifestKind, Table};
use crate::project::load::below::{self, in_folder, own_workspace};
use crate::project::load::metadata;
use crate::project::load::mistake::Diagnostics;
use crate::project::load::mistake::find::{
    NoManifest, NoPackage, NotAManifest, UnreadableManifest, named,
};
use crate::project::load::mistake::request::PathMissing;
use crate::project::load::mistake::shape::Conflict;
use crate::project::load::mistake::warning::{Deprecated, InvisibleWorkspace};
use crate::project::load::paths;

/// The manifests of one load.
#[derive(Debug)]
pub(crate) struct Found {
    /// The manifest with the package.
    pub member: Document,
    /// The manifest with the workspace, if it is another file.
    pub above: Option<Document>,
    /// The source directory of a package without a manifest.
    pub source: Option<PathBuf>,
}

/// The names of recipes in a directory without a manifest, highest priority first.
const RECIPES: [&str; 4] = [
    "recipe.yaml",
    "recipe.yml",
    "recipe/recipe.yaml",
    "recipe/recipe.yml",
];

/// The manifest that pixi assumes for a recipe without a manifest.
const OF_A_RECIPE: &str = "[package.build.backend]\nname = \"pixi-build-rattler-build\"\n";

/// Finds and parses the manifest at `path` (absolute) and that of its workspace. Errors name files
/// for a user whose current directory is `here`.
pub(crate) fn find(path: &Path, here: &Path, findings: &mut Diagnostics) -> Option<Found> {
    if let Some((recipe, source)) = recipe_alone(path) {
        let folder = recipe.parent()?;
        let text = OF_A_RECIPE.to_owned();
        let member = Document::parse(recipe.clone(), &paths::shown(&recipe, here), text);
        return Some(Found {
            member: member.expect("the text is TOML"),
            above: search(folder.ancestors(), here, findings),
            source: Some(source),
        });
    }
    let manifest = choose(path, findings)?;
    let folder = manifest.parent()?.to_owned();
    let member = read(&manifest, here, findings)?;
    if member.field(&["package"]).is_none() {
        findings.mistake(NoPackage {
            help: help_without_package(&member),
            path: manifest,
        });
        return None;
    }
    let above = if own_workspace(&member) {
        None
    } else {
        search_above(&folder, here, findings)
    };
    Some(Found {
        member,
        above,
        source: None,
    })
}

/// A recipe without a manifest, and the path that was given: the recipe itself, or a
/// directory that contains a recipe but no package manifest.
fn recipe_alone(path: &Path) -> Option<(PathBuf, PathBuf)> {
    let path = dunce::canonicalize(path).ok()?;
    if path.is_file() {
        let name = path.file_name()?.to_str()?;
        let folder = path.parent()?.to_owned();
        return RECIPES[..2].contains(&name).then_some((path, folder));
    }
    let recipes = RECIPES.iter().map(|name| path.join(name));
    let recipe = { recipes }.find(|recipe| recipe.is_file())?;
    let is_package = in_folder(&path).is_some_and(|manifest| {
        let text = fs_err::read_to_string(&manifest).unwrap_or_default();
        let document = Document::parse(manifest, "", text);
        document.map_or(true, |document| document.field(&["package"]).is_some())
    });
    (!is_package).then_some((recipe, path))
}

/// The `[workspace]` table of a document, also under its old name.
pub(crate) fn workspace_table<'d>(
    document: &'d Document,
    findings: &mut Diagnostics,
) -> Option<Table<'d>> {
    let (new, old) = (document.field(&["workspace"]), document.field(&["project"]));
    match (new, old) {
        (Some(new), Some(old)) => {
            let (first, second) = if new.key_at.offset() < old.key_at.offset() {
                (new.value, old.value)
            } else {
                (old.value, new.value)
            };
            findings.mistake(Conflict {
                first: first.key_path(),
                second: second.key_path(),
                help: "`project` is the old name of `workspace`; put everything into `workspace`"
                    .to_owned(),
                file: document.file(),
                first_at: first.at,
                second_at: Some(second.at),
            });
            None
        }
        (None, Some(old)) => {
            let path = old.value.key_path();
            findings.warn(Deprecated {
                new: format!("[{}workspace]", path.trim_end_matches("project")),
                old: format!("[{path}]"),
                file: document.file(),
                at: old.value.at,
            });
            old.value.table(findings)
        }
        (new, None) => new?.value.table(findings),
    }
}

/// Reports keys of `[workspace]` that are similar to one that a package can use. Other
/// unknown keys are ignored, because a newer pixi may have added them.
pub(crate) fn check_keys(workspace: &Table<'_>, findings: &mut Diagnostics) {
    let known = || OWN_KEYS.into_iter().chain(metadata::FIELDS);
    for field in workspace.fields() {
        if known().any(|key| key == field.name) {
            continue;
        }
        if let Some(near) = nearest(field.name, known()) {
            workspace.unknown(&field, format!("did you mean `{near}`?"), findings);
        }
    }
}

/// The keys of a workspace in addition to the metadata that members inherit.
const OWN_KEYS: [&str; 9] = [
    "channels",
    "platforms",
    "build-variants",
    "build-variants-files",
    "target",
    "dependencies",
    "exclude-newer",
    "channel-priority",
    "preview",
];

/// The file at a path from the user. Links are resolved first, because pixi treats all
/// paths as relative to the real location of the file.
pub(crate) fn choose(path: &Path, findings: &mut Diagnostics) -> Option<PathBuf> {
    let named = path.to_owned();
    let real = match dunce::canonicalize(path) {
        Ok(real) => real,
        Err(_) if ManifestKind::of(path).is_some() => {
            let folder = path.parent().unwrap_or(path);
            findings.mistake(NoManifest::new(folder.to_owned(), &below::packages(folder)));
            return None;
        }
        Err(_) => {
            findings.mistake(PathMissing {
                path: path.to_owned(),
            });
            return None;
        }
    };
    if real.is_dir() {
        let chosen = in_folder(&real);
        if chosen.is_none() {
            let packages = below::packages(&real);
            findings.mistake(NoManifest::new(real, &packages));
        }
        return chosen;
    }
    if ManifestKind::of(&named).is_none() {
        findings.mistake(NotAManifest { path: named });
        return None;
    }
    Some(real)
}

/// Parses the manifest at `path`. Errors name it for a user whose current directory is `here`.
pub(crate) fn read(path: &Path, here: &Path, findings: &mut Diagnostics) -> Option<Document> {
    let text = match fs_err::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            findings.mistake(UnreadableManifest { error });
            return None;
        }
    };
    match Document::parse(path.to_owned(), &paths::shown(path, here), text) {
        Ok(document) => Some(document),
        Err(syntax) => {
            findings.mistake(*syntax);
            None
        }
    }
}

/// The next workspace in the parent directories. pixi stops at a manifest without pixi
/// tables; this function skips such files, because they cannot change the package.
pub(crate) fn search_above(
    folder: &Path,
    here: &Path,
    findings: &mut Diagnostics,
) -> Option<Document> {
    search(folder.ancestors().skip(1), here, findings)
}

/// The first workspace in `folders`. Errors name files for a user whose current directory is `here`.
fn search<'a>(
    folders: impl Iterator<Item = &'a Path>,
    here: &Path,
    findings: &mut Diagnostics,
) -> Option<Document> {
    let mut invisible = None;
    for above in folders {
        let Some(path) = in_folder(above) else {
            continue;
        };
        // A broken `pyproject.toml` may belong to another tool.
        if ManifestKind::of(&path) == Some(ManifestKind::Pyproject)
            && !fs_err::read_to_string(&path).is_ok_and(|text| text.contains("pixi"))
        {
            continue;
        }
        let document = read(&path, here, findings)?;
        let named = |name: &str| document.field(&[name]).is_some();
        if named("workspace") || (document.kind() == ManifestKind::Pyproject && named("project")) {
            return Some(document);
        }
        if named("project") {
            invisible.get_or_insert(path);
        }
    }
    if let Some(path) = invisible {
        findings.warn(InvisibleWorkspace { path });
    }
    None
}

fn help_without_package(document: &Document) -> String {
    let sibling = |kind: &ManifestKind| {
        let path = document.directory().join(kind.file_name());
        let text = fs_err::read_to_string(&path).ok()?;
        let other = Document::parse(path, kind.file_name(), text).ok()?;
        matches!(other.field(&["package"])?.value.read(), Data::Table(_)).then_some(())
    };
    let other = (ManifestKind::ALL.iter())
        .find(|kind| **kind != document.kind() && sibling(kind).is_some());
    let packages = named(&below::packages(document.directory()));
    match (other, document.kind()) {
        (None, _) if packages.is_some() => format!(
            "its packages are {}: name one of them, or all with `--all`",
            packages.unwrap_or_default()
        ),
        (Some(other), _) => format!(
            "only one manifest of a directory is read, but the package is in `{name}` beside it: name that file",
            name = other.file_name()
        ),
        (None, ManifestKind::Pyproject) => {
            "add a `[tool.pixi.package.build.backend]` table".to_owned()
        }
        (None, ManifestKind::Pixi | ManifestKind::Mojo) => {
            "add a `[package.build.backend]` table".to_owned()
        }
    }
}
