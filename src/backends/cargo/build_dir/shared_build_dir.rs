//! One build directory for all work directories of a workspace.
//!
//! A new package in an environment means a new work directory. Cargo's intermediate
//! artefacts survive that below the workspace's scratch folder (`build.build-dir`,
//! Cargo 1.91; the script leaves those of older ones in the work directory). Final artefacts stay private to the work directory, so that two
//! builds with the same binary name cannot swap files.

use std::path::{Path, PathBuf};

use toml_edit::Value;

use crate::backend::script::{Condition, ScriptFile, Step, Word};
use crate::backend::{Folders, Request};
use crate::backends::cargo::Config;
use crate::disk;

/// The shared state of a workspace, as the script needs it.
pub(crate) struct Shared {
    folder: PathBuf,
    source: Step,
    share: Vec<Word>,
}

impl Shared {
    /// How a build takes part. `None` where there is no scratch folder, where the user
    /// has chosen a build directory, and on Windows, whose activation puts no prefix
    /// into the fingerprints and whose linker is not found by name.
    ///
    /// `variables` stands for those that Cargo does not know to matter. Builds that
    /// differ in them share nothing.
    pub(crate) fn new(request: &Request<'_, Config>, variables: Option<&str>) -> Option<Self> {
        let Request {
            config,
            platforms,
            folders,
            ..
        } = *request;
        if platforms.build.is_windows() || config.env.contains_key("CARGO_BUILD_BUILD_DIR") {
            return None;
        }
        let shared = siblings(folders)?.join(variables.unwrap_or("plain"));
        if shared.to_str()?.contains(['{', '}']) {
            // Cargo takes them for variables in `build.build-dir`.
            return None;
        }
        let path = |path: PathBuf| Word::literal(path.display().to_string());
        let origin = if platforms.host.is_osx() {
            "@loader_path"
        } else {
            "$ORIGIN"
        };
        let build_dir = Value::from(shared.join("build").to_str()?);
        Some(Self {
            source: Step::Source(path(shared.join("share.sh"))),
            share: vec![
                "pixi_build_rust_share".into(),
                path(shared.clone()),
                origin.into(),
                Word::literal(format!("build-dir = {build_dir}")),
            ],
            folder: shared,
        })
    }

    /// Where Cargo keeps intermediate artefacts.
    pub(crate) fn build_dir(&self) -> PathBuf {
        self.folder.join("build")
    }

    /// Where notes about builds are kept.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// What the script does before cargo runs. `check` fails in the folder `root` where
    /// the lock file does not fit; `top` holds everything of the user's.
    pub(crate) fn steps(&self, top: Word, root: Word, check: Vec<Word>) -> [Step; 3] {
        let share = self
            .share
            .iter()
            .chain([&top, &root])
            .chain(&check)
            .cloned();
        let unknown = Condition::Unset("PIXI_BUILD_RUST_LOCK_FILE_FITS".to_string());
        [
            self.source.clone(),
            Step::Run(share.collect()),
            Step::When(unknown, vec![Step::RunIn(root, check)]),
        ]
    }

    /// Arguments for the cargo that they are for.
    pub(crate) fn arguments() -> [&'static str; 2] {
        ["--config", "shared.toml"]
    }

    /// The files those steps need.
    pub(crate) fn files(&self) -> Vec<ScriptFile> {
        let file = |name: &str, text: &str, executable| ScriptFile {
            path: self.folder.join(name),
            text: text.to_string(),
            executable,
        };
        vec![
            file("share.sh", include_str!("shell/share.sh"), false),
            file("linker", include_str!("shell/linker.sh"), true),
        ]
    }

    /// Held until it is known what the build has read: two builds in different environments
    /// must not find each other's artefacts. Cargo would let only one of them compile anyway.
    pub(crate) fn lock(&self) -> PathBuf {
        lock(&self.folder)
    }
}

/// The folders that builds of a workspace share, one for each set of variables.
pub(crate) fn folders_of(folders: &Folders) -> Vec<PathBuf> {
    siblings(folders)
        .map(|all| disk::folders(&all))
        .unwrap_or_default()
}

/// The file in a shared folder that a build holds a lock on.
pub(crate) fn lock(folder: &Path) -> PathBuf {
    folder.join("lock")
}

fn siblings(folders: &Folders) -> Option<PathBuf> {
    Some(folders.scratch.as_ref()?.join("pixi-build-rust"))
}
