//! A build script as data: commands are argument vectors, values are words.
//!
//! Nothing here knows a shell. The recipe layer writes the text for bash or cmd
//! at the last moment, with one quoting function for each.

use std::path::PathBuf;

use indexmap::IndexMap;

/// How to build.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Script {
    /// What to do, in order. A failing step fails the build.
    pub steps: Vec<Step>,
    /// Variables whose value holds a template, evaluated with the recipe.
    pub templates: IndexMap<String, String>,
    /// Variables to pass on from the process environment, masked in the log.
    pub secrets: Vec<String>,
    /// Files the steps need, written before they run.
    pub files: Vec<ScriptFile>,
    /// A file to lock while the build uses the files above and what its steps leave.
    pub lock: Option<PathBuf>,
}

/// A file that a script needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptFile {
    /// Absolute; may be shared with other builds.
    pub path: PathBuf,
    /// Everything in it.
    pub text: String,
    /// Whether it is a program.
    pub executable: bool,
}

/// One step of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Runs a command.
    Run(Vec<Word>),
    /// Runs a command in a folder.
    RunIn(Word, Vec<Word>),
    /// Runs a command whose failure does not matter.
    Try(Vec<Word>),
    /// Sets an environment variable.
    Set(String, Word),
    /// Removes environment variables, or all that begin with a name that ends in `*`.
    Unset(Vec<&'static str>),
    /// Runs a file of the shell's own language in the shell itself.
    Source(Word),
    /// Adds a word to a variable that holds a list separated by blanks.
    Append(String, Word),
    /// Steps for the case that something is there.
    When(Condition, Vec<Step>),
}

/// What a step may depend on, decided while the script runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// The folder exists.
    Folder(Word),
    /// The file exists.
    File(Word),
    /// The variable has no value, or an empty one.
    Unset(String),
}

/// One argument or value: literal text and references to variables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Word(pub Vec<Part>);

/// A piece of a [`Word`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Taken as it is, whatever signs it holds.
    Literal(String),
    /// The value of a variable while the script runs.
    Variable(String),
}

impl Word {
    /// Text that means itself.
    pub fn literal(text: impl Into<String>) -> Self {
        Self(vec![Part::Literal(text.into())])
    }

    /// The value of a variable.
    pub fn variable(name: impl Into<String>) -> Self {
        Self(vec![Part::Variable(name.into())])
    }

    /// Adds literal text.
    #[must_use]
    pub fn then(mut self, text: impl Into<String>) -> Self {
        self.0.push(Part::Literal(text.into()));
        self
    }

    /// Reads `$NAME` and `${NAME}` as references to variables and everything
    /// else as literal text. A lone `$` means itself.
    pub fn with_references(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(dollar) = rest.find('$') {
            literal.push_str(&rest[..dollar]);
            let after = &rest[dollar + 1..];
            let (name, length) = match after.strip_prefix('{') {
                Some(braced) => {
                    let name = &braced[..name_length(braced)];
                    let closed = braced[name.len()..].starts_with('}');
                    (if closed { name } else { "" }, name.len() + 2)
                }
                None => (&after[..name_length(after)], name_length(after)),
            };
            if name.is_empty() {
                literal.push('$');
                rest = after;
            } else {
                if !literal.is_empty() {
                    parts.push(Part::Literal(std::mem::take(&mut literal)));
                }
                parts.push(Part::Variable(name.to_string()));
                rest = &after[length..];
            }
        }
        literal.push_str(rest);
        if !literal.is_empty() || parts.is_empty() {
            parts.push(Part::Literal(literal));
        }
        Self(parts)
    }
}

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        Self::literal(text)
    }
}

/// How many bytes at the start of `text` form the name of a variable.
fn name_length(text: &str) -> usize {
    if text.starts_with(|first: char| first.is_ascii_digit()) {
        return 0;
    }
    text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_and_everything_else_is_literal() {
        assert_eq!(
            Word::with_references("-L$PREFIX/lib ${CC}x $5 100$ ${X"),
            Word(vec![
                Part::Literal("-L".into()),
                Part::Variable("PREFIX".into()),
                Part::Literal("/lib ".into()),
                Part::Variable("CC".into()),
                Part::Literal("x $5 100$ ${X".into()),
            ])
        );
    }

    #[test]
    fn an_empty_value_is_an_empty_literal() {
        assert_eq!(Word::with_references(""), Word::literal(""));
    }
}
