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
    let source = source.strip_prefix(['u', 'r', 'b']).unwrap_or(source);
    let quote = source.chars().next().filter(|sign| "\"'".contains(*sign))?;
    let long = format!("{quote}{quote}{quote}");
    if let Some(inside) = source.strip_prefix(&long) {
        let end = inside.find(&long)?;
        return Some((inside[..end].to_string(), &inside[end + long.len()..]));
    }
    let inside = &source[1..];
    let end = inside.find([quote, '\n'])?;
    let is_closed = inside[end..].starts_with(quote);
    is_closed.then(|| (inside[..end].to_string(), &inside[end + 1..]))
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
