//! Version constraints in the strict conda grammar, printed without spaces.
//!
//! pixi treats a version without an operator as exactly that version, with a warning, and
//! so does this module. `advice` handles the constraints of Cargo, pip and conda that are
//! almost valid.

use std::str::FromStr;

use rattler_conda_types::{ParseStrictness, Version, VersionSpec};

use crate::project::document::Value;
use crate::project::load::mistake::Diagnostics;
use crate::project::load::mistake::spec::BadVersionSpec;
use crate::project::load::mistake::warning::ExactVersion;
use crate::project::load::paths::is_archive;

/// The constraint in a string, in the form that pixi prints.
pub(crate) fn constraint(value: Value<'_>, findings: &mut Diagnostics) -> Option<String> {
    let text = value.text(findings)?;
    constraint_in(text, value, findings)
}

/// The constraint `text`, which is the string `value` or a part of it.
pub(crate) fn constraint_in(
    text: &str,
    value: Value<'_>,
    findings: &mut Diagnostics,
) -> Option<String> {
    match print(text) {
        Ok(Printed { spec, bare }) => {
            for text in bare {
                findings.warn(ExactVersion {
                    text,
                    file: value.document.file(),
                    at: value.at,
                });
            }
            Some(spec)
        }
        Err(reason) => {
            findings.mistake(BadVersionSpec {
                text: if text.is_empty() { "\"\"" } else { text }.to_owned(),
                reason,
                help: advice(text),
                file: value.document.file(),
                at: value.at,
            });
            None
        }
    }
}

struct Printed {
    spec: String,
    /// Versions without an operator.
    bare: Vec<String>,
}

fn print(text: &str) -> Result<Printed, String> {
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    if text.trim() != text {
        return Err("spaces around it".to_owned());
    }
    let mut bare = Vec::new();
    let mut strict = String::new();
    let separator = |c: char| matches!(c, ',' | '|' | '(' | ')');
    for piece in text.split_inclusive(separator) {
        let word = piece.trim_end_matches(separator);
        let (blank, rest) = piece.split_at(word.len());
        let word = blank.trim();
        if word.contains(char::is_whitespace) {
            return Err("a space that separates nothing".to_owned());
        }
        if word.starts_with(|c: char| c.is_ascii_alphanumeric()) && !word.contains('*') {
            bare.push(word.to_owned());
            strict.push_str("==");
        }
        // The strict grammar does not have `*.*`; pixi reads it as `*`.
        strict.push_str(if word == "*.*" { "*" } else { word });
        strict.push_str(rest);
    }
    match VersionSpec::from_str(&strict, ParseStrictness::Strict) {
        Ok(spec) => Ok(Printed {
            spec: spec.to_string(),
            bare,
        }),
        Err(_) if text.starts_with('^') && !text.ends_with('$') => {
            Err("`^` is not an operator".to_owned())
        }
        Err(error) => Err(reason(&error.to_string())),
    }
}

/// The parser's message without its typos and debug output.
fn reason(error: &str) -> String {
    match error {
        words if words.contains("encountered more characters") => {
            "it continues after the version".to_owned()
        }
        words if words.contains("incompatible with") => "`*` together with an operator".to_owned(),
        words if words.contains("regex") || words.contains("regular expression") => {
            "patterns are not supported".to_owned()
        }
        words if words.contains("operator") => words.replace('\'', "`"),
        _ => "it does not parse".to_owned(),
    }
}

/// The probable intention, in the correct form.
fn advice(text: &str) -> String {
    let plain = text.trim();
    let without_blanks: String = text.split_whitespace().collect();
    if plain.is_empty() {
        return "for any version write `*`".to_owned();
    }
    if let Some(url) = plain.strip_prefix("git+") {
        return format!("a repository is a table: `{{ git = \"{url}\" }}`");
    }
    if plain.contains("://") {
        let key = if plain.ends_with(".git") {
            "git"
        } else {
            "url"
        };
        return format!("a location is a table: `{{ {key} = \"{plain}\" }}`");
    }
    if ["./", "../", "/", "~/"]
        .iter()
        .any(|start| plain.starts_with(start))
        || is_archive(plain)
    {
        return format!("a path is a table: `{{ path = \"{plain}\" }}`");
    }
    if plain.contains('[') {
        return "options go into a table: `{ version = \"..\", build = \"..\" }`".to_owned();
    }
    if let Some(version) = plain.strip_prefix('^')
        && let Some(range) = caret(version.trim())
    {
        return format!("conda has no `^`: write `{range}`");
    }
    if let Some(version) = plain.strip_prefix('~')
        && Version::from_str(version.trim()).is_ok()
    {
        return format!("conda has no `~`: write `{}.*`", version.trim());
    }
    let repaired = [
        plain.replace("=>", ">=").replace("=<", "<="),
        format!("{}.*", plain.trim_end_matches(".*")),
        without_blanks,
    ];
    if plain.contains('*') && plain.starts_with(['=', '>', '<']) {
        let (operator, version) = plain.split_at(plain.find(|c| !"=<>".contains(c)).unwrap_or(0));
        let stem = version.trim().trim_end_matches(['*', '.']);
        let fixed = if operator.starts_with('=') {
            format!("{stem}.*")
        } else {
            format!("{operator}{stem}")
        };
        if print(&fixed).is_ok() {
            return format!("write `{fixed}`");
        }
    }
    if let Some(repaired) = repaired.iter().find(|text| print(text).is_ok()) {
        return format!("write `{repaired}`");
    }
    if let Some((version, build)) = plain.split_once(' ')
        && print(version).is_ok()
    {
        return format!(
            "a build is a key of its own: `{{ version = \"{version}\", build = \"{build}\" }}`"
        );
    }
    "write for example `>=1.2,<2`, `1.2.*`, `==1.2.3` or `*`".to_owned()
}

/// The meaning of `^version` in Cargo.
fn caret(version: &str) -> Option<String> {
    let numbers: Vec<u64> = (version.split('.'))
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    let kept = (numbers.iter().position(|number| *number != 0)).unwrap_or(numbers.len() - 1);
    let upper: Vec<_> = (numbers.iter().take(kept))
        .chain([&(numbers[kept] + 1)])
        .map(u64::to_string)
        .collect();
    Some(format!(">={version},<{}", upper.join(".")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn printed(text: &str) -> String {
        print(text).map_or_else(|error| format!("error: {error}"), |printed| printed.spec)
    }

    #[test]
    fn prints_what_pixi_prints() {
        for (written, sent) in [
            ("*", "*"),
            ("*.*", "*"),
            ("1.2", "==1.2"),
            ("==1.2", "==1.2"),
            (">=1, <2 | >3", ">=1,<2|>3"),
            ("1.2.*", "1.2.*"),
            ("1.2*", "1.2.*"),
            ("=1.2", "1.2.*"),
            ("!=1.2.*", "!=1.2.*"),
            ("~=1.4.2", "~=1.4.2"),
            ("(>=1,<2)|4.*", ">=1,<2|4.*"),
            ("(1.2|>3),<5", "(==1.2|>3),<5"),
        ] {
            assert_eq!(printed(written), sent, "{written}");
        }
    }

    #[test]
    fn rejects_what_pixi_rejects() {
        for text in [
            "",
            " 1.2.*",
            ">=1 ",
            ">= 1",
            ">=1.*",
            "=1.2.*",
            "==1.2.*",
            "1.2.*.*",
            "^1.2",
            "^1.*$",
            "1.2 *cuda",
            ">=1[build=x]",
            "../x",
            "git+https://g.org/x",
            "https://g.org/x",
        ] {
            assert!(
                printed(text).starts_with("error"),
                "{text}: {}",
                printed(text)
            );
        }
    }

    #[test]
    fn knows_what_was_meant() {
        for (text, help) in [
            ("^1.2", "write `>=1.2,<2`"),
            ("^0.3.1", "write `>=0.3.1,<0.4`"),
            ("^0.0", "write `>=0.0,<0.1`"),
            ("~1.2", "write `1.2.*`"),
            ("=1.2.*", "write `1.2.*`"),
            (">=1.*", "write `>=1`"),
            (">= 1", "write `>=1`"),
            ("=>1", "write `>=1`"),
            ("1.2.*.*", "write `1.2.*`"),
            ("1.2.* *cuda", "build = \"*cuda\""),
            ("../x", "path = \"../x\""),
            ("git+https://g.org/x", "git = \"https://g.org/x\""),
        ] {
            assert!(advice(text).contains(help), "{text}: {}", advice(text));
        }
    }
}
