//! Pins: version ranges that are derived from the version of a package in another
//! environment.

use std::str::FromStr;

use rattler_conda_types::Version;

use crate::project::document::{Data, Field, Table, Value};
use crate::project::load::mistake::Diagnostics;
use crate::project::load::mistake::dependency::{NoPinHere, PinName};
use crate::project::load::mistake::shape::InvalidManifestValue;
use crate::project::load::mistake::warning::WordBound;
use crate::project::load::parts::Parts;
use crate::project::load::spec_reader::SpecReader;
use crate::project::load::tables::AllowedPins;
use crate::protocol::spec::{Bound, PackageSpec, PinSpec};

/// The two kinds of pins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pin {
    /// A pin to a package of the previous environment.
    Compatible,
    /// A pin to the package itself.
    Subpackage,
}

impl Pin {
    fn key(self) -> &'static str {
        match self {
            Self::Compatible => "pin-compatible",
            Self::Subpackage => "pin-subpackage",
        }
    }
}

/// The kind of pin in a table, if it contains one.
pub(crate) fn find(parts: &Parts<'_>) -> Option<Pin> {
    [Pin::Compatible, Pin::Subpackage]
        .into_iter()
        .find(|pin| parts.get(pin.key()).is_some())
}

/// Reads the pin of a dependency.
pub(crate) fn read<'d>(
    reader: &mut SpecReader<'_, 'd>,
    entry: &Field<'d>,
    parts: &Parts<'d>,
    pin: Pin,
) -> Option<PackageSpec> {
    let field = parts.get(pin.key())?;
    for other in parts.fields.iter().filter(|other| other.name != pin.key()) {
        if other.name == Pin::Subpackage.key() {
            parts.conflict(&field, other, "use one kind of pin", reader.findings);
            return None;
        }
        reader.findings.mistake(InvalidManifestValue {
            key: other.name.to_owned(),
            place: format!("with `{}`", pin.key()),
            help: "the pin decides the version; `build` goes into the table of the pin".to_owned(),
            file: parts.document.file(),
            at: other.key_at,
        });
    }
    let fits = match (reader.kind.pins, pin) {
        (AllowedPins::Both, _) => true,
        (AllowedPins::Compatible, pin) => pin == Pin::Compatible,
        (AllowedPins::None, _) => false,
    };
    if !fits {
        reader.findings.mistake(NoPinHere {
            pin: pin.key(),
            table: reader.kind.title,
            file: parts.document.file(),
            at: field.key_at,
        });
        return None;
    }
    check_name(reader, entry, pin);
    let spec = value(field.value, reader.findings)?;
    Some(match pin {
        Pin::Compatible => PackageSpec::PinCompatible(spec),
        Pin::Subpackage => PackageSpec::PinSubpackage(spec),
    })
}

/// Whether the pin is valid for the name, if the name of the package is known.
fn check_name(reader: &mut SpecReader<'_, '_>, entry: &Field<'_>, pin: Pin) {
    let Some(own) = reader.own_name else {
        return;
    };
    let (problem, help) = match (pin, own.eq_ignore_ascii_case(entry.name)) {
        (Pin::Compatible, false) | (Pin::Subpackage, true) => return,
        (Pin::Compatible, true) => (
            format!("`{own}` cannot be pinned to another environment: it is this package"),
            "use `pin-subpackage`, in `run-exports`".to_owned(),
        ),
        (Pin::Subpackage, false) => (
            format!(
                "`pin-subpackage` is for this package, `{own}`, not for `{}`",
                entry.name
            ),
            "use `pin-compatible`".to_owned(),
        ),
    };
    reader.findings.mistake(PinName {
        problem,
        help,
        file: entry.value.document.file(),
        at: entry.key_at,
    });
}

fn value(value: Value<'_>, findings: &mut Diagnostics) -> Option<PinSpec> {
    match value.read() {
        Data::Boolean(true) => Some(PinSpec {
            lower_bound: Some(Bound::Expression("x.x.x.x.x.x".to_owned())),
            upper_bound: Some(Bound::Expression("x".to_owned())),
            ..PinSpec::default()
        }),
        Data::Table(table) => from_table(&table, findings),
        _ => value.wrong_type(
            "`true` or a table",
            Some("to have no pin remove the entry, or write a version".to_owned()),
            findings,
        ),
    }
}

fn from_table(table: &Table<'_>, findings: &mut Diagnostics) -> Option<PinSpec> {
    table.only(&["lower-bound", "upper-bound", "build", "exact"], findings);
    let exact = match table.get("exact") {
        Some(field) => field.value.boolean(findings)?,
        None => false,
    };
    if exact {
        for other in table.fields().iter().filter(|other| other.name != "exact") {
            findings.mistake(InvalidManifestValue {
                key: other.name.to_owned(),
                place: "with `exact = true`".to_owned(),
                help: "an exact pin fixes version and build: remove one of the two".to_owned(),
                file: table.document.file(),
                at: other.key_at,
            });
        }
        return Some(PinSpec {
            exact,
            ..PinSpec::default()
        });
    }
    let mut bound = |key: &str, default: &str| match table.get(key) {
        Some(field) => bound(field.value, findings),
        None => Some(Bound::Expression(default.to_owned())),
    };
    let lower_bound = bound("lower-bound", "x.x.x.x.x.x");
    let upper_bound = bound("upper-bound", "x");
    let build = Parts::of("", *table).matcher("build", findings);
    Some(PinSpec {
        lower_bound: Some(lower_bound?),
        upper_bound: Some(upper_bound?),
        exact,
        build,
    })
}

/// An expression of `x`, of which only the number matters, or a version.
fn bound(value: Value<'_>, findings: &mut Diagnostics) -> Option<Bound> {
    let text = value.text(findings)?;
    let kept = text.matches('x').count();
    if kept > 0 && text.chars().all(|c| c == 'x' || c == '.') {
        return Some(Bound::Expression(vec!["x"; kept].join(".")));
    }
    match Version::from_str(text) {
        Ok(version) => {
            if !text.contains(|c: char| c.is_ascii_digit()) {
                findings.warn(WordBound {
                    text: text.to_owned(),
                    file: value.document.file(),
                    at: value.at,
                });
            }
            Some(Bound::Version(version.to_string()))
        }
        Err(error) => {
            let help = Some("write for example `x.x` or `1.5`".to_owned());
            value.invalid("the bound of a pin", error.kind.to_string(), help, findings)
        }
    }
}
