//! The files that a compilation reads, found by following imports.
//!
//! The rules are those of the compiler, and a test compares both. A root that is itself a
//! package is skipped. The order in each root is: a package, a precompiled package, a module. A
//! directory without `__init__.mojo` has the lowest priority. A name that is in no root is in an
//! environment, or the build reports it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::scan::{self, Import};

/// The file that makes a directory a package.
pub(super) const INIT: &str = "__init__.mojo";

/// The extensions of precompiled packages, newest first.
pub(super) const PRECOMPILED: [&str; 2] = ["mojoc", "mojopkg"];

/// The files that a compilation reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Closure {
    /// Sources and precompiled packages.
    pub(super) read: BTreeSet<PathBuf>,
    /// Files that would be read if they existed.
    pub(super) missing: BTreeSet<PathBuf>,
    /// The first name of each import that is in no root, with a file that imports it.
    pub(super) elsewhere: BTreeMap<String, PathBuf>,
}

/// Reads files and follows their imports.
pub(super) struct Walk<'a> {
    roots: &'a [PathBuf],
    closure: Closure,
    /// The files whose imports have been followed.
    seen: BTreeSet<PathBuf>,
    waiting: Vec<PathBuf>,
}

/// The file or directory of a name.
enum Found {
    /// A directory, with or without `__init__.mojo`.
    Package(PathBuf),
    /// A file with sources, or a precompiled package.
    Module(PathBuf),
}

impl Closure {
    /// The files that are read when `files` are compiled with the import roots `roots`.
    pub(super) fn of(files: impl IntoIterator<Item = PathBuf>, roots: &[PathBuf]) -> Self {
        let mut walk = Walk {
            roots,
            closure: Self::default(),
            seen: BTreeSet::new(),
            waiting: files.into_iter().collect(),
        };
        while let Some(file) = walk.waiting.pop() {
            walk.follow(&file);
        }
        walk.closure
    }

    /// Adds the files that another compilation reads.
    pub(super) fn extend(&mut self, other: Self) {
        self.read.extend(other.read);
        self.missing.extend(other.missing);
        self.elsewhere.extend(other.elsewhere);
    }
}

impl Walk<'_> {
    fn follow(&mut self, file: &Path) {
        if !self.seen.insert(file.to_path_buf()) {
            return;
        }
        self.closure.read.insert(file.to_path_buf());
        // The compiler reports a file that cannot be read.
        let bytes = std::fs::read(file).unwrap_or_default();
        for import in scan::imports(&String::from_utf8_lossy(&bytes)) {
            self.import(file, &import);
        }
    }

    fn import(&mut self, file: &Path, import: &Import) {
        let Some((first, below)) = import.path.split_first().filter(|_| import.up == 0) else {
            let base = file.ancestors().nth(import.up);
            if let Some(base) = base.map(Path::to_path_buf) {
                self.package(&base);
                self.inside(base, &import.path, &import.names);
            }
            return;
        };
        match self.anywhere(first) {
            Some(Found::Package(package)) => self.inside(package, below, &import.names),
            Some(Found::Module(_)) => {}
            None => {
                let file = file.to_path_buf();
                self.closure.elsewhere.entry(first.clone()).or_insert(file);
            }
        }
    }

    /// Follows `path` inside `package`, and imports `names` from the package at its end.
    fn inside(&mut self, mut package: PathBuf, path: &[String], names: &[String]) {
        for name in path {
            match self
                .here(&package, name)
                .or_else(|| directory(&package, name))
            {
                Some(Found::Package(inner)) => {
                    self.package(&inner);
                    package = inner;
                }
                // The rest of the path is inside the module.
                Some(Found::Module(_)) | None => return,
            }
        }
        for name in names {
            let (found, missing) = look(&package, name);
            // A name without a file is defined in `__init__.mojo`. A file with that name
            // would not change the import.
            if found.is_some() || !package.join(INIT).is_file() {
                self.closure.missing.extend(missing);
            }
            if let Some(Found::Package(inner)) = self.take(found) {
                self.package(&inner);
            }
        }
    }

    /// Searches for `name` in all roots.
    fn anywhere(&mut self, name: &str) -> Option<Found> {
        let roots = self.roots;
        let mut roots = roots.iter().filter(|root| !root.join(INIT).is_file());
        let found = roots.clone().find_map(|root| self.here(root, name));
        let found = found.or_else(|| roots.find_map(|root| directory(root, name)));
        if let Some(Found::Package(package)) = &found {
            self.package(package);
        }
        found
    }

    /// Searches for `name` in one directory.
    fn here(&mut self, directory: &Path, name: &str) -> Option<Found> {
        let (found, missing) = look(directory, name);
        self.closure.missing.extend(missing);
        self.take(found)
    }

    /// Reads the module that was found.
    fn take(&mut self, found: Option<Found>) -> Option<Found> {
        match &found {
            Some(Found::Module(file)) if file.extension().is_some_and(|end| end == "mojo") => {
                self.waiting.push(file.clone());
            }
            Some(Found::Module(file)) => {
                self.closure.read.insert(file.clone());
            }
            Some(Found::Package(_)) | None => {}
        }
        found
    }

    fn package(&mut self, package: &Path) {
        let init = package.join(INIT);
        if init.is_file() {
            self.waiting.push(init);
        }
    }
}

/// The package or module with the name in one directory, and the files that would have
/// priority over it.
fn look(directory: &Path, name: &str) -> (Option<Found>, Vec<PathBuf>) {
    let package = directory.join(name);
    let init = package.join(INIT);
    if init.is_file() {
        return (Some(Found::Package(package)), Vec::new());
    }
    let mut missing = vec![init];
    for suffix in PRECOMPILED.into_iter().chain(["mojo"]) {
        let file = directory.join(format!("{name}.{suffix}"));
        if file.is_file() {
            return (Some(Found::Module(file)), missing);
        }
        missing.push(file);
    }
    (None, missing)
}

/// A directory with that name and any contents.
fn directory(parent: &Path, name: &str) -> Option<Found> {
    let package = parent.join(name);
    package.is_dir().then_some(Found::Package(package))
}

/// The directory that is searched first for imports of the file or package at `path`: the
/// nearest parent directory that is not a package.
pub(super) fn implicit_root(path: &Path) -> Option<&Path> {
    let mut above = path.ancestors().skip(1);
    above.find(|directory| !directory.join(INIT).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::write;

    const FILES: [(&str, &str); 14] = [
        (
            "main.mojo",
            "from pk import a, one\nimport pk.sub.deep as d\nfrom later import z\nimport std.os\n",
        ),
        ("later.mojo", "from loose.inner import x\nimport both\n"),
        ("loose/inner.mojo", ""),
        ("unused.mojo", "import nothing"),
        ("pk/__init__.mojo", "from .one import a\n"),
        (
            "pk/one.mojo",
            "from pk.sub import deep\nfrom . import two\n",
        ),
        ("pk/two.mojo", "from ..later import z\n"),
        ("pk/unused.mojo", ""),
        ("pk/sub/__init__.mojo", ""),
        ("pk/sub/deep.mojo", "from q import helper\n"),
        ("shared/q/__init__.mojo", "from q.x import y"),
        ("shared/q/x.mojo", ""),
        ("shared/both.mojo", ""),
        ("shared/both/__init__.mojo", ""),
    ];

    #[test]
    fn imports_are_followed_and_nothing_else_is_read() {
        let root = tempfile::tempdir().expect("a directory");
        for (path, text) in FILES {
            write(&root.path().join(path), text).expect("own directory");
        }
        let roots = [root.path().to_path_buf(), root.path().join("shared")];
        let closure = Closure::of([root.path().join("main.mojo")], &roots);
        let below = |path: &PathBuf| {
            let path = path.strip_prefix(root.path()).expect("it is below");
            path.display().to_string().replace('\\', "/")
        };
        let read: Vec<String> = closure.read.iter().map(below).collect();
        let expected = [
            "later.mojo",
            "loose/inner.mojo",
            "main.mojo",
            "pk/__init__.mojo",
            "pk/one.mojo",
            "pk/sub/__init__.mojo",
            "pk/sub/deep.mojo",
            "pk/two.mojo",
            "shared/both/__init__.mojo",
            "shared/q/__init__.mojo",
            "shared/q/x.mojo",
        ];
        assert_eq!(read, expected);
        assert_eq!(closure.elsewhere.keys().collect::<Vec<_>>(), ["std"]);
        let missing: Vec<String> = closure.missing.iter().map(below).collect();
        for path in [
            "q.mojo",
            "std.mojo",
            "shared/std/__init__.mojo",
            "both.mojoc",
        ] {
            assert!(missing.contains(&path.to_string()), "{path} in {missing:?}");
        }
        assert!(!missing.contains(&"shared/q.mojo".to_string()));
    }

    #[test]
    fn the_implicit_root_is_above_the_packages() {
        let root = tempfile::tempdir().expect("a directory");
        for path in ["src/app/__init__.mojo", "src/app/main.mojo"] {
            write(&root.path().join(path), "").expect("own directory");
        }
        let main = root.path().join("src/app/main.mojo");
        assert_eq!(
            implicit_root(&main),
            Some(root.path().join("src").as_path())
        );
    }
}
