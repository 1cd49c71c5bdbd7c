//! The conditions `if(…)` of dependencies: their spelling, and the errors of those that
//! cannot be evaluated.
//!
//! rattler-build evaluates them together with the recipe and only reports that something
//! failed. This module then finds the condition or template that caused the failure, and
//! quotes it with the text of the manifest.

use std::collections::HashSet;

use miette::{Diagnostic, Report, SourceSpan};
use rattler_build_jinja::{Jinja, JinjaConfig};
use rattler_build_recipe::stage0::{JinjaExpression, JinjaTemplate};
use rattler_build_types::NormalizedKey;
use rattler_build_variant_config::VariantConfig;
use thiserror::Error;

use crate::backend::Platforms;
use crate::diagnostic::{SourceFile, list, nearest};
use crate::project::manifest::Manifest;
use crate::recipe::BadTemplate;
use crate::recipe::jinja_aliases::as_jinja;

/// The names that help texts list; there are many more.
const COMMON_NAMES: [&str; 8] = [
    "host_platform",
    "build_platform",
    "unix",
    "linux",
    "osx",
    "win",
    "x86_64",
    "aarch64",
];

/// A condition of dependencies.
#[derive(Debug, Clone)]
pub(super) struct ManifestCondition {
    /// The condition as in the manifest.
    stated: String,
    /// The condition in the form that rattler-build evaluates.
    expression: JinjaExpression,
    kind: Kind,
}

/// The form of a condition in the manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `if(expression)`.
    Expression,
    /// The selector of a target. API 4 has only this form.
    Selector,
}

impl ManifestCondition {
    /// The condition of a table `if(stated)`.
    ///
    /// # Errors
    /// [`BadExpression`].
    pub(super) fn expression(stated: &str, manifest: &Manifest) -> Result<Self, Report> {
        Self::new(Kind::Expression, stated, &as_jinja(stated), manifest)
    }

    /// The condition that is the selector of a target in API 4.
    ///
    /// # Errors
    /// [`BadExpression`].
    pub(super) fn selector(selector: &str, manifest: &Manifest) -> Result<Self, Report> {
        let expression = match selector {
            "unix" | "linux" | "win" | "osx" => selector.to_string(),
            "macos" => "osx".to_string(),
            subdir => format!("host_platform == {}", super::jinja_text(subdir)),
        };
        Self::new(Kind::Selector, selector, &expression, manifest)
    }

    fn new(
        kind: Kind,
        stated: &str,
        expression: &str,
        manifest: &Manifest,
    ) -> Result<Self, Report> {
        let parsed = JinjaExpression::new(expression.to_string());
        let expression = parsed.map_err(|reason| BadExpression {
            expression: stated.to_string(),
            reason: one_line(&reason),
            file: manifest.file(),
            at: span(kind, stated, manifest),
        })?;
        Ok(Self {
            stated: stated.to_string(),
            expression,
            kind,
        })
    }

    /// The form that rattler-build evaluates.
    pub(super) fn jinja(&self) -> JinjaExpression {
        self.expression.clone()
    }

    /// The key of the table in the manifest. `None` for the selector of a target.
    pub(super) fn key(&self) -> Option<String> {
        (self.kind == Kind::Expression).then(|| format!("if({})", self.stated))
    }

    /// The first name in the condition that is neither a value nor a function of `jinja`.
    pub(super) fn unknown_name(&self, jinja: &Jinja) -> Option<&str> {
        let functions: HashSet<&str> = jinja.env().globals().map(|(name, _)| name).collect();
        let known = |name: &str| jinja.context().contains_key(name) || functions.contains(name);
        let mut names = self.expression.used_variables().iter().map(String::as_str);
        names.find(|name| !known(name))
    }

    /// The place of the condition in the manifest.
    pub(super) fn span(&self, manifest: &Manifest) -> Option<SourceSpan> {
        span(self.kind, &self.stated, manifest)
    }

    /// The place of `name` in the manifest, or else of the whole condition.
    fn span_of(&self, name: &str, manifest: &Manifest) -> Option<SourceSpan> {
        let at = self.span(manifest)?;
        let inside = |c: char| c.is_alphanumeric() || c == '_';
        let found = self.stated.match_indices(name).find(|(start, _)| {
            let before = self.stated[..*start].chars().next_back();
            let after = self.stated[start + name.len()..].chars().next();
            !before.is_some_and(inside) && !after.is_some_and(inside)
        });
        match found {
            Some((start, _)) if self.kind == Kind::Expression => {
                Some((at.offset() + start, name.len()).into())
            }
            _ => Some(at),
        }
    }
}

/// The place of a condition in the manifest.
fn span(kind: Kind, stated: &str, manifest: &Manifest) -> Option<SourceSpan> {
    if kind == Kind::Expression {
        return manifest.condition_span(stated);
    }
    // pixi converts `osx` to `macos` before it sends the selector.
    let written = if stated == "macos" { "osx" } else { stated };
    [stated, written]
        .iter()
        .find_map(|selector| manifest.key_span(&["package", "target", selector]))
}

/// The expressions that are evaluated together with a recipe, for finding the one that
/// failed.
#[derive(Debug, Default)]
pub(super) struct Evaluated {
    /// All conditions, in the order of the manifest.
    pub(super) conditions: Vec<ManifestCondition>,
    /// Templates in values of `env`, by the name of the variable.
    pub(super) templates: Vec<(String, JinjaTemplate)>,
}

impl Evaluated {
    /// The first condition or template that fails for a combination of the variants it
    /// uses.
    pub(super) fn first_failure(
        &self,
        manifest: &Manifest,
        variants: &VariantConfig,
        platforms: Platforms,
    ) -> Option<Report> {
        let contexts = Contexts {
            variants,
            platforms,
        };
        for condition in &self.conditions {
            let names = condition.expression.used_variables();
            for jinja in contexts.of(names) {
                let reason = match jinja.eval(condition.expression.source()) {
                    Ok(value) if value.is_undefined() => "it has no value".to_string(),
                    Ok(_) => continue,
                    Err(error) => error.to_string(),
                };
                return Some(condition_error(condition, &jinja, &reason, manifest));
            }
        }
        for (variable, template) in &self.templates {
            for jinja in contexts.of(template.used_variables()) {
                let Err(error) = jinja.render_str(template.source()) else {
                    continue;
                };
                let error = BadTemplate {
                    variable: variable.clone(),
                    reason: one_line(&error.to_string()),
                };
                return Some(error.into());
            }
        }
        None
    }
}

struct Contexts<'a> {
    variants: &'a VariantConfig,
    platforms: Platforms,
}

impl Contexts<'_> {
    /// One context for each combination of the variants among `names`.
    fn of(&self, names: &[String]) -> Vec<Jinja> {
        let used: HashSet<NormalizedKey> = names
            .iter()
            .map(|name| NormalizedKey::from(name.as_str()))
            .filter(|key| self.variants.get(key).is_some())
            .collect();
        let combinations = self.variants.combinations(&used).unwrap_or_default();
        let jinja = |variant| {
            Jinja::new(JinjaConfig {
                target_platform: self.platforms.host,
                host_platform: self.platforms.host,
                build_platform: self.platforms.build,
                variant,
                ..Default::default()
            })
        };
        combinations.into_iter().map(jinja).collect()
    }
}

fn condition_error(
    condition: &ManifestCondition,
    jinja: &Jinja,
    reason: &str,
    manifest: &Manifest,
) -> Report {
    match condition.unknown_name(jinja) {
        Some(name) => UnknownName {
            name: name.to_string(),
            expression: condition.stated.clone(),
            advice: advice(name, jinja),
            file: manifest.file(),
            at: condition.span_of(name, manifest),
        }
        .into(),
        None => NotEvaluated {
            expression: condition.stated.clone(),
            reason: one_line(reason),
            file: manifest.file(),
            at: span(condition.kind, &condition.stated, manifest),
        }
        .into(),
    }
}

fn advice(name: &str, jinja: &Jinja) -> String {
    match nearest(name, jinja.context().keys().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!(
            "the names are {}, other platforms and the keys of the build variants; \
             give `{name}` a value in `[workspace.build-variants]` if it is one of those",
            list(COMMON_NAMES)
        ),
    }
}

fn one_line(reason: &str) -> String {
    reason.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A condition that cannot be read.
#[derive(Debug, Error, Diagnostic)]
#[error("invalid selector expression `{expression}`: {reason}")]
#[diagnostic(
    code(dependency::bad_expression),
    help("conditions look like `if(unix and host_platform != 'osx-64')`")
)]
struct BadExpression {
    expression: String,
    reason: String,
    #[source_code]
    file: SourceFile,
    #[label("this condition")]
    at: Option<SourceSpan>,
}

/// A name in a condition is not defined.
#[derive(Debug, Error, Diagnostic)]
#[error("the condition `{expression}` uses the unknown name `{name}`")]
#[diagnostic(code(dependency::unknown_name), help("{advice}"))]
struct UnknownName {
    name: String,
    expression: String,
    advice: String,
    #[source_code]
    file: SourceFile,
    #[label("unknown")]
    at: Option<SourceSpan>,
}

/// A condition fails although all its names are known.
#[derive(Debug, Error, Diagnostic)]
#[error("the condition `{expression}` cannot be evaluated: {reason}")]
#[diagnostic(code(dependency::condition))]
struct NotEvaluated {
    expression: String,
    reason: String,
    #[source_code]
    file: SourceFile,
    #[label("this condition")]
    at: Option<SourceSpan>,
}
