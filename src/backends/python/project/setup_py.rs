//! `setup.py`: the literal arguments of `setup(…)`. The file is never run.

use std::path::Path;

use miette::Report;
use regex::Regex;

use super::call;
use super::literal::{self, Texts};
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
        let is_name = |c: char| c.is_alphanumeric() || "._".contains(c);
        (value.contains('.') && value.chars().all(is_name)).then(|| value.to_string())
    }

    /// Whether the argument `name` is given.
    pub(in super::super) fn has(&self, name: &str) -> bool {
        self.argument(name).is_some()
    }

    /// The string that is passed as the argument `name`: a literal, or a variable to which the
    /// same file assigns a literal.
    pub(in super::super) fn text(&self, name: &str) -> Option<String> {
        let value = self.argument(name)?;
        literal::whole(value).or_else(|| literal::assigned(&self.text, value))
    }

    /// The strings in the list that is passed as the argument `name`: a literal, or a variable
    /// to which the same file assigns one. `None` if the argument is not given.
    pub(in super::super) fn texts(&self, name: &str) -> Option<Texts> {
        let mut found = literal::texts(self.value(name)?);
        found.is_complete &= !self.is_changed(self.argument(name)?);
        Some(found)
    }

    /// Whether code adds something to the list `variable`.
    fn is_changed(&self, variable: &str) -> bool {
        let name = regex::escape(variable.trim());
        let pattern = Regex::new(&format!(
            r"(?m)^\s*{name}\s*(?:\+=|\.(?:append|extend|insert)\()"
        ));
        pattern.is_ok_and(|pattern| pattern.is_match(&self.text))
    }

    /// The lists in the dictionary that is passed as the argument `name`, with their keys. Code
    /// that is not a literal is left out.
    pub(in super::super) fn lists(&self, name: &str) -> Vec<(String, Texts)> {
        let inside = self.value(name).and_then(|value| value.strip_prefix('{'));
        let mut items = inside.map(call::arguments).unwrap_or_default().into_iter();
        let lists = items.by_ref().filter_map(|item| {
            let (key, value) = item.split_once(':')?;
            Some((literal::whole(key)?, literal::texts(value)))
        });
        lists.collect()
    }

    /// The first line of code that contains one of the `words`, and its number, counted from
    /// one.
    pub(in super::super) fn line_with(&self, words: &[&str]) -> Option<(usize, &str)> {
        let lines = self.text.lines().enumerate();
        let code = lines.filter(|(_, line)| !line.trim_start().starts_with('#'));
        let mut found = code.filter(|(_, line)| words.iter().any(|word| line.contains(word)));
        found.next().map(|(at, line)| (at + 1, line.trim()))
    }

    /// The source code of the argument `name` of the call of `setup`.
    fn argument(&self, name: &str) -> Option<&str> {
        let keywords = call::keywords(&self.text).into_iter();
        let mut named = keywords.filter(|(keyword, _)| *keyword == name);
        Some(named.next()?.1)
    }

    /// The source code of the argument `name`, or of the value of the variable that it names.
    fn value(&self, name: &str) -> Option<&str> {
        let value = self.argument(name)?;
        Some(literal::assigned_source(&self.text, value).unwrap_or(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
from setuptools import setup
VERSION = "1.4"
TESTS = [
    "t",
]
setup(
    name="six", version=VERSION,
    install_requires=["a>=1", 'b; python_version < "3"'],
    entry_points={"console_scripts": ["x = y:z"]},
    description = find_it(), url=six.__url__, tests_require=TESTS,
)
"#;

    #[test]
    fn lists_that_code_changes_are_not_complete() {
        for (code, is_complete) in [
            ("", true),
            ("R.append('b')\n", false),
            ("R += ['b']\n", false),
            ("if x:\n    R.extend(y)\n", false),
            ("RR.append('b')\n", true),
        ] {
            let file = SetupPy::of(&format!("R = ['a']\n{code}setup(install_requires=R)\n"));
            let found = file.texts("install_requires").expect("it is there");
            assert_eq!(
                (found.texts.as_slice(), found.is_complete),
                (&["a".to_string()][..], is_complete),
                "{code}"
            );
        }
    }

    #[test]
    fn literal_arguments_are_read() {
        let file = SetupPy::of(TEXT);
        assert_eq!(file.text("name").as_deref(), Some("six"));
        assert_eq!(file.text("version").as_deref(), Some("1.4"));
        assert_eq!(file.text("description"), None);
        assert_eq!(file.reference("description"), None);
        assert_eq!(file.reference("url").as_deref(), Some("six.__url__"));
        let requires = file.texts("install_requires").expect("it is there");
        assert_eq!(requires.texts, ["a>=1", "b; python_version < \"3\""]);
        assert!(requires.is_complete);
        let variable = file.texts("tests_require").expect("it is there");
        assert_eq!(
            (variable.texts, variable.is_complete),
            (vec!["t".to_string()], true)
        );
        assert_eq!(file.texts("extras_require"), None);
        let lists = file.lists("entry_points");
        assert_eq!(lists[0].0, "console_scripts");
        assert_eq!(lists[0].1.texts, ["x = y:z"]);
        assert_eq!(file.line_with(&["VERSION"]), Some((3, "VERSION = \"1.4\"")));
    }

    #[test]
    fn a_description_may_contain_escaped_quotes() {
        let file = SetupPy::of(r#"setup(name='a', description='It\'s "here", \\ too', url='u')"#);
        assert_eq!(
            file.text("description").as_deref(),
            Some(r#"It's "here", \ too"#)
        );
        assert_eq!(file.text("url").as_deref(), Some("u"));
    }
}
