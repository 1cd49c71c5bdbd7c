//! One build directory for all work directories of a workspace.
//!
//! A new package in an environment means a new work directory. Cargo's intermediate
//! artefacts survive that below the workspace's scratch folder (`build.build-dir`,
//! Cargo 1.91; older ones ignore the setting and keep theirs in the work
//! directory). Final artefacts stay private to the work directory, so that two
//! builds with the same binary name cannot swap files.

use std::path::{Path, PathBuf};

use super::Config;
use crate::backend::Request;
use crate::backend::script::{ScriptFile, Step, Word};

/// The shared state of a workspace, as the script needs it.
pub(super) struct Shared {
    folder: PathBuf,
    steps: Vec<Step>,
    package: String,
}

impl Shared {
    /// How the crate in `folder`, Cargo package `package`, takes part. `None`
    /// where there is no scratch folder, where the user has chosen a build directory,
    /// and on Windows, whose activation puts no prefix into the fingerprints and
    /// whose linker is not found by name.
    ///
    /// `variables` stands for those that Cargo does not know to matter. Builds that
    /// differ in them share nothing.
    pub(super) fn new(
        request: &Request<'_, Config>,
        folder: &Path,
        package: &str,
        variables: Option<&str>,
    ) -> Option<Self> {
        let Request {
            config,
            platforms,
            folders,
            ..
        } = *request;
        let chosen = ["CARGO_BUILD_BUILD_DIR", "CARGO_BUILD_DIR"];
        if platforms.build.is_windows() || chosen.iter().any(|name| config.env.contains_key(*name))
        {
            return None;
        }
        let mut shared = folders.scratch.as_ref()?.join("pixi-build-rust");
        if shared.to_str()?.contains(['{', '}']) {
            // Cargo takes them for variables in `build.build-dir`.
            return None;
        }
        shared.extend(variables);
        let path = |path: PathBuf| Word::literal(path.display().to_string());
        let origin = if platforms.host.is_osx() {
            "@loader_path"
        } else {
            "$ORIGIN"
        };
        let mut share = vec![
            "pixi_build_rust_share".into(),
            path(shared.clone()),
            package.into(),
            path(folder.join("Cargo.toml")),
            origin.into(),
        ];
        share.extend(profile(&config.extra_args).map(Word::literal));
        Some(Self {
            steps: vec![
                Step::Source(path(shared.join("share.sh"))),
                Step::Run(share),
            ],
            package: package.to_string(),
            folder: shared,
        })
    }

    /// Where Cargo keeps intermediate artefacts.
    pub(super) fn build_dir(&self) -> PathBuf {
        self.folder.join("build")
    }

    /// Where notes about builds are kept.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// What the script does before cargo runs.
    pub(super) fn steps(&self) -> impl Iterator<Item = Step> {
        self.steps.iter().cloned()
    }

    /// The files those steps need.
    pub(super) fn files(&self) -> Vec<ScriptFile> {
        let file = |name: &str, text: &str, executable| ScriptFile {
            path: self.folder.join(name),
            text: text.to_string(),
            executable,
        };
        vec![
            file("share.sh", include_str!("shared/share.sh"), false),
            file("linker", include_str!("shared/linker.sh"), true),
        ]
    }

    /// Held while the script runs: two builds of one package in different
    /// environments must not find each other's programs.
    pub(super) fn lock(&self) -> PathBuf {
        self.folder.join(format!("{}.lock", self.package))
    }
}

/// The arguments of `cargo clean` for the profile that `cargo install` takes.
fn profile(extra_args: &[String]) -> impl Iterator<Item = String> {
    let mut profile = vec!["--release".to_string()];
    let mut arguments = extra_args.iter();
    while let Some(argument) = arguments.next() {
        if argument == "--debug" {
            profile.clear();
        } else if argument == "--profile" {
            profile = vec![argument.clone()];
            profile.extend(arguments.next().cloned());
        } else if argument.starts_with("--profile=") {
            profile = vec![argument.clone()];
        }
    }
    profile.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_of_the_installation_is_cleaned() {
        let of = |arguments: &[&str]| -> Vec<String> {
            let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
            profile(&arguments).collect()
        };
        assert_eq!(of(&["--features", "a"]), ["--release"]);
        assert_eq!(of(&["--debug"]), Vec::<String>::new());
        assert_eq!(of(&["--profile", "dist"]), ["--profile", "dist"]);
        assert_eq!(of(&["--profile=dist"]), ["--profile=dist"]);
    }
}
