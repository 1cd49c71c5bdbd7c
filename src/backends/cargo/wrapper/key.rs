//! Adds the inputs of a compilation that sccache does not take into account to the cache key.
//!
//! A team may share the storage of the cache, so all hashes are SHA-256.

use std::path::{Path, PathBuf};

use rattler_digest::{Sha256, compute_bytes_digest, compute_file_digest};

/// The names of directories and files that are left out. They change although the crate does
/// not.
const LEFT_OUT: [&str; 3] = [".git", ".pixi", "target"];

/// The parts of a key.
#[derive(Debug, Default)]
pub(super) struct Key(Vec<String>);

impl Key {
    /// Adds a native library that is packed into the crate. sccache does not find libraries
    /// with modifiers.
    pub(super) fn add_library(&mut self, name: &str, folders: &[PathBuf]) {
        for folder in folders {
            for file in [format!("lib{name}.a"), format!("{name}.lib")] {
                let path = folder.join(&file);
                if path.is_file() {
                    self.0.push(format!("library {file} {}", of_file(&path)));
                }
            }
        }
    }

    /// Adds the fingerprint of the user's variables, which procedural macros can read.
    pub(super) fn add_variables(&mut self, variables: &str) {
        self.0.push(format!("variables {variables}"));
    }

    /// Adds every file of the crate, because procedural macros can read them.
    pub(super) fn add_files(&mut self, folder: &Path) {
        self.0.push(format!("files {}", of_folder(folder)));
    }

    /// A hash of all parts. Empty if there are none.
    pub(super) fn finish(self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        hex::encode(compute_bytes_digest::<Sha256>(self.0.join("\n")))
    }
}

/// A hash of the names and contents of all files below a directory.
fn of_folder(folder: &Path) -> String {
    let mut lines = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(below) = open.pop() {
        let entries = std::fs::read_dir(folder.join(&below));
        for entry in entries.into_iter().flatten().flatten() {
            let path = below.join(entry.file_name());
            let is_left_out = LEFT_OUT.iter().any(|name| entry.file_name() == *name);
            match entry.file_type() {
                _ if is_left_out => {}
                Ok(kind) if kind.is_dir() => open.push(path),
                // Links to files are read. Links to directories are not followed.
                Ok(_) => lines.push(format!("{} {}", path.display(), of_file(&entry.path()))),
                Err(_) => {}
            }
        }
    }
    lines.sort();
    hex::encode(compute_bytes_digest::<Sha256>(lines.join("\n")))
}

fn of_file(path: &Path) -> String {
    match std::fs::metadata(path) {
        Ok(about) if about.is_file() => compute_file_digest::<Sha256>(path)
            .map_or_else(|_| "unreadable".to_string(), hex::encode),
        // Reading a pipe would block.
        _ => "not a file".to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (path, text) in files {
            let path = folder.path().join(path);
            fs_err::create_dir_all(path.parent().expect("below")).expect("writable");
            fs_err::write(path, text).expect("writable");
        }
        folder
    }

    #[test]
    fn names_and_contents_of_files_count_and_their_place_does_not() {
        let key = |files: &[(&str, &str)]| {
            let folder = folder(files);
            let mut key = Key::default();
            key.add_files(folder.path());
            key.finish()
        };
        let one = key(&[("a", "1"), ("b/c", "2")]);
        assert_eq!(one.len(), 64);
        assert_eq!(one, key(&[("b/c", "2"), ("a", "1"), ("target/x", "3")]));
        assert_ne!(one, key(&[("a", "1"), ("b/c", "3")]));
        assert_ne!(one, key(&[("a", "1"), ("b/d", "2")]));
        assert_ne!(one, key(&[("a", "1")]));
    }

    #[test]
    fn libraries_count_by_content_in_every_folder_that_has_them() {
        let key = |text| {
            let folder = folder(&[
                ("one/libz.a", text),
                ("two/libz.a", "2"),
                ("one/liby.a", "3"),
            ]);
            let mut key = Key::default();
            let folders = ["one", "two", "three"].map(|name| folder.path().join(name));
            key.add_library("z", &folders);
            key.finish()
        };
        assert_eq!(key("1"), key("1"));
        assert_ne!(key("1"), key("2"));
    }

    #[test]
    fn nothing_is_no_key() {
        let mut key = Key::default();
        key.add_library("z", &[PathBuf::from("/not/there")]);
        assert_eq!(key.finish(), "");
        let mut key = Key::default();
        key.add_variables("0123");
        assert_ne!(key.finish(), "");
    }
}
