//! The build section of a recipe: number, script, flags.

use indexmap::IndexMap;
use miette::{Diagnostic, Report, SourceSpan};
use rattler_build_recipe::stage0::{
    self, Build, BuildPlan, ConditionalList, Item, JinjaTemplate, PythonBuild, Value,
};
use rattler_build_recipe::stage1::build::BuildPlan as RenderedPlan;
use rattler_build_script::{Script as RunScript, ScriptContent};
use rattler_conda_types::package::EntryPoint;
use rattler_conda_types::{Flag, Subdir};
use thiserror::Error;

use crate::backend::script::Script;
use crate::backend::{Packaging, Platforms};
use crate::diagnostic::SourceFile;
use crate::project::Project;
use crate::recipe::{concrete, list, package_checks, shell};

/// The templates in values of `env`, by the name of the variable.
///
/// # Errors
/// [`BadTemplate`].
pub(super) fn templates(
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

/// The part of the build string before the hash, if the manifest has one.
///
/// # Errors
/// [`BadPrefix`].
pub(super) fn build_string_prefix(project: &Project) -> Result<Option<String>, Report> {
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

/// The build number, the script, the flags and the kind of the package.
///
/// # Errors
/// Invalid flags, [`shell::LineEnd`].
pub(super) fn build(
    project: &Project,
    script: &Script,
    packaging: &Packaging,
    templates: &[(String, JinjaTemplate)],
    platforms: Platforms,
) -> Result<Build, Report> {
    let env = templates
        .iter()
        .map(|(name, template)| (name.clone(), Value::new_template(template.clone(), None)))
        .collect();
    let commands = shell::commands(script, platforms.build)?;
    let script = stage0::Script {
        env,
        secrets: script.secrets.clone(),
        content: Some(list(commands.iter().map(|command| escape(command)))),
        ..Default::default()
    };
    let checks = package_checks::checks(packaging)?;
    let flags = flags(project)?.into_iter();
    let flags = flags.map(|flag| Item::Value(concrete(flag))).collect();
    Ok(Build {
        number: Some(concrete(project.model.build_number.unwrap_or(0))),
        plan: BuildPlan::Script(Box::new(script)),
        flags: ConditionalList::new(flags),
        skip: list(packaging.skip.iter().cloned()),
        noarch: (!packaging.noarch.is_none()).then(|| concrete(packaging.noarch)),
        python: PythonBuild {
            entry_points: entry_points(packaging),
            skip_pyc_compilation: list(packaging.without_byte_code.iter().cloned()),
            version_independent: packaging.version_independent.then(|| concrete(true)),
            ..Default::default()
        },
        prefix_detection: checks.prefix_detection,
        dynamic_linking: checks.dynamic_linking,
        ..Default::default()
    })
}

/// A script that runs in addition to the script of the recipe.
///
/// # Errors
/// [`shell::LineEnd`].
pub fn extra_script(script: &Script, build: Subdir) -> Result<RunScript, shell::LineEnd> {
    let commands = shell::commands(script, build)?;
    let commands = commands.iter().map(|command| escape(command)).collect();
    Ok(RunScript {
        content: ScriptContent::Commands(commands),
        ..RunScript::default()
    })
}

/// The flags of the package in the manifest.
///
/// # Errors
/// Invalid flags.
pub(super) fn flags(project: &Project) -> Result<Vec<Flag>, Report> {
    let flags = project.model.build_flags.iter().flatten().enumerate();
    let read = |(index, flag): (usize, &String)| {
        let manifest = &project.manifest;
        let keys = ["package", "build", "flags", &index.to_string()];
        flag.parse().map_err(|_| {
            let error = BadFlag {
                flag: flag.clone(),
                file: manifest.file(),
                at: manifest.value_span(&keys),
            };
            error.into()
        })
    };
    flags.map(read).collect()
}

/// Adds variables and secrets to a rendered script. Build steps receive only the variables.
/// Variables that the script or the step sets itself have priority.
pub(super) fn add(plan: &mut RenderedPlan, env: &IndexMap<String, String>, secrets: &[String]) {
    match plan {
        RenderedPlan::Script(script) => {
            for (name, value) in env {
                script.env.entry(name.clone()).or_insert(value.clone());
            }
            for name in secrets {
                if !script.secrets.contains(name) {
                    script.secrets.push(name.clone());
                }
            }
        }
        RenderedPlan::Steps(steps) => {
            for (name, value) in env {
                for step in &mut *steps {
                    step.env.entry(name.clone()).or_insert(value.clone());
                }
            }
        }
    }
}

fn entry_points(packaging: &Packaging) -> ConditionalList<EntryPoint> {
    let entry_points = packaging.entry_points.iter();
    let entry_points = entry_points.map(|entry_point| Item::Value(concrete(entry_point.clone())));
    ConditionalList::new(entry_points.collect())
}

/// Escapes text that rattler-build renders again, so that it comes out unchanged: the
/// beginnings of templates, blocks and comments.
pub(super) fn escape(text: &str) -> String {
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

/// A template in a value of `env` cannot be read. The engine, which knows the tables of
/// the manifest, adds the place.
#[derive(Debug, Error, Diagnostic)]
#[error("the value of `{variable}` in `env` is not a template: {reason}")]
#[diagnostic(code(config::template))]
pub struct BadTemplate {
    /// The environment variable.
    pub variable: String,
    /// The message of rattler-build.
    pub reason: String,
}

/// A flag of the package that is not valid.
#[derive(Debug, Error, Diagnostic)]
#[error("`{flag}` is not a package flag")]
#[diagnostic(
    code(package::bad_flag),
    help("flags look like `name` or `name:value`, in lower case")
)]
struct BadFlag {
    flag: String,
    #[source_code]
    file: SourceFile,
    #[label("here")]
    at: Option<SourceSpan>,
}

/// The build string cannot begin with this text.
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
