//! Describes a conda package in memory: its metadata and its files.
//!
//! Nothing is written here. [`super::packing`] converts a description to an archive, and
//! [`super::channel`] publishes it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use rattler_conda_types::package::RunExportsJson;
use rattler_conda_types::{NoArchType, Subdir};

/// A conda package that can be added to a channel.
#[derive(Debug, Clone)]
pub struct Package {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) build: String,
    pub(super) build_number: u64,
    pub(super) subdir: Subdir,
    pub(super) noarch: NoArchType,
    pub(super) depends: Vec<String>,
    pub(super) constrains: Vec<String>,
    pub(super) run_exports: RunExportsJson,
    pub(super) license: String,
    pub(super) licenses: BTreeMap<String, String>,
    pub(super) entries: BTreeMap<String, Entry>,
}

/// An entry that a package installs.
#[derive(Debug, Clone)]
pub(super) enum Entry {
    /// A file with its content.
    File(Content, Mode),
    /// A symbolic link with its target.
    Link(String),
}

/// The origin of the bytes of a file.
#[derive(Debug, Clone)]
pub(super) enum Content {
    /// They are part of the description.
    Bytes(Vec<u8>),
    /// They are in a file of the machine, which is read when the package is packaged.
    CopyOf(PathBuf),
}

/// Whether a file can be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Plain,
    Executable,
}

/// The prefix in which packages are "built". Installers replace it in every file that
/// contains it. It has 255 bytes, so that any shorter prefix fits.
pub fn placeholder() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        let mut text = "/feedstock_root".to_owned();
        while text.len() < 255 {
            text.push_str("_placehold");
        }
        text.truncate(255);
        text
    });
    &TEXT
}

impl Package {
    /// An empty package for the platform of this machine, with build string `0`.
    pub fn new(name: &str, version: &str) -> Self {
        Self {
            name: name.to_owned(),
            version: version.to_owned(),
            build: "0".to_owned(),
            build_number: 0,
            subdir: Subdir::current().expect("tests run on a platform of conda"),
            noarch: NoArchType::none(),
            depends: Vec::new(),
            constrains: Vec::new(),
            run_exports: RunExportsJson::default(),
            license: "BSD-3-Clause".to_owned(),
            licenses: BTreeMap::new(),
            entries: BTreeMap::new(),
        }
    }

    /// Makes it a package for all platforms.
    pub fn generic(mut self) -> Self {
        self.subdir = Subdir::NoArch;
        self.noarch = NoArchType::generic();
        self
    }

    /// Makes it a package for another platform.
    pub fn platform(mut self, subdir: Subdir) -> Self {
        self.subdir = subdir;
        self
    }

    /// Sets the build string and the build number in it.
    pub fn build(mut self, build: &str, number: u64) -> Self {
        self.build = build.to_owned();
        self.build_number = number;
        self
    }

    /// Adds run dependencies, in match-spec syntax.
    pub fn depends<I: IntoIterator<Item: Into<String>>>(mut self, specs: I) -> Self {
        self.depends.extend(specs.into_iter().map(Into::into));
        self
    }

    /// Adds run constraints, in match-spec syntax.
    pub fn constrains<I: IntoIterator<Item: Into<String>>>(mut self, specs: I) -> Self {
        self.constrains.extend(specs.into_iter().map(Into::into));
        self
    }

    /// Adds run exports from build to host and run.
    pub fn run_exports_strong<I: IntoIterator<Item: Into<String>>>(mut self, specs: I) -> Self {
        let strong = &mut self.run_exports.strong;
        strong.extend(specs.into_iter().map(Into::into));
        self
    }

    /// Adds run exports from host to run.
    pub fn run_exports_weak<I: IntoIterator<Item: Into<String>>>(mut self, specs: I) -> Self {
        let weak = &mut self.run_exports.weak;
        weak.extend(specs.into_iter().map(Into::into));
        self
    }

    /// Replaces all run exports.
    pub fn run_exports(mut self, exports: RunExportsJson) -> Self {
        self.run_exports = exports;
        self
    }

    /// Sets the SPDX expression.
    pub fn license(mut self, expression: &str) -> Self {
        self.license = expression.to_owned();
        self
    }

    /// Adds a file to `info/licenses`.
    pub fn license_file(mut self, name: &str, text: &str) -> Self {
        self.licenses.insert(name.to_owned(), text.to_owned());
        self
    }

    /// Adds a file. `path` is relative to the prefix.
    pub fn file(self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        let content = Content::Bytes(content.into());
        self.entry(path, Entry::File(content, Mode::Plain))
    }

    /// Adds a script.
    pub fn executable(self, path: &str, text: impl Into<Vec<u8>>) -> Self {
        let content = Content::Bytes(text.into());
        self.entry(path, Entry::File(content, Mode::Executable))
    }

    /// Adds a copy of a file of this machine.
    pub fn copy_of(self, path: &str, original: &Path) -> Self {
        let content = Content::CopyOf(original.to_owned());
        self.entry(path, Entry::File(content, Mode::Plain))
    }

    /// Adds a script that runs a program of this machine with the same arguments.
    pub fn wrapper(self, path: &str, program: &Path) -> Self {
        let program = program.to_str().expect("tools have UTF-8 paths");
        assert!(!program.contains('\''), "cannot quote {program}");
        self.executable(path, format!("#!/bin/sh\nexec '{program}' \"$@\"\n"))
    }

    /// Adds a symbolic link at `path`.
    pub fn symlink(self, path: &str, target: &str) -> Self {
        self.entry(path, Entry::Link(target.to_owned()))
    }

    /// Adds all files below a directory, with the same relative paths.
    pub fn folder(mut self, root: &Path) -> Self {
        let mut pending = vec![root.to_owned()];
        while let Some(folder) = pending.pop() {
            for item in fs_err::read_dir(&folder).expect("the directory to package exists") {
                let item = item.expect("the directory to package is readable").path();
                if item.is_dir() && !item.is_symlink() {
                    pending.push(item);
                    continue;
                }
                let path = item
                    .strip_prefix(root)
                    .expect("the entry is below the root");
                let path = path.to_str().expect("packed paths are UTF-8").to_owned();
                self.entries.insert(path, Entry::of(&item));
            }
        }
        self
    }

    /// The name of its archive.
    pub fn archive_name(&self) -> String {
        let Self {
            name,
            version,
            build,
            ..
        } = self;
        format!("{name}-{version}-{build}.conda")
    }

    fn entry(mut self, path: &str, entry: Entry) -> Self {
        let previous = self.entries.insert(path.to_owned(), entry);
        assert!(previous.is_none(), "{} has {path} twice", self.name);
        self
    }
}

impl Entry {
    /// The entry at a path of this machine. A link stays a link.
    fn of(path: &Path) -> Self {
        use std::os::unix::fs::PermissionsExt;

        if path.is_symlink() {
            let target = fs_err::read_link(path).expect("the entry is a link");
            return Self::Link(target.to_str().expect("links are UTF-8").to_owned());
        }
        let permissions = fs_err::metadata(path)
            .expect("the entry exists")
            .permissions();
        let mode = match permissions.mode() & 0o111 {
            0 => Mode::Plain,
            _ => Mode::Executable,
        };
        Self::File(Content::CopyOf(path.to_owned()), mode)
    }
}
