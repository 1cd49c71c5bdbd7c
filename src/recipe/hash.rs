//! The hash in a build string, as conda has always made it.

use std::collections::BTreeMap;
use std::fmt::Write;

use sha1::{Digest, Sha1};

use crate::protocol::outputs::VariantValue;

/// How many hexadecimal digits of the hash a build string has.
const LENGTH: usize = 7;

/// The hash of the variants that were used.
pub fn hash(variant: &BTreeMap<String, VariantValue>) -> String {
    let mut hash = hex::encode(Sha1::digest(json_text(variant)));
    hash.truncate(LENGTH);
    hash
}

/// The text that is hashed: what Python's `json.dumps(variant, sort_keys=True)`
/// makes of it. Everything but printable ASCII is escaped.
pub fn json_text(variant: &BTreeMap<String, VariantValue>) -> String {
    let members: Vec<String> = variant
        .iter()
        .map(|(key, value)| format!("{}: {}", quoted(key), value_text(value)))
        .collect();
    format!("{{{}}}", members.join(", "))
}

fn value_text(value: &VariantValue) -> String {
    match value {
        VariantValue::String(text) => quoted(text),
        VariantValue::Int(number) => number.to_string(),
        VariantValue::Bool(truth) => truth.to_string(),
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for sign in text.chars() {
        match sign {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(sign),
            _ => {
                for unit in sign.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}").expect("writing to a string succeeds");
                }
            }
        }
    }
    out.push('"');
    out
}
