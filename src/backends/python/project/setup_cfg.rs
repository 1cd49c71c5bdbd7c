//! `setup.cfg`: the part of Python's INI dialect that setuptools uses.

use std::path::Path;

use miette::Report;

use crate::diagnostic::read_text;

/// The name of the file.
pub(in super::super) const NAME: &str = "setup.cfg";

/// A `setup.cfg`.
#[derive(Debug, Default)]
pub(in super::super) struct SetupCfg {
    /// Sections, keys and values, in the order of the file.
    entries: Vec<(String, String, String)>,
}

impl SetupCfg {
    /// Reads the file in `folder`. Returns `None` if it does not exist.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub(in super::super) fn read(folder: &Path) -> Result<Option<Self>, Report> {
        let path = folder.join(NAME);
        if !path.is_file() {
            return Ok(None);
        }
        Ok(Some(Self::parse(&read_text(&path)?)))
    }

    /// Parses sections whose lines may be indented, because they are a text in Python code. Keys
    /// keep their spelling.
    pub(in super::super) fn indented(text: &str) -> Self {
        let mut entries = Vec::new();
        let mut section = String::new();
        for line in text.lines().map(str::trim) {
            if let Some(name) = line.strip_prefix('[') {
                section = name.trim_end_matches(']').trim().to_string();
            } else if let Some((key, value)) = line.split_once('=') {
                let (key, value) = (key.trim().to_string(), value.trim().to_string());
                entries.push((section.clone(), key, value));
            }
        }
        Self { entries }
    }

    /// Parses the file. An indented line continues the value above it.
    pub(in super::super) fn parse(text: &str) -> Self {
        let mut entries: Vec<(String, String, String)> = Vec::new();
        let mut section = String::new();
        for line in text.lines() {
            let content = line.trim();
            if content.is_empty() || content.starts_with(['#', ';']) {
                continue;
            }
            let continues = line.starts_with([' ', '\t']);
            if continues && let Some((.., value)) = entries.last_mut() {
                value.push('\n');
                value.push_str(content);
                continue;
            }
            if let Some(name) = content.strip_prefix('[') {
                section = name.trim_end_matches(']').trim().to_string();
                continue;
            }
            let Some(split) = content.find(['=', ':']) else {
                continue;
            };
            let key = content[..split].trim().to_lowercase().replace('-', "_");
            let value = content[split + 1..].trim().to_string();
            entries.push((section.clone(), key, value));
        }
        Self { entries }
    }

    /// The value of a key, unless it is empty.
    pub(in super::super) fn get(&self, section: &str, key: &str) -> Option<&str> {
        let mut entries = self.entries.iter();
        let (.., value) =
            entries.find(|(in_section, name, _)| in_section == section && name == key)?;
        let value = value.trim();
        (!value.is_empty()).then_some(value)
    }

    /// The items of a value: its lines, or the comma-separated parts of a single line.
    pub(in super::super) fn list(&self, section: &str, key: &str) -> Vec<&str> {
        let Some(value) = self.get(section, key) else {
            return Vec::new();
        };
        let separator = if value.contains('\n') { '\n' } else { ',' };
        let items = value.split(separator).map(str::trim);
        items.filter(|item| !item.is_empty()).collect()
    }

    /// The lines of a value. Commas do not separate items here.
    pub(in super::super) fn lines(&self, section: &str, key: &str) -> Vec<&str> {
        let lines = self.get(section, key).unwrap_or_default().lines();
        lines
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect()
    }

    /// The keys and values of a section.
    pub(in super::super) fn pairs(&self, section: &str) -> Vec<(&str, &str)> {
        let entries = self.entries.iter();
        let entries = entries.filter(|(name, ..)| name == section);
        entries
            .map(|(_, key, value)| (key.as_str(), value.as_str()))
            .collect()
    }

    /// Whether a section of this name has a key.
    pub(in super::super) fn has_section(&self, section: &str) -> bool {
        self.entries.iter().any(|(name, ..)| name == section)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_continue_on_indented_lines() {
        let text = "[metadata]\nname = a\nversion: attr: a.__version__\n[options]\n\
                    install-requires =\n    x>=1; python_version<'3'\n    # no\n    y\nzip_safe = no\n";
        let file = SetupCfg::parse(text);
        assert_eq!(file.get("metadata", "name"), Some("a"));
        assert_eq!(file.get("metadata", "version"), Some("attr: a.__version__"));
        assert_eq!(
            file.lines("options", "install_requires"),
            ["x>=1; python_version<'3'", "y"]
        );
        assert_eq!(file.list("metadata", "name"), ["a"]);
        assert!(file.has_section("options") && !file.has_section("bdist_wheel"));
    }
}
