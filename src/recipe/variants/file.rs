//! Reads a variant file and reports its errors.

use std::ops::Range;
use std::path::Path;

use miette::{Diagnostic, Report, SourceSpan};
use rattler_build_jinja::JinjaConfig;
use rattler_build_variant_config::{VariantConfig, VariantConfigError};
use thiserror::Error;

use crate::backend::Platforms;
use crate::diagnostic::SourceFile;
use crate::recipe::own::text::RecipeText;

/// The values in `file`, for these platforms.
///
/// # Errors
/// [`BadVariantFile`].
pub(super) fn read(file: &Path, platforms: Platforms) -> Result<VariantConfig, Report> {
    let jinja = JinjaConfig {
        target_platform: platforms.host,
        host_platform: platforms.host,
        build_platform: platforms.build,
        ..Default::default()
    };
    let mut read = VariantConfig::from_files_with_context(&[file], &jinja)
        .map_err(|error| BadVariantFile::new(file, &error))?;
    // A key in a file may have the spelling of a package name.
    read.variants = read
        .variants
        .into_iter()
        .map(|(key, values)| (key.normalize().into(), values))
        .collect();
    Ok(read)
}

/// A variant file that cannot be read.
#[derive(Debug, Error, Diagnostic)]
#[error("cannot read the variant file {shown}: {reason}")]
#[diagnostic(code(variants::bad_file), help("{help}"))]
struct BadVariantFile {
    shown: String,
    reason: String,
    help: String,
    #[source_code]
    file: SourceFile,
    #[label("here")]
    at: Option<SourceSpan>,
}

impl BadVariantFile {
    fn new(file: &Path, error: &VariantConfigError) -> Self {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let text = RecipeText::new(file, text.into());
        let (reason, place) = match error {
            VariantConfigError::ParseError { source, .. } => {
                let reason = source.to_string();
                let reason = reason.strip_prefix("parse error: ").unwrap_or(&reason);
                match placed(reason) {
                    Some((line, column, reason)) => (reason.to_owned(), text.at(line, column)),
                    None => (reason.to_owned(), text.range(source.span())),
                }
            }
            VariantConfigError::IoError(_, source) => (source.to_string(), None),
            VariantConfigError::InvalidConfig(reason) => (reason.clone(), None),
        };
        let help = match list_of(&reason) {
            Some(key) => format!("write a list, also for one value: `{key}: [\"1.0\"]`"),
            None if place.as_ref().is_some_and(|place| is_zip(text.as_str(), place.start)) => {
                "`zip_keys` is a list of lists, one for each group of keys with as many values: \
                 `zip_keys: [[blas, mpi]]`"
                    .to_owned()
            }
            None => "a variant file is a table of keys, each with a list of values; \
                     `conda_build_config.yaml` may have `# [selectors]`, other files `if` and `then`"
                .to_owned(),
        };
        Self {
            shown: file.display().to_string(),
            reason,
            help,
            file: text.file(),
            at: place.map(|place: Range<usize>| (place.start, place.len()).into()),
        }
    }
}

/// The line, the column and the rest of a message such as `3:7: what is wrong`.
fn placed(reason: &str) -> Option<(usize, usize, &str)> {
    let (line, rest) = reason.split_once(':')?;
    let (column, rest) = rest.split_once(':')?;
    Some((line.parse().ok()?, column.parse().ok()?, rest.trim_start()))
}

/// Whether the place `at` is in the value of `zip_keys`.
fn is_zip(text: &str, at: usize) -> bool {
    let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
    let mut lines = text[..end].lines().rev();
    let key = lines.find(|line| line.starts_with(|first: char| first.is_alphabetic()));
    key.is_some_and(|line| line.starts_with("zip_keys"))
}

/// The key that has a single value instead of a list.
fn list_of(reason: &str) -> Option<&str> {
    let (_, rest) = reason.split_once("Variant values for '")?;
    let (key, _) = rest.split_once('\'')?;
    Some(key)
}
