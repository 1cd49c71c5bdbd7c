//! The types of the pixi build protocol, API 4 to 7.
//!
//! This layer contains only data. Reading is tolerant: unknown fields are ignored, `null`
//! is treated as missing, and older forms are accepted. Writing uses one form that every
//! supported pixi can read. The layers above interpret the values.

pub mod build;
pub mod compat;
pub mod initialize;
pub mod match_spec;
pub mod model;
pub mod outputs;
pub mod package_format;
pub mod source;
pub mod spec;
pub mod variant;

use serde::{Deserialize, Deserializer, Serialize};

/// The API versions that this crate supports, oldest and newest.
pub const API_VERSIONS: std::ops::RangeInclusive<u32> = 4..=7;

/// The response to `negotiateCapabilities`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Negotiated {
    /// The capabilities of the backend.
    pub capabilities: Capabilities,
}

/// The procedures that a backend implements.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Capabilities {
    /// `conda/outputs` is implemented.
    pub provides_conda_outputs: bool,
    /// `conda/build_v1` is implemented.
    pub provides_conda_build_v1: bool,
}

impl Default for Negotiated {
    fn default() -> Self {
        Self {
            capabilities: Capabilities {
                provides_conda_outputs: true,
                provides_conda_build_v1: true,
            },
        }
    }
}

/// Reads `null` like a missing member.
fn null_is_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
