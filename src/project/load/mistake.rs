//! The errors and warnings of a manifest, and the list that collects them.
//!
//! After an error a reader continues, so that one run reports all errors. There is one
//! struct for each error that a user can cause; the modules have the structure of the
//! manifest.

pub(crate) mod build;
pub(crate) mod dependency;
pub(crate) mod find;
pub(crate) mod package;
pub(crate) mod request;
pub(crate) mod shape;
pub(crate) mod spec;
pub(crate) mod warning;

use std::fmt;

use miette::{Diagnostic, LabeledSpan, SourceCode};
use thiserror::Error;

use crate::diagnostic::in_order_of_files;
use crate::project::document::Syntax;

pub use warning::Warning;

/// All errors of a manifest and its workspace. A single error is displayed without a heading, so
/// that the first line contains the problem.
#[derive(Debug)]
pub struct LoadErrors {
    /// At least one, in the order of the files.
    pub mistakes: Vec<LoadError>,
    /// Warnings in addition to the errors.
    pub warnings: Vec<Warning>,
}

impl LoadErrors {
    fn only(&self) -> Option<&LoadError> {
        match self.mistakes.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }
}

impl fmt::Display for LoadErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.only() {
            Some(only) => only.fmt(f),
            None => write!(f, "the manifest has {} errors", self.mistakes.len()),
        }
    }
}

impl std::error::Error for LoadErrors {}

impl Diagnostic for LoadErrors {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        match self.only() {
            Some(only) => only.code(),
            None => Some(Box::new("manifest::invalid")),
        }
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.only()?.help()
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.only()?.source_code()
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.only()?.labels()
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        match self.only() {
            Some(only) => only.related(),
            None => Some(Box::new(
                (self.mistakes.iter()).map(|mistake| mistake as &dyn Diagnostic),
            )),
        }
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
    /// One error in a manifest.
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

/// The errors and warnings that were found so far.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics {
    mistakes: Vec<LoadError>,
    warnings: Vec<Warning>,
}

impl Diagnostics {
    /// Adds an error, unless it was already reported. A workspace dependency is read once
    /// for each dependency that uses it.
    pub(crate) fn mistake(&mut self, mistake: impl Into<LoadError>) {
        let mistake = mistake.into();
        if !self.mistakes.iter().any(|known| same(known, &mistake)) {
            self.mistakes.push(mistake);
        }
    }

    /// Adds a warning, unless it was already reported.
    pub(crate) fn warn(&mut self, warning: impl Into<Warning>) {
        let warning = warning.into();
        if !self.warnings.iter().any(|known| same(known, &warning)) {
            self.warnings.push(warning);
        }
    }

    /// The warnings, or all errors if there are any.
    pub(crate) fn finish(self) -> Result<Vec<Warning>, LoadErrors> {
        let Self {
            mut mistakes,
            warnings,
        } = self;
        if mistakes.is_empty() {
            return Ok(warnings);
        }
        in_order_of_files(&mut mistakes);
        Err(LoadErrors { mistakes, warnings })
    }
}

/// Whether two diagnostics have the same message and the same place.
fn same(left: &impl Diagnostic, right: &impl Diagnostic) -> bool {
    let place = |one: &dyn Diagnostic| {
        let first = one.labels().and_then(|mut labels| labels.next());
        first.map(|label| (label.offset(), label.len()))
    };
    place(left) == place(right) && left.to_string() == right.to_string()
}
