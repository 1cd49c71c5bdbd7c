//! The files that a rendered recipe names.

use std::path::{Path, PathBuf};

use rattler_build_recipe::Stage1Recipe;
use rattler_build_recipe::stage1::build::BuildPlan;
use rattler_build_recipe::stage1::source::GitUrl;
use rattler_build_recipe::stage1::{GlobVec, Source, TestType};
use rattler_build_script::{Script, ScriptContent};
use rattler_build_types::LateBoundPath;

use super::reached::{deeper, of_text};
use crate::backend::inputs::plain;
use crate::backend::named::{Named, Reached};
use crate::backend::tree::Tree;

/// All files that the recipe in `folder` names. `pruned` are directories that builds
/// write to.
pub fn named(recipe: &Stage1Recipe, folder: &Path, pruned: &[PathBuf]) -> Named {
    let mut named = Named {
        folder: folder.to_path_buf(),
        ..Default::default()
    };
    let stagings = &recipe.staging_caches;
    let sources = stagings.iter().flat_map(|staging| &staging.source);
    for source in sources.chain(&recipe.source) {
        add_source(&mut named, source, pruned);
    }
    let plans = stagings.iter().map(|staging| &staging.build.plan);
    for plan in plans.chain([&recipe.build.plan]) {
        add_plan(&mut named, plan);
    }
    if let Some(licenses) = &recipe.about.license_file {
        add_globs(&mut named, licenses.ordinary_globs());
    }
    for test in &recipe.tests {
        if let TestType::Commands(commands) = test {
            add_globs(&mut named, &commands.files.recipe);
            add_script(&mut named, &commands.script, None);
        }
    }
    named.reached = deeper(std::mem::take(&mut named.reached), folder);
    named
}

fn add_source(named: &mut Named, source: &Source, pruned: &[PathBuf]) {
    match source {
        Source::Path(path) => {
            let root = plain(&named.folder.join(&path.path));
            if root.is_dir() {
                named
                    .trees
                    .push(tree(&root, &path.filter, path.use_gitignore, pruned));
            } else {
                named.files.push(root);
            }
            add_patches(named, &path.patches);
        }
        Source::Git(git) => {
            if let Some(path) = local_repository(&git.url, &named.folder) {
                named.repositories.push(path);
            }
            add_patches(named, &git.patches);
        }
        Source::Url(url) => {
            let local = url.url.iter().filter_map(|url| url.to_file_path().ok());
            named.files.extend(local);
            add_patches(named, &url.patches);
        }
    }
}

/// A source that is a directory, with the rules for copying it.
pub fn tree(root: &Path, filter: &GlobVec, use_gitignore: bool, pruned: &[PathBuf]) -> Tree {
    let sources = |globs: &Vec<rattler_build_recipe::stage1::GlobWithSource>| {
        globs.iter().map(|glob| glob.source().to_string()).collect()
    };
    Tree {
        root: root.to_path_buf(),
        include: sources(filter.include_globs()),
        exclude: sources(filter.exclude_globs()),
        use_gitignore,
        pruned: pruned.to_vec(),
    }
}

/// The repository of a git source, if it is a directory on the machine.
pub fn local_repository(url: &GitUrl, folder: &Path) -> Option<PathBuf> {
    match url {
        GitUrl::Path(path) => Some(plain(&folder.join(path))),
        GitUrl::Url(url) => url.to_file_path().ok(),
        GitUrl::Ssh(_) => None,
    }
}

fn add_patches(named: &mut Named, patches: &[LateBoundPath]) {
    let folder = named.folder.clone();
    let files = patches.iter().filter_map(|patch| {
        // Patches that are part of a source are watched with it.
        let known = |name: &str| (name == "RECIPE_DIR").then(|| folder.clone());
        let path = patch.resolve(known);
        let is_open = path.to_str().is_none_or(|path| path.contains("${{"));
        (!is_open).then(|| plain(&folder.join(path)))
    });
    let files: Vec<PathBuf> = files.collect();
    named.files.extend(files.iter().cloned());
    named.patches.extend(files);
}

fn add_globs(named: &mut Named, globs: &GlobVec) {
    let included = globs
        .include_globs()
        .iter()
        .map(|glob| glob.source().to_string());
    named.globs.extend(included);
}

fn add_plan(named: &mut Named, plan: &BuildPlan) {
    match plan {
        BuildPlan::Script(script) => add_script(named, script, Some("build")),
        BuildPlan::Steps(steps) => {
            for step in steps {
                add_script(named, &step.to_script(), None);
            }
        }
    }
}

/// The extensions that are tried for a script without one.
const EXTENSIONS: [&str; 3] = ["sh", "bat", "ps1"];

fn add_script(named: &mut Named, script: &Script, default: Option<&str>) {
    let with_extensions = |name: &str| {
        let folder = named.folder.clone();
        let file = move |extension: &&str| folder.join(format!("{name}.{extension}"));
        EXTENSIONS.iter().map(file).collect::<Vec<_>>()
    };
    let texts: Vec<String> = match &script.content {
        ScriptContent::Default => match default {
            Some(name) => read_all(named, with_extensions(name)),
            None => Vec::new(),
        },
        ScriptContent::Path(path) => {
            let mut files = vec![plain(&named.folder.join(path))];
            if path.extension().is_none() {
                files.extend(with_extensions(&path.display().to_string()));
            }
            read_all(named, files)
        }
        ScriptContent::CommandOrPath(text) => {
            let is_name = !text.contains('\n') && !text.trim().contains(char::is_whitespace);
            let files = if is_name {
                let mut files = vec![plain(&named.folder.join(text))];
                files.extend(with_extensions(text));
                files
            } else {
                Vec::new()
            };
            let mut texts = read_all(named, files);
            texts.push(text.clone());
            texts
        }
        ScriptContent::Command(text) => vec![text.clone()],
        ScriptContent::Commands(commands) => commands.clone(),
    };
    let values = script.env.values().cloned();
    for text in texts.into_iter().chain(values) {
        named.reached = joined(std::mem::take(&mut named.reached), of_text(&text));
    }
}

/// Adds the files, and returns the texts of those that exist.
fn read_all(named: &mut Named, files: Vec<PathBuf>) -> Vec<String> {
    let texts = files
        .iter()
        .filter_map(|file| std::fs::read_to_string(file).ok());
    let texts = texts.collect();
    named.scripts.extend(files.iter().cloned());
    named.files.extend(files);
    texts
}

fn joined(one: Reached, other: Reached) -> Reached {
    match (one, other) {
        (Reached::Anything, _) | (_, Reached::Anything) => Reached::Anything,
        (Reached::Nothing, other) => other,
        (one, Reached::Nothing) => one,
        (Reached::Paths(mut one), Reached::Paths(other)) => {
            one.extend(
                other
                    .into_iter()
                    .filter(|path| !one.contains(path))
                    .collect::<Vec<_>>(),
            );
            Reached::Paths(one)
        }
    }
}
