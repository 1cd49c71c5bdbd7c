//! Finds the imports of a Mojo file without compiling it.
//!
//! The scanner understands only the syntax that can hide or contain an import: comments,
//! strings, brackets, joined lines. It finds imports in functions and in all branches
//! too, because only the compiler knows which of them are compiled.

/// A parsed import.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Import {
    /// The number of packages to go up. 0 means that the name is searched in all roots, 1
    /// means the package of the file.
    pub(super) up: usize,
    /// The names between the dots.
    pub(super) path: Vec<String>,
    /// The imported names, each of which is a module or defined in one.
    pub(super) names: Vec<String>,
}

/// The imports in `text`, in their order.
pub(super) fn imports(text: &str) -> Vec<Import> {
    let tokens = tokens(text);
    let mut imports = Vec::new();
    let mut at = 0;
    let mut is_start = true;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            Token::Name(name) if is_start && name == "import" => {
                at = import(&tokens, at, &mut imports);
            }
            Token::Name(name) if is_start && name == "from" => at = from(&tokens, at, &mut imports),
            _ => {}
        }
        is_start = matches!(tokens.get(at - 1), Some(Token::End | Token::Sign(':')));
    }
    imports
}

/// Reads `a.b as c, d`, beginning at the token `at`. Returns the index of the next token.
fn import(tokens: &[Token], mut at: usize, imports: &mut Vec<Import>) -> usize {
    loop {
        let (path, after) = dotted(tokens, at);
        at = renamed(tokens, after);
        if !path.is_empty() {
            imports.push(Import {
                up: 0,
                path,
                names: Vec::new(),
            });
        }
        if tokens.get(at) != Some(&Token::Sign(',')) {
            return at;
        }
        at += 1;
    }
}

/// Reads `..a.b import (c as d, e)`, beginning at the token `at`. Returns the index of the next
/// token.
fn from(tokens: &[Token], mut at: usize, imports: &mut Vec<Import>) -> usize {
    let start = at;
    while tokens.get(at) == Some(&Token::Sign('.')) {
        at += 1;
    }
    let up = at - start;
    let (path, after) = dotted(tokens, at);
    at = after;
    if !is_name(tokens.get(at), "import") || (up == 0 && path.is_empty()) {
        return at;
    }
    at += 1;
    let in_brackets = tokens.get(at) == Some(&Token::Sign('('));
    at += usize::from(in_brackets);
    let mut names = Vec::new();
    loop {
        match tokens.get(at) {
            Some(Token::Name(name)) => {
                names.push(name.clone());
                at = renamed(tokens, at + 1);
            }
            Some(Token::Sign(',' | '*')) => at += 1,
            Some(Token::Sign(')')) if in_brackets => {
                at += 1;
                break;
            }
            _ => break,
        }
    }
    imports.push(Import { up, path, names });
    at
}

fn dotted(tokens: &[Token], mut at: usize) -> (Vec<String>, usize) {
    let mut path = Vec::new();
    while let Some(Token::Name(name)) = tokens.get(at) {
        if name == "import" {
            break;
        }
        path.push(name.clone());
        at += 1;
        if tokens.get(at) != Some(&Token::Sign('.')) {
            break;
        }
        at += 1;
    }
    (path, at)
}

/// Skips `as name`.
fn renamed(tokens: &[Token], at: usize) -> usize {
    if is_name(tokens.get(at), "as") {
        at + 2
    } else {
        at
    }
}

fn is_name(token: Option<&Token>, expected: &str) -> bool {
    matches!(token, Some(Token::Name(name)) if name == expected)
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Name(String),
    /// A character that is not part of a name.
    Sign(char),
    /// The end of a statement.
    End,
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = vec![Token::End];
    let mut depth = 0_usize;
    let mut rest = text;
    while let Some(sign) = rest.chars().next() {
        let length = match sign {
            '#' => rest.find('\n').unwrap_or(rest.len()),
            '"' | '\'' => string_length(rest),
            '`' => {
                let inside = rest[1..].split(['`', '\n']).next().unwrap_or_default();
                tokens.push(Token::Name(inside.to_string()));
                (inside.len() + 2).min(rest.len())
            }
            '\\' => joined_length(rest),
            '\n' => {
                // Brackets cannot contain an import. If the next line is one, the open bracket
                // is never closed.
                if depth == 0 || begins_with_import(&rest[1..]) {
                    tokens.push(Token::End);
                    depth = 0;
                }
                1
            }
            _ if is_part(sign) => {
                let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
                tokens.push(Token::Name(rest[..length].to_string()));
                length
            }
            _ => {
                match sign {
                    '(' | '[' | '{' => depth += 1,
                    ')' | ']' | '}' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                match sign {
                    ';' => tokens.push(Token::End),
                    _ if sign.is_whitespace() => {}
                    // A colon in brackets does not begin a statement.
                    ':' if depth > 0 => tokens.push(Token::Sign('=')),
                    _ => tokens.push(Token::Sign(sign)),
                }
                sign.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    tokens
}

fn is_part(sign: char) -> bool {
    sign.is_alphanumeric() || sign == '_'
}

/// Whether the next line is certainly an import.
fn begins_with_import(text: &str) -> bool {
    let line = text.lines().next().unwrap_or_default().trim_start();
    let mut words = line.split_whitespace();
    match words.next() {
        Some("import") => true,
        Some("from") => words.nth(1) == Some("import"),
        _ => false,
    }
}

/// The number of bytes of the string at the start of `text`.
fn string_length(text: &str) -> usize {
    let quote = &text[..1];
    let triple = quote.repeat(3);
    let (close, is_triple) = if text.starts_with(&triple) {
        (triple.as_str(), true)
    } else {
        (quote, false)
    };
    let mut at = close.len();
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with(close) {
            return at + close.len();
        }
        let sign = rest.chars().next().unwrap_or_default();
        if sign == '\n' && !is_triple {
            return at;
        }
        at += sign.len_utf8();
        if sign == '\\' {
            at += text[at..].chars().next().map_or(0, char::len_utf8);
        }
    }
    text.len()
}

/// The number of bytes that join this line to the next.
fn joined_length(text: &str) -> usize {
    match () {
        () if text.starts_with("\\\r\n") => 3,
        () if text.starts_with("\\\n") => 2,
        () => 1,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let shown = |import: Import| {
            let dots = ".".repeat(import.up);
            let path = import.path.join(".");
            if import.names.is_empty() {
                format!("{dots}{path}")
            } else {
                format!("{dots}{path}: {}", import.names.join(" "))
            }
        };
        imports(text).into_iter().map(shown).collect()
    }

    #[test]
    fn every_form_of_an_import_is_found() {
        let text = "import a.b as c, d\nfrom e.f import g, h as i\nfrom . import j\n\
                    from ..k.l import *\nfrom m import (\n    n,  # one\n    o as p,\n)\n\
                    from q import \\\n    r\n";
        let expected = ["a.b", "d", "e.f: g h", ".: j", "..k.l", "m: n o", "q: r"];
        assert_eq!(shown(text), expected);
    }

    #[test]
    fn imports_are_found_wherever_they_may_stand() {
        let text = "def main():\n    from a import b\n    comptime if x: import c\n    pass; import d\r\n\timport e\r\n";
        assert_eq!(shown(text), ["a: b", "c", "d", "e"]);
    }

    #[test]
    fn text_that_looks_like_an_import_is_not_one() {
        let text = r#"
"""
import a
from b import c
"""
# import d
var s = "import e" + 'from f' + r"\" + t"{x["y"]}"
var t = 'it\'s
import g
var from_ = {"k": v}
x.import_(y)
var `import` = 1
"#;
        assert_eq!(shown(text), ["g"]);
    }

    #[test]
    fn brackets_that_are_never_closed_hide_nothing() {
        assert_eq!(shown("f(\nimport a\nfrom b import c\n"), ["a", "b: c"]);
    }

    #[test]
    fn a_colon_in_brackets_begins_no_statement() {
        assert_eq!(shown("f(a: from, b)\nx[1:import]\n"), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(text in "[ -~\n\\PC]{0,80}") {
            let _ = imports(&text);
        }
    }
}
