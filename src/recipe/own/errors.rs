//! The errors in a recipe, in the form that the user sees.

use miette::{Diagnostic, SourceSpan};
use thiserror::Error;

use crate::diagnostic::SourceFile;

/// The file is not valid YAML.
#[derive(Debug, Error, Diagnostic)]
#[error("the recipe cannot be read: {reason}")]
#[diagnostic(code(recipe::syntax), help("{help}"))]
pub(super) struct BadSyntax {
    pub(super) reason: String,
    pub(super) help: String,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("here")]
    pub(super) at: Option<SourceSpan>,
}

/// A template without its dollar sign.
#[derive(Debug, Error, Diagnostic)]
#[error("a template does not begin with `$`")]
#[diagnostic(
    code(recipe::bare_template),
    help("templates are written `${{{{ x }}}}`")
)]
pub(super) struct BareTemplate {
    pub(super) label: String,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("{label}")]
    pub(super) at: SourceSpan,
}

/// A key that does not exist in this place.
#[derive(Debug, Error, Diagnostic)]
#[error("`{key}` is not a key of `{table}`")]
#[diagnostic(code(recipe::unknown_key), help("{help}"))]
pub(super) struct UnknownRecipeKey {
    pub(super) table: String,
    pub(super) key: String,
    pub(super) help: String,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("not recognized")]
    pub(super) at: Option<SourceSpan>,
}

/// A value that is not valid for its key.
#[derive(Debug, Error, Diagnostic)]
#[error("{message}")]
#[diagnostic(code(recipe::bad_value))]
pub(super) struct BadValue {
    pub(super) message: String,
    #[help]
    pub(super) help: Option<String>,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("here")]
    pub(super) at: Option<SourceSpan>,
}

/// A required key is missing.
#[derive(Debug, Error, Diagnostic)]
#[error("{message}")]
#[diagnostic(code(recipe::missing_key), help("{help}"))]
pub(super) struct MissingRecipeKey {
    pub(super) message: String,
    pub(super) help: String,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("in here")]
    pub(super) at: Option<SourceSpan>,
}

/// A template that cannot be evaluated.
#[derive(Debug, Error, Diagnostic)]
#[error("the template cannot be evaluated: {reason}")]
#[diagnostic(code(recipe::template), help("{help}"))]
pub(super) struct BadRecipeTemplate {
    pub(super) reason: String,
    pub(super) help: String,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("this template")]
    pub(super) at: Option<SourceSpan>,
}

/// A name that is neither in the context nor a variant.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}` has no value")]
#[diagnostic(code(recipe::undefined_name), help("{help}"))]
pub(super) struct UndefinedName {
    pub(super) name: String,
    pub(super) help: String,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("this name")]
    pub(super) at: Option<SourceSpan>,
}

/// A compiler or standard library that no variant defines for this platform.
#[derive(Debug, Error, Diagnostic)]
#[error("nothing says which package `{call}` is on this platform")]
#[diagnostic(code(recipe::no_toolchain), help("{help}"))]
pub(super) struct NoToolchain {
    pub(super) call: String,
    pub(super) help: String,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("this call")]
    pub(super) at: Option<SourceSpan>,
}

/// An experimental feature that is not turned on.
#[derive(Debug, Error, Diagnostic)]
#[error("`{what}` is an experimental feature of recipes")]
#[diagnostic(
    code(recipe::experimental),
    help("write `experimental = true` into `[package.build.config]`")
)]
pub(super) struct Experimental {
    pub(super) what: String,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("used here")]
    pub(super) at: Option<SourceSpan>,
}

/// A pin to a package that the recipe does not have.
#[derive(Debug, Error, Diagnostic)]
#[error("`pin_subpackage` names `{package}`, which is not an output of this recipe")]
#[diagnostic(code(recipe::no_such_output), help("{help}"))]
pub(super) struct NoSuchOutput {
    pub(super) package: String,
    pub(super) help: String,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("this pin")]
    pub(super) at: Option<SourceSpan>,
}

/// An output that inherits from an entry that does not exist.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}` is not a staging output")]
#[diagnostic(code(recipe::no_such_staging), help("{known}"))]
pub(super) struct NoSuchStaging {
    pub(super) name: String,
    pub(super) known: String,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("inherits from it")]
    pub(super) at: Option<SourceSpan>,
}

/// Outputs that need each other to be built.
#[derive(Debug, Error, Diagnostic)]
#[error("the outputs {packages} need each other to be built")]
#[diagnostic(
    code(recipe::cycle),
    help(
        "take one of them out of `build` and `host` of the other, or pin it in `run` without `exact`"
    )
)]
pub(super) struct Cycle {
    pub(super) packages: String,
    #[source_code]
    pub(super) file: SourceFile,
    #[label("one of them")]
    pub(super) at: Option<SourceSpan>,
}

/// Variants that cannot be combined.
#[derive(Debug, Error, Diagnostic)]
#[error("the build variants cannot be combined: {reason}")]
#[diagnostic(
    code(variants::not_combined),
    help("check `zip_keys` of the variant files: zipped keys have the same number of values")
)]
pub(super) struct BadVariants {
    pub(super) reason: String,
}

/// A file that the recipe reads during its evaluation cannot be read.
#[derive(Debug, Error, Diagnostic)]
#[error("the recipe reads {path}, which cannot be read: {reason}")]
#[diagnostic(
    code(recipe::unread_file),
    help("paths in a recipe are relative to the directory of the recipe")
)]
pub(super) struct Unread {
    pub(super) path: String,
    pub(super) reason: String,
}
