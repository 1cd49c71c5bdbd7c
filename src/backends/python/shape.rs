//! Decides whether the package is for all platforms or one, for all versions of Python or one,
//! and whether it contains the sources or refers to them.

use super::Config;
use super::config::Editable;
use super::source::Source;
use crate::backend::Request;
use crate::backends::cargo::guest::Guest;
use crate::diagnostic::Warning;

/// The decisions before the build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    /// Whether the package is for all platforms.
    pub(super) noarch: bool,
    /// Whether a package for one platform also works with later versions of Python.
    pub(super) abi3: bool,
    /// The languages whose compilers the build needs.
    pub(super) languages: Vec<String>,
    /// Whether the package refers to the sources instead of containing a copy.
    pub(super) editable: bool,
}

/// The environment variable that selects an editable build. It is older than the option.
const EDITABLE: &str = "BUILD_EDITABLE_PYTHON";

impl Shape {
    /// Determines the shape. `request.editable` is false for a description, because pixi requests
    /// outputs before it knows whether it wants an editable build.
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
            // `noarch = true` declares that nothing is compiled.
            None if noarch => Vec::new(),
            None => kind.languages.clone(),
        };
        if config.noarch.is_none() && config.compilers.is_none() && kind.is_compiled() {
            tracing::debug!("the package is for one platform: {}", kind.because);
        }
        if noarch && !config.skip_pyc_compilation.0.is_empty() {
            warnings.push(Warning::new(
                "`skip-pyc-compilation` has no effect: a package for every platform does not \
                 contain byte code",
            ));
        }
        Self {
            noarch,
            abi3,
            languages,
            editable: is_editable(request, source, warnings),
        }
    }

    /// The crate of the project, if the build compiles it in the shared tree of the workspace.
    pub(super) fn guest<'a>(&self, source: &'a Source) -> Option<&'a Guest> {
        // Otherwise the toolchain is not the one in the build environment.
        let has_toolchain = self.languages.iter().any(|language| language == "rust");
        source.guest.as_ref().filter(|_| has_toolchain)
    }

    /// Whether the same files work with several versions of Python.
    pub(super) fn is_python_independent(&self) -> bool {
        self.noarch || self.abi3
    }

    /// Whether the package contains the byte code of its modules. If the package works with
    /// several versions of Python, conda compiles the modules during installation.
    pub(super) fn compiles_modules(&self) -> bool {
        !self.editable && !self.is_python_independent()
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
        // The import hook of meson-python needs the build tools, but their environment is gone
        // when the package is used.
        warnings.push(
            Warning::new("a project of meson-python is installed as a copy, not editable").help(
                "an editable package would compile on every import, with tools that no longer exist \
                 then; `editable = true` builds one anyway",
            ),
        );
        return false;
    }
    asked
}
