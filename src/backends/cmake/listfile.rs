//! Parses the language of `CMakeLists.txt` without running CMake.
//!
//! The text becomes a list of commands with their arguments as written. The value of an
//! argument depends on variables, so [`Argument::value`] returns it only if all
//! references in it are known.

use std::collections::HashMap;

use miette::SourceSpan;

/// The file that makes a directory a project.
pub(super) const LISTS: &str = "CMakeLists.txt";

/// One command with its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Command {
    /// In lower case, because CMake ignores the case of command names.
    pub(super) name: String,
    pub(super) arguments: Vec<Argument>,
    /// The position of the name in the text, in bytes.
    pub(super) at: usize,
}

/// One argument as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Argument {
    /// The text without its quotation marks or brackets.
    pub(super) text: String,
    pub(super) kind: Kind,
    /// The position in the text, in bytes.
    pub(super) at: usize,
}

/// The form of an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Bare,
    Quoted,
    /// Between `[[` and `]]`: all characters are literal.
    Bracket,
}

/// Values of variables by name.
pub(super) type Variables = HashMap<String, String>;

impl Argument {
    /// The value of the argument, if all references in it have a value in `variables`.
    pub(super) fn value(&self, variables: &Variables) -> Option<String> {
        if self.kind == Kind::Bracket {
            return Some(self.text.clone());
        }
        let mut value = String::new();
        let mut rest = self.text.as_str();
        while let Some(next) = rest.chars().next() {
            if let Some(escaped) = rest.strip_prefix('\\') {
                let character = escaped.chars().next()?;
                value.push_str(match character {
                    'n' => "\n",
                    't' => "\t",
                    'r' => "\r",
                    '\n' => "",
                    _ => &escaped[..character.len_utf8()],
                });
                rest = &escaped[character.len_utf8()..];
            } else if let Some(reference) = rest.strip_prefix("${") {
                let (name, after) = reference.split_once('}')?;
                value.push_str(variables.get(name)?);
                rest = after;
            } else if rest.starts_with("$ENV{") || rest.starts_with("$CACHE{") {
                return None;
            } else {
                value.push(next);
                rest = &rest[next.len_utf8()..];
            }
        }
        Some(value)
    }

    /// Its place in the text, with its quotation marks or brackets.
    pub(super) fn span(&self) -> SourceSpan {
        let marks = match self.kind {
            Kind::Bare => 0,
            Kind::Quoted => 2,
            Kind::Bracket => 4,
        };
        (self.at, self.text.len() + marks).into()
    }

    /// Whether it is this word without quotation marks.
    pub(super) fn is(&self, word: &str) -> bool {
        self.kind == Kind::Bare && self.text == word
    }
}

/// The commands of a file, up to the first syntax error.
pub(super) fn commands(text: &str) -> Vec<Command> {
    // CMake ignores the byte order mark of some editors.
    let mark = text.len() - text.trim_start_matches('\u{feff}').len();
    let mut reader = Reader { text, at: mark };
    std::iter::from_fn(|| reader.command()).collect()
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn take(&mut self, expected: char) -> Option<()> {
        self.rest().strip_prefix(expected)?;
        self.at += expected.len_utf8();
        Some(())
    }

    fn command(&mut self) -> Option<Command> {
        self.skip_space();
        let at = self.at;
        let is_in_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
        let rest = self.rest();
        let length = rest
            .find(|character| !is_in_name(character))
            .filter(|length| *length > 0)?;
        self.at += length;
        let spaces = self.rest().len() - self.rest().trim_start_matches([' ', '\t']).len();
        self.at += spaces;
        self.take('(')?;
        Some(Command {
            name: rest[..length].to_ascii_lowercase(),
            arguments: self.arguments()?,
            at,
        })
    }

    /// The arguments up to the closing parenthesis. Inner parentheses are arguments.
    fn arguments(&mut self) -> Option<Vec<Argument>> {
        let mut arguments = Vec::new();
        let mut depth = 0_usize;
        loop {
            self.skip_space();
            let at = self.at;
            let next = self.rest().chars().next()?;
            if next == ')' && depth == 0 {
                self.at += 1;
                return Some(arguments);
            }
            let (text, kind) = match next {
                '(' | ')' => {
                    depth = if next == '(' { depth + 1 } else { depth - 1 };
                    self.at += 1;
                    (next.to_string(), Kind::Bare)
                }
                '"' => (self.quoted()?, Kind::Quoted),
                _ => match self.bracket() {
                    Some(text) => (text, Kind::Bracket),
                    None => (self.bare(), Kind::Bare),
                },
            };
            arguments.push(Argument { text, kind, at });
        }
    }

    fn skip_space(&mut self) {
        loop {
            self.at += self.rest().len() - self.rest().trim_start().len();
            if self.take('#').is_none() {
                return;
            }
            if self.bracket().is_none() {
                let rest = self.rest();
                self.at += rest.find('\n').unwrap_or(rest.len());
            }
        }
    }

    /// The text between `[=[` and `]=]` with any number of `=`.
    fn bracket(&mut self) -> Option<String> {
        let after = self.rest().strip_prefix('[')?;
        let bars = after.len() - after.trim_start_matches('=').len();
        let content = after[bars..].strip_prefix('[')?;
        let end = format!("]{}]", "=".repeat(bars));
        let length = content.find(&end)?;
        self.at += bars + 2 + length + end.len();
        let content = &content[..length];
        Some(content.strip_prefix('\n').unwrap_or(content).to_string())
    }

    fn quoted(&mut self) -> Option<String> {
        let content = self.rest().strip_prefix('"')?;
        let length = end_of_quoted(content)?;
        self.at += length + 2;
        Some(content[..length].to_string())
    }

    /// The text up to a space or parenthesis. A quotation mark in it protects these, as
    /// in `-DX="a b"`.
    fn bare(&mut self) -> String {
        let start = self.at;
        while let Some(next) = self.rest().chars().next() {
            match next {
                '(' | ')' | '#' => break,
                character if character.is_whitespace() => break,
                '\\' => {
                    let escaped = self.rest()[1..].chars().next().map_or(0, char::len_utf8);
                    self.at += 1 + escaped;
                }
                '"' if self.at > start => {
                    let inner = &self.rest()[1..];
                    self.at += end_of_quoted(inner).map_or(1, |length| length + 2);
                }
                character => self.at += character.len_utf8(),
            }
        }
        self.text[start..self.at].to_string()
    }
}

/// The length of the text before the quotation mark that ends `content`.
fn end_of_quoted(content: &str) -> Option<usize> {
    let mut characters = content.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => {
                characters.next();
            }
            '"' => return Some(at),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let shown = |command: Command| {
            let arguments = command.arguments.iter();
            let arguments: Vec<String> = arguments
                .map(|argument| format!("{:?}:{}", argument.kind, argument.text))
                .collect();
            format!("{} {}", command.name, arguments.join(" | "))
        };
        commands(text).into_iter().map(shown).collect()
    }

    #[test]
    fn every_way_to_write_an_argument_is_understood() {
        let text = "# a (comment\n#[=[ project(no)\n]] ]=] Project (x # here\n  \"a \\\" b\" [==[ \
                    ]] ]==] -DX=\"1 2\" a\\ b (1 AND (2)))\nset(Y)";
        assert_eq!(
            shown(text),
            [
                "project Bare:x | Quoted:a \\\" b | Bracket: ]]  | Bare:-DX=\"1 2\" | Bare:a\\ b | \
                 Bare:( | Bare:1 | Bare:AND | Bare:( | Bare:2 | Bare:) | Bare:)",
                "set Bare:Y"
            ]
        );
    }

    #[test]
    fn reading_ends_at_the_first_mistake() {
        assert_eq!(shown("set(A 1)\nproject(x \"open"), ["set Bare:A | Bare:1"]);
        assert_eq!(shown("set(A 1) } project(x)"), ["set Bare:A | Bare:1"]);
        assert_eq!(shown(""), Vec::<String>::new());
        assert_eq!(shown("\u{feff}set(A 1)"), ["set Bare:A | Bare:1"]);
    }

    #[test]
    fn a_value_is_known_when_every_reference_is() {
        let variables = Variables::from([("V".to_string(), "1.2".to_string())]);
        let value = |text: &str| commands(text)[0].arguments[0].value(&variables);
        assert_eq!(
            value("f(\"v${V}.0 \\${V}\")").as_deref(),
            Some("v1.2.0 ${V}")
        );
        assert_eq!(value("f([[${V}]])").as_deref(), Some("${V}"));
        assert_eq!(value("f(${W})"), None);
        assert_eq!(value("f($ENV{V})"), None);
    }
}
