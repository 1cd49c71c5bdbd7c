//! Packages that CMake did not find.

use super::blocks::{self, Message};
use crate::backend::Section;
use crate::backend::failure::Diagnosis;
use crate::backend::log::Log;
use crate::backends::cmake::view::View;

/// Conda packages whose names differ from those in `find_package`.
const CALLED: [(&str, &str); 44] = [
    ("absl", "libabseil"),
    ("BLAS", "libblas"),
    ("Boost", "libboost-devel"),
    ("BZip2", "bzip2"),
    ("Catch2", "catch2"),
    ("CLI11", "cli11"),
    ("CUDAToolkit", "cuda-cudart-dev"),
    ("CURL", "libcurl"),
    ("Eigen3", "eigen"),
    ("EXPAT", "libexpat"),
    ("FFTW3", "fftw"),
    ("Freetype", "freetype"),
    ("glfw3", "glfw"),
    ("gRPC", "libgrpc"),
    ("GSL", "gsl"),
    ("GTest", "gtest"),
    ("HDF5", "hdf5"),
    ("ICU", "icu"),
    ("JPEG", "libjpeg-turbo"),
    ("jsoncpp", "jsoncpp"),
    ("LAPACK", "liblapack"),
    ("LibLZMA", "liblzma-devel"),
    ("LibXml2", "libxml2-devel"),
    ("LLVM", "llvmdev"),
    ("lz4", "lz4-c"),
    ("MPI", "openmpi"),
    ("NetCDF", "libnetcdf"),
    ("OpenCV", "libopencv"),
    ("OpenGL", "libgl-devel"),
    ("OpenMP", "llvm-openmp"),
    ("OpenSSL", "openssl"),
    ("PNG", "libpng"),
    ("Protobuf", "libprotobuf"),
    ("Python", "python"),
    ("Python3", "python"),
    ("Qt5", "qt-main"),
    ("Qt6", "qt6-main"),
    ("SDL2", "sdl2"),
    ("SQLite3", "libsqlite"),
    ("TBB", "tbb-devel"),
    ("TIFF", "libtiff"),
    ("X11", "xorg-libx11"),
    ("yaml-cpp", "yaml-cpp"),
    ("ZLIB", "zlib"),
];

/// `find_package` did not find a package.
pub(super) fn missing(view: &View<'_>, log: &Log) -> Option<Diagnosis> {
    let (name, message) = blocks::errors(log)
        .into_iter()
        .find_map(|message| Some((name(&message.text())?, message)))?;
    let says_more = |paragraph: &&String| {
        let marks = ["Could NOT find ", "not accepted", "version:"];
        marks.iter().any(|mark| paragraph.contains(mark))
    };
    let details = message
        .paragraphs
        .iter()
        .filter(says_more)
        .cloned()
        .collect();
    Some(Diagnosis {
        code: "cmake::missing_package",
        message: format!("CMake did not find the package `{name}`"),
        details,
        help: Some(advice(view, &name)),
        place: place(view, &message),
        ..Default::default()
    })
}

/// The package name in a message about a missing package.
fn name(text: &str) -> Option<String> {
    let configuration = text.split_once("package configuration file provided by \"");
    let quoted = configuration.and_then(|(_, rest)| rest.split_once('"'));
    if let Some((name, _)) = quoted {
        return Some(name.to_string());
    }
    let (_, rest) = text.split_once("Could NOT find ")?;
    let name = rest.split([' ', ':', '(']).next()?;
    (!name.is_empty()).then(|| name.to_string())
}

/// The way out for a missing package.
fn advice(view: &View<'_>, name: &str) -> String {
    if let Some(other) = other_spelling(view, name) {
        return format!("the host environment has `{other}`: `find_package` is case-sensitive");
    }
    let called = CALLED.iter().find(|(known, _)| *known == name);
    let package = called.map_or_else(|| name.to_lowercase(), |(_, package)| package.to_string());
    if let Some(named) = spelled(view, Section::Build, &package) {
        return format!(
            "move `{named}` from `[package.build-dependencies]` to `[package.host-dependencies]`: \
             libraries are looked for there"
        );
    }
    if let Some(named) = spelled(view, Section::Host, &package) {
        return format!(
            "`{named}` is in the host environment, but it does not contain `{name}` for CMake"
        );
    }
    let certainty = if called.is_some() { "is" } else { "is often" };
    format!("add it to `[package.host-dependencies]`; in conda it {certainty} called `{package}`")
}

/// The package as spelled in the manifest, with `_` or `-`.
fn spelled(view: &View<'_>, section: Section, package: &str) -> Option<String> {
    let spellings = [
        package.to_string(),
        package.replace('_', "-"),
        package.replace('-', "_"),
    ];
    spellings
        .into_iter()
        .find(|spelling| view.names(section.clone(), spelling))
}

/// A package of the host environment whose name differs only in case.
fn other_spelling(view: &View<'_>, name: &str) -> Option<String> {
    let folders = ["lib/cmake", "share/cmake", "share"].map(|folder| view.tree.host().join(folder));
    let entries = folders.iter().flat_map(std::fs::read_dir);
    let names = entries.flatten().flatten();
    let names = names.filter_map(|entry| entry.file_name().into_string().ok());
    let mut other = names.filter(|found| found != name && found.eq_ignore_ascii_case(name));
    other.next()
}

/// pkg-config did not find a package.
pub(super) fn missing_for_pkg_config(view: &View<'_>, log: &Log) -> Option<Diagnosis> {
    let message = blocks::errors(log)
        .into_iter()
        .find(|message| message.text().contains("required packages were not found"))?;
    let text = message.text();
    let (_, names) = text.split_once("were not found:")?;
    let names: Vec<&str> = names
        .split(" - ")
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect();
    let name = names.first()?.split(['>', '<', '=']).next()?.to_string();
    Some(Diagnosis {
        code: "cmake::missing_package",
        message: format!("pkg-config did not find `{}`", names.join("`, `")),
        help: Some(advice(view, &name)),
        place: place(view, &message),
        ..Default::default()
    })
}

fn place(view: &View<'_>, message: &Message) -> Option<crate::backend::failure::Place> {
    message.place(blocks::source(view))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_missing_package_is_found() {
        let texts = [
            "By not providing \"FindFoo.cmake\" in CMAKE_MODULE_PATH this project has asked \
             CMake to find a package configuration file provided by \"Foo\", but CMake did not",
            "Could not find a package configuration file provided by \"Foo\" (requested version 2)",
            "Could NOT find Foo (missing: FOO_LIBRARY)",
            "Could NOT find Foo: Found unsuitable version",
        ];
        for text in texts {
            assert_eq!(name(text).as_deref(), Some("Foo"), "{text}");
        }
        assert_eq!(name("something else"), None);
    }
}
