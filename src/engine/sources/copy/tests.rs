//! Copies that take the places of others.

use std::os::unix::fs::symlink;

use super::*;
use crate::disk;

/// A source and its copy, next to a directory that is in neither.
struct Copies {
    folder: tempfile::TempDir,
}

impl Copies {
    fn new() -> Self {
        let copies = Self {
            folder: tempfile::tempdir().expect("a directory"),
        };
        copies.write("elsewhere/kept", "outside");
        copies.write("from/other", "");
        copies
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        disk::write(&self.at(path), text).expect("own directory");
    }

    fn link(&self, target: &str, path: &str) {
        fs_err::create_dir_all(self.at(path).parent().expect("a parent")).expect("writable");
        symlink(self.at(target), self.at(path)).expect("writable");
    }

    fn remove(&self, path: &str) {
        let path = self.at(path);
        let about = path.symlink_metadata().expect("it exists");
        if about.is_dir() {
            fs_err::remove_dir_all(path).expect("own directory");
        } else {
            fs_err::remove_file(path).expect("own file");
        }
    }

    /// Updates the copy, and lists its entries and their texts.
    fn update(&self, files: Copied) -> (Copied, Vec<String>) {
        let earlier = Earlier {
            files,
            ..Earlier::default()
        };
        let (from, to) = (unpacked(&self.at("from")), self.at("to"));
        let copied = tree(&from, &GlobVec::default(), &to, &earlier);
        let copied = copied.expect("the tree can be copied");
        assert_eq!(
            fs_err::read_to_string(self.at("elsewhere/kept")).expect("it is left alone"),
            "outside"
        );
        let entries = walkdir::WalkDir::new(&to).min_depth(1).sort_by_file_name();
        let lines = entries.into_iter().flatten().map(|entry| {
            let below = entry.path().strip_prefix(&to).expect("below").display();
            let kind = entry.file_type();
            let text = fs_err::read_to_string(entry.path()).unwrap_or_default();
            match (kind.is_dir(), kind.is_symlink()) {
                (true, _) => format!("{below}/"),
                (_, true) => format!("{below} ->"),
                _ => format!("{below} {text}").trim_end().to_string(),
            }
        });
        (copied, lines.collect())
    }
}

#[test]
fn files_and_directories_take_the_places_of_links() {
    let copies = Copies::new();
    copies.link("elsewhere/kept", "from/a");
    copies.link("elsewhere", "from/d");
    let (known, lines) = copies.update(Copied::new());
    assert_eq!(lines, ["a ->", "d ->", "other"]);
    for path in ["from/a", "from/d"] {
        copies.remove(path);
    }
    copies.write("from/a", "file");
    copies.write("from/d/kept", "inside");
    let (known, lines) = copies.update(known);
    assert_eq!(lines, ["a file", "d/", "d/kept inside", "other"]);
    // And back.
    copies.remove("from/d");
    copies.link("elsewhere", "from/d");
    let (_, lines) = copies.update(known);
    assert_eq!(lines, ["a file", "d ->", "other"]);
}

#[test]
fn files_take_the_places_of_directories_and_the_reverse() {
    let copies = Copies::new();
    copies.write("from/f", "file");
    copies.write("from/d/e/x", "");
    fs_err::create_dir_all(copies.at("from/empty")).expect("writable");
    let (known, _) = copies.update(Copied::new());
    // A product of the build.
    copies.write("to/d/x.o", "");
    for path in ["from/f", "from/d", "from/empty"] {
        copies.remove(path);
    }
    copies.write("from/f/x", "");
    copies.write("from/d", "file");
    copies.write("from/empty", "file");
    let (_, lines) = copies.update(known);
    assert_eq!(lines, ["d file", "empty file", "f/", "f/x", "other"]);
}

#[test]
fn what_is_gone_is_removed_but_not_behind_links_of_a_script() {
    let copies = Copies::new();
    copies.write("from/d/e/x", "");
    copies.write("from/l/kept", "");
    let (known, _) = copies.update(Copied::new());
    copies.write("to/d/x.o", "");
    copies.remove("to/l");
    copies.link("elsewhere", "to/l");
    for path in ["from/d", "from/l"] {
        copies.remove(path);
    }
    let (_, lines) = copies.update(known);
    assert_eq!(lines, ["d/", "d/x.o", "l ->", "other"]);
}

#[test]
fn only_files_and_links_are_copied_and_files_may_vanish() {
    let copies = Copies::new();
    let _socket = std::os::unix::net::UnixListener::bind(copies.at("from/socket"));
    let fifo = std::process::Command::new("mkfifo")
        .arg(copies.at("from/fifo"))
        .status();
    assert!(fifo.expect("mkfifo can be run").success());
    let (_, lines) = copies.update(Copied::new());
    assert_eq!(lines, ["other"]);
    let metadata = copies.at("from/other").metadata().expect("it exists");
    let to = copies.at("to/x/y");
    let gone = copy_one(&copies.at("from/gone"), &to, &metadata, None);
    assert!(!gone.expect("this is not an error"));
    let below_a_file = copies.at("to/other/y");
    let error = copy_one(&copies.at("from/other"), &below_a_file, &metadata, None);
    let error = error.expect_err("a file is not a directory").to_string();
    assert!(error.contains("to/other/y"), "{error}");
}
