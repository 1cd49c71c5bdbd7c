//! `conda/build_v1`: build one output in environments that pixi installed.

use std::collections::BTreeMap;
use std::path::PathBuf;

use indexmap::IndexMap;
use rattler_conda_types::{RepoDataRecord, Subdir};
use serde::{Deserialize, Deserializer, Serialize};

use crate::protocol::null_is_default;
use crate::protocol::outputs::{InputGlobSet, VariantValue};
pub use crate::protocol::package_format::{
    ArchiveType, CompressionLevel, NamedLevel, PackageFormat,
};
use crate::protocol::spec::MatchSpec;

/// Parameters of `conda/build_v1`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Params {
    /// Channels of the workspace, most important first. For information.
    #[serde(default, deserialize_with = "null_is_default")]
    pub channels: Vec<String>,
    /// The installed build environment.
    #[serde(default)]
    pub build_prefix: Option<Prefix>,
    /// The installed host environment. What is added to it is the package.
    #[serde(default)]
    pub host_prefix: Option<Prefix>,
    /// Final run dependencies.
    #[serde(default)]
    pub run_dependencies: Option<Vec<ResolvedDependency>>,
    /// Final run constraints.
    #[serde(default)]
    pub run_constraints: Option<Vec<ResolvedDependency>>,
    /// Final run exports.
    #[serde(default)]
    pub run_exports: Option<FinalRunExports>,
    /// Final optional groups of run dependencies.
    #[serde(default)]
    pub extra_dependencies: Option<IndexMap<String, Vec<ResolvedDependency>>>,
    /// Which output to build.
    pub output: OutputId,
    /// Persistent folder of this build.
    pub work_directory: PathBuf,
    /// Where the archive should go; missing means below the work directory.
    #[serde(default)]
    pub output_directory: Option<PathBuf>,
    /// A development build.
    #[serde(default)]
    pub editable: Option<bool>,
    /// Kind of archive; missing means `.conda` with the default level.
    #[serde(default)]
    pub package_format: Option<PackageFormat>,
}

impl Params {
    /// Where the build environment is, or would be.
    pub fn build_folder(&self) -> PathBuf {
        self.folder(&self.build_prefix, "bld")
    }

    /// Where the host environment is, or would be.
    pub fn host_folder(&self) -> PathBuf {
        self.folder(&self.host_prefix, "host")
    }

    /// Where the script runs.
    pub fn script_folder(&self) -> PathBuf {
        self.work_directory.join("work")
    }

    /// Where the archive goes.
    pub fn output_folder(&self) -> PathBuf {
        let chosen = self.output_directory.clone();
        chosen.unwrap_or_else(|| self.work_directory.join("output"))
    }

    fn folder(&self, prefix: &Option<Prefix>, name: &str) -> PathBuf {
        match prefix {
            Some(prefix) => prefix.prefix.clone(),
            None => self.work_directory.join(name),
        }
    }
}

/// An installed environment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Prefix {
    /// Its folder. It exists, also when nothing is installed.
    pub prefix: PathBuf,
    /// What it was solved for.
    pub platform: Subdir,
    /// What was asked of the solver.
    #[serde(default)]
    pub dependencies: Option<Vec<ResolvedDependency>>,
    /// What limited the solver.
    #[serde(default)]
    pub constraints: Option<Vec<ResolvedDependency>>,
    /// What is installed.
    #[serde(default)]
    pub packages: Option<Vec<RepoDataRecord>>,
}

/// A resolved dependency and where it came from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ResolvedDependency {
    /// The match spec.
    pub spec: ResolvedSpec,
    /// Set when a run export brought it in.
    #[serde(default, deserialize_with = "known_source")]
    pub source: Option<DependencyOrigin>,
}

/// A match spec: text in API 4, an object since API 5.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ResolvedSpec {
    /// Conda match-spec syntax.
    Text(String),
    /// Structured.
    Object(Box<MatchSpec>),
}

/// Where a dependency came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum DependencyOrigin {
    /// Another package exported it.
    #[serde(rename_all = "camelCase")]
    RunExport {
        /// `build` or `host`.
        from: String,
        /// The package that exported it.
        run_export: String,
    },
}

/// Kinds of sources that later versions may bring count as direct dependencies.
fn known_source<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<DependencyOrigin>, D::Error> {
    let value = Option::<serde_json::Value>::deserialize(deserializer)?;
    Ok(value.and_then(|value| serde_json::from_value(value).ok()))
}

/// Final run exports of the package.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FinalRunExports {
    /// Host dependencies to run dependencies.
    #[serde(deserialize_with = "null_is_default")]
    pub weak: Vec<ResolvedDependency>,
    /// Build dependencies to host and run, host to run.
    #[serde(deserialize_with = "null_is_default")]
    pub strong: Vec<ResolvedDependency>,
    /// The only ones that reach a noarch package.
    #[serde(deserialize_with = "null_is_default")]
    pub noarch: Vec<ResolvedDependency>,
    /// Host dependencies to run constraints.
    #[serde(deserialize_with = "null_is_default")]
    pub weak_constrains: Vec<ResolvedDependency>,
    /// Build and host dependencies to run constraints.
    #[serde(deserialize_with = "null_is_default")]
    pub strong_constrains: Vec<ResolvedDependency>,
}

/// Names one output of the preceding `conda/outputs`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OutputId {
    /// Package name.
    pub name: String,
    /// Version; current pixi always sends it.
    #[serde(default)]
    pub version: Option<String>,
    /// Build string; current pixi always sends it.
    #[serde(default)]
    pub build: Option<String>,
    /// Subdir.
    pub subdir: Subdir,
    /// Exactly the variant that was returned.
    pub variant: BTreeMap<String, VariantValue>,
}

impl std::fmt::Display for OutputId {
    /// As archives are called, as far as it is known.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)?;
        let rest = [&self.version, &self.build];
        rest.into_iter()
            .flatten()
            .try_for_each(|part| write!(f, "-{part}"))
    }
}

/// The answer to `conda/build_v1`: snake_case, the glob sets inside camelCase.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Answer {
    /// Absolute path of the archive, `<name>-<version>-<build>.<ext>`.
    pub output_file: PathBuf,
    /// Files that influence the build, for clients that know no sets.
    pub input_globs: Vec<String>,
    /// Files that influence the build (pixi 0.70 and newer).
    pub input_glob_sets: Vec<InputGlobSet>,
    /// Normalised name.
    pub name: String,
    /// Version.
    pub version: String,
    /// Build string.
    pub build: String,
    /// Subdir.
    pub subdir: Subdir,
}
