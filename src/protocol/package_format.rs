//! The kind of archive that a build makes.

use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// The kind of archive and its compression level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PackageFormat {
    /// `.conda` or `.tar.bz2`.
    pub archive_type: ArchiveType,
    /// The compression level; missing means the default level.
    #[serde(default)]
    pub compression_level: Option<CompressionLevel>,
}

/// The kind of an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArchiveType {
    /// A zip of zstd tarballs.
    Conda,
    /// The classic format.
    TarBz2,
}

/// The compression level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum CompressionLevel {
    /// A level with a name.
    Named(NamedLevel),
    /// The archiver's own scale: -7 to 22 for zstd, 1 to 9 for bzip2.
    Numeric(i64),
}

/// Compression levels with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum NamedLevel {
    /// The fastest level.
    Lowest,
    /// The default of rattler-build.
    Default,
    /// The level with the smallest archive.
    Highest,
}

// Written by hand for its messages: a derived reader only reports that no variant
// matched.
impl<'de> Deserialize<'de> for CompressionLevel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl Visitor<'_> for Reader {
    type Value = CompressionLevel;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`lowest`, `default`, `highest` or an integer as the compression level")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<CompressionLevel, E> {
        let level = match name {
            "lowest" => NamedLevel::Lowest,
            "default" => NamedLevel::Default,
            "highest" => NamedLevel::Highest,
            _ => return Err(E::unknown_variant(name, &["lowest", "default", "highest"])),
        };
        Ok(CompressionLevel::Named(level))
    }

    fn visit_i64<E: Error>(self, level: i64) -> Result<CompressionLevel, E> {
        Ok(CompressionLevel::Numeric(level))
    }

    fn visit_u64<E: Error>(self, level: u64) -> Result<CompressionLevel, E> {
        // Out of range for every archiver. The archiver reports the valid range.
        let level = i64::try_from(level).unwrap_or(i64::MAX);
        Ok(CompressionLevel::Numeric(level))
    }
}
