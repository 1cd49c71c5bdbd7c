//! From a backend's draft to rendered recipes. Pure and synchronous: the same
//! draft, platforms and variants give the same recipes on any machine.
//!
//! The recipe of rattler-build is filled in directly. Printing it as YAML and
//! parsing that again would turn any text that holds `${{` into a template.

mod about;
mod condition;
pub mod pin;
mod render;
mod requirements;
mod shell;
pub mod spec;
mod spelling;
mod stated;
mod tables;
pub mod variants;

pub use render::{Rendered, render};
pub use stated::Stated;

use std::path::Path;

use indexmap::IndexMap;
use miette::{Diagnostic, Report, SourceSpan};
use rattler_build_recipe::stage0::{
    self, Build, BuildPlan, ConditionalList, Item, JinjaTemplate, Package, SingleOutputRecipe,
    Value,
};
use rattler_conda_types::{Flag, PackageName, SourcePackageName, VersionWithSource};
use thiserror::Error;

use crate::backend::script::Script;
use crate::backend::{Draft, Platforms};
use crate::diagnostic::{SourceFile, Warning};
use crate::project::manifest::Manifest;
use crate::project::{Metadata, Project};
use crate::recipe::condition::Evaluated;
use crate::recipe::requirements::Written;

/// A recipe before its variants are chosen.
#[derive(Debug)]
pub struct Recipe {
    /// As rattler-build knows it.
    pub stage0: SingleOutputRecipe,
    /// The dependencies that rattler-build cannot hold.
    pub stated: Stated,
    /// Prefix of the build string.
    pub build_string_prefix: Option<String>,
    /// The manifest, to point into.
    manifest: Manifest,
    /// What may fail when the recipe is rendered.
    evaluated: Evaluated,
}

impl Recipe {
    /// Writes the recipe of `project` as its backend drafted it.
    ///
    /// # Errors
    /// A missing or impossible name or version, and mistakes in dependencies.
    pub fn new(
        project: &Project,
        draft: &Draft,
        platforms: Platforms,
        warnings: &mut Vec<Warning>,
    ) -> Result<Self, Report> {
        let metadata = project.metadata().or(draft.metadata.clone());
        let package = package(project, &metadata)?;
        let name = package
            .name
            .as_concrete()
            .expect("the name was made from text");
        let Written {
            requirements,
            stated,
            conditions,
        } = requirements::requirements(project, name.as_ref(), &draft.requirements)?;
        let templates = templates(&draft.script, platforms)?;
        let build = build(project, &draft.script, &templates, platforms)?;
        let stage0 = SingleOutputRecipe {
            schema_version: None,
            context: IndexMap::new(),
            package,
            build,
            requirements,
            about: about::about(&metadata, warnings),
            extra: stage0::Extra::default(),
            source: ConditionalList::default(),
            tests: ConditionalList::default(),
        };
        Ok(Self {
            stage0,
            stated,
            build_string_prefix: build_string_prefix(project)?,
            manifest: project.manifest.clone(),
            evaluated: Evaluated {
                conditions,
                templates,
            },
        })
    }
}

fn concrete<T>(value: T) -> Value<T> {
    Value::new_concrete(value, None)
}

fn package(project: &Project, metadata: &Metadata) -> Result<Package, Report> {
    let (name, version) = match (&metadata.name, &metadata.version) {
        (Some(name), Some(version)) => (name.as_str(), version.as_str()),
        (None, Some(_)) => return Err(Missing::report(project, &["name"])),
        (Some(_), None) => return Err(Missing::report(project, &["version"])),
        (None, None) => return Err(Missing::report(project, &["name", "version"])),
    };
    // A value that was found elsewhere does not stand in the manifest.
    let at = |key| project.manifest.value_span(&["package", key]);
    let name: PackageName = name.to_lowercase().parse().map_err(|source| BadName {
        name: name.to_string(),
        source,
        file: project.manifest.file(),
        at: at("name"),
    })?;
    // Archive names have `-` between name, version and build. Conda orders `_` alike.
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

fn templates(
    script: &Script,
    platforms: Platforms,
) -> Result<Vec<(String, JinjaTemplate)>, Report> {
    let mut templates = Vec::new();
    for (variable, text) in &script.templates {
        let text = shell::template(text, platforms.build);
        let template = JinjaTemplate::new(text).map_err(|reason| BadTemplate {
            variable: variable.clone(),
            reason,
        })?;
        templates.push((variable.clone(), template));
    }
    Ok(templates)
}

/// The part of the build string in front of the hash, when the user wants one.
fn build_string_prefix(project: &Project) -> Result<Option<String>, Report> {
    let prefix = project.model.build_string_prefix.clone();
    let prefix = prefix.filter(|prefix| !prefix.is_empty());
    let allowed = |sign: char| sign.is_ascii_alphanumeric() || "_.+".contains(sign);
    match prefix {
        Some(prefix) if !prefix.chars().all(allowed) => {
            let at = ["package", "build", "build-string-prefix"];
            Err(BadPrefix {
                prefix,
                file: project.manifest.file(),
                at: project.manifest.value_span(&at),
            }
            .into())
        }
        prefix => Ok(prefix),
    }
}

fn build(
    project: &Project,
    script: &Script,
    templates: &[(String, JinjaTemplate)],
    platforms: Platforms,
) -> Result<Build, Report> {
    let env = templates
        .iter()
        .map(|(name, template)| (name.clone(), Value::new_template(template.clone(), None)))
        .collect();
    let commands = shell::commands(script, platforms.build);
    let script = stage0::Script {
        env,
        secrets: script.secrets.clone(),
        content: Some(list(commands.iter().map(|command| escape(command)))),
        ..Default::default()
    };
    let mut flags = Vec::new();
    for flag in project.model.build_flags.iter().flatten() {
        let flag: Flag = flag.parse().map_err(|source| {
            miette::miette!(
                code = "package::bad_flag",
                help = "flags look like `name` or `name:value`, in lower case",
                "`{flag}` is no package flag: {source}"
            )
        })?;
        flags.push(Item::Value(concrete(flag)));
    }
    Ok(Build {
        number: Some(concrete(project.model.build_number.unwrap_or(0))),
        plan: BuildPlan::Script(Box::new(script)),
        flags: ConditionalList::new(flags),
        ..Default::default()
    })
}

/// `text` as a string literal of the template language.
fn jinja_text(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// Text that rattler-build renders once more, protected so that it comes out as
/// it went in: openings of templates, blocks and comments.
fn escape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let opening = ["${{", "{%", "{#"]
            .into_iter()
            .find(|opening| rest.starts_with(opening));
        let length = match opening {
            Some(opening) => {
                out.push_str(&format!("${{{{ '{opening}' }}}}"));
                opening.len()
            }
            None => {
                out.push(next);
                next.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    out
}

fn list(items: impl Iterator<Item = String>) -> ConditionalList<String> {
    ConditionalList::new(items.map(|item| Item::Value(concrete(item))).collect())
}

fn path(path: &Path) -> String {
    path.display().to_string()
}

/// Neither file gives the package a name or a version.
#[derive(Debug, Error, Diagnostic)]
#[error("the package has no {what}: {manifest} has none and the project's own files were no help")]
#[diagnostic(
    code(package::missing),
    help("write {lines} into `[package]` of {manifest} or of Cargo.toml")
)]
struct Missing {
    what: String,
    lines: String,
    manifest: String,
}

impl Missing {
    fn report(project: &Project, keys: &[&str]) -> Report {
        let example = |key: &&str| match *key {
            "version" => "`version = \"0.1.0\"`".to_string(),
            key => format!("`{key} = \"…\"`"),
        };
        let lines: Vec<String> = keys.iter().map(example).collect();
        Self {
            what: keys.join(" and no "),
            lines: lines.join(" and "),
            manifest: project.manifest.path().display().to_string(),
        }
        .into()
    }
}

/// The name cannot be that of a conda package.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}` cannot be the name of a conda package: {source}")]
#[diagnostic(
    code(package::bad_name),
    help("use letters, digits, `-`, `_` and `.`; set `name` in `[package]` of pixi.toml")
)]
struct BadName {
    name: String,
    source: rattler_conda_types::InvalidPackageNameError,
    #[source_code]
    file: SourceFile,
    #[label("this name")]
    at: Option<SourceSpan>,
}

/// The version cannot be that of a conda package.
#[derive(Debug, Error, Diagnostic)]
#[error("`{version}` is no conda version: {reason}")]
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

/// A value of `env` is a template that cannot be read. The engine, which knows
/// the manifest's tables, points at it.
#[derive(Debug, Error, Diagnostic)]
#[error("the value of `{variable}` in `env` is no template: {reason}")]
#[diagnostic(code(config::template))]
pub struct BadTemplate {
    /// The environment variable.
    pub variable: String,
    /// What rattler-build says.
    pub reason: String,
}

/// The build string cannot begin like this.
#[derive(Debug, Error, Diagnostic)]
#[error("`{prefix}` cannot be the prefix of a build string")]
#[diagnostic(
    code(package::bad_build_string_prefix),
    help("use letters, digits, `_`, `.` and `+`")
)]
struct BadPrefix {
    prefix: String,
    #[source_code]
    file: SourceFile,
    #[label("here")]
    at: Option<SourceSpan>,
}
