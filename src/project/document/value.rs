//! Values of a manifest with their places.

use std::ops::Range;

use miette::SourceSpan;
use toml_edit::{Item, TableLike};

use super::Document;

/// A value with its place in the file.
#[derive(Debug, Clone, Copy)]
pub struct Value<'d> {
    /// The manifest that contains the value.
    pub document: &'d Document,
    /// The place of the value. For a table without a header it is the place of the key.
    pub at: SourceSpan,
    raw: Raw<'d>,
}

#[derive(Debug, Clone, Copy)]
enum Raw<'d> {
    Value(&'d toml_edit::Value),
    Table(&'d toml_edit::Table),
    Tables(&'d toml_edit::ArrayOfTables),
}

/// The content of a value.
#[derive(Debug, Clone)]
pub enum Data<'d> {
    /// A string.
    Text(&'d str),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction, `nan` or `inf`.
    Float(f64),
    /// A boolean.
    Boolean(bool),
    /// A date or a time, which pixi does not use.
    Date,
    /// An array.
    List(Vec<Value<'d>>),
    /// A table in any form of TOML.
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
    /// The key without quotes.
    pub name: &'d str,
    /// The place of the key.
    pub key_at: SourceSpan,
    /// The value of the key.
    pub value: Value<'d>,
}

/// A table with its place in the file.
#[derive(Clone, Copy)]
pub struct Table<'d> {
    /// The manifest that contains the table.
    pub document: &'d Document,
    /// The place of its header, its braces, or the key that creates it.
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
    /// The table of a complete file.
    pub(super) fn new(document: &'d Document, raw: &'d toml_edit::Table) -> Self {
        Self {
            document,
            at: (0..0).into(),
            raw,
        }
    }

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

    /// Whether the table has no keys.
    pub fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    /// All keys, in the order of their first appearance in the file.
    pub fn fields(&self) -> Vec<Field<'d>> {
        let mut fields: Vec<_> = self
            .raw
            .iter()
            .filter_map(|(name, _)| self.get(name))
            .collect();
        // toml_edit moves a table to the end when its header follows those of its
        // sub-tables, so its order is not that of the file.
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
