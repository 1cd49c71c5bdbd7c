//! Converts errors about a recipe.
//!
//! rattler-build reports what it was doing and mentions options of its own command line.
//! This module converts that to the error in the recipe, a label at its place, and a way
//! out that works with pixi.

mod experimental;
mod key;
mod template;

use std::ops::Range;

use miette::Report;
use rattler_build_recipe::{ParseError, RenderError, TopologicalSortError};

use super::errors::{
    BadSyntax, BadValue, BadVariants, BareTemplate, Cycle, MissingRecipeKey, NoSuchOutput,
    NoSuchStaging, Unread,
};
use super::text::{RecipeText, span};
use crate::diagnostic::{list, nearest};
use experimental::needs_experimental;

/// The data about a recipe that is available when an error is reported.
#[derive(Debug, Clone, Copy)]
pub(super) struct RecipePlace<'a> {
    /// The recipe.
    pub(super) text: &'a RecipeText,
    /// The names that templates can use: the context and the keys of variants.
    pub(super) names: &'a [String],
    /// The packages that the recipe describes.
    pub(super) outputs: &'a [String],
}

impl RecipePlace<'_> {
    /// The error in the recipe that caused an error of rendering.
    pub(super) fn rendering(&self, error: RenderError) -> Report {
        match error {
            RenderError::Parse(error) => self.parsing(error),
            RenderError::TopologicalSort(error) => self.order(error),
            RenderError::MissingOutput { package } => self.missing_output(&package),
            RenderError::ExperimentalRequired { message } => self.experimental(&message, None),
            RenderError::VariantExpand(error) => BadVariants {
                reason: error.to_string(),
            }
            .into(),
        }
    }

    /// The error in the recipe that caused an error of reading or evaluating.
    pub(super) fn parsing(&self, error: ParseError) -> Report {
        let at = match &error {
            ParseError::IoError { .. } => None,
            error => self.text.range(error.span()),
        };
        match error {
            ParseError::IoError { path, source } => Unread {
                path: path.display().to_string(),
                reason: source.to_string(),
            }
            .into(),
            ParseError::Generic {
                message,
                suggestion,
                ..
            } => self.generic(&message, suggestion.as_deref(), at),
            ParseError::MissingField { field, .. } => self.missing(&field, at),
            ParseError::TypeMismatch {
                expected, actual, ..
            } => match self.bare_template(at.as_ref()) {
                Some(report) => report,
                None => self.wrong_type(&expected, &actual, at),
            },
            ParseError::InvalidValue {
                field,
                reason,
                suggestion,
                ..
            } => self.invalid(&field, &reason, suggestion.as_deref(), at),
            ParseError::JinjaError { message, .. } => self.template(&message, at),
            ParseError::InvalidConditional { message, .. } => self.value(
                &format!("this is not a condition: {message}"),
                Some("conditions look like `- if: unix`, `then: …` and optionally `else: …`"),
                at,
            ),
        }
    }

    fn wrong_type(&self, expected: &str, actual: &str, at: Option<Range<usize>>) -> Report {
        let before = at.as_ref().map_or("", |at| &self.text.as_str()[..at.start]);
        let key = before.trim_end().strip_suffix(':');
        let key = key.and_then(|before| before.rsplit(['\n', ' ', '{', ',']).next());
        let Some(key) = key.filter(|key| !key.is_empty()) else {
            return self.value(&format!("expected {expected}, found {actual}"), None, at);
        };
        let help = match expected {
            "mapping" => Some(format!(
                "write names and values, as in `{key}: {{name: value}}`"
            )),
            "sequence" => Some(format!("write a list, as in `{key}: [value]`")),
            _ => None,
        };
        let message = format!("the value of `{key}` is not a {expected}");
        self.value(&message, help.as_deref(), at)
    }

    fn generic(&self, message: &str, help: Option<&str>, at: Option<Range<usize>>) -> Report {
        let syntax = message.strip_prefix("Failed to parse YAML: ");
        if let Some(statement) = self.statement().filter(|_| syntax.is_some()) {
            return BadSyntax {
                reason: "`{% … %}` is not a part of this format".to_string(),
                help:
                    "it belongs to the meta.yaml of conda-build: write variables into `context`, \
                       such as `context: { version: \"1.0\" }`, and conditions as `if:` and `then:`"
                        .to_string(),
                file: self.text.file(),
                at: Some(span(statement)),
            }
            .into();
        }
        if let Some(report) = self.bare_template(at.as_ref()) {
            return report;
        }
        match syntax.map(without_place) {
            Some(reason) => BadSyntax {
                reason: one_line(reason),
                help: self.syntax_advice(reason, at.as_ref()),
                file: self.text.file(),
                at: at.map(span),
            }
            .into(),
            None => self.value(&one_line(message), help, at),
        }
    }

    /// The first statement of a template at the beginning of a line, such as `{% set x = 1 %}`.
    fn statement(&self) -> Option<Range<usize>> {
        let text = self.text.as_str();
        let mut starts = text.match_indices("{%").map(|(found, _)| found);
        let start = starts.find(|start| {
            let line = text[..*start].rsplit('\n').next().unwrap_or_default();
            line.trim().is_empty()
        })?;
        let line = text[start..].lines().next().unwrap_or_default();
        Some(start..start + line.trim_end().len())
    }

    /// `{{ x }}` is a table in YAML. The parser reports it or the text after it.
    fn bare_template(&self, at: Option<&Range<usize>>) -> Option<Report> {
        let text = self.text.as_str();
        let line = at.map_or(0, |at| {
            let near = text[..at.start].rfind('\n').map_or(0, |end| end + 1);
            text[..near.saturating_sub(1)]
                .rfind('\n')
                .map_or(0, |end| end + 1)
        });
        let mut places = text[line..]
            .match_indices("{{")
            .map(|(found, _)| line + found);
        let brace = places.find(|found| {
            let near = at.is_none_or(|at| *found <= at.end + 200);
            near && !text[..*found].ends_with('$') && !text[..*found].ends_with('{')
        })?;
        let end = text[brace..]
            .find("}}")
            .map_or(brace + 2, |end| brace + end + 2);
        let is_quoted = text[..brace].ends_with(['"', '\'']);
        Some(
            BareTemplate {
                label: if is_quoted {
                    "this is text".to_string()
                } else {
                    "YAML reads a table here".to_string()
                },
                file: self.text.file(),
                at: span(brace..end),
            }
            .into(),
        )
    }

    fn syntax_advice(&self, reason: &str, at: Option<&Range<usize>>) -> String {
        let line = at.map(|at| {
            let text = self.text.as_str();
            let start = text[..at.start].rfind('\n').map_or(0, |end| end + 1);
            text[start..].lines().next().unwrap_or_default()
        });
        if reason.contains("uplicate") {
            "a table has each key only once: remove one of the two".to_string()
        } else if line.is_some_and(|line| line.trim_start_matches(' ').starts_with('\t')) {
            "indent with spaces: YAML does not allow tabs".to_string()
        } else {
            "check the indentation, and quote text that contains `: `, ` #`, `{` or `*`".to_string()
        }
    }

    fn missing(&self, field: &str, at: Option<Range<usize>>) -> Report {
        let at = at.filter(|at| !at.is_empty());
        if field.starts_with("version is required") {
            return MissingRecipeKey {
                message: "an output has no version".to_string(),
                help: "write `version` into its `package`, or into `recipe` for all outputs"
                    .to_string(),
                file: self.text.file(),
                at: at.or_else(|| self.text.word("package", 0)).map(span),
            }
            .into();
        }
        let help = match field {
            "package" => "a recipe has `package` with `name` and `version`, or `outputs`".into(),
            other => format!("add `{other}`"),
        };
        MissingRecipeKey {
            message: format!("`{field}` is missing"),
            help,
            file: self.text.file(),
            at: at.map(span),
        }
        .into()
    }

    fn invalid(
        &self,
        field: &str,
        reason: &str,
        suggestion: Option<&str>,
        at: Option<Range<usize>>,
    ) -> Report {
        let unknown = reason
            .split_once("unknown field '")
            .or_else(|| reason.split_once("unknown top-level field '"))
            .and_then(|(_, rest)| rest.split_once('\''));
        if let Some((key, _)) = unknown {
            return self.unknown_key(field, key, suggestion, at);
        }
        if needs_experimental(reason) {
            return self.experimental(reason, at);
        }
        if let Some((name, _)) = reason
            .strip_prefix("Staging cache '")
            .and_then(|rest| rest.split_once('\''))
        {
            let known = reason.rsplit(": ").next().unwrap_or_default();
            return NoSuchStaging {
                name: name.to_string(),
                known: match known {
                    "none" => "the recipe has no staging output".to_string(),
                    known => format!("the staging outputs are {}", list(known.split(", "))),
                },
                file: self.text.file(),
                at: at.map(span).or_else(|| self.text.value_of("inherit", name)),
            }
            .into();
        }
        let at = at.or_else(|| self.quoted_in(reason));
        if let Some(report) = self
            .bare_template(at.as_ref())
            .filter(|_| reason.contains("{{"))
        {
            return report;
        }
        let help = suggestion.map(plain).or_else(|| spec_advice(reason));
        if field == "match spec" {
            return self.value(&plain(reason), help.as_deref(), at);
        }
        if field == "item"
            && let Some(at) = at
        {
            let written = self.text.as_str()[at.clone()].to_string();
            let message = format!("`{written}` cannot be read: {}", plain(reason));
            return self.value(&message, help.as_deref(), Some(at));
        }
        self.value(
            &format!("`{field}`: {}", plain(reason)),
            help.as_deref(),
            at,
        )
    }

    /// The place of the first text that a message quotes.
    fn quoted_in(&self, reason: &str) -> Option<Range<usize>> {
        let (_, rest) = reason.split_once('\'')?;
        let (text, _) = rest.split_once('\'')?;
        let found = self.text.find(text)?;
        Some(found.offset()..found.offset() + found.len())
    }

    fn value(&self, message: &str, help: Option<&str>, at: Option<Range<usize>>) -> Report {
        BadValue {
            message: message.to_string(),
            help: help.map(str::to_string),
            file: self.text.file(),
            at: at.map(span),
        }
        .into()
    }

    fn order(&self, error: TopologicalSortError) -> Report {
        let packages = match error {
            TopologicalSortError::CycleDetected { packages } => packages,
            TopologicalSortError::PackageNotFound { package } => {
                return self.missing_output(&package);
            }
        };
        let first = packages.split(", ").next().unwrap_or_default().to_string();
        Cycle {
            packages: list(packages.split(", ")),
            file: self.text.file(),
            at: self.text.value_of("name", &first),
        }
        .into()
    }

    /// A pin to a package that the recipe does not have, or does not have for these
    /// variants.
    pub(super) fn missing_output(&self, package: &str) -> Report {
        let at = self.text.as_str().match_indices("pin_subpackage");
        let call = at.into_iter().find_map(|(at, _)| {
            let rest = &self.text.as_str()[at..];
            let call = &rest[..rest.find(')')? + 1];
            call.contains(package).then_some(at..at + call.len())
        });
        let skipped = self.outputs.iter().any(|name| name == package);
        let help = if skipped {
            format!(
                "`{package}` is skipped for this combination: skip this output as well, or put \
                 the pin under the same condition"
            )
        } else {
            match nearest(package, self.outputs.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!(
                    "the outputs are {}; use `pin_compatible` for packages from elsewhere",
                    list(self.outputs.iter().map(String::as_str))
                ),
            }
        };
        NoSuchOutput {
            package: package.to_string(),
            help,
            file: self.text.file(),
            at: call.map(span),
        }
        .into()
    }
}

/// The reason without its place, because the label shows it.
fn without_place(reason: &str) -> &str {
    match reason.split_once(": ") {
        Some((place, rest)) if place.chars().all(|c| c.is_ascii_digit() || c == ':') => rest,
        _ => reason,
    }
}

fn spec_advice(reason: &str) -> Option<String> {
    let is_spec = ["match spec", "matchspec", "MatchSpec", "version spec"];
    is_spec
        .iter()
        .any(|word| reason.contains(word))
        .then(|| "specs look like `zlib >=1.3,<2`, `numpy 1.26.*` or `openssl 3.* h*`".to_string())
}

/// The text without options of rattler-build's command line.
fn plain(text: &str) -> String {
    let text = text
        .replace("variant config file", "`[workspace.build-variants]`")
        .replace("Enable --v3 to use", "Use");
    one_line(&text)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
