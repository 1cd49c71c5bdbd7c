//! Where a module is that the compiler did not find.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::closure::{INIT, PRECOMPILED};
use super::super::config::Config;
use super::super::mistakes::dangling;
use super::super::requirements;
use super::super::script::below;
use crate::backend::Request;
use crate::backend::inputs::plain;
use crate::diagnostic::nearest;

/// The depth of the search below the source and below the workspace.
const DEPTH: usize = 4;

/// Modules of the standard library. Compilers before 1.0 found them without `std`.
const STANDARD: [&str; 31] = [
    "algorithm",
    "atomic",
    "base64",
    "benchmark",
    "bit",
    "builtin",
    "collections",
    "compile",
    "complex",
    "ffi",
    "format",
    "io",
    "iter",
    "itertools",
    "logger",
    "math",
    "memory",
    "os",
    "pathlib",
    "pwd",
    "python",
    "random",
    "reflection",
    "runtime",
    "stat",
    "subprocess",
    "sys",
    "tempfile",
    "testing",
    "time",
    "utils",
];

/// The way out, if the module `name` is a broken link, in a run dependency, in the project, in the
/// workspace or in the standard library, or is misspelled.
pub(super) fn help(request: &Request<'_, Config>, name: &str) -> Option<String> {
    let import_paths = request.config.import_paths.iter();
    let import_paths = import_paths.map(|path| plain(&request.project.source.join(path)));
    let places = std::iter::once(request.project.source.clone()).chain(import_paths);
    if let Some(link) = places
        .into_iter()
        .find_map(|place| broken_link(name, &place))
    {
        return Some(link);
    }
    if let Some(package) = requirements::run_dependency_with(request, name) {
        return Some(format!(
            "add `{package}` to `[package.host-dependencies]`, because the compiler does not see \
             `[package.run-dependencies]`"
        ));
    }
    let source = &request.project.source;
    let workspace = request.folders.workspace.as_ref();
    let places = std::iter::once(source).chain(workspace);
    let directory = places
        .into_iter()
        .find_map(|place| directory_of(name, place, DEPTH));
    let Some(directory) = directory else {
        return standard(name).or_else(|| misspelled(request, name));
    };
    let shown = |path: &Path| below(path, source).display().to_string().replace('\\', "/");
    Some(match package_around(request, &directory) {
        Some((package, folder)) => format!(
            "add `{package} = {{ path = \"{}\" }}` to `[package.host-dependencies]`, because that \
             package has the module",
            shown(&folder)
        ),
        None => format!(
            "it is in `{}`: write `import-paths = [\"{}\"]` into `[package.build.config]`",
            shown(&directory),
            shown(&directory)
        ),
    })
}

fn standard(name: &str) -> Option<String> {
    STANDARD.contains(&name).then(|| {
        format!("it is a module of the standard library: write `std.{name}` instead of `{name}`")
    })
}

fn misspelled(request: &Request<'_, Config>, name: &str) -> Option<String> {
    let known = requirements::modules_to_import(request);
    let near = nearest(name, known.iter().map(String::as_str))?;
    Some(format!("did you mean `{near}`?"))
}

/// The help for a link with the name of the module that leads nowhere.
fn broken_link(name: &str, folder: &Path) -> Option<String> {
    let mut level = vec![folder.to_path_buf()];
    for _ in 0..DEPTH {
        let candidates = level.iter().flat_map(|folder| {
            let suffixes = PRECOMPILED.into_iter().chain(["mojo"]);
            let files = suffixes.map(|suffix| format!("{name}.{suffix}"));
            let below = [name.to_string(), format!("{name}/{INIT}")];
            let below = below.into_iter().chain(files);
            below.map(|below| folder.join(below)).collect::<Vec<_>>()
        });
        if let Some((message, help)) = candidates.into_iter().find_map(|path| dangling(&path)) {
            return Some(format!("{message}: {help}"));
        }
        level = level
            .iter()
            .flat_map(|folder| visible_directories(folder))
            .collect();
    }
    None
}

/// The nearest directory at or below `folder` that has the module. Directories inside of a package
/// of Mojo are not searched, because the compiler does not search them either.
fn directory_of(name: &str, folder: &Path, depth: usize) -> Option<PathBuf> {
    let mut level = vec![folder.to_path_buf()];
    for _ in 0..depth {
        if let Some(found) = level.iter().find(|folder| has_module(folder, name)) {
            return Some(found.clone());
        }
        level = level
            .iter()
            .flat_map(|folder| directories_in(folder))
            .collect();
    }
    None
}

fn has_module(folder: &Path, name: &str) -> bool {
    let suffixes = PRECOMPILED.into_iter().chain(["mojo"]);
    let mut files = suffixes.map(|suffix| folder.join(format!("{name}.{suffix}")));
    folder.join(name).join(INIT).is_file() || files.any(|file| file.is_file())
}

/// The directories in `folder` that may be import paths, sorted.
fn directories_in(folder: &Path) -> Vec<PathBuf> {
    let mut paths = visible_directories(folder);
    paths.retain(|path| !path.join(INIT).is_file());
    paths
}

fn visible_directories(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let real = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    let is_hidden = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(['.', '_'])
    };
    let paths = real.map(|entry| entry.path());
    let mut paths: Vec<PathBuf> = paths.filter(|path| !is_hidden(path)).collect();
    paths.sort();
    paths
}

/// The name and directory of another package of the workspace that contains `directory`.
fn package_around(request: &Request<'_, Config>, directory: &Path) -> Option<(String, PathBuf)> {
    let own = request.project.manifest_folder();
    let above = directory.ancestors();
    let mut above = above.take_while(|folder| *folder != own && !own.starts_with(folder));
    above.find_map(|folder| {
        let text = std::fs::read_to_string(folder.join("pixi.toml")).ok()?;
        let manifest: Value = toml_edit::de::from_str(&text).ok()?;
        let name = manifest["package"]["name"].as_str()?;
        Some((name.to_string(), folder.to_path_buf()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::write;

    #[test]
    fn the_nearest_directory_with_the_module_is_found() {
        let root = tempfile::tempdir().expect("a directory");
        for path in [
            "vendor/greet/__init__.mojo",
            "vendor/deep/er/greet.mojo",
            "more/words.mojoc",
            "app/__init__.mojo",
            "app/inner.mojo",
            ".hidden/secret.mojo",
        ] {
            write(&root.path().join(path), "").expect("own directory");
        }
        let found = |name: &str| {
            let found = directory_of(name, root.path(), DEPTH)?;
            let below = found.strip_prefix(root.path()).expect("it is below");
            Some(below.display().to_string())
        };
        assert_eq!(found("greet").as_deref(), Some("vendor"));
        assert_eq!(found("words").as_deref(), Some("more"));
        assert_eq!(found("app").as_deref(), Some(""));
        for name in ["inner", "secret", "nothing"] {
            assert_eq!(found(name), None, "{name}");
        }
    }
}
