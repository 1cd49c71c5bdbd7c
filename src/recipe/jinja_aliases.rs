//! Converts spellings from pixi's manual that the template language does not have.

/// The manual uses `matches(…)` and `macos`; the language has `match` and `osx`.
pub(super) fn as_jinja(expression: &str) -> String {
    let mut out = String::new();
    let mut rest = expression;
    while let Some(first) = rest.chars().next() {
        let length = if first == '\'' || first == '"' {
            text_length(rest, first)
        } else if first.is_alphanumeric() || first == '_' {
            rest.find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (token, after) = rest.split_at(length);
        out.push_str(match token {
            "macos" => "osx",
            "matches" if after.trim_start().starts_with('(') => "match",
            other => other,
        });
        rest = after;
    }
    out
}

/// The length of the string literal at the start of `rest`, including its quotes.
fn text_length(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, sign) in rest.char_indices().skip(1) {
        if sign == quote && !escaped {
            return at + quote.len_utf8();
        }
        escaped = sign == '\\' && !escaped;
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spellings_of_the_manual_are_understood() {
        assert_eq!(
            as_jinja("macos or matches(python, '>=3.10 macos')"),
            "osx or match(python, '>=3.10 macos')"
        );
    }

    #[test]
    fn text_is_left_alone_whatever_it_quotes() {
        assert_eq!(
            as_jinja(r#"x == 'it\'s macos' and macosx != "macos'" and macos"#),
            r#"x == 'it\'s macos' and macosx != "macos'" and osx"#
        );
    }
}
