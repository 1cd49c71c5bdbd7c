//! Values of variant keys.

use std::fmt;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// The value of a variant key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum VariantValue {
    /// A string; versions are strings too.
    String(String),
    /// A whole number.
    Int(i64),
    /// A boolean.
    Bool(bool),
}

impl fmt::Display for VariantValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(text) => f.write_str(text),
            Self::Int(number) => number.fmt(f),
            Self::Bool(truth) => truth.fmt(f),
        }
    }
}

// Written by hand for its messages: a derived reader only reports that no variant
// matched.
impl<'de> Deserialize<'de> for VariantValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl Visitor<'_> for Reader {
    type Value = VariantValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string, an integer or a boolean as the value of a variant")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<VariantValue, E> {
        Ok(VariantValue::String(text.to_string()))
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<VariantValue, E> {
        Ok(VariantValue::Bool(truth))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<VariantValue, E> {
        Ok(VariantValue::Int(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<VariantValue, E> {
        i64::try_from(number)
            .map(VariantValue::Int)
            .map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<VariantValue, E> {
        Err(E::custom(format!(
            "the value {number} of a variant is a fraction: write it as the string \"{number}\""
        )))
    }
}
