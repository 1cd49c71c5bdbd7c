//! The errors about packages that must not be used.

use miette::{Diagnostic, Report};
use thiserror::Error;

use crate::backends::python::source::Source;

/// The installer succeeded, but it did not install the project.
#[derive(Debug, Error, Diagnostic)]
#[error("the build installed no Python project called `{name}`")]
#[diagnostic(
    code(python::no_wheel),
    help("check that the wheel has the name in pyproject.toml or setup.py")
)]
pub(super) struct NoWheel {
    pub(super) name: String,
}

/// The wheel contains only metadata.
#[derive(Debug, Error, Diagnostic)]
#[error("the wheel of `{name}` does not contain a module: `{backend}` found nothing to pack")]
#[diagnostic(code(python::empty_wheel), help("{help}"))]
pub(super) struct Empty {
    name: String,
    backend: String,
    help: &'static str,
}

impl Empty {
    pub(super) fn report(source: &Source) -> Report {
        let help = match source.build_module() {
            "hatchling" => {
                "hatchling packs the directory that has the project's name; name others in \
                 `[tool.hatch.build.targets.wheel]`: `packages = [\"src/…\"]`"
            }
            "setuptools" => {
                "setuptools looks for packages in the project and in `src`; name them in \
                 `[tool.setuptools]`: `packages = [\"…\"]`"
            }
            "poetry" => "name the packages in `[tool.poetry]`: `packages = [{ include = \"…\" }]`",
            _ => {
                "check that the modules are in a directory in which the build backend looks for \
                  them"
            }
        };
        Self {
            name: source.name(),
            backend: source.build_module().to_string(),
            help,
        }
        .into()
    }
}

/// A package for all platforms contains code for one platform.
#[derive(Debug, Error, Diagnostic)]
#[error("the package is for every platform, but its wheel is not: {proof}")]
#[diagnostic(code(python::native_in_noarch), help("{help}"))]
pub(super) struct Native {
    proof: String,
    help: &'static str,
}

impl Native {
    /// Creates the error. `proof` is the native file or the tags of the wheel.
    pub(super) fn report(proof: String, is_chosen: bool) -> Report {
        let help = if is_chosen {
            "remove `noarch = true` from `[package.build.config]`"
        } else {
            "write `compilers = [\"c\"]`, or the languages it compiles, into \
             `[package.build.config]`; or `noarch = false`, if the file is not compiled here"
        };
        Self { proof, help }.into()
    }
}

/// A package for several versions of Python contains code for one version.
#[derive(Debug, Error, Diagnostic)]
#[error("`abi3 = true`, but the wheel is for one version of Python: {tags}")]
#[diagnostic(
    code(python::not_abi3),
    help(
        "remove `abi3`, or have the project build for the stable ABI: `wheel.py-api` of \
         scikit-build-core, the feature `abi3-py39` of PyO3, `py_limited_api` of setuptools, \
         `limited-api` of meson-python"
    )
)]
pub(super) struct NotStable {
    pub(super) tags: String,
}

/// The version of the wheel differs from the version of the description.
#[derive(Debug, Error, Diagnostic)]
#[error("the package was described with version {described}, but its wheel has {built}")]
#[diagnostic(code(python::other_version), help("{help}"))]
pub(super) struct OtherVersion {
    described: String,
    built: String,
    help: String,
}

impl OtherVersion {
    /// Creates the error. setuptools builds version 0.0.0 when nothing tells it another one.
    pub(super) fn report(described: String, built: String, by_setuptools: bool) -> Report {
        let help = if by_setuptools && built == "0.0.0" {
            "the tool that computes the version did not run: add it to `[package.host-dependencies]`, \
             such as `setuptools-scm = \"*\"`"
                .to_string()
        } else {
            format!("write `version = \"{built}\"` into `[package]` of the pixi manifest")
        };
        Self {
            described,
            built,
            help,
        }
        .into()
    }
}

/// The wheel has dependencies that the package does not have.
#[derive(Debug, Error, Diagnostic)]
#[error("the project needs packages that the conda package does not ask for: {names}")]
#[diagnostic(code(python::missing_dependencies), help("{help}"))]
pub(super) struct Incomplete {
    names: String,
    help: String,
}

impl Incomplete {
    pub(super) fn report(lines: &[String], help: String) -> Report {
        let names = lines.iter().filter_map(|line| line.split(' ').next());
        Self {
            names: crate::diagnostic::list(names),
            help,
        }
        .into()
    }
}
