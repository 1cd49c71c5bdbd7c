//! `setup.py`: the literal arguments of `setup(…)`. The file is never run.

use std::path::Path;

use miette::Report;
use regex::Regex;

use crate::backends::python::literal;
use crate::diagnostic::read_text;

/// The name of the file.
pub(in super::super) const NAME: &str = "setup.py";

/// A `setup.py`.
#[derive(Debug)]
pub(in super::super) struct SetupPy {
    text: String,
}

impl SetupPy {
    /// Reads the file in `folder`. Returns `None` if it does not exist.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub(in super::super) fn read(folder: &Path) -> Result<Option<Self>, Report> {
        let path = folder.join(NAME);
        if !path.is_file() {
            return Ok(None);
        }
        Ok(Some(Self {
            text: read_text(&path)?,
        }))
    }

    #[cfg(test)]
    pub(in super::super) fn of(text: &str) -> Self {
        Self {
            text: text.to_string(),
        }
    }

    /// The dotted name that the argument `name` is set to, such as `six.__version__`.
    pub(in super::super) fn reference(&self, name: &str) -> Option<String> {
        let value = self.argument(name)?;
        let end = value.find(|c: char| !(c.is_alphanumeric() || "._".contains(c)));
        let (path, rest) = value.split_at(end.unwrap_or(value.len()));
        (path.contains('.') && !rest.trim_start().starts_with('(')).then(|| path.to_string())
    }

    /// Whether the argument `name` is given.
    pub(in super::super) fn has(&self, name: &str) -> bool {
        self.argument(name).is_some()
    }

    /// The string that is passed as the argument `name`: a literal, or a variable to which the
    /// same file assigns a literal.
    pub(in super::super) fn text(&self, name: &str) -> Option<String> {
        let value = self.argument(name)?;
        literal::text(value).or_else(|| {
            let end = value.find(|c: char| !(c.is_alphanumeric() || c == '_'));
            literal::assigned(&self.text, &value[..end.unwrap_or(value.len())])
        })
    }

    /// The strings in the list that is passed as the argument `name`.
    pub(in super::super) fn texts(&self, name: &str) -> Vec<String> {
        self.argument(name).map(literal::texts).unwrap_or_default()
    }

    /// The strings in the list at `key` of the dictionary that is passed as the argument `name`.
    pub(in super::super) fn texts_below(&self, name: &str, key: &str) -> Vec<String> {
        let Some(value) = self.argument(name) else {
            return Vec::new();
        };
        let quoted = ["\"", "'"].map(|quote| format!("{quote}{key}{quote}"));
        let found = quoted.iter().find_map(|quoted| {
            let after = value[value.find(quoted.as_str())? + quoted.len()..].trim_start();
            Some(literal::texts(after.strip_prefix(':')?))
        });
        found.unwrap_or_default()
    }

    /// The first line of code that contains one of the `words`, and its number, counted from
    /// one.
    pub(in super::super) fn line_with(&self, words: &[&str]) -> Option<(usize, &str)> {
        let lines = self.text.lines().enumerate();
        let code = lines.filter(|(_, line)| !line.trim_start().starts_with('#'));
        let mut found = code.filter(|(_, line)| words.iter().any(|word| line.contains(word)));
        found.next().map(|(at, line)| (at + 1, line.trim()))
    }

    /// The source code after `name=` in the call of `setup`.
    fn argument(&self, name: &str) -> Option<&str> {
        let call = &self.text[self.text.find("setup(")?..];
        let pattern = Regex::new(&format!(r"[(,\s]{name}\s*=\s*")).ok()?;
        Some(&call[pattern.find(call)?.end()..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
from setuptools import setup
VERSION = "1.4"
setup(
    name="six", version=VERSION,
    install_requires=["a>=1", 'b; python_version < "3"'],
    entry_points={"console_scripts": ["x = y:z"]},
    description = find_it(), url=six.__url__,
)
"#;

    #[test]
    fn literal_arguments_are_read() {
        let file = SetupPy::of(TEXT);
        assert_eq!(file.text("name").as_deref(), Some("six"));
        assert_eq!(file.text("version").as_deref(), Some("1.4"));
        assert_eq!(file.text("description"), None);
        assert_eq!(file.reference("description"), None);
        assert_eq!(file.reference("url").as_deref(), Some("six.__url__"));
        assert_eq!(
            file.texts("install_requires"),
            ["a>=1", "b; python_version < \"3\""]
        );
        assert_eq!(
            file.texts_below("entry_points", "console_scripts"),
            ["x = y:z"]
        );
        assert_eq!(file.line_with(&["VERSION"]), Some((3, "VERSION = \"1.4\"")));
    }
}
