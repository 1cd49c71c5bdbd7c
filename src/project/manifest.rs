//! The manifest of a package, for the places of errors.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::SourceSpan;

use crate::diagnostic::SourceFile;
use crate::project::document::Document;

/// A manifest that pixi or the loader of this project has already read.
///
/// It is read again only when an error needs a place in it. A missing or broken file has
/// no places; that is never an error.
#[derive(Debug, Clone)]
pub struct Manifest {
    path: PathBuf,
}

impl Manifest {
    /// The manifest at `path`, which may be missing.
    pub fn at(path: &Path) -> Self {
        Self {
            path: path.to_path_buf(),
        }
    }

    /// The path of the manifest.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The text with its path, for the places of errors.
    pub fn file(&self) -> SourceFile {
        SourceFile::new(self.path.display().to_string(), Arc::from(self.text()))
            .with_language("TOML")
    }

    /// The place of the key at the end of `keys`.
    pub fn key_span(&self, keys: &[&str]) -> Option<SourceSpan> {
        self.document()?.key_span(keys)
    }

    /// The place of the value at `keys`.
    pub fn value_span(&self, keys: &[&str]) -> Option<SourceSpan> {
        self.document()?.value_span(keys)
    }

    /// The place of the first condition `if(expression)`.
    pub fn condition_span(&self, expression: &str) -> Option<SourceSpan> {
        let text = self.text();
        let start = text.match_indices("if(").map(|(at, _)| at + 3).find(|at| {
            let inside = text[*at..].trim_start().strip_prefix(expression);
            inside.is_some_and(|after| after.trim_start().starts_with(')'))
        })?;
        let blanks = text[start..].len() - text[start..].trim_start().len();
        Some((start + blanks, expression.len()).into())
    }

    fn document(&self) -> Option<Document> {
        Document::parse(self.path.clone(), "", self.text()).ok()
    }

    fn text(&self) -> String {
        std::fs::read_to_string(&self.path).unwrap_or_default()
    }
}
