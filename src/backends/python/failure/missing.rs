//! Failures because of missing packages and programs.

use super::Case;
use crate::backend::Diagnosis;
use crate::backends::python::dependency::{Entry, conda_name, normalized};
use crate::diagnostic::nearest;

/// Modules whose name differs from the name of their package.
const MODULES: [(&str, &str); 13] = [
    ("flit_core", "flit-core"),
    ("poetry", "poetry-core"),
    ("pdm", "pdm-backend"),
    ("mesonpy", "meson-python"),
    ("mypyc", "mypy"),
    ("skbuild", "scikit-build"),
    ("hatch_vcs", "hatch-vcs"),
    ("uv_build", "uv-build"),
    ("pkg_resources", "setuptools"),
    ("distutils", "setuptools"),
    ("setuptools_scm", "setuptools-scm"),
    ("vcs_versioning", "setuptools-scm"),
    ("yaml", "pyyaml"),
];

/// Modules that newer versions of setuptools and Python do not have.
const REMOVED: [&str; 2] = ["pkg_resources", "distutils"];

/// The build backends of most projects, without the object in them.
const BACKENDS: [&str; 12] = [
    "flit_core.buildapi",
    "flit_scm",
    "hatchling.build",
    "maturin",
    "mesonpy",
    "pdm.backend",
    "poetry.core.masonry.api",
    "poetry_dynamic_versioning.backend",
    "py_build_cmake.build",
    "scikit_build_core.build",
    "setuptools.build_meta",
    "uv_build",
];

/// `build-backend` has a name that is nearly that of a build backend, and `module`, which belongs
/// to it, cannot be imported.
fn misspelled(case: &Case<'_>, module: &str, is_required: bool) -> Option<Diagnosis> {
    let named = case.source.files.toml(&["build-system", "build-backend"])?;
    let (backend, _) = named.text.split_once(':').unwrap_or((named.text, ""));
    let is_known = BACKENDS.contains(&backend) || !case.source.backend_path().is_empty();
    // A build backend with a similar name may exist, and is then one of the requirements.
    let is_whole = module == backend || !is_required;
    let meant = nearest(backend, BACKENDS).filter(|_| !is_known && is_whole)?;
    Some(Diagnosis {
        code: "build::unknown_name",
        message: format!("there is no build backend `{backend}`"),
        help: Some(format!("did you mean `{meant}`?")),
        place: case.in_pyproject(Some(named.at), "named here"),
        ..Default::default()
    })
}

/// A module cannot be imported.
pub(super) fn module(case: &Case<'_>) -> Option<Diagnosis> {
    let log = case.log;
    let named = log
        .between("No module named '", "'")
        .or_else(|| log.between("Cannot import '", "'"))
        .or_else(|| log.between("No module named \"", "\""));
    let invalid_command = log.has("invalid command 'bdist_wheel'").then_some("wheel");
    let module = named.or(invalid_command)?;
    let top = module.split('.').next().unwrap_or(module);
    // The package is there, and no longer contains the module. A traceback leads to its version.
    let has_setuptools = case.source.build_module() == "setuptools";
    if module.starts_with("numpy.distutils") || has_setuptools && REMOVED.contains(&top) {
        return None;
    }
    let known = MODULES.iter().find(|(module, _)| *module == top);
    let pypi = known.map_or_else(|| normalized(top), |(_, package)| package.to_string());
    let required = case.source.build.iter();
    let entry = required
        .clone()
        .find(|entry| entry.requirement.name == pypi);
    let is_backend = case.source.build_module() == top;
    if is_backend && let Some(found) = misspelled(case, module, entry.is_some()) {
        return Some(found);
    }
    let is_named = case
        .source
        .files
        .toml(&["build-system", "build-backend"])
        .is_some();
    let message = match (entry, is_backend) {
        (_, true) if !is_named => format!(
            "the build backend `{top}`, which builds projects without `build-backend`, is not in \
             the host environment"
        ),
        (_, true) => format!("the build backend `{top}` is not in the host environment"),
        (Some(_), _) => format!("`{pypi}`, which the build needs, is not in the host environment"),
        (None, _) => format!("the build imports `{module}`, which is not in the host environment"),
    };
    Some(missing(case, message, &pypi, entry))
}

/// A plug-in of a build backend is missing. hatchling only reports its name.
pub(super) fn plugin(case: &Case<'_>) -> Option<Diagnosis> {
    let log = case.log;
    let named = log
        .between("Unknown version source: ", " ")
        .or_else(|| log.after("Unknown version source: "))
        .or_else(|| log.after("Unknown build hook: "))
        .or_else(|| log.after("Unknown metadata hook: "))?;
    let name = named.trim().trim_matches(['`', '\'', '"']);
    let package = match name {
        "vcs" => "hatch-vcs".to_string(),
        "fancy-pypi-readme" => "hatch-fancy-pypi-readme".to_string(),
        "requirements_txt" => "hatch-requirements-txt".to_string(),
        other => format!("hatch-{other}"),
    };
    let required = case.source.build.iter();
    let entry = required
        .clone()
        .find(|entry| entry.requirement.name == package);
    let message = format!("`{package}`, which the build needs, is not in the host environment");
    Some(missing(case, message, &package, entry))
}

/// The build backend requests packages in a hook, which installers do not call for an existing
/// environment. `asked.py` prints the line.
pub(super) fn asked(case: &Case<'_>) -> Option<Diagnosis> {
    let wanted = case.log.after("the build backend asks for: ")?;
    let end = wanted.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)));
    let name = normalized(&wanted[..end.unwrap_or(wanted.len())]);
    let message =
        format!("the build backend asks for `{name}`, which is not in the host environment");
    Some(missing(case, message, &name, None))
}

/// A program is missing.
pub(super) fn program(case: &Case<'_>) -> Option<Diagnosis> {
    if case.log.has("Unknown compiler(s): [['cython']") {
        let required = case.source.build.iter();
        let entry = required
            .clone()
            .find(|entry| entry.requirement.name == "cython");
        let message = "`cython`, which the build runs, is not in the host environment";
        return Some(missing(case, message.to_string(), "cython", entry));
    }
    const PROGRAMS: [(&str, &str); 9] = [
        ("Could not find CMake", "cmake"),
        ("CMake not found", "cmake"),
        ("No such file or directory: 'cmake'", "cmake"),
        ("No such file or directory: 'ninja'", "ninja"),
        ("Could not detect Ninja", "ninja"),
        ("Could not find ninja", "ninja"),
        ("No such file or directory: 'meson'", "meson"),
        ("No such file or directory: 'maturin'", "maturin"),
        ("uv: command not found", "uv"),
    ];
    let (_, program) = PROGRAMS.iter().find(|(words, _)| case.log.has(words))?;
    Some(Diagnosis {
        code: "python::missing_requirement",
        message: format!("`{program}`, which the build runs, is not in its environments"),
        help: Some(format!(
            "write `{program} = \"*\"` into {}",
            case.manifest().replace("host-", "build-")
        )),
        ..Default::default()
    })
}

fn missing(case: &Case<'_>, message: String, pypi: &str, entry: Option<&Entry>) -> Diagnosis {
    let conda = conda_name(pypi);
    let table = case.manifest();
    let own = format!("write `{conda} = \"*\"` into {table}");
    let at = entry.and_then(|entry| entry.at);
    Diagnosis {
        code: "python::missing_requirement",
        message,
        help: Some(match entry {
            _ if case.request.run.system_tools => format!(
                "with `--system-toolchain`, the host environment has the packages of this machine \
                 and those in `build-system.requires`: add `{pypi}` to that list, or build with a \
                 channel and {own}"
            ),
            Some(_) => {
                format!("{own}, or `build-system-requires = \"map\"` into `[package.build.config]`")
            }
            None => own,
        }),
        place: case.in_pyproject(at, "the project asks for it here"),
        ..Default::default()
    }
}
