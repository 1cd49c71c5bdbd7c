//! Libraries that are missing from the environments, and the packages that contain them.

use super::evidence::culprit;
use crate::backend::failure::Diagnosis;
use crate::backend::log::Log;

/// The conda packages of libraries, by the name that linkers or pkg-config use.
const PACKAGES: [(&str, &str); 36] = [
    ("alsa", "alsa-lib"),
    ("archive", "libarchive"),
    ("asound", "alsa-lib"),
    ("bz2", "bzip2"),
    ("clang", "libclang"),
    ("crypto", "openssl"),
    ("curl", "libcurl"),
    ("dbus-1", "dbus"),
    ("expat", "libexpat"),
    ("ffi", "libffi"),
    ("fontconfig", "fontconfig"),
    ("freetype2", "freetype"),
    ("freetype", "freetype"),
    ("git2", "libgit2"),
    ("glib-2.0", "glib"),
    ("gtk+-3.0", "gtk3"),
    ("gtk4", "gtk4"),
    ("hdf5", "hdf5"),
    ("jpeg", "libjpeg-turbo"),
    ("lz4", "lz4-c"),
    ("lzma", "liblzma-devel"),
    ("netcdf", "libnetcdf"),
    ("openssl", "openssl"),
    ("png", "libpng"),
    ("pq", "libpq"),
    ("proj", "proj"),
    ("python3", "python"),
    ("sodium", "libsodium"),
    ("sqlite3", "sqlite"),
    ("ssh2", "libssh2"),
    ("ssl", "openssl"),
    ("udev", "libudev"),
    ("usb-1.0", "libusb"),
    ("xml2", "libxml2-devel"),
    ("z", "zlib"),
    ("zstd", "zstd"),
];

/// The error of openssl-sys, with and without pkg-config.
pub(super) const NO_OPENSSL: &str = "Could not find directory of OpenSSL installation";

/// A library that a linker, pkg-config or a build script does not find.
pub(super) fn missing_library(log: &Log) -> Option<Diagnosis> {
    let library = by_linker(log)
        .or_else(|| by_pkg_config(log))
        .or_else(|| log.has(NO_OPENSSL).then_some("openssl"));
    let Some(library) = library else {
        return undefined_symbol(log);
    };
    let plain = library.strip_prefix("lib").unwrap_or(library);
    let known = PACKAGES.iter().find(|(name, _)| *name == plain);
    let help = match known {
        Some((_, package)) => format!(
            "the package `{package}` has it: add `{package} = \"*\"` to \
             `[package.host-dependencies]` of pixi.toml"
        ),
        None => {
            "add the package that has it to `[package.host-dependencies]` of pixi.toml".to_string()
        }
    };
    Some(Diagnosis {
        code: "build::missing_library",
        message: format!(
            "{} needs the library `{library}`, which was not found",
            culprit(log)
        ),
        details: Vec::new(),
        help: Some(help),
        ..Default::default()
    })
}

fn by_linker(log: &Log) -> Option<&str> {
    let named = [
        "unable to find library -l",
        "cannot find -l",
        "library not found for -l",
    ]
    .iter()
    .find_map(|start| log.after(start))
    .or_else(|| log.between("ld: library '", "' not found"))
    .or_else(|| log.between("cannot open input file '", ".lib'"))?;
    // For example: `cannot find -lz: No such file or directory`.
    named.split([':', ' ', '\'']).next()
}

fn by_pkg_config(log: &Log) -> Option<&str> {
    log.between("The system library `", "` required by crate")
        .or_else(|| log.between("Package ", " was not found in the pkg-config search path"))
}

fn undefined_symbol(log: &Log) -> Option<Diagnosis> {
    let symbol = log
        .after("error: undefined symbol: ")
        .or_else(|| log.between("undefined reference to `", "'"))?;
    Some(Diagnosis {
        code: "build::undefined_symbol",
        message: format!(
            "{} uses `{symbol}`, which no linked library has",
            culprit(log)
        ),
        details: Vec::new(),
        help: Some(
            "link the library that has it: print `cargo::rustc-link-lib=<name>` in a build script, \
             and add its package to `[package.host-dependencies]` of pixi.toml"
                .to_string(),
        ),
        ..Default::default()
    })
}
