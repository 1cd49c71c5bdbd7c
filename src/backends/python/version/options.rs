//! The options of a version tool in `pyproject.toml`.

use regex::Regex;

use crate::backends::python::project::Files;

/// The options of one tool, in the tables where it looks for them. The first table that has an
/// option counts. An empty text is the same as no option.
#[derive(Clone, Copy)]
pub(super) struct Options<'a> {
    pub(super) project: &'a Files,
    pub(super) tables: &'a [&'a [&'a str]],
}

impl<'a> Options<'a> {
    pub(super) fn text(self, name: &str) -> Option<&'a str> {
        self.find(name, |keys| {
            let text = self.project.toml(keys)?.text;
            (!text.is_empty()).then_some(text)
        })
    }

    /// The texts of a list, or a single text.
    pub(super) fn texts(self, name: &str) -> Vec<&'a str> {
        let pyproject = self.project.pyproject.as_ref();
        let found = self.find(name, |keys| {
            let texts = pyproject?.texts(keys);
            (!texts.is_empty()).then_some(texts)
        });
        let texts = found.into_iter().flatten();
        texts.map(|text| text.text).collect()
    }

    pub(super) fn flag(self, name: &str) -> Option<bool> {
        let pyproject = self.project.pyproject.as_ref();
        self.find(name, |keys| pyproject?.flag(keys))
    }

    /// The regular expression that an option contains.
    ///
    /// # Errors
    /// The option, if its pattern needs a part of Python's syntax that is not supported.
    pub(super) fn pattern(self, name: &str) -> Result<Option<Regex>, String> {
        let text = self.text(name);
        text.map(|text| self.compiled(name, text)).transpose()
    }

    /// Compiles a regular expression that comes from the option `name`.
    ///
    /// # Errors
    /// As for [`Self::pattern`].
    pub(super) fn compiled(self, name: &str, pattern: &str) -> Result<Regex, String> {
        let pattern = Regex::new(&pattern.replace("\\Z", "\\z"));
        pattern.map_err(|_| format!("the pattern in {}", self.shown(name)))
    }

    /// The name of an option, for errors.
    pub(super) fn shown(self, name: &str) -> String {
        let pyproject = self.project.pyproject.as_ref();
        let mut tables = self.tables.iter();
        let table = tables.find(|table| {
            let keys = keys(table, name);
            pyproject.is_some_and(|file| file.value(&keys).is_some())
        });
        let table = table.copied().unwrap_or_default();
        shown(table, name)
    }

    fn find<T>(self, name: &str, read: impl Fn(&[&str]) -> Option<T>) -> Option<T> {
        let mut tables = self.tables.iter();
        tables.find_map(|table| read(&keys(table, name)))
    }
}

/// The keys of the option `name`, which may contain dots, in a table.
pub(super) fn keys<'k>(table: &[&'k str], name: &'k str) -> Vec<&'k str> {
    table.iter().copied().chain(name.split('.')).collect()
}

/// The name of an option in a table, for errors.
pub(super) fn shown(table: &[&str], name: &str) -> String {
    format!("`{}.{name}` in pyproject.toml", table.join("."))
}
