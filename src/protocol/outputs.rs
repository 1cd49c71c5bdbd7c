//! `conda/outputs`: all variants of the package that the project can produce.

use std::collections::BTreeMap;
use std::path::PathBuf;

use indexmap::IndexMap;
use rattler_conda_types::{NoArchType, Subdir};
use serde::{Deserialize, Serialize};

use crate::protocol::null_is_default;
use crate::protocol::spec::NamedSpec;
pub use crate::protocol::variant::VariantValue;

/// Parameters of `conda/outputs`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Params {
    /// Channels of the workspace, most important first. They are informational.
    #[serde(default, deserialize_with = "null_is_default")]
    pub channels: Vec<String>,
    /// The platform the package will run on.
    pub host_platform: Subdir,
    /// The platform the build runs on.
    pub build_platform: Subdir,
    /// Variants set by the user or derived from the platform.
    #[serde(default)]
    pub variant_configuration: Option<BTreeMap<String, Vec<VariantValue>>>,
    /// Variant files to read; later ones have priority.
    #[serde(default)]
    pub variant_files: Option<Vec<PathBuf>>,
    /// Scratch space for this package. It may not exist yet.
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
    /// Identity of the package.
    pub metadata: Metadata,
    /// Packages for the build environment.
    pub build_dependencies: Dependencies,
    /// Packages for the host environment.
    pub host_dependencies: Dependencies,
    /// Packages for users of the package.
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

/// Identity of an output. `variant` contains every key that influenced it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Metadata {
    /// Normalized name.
    pub name: String,
    /// The version as text. It must be equal to the version in the response of the build.
    pub version: String,
    /// Build string.
    pub build: String,
    /// Build number.
    pub build_number: u64,
    /// Host platform or `noarch`.
    pub subdir: Subdir,
    /// Normalized SPDX expression.
    pub license: Option<String>,
    /// License family.
    pub license_family: Option<String>,
    /// Flags of the package.
    pub flags: Vec<String>,
    /// Track features (API 7).
    pub track_features: Vec<String>,
    /// Whether the package is for all platforms. The backend always sends this field.
    pub noarch: NoArch,
    /// Package URLs.
    pub purls: Option<Vec<String>>,
    /// Only for Python interpreters.
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

/// Run exports of the output. All five lists are required.
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

/// Patterns below one root, matched like a `.gitignore`: the last match wins.
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
