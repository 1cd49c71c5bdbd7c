//! Environments in which the compiler cannot read the libraries.
//!
//! A precompiled library brings the compiler that wrote it into the host environment. The compiler
//! of the build then finds the standard library of the other one first, and cannot read it.
//!
//! Compilers before 1.0 read and write `.mojopkg`, those since 1.1 `.mojoc`. They overlook files with
//! the other ending, and say only that there is no such module.

use std::path::Path;

use miette::{Diagnostic, Report};
use serde_json::Value;
use thiserror::Error;

use super::installed::records;
use super::neighbors;
use super::requirements::COMPILER;
use super::source::Source;
use crate::backend::BuildPaths;

/// The environments have different compilers.
#[derive(Debug, Error, Diagnostic)]
#[error(
    "the build environment has Mojo {build}, but the host environment has the libraries of Mojo {host}, which {reason}"
)]
#[diagnostic(
    code(mojo::two_compilers),
    help(
        "build with that compiler: write `mojo-compiler = \"=={host}\"` into `[package.build-dependencies]`, or use libraries that Mojo {build} compiled"
    )
)]
struct TwoCompilers {
    build: String,
    host: String,
    reason: String,
}

/// An imported library is in a file that the compiler overlooks.
#[derive(Debug, Error, Diagnostic)]
#[error(
    "Mojo {compiler} does not read `{file}`, which contains the library `{module}` of the package `{package}`"
)]
#[diagnostic(
    code(mojo::other_format),
    help(
        "use a version of `{package}` that was compiled by Mojo {compiler}, or write the version of `mojo-compiler` that compiled it into `[package.build-dependencies]`"
    )
)]
struct OtherFormat {
    compiler: String,
    file: String,
    module: String,
    package: String,
}

/// Compares the compilers of the two environments, and the imported libraries with the compiler.
///
/// # Errors
/// [`TwoCompilers`] if both environments have one and the versions differ, and [`OtherFormat`].
pub(super) fn check(source: &Source, paths: &BuildPaths) -> Result<(), Report> {
    let BuildPaths {
        build_prefix,
        host_prefix,
        ..
    } = paths;
    let Some(build) = version(build_prefix) else {
        return Ok(());
    };
    if let Some(host) = version(host_prefix).filter(|host| *host != build) {
        return Err(TwoCompilers {
            build,
            host,
            reason: reason(host_prefix),
        }
        .into());
    }
    let records: Vec<Value> = records(build_prefix).chain(records(host_prefix)).collect();
    let imported = source.closure.elsewhere.keys();
    let other = imported.filter_map(|module| other_format(module, &build, &records));
    other.map(Report::from).map(Err).next().unwrap_or(Ok(()))
}

/// The file of a library, if the compiler reads none of its files.
fn other_format(module: &str, compiler: &str, records: &[Value]) -> Option<OtherFormat> {
    let mut found = None;
    for record in records {
        let files = record["files"].as_array().into_iter().flatten();
        for file in files.filter_map(Value::as_str) {
            if neighbors::module(file).as_deref() != Some(module) {
                continue;
            }
            if reads(compiler, file) {
                return None;
            }
            found = Some((file, record["name"].as_str()?));
        }
    }
    let (file, package) = found?;
    Some(OtherFormat {
        compiler: compiler.to_string(),
        file: file.to_string(),
        module: module.to_string(),
        package: package.to_string(),
    })
}

/// Whether the compiler reads files with the ending of `file`.
fn reads(compiler: &str, file: &str) -> bool {
    let mut numbers = compiler.split('.').map(|part| part.parse::<u32>().ok());
    let release = (numbers.next().flatten(), numbers.next().flatten());
    let (Some(major), Some(minor)) = release else {
        return true;
    };
    // The ending changed in some development version.
    let is_between = compiler.contains("dev") && (major, minor) <= (1, 1);
    match Path::new(file).extension().and_then(|end| end.to_str()) {
        Some("mojopkg") => (major, minor) < (1, 1) || is_between,
        Some("mojoc") => major > 0 || is_between,
        _ => true,
    }
}

fn version(prefix: &Path) -> Option<String> {
    let mut compilers = records(prefix).filter(|record| record["name"] == COMPILER);
    Some(compilers.next()?["version"].as_str()?.to_string())
}

/// The reason why the compiler is in an environment.
fn reason(prefix: &Path) -> String {
    let needs_it = |record: &Value| {
        let depends = record["depends"].as_array();
        let depends = depends.into_iter().flatten().filter_map(Value::as_str);
        let mut names = depends.filter_map(|spec| spec.split_whitespace().next());
        names.any(|name| name == COMPILER)
    };
    let packages = records(prefix).filter(needs_it);
    let names = packages.filter_map(|record| Some(format!("`{}`", record["name"].as_str()?)));
    let mut names: Vec<String> = names.collect();
    names.sort();
    match names.as_slice() {
        [] => "`[package.host-dependencies]` names".to_string(),
        [one] => format!("{one} depends on"),
        several => format!("{} depend on", several.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_of_a_library_has_changed() {
        for (compiler, package, compiled) in [
            ("0.26.2.0", true, false),
            ("1.0.0", true, true),
            ("1.1.0", false, true),
            ("1.1.0.dev2026091105", true, true),
            ("1.2.0.dev2026101105", false, true),
            ("2.0", false, true),
            ("unknown", true, true),
        ] {
            assert_eq!(reads(compiler, "lib/mojo/a.mojopkg"), package, "{compiler}");
            assert_eq!(reads(compiler, "lib/mojo/a.mojoc"), compiled, "{compiler}");
            assert!(reads(compiler, "lib/mojo/a/__init__.mojo"));
        }
    }

    #[test]
    fn only_a_library_without_a_file_that_can_be_read_is_overlooked() {
        let record = |name: &str, file: &str| serde_json::json!({ "name": name, "files": [format!("lib/mojo/{file}")] });
        let old = record("greet-old", "greet.mojopkg");
        let new = record("greet", "greet.mojoc");
        let records = [old, new];
        let package =
            |records: &[Value]| other_format("greet", "1.2.0", records).map(|other| other.package);
        assert_eq!(package(&records[..1]).as_deref(), Some("greet-old"));
        assert_eq!(package(&records), None);
        assert!(other_format("words", "1.2.0", &records[..1]).is_none());
    }
}
