//! Match specs in their structured form, and the conditions that contain them.

use serde::{Deserialize, Serialize};

/// The condition of a dependency. The tags are capitalized on the wire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "AnyCondition")]
pub enum Condition {
    /// A package that matches is part of the solution.
    MatchSpec(Box<MatchSpec>),
    /// Both conditions are true.
    And(Box<Condition>, Box<Condition>),
    /// At least one condition is true.
    Or(Box<Condition>, Box<Condition>),
}

/// A conda match spec in its structured form (API 5 and newer, snake_case).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MatchSpec {
    /// The package name, which is normally exact.
    pub name: String,
    /// The version spec.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The matcher for the build string.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<String>,
    /// The build number with an optional operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build_number: Option<String>,
    /// The exact name of the archive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// The conda subdir.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subdir: Option<String>,
    /// The namespace, which is rarely used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The license of the package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// The license family of the package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license_family: Option<String>,
    /// The requested groups of extra dependencies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extras: Option<Vec<String>>,
    /// The track features of the package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub track_features: Option<Vec<String>>,
    /// Matchers for the flags of the package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flags: Option<Vec<String>>,
    /// The channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<MatchSpecChannel>,
    /// The MD5 checksum of the archive, in lower-case hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub md5: Option<String>,
    /// The SHA-256 checksum of the archive, in lower-case hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The URL of the archive itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The dependency applies only when this condition is true in the solve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
}

/// The channel of a structured match spec.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MatchSpecChannel {
    /// The URL of the directory that contains the subdirs.
    pub base_url: String,
    /// The short name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Subdirs to which the spec is limited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platforms: Option<Vec<String>>,
}

/// The possible members of a condition, before it is checked that there is exactly one.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AnyCondition {
    match_spec: Option<Box<MatchSpec>>,
    and: Option<(Box<Condition>, Box<Condition>)>,
    or: Option<(Box<Condition>, Box<Condition>)>,
}

impl TryFrom<AnyCondition> for Condition {
    type Error = &'static str;

    fn try_from(any: AnyCondition) -> Result<Self, Self::Error> {
        match (any.match_spec, any.and, any.or) {
            (Some(spec), None, None) => Ok(Self::MatchSpec(spec)),
            (None, Some((one, other)), None) => Ok(Self::And(one, other)),
            (None, None, Some((one, other))) => Ok(Self::Or(one, other)),
            _ => Err("a condition needs exactly one of `MatchSpec`, `And`, `Or`"),
        }
    }
}
