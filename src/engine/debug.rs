//! The debug directory `<workDirectory>/debug`: requests, responses, plans and logs.
//!
//! Writing debug files must not change the result. A file that cannot be written causes a line in
//! the log, never a failed request. Files are written under a temporary name and renamed, so a
//! reader sees either the complete old file or the complete new file.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use miette::{Diagnostic, Report};
use rattler_build_variant_config::VariantConfig;
use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::backend::GlobSet;
use crate::diagnostic::{Unreadable, redacted};
use crate::disk;
use crate::engine::input_snapshot::{self, Files};
use crate::engine::{Plan, PlanRecord, Session};
use crate::protocol::{build, initialize};
use crate::recipe::{Recipe, Rendered};

/// The parameters with which the session was opened.
const INITIALIZE: &str = "initialize_params.json";

/// The name of the backend that served the session.
const BACKEND: &str = "backend.json";

/// The parameters of the latest build.
const BUILD: &str = "conda_build_v1_params.json";

/// The directory of the builds of a workspace.
const BUILDS: &str = ".pixi/bld";

/// The response to the latest build.
const ANSWER: &str = "conda_build_v1_response.json";

/// The files that the latest build depends on, with reasons.
const INPUTS: &str = "inputs.json";

/// The content of each input of the latest build.
const FILES: &str = "input_files.json";

/// The reason why each file is in the package.
const INSTALLED: &str = "installed.json";

/// The debug directory of one work directory.
#[derive(Debug, Clone)]
pub struct DebugFolder(PathBuf);

impl DebugFolder {
    /// The debug directory of `work_directory`.
    pub fn of(work_directory: &Path) -> Self {
        Self(work_directory.join("debug"))
    }

    /// The debug directory of `path`, which is a debug directory, a work directory, a directory
    /// that contains work directories, or the directory of a workspace. If it contains several
    /// builds, the latest one is used.
    ///
    /// # Errors
    /// [`NotRecorded`].
    pub fn at(path: &Path) -> Result<Self, Report> {
        if path.join(BUILD).is_file() {
            return Ok(Self(path.to_path_buf()));
        }
        let builds = path.join(BUILDS);
        let work = latest_build(path).or_else(|| latest_build(&builds));
        match work {
            Some(work) => Ok(Self::of(&work)),
            None => Err(NotRecorded::below(path).into()),
        }
    }

    /// The work directory.
    pub fn work(&self) -> &Path {
        self.0.parent().unwrap_or(&self.0)
    }

    /// The log of the latest build.
    pub fn build_log(&self) -> PathBuf {
        self.0.join("build.log")
    }

    /// Records the parameters of a request as they were received.
    pub fn params(&self, method: &str, json: &str) {
        self.write(&format!("{method}_params.json"), &redacted(json));
    }

    /// Records the parameters of a request that was made in this process.
    pub fn request(&self, method: &str, params: &impl Serialize) {
        self.json(&format!("{method}_params.json"), params);
    }

    /// Records a successful response and removes the error of an earlier request.
    pub fn response(&self, method: &str, answer: &impl Serialize) {
        self.json(&format!("{method}_response.json"), answer);
        self.remove(&format!("{method}_error.json"));
    }

    /// Records an error and removes the response of an earlier request.
    pub fn error(&self, method: &str, error: &impl Serialize) {
        self.json(&format!("{method}_error.json"), error);
        self.remove(&format!("{method}_response.json"));
    }

    /// Records the files that the latest build depends on, with reasons.
    pub fn inputs(&self, inputs: &[GlobSet]) {
        self.json(INPUTS, &inputs);
        self.json(FILES, &input_snapshot::files(inputs));
    }

    /// Records why each file is in the package.
    pub fn installed(&self, reasons: &BTreeMap<String, String>) {
        self.json(INSTALLED, reasons);
    }

    /// The reasons that [`DebugFolder::installed`] recorded. Empty if there is no record.
    ///
    /// # Errors
    /// [`BrokenRecord`].
    pub fn recorded_reasons(&self) -> Result<BTreeMap<String, String>, Report> {
        let is_there = self.0.join(INSTALLED).exists();
        Ok((is_there.then(|| self.recorded(INSTALLED)).transpose()?).unwrap_or_default())
    }

    /// The contents of the files in [`DebugFolder::inputs`], at the time when they were
    /// recorded.
    ///
    /// # Errors
    /// [`NotRecorded`], [`BrokenRecord`].
    pub fn recorded_files(&self) -> Result<Files, Report> {
        self.recorded(FILES)
    }

    /// The inputs that [`DebugFolder::inputs`] recorded. `None` if nothing has been
    /// built.
    ///
    /// # Errors
    /// [`NotRecorded`], [`BrokenRecord`].
    pub fn recorded_inputs(&self) -> Result<Option<Vec<GlobSet>>, Report> {
        let is_there = self.0.join(INPUTS).exists();
        is_there.then(|| self.recorded(INPUTS)).transpose()
    }

    /// Records the project: the parameters of the session, and the model in a separate
    /// file.
    pub fn project(&self, session: &Session) {
        self.opened(&session.opened(), session.backend.name());
    }

    /// Records the parameters of a session of the backend `name`.
    pub fn opened(&self, opened: &initialize::Params, name: &str) {
        self.json(INITIALIZE, opened);
        self.json(BACKEND, &name);
        self.json("project_model.json", &opened.project_model);
    }

    /// The parameters of the latest build and of its session.
    ///
    /// # Errors
    /// [`NotRecorded`], [`BrokenRecord`].
    pub fn recorded_build(&self) -> Result<(initialize::Params, build::Params), Report> {
        Ok((self.recorded(INITIALIZE)?, self.recorded(BUILD)?))
    }

    /// The package of the latest build, and whether that build used the tools of the machine
    /// instead of environments. `None` if no build succeeded.
    pub fn recorded_archive(&self) -> Option<(PathBuf, bool)> {
        let params: build::Params = self.recorded(BUILD).ok()?;
        let answer: build::Answer = self.recorded(ANSWER).ok()?;
        let by_the_machine = params.build_prefix?.packages.is_none();
        Some((answer.output_file, by_the_machine))
    }

    /// The backend of the recorded session. `None` if it was not recorded.
    ///
    /// # Errors
    /// [`BrokenRecord`].
    pub fn recorded_backend(&self) -> Result<Option<String>, Report> {
        let is_there = self.0.join(BACKEND).exists();
        is_there.then(|| self.recorded(BACKEND)).transpose()
    }

    fn recorded<T: DeserializeOwned>(&self, name: &str) -> Result<T, Report> {
        let path = self.0.join(name);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(reason) if reason.kind() == ErrorKind::NotFound => {
                return Err(NotRecorded::below(&self.0).into());
            }
            Err(source) => return Err(Unreadable { path, source }.into()),
        };
        let record = serde_json::from_str(&text);
        Ok(record.map_err(|reason| BrokenRecord { path, reason })?)
    }

    /// Records the recipe with its variants, and each of its outputs.
    pub fn plan(&self, plan: &Plan<'_>) {
        self.recipe(&plan.recipe, &plan.variants, &plan.outputs);
    }

    /// Like [`DebugFolder::plan`], for a plan that has already been dropped.
    pub fn record(&self, plan: &PlanRecord) {
        self.recipe(&plan.recipe, &plan.variants, &plan.outputs);
    }

    fn recipe(&self, recipe: &Recipe, variants: &VariantConfig, outputs: &[Rendered]) {
        self.yaml("recipe.yaml", &recipe.stage0());
        self.yaml("variants.yaml", variants);
        for Rendered {
            recipe,
            variant,
            hash,
            ..
        } in outputs
        {
            let folder = format!("recipe/{}", hash.hash);
            self.yaml(&format!("{folder}/recipe.yaml"), recipe);
            self.yaml(&format!("{folder}/variants.yaml"), variant);
        }
    }

    fn json(&self, name: &str, value: &impl Serialize) {
        match serde_json::to_string_pretty(value) {
            Ok(text) => self.write(name, &redacted(&text)),
            Err(error) => tracing::warn!("cannot write {name} for debugging: {error}"),
        }
    }

    fn yaml(&self, name: &str, value: &impl Serialize) {
        match serde_yaml::to_string(value) {
            Ok(text) => self.write(name, &redacted(&text)),
            Err(error) => tracing::warn!("cannot write {name} for debugging: {error}"),
        }
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        // Unchanged files are not written again.
        if std::fs::read(&path).is_ok_and(|before| before == text.as_bytes()) {
            return;
        }
        let written = disk::replace(&path, |beside| std::fs::write(beside, text));
        if let Err(error) = written {
            tracing::warn!("debug files are incomplete: {error}");
        }
    }

    fn remove(&self, name: &str) {
        let path = self.0.join(name);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                tracing::warn!("cannot remove {}: {error}", path.display());
            }
            _ => {}
        }
    }
}

/// The work directory of the latest build that is recorded in `folder` or up to two directory
/// levels below it, because pixi and `build` keep the builds of a package below one directory.
pub fn latest_build(folder: &Path) -> Option<PathBuf> {
    let below = disk::folders(folder);
    let deeper: Vec<PathBuf> = below.iter().flat_map(|work| disk::folders(work)).collect();
    let candidates = std::iter::once(folder.to_path_buf()).chain(below);
    candidates
        .chain(deeper)
        .filter_map(|work| {
            let debug = DebugFolder::of(&work);
            let written = |path: PathBuf| path.metadata().ok()?.modified().ok();
            // A request that equals the previous one is not written again, but the log is.
            let asked = written(debug.0.join(BUILD))?;
            Some((written(debug.build_log()).max(Some(asked)), work))
        })
        .max()
        .map(|(_, work)| work)
}

/// No build is recorded in the directory.
#[derive(Debug, Error, Diagnostic)]
#[error("no build is recorded in {searched}")]
#[diagnostic(
    code(usage::no_record),
    help(
        "name the work directory of a build, such as `.pixi/bld/<package>`, its `debug` directory, or \
         the directory of the workspace"
    )
)]
struct NotRecorded {
    searched: String,
}

impl NotRecorded {
    fn below(folder: &Path) -> Self {
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
        let shown = folder.display();
        let builds = folder.join(BUILDS);
        let searched = if !folder.exists() {
            format!("{shown}, which does not exist")
        } else if builds.is_dir() {
            builds.display().to_string()
        } else {
            format!("{shown} or in the two levels below it")
        };
        Self { searched }
    }
}

/// A record that this version cannot read.
#[derive(Debug, Error, Diagnostic)]
#[error("{} cannot be read: {reason}", path.display())]
#[diagnostic(
    code(debug::broken_record),
    help("another version may have recorded it: build once more to record it again")
)]
struct BrokenRecord {
    path: PathBuf,
    reason: serde_json::Error,
}
