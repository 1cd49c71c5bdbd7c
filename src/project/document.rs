//! One manifest file: its text and where its keys and values stand.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::SourceSpan;
use toml_edit::{Document as Toml, Item};

use crate::diagnostic::SourceFile;

/// A manifest. A file that is missing or broken has no spans, never an error:
/// pixi has read it already, and labels are a courtesy.
#[derive(Debug, Clone)]
pub struct Document {
    path: PathBuf,
    text: Arc<str>,
}

impl Document {
    /// Reads the manifest at `path`, if there is one.
    pub fn read(path: &Path) -> Self {
        Self {
            path: path.to_path_buf(),
            text: std::fs::read_to_string(path).unwrap_or_default().into(),
        }
    }

    /// Where the manifest is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The text, named by its path, to point into.
    pub fn file(&self) -> SourceFile {
        SourceFile::new(self.path.display().to_string(), self.text.clone()).with_language("TOML")
    }

    /// Where the key at the end of `keys` stands.
    pub fn key_span(&self, keys: &[&str]) -> Option<SourceSpan> {
        let (last, tables) = keys.split_last()?;
        let toml = Toml::parse(&*self.text).ok()?;
        let table = self.descend(toml.as_item(), tables)?;
        let (key, _) = table.as_table_like()?.get_key_value(last)?;
        key.span().map(Into::into)
    }

    /// Where the value at `keys` stands.
    pub fn value_span(&self, keys: &[&str]) -> Option<SourceSpan> {
        let toml = Toml::parse(&*self.text).ok()?;
        self.descend(toml.as_item(), keys)?.span().map(Into::into)
    }

    /// Where the condition `if(expression)` stands for the first time.
    pub fn condition_span(&self, expression: &str) -> Option<SourceSpan> {
        let start = self
            .text
            .match_indices("if(")
            .map(|(at, _)| at + 3)
            .find(|at| self.text[*at..].trim_start().starts_with(expression))?;
        let blanks = self.text[start..].len() - self.text[start..].trim_start().len();
        Some((start + blanks, expression.len()).into())
    }

    fn descend<'a>(&self, root: &'a Item, keys: &[&str]) -> Option<&'a Item> {
        let name = self.path.file_name()?;
        let prefix: &[&str] = if name == "pyproject.toml" {
            &["tool", "pixi"]
        } else {
            &[]
        };
        prefix
            .iter()
            .chain(keys)
            .try_fold(root, |item, key| item.as_table_like()?.get(key))
    }
}
