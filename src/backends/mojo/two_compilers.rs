//! Different compilers in the build environment and in the host environment.
//!
//! A precompiled library brings the compiler that wrote it into the host environment. The compiler
//! of the build then finds the standard library of the other one first, and cannot read it.

use std::path::Path;

use miette::{Diagnostic, Report};
use serde_json::Value;
use thiserror::Error;

use super::installed::records;
use super::requirements::COMPILER;
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

/// Compares the compilers of the two environments.
///
/// # Errors
/// [`TwoCompilers`] if both environments have one and the versions differ.
pub(super) fn check(paths: &BuildPaths) -> Result<(), Report> {
    let build = version(&paths.build_prefix);
    let host = version(&paths.host_prefix);
    match build.zip(host) {
        Some((build, host)) if build != host => Err(TwoCompilers {
            build,
            host,
            reason: reason(&paths.host_prefix),
        }
        .into()),
        _ => Ok(()),
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
