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

/// The parameters of `conda/build_v1`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Params {
    /// The channels of the workspace, most important first. They are informational.
    #[serde(default, deserialize_with = "null_is_default")]
    pub channels: Vec<String>,
    /// The installed build environment.
    #[serde(default)]
    pub build_prefix: Option<Prefix>,
    /// The installed host environment. The files that the build adds to it become the
    /// package.
    #[serde(default)]
    pub host_prefix: Option<Prefix>,
    /// The final run dependencies.
    #[serde(default)]
    pub run_dependencies: Option<Vec<ResolvedDependency>>,
    /// The final run constraints.
    #[serde(default)]
    pub run_constraints: Option<Vec<ResolvedDependency>>,
    /// The final run exports.
    #[serde(default)]
    pub run_exports: Option<FinalRunExports>,
    /// The final optional groups of run dependencies.
    #[serde(default)]
    pub extra_dependencies: Option<IndexMap<String, Vec<ResolvedDependency>>>,
    /// The output to build.
    pub output: OutputId,
    /// The persistent directory of this build.
    pub work_directory: PathBuf,
    /// The directory for the archive; missing means a directory in the work directory.
    #[serde(default)]
    pub output_directory: Option<PathBuf>,
    /// Whether this is a development build.
    #[serde(default)]
    pub editable: Option<bool>,
    /// The kind of archive; missing means `.conda` with the default level.
    #[serde(default)]
    pub package_format: Option<PackageFormat>,
}

impl Params {
    /// The prefix of the build environment, whether it exists or not.
    pub fn build_folder(&self) -> PathBuf {
        self.folder(&self.build_prefix, "bld")
    }

    /// The prefix of the host environment, whether it exists or not.
    pub fn host_folder(&self) -> PathBuf {
        self.folder(&self.host_prefix, "host")
    }

    /// The directory in which the script runs.
    pub fn script_folder(&self) -> PathBuf {
        self.work_directory.join("work")
    }

    /// The directory for the archive.
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
    /// Its directory. It exists even when the environment is empty.
    pub prefix: PathBuf,
    /// The platform that it was solved for.
    pub platform: Subdir,
    /// The specs that were passed to the solver.
    #[serde(default)]
    pub dependencies: Option<Vec<ResolvedDependency>>,
    /// The constraints that were passed to the solver.
    #[serde(default)]
    pub constraints: Option<Vec<ResolvedDependency>>,
    /// The installed packages.
    #[serde(default)]
    pub packages: Option<Vec<RepoDataRecord>>,
}

/// A resolved dependency and its origin.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ResolvedDependency {
    /// The match spec.
    pub spec: ResolvedSpec,
    /// The origin, when a run export added the dependency.
    #[serde(default, deserialize_with = "known_source")]
    pub source: Option<DependencyOrigin>,
}

/// A match spec: text in API 4, an object since API 5.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ResolvedSpec {
    /// A text in conda's syntax for match specs.
    Text(String),
    /// The structured form.
    Object(Box<MatchSpec>),
}

/// The origin of a dependency that is not a direct one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum DependencyOrigin {
    /// Another package exported the dependency.
    #[serde(rename_all = "camelCase")]
    RunExport {
        /// `build` or `host`.
        from: String,
        /// The package that exported it.
        run_export: String,
    },
}

/// Origins that later API versions may add are treated as direct dependencies.
fn known_source<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<DependencyOrigin>, D::Error> {
    let value = Option::<serde_json::Value>::deserialize(deserializer)?;
    Ok(value.and_then(|value| serde_json::from_value(value).ok()))
}

/// The final run exports of the package.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FinalRunExports {
    /// Run dependencies of packages that have this package in their host environment.
    #[serde(deserialize_with = "null_is_default")]
    pub weak: Vec<ResolvedDependency>,
    /// Host and run dependencies of packages that have this package in their build environment, and
    /// run dependencies of packages that have it in their host environment.
    #[serde(deserialize_with = "null_is_default")]
    pub strong: Vec<ResolvedDependency>,
    /// The only list that applies when a noarch package is built against this one.
    #[serde(deserialize_with = "null_is_default")]
    pub noarch: Vec<ResolvedDependency>,
    /// Run constraints of packages that have this package in their host environment.
    #[serde(deserialize_with = "null_is_default")]
    pub weak_constrains: Vec<ResolvedDependency>,
    /// Run constraints of packages that have this package in their build or host environment.
    #[serde(deserialize_with = "null_is_default")]
    pub strong_constrains: Vec<ResolvedDependency>,
}

/// Identifies one output of the preceding `conda/outputs`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OutputId {
    /// The name of the package.
    pub name: String,
    /// The version. Current versions of pixi always send it.
    #[serde(default)]
    pub version: Option<String>,
    /// The build string. Current versions of pixi always send it.
    #[serde(default)]
    pub build: Option<String>,
    /// The subdir.
    pub subdir: Subdir,
    /// Exactly the variant that `conda/outputs` returned.
    pub variant: BTreeMap<String, VariantValue>,
}

impl std::fmt::Display for OutputId {
    /// Formats the known parts like the name of an archive.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)?;
        let rest = [&self.version, &self.build];
        rest.into_iter()
            .flatten()
            .try_for_each(|part| write!(f, "-{part}"))
    }
}

/// The response to `conda/build_v1`: in snake_case, except for the glob sets, which are
/// in camelCase.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Answer {
    /// The absolute path of the archive, `<name>-<version>-<build>.<ext>`.
    pub output_file: PathBuf,
    /// Files that influence the build, for clients that do not support glob sets.
    pub input_globs: Vec<String>,
    /// Files that influence the build (pixi 0.70 and newer).
    pub input_glob_sets: Vec<InputGlobSet>,
    /// The normalized name.
    pub name: String,
    /// The version.
    pub version: String,
    /// The build string.
    pub build: String,
    /// The subdir.
    pub subdir: Subdir,
}
