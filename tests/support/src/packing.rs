//! Writes a described package as a `.conda` archive.
//!
//! The archive is equal to one of rattler-build: `info/paths.json` contains hashes, sizes
//! and the prefix for which each file was made, so that real installers accept and
//! relocate it.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use rattler_conda_types::PackageRecord;
use rattler_conda_types::compression_level::CompressionLevel;
use rattler_conda_types::package::{IndexJson, PackageFile, RunExportsJson};
use rattler_digest::{Md5, Sha256, compute_bytes_digest, compute_file_digest};
use rattler_package_streaming::write::write_conda_package;
use serde_json::{Value, json};

use super::packages::{Content, Entry, Mode, Package, placeholder};

/// Milliseconds since the epoch. The value is the same for all packages, so that archives
/// of equal descriptions are equal.
const TIMESTAMP: u64 = 1_700_000_000_000;

/// Writes `package` as `archive` and returns its record for a channel.
pub fn pack(package: &Package, archive: &Path) -> PackageRecord {
    let stage = tempfile::tempdir().expect("a temporary directory can be created");
    let mut staged = Stage::new(stage.path());

    let paths: Vec<Value> = (package.entries.iter())
        .map(|(path, entry)| staged.entry(path, entry))
        .collect();
    for (name, text) in &package.licenses {
        staged.file(&format!("info/licenses/{name}"), text.as_bytes());
    }
    let index = index(package);
    staged.json("info/index.json", &index);
    staged.json(
        "info/paths.json",
        &json!({"paths": paths, "paths_version": 1}),
    );
    staged.json("info/about.json", &about(package));
    let run_exports = (!package.run_exports.is_empty()).then(|| package.run_exports.clone());
    if let Some(exports) = &run_exports {
        let exports = serde_json::to_value(exports).expect("run exports are plain data");
        staged.json(
            RunExportsJson::package_path()
                .to_str()
                .expect("the path is ASCII"),
            &exports,
        );
    }
    staged.write(archive);

    let index: IndexJson = serde_json::from_value(index).expect("index.json is valid");
    let size = fs_err::metadata(archive).expect("the archive exists").len();
    let sha256 = compute_file_digest::<Sha256>(archive).expect("the archive exists");
    let md5 = compute_file_digest::<Md5>(archive).expect("the archive exists");
    let record = PackageRecord::from_index_json(index, Some(size), Some(sha256), Some(md5));
    PackageRecord {
        run_exports,
        ..record.expect("the index names the subdir")
    }
}

fn index(package: &Package) -> Value {
    let mut index = json!({
        "name": package.name,
        "version": package.version,
        "build": package.build,
        "build_number": package.build_number,
        "subdir": package.subdir,
        "depends": package.depends,
        "constrains": package.constrains,
        "license": package.license,
        "timestamp": TIMESTAMP,
    });
    if package.noarch.is_none() {
        index["arch"] = json!(package.subdir.arch());
        index["platform"] = json!(package.subdir.only_platform());
    } else {
        index["noarch"] = json!(package.noarch);
    }
    index
}

fn about(package: &Package) -> Value {
    json!({
        "license": package.license,
        "summary": format!("{} for tests", package.name),
    })
}

/// The directory from which an archive is made.
struct Stage<'a> {
    root: &'a Path,
    files: Vec<PathBuf>,
}

impl<'a> Stage<'a> {
    fn new(root: &'a Path) -> Self {
        Self {
            root,
            files: Vec::new(),
        }
    }

    /// Writes an entry and returns its line of `paths.json`.
    fn entry(&mut self, path: &str, entry: &Entry) -> Value {
        let (content, mode) = match entry {
            Entry::Link(target) => return self.link(path, target),
            Entry::File(Content::Bytes(bytes), mode) => (bytes.clone(), mode),
            Entry::File(Content::CopyOf(original), mode) => {
                let bytes = fs_err::read(original).expect("the original file is readable");
                (bytes, mode)
            }
        };
        let staged = self.file(path, &content);
        if *mode == Mode::Executable {
            fs_err::set_permissions(staged, Permissions::from_mode(0o755))
                .expect("the test owns the file");
        }
        let mut line = json!({
            "_path": path,
            "path_type": "hardlink",
            "sha256": sha256(&content),
            "size_in_bytes": content.len(),
        });
        if let Some(file_mode) = prefix_kind(&content) {
            line["prefix_placeholder"] = json!(placeholder());
            line["file_mode"] = json!(file_mode);
        }
        line
    }

    fn link(&mut self, path: &str, target: &str) -> Value {
        symlink(target, self.place(path)).expect("the test owns the directory");
        // conda hashes the target of the link, or nothing if the link dangles.
        let resolved = fs_err::read(self.root.join(path)).unwrap_or_default();
        json!({
            "_path": path,
            "path_type": "softlink",
            "sha256": sha256(&resolved),
            "size_in_bytes": resolved.len(),
        })
    }

    fn json(&mut self, path: &str, value: &Value) {
        let text = serde_json::to_vec_pretty(value).expect("a value can be written as JSON");
        self.file(path, &text);
    }

    fn file(&mut self, path: &str, content: &[u8]) -> PathBuf {
        let staged = self.place(path);
        fs_err::write(&staged, content).expect("the test owns the directory");
        staged
    }

    /// Creates the directory of a file and adds the file to the archive.
    fn place(&mut self, path: &str) -> PathBuf {
        let staged = self.root.join(path);
        let parent = staged.parent().expect("the file is below the root");
        fs_err::create_dir_all(parent).expect("the test owns the directory");
        self.files.push(staged.clone());
        staged
    }

    fn write(&self, archive: &Path) {
        let parent = archive.parent().expect("an archive is in a directory");
        fs_err::create_dir_all(parent).expect("the test owns the directory");
        let stem = archive.file_stem().and_then(|stem| stem.to_str());
        write_conda_package(
            fs_err::File::create(archive).expect("the archive can be created"),
            self.root,
            &self.files,
            CompressionLevel::Lowest,
            Some(1),
            stem.expect("archive names are UTF-8"),
            None,
            None,
        )
        .expect("the package can be written");
    }
}

/// The way in which an installer replaces the placeholder in a file, if the file contains
/// it.
fn prefix_kind(content: &[u8]) -> Option<&'static str> {
    let needle = placeholder().as_bytes();
    let found = content.windows(needle.len()).any(|window| window == needle);
    let kind = if content.contains(&0) {
        "binary"
    } else {
        "text"
    };
    found.then_some(kind)
}

/// The SHA-256 of bytes, as in conda's metadata.
pub fn sha256(content: impl AsRef<[u8]>) -> String {
    let hash = compute_bytes_digest::<Sha256>(content);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
