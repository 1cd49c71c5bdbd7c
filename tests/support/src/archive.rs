//! Opens a finished package archive and reads its contents.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rattler_package_streaming::fs::extract;
use serde_json::Value;
use tempfile::TempDir;

use super::packing::sha256;

/// An extracted `.conda` or `.tar.bz2`.
#[derive(Debug)]
pub struct Archive {
    path: PathBuf,
    content: TempDir,
}

impl Archive {
    /// The archive itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Extracts an archive into a directory that is removed with this value.
    pub fn open(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref().to_owned();
        let content = tempfile::tempdir().expect("a temporary directory can be created");
        extract(&path, content.path())
            .unwrap_or_else(|error| panic!("cannot extract {}: {error}", path.display()));
        Self { path, content }
    }

    /// The directory with the extracted content.
    pub fn root(&self) -> &Path {
        self.content.path()
    }

    /// `info/index.json`.
    pub fn index(&self) -> Value {
        self.json("info/index.json")
    }

    /// `info/paths.json`.
    pub fn paths(&self) -> Value {
        self.json("info/paths.json")
    }

    /// `info/about.json`.
    pub fn about(&self) -> Value {
        self.json("info/about.json")
    }

    /// `info/run_exports.json`; null if the package does not have one.
    pub fn run_exports(&self) -> Value {
        if !self.has("info/run_exports.json") {
            return Value::Null;
        }
        self.json("info/run_exports.json")
    }

    /// The installed files: sorted, relative to the prefix, without `info/`.
    pub fn files(&self) -> Vec<String> {
        let (_, files) = self.listed();
        files
    }

    /// The sorted names below `info/`, with that directory.
    pub fn info_files(&self) -> Vec<String> {
        let (info, _) = self.listed();
        info
    }

    /// Whether an entry with this name exists. Dangling links are included.
    pub fn has(&self, name: &str) -> bool {
        self.root().join(name).symlink_metadata().is_ok()
    }

    /// The bytes of a file.
    pub fn read(&self, name: &str) -> Vec<u8> {
        fs_err::read(self.root().join(name))
            .unwrap_or_else(|error| panic!("{} lacks {name}: {error}", self.path.display()))
    }

    /// A text file.
    pub fn text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).unwrap_or_else(|_| panic!("{name} is not UTF-8"))
    }

    /// A JSON file.
    pub fn json(&self, name: &str) -> Value {
        serde_json::from_slice(&self.read(name))
            .unwrap_or_else(|error| panic!("{name} is not JSON: {error}"))
    }

    /// The entry of a file in `paths.json`; null if it is not listed.
    pub fn path_entry(&self, name: &str) -> Value {
        let paths = self.paths();
        let entries = paths["paths"].as_array().expect("paths.json has paths");
        let entry = entries.iter().find(|entry| entry["_path"] == name);
        entry.cloned().unwrap_or(Value::Null)
    }

    /// Fails unless `paths.json` lists every file, with the correct hash and size.
    #[track_caller]
    pub fn check_paths(&self) {
        let paths = self.paths();
        let entries = paths["paths"].as_array().expect("paths.json has paths");
        let listed: BTreeSet<&str> = (entries.iter())
            .map(|entry| entry["_path"].as_str().expect("an entry has a path"))
            .collect();
        let files = self.files();
        let present: BTreeSet<&str> = files.iter().map(String::as_str).collect();
        assert_eq!(listed, present, "paths.json lists something else");

        for entry in entries
            .iter()
            .filter(|entry| entry["path_type"] == "hardlink")
        {
            let name = entry["_path"].as_str().expect("checked above");
            let content = self.read(name);
            assert_eq!(entry["size_in_bytes"], content.len(), "size of {name}");
            assert_eq!(entry["sha256"], sha256(content), "hash of {name}");
        }
    }

    /// The names below `info/`, and all other names.
    fn listed(&self) -> (Vec<String>, Vec<String>) {
        let mut names = Vec::new();
        let mut pending = vec![self.root().to_owned()];
        while let Some(folder) = pending.pop() {
            for item in fs_err::read_dir(folder).expect("the extracted directory is readable") {
                let item = item.expect("the extracted directory is readable").path();
                if item.is_dir() && !item.is_symlink() {
                    pending.push(item);
                    continue;
                }
                let name = item
                    .strip_prefix(self.root())
                    .expect("the entry is below the root");
                names.push(name.to_str().expect("packed names are UTF-8").to_owned());
            }
        }
        names.sort();
        names
            .into_iter()
            .partition(|name| name.starts_with("info/"))
    }
}
