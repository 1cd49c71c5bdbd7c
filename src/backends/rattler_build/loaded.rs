//! The files that a recipe reads with `load_from_file`.
//!
//! rattler-build reads such a file from the current directory if it is not next to the recipe.
//! The package would then depend on the directory in which pixi was started, so this is refused.

use std::path::{Path, PathBuf};

use miette::{Diagnostic, Report, SourceSpan};
use thiserror::Error;

use super::Recipe;
use crate::diagnostic::SourceFile;

/// The files that a recipe reads with `load_from_file`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LoadedFiles<'a> {
    /// The names that the recipe contains, with their places.
    pub(super) names: Vec<(usize, &'a str)>,
    /// Whether other names are computed.
    pub(super) has_others: bool,
}

impl<'a> LoadedFiles<'a> {
    /// The files in the text of a recipe.
    pub(super) fn of(text: &'a str) -> Self {
        let mut files = Self {
            names: Vec::new(),
            has_others: false,
        };
        let calls = text.match_indices("load_from_file(");
        for (at, call) in calls.filter(|(at, _)| !is_comment(text, *at)) {
            let argument = text[at + call.len()..].trim_start();
            let start = text.len() - argument.len() + 1;
            let quote = argument.chars().next();
            let quote = quote.filter(|quote| "\"'".contains(*quote));
            match quote.and_then(|quote| argument[1..].split_once(quote)) {
                Some((name, rest)) if !name.is_empty() && rest.trim_start().starts_with(')') => {
                    files.names.push((start, name));
                }
                _ => files.has_others = true,
            }
        }
        files
    }
}

fn is_comment(text: &str, at: usize) -> bool {
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    text[line..at].trim_start().starts_with('#')
}

/// Refuses files that rattler-build would read from `current`, the current directory.
///
/// # Errors
/// [`InAnotherPlace`].
pub(super) fn check(recipe: &Recipe, current: &Path) -> Result<(), Report> {
    let path = &recipe.found.path;
    let folder = path.parent().unwrap_or(Path::new(""));
    for (at, name) in LoadedFiles::of(&recipe.text).names {
        let (beside, other) = (folder.join(name), current.join(name));
        if !beside.is_file() && other.is_file() {
            let file = SourceFile::new(path.display().to_string(), recipe.text.clone());
            return Err(InAnotherPlace {
                beside,
                other,
                file: file.with_language("YAML"),
                at: (at, name.len()).into(),
            }
            .into());
        }
    }
    Ok(())
}

/// A file would be read from the current directory.
#[derive(Debug, Error, Diagnostic)]
#[error("the recipe reads {}, which does not exist", beside.display())]
#[diagnostic(
    code(recipe::loaded_elsewhere),
    help(
        "rattler-build would read {} of the current directory instead; write a path that is \
         relative to the recipe",
        other.display()
    )
)]
struct InAnotherPlace {
    beside: PathBuf,
    other: PathBuf,
    #[source_code]
    file: SourceFile,
    #[label("this file")]
    at: SourceSpan,
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::backends::rattler_build::discovery::Found;

    #[test]
    fn names_are_those_outside_of_comments() {
        let text =
            "# load_from_file('a')\nb: ${{ load_from_file( \"b\" ).x }} ${{ load_from_file(c) }}";
        let files = LoadedFiles::of(text);
        assert_eq!(
            files.names,
            [(text.find("b\" )").expect("it is there"), "b")]
        );
        assert!(files.has_others);
    }

    #[test]
    fn parts_of_names_are_not_names() {
        for text in [
            "'${{ load_from_file(''a.json'').v }}'",
            "${{ load_from_file(\"data/\" ~ part ~ \".json\") }}",
        ] {
            let files = LoadedFiles::of(text);
            assert_eq!(
                (files.names, files.has_others),
                (Vec::new(), true),
                "{text}"
            );
        }
    }

    #[test]
    fn files_of_the_current_directory_are_refused() {
        let folder = tempfile::tempdir().expect("a directory");
        let at = |path: &str| folder.path().join(path);
        fs_err::create_dir(at("recipe")).expect("writable");
        fs_err::write(at("meta.json"), "{}").expect("writable");
        let recipe = Recipe {
            found: Found {
                path: at("recipe/recipe.yaml"),
                passed_over: Vec::new(),
                before: Vec::new(),
            },
            text: Arc::from("a: ${{ load_from_file('meta.json').a }}"),
        };
        let error = check(&recipe, folder.path()).expect_err("it is refused");
        let error: InAnotherPlace = error.downcast().expect("it is this error");
        assert_eq!(error.beside, at("recipe/meta.json"));
        assert_eq!(error.other, at("meta.json"));
        check(&recipe, &at("recipe")).expect("there is no such file");
        fs_err::write(at("recipe/meta.json"), "{}").expect("writable");
        check(&recipe, folder.path()).expect("the file is next to the recipe");
    }
}
