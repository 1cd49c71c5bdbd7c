//! Packages built from source: their location and the selected output.

use serde::{Deserialize, Serialize};

use crate::protocol::match_spec::Condition;

/// A package built from source: its location and the selected output.
///
/// It is returned to pixi unchanged, with all its selectors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", try_from = "AnySource")]
pub struct SourceSpec {
    /// The path, repository or archive.
    #[serde(flatten)]
    pub location: SourceLocation,
    /// The version spec.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The matcher for the build string.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub build: Option<String>,
    /// The build number with an optional operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub build_number: Option<String>,
    /// The conda subdir.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subdir: Option<String>,
    /// The license of the package.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// The requested groups of extra dependencies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extras: Option<Vec<String>>,
    /// Matchers for the flags of the package.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flags: Option<Vec<String>>,
    /// The dependency applies only when this condition is true in the solve.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
}

/// The location of the source of a package.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum SourceLocation {
    /// A directory on disk.
    Path(PathLocation),
    /// A git repository.
    Git(GitLocation),
    /// An archive.
    Url(UrlLocation),
}

impl std::fmt::Display for SourceLocation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Path(path) => f.write_str(&path.path),
            Self::Git(git) => f.write_str(&git.git),
            Self::Url(archive) => f.write_str(&archive.url),
        }
    }
}

impl SourceSpec {
    /// The package in the directory `path`, without any selector.
    pub fn at_path(path: impl Into<String>) -> Self {
        Self {
            location: SourceLocation::Path(PathLocation { path: path.into() }),
            version: None,
            build: None,
            build_number: None,
            subdir: None,
            license: None,
            extras: None,
            flags: None,
            condition: None,
        }
    }
}

/// A directory, relative to the manifest or absolute, separated by `/`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PathLocation {
    /// The directory as spelled in the manifest.
    pub path: String,
}

/// A commit of a git repository.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GitLocation {
    /// The URL of the repository.
    pub git: String,
    /// The commit; missing means the default branch.
    #[serde(default)]
    pub rev: Option<GitRef>,
    /// The directory inside the checkout.
    #[serde(default)]
    pub subdirectory: Option<String>,
    /// Whether to fetch large files (Git LFS).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lfs: Option<bool>,
}

/// A git reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", try_from = "AnyGitRef")]
pub enum GitRef {
    /// The tip of a branch.
    Branch(String),
    /// A tag.
    Tag(String),
    /// A commit hash.
    Rev(String),
    /// The default branch of the repository.
    DefaultBranch,
}

/// A source archive.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UrlLocation {
    /// The URL of the archive.
    pub url: String,
    /// The MD5 checksum of the archive, in lower-case hexadecimal digits.
    #[serde(default)]
    pub md5: Option<String>,
    /// The SHA-256 checksum of the archive, in lower-case hexadecimal digits.
    #[serde(default)]
    pub sha256: Option<String>,
    /// The directory inside the archive.
    #[serde(default)]
    pub subdirectory: Option<String>,
}

/// The possible members of a source object, before it is checked that there is exactly
/// one location.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AnySource {
    path: Option<PathLocation>,
    git: Option<GitLocation>,
    url: Option<UrlLocation>,
    version: Option<String>,
    build: Option<String>,
    build_number: Option<String>,
    subdir: Option<String>,
    license: Option<String>,
    extras: Option<Vec<String>>,
    flags: Option<Vec<String>>,
    condition: Option<Condition>,
}

impl TryFrom<AnySource> for SourceSpec {
    type Error = &'static str;

    fn try_from(any: AnySource) -> Result<Self, Self::Error> {
        let location = match (any.path, any.git, any.url) {
            (Some(path), None, None) => SourceLocation::Path(path),
            (None, Some(git), None) => SourceLocation::Git(git),
            (None, None, Some(url)) => SourceLocation::Url(url),
            _ => return Err("a source needs exactly one of `path`, `git`, `url`"),
        };
        Ok(Self {
            location,
            version: any.version,
            build: any.build,
            build_number: any.build_number,
            subdir: any.subdir,
            license: any.license,
            extras: any.extras,
            flags: any.flags,
            condition: any.condition,
        })
    }
}

/// The possible members of a git reference, before it is checked.
#[derive(Deserialize)]
#[serde(untagged)]
enum AnyGitRef {
    Name(String),
    Members {
        branch: Option<String>,
        tag: Option<String>,
        rev: Option<String>,
    },
}

impl TryFrom<AnyGitRef> for GitRef {
    type Error = &'static str;

    fn try_from(any: AnyGitRef) -> Result<Self, Self::Error> {
        let (branch, tag, rev) = match any {
            AnyGitRef::Name(name) if name == "defaultBranch" => return Ok(Self::DefaultBranch),
            AnyGitRef::Name(_) => (None, None, None),
            AnyGitRef::Members { branch, tag, rev } => (branch, tag, rev),
        };
        match (branch, tag, rev) {
            (Some(branch), None, None) => Ok(Self::Branch(branch)),
            (None, Some(tag), None) => Ok(Self::Tag(tag)),
            (None, None, Some(rev)) => Ok(Self::Rev(rev)),
            _ => Err("a git reference needs one of `branch`, `tag`, `rev` or is `defaultBranch`"),
        }
    }
}
