//! The options that add to the manifest of a package.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, ValueHint};
use miette::Report;
use rattler_conda_types::Subdir;

use crate::backend::Platforms;
use crate::cli::package::UnknownMachine;
use crate::diagnostic::nearest;

/// Platforms, channels and variants, for all commands that read a manifest.
#[derive(Debug, Clone, Default, Args)]
pub(in crate::cli) struct PackageOptions {
    /// Build for this platform [default: that of this machine]
    #[arg(long, value_name = "PLATFORM", value_parser = platform)]
    pub(in crate::cli) target_platform: Option<Subdir>,

    /// Build on this platform [default: that of this machine]
    #[arg(long, value_name = "PLATFORM", value_parser = platform)]
    pub(in crate::cli) build_platform: Option<Subdir>,

    /// Use this channel, given by name, URL or path, instead of the channels of the
    /// workspace; repeat it for more, the most important first
    #[arg(short, long = "channel", value_name = "CHANNEL")]
    pub(in crate::cli) channels: Vec<String>,

    /// Replace the values of a variant key; repeat it or use commas for more values
    #[arg(long = "variant", value_name = "KEY=VALUE", value_parser = variant)]
    pub(in crate::cli) variants: Vec<Variant>,

    /// Read variants from a file, after those of the workspace
    #[arg(long = "variants", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(in crate::cli) variant_files: Vec<PathBuf>,
}

/// A variant key with its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Variant {
    key: String,
    values: Vec<String>,
}

impl PackageOptions {
    /// The build and the host platform.
    ///
    /// # Errors
    /// [`UnknownMachine`], if a default is needed.
    pub(in crate::cli) fn platforms(&self) -> Result<Platforms, Report> {
        let or_current = |platform: Option<Subdir>| -> Result<Subdir, Report> {
            Ok(platform.or_else(Subdir::current).ok_or(UnknownMachine)?)
        };
        Ok(Platforms {
            build: or_current(self.build_platform)?,
            host: or_current(self.target_platform)?,
        })
    }

    /// The values of each variant key.
    pub(super) fn variants(&self) -> BTreeMap<String, Vec<String>> {
        let mut variants: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for Variant { key, values } in &self.variants {
            let known = variants.entry(key.clone()).or_default();
            known.extend(values.iter().cloned());
        }
        variants
    }
}

/// A conda platform. The help does not list all of them.
fn platform(text: &str) -> Result<Subdir, String> {
    text.parse().map_err(|_| {
        let known = Subdir::all().map(Subdir::as_str);
        match nearest(&text.to_lowercase(), known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                "write one such as `linux-64`, `linux-aarch64`, `osx-arm64` or `win-64`".to_string()
            }
        }
    })
}

fn variant(text: &str) -> Result<Variant, String> {
    match text.split_once('=') {
        Some((key, values)) if !key.is_empty() && !values.is_empty() => Ok(Variant {
            key: key.to_string(),
            values: values.split(',').map(str::to_string).collect(),
        }),
        _ => Err("write `key=value`, for example `python=3.12.*`".to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelled_platform_has_one_neighbor() {
        assert_eq!(platform("linux-64"), Ok(Subdir::Linux64));
        for (text, near) in [
            ("linux64", "linux-64"),
            ("Linux-64", "linux-64"),
            ("osx-arm", "osx-arm64"),
            ("win64", "win-64"),
        ] {
            let said = platform(text).expect_err("it is misspelled");
            assert_eq!(said, format!("did you mean `{near}`?"));
        }
        assert!(
            platform("atari")
                .expect_err("there is none")
                .contains("such as")
        );
    }

    #[test]
    fn values_of_one_key_are_collected() {
        let options = PackageOptions {
            variants: ["a=1,2", "b==1.2", "a=3"]
                .map(|text| variant(text).expect("it is a variant"))
                .to_vec(),
            ..PackageOptions::default()
        };
        let variants = options.variants();
        assert_eq!(variants["a"], ["1", "2", "3"]);
        assert_eq!(variants["b"], ["=1.2"]);
        for text in ["a", "a=", "=1"] {
            assert!(variant(text).is_err(), "{text}");
        }
    }
}
