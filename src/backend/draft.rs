//! What a backend answers: plain data.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use indexmap::IndexMap;
use miette::SourceSpan;
use rattler_conda_types::NoArchType;
use rattler_conda_types::package::EntryPoint;
use serde_json::Value;

use crate::backend::extras::Extras;
use crate::backend::inputs::Inputs;
use crate::backend::script::Script;
use crate::diagnostic::Warning;
use crate::project::Metadata;
use crate::protocol::spec::{BinarySpec, PackageSpec, SourceSpec};
use crate::protocol::variant::VariantValue;

/// What a backend answers.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// Found values; the manifest wins field by field.
    pub metadata: Metadata,
    /// What the package needs beside what the user asked for.
    pub requirements: Vec<Requirement>,
    /// Variants for keys that neither the user nor a file sets. An output that is built has
    /// the value that was described.
    pub variants: Vec<(&'static str, Vec<String>)>,
    /// How to build.
    pub script: Script,
    /// What the package gets beside what the script installs.
    pub extras: Extras,
    /// How what was installed becomes a package.
    pub packaging: Packaging,
    /// Which files matter.
    pub inputs: Inputs,
    /// What the user should know.
    pub warnings: Vec<Warning>,
    /// A recipe the user wrote, which takes the place of everything above but the inputs
    /// and warnings.
    pub own_recipe: Option<OwnRecipe>,
}

/// How what was installed becomes a package.
#[derive(Debug, Clone)]
pub struct Packaging {
    /// Whether the package is for one platform or for all of them.
    pub noarch: NoArchType,
    /// Programs that conda creates when it installs a `noarch` package.
    pub entry_points: Vec<EntryPoint>,
    /// Package URLs.
    pub purls: Vec<String>,
    /// Run exports of other packages not to apply.
    pub ignored_run_exports: IgnoredRunExports,
    /// Whether a package of one platform serves more than one version of its interpreter:
    /// its files are mapped where it is installed, like those of a `noarch` package.
    pub version_independent: bool,
    /// Files, as patterns, that no byte code is made of.
    pub without_byte_code: Vec<String>,
    /// Expressions over variants. A combination for which one of them holds is left out.
    pub skip: Vec<String>,
    /// Whether a package without a file is fine.
    pub may_be_empty: bool,
    /// Tests of the package, as recipe.yaml has them.
    pub tests: Vec<Value>,
    /// How prefixes in files are found, as recipe.yaml has it.
    pub prefix_detection: Option<Value>,
    /// How libraries are checked, as recipe.yaml has it.
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

/// Run exports of other packages not to apply.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IgnoredRunExports {
    /// Exported names.
    pub by_name: Vec<String>,
    /// Exporting packages.
    pub from_package: Vec<String>,
}

/// Something the package needs beside what the user asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Requirement {
    /// The compiler of a language, by conda's naming convention, for the build
    /// environment.
    Compiler(String),
    /// The standard library of a language, for the build environment, when the variants
    /// name one.
    Stdlib(String),
    /// A package.
    Package(Section, String, Box<PackageSpec>),
}

impl Requirement {
    /// A package of a channel.
    pub fn package(section: Section, name: impl Into<String>, spec: BinarySpec) -> Self {
        Self::Package(section, name.into(), Box::new(PackageSpec::Binary(spec)))
    }
}

/// What a package is needed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Section {
    /// Programs that run while the package is built.
    Build,
    /// Libraries that the package is built against.
    Host,
    /// Whatever the package needs when it is used.
    Run,
    /// Limits what may be installed beside the package.
    RunConstraints,
    /// An optional group of run dependencies.
    Extra(String),
}

/// A recipe the user wrote. Plain data: no type of rattler-build.
#[derive(Debug, Clone)]
pub struct OwnRecipe {
    /// The file, which messages point into.
    pub path: PathBuf,
    /// Everything in it, read once.
    pub text: Arc<str>,
    /// Whether experimental features of the format are on.
    pub experimental: bool,
    /// Values that take the place of those in the recipe's `context`.
    pub context: BTreeMap<String, VariantValue>,
    /// Names of the outputs that count; all where there is none.
    pub only: Vec<String>,
    /// Packages that are built from source wherever the recipe names them.
    pub sources: Vec<SourceMapping>,
    /// Takes the place of the recipe's own sources.
    pub source: Option<PathBuf>,
    /// Variables for the scripts of all outputs, below their own.
    pub env: IndexMap<String, String>,
    /// Whether the directory the script runs in keeps what the last build made.
    pub keeps_work: bool,
}

/// A package that is built from source wherever a recipe names it.
#[derive(Debug, Clone)]
pub struct SourceMapping {
    /// When it counts, as an expression over variants.
    pub condition: Option<String>,
    /// The package.
    pub name: String,
    /// Where it is.
    pub spec: SourceSpec,
    /// Where the manifest says so.
    pub at: Option<SourceSpan>,
}
