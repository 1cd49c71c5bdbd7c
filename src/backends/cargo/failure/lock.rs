//! A Cargo.lock that is missing or does not match Cargo.toml.

use std::path::Path;

use semver::{Version, VersionReq};
use toml_edit::{DocumentMut, Item, Table, TableLike};

use crate::backend::failure::Diagnosis;
use crate::backend::log::Log;

/// There is no lock file.
pub(super) fn missing(log: &Log) -> Option<Diagnosis> {
    let path = log.between("cannot create the lock file ", " because --locked")?;
    Some(Diagnosis {
        code: "build::lock_missing",
        message: format!("{path} does not exist"),
        details: Vec::new(),
        help: Some(
            "run `cargo generate-lockfile` there and keep the file with the sources: it makes every \
             build use the same crates"
                .to_string(),
        ), ..Default::default()
})
}

/// The lock file does not match the manifests.
pub(super) fn stale(log: &Log) -> Option<Diagnosis> {
    let path = log.between("cannot update the lock file ", " because --locked")?;
    let root = Path::new(path).parent()?;
    let read = |name: &str| std::fs::read_to_string(root.join(name)).ok();
    let entry = read("Cargo.toml")
        .zip(read("Cargo.lock"))
        .and_then(|(manifest, lock)| stale_entry(&manifest, &lock));
    Some(Diagnosis {
        code: "build::lock_stale",
        message: format!("{path} does not match the manifests"),
        details: entry.into_iter().collect(),
        help: Some("run `cargo update --workspace` there and keep the modified file".to_string()),
        ..Default::default()
    })
}

/// The first difference between a manifest and its lock file: the version of the package, or a
/// dependency. `None` if the difference is in another file or key.
fn stale_entry(manifest: &str, lock: &str) -> Option<String> {
    let manifest: DocumentMut = manifest.parse().ok()?;
    let lock: DocumentMut = lock.parse().ok()?;
    let package = manifest.get("package")?;
    let name = package.get("name")?.as_str()?;
    let locked = lock.get("package")?.as_array_of_tables()?;
    let named = |name: &str| -> Vec<&Table> {
        let own = locked
            .iter()
            .filter(|entry| text(entry.get("name")) == name);
        own.collect()
    };

    let Some(own) = named(name)
        .into_iter()
        .find(|entry| !entry.contains_key("source"))
    else {
        return Some(format!("`{name}` is not in it"));
    };
    let version = package.get("version").and_then(Item::as_str);
    if let Some(version) = version
        && text(own.get("version")) != version
    {
        let locked = text(own.get("version"));
        return Some(format!(
            "`{name}` has the version {version}, the lock file says {locked}"
        ));
    }
    let listed = own.get("dependencies").and_then(Item::as_array);
    let listed: Vec<&str> = (listed.into_iter().flatten())
        .filter_map(|entry| entry.as_str()?.split(' ').next())
        .collect();
    for (key, dependency) in dependencies(manifest.as_table()) {
        let name = dependency
            .get("package")
            .and_then(Item::as_str)
            .unwrap_or(&key);
        if !listed.contains(&name) {
            return Some(format!(
                "`{name}` is a dependency in Cargo.toml and not in the lock file"
            ));
        }
        let wanted = dependency
            .as_str()
            .or_else(|| dependency.get("version")?.as_str());
        let versions: Vec<&str> = named(name)
            .into_iter()
            .map(|entry| text(entry.get("version")))
            .collect();
        if let Some(wanted) = wanted
            && !versions.iter().any(|version| satisfies(version, wanted))
        {
            let versions = versions.join(", ");
            return Some(format!(
                "Cargo.toml asks for `{name} = \"{wanted}\"`, the lock file has {versions}"
            ));
        }
    }
    None
}

fn text(item: Option<&Item>) -> &str {
    item.and_then(Item::as_str).unwrap_or_default()
}

/// Every dependency in every table, including those for targets.
fn dependencies(manifest: &dyn TableLike) -> Vec<(String, Item)> {
    let tables = ["dependencies", "build-dependencies", "dev-dependencies"];
    let mut found = Vec::new();
    for table in tables {
        let table = manifest.get(table).and_then(Item::as_table_like);
        let entries = table.into_iter().flat_map(|table| table.iter());
        found.extend(entries.map(|(name, item)| (name.to_string(), item.clone())));
    }
    let targets = manifest.get("target").and_then(Item::as_table_like);
    for (_, target) in targets.into_iter().flat_map(|targets| targets.iter()) {
        found.extend(target.as_table_like().map(dependencies).unwrap_or_default());
    }
    found
}

/// Whether a locked version satisfies a requirement. Also `true` if one of them cannot be
/// parsed.
fn satisfies(version: &str, wanted: &str) -> bool {
    match (Version::parse(version), VersionReq::parse(wanted)) {
        (Ok(version), Ok(wanted)) => wanted.matches(&version),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "version = 4\n\n[[package]]\nname = \"itoa\"\nversion = \"1.0.18\"\n\
        source = \"registry\"\n\n[[package]]\nname = \"own\"\nversion = \"0.1.0\"\n\
        dependencies = [\n \"itoa\",\n]\n";

    fn entry(manifest: &str) -> String {
        let manifest = format!("[package]\nname = \"own\"\n{manifest}");
        stale_entry(&manifest, LOCK).unwrap_or_default()
    }

    #[test]
    fn the_entry_that_differs_is_named() {
        assert_eq!(entry("version = '0.1.0'\n[dependencies]\nitoa = '1'"), "");
        assert_eq!(
            entry("version = '0.2.0'\n"),
            "`own` has the version 0.2.0, the lock file says 0.1.0"
        );
        assert_eq!(
            entry("version = '0.1.0'\n[target.'cfg(unix)'.dependencies]\nr = { package = 'ryu' }"),
            "`ryu` is a dependency in Cargo.toml and not in the lock file"
        );
        assert_eq!(
            entry("version = '0.1.0'\n[dependencies]\nitoa = '>=0.4, <2'"),
            ""
        );
        assert_eq!(
            entry("version = '0.1.0'\n[dependencies]\nitoa = { version = '0.4' }"),
            "Cargo.toml asks for `itoa = \"0.4\"`, the lock file has 1.0.18"
        );
    }
}
