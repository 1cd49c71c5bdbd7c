//! Dependencies as the wire spells them, as rattler spells them, and back.

use std::sync::Arc;

use miette::{Diagnostic, Report};
use rattler_build_types::{Pin, PinArgs, PinBound};
use rattler_conda_types::{
    Channel, MatchSpec, MatchSpecCondition, PackageName, PackageNameMatcher, ParseStrictness,
    ParseVersionError, VersionSpec,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;
use url::Url;

use crate::protocol::spec::{BinarySpec, Bound, PinSpec, SourceSpec};

/// A selector of a dependency that cannot be read.
#[derive(Debug, Error, Diagnostic)]
#[error("the dependency `{name}` has an invalid {field} `{value}`: {reason}")]
#[diagnostic(code(dependency::invalid))]
pub struct InvalidSpec {
    name: String,
    field: &'static str,
    value: String,
    reason: String,
}

/// The match spec for a package from a channel. `*` alone is dropped, which makes
/// the dependency bare: variants may pin it.
///
/// # Errors
/// [`InvalidSpec`].
pub fn to_match_spec(name: &PackageName, spec: &BinarySpec) -> Result<MatchSpec, Report> {
    let BinarySpec {
        version,
        build,
        build_number,
        file_name,
        extras,
        flags,
        channel,
        subdir,
        md5,
        sha256,
        url,
        license,
        condition,
    } = spec;
    let invalid = |field, value: &str, reason: String| InvalidSpec {
        name: name.as_source().to_string(),
        field,
        value: value.to_string(),
        reason,
    };
    let narrowed = [
        build,
        build_number,
        file_name,
        channel,
        subdir,
        md5,
        sha256,
        url,
        license,
    ]
    .iter()
    .any(|selector| selector.is_some())
        || condition.is_some();

    let mut result = MatchSpec::from(name.clone());
    result.version = match version.as_deref() {
        None => None,
        Some("*") if !narrowed => None,
        Some(text) => Some(
            VersionSpec::from_str(text, ParseStrictness::Lenient)
                .map_err(|error| invalid("version", text, error.to_string()))?,
        ),
    };
    macro_rules! parse {
        ($field:ident, $name:literal) => {
            $field
                .as_deref()
                .map(|text| {
                    text.parse()
                        .map_err(|error| invalid($name, text, format!("{error}")))
                })
                .transpose()?
        };
    }
    result.build = parse!(build, "build string");
    result.build_number = parse!(build_number, "build number");
    result.url = parse!(url, "url");
    result.file_name = file_name.clone();
    result.extras = extras.clone();
    result.subdir = subdir.clone();
    result.license = license.clone();
    result.flags = match flags {
        None => None,
        Some(flags) => {
            let mut matchers = Vec::new();
            for flag in flags {
                let matcher = flag
                    .parse()
                    .map_err(|error| invalid("flag", flag, format!("{error}")))?;
                matchers.push(matcher);
            }
            Some(matchers)
        }
    };
    result.channel = match channel {
        None => None,
        Some(text) => {
            let url: Url = text
                .parse()
                .map_err(|error| invalid("channel", text, format!("{error}")))?;
            Some(Arc::new(Channel::from_url(url)))
        }
    };
    result.md5 = match md5 {
        None => None,
        Some(text) => Some(
            rattler_digest::parse_digest_from_hex::<rattler_digest::Md5>(text)
                .ok_or_else(|| invalid("md5", text, "not 32 hexadecimal digits".to_string()))?,
        ),
    };
    result.sha256 = match sha256 {
        None => None,
        Some(text) => Some(
            rattler_digest::parse_digest_from_hex::<rattler_digest::Sha256>(text)
                .ok_or_else(|| invalid("sha256", text, "not 64 hexadecimal digits".to_string()))?,
        ),
    };
    result.condition = match condition {
        None => None,
        Some(condition) => Some(
            // The wire form of conditions is the serialised form of rattler's.
            convert::<_, MatchSpecCondition>(condition).map_err(|error| {
                invalid("condition", &format!("{condition:?}"), error.to_string())
            })?,
        ),
    };
    Ok(result)
}

/// The wire form of a match spec.
///
/// # Errors
/// None for match specs that [`to_match_spec`] made.
pub fn from_match_spec(spec: &MatchSpec) -> Result<BinarySpec, Report> {
    let MatchSpec {
        name: _,
        version,
        build,
        build_number,
        file_name,
        extras,
        flags,
        channel,
        subdir,
        namespace: _,
        md5,
        sha256,
        url,
        license,
        license_family: _,
        condition,
        track_features: _,
    } = spec;
    Ok(BinarySpec {
        version: version.as_ref().map(ToString::to_string),
        build: build.as_ref().map(ToString::to_string),
        build_number: build_number.as_ref().map(ToString::to_string),
        file_name: file_name.clone(),
        extras: extras.clone(),
        flags: flags
            .as_ref()
            .map(|flags| flags.iter().map(ToString::to_string).collect()),
        channel: channel
            .as_ref()
            .map(|channel| channel.base_url.as_str().to_string()),
        subdir: subdir.clone(),
        md5: md5.map(hex::encode),
        sha256: sha256.map(hex::encode),
        url: url.as_ref().map(ToString::to_string),
        license: license.clone(),
        condition: condition
            .as_ref()
            .map(convert)
            .transpose()
            .map_err(|error| {
                miette::miette!("cannot write the condition of a dependency: {error}")
            })?,
    })
}

/// The same package from its source in the folder of the manifest.
pub fn at_own_source(spec: BinarySpec) -> SourceSpec {
    let BinarySpec {
        version,
        build,
        build_number,
        extras,
        flags,
        subdir,
        license,
        condition,
        // These say where an archive is; the source is known to be here.
        file_name: _,
        channel: _,
        md5: _,
        sha256: _,
        url: _,
    } = spec;
    SourceSpec {
        version,
        build,
        build_number,
        extras,
        flags,
        subdir,
        license,
        condition,
        ..SourceSpec::at_path(".")
    }
}

/// rattler-build's pin for a pin of the wire.
///
/// # Errors
/// A bound that is neither an expression nor a version, `exact` with `build`.
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

/// rattler-build's bound, else the text and what is wrong with it.
fn to_bound(bound: &Bound) -> Result<PinBound, (String, String)> {
    match bound {
        // The parser of expressions takes any mixture of `x` and `.`.
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

/// The wire form of a pin.
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

/// The exact name in a match spec; pixi never sends patterns.
pub fn exact_name(spec: &MatchSpec) -> &str {
    match &spec.name {
        PackageNameMatcher::Exact(name) => name.as_source(),
        _ => "*",
    }
}

/// Goes from one type to another with the same serialised form.
fn convert<A: Serialize, B: DeserializeOwned>(value: &A) -> serde_json::Result<B> {
    serde_json::from_value(serde_json::to_value(value)?)
}
