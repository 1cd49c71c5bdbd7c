//! The packages that contain the modules that a library imports.
//!
//! By default a package is assumed to contain the module with its name. A package in the
//! same workspace may name its library differently in its manifest. The modules of any
//! other package are known only when it is installed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::closure::INIT;
use super::config::Config;
use super::installed::records;
use super::names::normalized;
use super::source::Source;
use crate::backend::inputs::plain;
use crate::backend::{InstalledPackage, Request};
use crate::diagnostic::Warning;
use crate::project::document::ManifestKind;
use crate::protocol::model::DependencyTable;
use crate::protocol::spec::{PackageSpec, SourceLocation};

/// The modules of the dependency `name`, if they are known before it is installed.
pub(super) fn modules(
    request: &Request<'_, Config>,
    name: &str,
    spec: &PackageSpec,
) -> Vec<String> {
    let mut modules = vec![normalized(name)];
    let config = manifest(request, spec).and_then(|manifest| config(&manifest));
    let config = config.unwrap_or_default();
    let several = config["pkgs"].as_array().into_iter().flatten();
    let libraries = several.chain([&config["pkg"]]);
    let names = libraries.filter_map(|library| library["name"].as_str());
    modules.extend(names.map(str::to_string));
    modules
}

/// The manifests of packages in the same workspace, which contain the names of their
/// libraries.
pub(super) fn manifests<'a>(
    request: &'a Request<'_, Config>,
    dependencies: impl IntoIterator<Item = &'a DependencyTable>,
) -> Vec<PathBuf> {
    let specs = dependencies.into_iter().flat_map(DependencyTable::values);
    specs.filter_map(|spec| manifest(request, spec)).collect()
}

fn manifest(request: &Request<'_, Config>, spec: &PackageSpec) -> Option<PathBuf> {
    let PackageSpec::Source(source) = spec else {
        return None;
    };
    let SourceLocation::Path(location) = &source.location else {
        return None;
    };
    let path = plain(&request.project.manifest_folder().join(&location.path));
    if ManifestKind::of(&path).is_some() {
        return Some(path);
    }
    let files = ManifestKind::ALL.map(|kind| path.join(kind.file_name()));
    let existing = files.iter().find(|file| file.is_file());
    existing.or(files.first()).cloned()
}

/// The options in a manifest, without those for targets.
fn config(manifest: &Path) -> Option<Value> {
    let text = std::fs::read_to_string(manifest).ok()?;
    let document: Value = toml_edit::de::from_str(&text).ok()?;
    let tables = match ManifestKind::of(manifest) {
        Some(ManifestKind::Pyproject) => &document["tool"]["pixi"],
        _ => &document,
    };
    let build = &tables["package"]["build"];
    // Both names of the table are valid.
    let config = build.get("config").or(build.get("configuration"));
    config.cloned()
}

/// Packages that the library imports without depending on them, so that users of the
/// library would not find them. `depends` are the names of its dependencies.
pub(super) fn unnamed(
    source: &Source,
    package: &InstalledPackage<'_>,
    depends: &[String],
) -> Vec<Warning> {
    if source.needed_by_libraries.is_empty() {
        return Vec::new();
    }
    let paths = package.paths;
    let mut providers = self::providers(&paths.build_prefix);
    providers.extend(self::providers(&paths.host_prefix));
    let imported = source.needed_by_libraries.iter();
    let imported = imported.filter_map(|module| Some((module, providers.get(module)?)));
    let unnamed = imported.filter(|(_, provider)| !depends.contains(provider));
    unnamed
        .map(|(module, provider)| {
            Warning::new(format!(
                "the library imports `{module}` of the package `{provider}`, on which it does not depend"
            ))
            .help(format!(
                "add `{provider}` to `[package.run-dependencies]`, so that it is installed with \
                 the library"
            ))
        })
        .collect()
}

/// The packages in an environment, by the modules that they contain.
fn providers(prefix: &Path) -> BTreeMap<String, String> {
    let mut providers = BTreeMap::new();
    for record in records(prefix) {
        let Some(name) = record["name"].as_str() else {
            continue;
        };
        let files = record["files"].as_array().into_iter().flatten();
        let modules = files.filter_map(|file| module(file.as_str()?));
        providers.extend(modules.map(|module| (module, name.to_string())));
    }
    providers
}

/// The module of an installed file.
pub(super) fn module(file: &str) -> Option<String> {
    let below = file.strip_prefix("lib/mojo/")?;
    let name = match below.split_once('/') {
        Some((package, INIT)) => package,
        Some(_) => return None,
        None => below
            .strip_suffix(".mojoc")
            .or(below.strip_suffix(".mojopkg"))?,
    };
    (name != "std").then(|| name.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::write;

    #[test]
    fn installed_files_say_which_modules_a_package_has() {
        for (file, expected) in [
            ("lib/mojo/greet.mojoc", Some("greet")),
            ("lib/mojo/greet.mojopkg", Some("greet")),
            ("lib/mojo/greet/__init__.mojo", Some("greet")),
            ("lib/mojo/greet/words.mojo", None),
            ("lib/mojo/std.mojoc", None),
            ("bin/greet", None),
        ] {
            assert_eq!(module(file).as_deref(), expected, "{file}");
        }
    }
    #[test]
    fn options_are_read_from_every_kind_of_manifest() {
        let root = tempfile::tempdir().expect("a directory");
        for (file, table) in [
            ("pixi.toml", "package.build.config"),
            ("mojoproject.toml", "package.build.configuration"),
            ("pyproject.toml", "tool.pixi.package.build.config"),
        ] {
            let path = root.path().join(file);
            let text = format!("[{table}]\npkg = {{ name = \"words\" }}\n");
            write(&path, &text).expect("own directory");
            let config = config(&path).expect("there are options");
            assert_eq!(config["pkg"]["name"], "words", "{file}");
        }
        assert_eq!(config(&root.path().join("missing.toml")), None);
    }
}
