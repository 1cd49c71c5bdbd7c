//! Converts pins between the form of the protocol and that of rattler-build.

use miette::Report;
use rattler_build_types::{Pin, PinArgs, PinBound};
use rattler_conda_types::{PackageName, ParseVersionError};

use crate::protocol::spec::{Bound, PinSpec};
use crate::recipe::jinja_text;
use crate::recipe::spec::InvalidSpec;

/// Converts a pin of the protocol to one of rattler-build.
///
/// # Errors
/// A bound that is neither an expression nor a version, or `exact` together with `build`.
pub fn to_pin(name: &PackageName, spec: &PinSpec) -> Result<Pin, Report> {
    if spec.exact && spec.build.is_some() {
        return Err(miette::miette!(
            code = "dependency::exact_pin",
            help = "drop one of the two",
            "invalid dependency `{}`: `exact` and `build` cannot be combined in a pin",
            name.as_source()
        ));
    }
    let bound = |field, bound: &Option<Bound>| {
        let bound = bound.as_ref().map(|bound| {
            to_bound(bound).map_err(|(value, reason)| InvalidSpec {
                name: name.as_source().to_string(),
                field,
                value,
                reason,
            })
        });
        bound.transpose()
    };
    Ok(Pin {
        name: name.clone(),
        args: PinArgs {
            lower_bound: bound("lower bound", &spec.lower_bound)?,
            upper_bound: bound("upper bound", &spec.upper_bound)?,
            exact: spec.exact,
            build: spec.build.clone(),
        },
    })
}

/// A bound of rattler-build, or the text and the reason why it is not valid.
fn to_bound(bound: &Bound) -> Result<PinBound, (String, String)> {
    match bound {
        // The parser of expressions accepts any mixture of `x` and `.`.
        Bound::Expression(text) if text.split('.').all(|component| component == "x") => text
            .parse()
            .map(PinBound::Expression)
            .map_err(|error: std::io::Error| (text.clone(), error.to_string())),
        Bound::Expression(text) => Err((
            text.clone(),
            "expressions look like `x.x`, one `x` for each part of the version".to_string(),
        )),
        Bound::Version(text) => text
            .parse()
            .map(PinBound::Version)
            .map_err(|error: ParseVersionError| (text.clone(), error.to_string())),
    }
}

/// Converts a pin to the form of the protocol.
pub fn from_pin(pin: &Pin) -> PinSpec {
    let bound = |bound: &Option<PinBound>| {
        bound.as_ref().map(|bound| match bound {
            PinBound::Expression(text) => Bound::Expression(text.to_string()),
            PinBound::Version(version) => Bound::Version(version.to_string()),
        })
    };
    let PinArgs {
        lower_bound,
        upper_bound,
        exact,
        build,
    } = &pin.args;
    PinSpec {
        lower_bound: bound(lower_bound),
        upper_bound: bound(upper_bound),
        exact: *exact,
        build: build.clone(),
    }
}

/// The call of a pin in a recipe. All bounds are explicit, because a missing bound means no bound
/// in the protocol, but the default bound in a call.
///
/// # Errors
/// The same as in [`to_pin`].
pub fn call(function: &str, name: &PackageName, pin: &PinSpec) -> Result<String, Report> {
    let pin = to_pin(name, pin)?;
    let name = jinja_text(name.as_source());
    if pin.args.exact {
        return Ok(format!("${{{{ {function}({name}, exact=true) }}}}"));
    }
    let bound = |bound: &Option<PinBound>| match bound {
        None => "none".to_string(),
        Some(PinBound::Expression(text)) => jinja_text(&text.to_string()),
        Some(PinBound::Version(version)) => jinja_text(&version.to_string()),
    };
    let lower = bound(&pin.args.lower_bound);
    let upper = bound(&pin.args.upper_bound);
    let build = match &pin.args.build {
        None => String::new(),
        Some(build) => format!(", build={}", jinja_text(build)),
    };
    Ok(format!(
        "${{{{ {function}({name}, lower_bound={lower}, upper_bound={upper}{build}) }}}}"
    ))
}
