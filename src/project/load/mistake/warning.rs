//! Warnings about deprecated spellings and about places where pixi loses data.

use std::path::PathBuf;

use miette::{Diagnostic, SourceSpan};
use thiserror::Error;

use super::one_of;
use crate::diagnostic::SourceFile;

one_of! {
    /// A problem in a manifest that does not prevent loading.
    Warning {
        Deprecated(Deprecated),
        ExactVersion(ExactVersion),
        WordBound(WordBound),
        WordVersion(WordVersion),
        Dropped(Dropped),
        Replaced(Replaced),
        NoEffect(NoEffect),
        NeverApplies(NeverApplies),
        OldTargets(OldTargets),
        InvisibleWorkspace(InvisibleWorkspace),
    }
}

/// A spelling that pixi has deprecated.
#[derive(Debug, Error, Diagnostic)]
#[error("`{old}` is deprecated")]
#[diagnostic(severity(Warning), code(manifest::deprecated), help("write `{new}`"))]
pub struct Deprecated {
    /// The deprecated spelling.
    pub old: String,
    /// The current spelling.
    pub new: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The key.
    #[label("old spelling")]
    pub at: SourceSpan,
}

/// A version without an operator, which matches only that version.
#[derive(Debug, Error, Diagnostic)]
#[error("`{text}` means exactly this version, `=={text}`")]
#[diagnostic(
    severity(Warning),
    code(manifest::exact_version),
    help(
        "write `=={text}` if that is meant, else `{text}.*` or `>={text}`; Cargo would read it as a range"
    )
)]
pub struct ExactVersion {
    /// The version.
    pub text: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The constraint.
    #[label("ambiguous")]
    pub at: SourceSpan,
}

/// A bound of a pin that looks like an expression but is a version.
#[derive(Debug, Error, Diagnostic)]
#[error("`{text}` is read as a version")]
#[diagnostic(
    severity(Warning),
    code(manifest::word_bound),
    help("an expression is made of `x` only, such as `x.x`")
)]
pub struct WordBound {
    /// The bound.
    pub text: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The bound.
    #[label("a version without digits")]
    pub at: SourceSpan,
}

/// A version without digits, which other tools understand as a request.
#[derive(Debug, Error, Diagnostic)]
#[error("`{text}` is used as the version itself")]
#[diagnostic(
    severity(Warning),
    code(manifest::word_version),
    help("remove `version`, and it is read from the files of the project")
)]
pub struct WordVersion {
    /// The version.
    pub text: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The version.
    #[label("a version without digits")]
    pub at: SourceSpan,
}

/// A value that this project uses but pixi loses.
#[derive(Debug, Error, Diagnostic)]
#[error("pixi drops `{key}` {reason}; this command uses `{value}`")]
#[diagnostic(severity(Warning), code(manifest::dropped_by_pixi), help("{help}"))]
pub struct Dropped {
    /// The key.
    pub key: String,
    /// The cases in which pixi loses the value.
    pub reason: &'static str,
    /// The value that is used here, relative to the source directory.
    pub value: String,
    /// The way to set it for both.
    pub help: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The value.
    #[label("used by this command, not by pixi")]
    pub at: SourceSpan,
}

/// Two tables of which only the later one is used.
#[derive(Debug, Error, Diagnostic)]
#[error("`{later}` replaces `{earlier}`, which means the same")]
#[diagnostic(
    severity(Warning),
    code(manifest::replaced),
    help("put both into one table; nothing of the first is used")
)]
pub struct Replaced {
    /// The spelling that is used.
    pub later: String,
    /// The spelling that is ignored.
    pub earlier: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The table that is ignored.
    #[label("not used")]
    pub earlier_at: SourceSpan,
    /// The table that is used.
    #[label("used")]
    pub later_at: SourceSpan,
}

/// A key that has no effect.
#[derive(Debug, Error, Diagnostic)]
#[error("`{key}` has no effect {reason}")]
#[diagnostic(severity(Warning), code(manifest::no_effect), help("{help}"))]
pub struct NoEffect {
    /// The key.
    pub key: String,
    /// The reason.
    pub reason: &'static str,
    /// The way out.
    pub help: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The key.
    #[label("ignored")]
    pub at: SourceSpan,
}

/// A target table whose selector is not a conda platform.
#[derive(Debug, Error, Diagnostic)]
#[error("`{selector}` is not a conda platform, so this configuration never applies")]
#[diagnostic(severity(Warning), code(manifest::never_applies), help("{help}"))]
pub struct NeverApplies {
    /// The selector.
    pub selector: String,
    /// The nearest platform, or the possible selectors.
    pub help: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The selector.
    #[label("not known to backends")]
    pub at: SourceSpan,
}

/// Target configuration in the place that old documentation describes.
#[derive(Debug, Error, Diagnostic)]
#[error("`{key}` is an old spelling that pixi does not read")]
#[diagnostic(
    severity(Warning),
    code(manifest::old_targets),
    help("write `[package.build.target.<platform>.config]`")
)]
pub struct OldTargets {
    /// The key.
    pub key: String,
    /// The manifest.
    #[source_code]
    pub file: SourceFile,
    /// The key.
    #[label("part of the ordinary configuration")]
    pub at: SourceSpan,
}

/// A workspace that pixi does not find because its table has the old name.
#[derive(Debug, Error, Diagnostic)]
#[error("`{}` is not used as the workspace", path.display())]
#[diagnostic(
    severity(Warning),
    code(manifest::invisible_workspace),
    help("rename its table `[project]` to `[workspace]`")
)]
pub struct InvisibleWorkspace {
    /// The manifest of the workspace.
    pub path: PathBuf,
}
