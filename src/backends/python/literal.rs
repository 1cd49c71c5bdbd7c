//! Reads literals of Python from source code, without running it.

use regex::Regex;

/// The string literal at the start of `text`.
pub(super) fn text(text: &str) -> Option<String> {
    let text = text.trim_start();
    let text = text.strip_prefix(['u', 'r', 'b']).unwrap_or(text);
    let quote = text.chars().next().filter(|sign| "\"'".contains(*sign))?;
    let long = format!("{quote}{quote}{quote}");
    if let Some(inside) = text.strip_prefix(&long) {
        let end = inside.find(&long)?;
        return Some(inside[..end].to_string());
    }
    let inside = &text[1..];
    let end = inside.find([quote, '\n'])?;
    inside[end..]
        .starts_with(quote)
        .then(|| inside[..end].to_string())
}

/// The string literals of the list or tuple at the start of `source`, up to the first element
/// that is not a string literal.
pub(super) fn texts(source: &str) -> Vec<String> {
    let mut rest = source.trim_start();
    if !rest.starts_with(['[', '(']) {
        return text(rest).into_iter().collect();
    }
    rest = &rest[1..];
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
        if rest.starts_with('#') {
            rest = rest.split_once('\n').map_or("", |(_, after)| after);
            continue;
        }
        let Some(item) = text(rest) else {
            return found;
        };
        // Skips the string with its quotes.
        let start = rest.find(['"', '\'']).unwrap_or_default();
        let long = rest[start..].starts_with("\"\"\"") || rest[start..].starts_with("'''");
        rest = &rest[start + item.len() + if long { 6 } else { 2 }..];
        found.push(item);
    }
}

/// The literal that is assigned to `name` at the top level of a module: a string, or a tuple or
/// list of numbers and strings, which are joined with dots.
pub(super) fn assigned(module: &str, name: &str) -> Option<String> {
    if name.is_empty() {
        return None;
    }
    let name = regex::escape(name);
    let pattern = Regex::new(&format!(r"(?m)^{name}\s*(?::[^=\n]+)?=\s*([^\n]*)")).ok()?;
    let mut values = pattern.captures_iter(module).filter_map(|found| {
        let value = found.get(1)?;
        text(&module[value.start()..]).or_else(|| numbers(value.as_str()))
    });
    values.next()
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
            ("'a' + b", Some("a")),
            ("\"a'b\",", Some("a'b")),
            ("\"\"\"a\nb\"\"\"", Some("a\nb")),
            ("'a\n'", None),
            ("name", None),
        ] {
            assert_eq!(text(source).as_deref(), value, "{source}");
        }
        assert_eq!(texts("[\n 'a', # no\n \"b\"\n] + x"), ["a", "b"]);
        assert_eq!(texts("['a', other, 'b']"), ["a"]);
    }

    #[test]
    fn assignments_at_the_top_level() {
        let module = "import x\nif x:\n    __version__ = 'no'\n__version__: str = \"1.2\"\nV = (1, 0, 'rc1')\nN = f()\n";
        assert_eq!(assigned(module, "__version__").as_deref(), Some("1.2"));
        assert_eq!(assigned(module, "V").as_deref(), Some("1.0.rc1"));
        assert_eq!(assigned(module, "N"), None);
        assert_eq!(assigned(module, "M"), None);
    }
}
