//! Errors in a template: an unknown name or an invalid call.

use std::ops::Range;

use miette::Report;

use super::experimental::needs_experimental;
use super::{RecipePlace, one_line};
use crate::diagnostic::{list, nearest};
use crate::recipe::own::errors::{BadRecipeTemplate, NoToolchain, UndefinedName};
use crate::recipe::own::text::span;

impl RecipePlace<'_> {
    pub(super) fn template(&self, message: &str, at: Option<Range<usize>>) -> Report {
        if needs_experimental(message) {
            return self.experimental(message, at);
        }
        let at = at.or_else(|| self.quoted_template(message));
        if let Some(toolchain) = self.toolchain(message, at.clone()) {
            return toolchain;
        }
        if let Some(name) = undefined(message) {
            return self.undefined(&name, at);
        }
        if let Some((expression, from)) = self.undefined_expression(message, at.as_ref()) {
            return self.undefined(&expression, Some(from));
        }
        BadRecipeTemplate {
            reason: template_reason(message),
            help: match &at {
                Some(at) if self.is_condition(at) => {
                    "conditions look like `win or (linux and not aarch64)`".to_string()
                }
                _ => template_help(message),
            },
            file: self.text.file(),
            at: at.map(span),
        }
        .into()
    }

    /// Whether a place is the value of `if` or `skip`, which is an expression without `${{`.
    fn is_condition(&self, at: &Range<usize>) -> bool {
        let text = self.text.as_str();
        let before = text.get(..at.start).unwrap_or_default();
        let before = before.trim_end_matches([' ', '"', '\'', '[']);
        let own = text.get(at.clone()).unwrap_or_default();
        !own.contains("${{") && (before.ends_with("if:") || before.ends_with("skip:"))
    }

    /// An error in a script. The message contains the complete script, so the place is that of
    /// the word that it is about.
    pub(in super::super) fn script(&self, message: &str) -> Report {
        let at = self.quoted_template(message).or_else(|| {
            let unknown = [": filter ", ": test ", ": function ", "unknown function: "];
            let mut unknown = unknown.iter().filter_map(|start| message.split_once(start));
            let (_, rest) = unknown.next()?;
            let name = rest
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .next()?;
            let script = self.text.word("script", 0)?;
            self.text.word(name, script.end)
        });
        self.template(message, at.or_else(|| self.text.word("script", 0)))
    }

    fn quoted_template(&self, message: &str) -> Option<Range<usize>> {
        let (_, rest) = message.rsplit_once("(template: ")?;
        let found = self.text.find(rest.strip_suffix(')')?)?;
        Some(found.offset()..found.offset() + found.len())
    }

    /// `No stdlib found for language: c`.
    fn toolchain(&self, message: &str, at: Option<Range<usize>>) -> Option<Report> {
        let (before, rest) = message.split_once(" found for language: ")?;
        let kind = before.rsplit(' ').next()?;
        let language = rest.split_whitespace().next()?;
        let call = format!("{kind}(");
        let from = at.as_ref().map_or(0, |at| at.start);
        let at = self.text.word(kind, from).map(|word| {
            let text = self.text.as_str();
            let end = text[word.end..]
                .find(')')
                .map_or(word.end, |end| word.end + end + 1);
            word.start..end
        });
        let key = format!("{language}_{kind}");
        Some(
            NoToolchain {
                call: format!("{call}'{language}')"),
                help: format!(
                    "give `{key}` a value in `[workspace.build-variants]` (for Linux of \
                     conda-forge `c_stdlib = [\"sysroot\"]`, for Windows `[\"vs\"]`), or put the \
                     line under a condition such as `if: not win`"
                ),
                file: self.text.file(),
                at: at.map(span),
            }
            .into(),
        )
    }

    /// `undefined variable in expression 'x'` contains the expression, but not the name.
    fn undefined_expression(
        &self,
        message: &str,
        at: Option<&Range<usize>>,
    ) -> Option<(String, Range<usize>)> {
        let (_, rest) = message.split_once("undefined variable in ")?;
        let (_, rest) = rest.split_once('\'')?;
        let expression = rest.strip_suffix('\'').unwrap_or(rest);
        let from = at.map_or(0, |at| at.start);
        let found = self.text.word(expression, from)?;
        Some((expression.to_string(), found))
    }

    fn undefined(&self, name: &str, at: Option<Range<usize>>) -> Report {
        let from = at.as_ref().map_or(0, |at| at.start);
        let label = self.text.word(name, from).or(at);
        UndefinedName {
            name: name.to_string(),
            help: self.advice(name),
            file: self.text.file(),
            at: label.map(span),
        }
        .into()
    }

    fn advice(&self, name: &str) -> String {
        if self.names.iter().any(|known| known == name) {
            return "an entry of `context` can use only the entries above it".to_string();
        }
        if let Some(near) = nearest(name, self.names.iter().map(String::as_str)) {
            return format!("did you mean `{near}`?");
        }
        // Names that conda-build has in templates, and scripts have as variables.
        let of_scripts = match name {
            "PKG_HASH" => Some("write `hash`"),
            "PKG_BUILDNUM" => Some("write `build_number`, or the number itself"),
            "PKG_NAME" | "PKG_VERSION" => Some("write the name from `context`"),
            _ => None,
        };
        if let Some(instead) = of_scripts {
            return format!("{instead}: `{name}` is a variable of scripts, not of templates");
        }
        let known = match self.names {
            [] => String::new(),
            names => format!("; known here: {}", list(names.iter().map(String::as_str))),
        };
        let start = match name {
            "python_min" => Some("3.10"),
            name if name.ends_with("compiler_version") => Some("14"),
            "python" => Some("3.13"),
            name if name.ends_with("_version") => Some("1.2"),
            _ => None,
        };
        match start {
            Some(value) => format!(
                "the pinning of conda-forge is not part of pixi: write `{name} = [\"{value}\"]` \
                 into `[workspace.build-variants]`, or `{name}: [\"{value}\"]` into \
                 `variants.yaml` next to the recipe{known}"
            ),
            None => format!(
                "add it to the recipe's `context`, or give it a value in \
                 `[workspace.build-variants]` of pixi.toml or in `variants.yaml` next to the \
                 recipe{known}"
            ),
        }
    }
}

/// The name that a message reports as undefined.
fn undefined(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("undefined value: `")?;
    let (name, _) = rest.split_once('`')?;
    Some(name.to_string())
}

/// The way out of a template that cannot be evaluated. Methods of Python are a frequent
/// cause, because Jinja of Python has them.
fn template_help(message: &str) -> String {
    if message.contains("Failed to open file") {
        return "paths are relative to the recipe".to_string();
    }
    const METHOD: &str = "string has no method named ";
    let method = message.split_once(METHOD).map(|(_, rest)| rest);
    let method = method.and_then(|rest| rest.split(|c: char| !c.is_alphanumeric()).next());
    match method {
        Some("split") => "use the filter: `(version | split('.'))[0]`".to_string(),
        Some(filter @ ("lower" | "upper" | "replace" | "trim")) => {
            format!("use the filter `{filter}`, as in `version | replace('.', '_')`")
        }
        Some("startswith" | "endswith") => {
            "compare a part of the text: `version[:2] == \"1.\"`".to_string()
        }
        Some("strip") => "use the filter `trim`".to_string(),
        _ => "templates look like `${{ version | replace('.', '_') }}`".to_string(),
    }
}

fn template_reason(message: &str) -> String {
    let starts = [
        "Failed to parse Jinja template: ",
        "Failed to parse Jinja expression: ",
        "Template rendering failed: ",
        "Failed to render template: ",
    ];
    let cut = starts.iter().fold(message, |text, start| {
        text.split_once(start).map_or(text, |(_, rest)| rest)
    });
    let cut = cut.split(" (template: ").next().unwrap_or(cut);
    one_line(cut.split(" (in ").next().unwrap_or(cut))
}
