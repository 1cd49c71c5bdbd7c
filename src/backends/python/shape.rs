//! The shape of the package: for every platform or for one, for every Python or for one,
//! a copy of the sources or a reference to them.

use super::Config;
use super::config::Editable;
use super::source::Source;
use crate::backend::Request;
use crate::diagnostic::Warning;

/// What is decided before anything is built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    /// One package serves every platform.
    pub(super) noarch: bool,
    /// One package of a platform serves this version of Python and later ones.
    pub(super) abi3: bool,
    /// Languages whose compilers the build needs.
    pub(super) languages: Vec<String>,
    /// The package refers to the sources.
    pub(super) editable: bool,
}

/// By this variable of the process people chose before there was an option.
const EDITABLE: &str = "BUILD_EDITABLE_PYTHON";

impl Shape {
    /// Decides. What is described is never editable: pixi asks for outputs before it knows
    /// whether it wants that.
    pub(super) fn of(
        request: &Request<'_, Config>,
        source: &Source,
        warnings: &mut Vec<Warning>,
    ) -> Self {
        let config = request.config;
        let kind = &source.kind;
        let abi3 = config.abi3.unwrap_or(false);
        let compiles = match &config.compilers {
            Some(compilers) => !compilers.is_empty(),
            None => kind.is_compiled(),
        };
        let noarch = config.noarch.unwrap_or(!compiles && !abi3);
        let languages = match &config.compilers {
            Some(compilers) => compilers.clone(),
            // The user says that nothing is compiled.
            None if noarch => Vec::new(),
            None => kind.languages.clone(),
        };
        if config.noarch.is_none() && config.compilers.is_none() && kind.is_compiled() {
            tracing::debug!("the package is one of a platform: {}", kind.because);
        }
        if noarch && !config.skip_pyc_compilation.0.is_empty() {
            warnings.push(Warning::new(
                "`skip-pyc-compilation` has no effect: a package for every platform has no byte code",
            ));
        }
        Self {
            noarch,
            abi3,
            languages,
            editable: is_editable(request, source, warnings),
        }
    }

    /// Whether the same files serve several versions of Python.
    pub(super) fn is_python_independent(&self) -> bool {
        self.noarch || self.abi3
    }
}

fn is_editable(
    request: &Request<'_, Config>,
    source: &Source,
    warnings: &mut Vec<Warning>,
) -> bool {
    if let Editable::Fixed(choice) = request.config.editable {
        return choice;
    }
    let asked = match request.env.get(EDITABLE) {
        Some(value) => value == "true",
        None => request.editable,
    };
    if asked && source.build_module() == "mesonpy" {
        // Its import hook runs the build tools of an environment that is gone by then.
        warnings.push(
            Warning::new("a project of meson-python is installed as a copy, not editable").help(
                "it would compile on every import, with tools that are gone by then; \
                 `editable = true` insists",
            ),
        );
        return false;
    }
    asked
}
