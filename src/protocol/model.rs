//! The project model: `[package]` of the manifest as pixi sends it.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::protocol::spec::PackageSpec;

/// Dependencies by name, in the order of the manifest.
pub type DependencyTable = IndexMap<String, PackageSpec>;

/// The package, as the manifest describes it. The backend adds the missing values.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProjectModel {
    /// The name, which is not normalized.
    pub name: Option<String>,
    /// The prefix of the build string.
    #[serde(alias = "buildString")]
    pub build_string_prefix: Option<String>,
    /// The build number; missing means 0.
    pub build_number: Option<u64>,
    /// The version, which is a conda version.
    pub version: Option<String>,
    /// The long description.
    pub description: Option<String>,
    /// The flags of the package.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub build_flags: Option<Vec<String>>,
    /// The authors, who are not part of a conda package.
    pub authors: Option<Vec<String>>,
    /// The license, as an SPDX expression.
    pub license: Option<String>,
    /// The license file, relative to the source directory.
    pub license_file: Option<String>,
    /// The readme file, relative to the source directory.
    pub readme: Option<String>,
    /// The URL of the homepage.
    pub homepage: Option<String>,
    /// The URL of the repository.
    pub repository: Option<String>,
    /// The URL of the documentation.
    pub documentation: Option<String>,
    /// The dependencies.
    pub targets: Option<Targets>,
    /// Names of environment variables that the build script may read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secrets: Option<Vec<String>>,
}

/// The unconditional and the conditional dependencies.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Targets {
    /// The unconditional dependencies.
    pub default_target: Option<Target>,
    /// The dependencies by expression, without `if()` (API 5 and newer), in the order in which pixi
    /// sent them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditional: Option<IndexMap<String, Target>>,
    /// The dependencies by target selector (API 4).
    #[serde(skip_serializing)]
    pub targets: Option<IndexMap<String, Target>>,
}

impl Targets {
    /// The tables of all targets, whatever their condition is.
    pub fn all(&self) -> impl Iterator<Item = &Target> {
        let conditional = self.conditional.iter().flat_map(IndexMap::values);
        let older = self.targets.iter().flat_map(IndexMap::values);
        self.default_target.iter().chain(conditional).chain(older)
    }
}

/// The dependency tables of one target.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Target {
    /// The packages for the host platform that the build needs.
    pub host_dependencies: Option<DependencyTable>,
    /// The packages for the build platform that the build needs.
    pub build_dependencies: Option<DependencyTable>,
    /// The packages that users of the package need.
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
