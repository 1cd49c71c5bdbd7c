//! The content of an environment.

use std::path::Path;

use rattler_digest::{Sha256, compute_bytes_digest};
use serde::Deserialize;

/// The hash that identifies a version and build of a package.
#[derive(Deserialize)]
struct Record {
    sha256: Option<String>,
    md5: Option<String>,
}

/// A hash that is the same for every environment with the same packages, wherever it is.
pub(crate) fn hash(prefix: &Path) -> String {
    hex::encode(compute_bytes_digest::<Sha256>(content(prefix)))
}

/// The packages of an environment. An environment without packages links to programs of this
/// machine; their sizes and times take the place of the packages.
pub(crate) fn content(prefix: &Path) -> String {
    let records = lines(&prefix.join("conda-meta"), |path| {
        let text = std::fs::read(path).ok()?;
        let record: Record = serde_json::from_slice(&text).ok()?;
        let hash = record.sha256.or(record.md5);
        Some(hash.unwrap_or_else(|| hex::encode(compute_bytes_digest::<Sha256>(&text))))
    });
    if !records.is_empty() {
        return records;
    }
    lines(&prefix.join("bin"), |path| {
        let about = std::fs::metadata(path).ok()?;
        Some(format!("{} {:?}", about.len(), about.modified().ok()?))
    })
}

/// One line for each file in a directory, sorted by name.
fn lines(folder: &Path, describe: impl Fn(&Path) -> Option<String>) -> String {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut lines: Vec<String> = entries
        .filter_map(|entry| {
            let described = describe(&entry.path())?;
            Some(format!("{} {described}\n", entry.file_name().display()))
        })
        .collect();
    lines.sort();
    lines.concat()
}
