//! Dependency specifications: binary, source and pinned, with their selectors.
//!
//! Version specs, hashes and matchers are strings here. The recipe layer parses them,
//! because an error there can name the dependency.

use serde::{Deserialize, Serialize};

pub use crate::protocol::match_spec::{Condition, MatchSpec, MatchSpecChannel};
use crate::protocol::null_is_default;
pub use crate::protocol::source::{
    GitLocation, GitRef, PathLocation, SourceLocation, SourceSpec, UrlLocation,
};

/// One dependency of the project model.
///
/// Constraints use the same type; a source in a constraint is an error of the recipe
/// layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", try_from = "AnySpec")]
pub enum PackageSpec {
    /// A package from a channel.
    Binary(BinarySpec),
    /// A package built from source by pixi.
    Source(SourceSpec),
    /// A pin to a package in the previous environment. Only pixi can resolve it.
    PinCompatible(PinSpec),
    /// A pin to the described package itself. It must never be returned to pixi.
    PinSubpackage(PinSpec),
}

/// A dependency with its name, as `conda/outputs` returns it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NamedSpec {
    /// The name as the user spelled it.
    pub name: String,
    /// The requirement.
    #[serde(flatten)]
    pub spec: PackageSpec,
}

/// A package from a channel. Every member narrows the choice.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BinarySpec {
    /// The version spec; `*` and missing mean any version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The build string: exact, glob or `^regex$`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub build: Option<String>,
    /// The build number with an optional operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub build_number: Option<String>,
    /// The exact name of the archive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// The requested groups of extra dependencies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extras: Option<Vec<String>>,
    /// Matchers for the flags of the package.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flags: Option<Vec<String>>,
    /// The URL of the channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The conda subdir.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subdir: Option<String>,
    /// The MD5 checksum of the archive, in lower-case hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub md5: Option<String>,
    /// The SHA-256 checksum of the archive, in lower-case hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The URL of the archive itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The license of the package.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// The dependency applies only when this condition is true in the solve.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
}

/// A range of versions derived from a concrete version.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PinSpec {
    /// The lower bound; missing means that there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lower_bound: Option<Bound>,
    /// The upper bound; missing means that there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upper_bound: Option<Bound>,
    /// Whether the version and the build string are pinned exactly.
    #[serde(
        deserialize_with = "null_is_default",
        skip_serializing_if = "std::ops::Not::not"
    )]
    pub exact: bool,
    /// The matcher for the build string.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub build: Option<String>,
}

/// One end of a pinned range.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", try_from = "AnyBound")]
pub enum Bound {
    /// `x.x`: how many components of the version to keep.
    Expression(String),
    /// A literal version.
    Version(String),
}

/// The possible members of a dependency object, before it is checked that there is
/// exactly one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AnySpec {
    binary: Option<BinarySpec>,
    source: Option<SourceSpec>,
    pin_compatible: Option<PinSpec>,
    pin_subpackage: Option<PinSpec>,
}

impl TryFrom<AnySpec> for PackageSpec {
    type Error = &'static str;

    fn try_from(any: AnySpec) -> Result<Self, Self::Error> {
        match (
            any.binary,
            any.source,
            any.pin_compatible,
            any.pin_subpackage,
        ) {
            (Some(spec), None, None, None) => Ok(Self::Binary(spec)),
            (None, Some(spec), None, None) => Ok(Self::Source(spec)),
            (None, None, Some(pin), None) => Ok(Self::PinCompatible(pin)),
            (None, None, None, Some(pin)) => Ok(Self::PinSubpackage(pin)),
            _ => Err(
                "a dependency needs exactly one of `binary`, `source`, `pinCompatible`, `pinSubpackage`",
            ),
        }
    }
}

/// The possible members of a bound, before it is checked that there is exactly one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AnyBound {
    expression: Option<String>,
    version: Option<String>,
}

impl TryFrom<AnyBound> for Bound {
    type Error = &'static str;

    fn try_from(any: AnyBound) -> Result<Self, Self::Error> {
        match (any.expression, any.version) {
            (Some(text), None) => Ok(Self::Expression(text)),
            (None, Some(text)) => Ok(Self::Version(text)),
            _ => Err("a bound needs exactly one of `expression`, `version`"),
        }
    }
}
