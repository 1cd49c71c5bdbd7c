//! `conda/outputs`: every variant of the package the project can produce.

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
    /// Channels of the workspace, most important first. For information.
    #[serde(default, deserialize_with = "null_is_default")]
    pub channels: Vec<String>,
    /// The platform the package will run on.
    pub host_platform: Subdir,
    /// The platform the build runs on.
    pub build_platform: Subdir,
    /// Variants set by the user or derived from the platform.
    #[serde(default)]
    pub variant_configuration: Option<BTreeMap<String, Vec<VariantValue>>>,
    /// Variant files to read, later ones win.
    #[serde(default)]
    pub variant_files: Option<Vec<PathBuf>>,
    /// Scratch space for this package; may not exist yet.
    pub work_directory: PathBuf,
}

/// The answer to `conda/outputs`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// One per combination of variants.
    pub outputs: Vec<Output>,
    /// Files the metadata came from, for clients that know no sets.
    pub input_globs: Vec<String>,
    /// Files the metadata came from (pixi 0.70 and newer).
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
    /// Packages for whoever uses the package.
    pub run_dependencies: Dependencies,
    /// Optional groups of run dependencies.
    pub extra_dependencies: IndexMap<String, Vec<NamedSpec>>,
    /// Run exports of other packages not to apply.
    pub ignore_run_exports: IgnoreRunExports,
    /// What packages that build against this one inherit.
    pub run_exports: RunExports,
    /// Always `null`: the globs of the answer count for every output.
    pub input_globs: Option<Vec<String>>,
}

/// Identity of an output. Every key that influenced it is in `variant`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Metadata {
    /// Normalised name.
    pub name: String,
    /// Must equal what the build returns later, as text.
    pub version: String,
    /// Build string.
    pub build: String,
    /// Build number.
    pub build_number: u64,
    /// Host platform or `noarch`.
    pub subdir: Subdir,
    /// Normalised SPDX expression.
    pub license: Option<String>,
    /// Licence family.
    pub license_family: Option<String>,
    /// Flags of the package.
    pub flags: Vec<String>,
    /// Track features (API 7).
    pub track_features: Vec<String>,
    /// Always sent.
    pub noarch: NoArch,
    /// Package URLs.
    pub purls: Option<Vec<String>>,
    /// Only for Python interpreters.
    pub python_site_packages_path: Option<String>,
    /// The variant keys that were used, with their values.
    pub variant: BTreeMap<String, VariantValue>,
}

/// Whether a package is for all platforms: `false`, or the kind of such a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NoArch(pub NoArchType);

/// Dependencies and constraints of one environment.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Dependencies {
    /// What must be there.
    pub depends: Vec<NamedSpec>,
    /// What limits what is there.
    pub constraints: Vec<NamedSpec>,
}

/// Run exports of other packages not to apply.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IgnoreRunExports {
    /// Exported names.
    pub by_name: Vec<String>,
    /// Exporting packages.
    pub from_package: Vec<String>,
}

/// Run exports of the output. All five lists are required.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunExports {
    /// Host dependencies to run dependencies.
    pub weak: Vec<NamedSpec>,
    /// Build dependencies to host and run, host to run.
    pub strong: Vec<NamedSpec>,
    /// The only ones that reach a noarch package.
    pub noarch: Vec<NamedSpec>,
    /// Host dependencies to run constraints.
    pub weak_constrains: Vec<NamedSpec>,
    /// Build and host dependencies to run constraints.
    pub strong_constrains: Vec<NamedSpec>,
}

/// Patterns below one root, matched like a `.gitignore`: the last match wins.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InputGlobSet {
    /// Inclusions, then exclusions that begin with `!`.
    pub patterns: Vec<String>,
    /// Files that make pixi stop descending where it finds them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub markers: Vec<String>,
    /// Whether wildcards pass over names that begin with a dot; missing means yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exclude_hidden: Option<bool>,
    /// Where the patterns start; missing means the source folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<PathBuf>,
}
