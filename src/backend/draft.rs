//! The draft: the response of a backend, as plain data.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use indexmap::IndexMap;
use miette::SourceSpan;
use rattler_conda_types::NoArchType;
use rattler_conda_types::package::EntryPoint;
use serde_json::Value;

use crate::backend::extras::Extras;
use crate::backend::inputs::GlobSet;
use crate::backend::script::Script;
use crate::diagnostic::Warning;
use crate::project::Metadata;
use crate::protocol::spec::{BinarySpec, PackageSpec, SourceSpec};
use crate::protocol::variant::VariantValue;

/// The description of how to build a project.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// Values from the project's files. Fields in the manifest have priority.
    pub metadata: Metadata,
    /// The requirements of the package in addition to those in the manifest.
    pub requirements: Vec<Requirement>,
    /// The groups of optional dependencies, which may have no requirements.
    pub groups: Vec<String>,
    /// Variants for keys that neither the user nor a file sets. When an output is built, it has the
    /// value that was described.
    pub variants: Vec<(&'static str, Vec<String>)>,
    /// The build script.
    pub script: Script,
    /// Files and tests of the package in addition to those that the script installs.
    pub extras: Extras,
    /// How the installed files become a package.
    pub packaging: Packaging,
    /// The files that influence the values in this draft.
    pub metadata_inputs: Vec<GlobSet>,
    /// Set if the build takes place in a copy of the checkout.
    pub copied_sources: Option<CopiedSources>,
    /// Problems that the user should know about.
    pub warnings: Vec<Warning>,
    /// A recipe that the user wrote. It replaces all other fields except for the inputs
    /// and warnings.
    pub own_recipe: Option<OwnRecipe>,
}

/// A copy of the checkout.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CopiedSources {
    /// The workspace of the build tool, which is copied with the sources in it.
    pub workspace: Option<PathBuf>,
    /// Globs for the files that are left out.
    pub without: Vec<String>,
}

/// How the installed files become a package.
#[derive(Debug, Clone)]
pub struct Packaging {
    /// Whether the package is for one platform or for all of them.
    pub noarch: NoArchType,
    /// Programs that conda creates when it installs a `noarch` package.
    pub entry_points: Vec<EntryPoint>,
    /// Package URLs.
    pub purls: Vec<String>,
    /// Run exports of other packages that are not applied.
    pub ignored_run_exports: IgnoredRunExports,
    /// Whether a package of one platform supports more than one version of its
    /// interpreter. Its files are then mapped during installation, like those of a
    /// `noarch` package.
    pub version_independent: bool,
    /// Patterns for files that are not compiled to byte code.
    pub without_byte_code: Vec<String>,
    /// Expressions over variants. A combination of variants is skipped when one of them
    /// is true.
    pub skip: Vec<String>,
    /// Whether the package may contain no files.
    pub may_be_empty: bool,
    /// Tests of the package, in the form of recipe.yaml. This and the next two come from the options
    /// that every backend has.
    pub tests: Vec<Value>,
    /// How prefixes in files are found, in the form of recipe.yaml.
    pub prefix_detection: Option<Value>,
    /// How libraries are checked, in the form of recipe.yaml.
    pub dynamic_linking: Option<Value>,
}

impl Default for Packaging {
    fn default() -> Self {
        Self {
            noarch: NoArchType::none(),
            entry_points: Vec::new(),
            purls: Vec::new(),
            ignored_run_exports: IgnoredRunExports::default(),
            version_independent: false,
            without_byte_code: Vec::new(),
            skip: Vec::new(),
            may_be_empty: false,
            tests: Vec::new(),
            prefix_detection: None,
            dynamic_linking: None,
        }
    }
}

/// Run exports of other packages that are not applied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IgnoredRunExports {
    /// Names of exported packages.
    pub by_name: Vec<String>,
    /// Names of exporting packages.
    pub from_package: Vec<String>,
}

/// A requirement of the package in addition to those in the manifest.
#[derive(Debug, Clone, PartialEq)]
pub enum Requirement {
    /// The compiler of a language, by conda's naming convention, for the build
    /// environment.
    Compiler(String),
    /// The standard library of a language, for the build environment, when the variants
    /// contain one.
    Stdlib(String),
    /// A package.
    Package(Section, String, Box<PackageSpec>),
    /// A requirement of some outputs: those for which this expression over variants is true.
    When(String, Box<Requirement>),
}

impl Requirement {
    /// A package from a channel.
    pub fn package(section: Section, name: impl Into<String>, spec: BinarySpec) -> Self {
        Self::Package(section, name.into(), Box::new(PackageSpec::Binary(spec)))
    }
}

/// The purpose of a requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Section {
    /// Programs that run during the build.
    Build,
    /// Libraries that the package is built against.
    Host,
    /// Packages that are needed to use the package.
    Run,
    /// Limits on packages that are installed in the same environment.
    RunConstraints,
    /// An optional group of run dependencies.
    Extra(String),
}

/// A recipe that the user wrote, as plain data without rattler-build types.
#[derive(Debug, Clone)]
pub struct OwnRecipe {
    /// The file that messages point into.
    pub path: PathBuf,
    /// The complete text, read once.
    pub text: Arc<str>,
    /// Whether experimental features of the format are allowed.
    pub experimental: bool,
    /// Values that replace those in the recipe's `context`.
    pub context: BTreeMap<String, VariantValue>,
    /// Patterns for the names of the offered outputs. Empty means all outputs.
    pub only: Vec<String>,
    /// Packages that are built from source wherever the recipe names them.
    pub sources: Vec<SourceMapping>,
    /// Replaces the sources of the recipe.
    pub source: Option<PathBuf>,
    /// Variables for the scripts of all outputs. Variables of a script have priority.
    pub env: IndexMap<String, String>,
    /// Whether the directory of the script keeps the files of the last build.
    pub keeps_work: bool,
}

/// A package that is built from source wherever a recipe names it.
#[derive(Debug, Clone)]
pub struct SourceMapping {
    /// The condition of the table.
    pub condition: Option<MappingCondition>,
    /// The package.
    pub name: String,
    /// The location of the source.
    pub spec: SourceSpec,
    /// The place in the manifest.
    pub at: Option<SourceSpan>,
}

/// The condition of a table with dependencies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MappingCondition {
    /// An expression over variants, without `if()`.
    Expression(String),
    /// The selector of a target. API 4 has only this form.
    Selector(String),
}
