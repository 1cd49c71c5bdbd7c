//! Errors of compilers and of build tools that run them.

use std::path::PathBuf;

use super::Case;
use crate::backend::Diagnosis;
use crate::backend::failure::{CodeError, QUOTED};

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
