//! `conda/outputs`: all variants of the package that the project can produce.

use std::collections::BTreeMap;
use std::path::PathBuf;

use indexmap::IndexMap;
use rattler_conda_types::{NoArchType, Subdir};
use serde::{Deserialize, Serialize};

use crate::protocol::null_is_default;
use crate::protocol::spec::NamedSpec;
pub use crate::protocol::variant::VariantValue;

/// The parameters of `conda/outputs`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Params {
    /// The channels of the workspace, most important first. They are informational.
    #[serde(default, deserialize_with = "null_is_default")]
    pub channels: Vec<String>,
    /// The platform on which the package will run.
    pub host_platform: Subdir,
    /// The platform on which the build runs.
    pub build_platform: Subdir,
    /// The variants that the user sets or that pixi derives from the platform.
    #[serde(default)]
    pub variant_configuration: Option<BTreeMap<String, Vec<VariantValue>>>,
    /// The variant files to read. Later ones have priority.
    #[serde(default)]
    pub variant_files: Option<Vec<PathBuf>>,
    /// The scratch space for this package. It may not exist yet.
    pub work_directory: PathBuf,
}

/// The response to `conda/outputs`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// One output for each combination of variants.
    pub outputs: Vec<Output>,
    /// Files that influence the metadata, for clients that do not support glob sets.
    pub input_globs: Vec<String>,
    /// Files that influence the metadata (pixi 0.70 and newer).
    pub input_glob_sets: Vec<InputGlobSet>,
}

/// One package that can be built.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Output {
    /// The identity of the package.
    pub metadata: Metadata,
    /// The packages for the build environment.
    pub build_dependencies: Dependencies,
    /// The packages for the host environment.
    pub host_dependencies: Dependencies,
    /// The packages that users of the package need.
    pub run_dependencies: Dependencies,
    /// Optional groups of run dependencies.
    pub extra_dependencies: IndexMap<String, Vec<NamedSpec>>,
    /// Run exports of other packages that are not applied.
    pub ignore_run_exports: IgnoreRunExports,
    /// The dependencies of packages that build against this one.
    pub run_exports: RunExports,
    /// Always `null`: the globs of the response apply to all outputs.
    pub input_globs: Option<Vec<String>>,
}

/// The identity of an output. `variant` contains every key that influenced the output.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Metadata {
    /// The normalized name.
    pub name: String,
    /// The version as text. It must be equal to the version in the response of the build.
    pub version: String,
    /// The build string.
    pub build: String,
    /// The build number.
    pub build_number: u64,
    /// The host platform or `noarch`.
    pub subdir: Subdir,
    /// The license, as a normalized SPDX expression.
    pub license: Option<String>,
    /// The license family.
    pub license_family: Option<String>,
    /// The flags of the package.
    pub flags: Vec<String>,
    /// The track features (API 7).
    pub track_features: Vec<String>,
    /// Whether the package is for all platforms. The backend always sends this field.
    pub noarch: NoArch,
    /// Package URLs.
    pub purls: Option<Vec<String>>,
    /// The directory of site-packages. Only a Python interpreter has one.
    pub python_site_packages_path: Option<String>,
    /// The variant keys that were used, with their values.
    pub variant: BTreeMap<String, VariantValue>,
}

/// Whether a package is for all platforms: `false`, or the kind of a noarch package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NoArch(pub NoArchType);

/// Dependencies and constraints of one environment.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Dependencies {
    /// The required packages.
    pub depends: Vec<NamedSpec>,
    /// The limits on installed packages.
    pub constraints: Vec<NamedSpec>,
}

/// Run exports of other packages that are not applied.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IgnoreRunExports {
    /// Names of exported packages.
    pub by_name: Vec<String>,
    /// Names of exporting packages.
    pub from_package: Vec<String>,
}

/// The run exports of the output. All five lists are required.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunExports {
    /// Run dependencies of packages that have this package in their host environment.
    pub weak: Vec<NamedSpec>,
    /// Host and run dependencies of packages that have this package in their build environment, and
    /// run dependencies of packages that have it in their host environment.
    pub strong: Vec<NamedSpec>,
    /// The only list that applies when a noarch package is built against this one.
    pub noarch: Vec<NamedSpec>,
    /// Run constraints of packages that have this package in their host environment.
    pub weak_constrains: Vec<NamedSpec>,
    /// Run constraints of packages that have this package in their build or host environment.
    pub strong_constrains: Vec<NamedSpec>,
}

/// Patterns below one root, matched like a `.gitignore`: the last match has priority.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InputGlobSet {
    /// Inclusions, then exclusions that begin with `!`.
    pub patterns: Vec<String>,
    /// Names of files that end the scan of the directory that contains them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub markers: Vec<String>,
    /// Whether wildcards skip names that begin with a dot; missing means yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exclude_hidden: Option<bool>,
    /// The root of the patterns; missing means the source directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<PathBuf>,
}
