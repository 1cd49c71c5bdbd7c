//! Environment variables of the build.

use crate::backend::Request;
use crate::backend::script::{Step, Word};
use crate::backends::python::Config;
use crate::backends::python::config::Installer;
use crate::backends::python::source::Source;
use crate::backends::python::version;

/// The earliest date in a ZIP archive, in seconds since 1970. A constant date makes builds
/// reproducible.
const SOURCE_DATE: &str = "315532800";

/// Variables that rattler-build passes on, although a build must not depend on them, and
/// variables of another Python that would affect the build.
const OF_THE_MACHINE: [&str; 9] = [
    "CONDA_ENV_SHLVL_*",
    "CONDA_SHLVL",
    "DISPLAY",
    "LD_RUN_PATH",
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "VIRTUAL_ENV",
    "UV_PYTHON",
];

/// Settings for the installers and the build backends. They override the configuration of the
/// machine.
const FIXED: [(&str, &str); 9] = [
    ("PIP_DISABLE_PIP_VERSION_CHECK", "1"),
    ("PIP_BREAK_SYSTEM_PACKAGES", "1"),
    ("PYTHONDONTWRITEBYTECODE", "1"),
    ("PYTHONHASHSEED", "0"),
    ("UV_BREAK_SYSTEM_PACKAGES", "1"),
    ("UV_LINK_MODE", "copy"),
    ("UV_NO_CONFIG", "1"),
    ("UV_NO_INSTALLER_METADATA", "1"),
    ("UV_NO_PROGRESS", "1"),
];

/// Sets the variables of the backend. Those of the user come afterwards and win.
pub(super) fn own(request: &Request<'_, Config>, source: &Source) -> Vec<Step> {
    let config = request.config;
    let mut steps = vec![Step::unset(&OF_THE_MACHINE)];
    let mut set = |name: &str, value: Word| steps.push(Step::Set(name.to_string(), value));
    for (name, value) in FIXED {
        set(name, value.into());
    }
    let nothing = if request.platforms.build.is_windows() {
        "nul"
    } else {
        "/dev/null"
    };
    set("PIP_CONFIG_FILE", nothing.into());
    // The value of rattler-build is the time of the build, which would be part of archives.
    let date = request.env.get("SOURCE_DATE_EPOCH").unwrap_or(SOURCE_DATE);
    set("SOURCE_DATE_EPOCH", date.into());
    if config.installer == Installer::Uv
        && let Some(cache) = uv_cache(request)
    {
        set("UV_CACHE_DIR", Word::literal(cache));
    }
    if let Some(version) = pretended(request, source) {
        for name in version::variables(&source.name()) {
            set(&name, Word::literal(&version));
        }
    }
    steps
}

fn uv_cache(request: &Request<'_, Config>) -> Option<String> {
    let own = request.env.get("UV_CACHE_DIR").map(str::to_string);
    own.or_else(|| {
        let folder = request.folders.cache.as_ref()?.join("uv-cache");
        Some(folder.display().to_string())
    })
}

/// The version that replaces the one that a tool would compute from Git.
fn pretended(request: &Request<'_, Config>, source: &Source) -> Option<String> {
    let is_chosen = version::chosen(&request.config.common.env, &source.name()).is_some();
    if !source.computes_version || is_chosen {
        return None;
    }
    let found = source.version.as_ref().map(|found| found.version.clone());
    // A version of conda such as `dynamic` is not one for the tool, which computes its own.
    found.or_else(|| version::parse(request.project.model.version.as_ref()?))
}
