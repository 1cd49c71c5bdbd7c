//! The values of options.

#[cfg(test)]
use std::borrow::Cow;
use std::path::PathBuf;

use serde::Deserialize;

/// The handling of `build-system.requires`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum BuildSystemRequires {
    /// `"map"`: requirements of the host environment.
    Map,
    /// `"ignore"`: they are ignored, and the user names the packages.
    Ignore,
}

/// The installer of the package.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Installer {
    /// `"uv"`
    #[default]
    Uv,
    /// `"pip"`
    Pip,
}

impl Installer {
    /// The name of the program and of its package.
    pub(in super::super) fn name(self) -> &'static str {
        match self {
            Self::Uv => "uv",
            Self::Pip => "pip",
        }
    }
}

/// The reaction to dependencies of the wheel that the package does not have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// `"off"`: nothing.
    Off,
    /// `"warn"`: a warning.
    #[default]
    Warn,
    /// `"error"`: the build fails.
    Error,
}

/// Where the version of the project is written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum VersionFrom {
    /// `"auto"`: where the tool of the project reads it.
    #[default]
    Auto,
    /// `"git"`: the tags of the checkout.
    Git,
    /// `"file:PATH"`: a file, relative to the source directory.
    File(PathBuf),
}

impl TryFrom<String> for VersionFrom {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match (text.as_str(), text.strip_prefix("file:")) {
            ("auto", _) => Ok(Self::Auto),
            ("git", _) => Ok(Self::Git),
            (_, Some(path)) if !path.is_empty() => Ok(Self::File(PathBuf::from(path))),
            _ => Err("expected `\"auto\"`, `\"git\"` or `\"file:PATH\"`"),
        }
    }
}

#[cfg(test)]
impl schemars::JsonSchema for VersionFrom {
    fn schema_name() -> Cow<'static, str> {
        "VersionFrom".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^(auto|git|file:.+)$",
        })
    }
}

/// How compiled code is optimized.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// `"debug"`: without optimization, with debug information.
    Debug,
    /// `"release"`: optimized for speed.
    Release,
}

impl Profile {
    /// The build type of CMake.
    pub(in super::super) fn cmake(self) -> &'static str {
        match self {
            Self::Debug => "Debug",
            Self::Release => "Release",
        }
    }

    /// The build type of Meson.
    pub(in super::super) fn meson(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }

    /// The profile of Cargo.
    pub(in super::super) fn cargo(self) -> &'static str {
        match self {
            Self::Debug => "dev",
            Self::Release => "release",
        }
    }
}

/// What a build leaves for the next one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum BuildDir {
    /// `"persistent"`: its compiled files, as long as the environments stay the same.
    #[default]
    Persistent,
    /// `"temporary"`: nothing.
    Temporary,
}

/// A boolean, or the choice of the client.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(from = "AnyEditable")]
pub enum Editable {
    /// `"auto"`: the choice of pixi.
    #[default]
    Auto,
    /// `true` or `false`.
    Fixed(bool),
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged, expecting = "`true`, `false` or `\"auto\"`")]
enum AnyEditable {
    Flag(bool),
    Word(Auto),
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
enum Auto {
    Auto,
}

impl From<AnyEditable> for Editable {
    fn from(value: AnyEditable) -> Self {
        match value {
            AnyEditable::Flag(flag) => Self::Fixed(flag),
            AnyEditable::Word(_) => Self::Auto,
        }
    }
}

/// The conda package for a name of PyPI.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(from = "AnyMapping")]
pub enum Mapping {
    /// A conda package of another name.
    Name(String),
    /// A conda package with versions of its own.
    Spec {
        /// Its name.
        name: String,
        /// The version specification.
        version: Option<String>,
    },
    /// No package.
    Dropped,
    /// An invalid value.
    Wrong,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged, expecting = "the name of a conda package, or `false`")]
enum AnyMapping {
    Name(String),
    Flag(bool),
    Spec {
        name: String,
        #[serde(default)]
        version: Option<String>,
    },
}

impl From<AnyMapping> for Mapping {
    fn from(value: AnyMapping) -> Self {
        match value {
            AnyMapping::Name(name) => Self::Name(name),
            AnyMapping::Flag(false) => Self::Dropped,
            AnyMapping::Flag(true) => Self::Wrong,
            AnyMapping::Spec { name, version } => Self::Spec { name, version },
        }
    }
}

/// The optional dependencies that become groups of the package.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(from = "AnyExtras")]
pub enum Extras {
    /// `false`: none.
    #[default]
    None,
    /// `true`: all groups.
    All,
    /// The groups of these names.
    Named(Vec<String>),
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged, expecting = "`true`, `false` or a list of names")]
enum AnyExtras {
    Flag(bool),
    Names(Vec<String>),
}

impl From<AnyExtras> for Extras {
    fn from(value: AnyExtras) -> Self {
        match value {
            AnyExtras::Flag(true) => Self::All,
            AnyExtras::Flag(false) => Self::None,
            AnyExtras::Names(names) => Self::Named(names),
        }
    }
}

/// All files, none, or those that match.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(from = "AnyGlobs")]
pub struct Globs(pub Vec<String>);

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged, expecting = "`true`, `false` or a list of patterns")]
enum AnyGlobs {
    Flag(bool),
    Patterns(Vec<String>),
}

impl From<AnyGlobs> for Globs {
    fn from(value: AnyGlobs) -> Self {
        Self(match value {
            AnyGlobs::Flag(true) => vec!["**/*.py".to_string()],
            AnyGlobs::Flag(false) => Vec::new(),
            AnyGlobs::Patterns(patterns) => patterns,
        })
    }
}

/// The value of a setting of a build backend.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged, expecting = "a string, a truth value or a list of strings")]
pub enum Setting {
    /// A boolean.
    Flag(bool),
    /// A string.
    Text(String),
    /// Several strings for one key.
    List(Vec<String>),
}

impl Setting {
    /// The strings that the installer passes on for the key.
    pub(in super::super) fn values(&self) -> Vec<String> {
        match self {
            Self::Flag(flag) => vec![flag.to_string()],
            Self::Text(text) => vec![text.clone()],
            Self::List(texts) => texts.clone(),
        }
    }
}
