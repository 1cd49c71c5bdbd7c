//! The mistakes and warnings of a manifest, and the list they are collected in.
//!
//! A reader that meets a mistake notes it and goes on, so that one run reports all of
//! them. One struct is one mistake a user can make; the modules follow the manifest.

pub(crate) mod build;
pub(crate) mod dependency;
pub(crate) mod find;
pub(crate) mod package;
pub(crate) mod request;
pub(crate) mod shape;
pub(crate) mod spec;
pub(crate) mod warning;

use miette::Diagnostic;
use thiserror::Error;

use crate::project::document::Syntax;

pub use warning::Warning;

/// Everything that is wrong with a manifest and its workspace.
#[derive(Debug, Error, Diagnostic)]
#[error("the manifest has {}", count(mistakes.len()))]
#[diagnostic(code(manifest::invalid))]
pub struct LoadErrors {
    /// At least one, in the order in which the manifest is read.
    #[related]
    pub mistakes: Vec<LoadError>,
    /// What is worth knowing besides.
    pub warnings: Vec<Warning>,
}

fn count(mistakes: usize) -> String {
    match mistakes {
        1 => "a mistake".to_owned(),
        more => format!("{more} mistakes"),
    }
}

macro_rules! one_of {
    ($(#[$meta:meta])* $name:ident { $($variant:ident($type:ty),)* }) => {
        $(#[$meta])*
        #[derive(Debug, Error, Diagnostic)]
        #[error(transparent)]
        #[diagnostic(transparent)]
        #[expect(missing_docs, reason = "each variant is documented by the struct it holds")]
        pub enum $name { $($variant(Box<$type>),)* }

        $(impl From<$type> for $name {
            fn from(one: $type) -> Self {
                Self::$variant(Box::new(one))
            }
        })*
    };
}
pub(crate) use one_of;

one_of! {
    /// One mistake a user can make in a manifest.
    LoadError {
        NoManifest(find::NoManifest),
        NotAManifest(find::NotAManifest),
        NoPackage(find::NoPackage),
        NoInlinePackage(find::NoInlinePackage),
        UnreadableManifest(find::UnreadableManifest),
        Syntax(Syntax),
        UnknownManifestKey(shape::UnknownManifestKey),
        WrongManifestType(shape::WrongManifestType),
        MissingKey(shape::MissingKey),
        Conflict(shape::Conflict),
        InvalidManifestValue(shape::InvalidManifestValue),
        Invalid(shape::Invalid),
        NothingToInherit(package::NothingToInherit),
        BadInheritance(package::BadInheritance),
        FileMissing(package::FileMissing),
        PathMissing(request::PathMissing),
        BadChannel(request::BadChannel),
        RemoteSource(build::RemoteSource),
        BadCondition(dependency::BadCondition),
        NestedCondition(dependency::NestedCondition),
        SameName(dependency::SameName),
        SameCondition(dependency::SameCondition),
        NoSourceHere(dependency::NoSourceHere),
        NoPinHere(dependency::NoPinHere),
        PinName(dependency::PinName),
        NotInPool(dependency::NotInPool),
        FixedByPool(dependency::FixedByPool),
        EmptySpec(spec::EmptySpec),
        BadVersionSpec(spec::BadVersionSpec),
        BadWhen(spec::BadWhen),
    }
}

/// What was found while reading.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics {
    mistakes: Vec<LoadError>,
    warnings: Vec<Warning>,
}

impl Diagnostics {
    /// Notes a mistake, unless the same one is known: a pool entry is read once for
    /// every dependency that uses it.
    pub fn mistake(&mut self, mistake: impl Into<LoadError>) {
        let mistake = mistake.into();
        if !self.mistakes.iter().any(|known| same(known, &mistake)) {
            self.mistakes.push(mistake);
        }
    }

    /// Notes a warning, unless the same one is known.
    pub fn warn(&mut self, warning: impl Into<Warning>) {
        let warning = warning.into();
        if !self.warnings.iter().any(|known| same(known, &warning)) {
            self.warnings.push(warning);
        }
    }

    /// The warnings, or all mistakes when there are any.
    pub fn finish(self) -> Result<Vec<Warning>, LoadErrors> {
        let Self { mistakes, warnings } = self;
        match mistakes.is_empty() {
            true => Ok(warnings),
            false => Err(LoadErrors { mistakes, warnings }),
        }
    }
}

/// Whether two diagnostics say the same of the same place.
fn same(left: &impl Diagnostic, right: &impl Diagnostic) -> bool {
    let place = |one: &dyn Diagnostic| {
        let first = one.labels().and_then(|mut labels| labels.next());
        first.map(|label| (label.offset(), label.len()))
    };
    place(left) == place(right) && left.to_string() == right.to_string()
}
