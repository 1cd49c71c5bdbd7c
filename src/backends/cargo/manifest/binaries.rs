//! The binaries of a crate, according to its manifest and its files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use toml_edit::{Item, TableLike};

use crate::backends::cargo::manifest::cargo_toml::CargoToml;

/// The names of the binaries that the manifest lists, and of those that Cargo discovers. A
/// listed binary is not discovered a second time under another name.
pub(crate) fn binaries(manifest: &CargoToml) -> Vec<String> {
    let folder = manifest.folder();
    let package = manifest.name().unwrap_or_default();
    let mut names = BTreeSet::new();
    let mut paths = BTreeSet::new();
    for binary in listed_binaries(manifest) {
        let text = |key: &str| binary.get(key).and_then(Item::as_str);
        paths.extend(text("path").map(|path| folder.join(path)));
        names.extend(text("name").map(str::to_string));
    }
    let finds = manifest.package_key("autobins").and_then(Item::as_bool);
    if finds != Some(false) {
        let found = discovered(folder, package).into_iter();
        let found = found.filter(|(_, path)| !paths.contains(path));
        names.extend(found.map(|(name, _)| name));
    }
    names.into_iter().collect()
}

/// The tables `[[bin]]`.
pub(crate) fn listed_binaries(manifest: &CargoToml) -> Vec<&dyn TableLike> {
    let Some(bin) = manifest.get("bin") else {
        return Vec::new();
    };
    let tables = bin.as_array_of_tables().into_iter().flatten();
    let inline = bin.as_array().into_iter().flatten();
    let inline = inline.filter_map(|value| value.as_inline_table());
    let tables = tables.map(|table| table as &dyn TableLike);
    tables
        .chain(inline.map(|table| table as &dyn TableLike))
        .collect()
}

/// The names and main files of the binaries that Cargo discovers.
fn discovered(folder: &Path, package: &str) -> Vec<(String, PathBuf)> {
    let main = folder.join("src").join("main.rs");
    let mut found = Vec::new();
    if main.is_file() {
        found.push((package.to_string(), main));
    }
    let entries = std::fs::read_dir(folder.join("src").join("bin"));
    for path in entries
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
    {
        let nested = path.join("main.rs");
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        let name = path.file_stem().and_then(|name| name.to_str());
        let name = name.map(str::to_string);
        match (name, nested.is_file()) {
            (Some(name), true) => found.push((name, nested)),
            (Some(name), false) if is_rust => found.push((name, path)),
            _ => {}
        }
    }
    found
}
