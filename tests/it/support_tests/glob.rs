//! The rules of pixi for globs, each with examples that were written by hand.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use test_support::freshness::{Change, Remembered};
use test_support::glob::{Found, Hidden, Set, sets};

/// A directory `a/b` in a temporary directory, with files below `a/b`.
struct Tree {
    _temp: TempDir,
    root: PathBuf,
}

impl Tree {
    fn new(files: &[&str]) -> Self {
        let temp = tempfile::tempdir().expect("a folder");
        let base = dunce::canonicalize(temp.path()).expect("it exists");
        let root = base.join("a/b");
        fs_err::create_dir_all(&root).expect("own folder");
        for file in files {
            write(&root.join(file), file);
        }
        Self { _temp: temp, root }
    }

    fn set(&self, patterns: &[&str]) -> Set {
        Set {
            root: self.root.clone(),
            patterns: patterns.iter().map(ToString::to_string).collect(),
            markers: Vec::new(),
            hidden: Hidden::Skipped,
        }
    }

    fn found(&self, patterns: &[&str]) -> Vec<String> {
        self.names(self.set(patterns).find().expect("pixi takes these"))
    }

    fn names(&self, found: Found) -> Vec<String> {
        let top = self.root.parent().and_then(Path::parent).expect("a/b");
        let name = |path: &PathBuf| match path.strip_prefix(&self.root) {
            Ok(below) => below.display().to_string(),
            Err(_) => format!("^{}", path.strip_prefix(top).expect("below").display()),
        };
        found.files.iter().map(name).collect()
    }

    fn fault(&self, patterns: &[&str]) -> String {
        self.set(patterns).find().expect_err("pixi panics")
    }
}

fn write(path: &Path, content: &str) {
    fs_err::create_dir_all(path.parent().expect("below")).expect("own folder");
    fs_err::write(path, content).expect("own folder");
}

#[test]
fn rule_1_the_last_match_wins() {
    let tree = Tree::new(&["x.rs", "y.rs"]);
    assert_eq!(tree.found(&["*.rs", "!x.rs"]), ["y.rs"]);
    assert_eq!(tree.found(&["!x.rs", "*.rs"]), ["x.rs", "y.rs"]);
    assert_eq!(tree.found(&["*.rs", "!*.rs", "x.rs"]), ["x.rs"]);
}

#[test]
fn rule_2_a_bare_name_is_anchored() {
    let tree = Tree::new(&[
        "Cargo.toml",
        "sub/Cargo.toml",
        "target/x.rs",
        "sub/target/x.rs",
    ]);
    assert_eq!(tree.found(&["Cargo.toml"]), ["Cargo.toml"]);
    assert_eq!(tree.found(&["**/*.rs", "!target"]), ["sub/target/x.rs"]);
}

#[test]
fn rule_3_a_glob_without_slash_matches_at_any_depth() {
    let tree = Tree::new(&["x.rs", "sub/deep/y.rs", "z.c"]);
    assert_eq!(tree.found(&["*.rs"]), ["sub/deep/y.rs", "x.rs"]);
}

#[test]
fn rule_4_a_pattern_with_slash_is_anchored() {
    let tree = Tree::new(&[
        "src/x.rs",
        "src/m/y.rs",
        "sub/src/z.rs",
        "assets/logo",
        "sub/assets/logo",
    ]);
    assert_eq!(tree.found(&["src/**/*.rs"]), ["src/m/y.rs", "src/x.rs"]);
    assert_eq!(tree.found(&["assets/logo"]), ["assets/logo"]);
}

#[test]
fn rule_5_signs() {
    let tree = Tree::new(&["s/a.rs", "s/t/b.rs", "s/A.rs", "s/[a].rs", "s/c.txt"]);
    assert_eq!(tree.found(&["s/*.rs"]), ["s/A.rs", "s/[a].rs", "s/a.rs"]);
    assert_eq!(tree.found(&["s/**/b.rs"]), ["s/t/b.rs"]);
    assert_eq!(tree.found(&["s/?.rs"]), ["s/A.rs", "s/a.rs"]);
    assert_eq!(tree.found(&["s/[a].rs"]), ["s/a.rs"]);
    assert_eq!(tree.found(&["s/\\[a\\].rs"]), ["s/[a].rs"]);
    assert_eq!(tree.found(&["s/{a.rs,c.txt}"]), ["s/a.rs", "s/c.txt"]);
}

#[test]
fn rule_6_folders_match_nothing_and_are_pruned() {
    let tree = Tree::new(&["src/x.rs", "n/node_modules/y.rs", "target/z.rs"]);
    assert_eq!(tree.found(&["src"]), [""; 0]);
    assert_eq!(tree.found(&["src/**"]), ["src/x.rs"]);
    let everything = tree.set(&["**/*.rs"]).find().expect("fine").visited;
    let pruned = tree.set(&["**/*.rs", "!target", "!**/node_modules"]);
    let found = pruned.find().expect("fine");
    assert_eq!(found.visited, everything - 2);
    assert_eq!(tree.names(found), ["src/x.rs"]);
}

#[test]
fn rule_7_ignore_files_are_not_read() {
    let tree = Tree::new(&["x.rs", "gone/y.rs"]);
    for file in [".gitignore", ".ignore"] {
        write(&tree.root.join(file), "x.rs\ngone/\n");
    }
    assert_eq!(tree.found(&["*.rs"]), ["gone/y.rs", "x.rs"]);
    write(&tree.root.join(".git/info/exclude"), "gone/\n");
    assert_eq!(tree.found(&["*.rs"]), ["x.rs"]);
}

#[cfg(unix)]
#[test]
fn rule_8_links_are_followed() {
    let tree = Tree::new(&["real/x.rs"]);
    let link = |target: &str, name: &str| {
        fs_err::os::unix::fs::symlink(tree.root.join(target), tree.root.join(name)).expect("fine");
    };
    link("real", "linked");
    link("real/x.rs", "y.rs");
    link(".", "real/circle");
    assert_eq!(tree.found(&["linked/*.rs", "!real"]), ["linked/x.rs"]);
    assert_eq!(tree.found(&["y.rs"]), ["y.rs"]);
    assert_eq!(tree.found(&["real/**/*.rs", "!linked"]), ["real/x.rs"]);
}

#[test]
fn rule_9_hidden_entries_have_to_be_named() {
    let tree = Tree::new(&[
        ".x.rs",
        ".d/y.rs",
        ".cargo/config.toml",
        "z.rs",
        "s/.h/w.rs",
    ]);
    assert_eq!(tree.found(&["**/*.rs"]), ["z.rs"]);
    assert_eq!(tree.found(&["**"]), ["z.rs"]);
    assert_eq!(tree.found(&[".cargo/config.toml"]), [".cargo/config.toml"]);
    assert_eq!(tree.found(&[".x.rs"]), [".x.rs"]);
    assert_eq!(tree.found(&[".cargo/config.toml", "!*/"]), [""; 0]);
    assert!(tree.fault(&["**", "!s/.h/**"]).contains("hidden"));
    let mut shown = tree.set(&["*.rs"]);
    shown.hidden = Hidden::Shown;
    let found = tree.names(shown.find().expect("fine"));
    assert_eq!(found, [".d/y.rs", ".x.rs", "s/.h/w.rs", "z.rs"]);
}

#[test]
fn rule_10_only_globs_climb() {
    let tree = Tree::new(&["x.h", "Cargo.toml", "s/y.h"]);
    let above = tree.root.parent().expect("a");
    write(&above.join("Cargo.toml"), "");
    write(&above.join("include/z.h"), "");
    write(&above.join("c/Cargo.toml"), "");
    assert_eq!(tree.found(&["../Cargo.toml"]), [""; 0]);
    assert_eq!(tree.found(&["./Cargo.toml"]), [""; 0]);
    let both = ["../include/*.h", "x.h", "s/*.h"];
    assert_eq!(tree.found(&both), ["s/y.h", "x.h", "^a/include/z.h"]);
    let deep = ["^a/Cargo.toml", "Cargo.toml", "^a/c/Cargo.toml"];
    assert_eq!(tree.found(&["../{Cargo.toml,x}"]), deep);
    let tail = ["../include/*.h", "*.h", "!**/s"];
    assert_eq!(tree.found(&tail), ["x.h", "^a/include/z.h"]);
}

#[test]
fn rule_11_what_pixi_cannot_take() {
    let tree = Tree::new(&["x.rs"]);
    for patterns in [["x.rs", ""], ["x.rs", "!"], ["x.rs", "/abs/**/*.rs"]] {
        assert!(tree.fault(&patterns).contains("panics"), "{patterns:?}");
    }
    let high = "../".repeat(40) + "*.rs";
    assert!(tree.fault(&[&high]).contains("above"));
    let flat = sets(&json!({"inputGlobs": ["/x.rs"]}), &tree.root);
    assert!(flat.expect_err("absolute").contains("absolute"));
    assert_eq!(tree.found(&["/x.rs"]), ["x.rs"], "anchored in a rooted set");
}

#[test]
fn rule_12_markers_end_the_descent() {
    let tree = Tree::new(&["p/Cargo.toml", "p/q/Cargo.toml", "p/q/x.rs", "r/x.rs"]);
    let marked = |patterns: &[&str]| {
        let mut set = tree.set(patterns);
        set.markers = vec!["Cargo.toml".to_owned()];
        tree.names(set.find().expect("fine"))
    };
    assert_eq!(
        marked(&["**/Cargo.toml", "**/*.rs"]),
        ["p/Cargo.toml", "r/x.rs"]
    );
    assert_eq!(marked(&["**/*.rs"]), ["r/x.rs"]);
    write(&tree.root.join("Cargo.toml"), "");
    let mut set = tree.set(&["Cargo.toml"]);
    set.markers = vec!["Cargo.toml".to_owned()];
    let found = set.find().expect("fine");
    assert_eq!(
        (found.files.len(), found.visited),
        (1, 1),
        "nothing is walked"
    );
}

#[test]
fn rule_13_nothing_comes_of_nothing() {
    let tree = Tree::new(&["x.rs"]);
    assert_eq!(tree.found(&[]), [""; 0]);
    let mut missing = tree.set(&["*.rs"]);
    missing.root = tree.root.join("missing");
    assert_eq!(missing.find(), Ok(Found::default()));
    assert!(tree.fault(&["!x.rs"]).contains("only exclude"));
}

fn remembered(tree: &Tree, answer: Value) -> Remembered {
    Remembered::of(&answer, &tree.root)
}

#[test]
fn sets_and_the_flat_list_are_united() {
    let tree = Tree::new(&["Cargo.toml", "x.rs", "sub/y.rs"]);
    let answer = json!({
        "input_globs": ["Cargo.toml"],
        "input_glob_sets": [
            {"patterns": ["*.rs", "!*/"]},
            {"patterns": ["*.rs"], "root": "sub"},
        ],
    });
    let names = remembered(&tree, answer).names(&tree.root);
    assert_eq!(names, ["Cargo.toml", "sub/y.rs", "x.rs"]);
}

#[test]
fn content_counts_and_time_does_not() {
    let tree = Tree::new(&["x.rs", "y.rs", "z.rs", "other.c"]);
    let cache = remembered(&tree, json!({"inputGlobs": ["*.rs"]}));
    write(&tree.root.join("x.rs"), "x.rs");
    write(&tree.root.join("other.c"), "edited");
    assert_eq!(cache.changes(), []);
    write(&tree.root.join("x.rs"), "edited");
    write(&tree.root.join("w.rs"), "new");
    fs_err::remove_file(tree.root.join("z.rs")).expect("it exists");
    let expected = [
        Change::Edited(tree.root.join("x.rs")),
        Change::Removed(tree.root.join("z.rs")),
        Change::New(tree.root.join("w.rs")),
    ];
    assert_eq!(cache.changes(), expected);
}
