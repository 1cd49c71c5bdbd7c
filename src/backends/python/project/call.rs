//! Finds the call of `setup` in Python code, and takes its keyword arguments apart.
//!
//! The code is scanned, not parsed: only brackets, strings and comments count.

use super::literal;

/// The keyword arguments of the first call of `setup` that has some, each with the source code of
/// its value. An argument such as `**settings` stands for the arguments of the call of `dict`
/// that the module assigns to `settings`.
pub(super) fn keywords(module: &str) -> Vec<(&str, &str)> {
    let calls = calls(module).into_iter();
    let mut found = calls.map(|call| keywords_of(module, call, &mut Vec::new()));
    found
        .find(|keywords| !keywords.is_empty())
        .unwrap_or_default()
}

/// `followed`: the names after `**` that were looked up, because a value may contain its own name.
fn keywords_of<'a>(
    module: &'a str,
    call: &'a str,
    followed: &mut Vec<&'a str>,
) -> Vec<(&'a str, &'a str)> {
    let mut keywords = Vec::new();
    for argument in arguments(call) {
        let argument = literal::without_comment(argument);
        if let Some(name) = argument.strip_prefix("**").map(str::trim) {
            let source = literal::assigned_source(module, name);
            let call = source.and_then(|source| source.strip_prefix("dict("));
            if let Some(call) = call.filter(|_| !followed.contains(&name)) {
                followed.push(name);
                keywords.extend(keywords_of(module, call, followed));
            }
            continue;
        }
        let end = argument.find(|c: char| !(c.is_alphanumeric() || c == '_'));
        let (name, rest) = argument.split_at(end.unwrap_or_default());
        if let Some(value) = rest.trim_start().strip_prefix('=')
            && !name.is_empty()
            && !value.starts_with('=')
        {
            keywords.push((name, value.trim()));
        }
    }
    keywords
}

/// The source code after the `(` of each call of `setup`.
fn calls(module: &str) -> Vec<&str> {
    const NAME: &str = "setup";
    let mut calls = Vec::new();
    let mut at = 0;
    while at < module.len() {
        let rest = &module[at..];
        if let Some(length) = skipped(rest) {
            at += length;
            continue;
        }
        let word = rest.find(|c: char| !(c.is_alphanumeric() || c == '_'));
        let word = &rest[..word.unwrap_or(rest.len())];
        if word.is_empty() {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        }
        let is_definition = module[..at].trim_end().ends_with("def");
        let call = rest[word.len()..].trim_start().strip_prefix('(');
        if word == NAME && !is_definition {
            calls.extend(call);
        }
        at += word.len();
    }
    calls
}

/// Splits the source code after a `(` at the commas between the arguments, up to the matching
/// bracket.
pub(super) fn arguments(call: &str) -> Vec<&str> {
    let mut arguments = Vec::new();
    let (mut at, mut start, mut depth) = (0, 0, 0);
    while at < call.len() {
        let rest = &call[at..];
        if let Some(length) = skipped(rest) {
            at += length;
            continue;
        }
        let sign = rest.chars().next().unwrap_or_default();
        match sign {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => break,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                arguments.push(&call[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        at += sign.len_utf8();
    }
    arguments.push(&call[start..at.min(call.len())]);
    arguments
}

/// The length of the string or comment at the start of `source`.
fn skipped(source: &str) -> Option<usize> {
    if source.starts_with('#') {
        return Some(source.find('\n').unwrap_or(source.len()));
    }
    let quote = source.chars().next().filter(|sign| "\"'".contains(*sign))?;
    let long = String::from(quote).repeat(3);
    let (mark, mut at) = if source.starts_with(&long) {
        (long, 3)
    } else {
        (quote.to_string(), 1)
    };
    while at < source.len() {
        let rest = &source[at..];
        if rest.starts_with(&mark) {
            return Some(at + mark.len());
        }
        let sign = rest.chars().next().unwrap_or_default();
        at += sign.len_utf8();
        if sign == '\\' {
            at += source[at..].chars().next().map_or(0, char::len_utf8);
        }
    }
    Some(source.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_contains_its_own_name_ends() {
        let module = "args = dict(**args, name='x', **more)\nmore = dict(**args)\nsetup(**args)\n";
        assert_eq!(keywords(module), [("name", "'x'")]);
    }

    #[test]
    fn only_arguments_of_the_call_itself_count() {
        let module = r#"
"""setup(name='in a text')"""
# setup(name='in a comment')
def setup(name="of a definition"):
    run_setup(name='of another function')

setuptools.setup(
    ext_modules=[Extension(name="inner", sources=['a, b)'])],
    # name = "old",
    name = 'it\'s', packages=find_packages(where="src"),
    if_ok=a == b,
)
"#;
        assert_eq!(
            keywords(module),
            [
                (
                    "ext_modules",
                    r#"[Extension(name="inner", sources=['a, b)'])]"#
                ),
                ("name", r"'it\'s'"),
                ("packages", r#"find_packages(where="src")"#),
                ("if_ok", "a == b"),
            ]
        );
    }

    #[test]
    fn arguments_may_be_in_a_dictionary() {
        let module = "settings = dict(name='a', version='1')\nsetup(**settings, zip_safe=False)\n";
        assert_eq!(
            keywords(module),
            [("name", "'a'"), ("version", "'1'"), ("zip_safe", "False")]
        );
        assert!(keywords("setup(").is_empty() && keywords("setup(**unknown)").is_empty());
    }
}
