//! Converts a backend's draft to rendered recipes. This layer is synchronous and starts nothing:
//! the same draft, platforms and variants give the same recipes on any machine that has the same
//! files. It reads only variant files, licenses and what a user's recipe names.
//!
//! The recipe is built as a value of rattler-build's types. If it were printed as YAML
//! and parsed again, any text that contains `${{` would become a template.

mod about;
mod build;
mod condition;
mod jinja_aliases;
mod located;
mod own;
mod package_checks;
mod passthrough;
pub mod pin;
mod print;
mod render;
mod requirements;
mod sections;
mod shell;
mod shown;
pub mod spec;
pub mod variants;

pub use build::{BadTemplate, extra_script};
pub use own::named::{local_repository, named, tree};
pub use own::{Environments, Own, RecipeText, bad_script_template};
pub use package_checks::BadCheck;
pub use passthrough::PassthroughSpecs;
pub use render::{Rendered, Sibling, UnknownPin, render};
pub use shell::{LineEnd, sourced};
pub use shown::shown;

use std::path::Path;

use indexmap::IndexMap;
use miette::{Diagnostic, Report, SourceSpan};
use rattler_build_recipe::stage0::{
    self, ConditionalList, Item, Package, SingleOutputRecipe, Value,
};
use rattler_conda_types::{PackageName, SourcePackageName, VersionWithSource};
use thiserror::Error;

use crate::backend::{Draft, Platforms};
use crate::diagnostic::{SourceFile, Warning};
use crate::project::manifest::Manifest;
use crate::project::{Metadata, Project};
use crate::recipe::condition::Evaluated;
use crate::recipe::requirements::Written;

/// A recipe before variants are applied.
#[derive(Debug)]
pub struct Recipe {
    /// The author of the recipe.
    pub origin: Origin,
    /// The dependencies that a rattler-build recipe cannot express.
    pub passthrough: PassthroughSpecs,
}

/// The author of a recipe.
#[derive(Debug)]
pub enum Origin {
    /// A backend, for a project without a recipe.
    Drafted(Box<Drafted>),
    /// The user.
    Own(Box<Own>),
}

/// A recipe that a backend drafted.
#[derive(Debug)]
pub struct Drafted {
    /// The recipe in rattler-build's type.
    pub stage0: SingleOutputRecipe,
    /// The prefix of the build string.
    build_string_prefix: Option<String>,
    /// The manifest, for the places of errors.
    manifest: Manifest,
    /// The expressions that can fail when the recipe is rendered.
    evaluated: Evaluated,
}

impl Recipe {
    /// The recipe of `project`: the user's own, or one that the backend drafted.
    ///
    /// # Errors
    /// Errors in the user's files.
    pub fn new(
        project: &Project,
        draft: &Draft,
        metadata_file: &'static str,
        platforms: Platforms,
        warnings: &mut Vec<Warning>,
    ) -> Result<Self, Report> {
        let Some(given) = &draft.own_recipe else {
            return Self::drafted(project, draft, metadata_file, platforms, warnings);
        };
        let own = Own::new(project, given, platforms, warnings)?;
        Ok(Self {
            origin: Origin::Own(Box::new(own)),
            passthrough: PassthroughSpecs::default(),
        })
    }

    /// The recipe in rattler-build's type.
    pub fn stage0(&self) -> stage0::Recipe {
        match &self.origin {
            Origin::Drafted(drafted) => {
                stage0::Recipe::SingleOutput(Box::new(drafted.stage0.clone()))
            }
            Origin::Own(own) => own.stage0.clone(),
        }
    }

    /// The user's own recipe.
    pub fn own(&self) -> Option<&Own> {
        match &self.origin {
            Origin::Drafted(_) => None,
            Origin::Own(own) => Some(own),
        }
    }

    /// Creates the recipe of `project` from the draft of its backend. `metadata_file` is
    /// the file with the name and version of such projects.
    ///
    /// # Errors
    /// A missing or invalid name or version, and errors in dependencies.
    fn drafted(
        project: &Project,
        draft: &Draft,
        metadata_file: &'static str,
        platforms: Platforms,
        warnings: &mut Vec<Warning>,
    ) -> Result<Self, Report> {
        let metadata = project.metadata().or(draft.metadata.clone());
        let package = package(project, &metadata, metadata_file)?;
        let name = package
            .name
            .as_concrete()
            .expect("the name was made from text");
        let Written {
            requirements,
            passthrough,
            conditions,
        } = requirements::requirements(project, name.as_ref(), draft)?;
        let templates = build::templates(&draft.script, platforms)?;
        let build = build::build(
            project,
            &draft.script,
            &draft.packaging,
            &templates,
            platforms,
        )?;
        let stage0 = SingleOutputRecipe {
            schema_version: None,
            context: IndexMap::new(),
            package,
            build,
            requirements,
            about: about::about(&metadata, warnings),
            extra: stage0::Extra::default(),
            source: ConditionalList::default(),
            tests: package_checks::tests(&draft.packaging)?,
        };
        let drafted = Drafted {
            stage0,
            build_string_prefix: build::build_string_prefix(project)?,
            manifest: project.manifest.clone(),
            evaluated: Evaluated {
                conditions,
                templates,
            },
        };
        Ok(Self {
            origin: Origin::Drafted(Box::new(drafted)),
            passthrough,
        })
    }
}

fn concrete<T>(value: T) -> Value<T> {
    Value::new_concrete(value, None)
}

fn package(project: &Project, metadata: &Metadata, file: &'static str) -> Result<Package, Report> {
    let (name, version) = match (&metadata.name, &metadata.version) {
        (Some(name), Some(version)) => (name.as_str(), version.as_str()),
        (None, Some(_)) => return Err(Missing::report(project, file, &["name"])),
        (Some(_), None) => return Err(Missing::report(project, file, &["version"])),
        (None, None) => return Err(Missing::report(project, file, &["name", "version"])),
    };
    // A value from another file is not in the manifest.
    let at = |key| project.manifest.value_span(&["package", key]);
    let name: PackageName = name.to_lowercase().parse().map_err(|_| BadName {
        name: name.to_string(),
        file: project.manifest.file(),
        at: at("name"),
    })?;
    // The name of an archive has `-` between name, version and build string. In conda `_`
    // sorts like `-`.
    let dashless = version.replace('-', "_");
    let version = dashless.parse::<VersionWithSource>();
    let version = version.map_err(|source| BadVersion {
        version: dashless.clone(),
        reason: source.kind.to_string(),
        file: project.manifest.file(),
        at: at("version"),
    })?;
    Ok(Package::new(
        concrete(SourcePackageName::from(name)),
        concrete(version),
    ))
}

/// `text` as a string literal of the template language.
fn jinja_text(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

fn list(items: impl Iterator<Item = String>) -> ConditionalList<String> {
    ConditionalList::new(items.map(|item| Item::Value(concrete(item))).collect())
}

fn path(path: &Path) -> String {
    path.display().to_string()
}

/// No file contains a name or a version of the package.
#[derive(Debug, Error, Diagnostic)]
#[error("the package has no {what}: {found}")]
#[diagnostic(code(package::missing), help("write {lines} into {places}"))]
struct Missing {
    what: String,
    found: String,
    lines: String,
    places: String,
}

impl Missing {
    fn report(project: &Project, file: &'static str, keys: &[&str]) -> Report {
        let example = |key: &&str| match *key {
            "version" => "`version = \"0.1.0\"`".to_string(),
            key => format!("`{key} = \"…\"`"),
        };
        let lines: Vec<String> = keys.iter().map(example).collect();
        let path = project.manifest.path();
        let manifest = path.display();
        let table = format!("`[package]` of {manifest}");
        // Some projects have no other file with metadata.
        let (found, places) = if path.ends_with(file) {
            (format!("{manifest} does not define one"), table)
        } else {
            (
                format!("neither {manifest} nor {file} defines one"),
                format!("{table}, or into {file}"),
            )
        };
        Self {
            what: keys.join(" and no "),
            found,
            lines: lines.join(" and "),
            places,
        }
        .into()
    }
}

/// The name is not valid for a conda package.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}` cannot be the name of a conda package")]
#[diagnostic(
    code(package::bad_name),
    help("use letters, digits, `-`, `_` and `.`; set `name` in `[package]` of pixi.toml")
)]
struct BadName {
    name: String,
    #[source_code]
    file: SourceFile,
    #[label("this name")]
    at: Option<SourceSpan>,
}

/// The version is not valid for a conda package.
#[derive(Debug, Error, Diagnostic)]
#[error("`{version}` is not a conda version: {reason}")]
#[diagnostic(
    code(package::bad_version),
    help(
        "versions look like `1.2.3`, `1.2.3rc1` or `2024.1.post2`; set `version` in `[package]` of pixi.toml"
    )
)]
struct BadVersion {
    version: String,
    reason: String,
    #[source_code]
    file: SourceFile,
    #[label("this version")]
    at: Option<SourceSpan>,
}
