//! One manifest file: its path, its text, and the place of every key and value.
//!
//! The file is parsed once. This module does not know the meaning of keys: `load`
//! converts a manifest to a project model, and errors of all layers request spans by key
//! path.

mod value;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

pub use value::{Data, Field, Table, Value};

use crate::diagnostic::SourceFile;

/// The three kinds of manifest files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManifestKind {
    /// `pixi.toml`
    Pixi,
    /// `pyproject.toml`: the tables of pixi are below `tool.pixi`.
    Pyproject,
    /// `mojoproject.toml`
    Mojo,
}

impl ManifestKind {
    /// All kinds, in the order of their priority in a directory.
    pub const ALL: [Self; 3] = [Self::Pixi, Self::Pyproject, Self::Mojo];

    /// The name of the file.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Pixi => "pixi.toml",
            Self::Pyproject => "pyproject.toml",
            Self::Mojo => "mojoproject.toml",
        }
    }

    /// The kind of a file with this name. `None` for any other name.
    pub fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?;
        Self::ALL.into_iter().find(|kind| name == kind.file_name())
    }

    /// The keys of the table that contains the tables of pixi.
    fn prefix(self) -> &'static [&'static str] {
        match self {
            Self::Pyproject => &["tool", "pixi"],
            Self::Pixi | Self::Mojo => &[],
        }
    }
}

/// The text is not TOML.
#[derive(Debug, Error, Diagnostic)]
#[error("`{}` is not valid TOML: {message}", file.name())]
#[diagnostic(code(manifest::syntax))]
pub struct Syntax {
    /// The message of the parser.
    pub message: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The position at which the parser stopped.
    #[label("here")]
    pub at: SourceSpan,
}

/// A parsed manifest.
#[derive(Debug)]
pub struct Document {
    path: PathBuf,
    kind: ManifestKind,
    file: SourceFile,
    toml: toml_edit::Document<Arc<str>>,
    /// The keys of the only table that is read, and the name under which it is read.
    view: Option<(Vec<String>, &'static str)>,
}

impl Document {
    /// Parses `text`, the content of the file at the absolute path `path`. Errors show
    /// the file as `shown_as`.
    pub fn parse(path: PathBuf, shown_as: &str, text: String) -> Result<Self, Box<Syntax>> {
        let kind = ManifestKind::of(&path).unwrap_or(ManifestKind::Pixi);
        let text = Arc::<str>::from(text);
        let file = NamedSource::new(shown_as, Arc::clone(&text)).with_language("TOML");
        match toml_edit::Document::parse(text) {
            Ok(toml) => Ok(Self {
                path,
                kind,
                file,
                toml,
                view: None,
            }),
            Err(error) => Err(Box::new(Syntax {
                message: error.message().to_owned(),
                file,
                at: error.span().unwrap_or(0..0).into(),
            })),
        }
    }

    /// The absolute path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The directory of the file.
    pub fn directory(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }

    /// The kind of the manifest.
    pub fn kind(&self) -> ManifestKind {
        self.kind
    }

    /// The text, for errors.
    pub fn file(&self) -> SourceFile {
        self.file.clone()
    }

    /// The content of the file.
    pub fn text(&self) -> &str {
        self.file.inner()
    }

    /// The table of the complete file, including keys that pixi does not use.
    pub fn root(&self) -> Table<'_> {
        Table::new(self, self.toml.as_table())
    }

    /// The pixi table `name`, such as `package` (`tool.pixi.package` in
    /// `pyproject.toml`).
    pub fn table(&self, name: &str) -> Option<Table<'_>> {
        match self.field(&[name])?.value.read() {
            Data::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The table at a key path, as if `path` were a manifest that contains only this table, under
    /// the key `name`. Places are those in this file.
    pub fn view(&self, keys: &[&str], name: &'static str, path: PathBuf) -> Self {
        let keys = self.kind.prefix().iter().chain(keys);
        Self {
            kind: ManifestKind::of(&path).unwrap_or(ManifestKind::Pixi),
            path,
            file: self.file(),
            toml: self.toml.clone(),
            view: Some((keys.map(|key| key.to_string()).collect(), name)),
        }
    }

    /// The keys in the file for a key path below the tables of pixi. `None` if the path is not in
    /// the view.
    pub fn keys<'p>(&'p self, path: &[&'p str]) -> Option<Vec<&'p str>> {
        let Some((keys, name)) = &self.view else {
            return Some([self.kind.prefix(), path].concat());
        };
        let below = path.strip_prefix(&[*name])?;
        let keys = keys.iter().map(String::as_str);
        Some(keys.chain(below.iter().copied()).collect())
    }

    /// The place of the last key of a key path. Paths begin at `package` or `workspace`,
    /// also in `pyproject.toml`.
    pub fn key_span(&self, path: &[&str]) -> Option<SourceSpan> {
        self.field(path).map(|field| field.key_at)
    }

    /// The place of the value at a key path. The place of a table is its header. An
    /// element of an array is selected by its index.
    pub fn value_span(&self, path: &[&str]) -> Option<SourceSpan> {
        self.field(path).map(|field| field.value.at)
    }

    /// The key and the value at a key path below the tables of pixi.
    pub fn field(&self, path: &[&str]) -> Option<Field<'_>> {
        let mut names = self.keys(path)?.into_iter();
        let mut field = self.root().get(names.next()?)?;
        for name in names {
            field = match field.value.read() {
                Data::Table(table) => table.get(name)?,
                Data::List(list) => {
                    let value = *list.get(name.parse::<usize>().ok()?)?;
                    Field {
                        key_at: value.at,
                        value,
                        ..field
                    }
                }
                _ => return None,
            };
        }
        Some(field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
[package.build.config]
extra-args = ["--features", "tls"]
env.RUST_LOG = "info"
[package.build.target."linux-64".config]
binaries = []
[package]
name = "a"
"#;

    fn document(name: &str, text: &str) -> Document {
        Document::parse(PathBuf::from("/w").join(name), name, text.to_owned()).unwrap()
    }

    #[track_caller]
    fn marked(document: &Document, span: Option<SourceSpan>) -> &str {
        let span = span.expect("the key is there");
        &document.text()[span.offset()..span.offset() + span.len()]
    }

    #[test]
    fn knows_where_keys_and_values_are() {
        let document = document("pixi.toml", TEXT);
        let key = |path: &[&str]| marked(&document, document.key_span(path));
        let value = |path: &[&str]| marked(&document, document.value_span(path));
        let config = ["package", "build", "config"];
        assert_eq!(value(&config), "[package.build.config]");
        assert_eq!(key(&[&config[..], &["extra-args"]].concat()), "extra-args");
        assert_eq!(
            value(&[&config[..], &["extra-args", "1"]].concat()),
            "\"tls\""
        );
        assert_eq!(
            key(&[&config[..], &["env", "RUST_LOG"]].concat()),
            "RUST_LOG"
        );
        assert_eq!(
            key(&["package", "build", "target", "linux-64"]),
            "\"linux-64\""
        );
        assert_eq!(value(&["package", "name"]), "\"a\"");
        assert!(document.key_span(&["package", "version"]).is_none());
        assert!(document.value_span(&["package", "name", "0"]).is_none());
    }

    #[test]
    fn tables_of_pyproject_lie_deeper() {
        let text = "[project]\nname = \"no\"\n[tool.pixi.package]\nname = \"a\"";
        let document = document("pyproject.toml", text);
        assert_eq!(
            marked(&document, document.value_span(&["package", "name"])),
            "\"a\""
        );
        assert!(document.table("project").is_none());
        assert!(document.table("package").is_some());
    }

    #[test]
    fn a_view_has_only_its_table_in_its_place() {
        let text =
            "[tool.pixi.dependencies]\na.package = { name = \"a\" }\n[tool.pixi.workspace]\n";
        let above = document("pyproject.toml", text);
        let keys = ["dependencies", "a", "package"];
        let view = above.view(&keys, "package", PathBuf::from("/w/a/pixi.toml"));
        assert_eq!(
            marked(&view, view.value_span(&["package", "name"])),
            "\"a\""
        );
        assert_eq!(view.kind(), ManifestKind::Pixi);
        assert!(view.table("workspace").is_none());
        assert_eq!(
            view.keys(&["package", "build"]).unwrap().join("."),
            "tool.pixi.dependencies.a.package.build"
        );
    }

    #[test]
    fn fields_are_in_the_order_of_the_file() {
        let document = document("pixi.toml", "[b.x]\n[a]\n[b]\ny = 1\n[c]\n");
        let names: Vec<_> = document
            .root()
            .fields()
            .iter()
            .map(|field| field.name)
            .collect();
        assert_eq!(names, ["b", "a", "c"]);
    }

    #[test]
    fn toml_1_1_is_understood() {
        let text = "[package]\nbuild = {\n  backend = { name = \"a\" },\n}\nname = \"\\e\\x41\"";
        let document = document("pixi.toml", text);
        assert!(
            document
                .field(&["package", "build", "backend", "name"])
                .is_some()
        );
    }
}
