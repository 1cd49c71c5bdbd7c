//! The manifest of a package, to point into.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::SourceSpan;

use crate::diagnostic::SourceFile;
use crate::project::document::Document;

/// A manifest that pixi or our own loader has read already.
///
/// It is read again only when an error wants to point into it. A file that is
/// missing or broken has no places to point at; that is never an error of its own.
#[derive(Debug, Clone)]
pub struct Manifest {
    path: PathBuf,
}

impl Manifest {
    /// The manifest at `path`, which may not exist.
    pub fn at(path: &Path) -> Self {
        Self {
            path: path.to_path_buf(),
        }
    }

    /// Where the manifest is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The text, named by its path, to point into.
    pub fn file(&self) -> SourceFile {
        SourceFile::new(self.path.display().to_string(), Arc::from(self.text()))
            .with_language("TOML")
    }

    /// Where the key at the end of `keys` stands.
    pub fn key_span(&self, keys: &[&str]) -> Option<SourceSpan> {
        self.document()?.key_span(keys)
    }

    /// Where the value at `keys` stands.
    pub fn value_span(&self, keys: &[&str]) -> Option<SourceSpan> {
        self.document()?.value_span(keys)
    }

    /// Where the condition `if(expression)` stands for the first time.
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
