//! The options of `build`.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};

use crate::cli::package::PackageArguments;
use crate::protocol::build::{ArchiveType, CompressionLevel, NamedLevel, PackageFormat};

#[derive(Debug, Args)]
pub(in crate::cli) struct BuildArguments {
    #[command(flatten)]
    pub(in crate::cli) package: PackageArguments,

    /// Build every package of the workspace, dependencies first
    #[arg(long)]
    pub(super) all: bool,

    /// Use the build tools and compilers of this machine instead of environments
    /// from channels
    #[arg(long, conflicts_with = "channels")]
    pub(super) system_toolchain: bool,

    /// Build in this directory, which is kept; several packages get one directory each
    /// [default: .pixi/bld/<package> in the workspace]
    #[arg(long, value_name = "DIRECTORY", value_hint = ValueHint::DirPath)]
    pub(super) work_dir: Option<PathBuf>,

    /// Write the packages to this directory, below one for their platform [default:
    /// output in the work directory]
    #[arg(long, value_name = "DIRECTORY", value_hint = ValueHint::DirPath)]
    pub(super) output_dir: Option<PathBuf>,

    /// Write archives of this kind, with a compression level after a colon: `conda`,
    /// `tar-bz2`, `conda:highest`, `conda:19`
    #[arg(long, value_name = "FORMAT", value_parser = package_format)]
    pub(super) package_format: Option<PackageFormat>,

    /// Do not use the network: take channels, packages and sources from the disk and
    /// from caches
    #[arg(long)]
    pub(super) offline: bool,

    /// Use the environments of the last build, and fail if the manifest asks for others.
    /// Lock files of the project always apply
    #[arg(long)]
    pub(super) locked: bool,

    /// Compile and download this many files at a time [default: the number of processors]
    #[arg(short, long, value_name = "NUMBER")]
    pub(super) jobs: Option<NonZeroUsize>,

    /// Run the tests of the packages in new environments [default: if they can run on
    /// this machine, without --system-toolchain]
    #[arg(long, conflicts_with_all = ["system_toolchain", "no_test"])]
    pub(super) test: bool,

    /// Do not run the tests of the packages
    #[arg(long)]
    pub(super) no_test: bool,

    /// Print one JSON object per line: each step and, at the end, the packages
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

impl BuildArguments {
    /// Whether the packages are tested.
    pub(super) fn runs_tests(&self) -> bool {
        self.test || !self.no_test
    }

    /// The output directory, if the user chooses one.
    pub(super) fn output_folder(&self) -> Option<PathBuf> {
        self.output_dir.as_deref().map(absolute)
    }

    /// The work directory, if the user chooses one.
    pub(super) fn work_folder(&self) -> Option<PathBuf> {
        self.work_dir.as_deref().map(absolute)
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

fn package_format(text: &str) -> Result<PackageFormat, String> {
    let (kind, level) = match text.split_once(':') {
        Some((kind, level)) => (kind, Some(level)),
        None => (text, None),
    };
    let archive_type = match kind {
        "conda" => ArchiveType::Conda,
        "tar-bz2" | "tar.bz2" => ArchiveType::TarBz2,
        _ => return Err("write `conda` or `tar-bz2`".to_string()),
    };
    let level = level.map(|level| match level {
        "lowest" => Ok(CompressionLevel::Named(NamedLevel::Lowest)),
        "default" => Ok(CompressionLevel::Named(NamedLevel::Default)),
        "highest" => Ok(CompressionLevel::Named(NamedLevel::Highest)),
        number => number.parse().map(CompressionLevel::Numeric).map_err(|_| {
            "the level after the colon is `lowest`, `default`, `highest` or a number".to_string()
        }),
    });
    Ok(PackageFormat {
        archive_type,
        compression_level: level.transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_a_kind_and_a_level() {
        let read = |text: &str| package_format(text).expect("it is a format");
        assert_eq!(read("conda").compression_level, None);
        assert_eq!(
            read("tar-bz2:9").compression_level,
            Some(CompressionLevel::Numeric(9))
        );
        assert_eq!(
            read("conda:-7").compression_level,
            Some(CompressionLevel::Numeric(-7))
        );
        assert!(package_format("zip").is_err());
        assert!(package_format("conda:max").is_err());
    }
}
