//! The project model: `[package]` of the manifest as pixi sends it.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::protocol::spec::PackageSpec;

/// Dependencies by name, in the order of the manifest.
pub type DependencyTable = IndexMap<String, PackageSpec>;

/// The package as in the manifest. The backend adds the missing values.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProjectModel {
    /// Name, not normalized.
    pub name: Option<String>,
    /// Prefix of the build string.
    #[serde(alias = "buildString")]
    pub build_string_prefix: Option<String>,
    /// Build number; missing means 0.
    pub build_number: Option<u64>,
    /// Conda version.
    pub version: Option<String>,
    /// Long description.
    pub description: Option<String>,
    /// Flags of the produced package.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub build_flags: Option<Vec<String>>,
    /// Authors. They are not part of a conda package.
    pub authors: Option<Vec<String>>,
    /// SPDX expression.
    pub license: Option<String>,
    /// License file, relative to the source directory.
    pub license_file: Option<String>,
    /// Readme, relative to the source directory.
    pub readme: Option<String>,
    /// URL.
    pub homepage: Option<String>,
    /// URL.
    pub repository: Option<String>,
    /// URL.
    pub documentation: Option<String>,
    /// Dependencies.
    pub targets: Option<Targets>,
    /// Names of environment variables that the build script may read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secrets: Option<Vec<String>>,
}

/// Unconditional and conditional dependencies.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Targets {
    /// Unconditional dependencies.
    pub default_target: Option<Target>,
    /// By expression, without `if()` (API 5 and newer), in the order in which they were
    /// sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditional: Option<IndexMap<String, Target>>,
    /// By target selector (API 4).
    #[serde(skip_serializing)]
    pub targets: Option<IndexMap<String, Target>>,
}

/// The dependency tables of one target.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Target {
    /// For the host platform, during the build.
    pub host_dependencies: Option<DependencyTable>,
    /// For the build platform, during the build.
    pub build_dependencies: Option<DependencyTable>,
    /// For users of the package.
    pub run_dependencies: Option<DependencyTable>,
    /// Limits on packages that are installed in the same environment.
    pub run_constraints: Option<DependencyTable>,
    /// Optional groups of run dependencies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra_dependencies: Option<IndexMap<String, DependencyTable>>,
    /// The dependencies of packages that build against this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_exports: Option<RunExportTables>,
}

/// The lists of run exports. The last two end in `Constraints` here and in `Constrains`
/// everywhere else on the wire.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RunExportTables {
    /// Run dependencies of packages that have this package in their host environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weak: Option<DependencyTable>,
    /// Host and run dependencies of packages that have this package in their build environment, and
    /// run dependencies of packages that have it in their host environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strong: Option<DependencyTable>,
    /// The only list that applies when a noarch package is built against this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noarch: Option<DependencyTable>,
    /// Run constraints of packages that have this package in their host environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weak_constraints: Option<DependencyTable>,
    /// Run constraints of packages that have this package in their build or host environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strong_constraints: Option<DependencyTable>,
}
