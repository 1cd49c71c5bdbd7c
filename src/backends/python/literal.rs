//! Reads literals of Python from source code, without running it.

use regex::Regex;

/// The string that `source` consists of: literals that Python joins, and nothing else. Comments
/// do not count.
pub(super) fn whole(source: &str) -> Option<String> {
    let source = source.trim();
    let inside = source
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'));
    let (mut joined, mut rest) = first(inside.unwrap_or(source))?;
    loop {
        rest = without_comment(rest);
        if rest.is_empty() {
            return Some(joined);
        }
        let (next, after) = first(rest)?;
        joined.push_str(&next);
        rest = after;
    }
}

/// The string literal at the start of `source`, and the source after it.
fn first(source: &str) -> Option<(String, &str)> {
    let source = source.trim_start();
    let (prefix, source) = source.split_at(source.find(['"', '\''])?);
    if prefix.len() > 2 || !prefix.chars().all(|sign| "uUrRbB".contains(sign)) {
        return None;
    }
    let is_raw = prefix.contains(['r', 'R']);
    let quote = &source[..1];
    let long = quote.repeat(3);
    let mark = if source.starts_with(&long) {
        &long
    } else {
        quote
    };
    let mut rest = &source[mark.len()..];
    let mut text = String::new();
    loop {
        if let Some(after) = rest.strip_prefix(mark) {
            return Some((text, after));
        }
        let sign = rest.chars().next()?;
        if sign == '\n' && mark.len() == 1 {
            return None;
        }
        rest = &rest[sign.len_utf8()..];
        if sign != '\\' {
            text.push(sign);
            continue;
        }
        let escaped = rest.chars().next()?;
        if is_raw {
            // The backslash stays, and the next character cannot end the literal.
            text.extend([sign, escaped]);
            rest = &rest[escaped.len_utf8()..];
        } else {
            rest = unescaped(rest, &mut text)?;
        }
    }
}

/// Adds the character that an escape sequence stands for to `text`. `source` begins after the
/// backslash. Returns the source after the sequence, or `None` if the sequence is not known.
fn unescaped<'a>(source: &'a str, text: &mut String) -> Option<&'a str> {
    let sign = source.chars().next()?;
    let rest = &source[sign.len_utf8()..];
    let digits = match sign {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        // The name of a character, or its octal number.
        'N' | '0'..='7' => return None,
        _ => 0,
    };
    if digits > 0 {
        let code = u32::from_str_radix(rest.get(..digits)?, 16).ok()?;
        text.push(char::from_u32(code)?);
        return Some(&rest[digits..]);
    }
    match sign {
        // Python joins the lines.
        '\n' => {}
        '\r' => return Some(rest.strip_prefix('\n').unwrap_or(rest)),
        '\\' | '\'' | '"' => text.push(sign),
        'n' => text.push('\n'),
        'r' => text.push('\r'),
        't' => text.push('\t'),
        'a' => text.push('\u{7}'),
        'b' => text.push('\u{8}'),
        'f' => text.push('\u{c}'),
        'v' => text.push('\u{b}'),
        // Python keeps the backslash of a sequence without a meaning.
        _ => text.extend(['\\', sign]),
    }
    Some(rest)
}

/// The source after spaces, line ends and comments.
pub(super) fn without_comment(mut source: &str) -> &str {
    loop {
        source = source.trim_start();
        if !source.starts_with('#') {
            return source;
        }
        source = source.split_once('\n').map_or("", |(_, after)| after);
    }
}

/// The strings of a list in source code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Texts {
    /// The elements up to the first one that is not a string literal.
    pub(super) texts: Vec<String>,
    /// Whether these are all elements.
    pub(super) is_complete: bool,
}

/// The string literals of the list or tuple at the start of `source`. A single string counts as
/// a list with one element.
pub(super) fn texts(source: &str) -> Texts {
    let mut rest = source.trim_start();
    let mut found = Texts::default();
    let Some(inside) = rest.strip_prefix(['[', '(']) else {
        if let Some((text, after)) = first(rest) {
            found.texts.push(text);
            found.is_complete = is_end(after);
        }
        return found;
    };
    rest = inside;
    loop {
        rest = without_comment(rest.trim_start_matches(|c: char| c.is_whitespace() || c == ','));
        if rest.starts_with(',') {
            continue;
        }
        if let Some(after) = rest.strip_prefix([']', ')']) {
            found.is_complete = is_end(after);
            return found;
        }
        let Some((text, after)) = first(rest) else {
            return found;
        };
        // Another operand, such as `"a" + b`, makes the element unknown.
        let next = without_comment(after);
        if !next.starts_with([',', ']', ')']) {
            return found;
        }
        found.texts.push(text);
        rest = after;
    }
}

/// Whether a value ends where `rest` begins.
fn is_end(rest: &str) -> bool {
    let line = rest.split('\n').next().unwrap_or_default();
    let line = line.trim_start();
    line.is_empty() || line.starts_with(['#', ';', ',', ')', '}'])
}

/// The source code of the value that is assigned to `name` at the top level of a module, up to
/// the end of the module.
pub(super) fn assigned_source<'a>(module: &'a str, name: &str) -> Option<&'a str> {
    values(module, name).next()
}

fn values<'a>(module: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let name = regex::escape(name);
    let pattern = Regex::new(&format!(r"(?m)^{name}[ \t]*(?::[^=\n]+)?=[ \t]*([^=\s])"));
    let pattern = pattern.ok().filter(|_| !name.is_empty());
    let starts: Vec<usize> = pattern
        .iter()
        .flat_map(|pattern| pattern.captures_iter(module))
        .filter_map(|found| Some(found.get(1)?.start()))
        .collect();
    starts.into_iter().map(|start| &module[start..])
}

/// The literal that is assigned to `name` at the top level of a module: a string, or a tuple or
/// list of numbers and strings, which are joined with dots.
pub(super) fn assigned(module: &str, name: &str) -> Option<String> {
    values(module, name).find_map(|value| match first(value) {
        Some((text, rest)) => is_end(rest).then_some(text),
        None => numbers(value.lines().next().unwrap_or_default()),
    })
}

/// Converts a tuple such as `(1, 2, "rc1")` to `1.2.rc1`.
fn numbers(text: &str) -> Option<String> {
    let inside = text.trim().strip_prefix(['(', '['])?;
    let inside = &inside[..inside.find([')', ']'])?];
    let parts = inside.split(',').map(str::trim);
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    let is_plain = |part: &&str| {
        let part = part.trim_matches(['"', '\'']);
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric())
    };
    let plain = !parts.is_empty() && parts.iter().all(is_plain);
    plain.then(|| {
        let bare = parts.iter().map(|part| part.trim_matches(['"', '\'']));
        bare.collect::<Vec<_>>().join(".")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_of_all_kinds() {
        for (source, value) in [
            ("'a' + b", None),
            ("\"a'b\"", Some("a'b")),
            ("\"\"\"a\nb\"\"\"", Some("a\nb")),
            ("'a\n'", None),
            ("name", None),
            ("'a' 'b'  # c", Some("ab")),
            ("(\n'a'\n'b'\n)", Some("ab")),
            ("'%s' % a", None),
            ("f'{a}'", None),
            (r#"'It\'s \"here\"'"#, Some("It's \"here\"")),
            (r#""a\\" 'b\n'"#, Some("a\\b\n")),
            (r#"'\xe9 \u20ac \d'"#, Some("é € \\d")),
            (r"r'\d\''", Some(r"\d\'")),
            ("'a\\\n b'", Some("a b")),
            ("\"\"\"a\\\"\"\"b\"\"\"", Some("a\"\"\"b")),
            ("'open\\'", None),
        ] {
            assert_eq!(whole(source).as_deref(), value, "{source}");
        }
    }

    #[test]
    fn lists_are_read_up_to_the_first_element_that_is_code() {
        for (source, expected, is_complete) in [
            ("[\n 'a', # no\n \"b\",\n], x=1", vec!["a", "b"], true),
            ("('a',)\n", vec!["a"], true),
            ("'a'", vec!["a"], true),
            ("[]", vec![], true),
            ("['a', 'b'] + x", vec!["a", "b"], false),
            ("['a', other, 'b']", vec!["a"], false),
            ("['a', 'b' + c]", vec!["a"], false),
            ("read('requirements.txt')", vec![], false),
        ] {
            let found = texts(source);
            assert_eq!(
                (found.texts, found.is_complete),
                (
                    expected.into_iter().map(str::to_string).collect(),
                    is_complete
                ),
                "{source}"
            );
        }
    }

    #[test]
    fn assignments_at_the_top_level() {
        let module = "import x\nif x:\n    __version__ = 'no'\n__version__: str = \"1.2\"\nV = (1, 0, 'rc1')\nN = f()\nO = '1' + x\n";
        assert_eq!(assigned(module, "__version__").as_deref(), Some("1.2"));
        assert_eq!(assigned(module, "V").as_deref(), Some("1.0.rc1"));
        assert_eq!(assigned(module, "N"), None);
        assert_eq!(assigned(module, "M"), None);
        assert_eq!(assigned(module, "O"), None);
    }
}
