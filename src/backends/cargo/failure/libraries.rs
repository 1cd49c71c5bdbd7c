//! Libraries and tools that the environments lack, and the packages with them.

use crate::backend::failure::Diagnosis;
use crate::backend::log::Log;

/// Which conda package has a library, by the name the linker or pkg-config uses.
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

/// A tool of the build: how its absence reads, what it is called, its package.
struct Tool {
    signs: &'static [&'static str],
    name: &'static str,
    package: &'static str,
}

const TOOLS: [Tool; 7] = [
    Tool {
        signs: &["is `cmake` not installed?", "cmake: command not found"],
        name: "cmake",
        package: "cmake",
    },
    Tool {
        signs: &["Could not find `protoc`", "protoc: command not found"],
        name: "protoc, the compiler of protocol buffers",
        package: "libprotobuf",
    },
    Tool {
        signs: &[
            "Unable to find libclang",
            "couldn't find any valid shared libraries matching: ['libclang",
        ],
        name: "libclang, which bindgen reads headers with",
        package: "libclang",
    },
    Tool {
        signs: &["The pkg-config command could not be found"],
        name: "pkg-config",
        package: "pkg-config",
    },
    Tool {
        signs: &[
            "nasm: command not found",
            "failed to find nasm",
            "NASM command not found",
        ],
        name: "nasm, an assembler",
        package: "nasm",
    },
    Tool {
        signs: &[
            "perl: command not found",
            "Can't find perl",
            "is `perl` not installed?",
        ],
        name: "perl",
        package: "perl",
    },
    Tool {
        signs: &["make: command not found", "is `make` not installed?"],
        name: "make",
        package: "make",
    },
];

/// How openssl-sys ends, with or without pkg-config.
const NO_OPENSSL: &str = "Could not find directory of OpenSSL installation";

/// A program that a build script wants to run.
pub(super) fn missing_tool(log: &Log) -> Option<Diagnosis> {
    if log.has(NO_OPENSSL) {
        // Once OpenSSL is in the environment nobody asks pkg-config for it.
        return None;
    }
    let found = TOOLS
        .iter()
        .find(|tool| tool.signs.iter().any(|sign| log.has(sign)));
    if let Some(Tool { name, package, .. }) = found {
        return Some(Diagnosis {
            code: "build::missing_tool",
            message: format!(
                "{} needs {name}, and the environment has none",
                culprit(log)
            ),
            details: Vec::new(),
            help: Some(format!(
                "add `{package} = \"*\"` to `[package.build-dependencies]` of pixi.toml"
            )),
            ..Default::default()
        });
    }
    let compiler = log.between("error occurred in cc-rs: failed to find tool \"", "\"")?;
    Some(Diagnosis {
        code: "build::missing_tool",
        message: format!(
            "{} needs a C or C++ compiler, and there is no {compiler}",
            culprit(log)
        ),
        details: Vec::new(),
        help: Some(
            "name every language the crates are written in with `compilers = [\"rust\", \"c\", \
             \"cxx\"]` in `[package.build.config]`"
                .to_string(),
        ),
        ..Default::default()
    })
}

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
    // `cannot find -lz: No such file or directory`
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
            "link the library that has it: a build script says so with \
             `cargo::rustc-link-lib=<name>`, and its package belongs into \
             `[package.host-dependencies]` of pixi.toml"
                .to_string(),
        ),
        ..Default::default()
    })
}

/// The crate whose build script or linking failed.
fn culprit(log: &Log) -> String {
    let name = log
        .between("failed to run custom build command for `", "`")
        .or_else(|| log.between("could not compile `", "`"));
    match name {
        Some(name) => format!("`{}`", name.split(" (").next().unwrap_or(name)),
        None => "the build".to_string(),
    }
}
