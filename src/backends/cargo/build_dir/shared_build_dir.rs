//! One build directory for all work directories of a workspace.
//!
//! A new package in an environment means a new work directory. Cargo's intermediate
//! artifacts survive that below the workspace's scratch folder (`build.build-dir`,
//! Cargo 1.91; the script leaves those of older ones in the work directory). Final artifacts stay private to the work directory, so that two
//! builds with the same binary name cannot swap files.

use std::path::{Path, PathBuf};

use toml_edit::Value;

use crate::backend::Folders;
use crate::backend::script::{ScriptFile, Step, StepCondition, Word};
use crate::backends::cargo::context::crate_context::CrateBuild;
use crate::backends::cargo::context::layout;
use crate::disk;

/// The shared state of a workspace, as the script needs it.
pub(crate) struct Shared {
    folder: PathBuf,
    source: Step,
    share: Vec<Word>,
}

impl Shared {
    /// How a build takes part. `None` where it shares nothing.
    pub(crate) fn of(build: CrateBuild<'_>) -> Option<Self> {
        let folder = build.shared_folder.clone()?;
        let path = |path: &Path| Word::literal(path.display().to_string());
        let origin = if build.request.platforms.host.is_osx() {
            "@loader_path"
        } else {
            "$ORIGIN"
        };
        let build_dir = Value::from(layout::build_dir(&folder).to_str()?);
        Some(Self {
            source: Step::Source(path(&folder.join("share.sh"))),
            share: vec![
                "pixi_build_rust_share".into(),
                path(&folder),
                origin.into(),
                Word::literal(format!("build-dir = {build_dir}")),
            ],
            folder,
        })
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
        let unknown = StepCondition::Unset("PIXI_BUILD_RUST_LOCK_FILE_FITS".to_string());
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
    /// must not find each other's artifacts. Cargo would let only one of them compile anyway.
    pub(crate) fn lock(&self) -> PathBuf {
        lock(&self.folder)
    }
}

/// The folders that builds of a workspace share, one for each set of variables.
pub(crate) fn folders_of(folders: &Folders) -> Vec<PathBuf> {
    layout::shared_folders(folders)
        .map(|all| disk::folders(&all))
        .unwrap_or_default()
}

/// The file in a shared folder that a build holds a lock on.
pub(crate) fn lock(folder: &Path) -> PathBuf {
    folder.join("lock")
}
