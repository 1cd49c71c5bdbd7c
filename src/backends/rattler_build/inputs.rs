//! The files that influence the metadata and the packages of a recipe.

use std::path::{Path, PathBuf};

use super::loaded::LoadedFiles;
use super::{Config, Recipe, variants};
use crate::backend::extra_input_globs;
use crate::backend::git_folders::GitFolders;
use crate::backend::inputs::{WILDCARDS, plain, split_at_wildcard};
use crate::backend::named::{Named, Reached};
use crate::backend::options::InputTracking;
use crate::backend::tree::{self, crossing};
use crate::backend::{BuildPaths, GlobSet, Request, project_files};
use crate::disk;

/// The reason for license files and files of tests.
const PACKED: &str = "packed with the package";

/// The inputs that are known before the build.
pub(super) fn drafted(request: &Request<'_, Config>, recipe: &Recipe) -> Vec<GlobSet> {
    let mut sets = metadata(request, recipe);
    sets.push(folder_of(recipe));
    sets
}

/// The inputs that are known after the build: the files that the rendered recipe names.
pub(super) fn built(
    request: &Request<'_, Config>,
    recipe: &Recipe,
    paths: &BuildPaths,
) -> Vec<GlobSet> {
    let mut sets = metadata(request, recipe);
    let extra = &request.config.extra_input_globs;
    sets.extend(extra_input_globs::sets(extra, &request.project.source, &[]));
    sets.extend(named(&paths.named, recipe));
    if request.config.input_tracking == InputTracking::Globs {
        sets.push(folder_of(recipe));
    }
    sets
}

/// The recipe, the files that are read during its evaluation, and the manifest.
pub(super) fn metadata(request: &Request<'_, Config>, recipe: &Recipe) -> Vec<GlobSet> {
    let Request {
        project,
        config,
        folders,
        ..
    } = request;
    let found = &recipe.found;
    let mut files = vec![(found.path.clone(), "the recipe")];
    let before = found.before.iter().cloned();
    files.extend(before.map(|path| (path, "a recipe that would be preferred")));
    let variants = variants::possible(request, recipe);
    files.extend(variants.into_iter().map(|path| (path, "variants")));
    let folder = recipe.found.path.parent().unwrap_or(Path::new(""));
    let loaded = LoadedFiles::of(&recipe.text);
    let names = loaded.names.iter();
    files.extend(names.map(|(_, name)| (plain(&folder.join(name)), "read by the recipe")));
    let mut sets: Vec<GlobSet> = files
        .iter()
        .filter_map(|(path, reason)| GlobSet::file(path, reason))
        .collect();
    let manifest = project.manifest.path();
    if manifest != recipe.found.path && !manifest.is_dir() {
        sets.extend(project_files::manifest_inputs(project, folders));
    }
    if loaded.has_others {
        let names = ["*.toml", "*.json", "*.yaml", "*.yml", "*.txt"];
        sets.push(GlobSet::names(folder, names, "read by the recipe"));
    }
    if recipe.text.contains("git.") && config.experimental {
        sets.extend(repository(folder));
    }
    sets
}

fn named(named: &Named, recipe: &Recipe) -> Vec<GlobSet> {
    let mut sets: Vec<GlobSet> = named
        .files
        .iter()
        .filter_map(|path| GlobSet::file(path, "named by the recipe"))
        .collect();
    sets.extend(
        named
            .trees
            .iter()
            .map(|tree| tree.watched("a source of the recipe")),
    );
    sets.extend(named.repositories.iter().flat_map(|path| repository(path)));
    for glob in &named.globs {
        sets.extend(in_folder(&named.folder, glob));
    }
    match &named.reached {
        Reached::Nothing => {}
        Reached::Paths(paths) => {
            for path in paths {
                sets.extend(reached(&named.folder.join(path)));
            }
        }
        Reached::Anything => {
            let trees: Vec<PathBuf> = named.trees.iter().map(|tree| tree.root.clone()).collect();
            let sources = trees
                .iter()
                .map(PathBuf::as_path)
                .filter(|root| *root != named.folder);
            sets.push(folder_of(recipe).except(sources));
        }
    }
    sets
}

/// A file or directory that a script uses.
fn reached(path: &Path) -> Vec<GlobSet> {
    let reason = "reached by a script";
    if path.is_dir() {
        vec![GlobSet::tree(path, ["**"], reason)]
    } else {
        GlobSet::file(path, reason).into_iter().collect()
    }
}

/// A glob in the directory of the recipe, rooted where its wildcards begin, because the
/// directory may be the root of a workspace.
fn in_folder(folder: &Path, glob: &str) -> Vec<GlobSet> {
    let is_glob = glob.contains(WILDCARDS);
    if Path::new(glob).is_absolute() && !is_glob {
        return GlobSet::file(Path::new(glob), PACKED).into_iter().collect();
    }
    let glob = glob.strip_prefix("./").unwrap_or(glob);
    let glob = glob.trim_end_matches('/');
    if is_glob {
        return matching(folder, glob);
    }
    let path = plain(&folder.join(glob));
    if path.is_dir() {
        vec![GlobSet::tree(&path, ["**"], PACKED)]
    } else {
        GlobSet::file(&path, PACKED).into_iter().collect()
    }
}

/// The files that match a glob in which `*` also matches `/`.
fn matching(folder: &Path, glob: &str) -> Vec<GlobSet> {
    let (start, rest) = split_at_wildcard(glob, &WILDCARDS);
    let root = plain(&folder.join(start));
    if rest.contains('/') || rest == "**" {
        return vec![GlobSet::tree(&root, crossing(rest), PACKED)];
    }
    // `LICENSE*.txt` matches `LICENSES/MIT.txt`. With a star at its start, a glob would match files
    // in every directory; only those in directories with such a name are watched.
    let name = match rest.rfind('*') {
        Some(star) if star > 0 => &rest[..=star],
        _ => rest,
    };
    let directories = disk::folders(&root).into_iter().filter(|path| {
        let own = path.file_name().and_then(|name| name.to_str());
        own.is_some_and(|own| tree::matches(name, own))
    });
    let trees = directories.map(|path| GlobSet::tree(&path, ["**"], PACKED));
    let names = GlobSet::names(&root, [rest], PACKED);
    std::iter::once(names).chain(trees).collect()
}

/// All files in the directory of the recipe that are not hidden, except for those of
/// builds.
fn folder_of(recipe: &Recipe) -> GlobSet {
    let folder = recipe.found.path.parent().unwrap_or(Path::new(""));
    GlobSet::tree(folder, ["**", "!output"], "anything next to the recipe").without_leftovers()
}

/// The state of the repository that contains `folder`: the commit that is checked out, and the
/// branches.
fn repository(folder: &Path) -> [GlobSet; 2] {
    let is_bare = folder.join("HEAD").is_file() && folder.join("refs").is_dir();
    let around = GitFolders::around(folder).filter(|_| !is_bare);
    let GitFolders { own, shared } = around.unwrap_or_else(|| GitFolders {
        own: folder.to_path_buf(),
        shared: folder.to_path_buf(),
    });
    let reason = "the state of a repository";
    [
        GlobSet::names(&own, ["HEAD"], reason).with_hidden(),
        GlobSet::tree(&shared, ["packed-refs", "refs/**"], reason).with_hidden(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_for_licenses_match_files_in_directories() {
        let folder = tempfile::tempdir().expect("a folder");
        for path in ["LICENSES", "LICENSE.d", "src", "vendor/a"] {
            fs_err::create_dir_all(folder.path().join(path)).expect("writable");
        }
        let of = |glob: &str| {
            let sets = in_folder(folder.path(), glob).into_iter();
            let lines = sets.map(|set| {
                let root = set.root.strip_prefix(folder.path()).expect("below");
                format!("{}: {}", root.display(), set.patterns.join(" "))
            });
            let mut lines: Vec<String> = lines.collect();
            lines.sort();
            lines
        };
        let all = [": LICENSE* !*/", "LICENSE.d: **", "LICENSES: **"];
        assert_eq!(of("LICENSE*"), all);
        assert_eq!(of("LICENSES*.txt"), [": LICENSES*.txt !*/", "LICENSES: **"]);
        assert_eq!(of("*.txt"), [": *.txt !*/"]);
        assert_eq!(of("*S"), [": *S !*/", "LICENSES: **"]);
        assert_eq!(of("vendor/*/L"), ["vendor: **/*/L **/*/L/**"]);
        assert_eq!(of("LICENSES/"), ["LICENSES: **"]);
        assert_eq!(of("COPYING"), [": COPYING !*/"]);
    }

    #[test]
    fn a_new_commit_in_a_worktree_changes_its_own_head_and_the_shared_branches() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |path: &str| folder.path().join(path);
        for path in ["main/.git/worktrees/one", "one/recipe", "bare.git/refs"] {
            fs_err::create_dir_all(at(path)).expect("writable");
        }
        let write = |path: &str, text: &str| fs_err::write(at(path), text).expect("writable");
        write("one/.git", "gitdir: ../main/.git/worktrees/one\n");
        write("main/.git/worktrees/one/commondir", "../..\n");
        write("bare.git/HEAD", "ref: refs/heads/main\n");
        let roots = |path: &str| repository(&at(path)).map(|set| set.root);
        assert_eq!(
            roots("one/recipe"),
            [at("main/.git/worktrees/one"), at("main/.git")]
        );
        assert_eq!(roots("main"), [at("main/.git"), at("main/.git")]);
        assert_eq!(roots("bare.git"), [at("bare.git"), at("bare.git")]);
    }
}
