//! Converts dependencies between the form of the protocol and that of rattler.

use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;

use miette::{Diagnostic, Report};
use rattler_conda_types::{
    Channel, MatchSpec, MatchSpecCondition, PackageName, PackageNameMatcher, ParseStrictness,
    VersionSpec,
};
use rattler_digest::{Md5, Sha256, parse_digest_from_hex};
use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;
use url::Url;

use crate::protocol::spec::{BinarySpec, Condition, SourceSpec};

/// A selector of a dependency that cannot be read.
#[derive(Debug, Error, Diagnostic)]
#[error("the dependency `{name}` has an invalid {field} `{value}`: {reason}")]
#[diagnostic(code(dependency::invalid))]
pub struct InvalidSpec {
    pub(super) name: String,
    pub(super) field: &'static str,
    pub(super) value: String,
    pub(super) reason: String,
}

/// The match spec for a package from a channel. A version `*` without other selectors is
/// dropped, so that variants can set the version.
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
    let texts = [
        build,
        build_number,
        file_name,
        channel,
        subdir,
        md5,
        sha256,
        url,
        license,
    ];
    let narrowed = texts.iter().any(|text| text.is_some()) || condition.is_some();
    let any = version.as_deref() == Some("*") && !narrowed;
    let version = version.as_ref().filter(|_| !any);

    let read = Selectors { name };
    let mut result = MatchSpec::from(name.clone());
    result.version = read.one("version", version, |text| {
        let parsed = VersionSpec::from_str(text, ParseStrictness::Lenient);
        parsed.map_err(|error| match error.to_string().as_str() {
            // The parser of rattler says no more.
            "Eof" => "it ends too early".to_string(),
            reason => reason.to_string(),
        })
    })?;
    result.build = read.one("build string", build.as_ref(), parse)?;
    result.build_number = read.one("build number", build_number.as_ref(), parse)?;
    result.file_name.clone_from(file_name);
    result.extras.clone_from(extras);
    result.flags = flags
        .as_deref()
        .map(|flags| read.flags(flags))
        .transpose()?;
    let channel = read.one("channel", channel.as_ref(), parse::<Url>)?;
    result.channel = channel.map(|url| Arc::new(Channel::from_url(url)));
    result.subdir.clone_from(subdir);
    result.md5 = read.one("md5", md5.as_ref(), |text| {
        parse_digest_from_hex::<Md5>(text).ok_or("not 32 hexadecimal digits".to_string())
    })?;
    result.sha256 = read.one("sha256", sha256.as_ref(), |text| {
        parse_digest_from_hex::<Sha256>(text).ok_or("not 64 hexadecimal digits".to_string())
    })?;
    result.url = read.one("url", url.as_ref(), parse)?;
    result.license.clone_from(license);
    result.condition = condition
        .as_ref()
        .map(|condition| read.condition(condition))
        .transpose()?;
    Ok(result)
}

/// Reads the selectors of one dependency. Errors contain its name.
struct Selectors<'a> {
    name: &'a PackageName,
}

impl Selectors<'_> {
    fn one<T>(
        &self,
        field: &'static str,
        text: Option<&String>,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, InvalidSpec> {
        let read = |text: &String| {
            read(text).map_err(|reason| InvalidSpec {
                name: self.name.as_source().to_string(),
                field,
                value: text.clone(),
                reason,
            })
        };
        text.map(read).transpose()
    }

    fn flags<T: FromStr<Err: Display>>(&self, flags: &[String]) -> Result<Vec<T>, InvalidSpec> {
        let mut matchers = Vec::new();
        for flag in flags {
            matchers.extend(self.one("flag", Some(flag), parse)?);
        }
        Ok(matchers)
    }

    /// The form of conditions in the protocol is the serialized form of rattler's type.
    fn condition(&self, condition: &Condition) -> Result<MatchSpecCondition, InvalidSpec> {
        convert(condition).map_err(|error| InvalidSpec {
            name: self.name.as_source().to_string(),
            field: "condition",
            value: serde_json::to_string(condition).unwrap_or_default(),
            reason: error.to_string(),
        })
    }
}

fn parse<T: FromStr<Err: Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

/// Converts a match spec to the form of the protocol.
///
/// # Errors
/// None for match specs from [`to_match_spec`].
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

/// The same package, from the source in the directory of the manifest.
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
        // These select an archive, but this package is built from source.
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

/// The exact name in a match spec. pixi never sends patterns.
pub fn exact_name(spec: &MatchSpec) -> &str {
    match &spec.name {
        PackageNameMatcher::Exact(name) => name.as_source(),
        _ => "*",
    }
}

/// Converts a value to another type with the same serialized form.
fn convert<A: Serialize, B: DeserializeOwned>(value: &A) -> serde_json::Result<B> {
    serde_json::from_value(serde_json::to_value(value)?)
}
