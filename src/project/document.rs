//! One manifest file: where it lies, its text, and the place of every key and value in it.
//!
//! The file is parsed once. What the keys mean is not known here: `load` turns a
//! manifest into a project model, and errors of any layer ask for spans by key path.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;
use toml_edit::{Item, TableLike};

/// The text of a file on the user's disk under the name that errors show.
pub type SourceFile = NamedSource<Arc<str>>;

/// Which of the three manifest files a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `pixi.toml`
    Pixi,
    /// `pyproject.toml`: the tables of pixi lie below `tool.pixi`.
    Pyproject,
    /// `mojoproject.toml`
    Mojo,
}

impl Kind {
    /// In the order in which a folder is searched.
    pub const ALL: [Self; 3] = [Self::Pixi, Self::Pyproject, Self::Mojo];

    /// The name of the file.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Pixi => "pixi.toml",
            Self::Pyproject => "pyproject.toml",
            Self::Mojo => "mojoproject.toml",
        }
    }

    /// What a file of this name is. `None` for any other name.
    pub fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?;
        Self::ALL.into_iter().find(|kind| name == kind.file_name())
    }

    /// The keys below which the tables of pixi lie.
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
    /// What the parser says.
    pub message: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// Where the parser stopped.
    #[label("here")]
    pub at: SourceSpan,
}

/// A parsed manifest.
#[derive(Debug)]
pub struct Document {
    path: PathBuf,
    kind: Kind,
    file: SourceFile,
    toml: toml_edit::Document<Arc<str>>,
}

impl Document {
    /// Parses `text`, the content of the file at the absolute `path`. Errors show the
    /// file as `shown_as`, normally its path relative to the manifest's folder.
    pub fn parse(path: PathBuf, shown_as: &str, text: String) -> Result<Self, Box<Syntax>> {
        let kind = Kind::of(&path).unwrap_or(Kind::Pixi);
        let text = Arc::<str>::from(text);
        let file = NamedSource::new(shown_as, Arc::clone(&text)).with_language("TOML");
        match toml_edit::Document::parse(text) {
            Ok(toml) => Ok(Self {
                path,
                kind,
                file,
                toml,
            }),
            Err(error) => Err(Box::new(Syntax {
                message: error.message().to_owned(),
                file,
                at: error.span().unwrap_or(0..0).into(),
            })),
        }
    }

    /// Absolute path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder the file lies in.
    pub fn directory(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }

    /// Which manifest this is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The text, for errors.
    pub fn file(&self) -> SourceFile {
        self.file.clone()
    }

    /// The text, as it is on disk.
    pub fn text(&self) -> &str {
        self.file.inner()
    }

    /// The whole file, also what does not belong to pixi.
    pub fn root(&self) -> Table<'_> {
        Table {
            document: self,
            at: (0..0).into(),
            raw: self.toml.as_table(),
        }
    }

    /// The table `name` of pixi, such as `package` (`tool.pixi.package` in `pyproject.toml`).
    pub fn table(&self, name: &str) -> Option<Table<'_>> {
        match self.field(&[name])?.value.read() {
            Data::Table(table) => Some(table),
            _ => None,
        }
    }

    /// Where the last key of a key path is written. Paths begin at `package` or
    /// `workspace`, also in `pyproject.toml`.
    pub fn key_span(&self, path: &[&str]) -> Option<SourceSpan> {
        self.field(path).map(|field| field.key_at)
    }

    /// Where the value at a key path is written; a table is marked by its header. An
    /// element of an array is named by its index.
    pub fn value_span(&self, path: &[&str]) -> Option<SourceSpan> {
        self.field(path).map(|field| field.value.at)
    }

    /// The key and the value at a key path below the tables of pixi.
    pub fn field(&self, path: &[&str]) -> Option<Field<'_>> {
        let mut names = self.kind.prefix().iter().chain(path).copied();
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

/// A value with its place in the file.
#[derive(Debug, Clone, Copy)]
pub struct Value<'d> {
    /// The manifest it stands in.
    pub document: &'d Document,
    /// Where it stands. A table without header of its own is marked at its key.
    pub at: SourceSpan,
    raw: Raw<'d>,
}

#[derive(Debug, Clone, Copy)]
enum Raw<'d> {
    Value(&'d toml_edit::Value),
    Table(&'d toml_edit::Table),
    Tables(&'d toml_edit::ArrayOfTables),
}

/// What a value is.
#[derive(Debug, Clone)]
pub enum Data<'d> {
    /// A string.
    Text(&'d str),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction, `nan` or `inf`.
    Float(f64),
    /// A truth value.
    Boolean(bool),
    /// A date or a time, for which pixi has no use.
    Date,
    /// An array.
    List(Vec<Value<'d>>),
    /// A table in any of the spellings of TOML.
    Table(Table<'d>),
}

impl<'d> Value<'d> {
    /// The value by its type.
    pub fn read(self) -> Data<'d> {
        let document = self.document;
        let nested = |raw: Raw<'d>, span: Option<Range<usize>>| Value {
            document,
            at: span.map_or(self.at, SourceSpan::from),
            raw,
        };
        let table = |raw: &'d dyn TableLike| Table {
            document,
            at: self.at,
            raw,
        };
        match self.raw {
            Raw::Table(raw) => Data::Table(table(raw)),
            Raw::Tables(raw) => Data::List(
                raw.iter()
                    .map(|raw| nested(Raw::Table(raw), raw.span()))
                    .collect(),
            ),
            Raw::Value(raw) => match raw {
                toml_edit::Value::String(text) => Data::Text(text.value()),
                toml_edit::Value::Integer(number) => Data::Integer(*number.value()),
                toml_edit::Value::Float(number) => Data::Float(*number.value()),
                toml_edit::Value::Boolean(flag) => Data::Boolean(*flag.value()),
                toml_edit::Value::Datetime(_) => Data::Date,
                toml_edit::Value::Array(raw) => Data::List(
                    raw.iter()
                        .map(|raw| nested(Raw::Value(raw), raw.span()))
                        .collect(),
                ),
                toml_edit::Value::InlineTable(raw) => Data::Table(table(raw)),
            },
        }
    }
}

/// A key with its value.
#[derive(Debug, Clone, Copy)]
pub struct Field<'d> {
    /// The key as it is meant, without quotes.
    pub name: &'d str,
    /// Where the key is written.
    pub key_at: SourceSpan,
    /// What it is set to.
    pub value: Value<'d>,
}

/// A table with its place in the file.
#[derive(Clone, Copy)]
pub struct Table<'d> {
    /// The manifest it stands in.
    pub document: &'d Document,
    /// Its header, or its braces, or the key that makes it.
    pub at: SourceSpan,
    raw: &'d dyn TableLike,
}

impl std::fmt::Debug for Table<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map()
            .entries(self.fields().iter().map(|field| (field.name, field.value)))
            .finish()
    }
}

impl<'d> Table<'d> {
    /// The value of one key.
    pub fn get(&self, name: &str) -> Option<Field<'d>> {
        let (key, item) = self.raw.get_key_value(name)?;
        let key_at = SourceSpan::from(key.span().or_else(|| item.span()).unwrap_or(0..0));
        let raw = match item {
            Item::None => return None,
            Item::Value(raw) => Raw::Value(raw),
            Item::Table(raw) => Raw::Table(raw),
            Item::ArrayOfTables(raw) => Raw::Tables(raw),
        };
        Some(Field {
            name: key.get(),
            key_at,
            value: Value {
                document: self.document,
                at: item.span().map_or(key_at, SourceSpan::from),
                raw,
            },
        })
    }

    /// Whether there are no keys.
    pub fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    /// All keys by their first appearance in the file.
    pub fn fields(&self) -> Vec<Field<'d>> {
        let mut fields: Vec<_> = self
            .raw
            .iter()
            .filter_map(|(name, _)| self.get(name))
            .collect();
        // toml_edit moves a table to the end when its own header follows those of its
        // sub-tables, so its order is not the order of the file.
        fields.sort_by_key(Field::position);
        fields
    }
}

impl Field<'_> {
    fn position(&self) -> usize {
        let own = self.key_at.offset();
        match self.value.raw {
            Raw::Table(_) => match self.value.read() {
                Data::Table(table) => (table.fields().iter())
                    .map(Field::position)
                    .fold(own, usize::min),
                _ => own,
            },
            Raw::Value(_) | Raw::Tables(_) => own,
        }
    }
}
