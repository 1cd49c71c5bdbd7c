//! A build script as data: commands are argument vectors, values are words.
//!
//! This module does not depend on a shell. The recipe layer writes the text for bash or
//! cmd at the last moment, with one quoting function for each.

use std::path::PathBuf;

use indexmap::IndexMap;
use rattler_conda_types::Subdir;

/// A build script.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Script {
    /// The steps, in their order. A failing step fails the build.
    pub steps: Vec<Step>,
    /// Variables whose values contain a template, which is evaluated with the recipe.
    pub templates: IndexMap<String, String>,
    /// Variables to pass on from the process environment, masked in the log.
    pub secrets: Vec<String>,
    /// Files that the steps need. They are written before the steps run.
    pub files: Vec<ScriptFile>,
    /// A file that the build locks while it uses the files above and the files that its
    /// steps create.
    pub lock: Option<PathBuf>,
}

/// A file that a script needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptFile {
    /// Absolute if the file may be shared with other builds; otherwise relative to the
    /// directory of the script, which belongs to one build.
    pub path: PathBuf,
    /// The complete text.
    pub text: String,
    /// Whether it is a program.
    pub executable: bool,
}

/// One step of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Runs a command.
    Run(Vec<Word>),
    /// Runs a command in a directory.
    RunIn(Word, Vec<Word>),
    /// Runs a command and ignores its failure.
    Try(Vec<Word>),
    /// Runs a command in a directory and writes its output to a file. Its errors are ignored and
    /// not displayed.
    Keep(Word, Vec<Word>, Word),
    /// Sets an environment variable.
    Set(String, Word),
    /// Removes environment variables. A name that ends in `*` stands for all variables
    /// with that prefix.
    Unset(Vec<String>),
    /// Runs a file in the language of the shell, in the shell itself.
    Source(Word),
    /// Adds a word to a variable that contains a list separated by spaces.
    Append(String, Word),
    /// Runs a command when the script ends, even if it fails. cmd does not support this.
    AtExit(Vec<Word>),
    /// Steps that run only when a condition is true.
    When(StepCondition, Vec<Step>),
}

/// The condition of a step, which is evaluated while the script runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepCondition {
    /// The directory exists.
    Folder(Word),
    /// The file exists.
    File(Word),
    /// The file does not exist.
    Missing(Word),
    /// The variable has no value, or an empty one.
    Unset(String),
}

/// One argument or value: literal text and references to variables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Word(pub Vec<Part>);

/// A piece of a [`Word`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Literal text, with any characters.
    Literal(String),
    /// The value of a variable while the script runs.
    Variable(String),
}

impl Step {
    /// Removes `names`; see [`Step::Unset`].
    pub fn unset(names: &[&str]) -> Self {
        Self::Unset(names.iter().map(|name| name.to_string()).collect())
    }
}

impl Word {
    /// Literal text.
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

    /// Reads `$NAME` and `${NAME}` as references to variables and all other text as
    /// literal. `$$NAME` stands for the text `$NAME`. `$ORIGIN` is literal, because it
    /// belongs to the dynamic loader.
    pub fn with_references(text: &str) -> Self {
        Self::read(text, &[('$', dollar)])
    }

    /// Like [`Word::with_references`], for a build that runs on `platform`. On Windows, `%NAME%` is
    /// also a reference, and `%%` is a percent sign.
    pub fn with_references_on(platform: Subdir, text: &str) -> Self {
        if platform.is_windows() {
            Self::read(text, &[('$', dollar), ('%', percent)])
        } else {
            Self::with_references(text)
        }
    }

    /// Splits `text` at characters that can begin a reference.
    fn read(text: &str, signs: &[(char, Reference)]) -> Self {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let after = &rest[first.len_utf8()..];
            let reference = signs.iter().find(|(sign, _)| *sign == first);
            match reference.and_then(|(_, read)| read(after)) {
                Some((Part::Literal(text), length)) => {
                    literal.push_str(&text);
                    rest = &after[length..];
                }
                Some((variable, length)) => {
                    if !literal.is_empty() {
                        parts.push(Part::Literal(std::mem::take(&mut literal)));
                    }
                    parts.push(variable);
                    rest = &after[length..];
                }
                None => {
                    literal.push(first);
                    rest = after;
                }
            }
        }
        if !literal.is_empty() || parts.is_empty() {
            parts.push(Part::Literal(literal));
        }
        Self(parts)
    }
}

/// The reference after a character, and its length. `None` if the character is literal.
type Reference = fn(&str) -> Option<(Part, usize)>;

/// Names after a dollar sign that are not variables.
const NOT_VARIABLES: [&str; 1] = ["ORIGIN"];

fn dollar(after: &str) -> Option<(Part, usize)> {
    if let Some(text) = after.strip_prefix('$') {
        let may_be_reference = text.starts_with('{') || name_length(text) > 0;
        return may_be_reference.then(|| (Part::Literal("$".to_string()), 1));
    }
    let (name, length) = match after.strip_prefix('{') {
        Some(braced) => {
            let name = &braced[..name_length(braced)];
            let closed = braced[name.len()..].starts_with('}');
            (if closed { name } else { "" }, name.len() + 2)
        }
        None => (&after[..name_length(after)], name_length(after)),
    };
    let is_variable = !name.is_empty() && !NOT_VARIABLES.contains(&name);
    is_variable.then(|| (Part::Variable(name.to_string()), length))
}

fn percent(after: &str) -> Option<(Part, usize)> {
    if after.starts_with('%') {
        return Some((Part::Literal("%".to_string()), 1));
    }
    let name = &after[..name_length(after)];
    let closed = after[name.len()..].starts_with('%');
    let is_variable = !name.is_empty() && closed;
    is_variable.then(|| (Part::Variable(name.to_string()), name.len() + 1))
}

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        Self::literal(text)
    }
}

/// The number of bytes at the start of `text` that are the name of a variable.
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
    fn dollar_signs_can_be_written_and_the_loaders_own_name_is_one() {
        for (text, literal) in [
            ("-Wl,-rpath,$ORIGIN/../lib", "-Wl,-rpath,$ORIGIN/../lib"),
            ("-Wl,-rpath,${ORIGIN}/x", "-Wl,-rpath,${ORIGIN}/x"),
            ("$$ORIGIN and $$HOME", "$ORIGIN and $HOME"),
            ("$$ $$5 $", "$$ $$5 $"),
            ("$${HOME}", "${HOME}"),
            ("100$ of $5", "100$ of $5"),
        ] {
            assert_eq!(
                Word::with_references(text),
                Word::literal(literal),
                "{text}"
            );
        }
        let name = Word::with_references("$ORIGINAL");
        assert_eq!(name, Word::variable("ORIGINAL"));
    }

    #[test]
    fn percent_signs_enclose_references_on_windows_alone() {
        let on = Word::with_references_on;
        let reference = Word(vec![
            Part::Variable("PREFIX".into()),
            Part::Literal("\\lib;".into()),
            Part::Variable("LIB".into()),
        ]);
        assert_eq!(on(Subdir::Win64, "%PREFIX%\\lib;$LIB"), reference);
        assert_eq!(
            on(Subdir::Win64, "100%% of 5%"),
            Word::literal("100% of 5%")
        );
        assert_eq!(
            on(Subdir::Win64, "%not a name%"),
            Word::literal("%not a name%")
        );
        assert_eq!(on(Subdir::Linux64, "%Y%m%d"), Word::literal("%Y%m%d"));
    }

    #[test]
    fn an_empty_value_is_an_empty_literal() {
        assert_eq!(Word::with_references(""), Word::literal(""));
    }
}
