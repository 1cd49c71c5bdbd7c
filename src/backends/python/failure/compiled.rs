//! Errors of compilers and of build tools that run them.

use std::path::{Path, PathBuf};

use super::{Case, line_of};
use crate::backend::failure::{CodeError, QUOTED};
use crate::backend::{Diagnosis, Log};

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
    let errors = all(case.log, &case.source.files.folder);
    let mut errors = errors.iter();
    let including = errors.find(|error| error.message.contains(header));
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
        place: including.and_then(|error| line_of(&error.file, error.line, "included here")),
        ..Default::default()
    })
}

/// A compiler reported errors.
pub(super) fn errors(case: &Case<'_>) -> Option<Diagnosis> {
    let errors = all(case.log, &case.source.files.folder);
    let first = errors.first()?;
    Some(Diagnosis {
        code: "build::compile_error",
        message: first.message.clone(),
        place: line_of(&first.file, first.line, "here"),
        errors,
        ..Default::default()
    })
}

/// The first errors of a log, each once.
fn all(log: &Log, folder: &Path) -> Vec<CodeError> {
    let mut errors: Vec<CodeError> = Vec::new();
    for found in log.lines().filter_map(|line| error(line.trim(), folder)) {
        if errors.len() < QUOTED && !errors.contains(&found) {
            errors.push(found);
        }
    }
    errors
}

/// Parses an error line: `file:line:column: error: message` from a C compiler or Cython, or
/// `file:line:column: ERROR: message` from Meson.
fn error(line: &str, folder: &Path) -> Option<CodeError> {
    let (place, message) = [": error: ", ": fatal error: ", ": ERROR: "]
        .iter()
        .find_map(|mark| line.split_once(mark))?;
    let mut parts = place.rsplitn(3, ':');
    let column = parts.next()?.parse().ok()?;
    let line = parts.next()?.parse().ok()?;
    Some(CodeError {
        message: message.to_string(),
        file: found(Path::new(parts.next()?), folder),
        line,
        column,
    })
}

/// The file of the project with this path. A relative path may begin in a build directory, which is
/// outside of the project.
fn found(file: &Path, folder: &Path) -> PathBuf {
    let from_outside = file.starts_with("..");
    let names: Vec<_> = file.iter().skip_while(|name| *name == "..").collect();
    let ends = (0..names.len()).map(|start| names[start..].iter().collect::<PathBuf>());
    let ends = ends.filter(|_| from_outside);
    let paths = std::iter::once(file.to_path_buf()).chain(ends);
    let mut paths = paths.map(|path| folder.join(path));
    paths
        .find(|path| path.is_file())
        .unwrap_or_else(|| file.to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backends::python::failure::output_of_the_hook;

    #[test]
    fn errors_that_uv_repeats_are_one_error_in_the_file_of_the_project() {
        let project = tempfile::tempdir().expect("a folder");
        let core = project.path().join("native/core.c");
        crate::disk::write(&core, "int x\n").expect("own folder");
        for path in ["native/core.c", "../../../ws/native/core.c"] {
            let log = format!(
                "DEBUG {path}:1:6: error: expected ';'\n\
                 DEBUG {path}:1:7: error: another\n\
                 \x20     {path}:1:6: error: expected ';'\n"
            );
            let log = output_of_the_hook(&Log::new(&log));
            let errors = all(&log, project.path());
            let shown = errors.iter().map(|error| {
                (
                    &error.file,
                    error.line,
                    error.column,
                    error.message.as_str(),
                )
            });
            assert_eq!(
                shown.collect::<Vec<_>>(),
                [(&core, 1, 6, "expected ';'"), (&core, 1, 7, "another")]
            );
        }
    }
}
