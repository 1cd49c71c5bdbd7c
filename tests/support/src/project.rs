//! A project in a temporary directory, and the directories that pixi uses for it.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::machine::{forget_cargo, machine};
use super::prefix::output;

/// A workspace directory that is removed with this value.
#[derive(Debug)]
pub struct Project {
    // Stored to remove the directory at the end.
    _temp: TempDir,
    root: PathBuf,
    cache: PathBuf,
    backend: &'static str,
}

impl Default for Project {
    fn default() -> Self {
        Self::new()
    }
}

impl Project {
    /// An empty directory.
    pub fn new() -> Self {
        Self::called("ws")
    }

    /// An empty directory with the relative path `path` below the temporary one.
    pub fn called(path: &str) -> Self {
        let temp = tempfile::tempdir().expect("a temporary directory can be created");
        // pixi sends canonical paths.
        let base = dunce::canonicalize(temp.path()).expect("the directory exists");
        let (root, cache) = (base.join(path), base.join("cache"));
        fs_err::create_dir_all(root.join(".pixi/scratch-v0")).expect("the test owns the directory");
        fs_err::create_dir_all(&cache).expect("the test owns the directory");
        Self {
            _temp: temp,
            root,
            cache,
            backend: "pixi-build-rust",
        }
    }

    /// An empty directory whose packages are built by the backend `name`.
    pub fn of(name: &'static str) -> Self {
        Self::new().built_by(name)
    }

    /// Selects the backend `name` for its packages.
    pub fn built_by(mut self, name: &'static str) -> Self {
        self.backend = name;
        self
    }

    /// The backend that builds its packages.
    pub fn backend(&self) -> &'static str {
        self.backend
    }

    /// A crate `hello` with one binary, a lock file and a pixi manifest.
    pub fn hello() -> Self {
        Self::new().with_hello()
    }

    /// Adds that crate.
    pub fn with_hello(self) -> Self {
        self.file(
                "Cargo.toml",
                "[package]\nname = \"hello\"\nversion = \"0.3.1\"\nedition = \"2024\"\nlicense = \"MIT\"\n",
            )
            .file("src/main.rs", "fn main() {\n    println!(\"hello from conda\");\n}\n")
            .pixi_toml("[package]\nname = \"hello\"\nversion = \"0.3.1\"\n")
            .lock()
    }

    /// A program `counts` that prints 42 by means of the crate `itoa` from the registry, with a
    /// lock file and a pixi manifest.
    pub fn counts() -> Self {
        Self::new()
            .file(
                "Cargo.toml",
                "[package]\nname = \"counts\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n\
                 [dependencies]\nitoa = \"1\"\n",
            )
            .file(
                "src/main.rs",
                "fn main() {\n    println!(\"{}\", itoa::Buffer::new().format(42));\n}\n",
            )
            .pixi_toml("[package]\nname = \"counts\"\n")
            .lock()
    }

    /// Writes a file.
    pub fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.write(path, content);
        self
    }

    /// Writes `pixi.toml`. A `[package]` without a backend gets the backend of the
    /// project.
    pub fn pixi_toml(self, text: &str) -> Self {
        let backend = if text.contains("[package.build") {
            String::new()
        } else {
            let name = self.backend;
            format!("\n[package.build.backend]\nname = \"{name}\"\nversion = \"*\"\n")
        };
        self.file("pixi.toml", format!("{text}{backend}"))
    }

    /// Writes `Cargo.lock` with the real cargo. It uses the network only if a dependency
    /// is not on this machine.
    pub fn lock(self) -> Self {
        self.lock_in("")
    }

    /// Writes `Cargo.lock` for a manifest in a subdirectory.
    pub fn lock_in(self, folder: &str) -> Self {
        let lock = |connection: &[&str]| {
            let mut command = Command::new(&machine().cargo);
            // The user's own cargo home may already contain the crates.
            let home = std::env::var_os("CARGO_HOME");
            forget_cargo(&mut command);
            command.envs(home.map(|home| ("CARGO_HOME", home)));
            command.env("RUSTC", &machine().rustc);
            command.arg("generate-lockfile").args(connection);
            command.current_dir(self.root.join(folder));
            command
        };
        let offline = lock(&["--offline"]).output().expect("cargo can be run");
        if !offline.status.success() {
            output(&mut lock(&[]));
        }
        self
    }

    /// Modifies a file in the middle of a test.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.root.join(path);
        let parent = path.parent().expect("the file is below the project");
        fs_err::create_dir_all(parent).expect("the test owns the directory");
        fs_err::write(path, content).expect("the test owns the directory");
    }

    /// Removes a file in the middle of a test.
    pub fn remove(&self, path: &str) {
        fs_err::remove_file(self.root.join(path)).expect("the file exists");
    }

    /// The workspace directory, in canonical form.
    pub fn dir(&self) -> &Path {
        &self.root
    }

    /// The cache of pixi, outside of the workspace.
    pub fn cache(&self) -> &Path {
        &self.cache
    }

    /// The work directory of metadata requests. It does not exist yet.
    pub fn metadata_work(&self, package: &str) -> PathBuf {
        let name = format!("{package}-Zy5wcK90vpE");
        self.root.join(".pixi/meta-v0/f1UaKtHLcpw/work").join(name)
    }

    /// The work directory of builds. It survives between builds.
    pub fn build_work(&self, package: &str) -> PathBuf {
        self.root
            .join(".pixi/bld")
            .join(package)
            .join("kSOLZ0CokNw")
    }
}
