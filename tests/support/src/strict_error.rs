//! Errors in the strict parser.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use super::strict::{Check, present, read};

/// An error for users.
pub fn error(error: &Value) -> Check {
    let Error {
        code,
        message,
        data,
    } = read(error)?;
    if code != -32000 {
        return Err(format!("pixi shows no diagnostic for {code}"));
    }
    if message.is_empty() {
        return Err("the message is empty".to_owned());
    }
    data.check()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Error {
    code: i32,
    message: String,
    data: Data,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    message: String,
    #[expect(dead_code, reason = "it must be text or null")]
    #[serde(deserialize_with = "present")]
    code: Option<String>,
    severity: String,
    causes: Vec<String>,
    #[serde(deserialize_with = "present")]
    help: Option<String>,
    #[expect(dead_code, reason = "it must be text or null")]
    #[serde(deserialize_with = "present")]
    url: Option<String>,
    labels: Vec<Label>,
    filename: Option<PathBuf>,
    related: Vec<Data>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Label {
    #[expect(dead_code, reason = "it must be text or null")]
    #[serde(deserialize_with = "present")]
    label: Option<String>,
    span: Span,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Span {
    offset: usize,
    length: usize,
}

impl Data {
    fn check(&self) -> Check {
        if self.message.trim().is_empty() {
            return Err("pixi would show an empty message".to_owned());
        }
        if !["Error", "Warning", "Advice"].contains(&self.severity.as_str()) {
            return Err(format!("pixi does not know `{}`", self.severity));
        }
        let texts = self.causes.iter().chain(&self.help).chain([&self.message]);
        let control = |c: char| c.is_control() && c != '\n' && c != '\t';
        for text in texts {
            if text.contains(control) {
                return Err(format!("{text:?} has a control character"));
            }
        }
        for label in &self.labels {
            label.check(self.filename.as_deref())?;
        }
        self.related.iter().try_for_each(Self::check)
    }
}

impl Label {
    fn check(&self, file: Option<&Path>) -> Check {
        let file = file.ok_or("a label without a file")?;
        let text = fs_err::read_to_string(file).map_err(|error| error.to_string())?;
        let Span { offset, length } = self.span;
        match text.get(offset..offset + length) {
            Some(_) => Ok(()),
            None => Err(format!("{offset}+{length} is not in {}", file.display())),
        }
    }
}
