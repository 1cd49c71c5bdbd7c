//! Failures of compilers and of build tools that run them.

use std::path::PathBuf;

use super::Case;
use crate::backend::Diagnosis;
use crate::backend::failure::{CodeError, QUOTED};

/// The build environment does not contain a compiler.
pub(super) fn compiler(case: &Case<'_>) -> Option<Diagnosis> {
    let words = [
        "CMAKE_C_COMPILER not set",
        "CMAKE_CXX_COMPILER not set",
        "No CMAKE_C_COMPILER could be found",
        "No CMAKE_CXX_COMPILER could be found",
        "Unknown compiler(s)",
        "linker `cc` not found",
        "Microsoft Visual C++ 14.0 or greater is required",
    ];
    let started = |line: &str| {
        line.contains("error: command '") && line.contains("' failed: No such file or directory")
    };
    let spelled = words.iter().any(|words| case.log.has(words));
    let rust = case.log.has("can't find Rust compiler")
        || case.log.has("rustc, the rust compiler, is not installed");
    if !spelled && !rust && !case.log.lines().any(started) {
        return None;
    }
    let cxx = case.log.has("CMAKE_CXX_COMPILER") || case.log.has("'g++' failed");
    let languages = match (rust, cxx) {
        (true, _) => "[\"rust\", \"c\"]",
        (false, true) => "[\"c\", \"cxx\"]",
        (false, false) => "[\"c\"]",
    };
    Some(Diagnosis {
        code: "python::no_compiler",
        message: "the project compiles code, and the build environment has no compiler for it"
            .to_string(),
        help: Some(format!(
            "write `compilers = {languages}` into `[package.build.config]`"
        )),
        ..Default::default()
    })
}

/// Headers and the conda packages that contain them.
const HEADERS: [(&str, &str); 16] = [
    ("zlib.h", "zlib"),
    ("openssl/", "openssl"),
    ("ffi.h", "libffi"),
    ("yaml.h", "yaml"),
    ("sqlite3.h", "sqlite"),
    ("bzlib.h", "bzip2"),
    ("lzma.h", "xz"),
    ("zstd.h", "zstd"),
    ("lz4", "lz4-c"),
    ("hdf5.h", "hdf5"),
    ("jpeglib.h", "libjpeg-turbo"),
    ("png.h", "libpng"),
    ("libxml/", "libxml2"),
    ("curl/", "libcurl"),
    ("boost/", "libboost-headers"),
    ("Eigen/", "eigen"),
];

/// A header is missing.
pub(super) fn header(case: &Case<'_>) -> Option<Diagnosis> {
    let named = case
        .log
        .between("fatal error: ", ": No such file or directory");
    let header = named.or_else(|| case.log.between("fatal error: '", "' file not found"))?;
    let known = HEADERS.iter().find(|(start, _)| header.starts_with(start));
    let python = header == "Python.h";
    let package = match header {
        _ if python => Some("python"),
        _ if header.starts_with("numpy/") => Some("numpy"),
        _ if header.starts_with("pybind11/") => Some("pybind11"),
        _ => known.map(|(_, package)| *package),
    };
    Some(Diagnosis {
        code: "python::missing_header",
        message: format!("the C compiler does not find `{header}`"),
        help: Some(match package {
            Some(package) => format!("write `{package} = \"*\"` into {}", case.manifest()),
            None => format!("add the package that has it to {}", case.manifest()),
        }),
        ..Default::default()
    })
}

/// A compiler reported errors.
pub(super) fn errors(case: &Case<'_>) -> Option<Diagnosis> {
    let found: Vec<CodeError> = case
        .log
        .lines()
        .filter_map(|line| error(case, line.trim()))
        .take(QUOTED)
        .collect();
    let first = found.first()?;
    Some(Diagnosis {
        code: "build::compile_error",
        message: first.message.clone(),
        errors: found,
        ..Default::default()
    })
}

/// Parses an error line: `file:line:column: error: message` from a C compiler or Cython, or
/// `file:line:column: ERROR: message` from Meson.
fn error(case: &Case<'_>, line: &str) -> Option<CodeError> {
    let (place, message) = [": error: ", ": fatal error: ", ": ERROR: "]
        .iter()
        .find_map(|mark| line.split_once(mark))?;
    let mut parts = place.rsplitn(3, ':');
    let column = parts.next()?.parse().ok()?;
    let line = parts.next()?.parse().ok()?;
    let file = PathBuf::from(parts.next()?);
    let below = case.source.files.folder.join(&file);
    Some(CodeError {
        message: message.to_string(),
        file: if below.is_file() { below } else { file },
        line,
        column,
    })
}
