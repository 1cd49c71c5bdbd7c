//! The requirements of a build in addition to those in the manifest: compilers, CMake,
//! ninja.

use super::arguments;
use super::view::View;
use crate::backend::{Requirement, Section};
use crate::diagnostic::{Warning, list};
use crate::protocol::spec::BinarySpec;

/// Languages of CMake that have their own compiler packages. The compiler package for C++
/// includes that for C.
const PACKAGES: [(&str, &str); 4] = [
    ("C", "c"),
    ("CXX", "cxx"),
    ("Fortran", "fortran"),
    ("CUDA", "cuda"),
];

/// The requirements that are added to those of the user, with warnings about them.
pub(super) fn of(view: &View<'_>, warnings: &mut Vec<Warning>) -> Vec<Requirement> {
    let compilers = compilers(view, warnings);
    let mut requirements: Vec<Requirement> = (compilers.iter())
        .map(|language| Requirement::Compiler(language.clone()))
        .collect();
    if view.request.variants.contains_key("c_stdlib") && !compilers.is_empty() {
        requirements.push(Requirement::Stdlib("c".to_string()));
    }
    let minimum = view.source.project.minimum.as_ref();
    let cmake = minimum.map(|minimum| format!(">={}", minimum.version));
    let cache = view.request.config.needed_cache();
    let tools = [("cmake", cmake), ("ninja", None)].into_iter();
    let tools = tools.chain(cache.map(|program| (program, None)));
    for (name, version) in tools.filter(|(name, _)| !view.names(Section::Build, name)) {
        let mut add = |version| {
            let spec = BinarySpec {
                version,
                ..BinarySpec::default()
            };
            requirements.push(Requirement::package(Section::Build, name, spec));
        };
        // A variant replaces only a requirement without a version.
        if version.is_some() && view.request.variants.contains_key(name) {
            add(None);
        }
        add(version);
    }
    for tool in ["cmake", "ninja"] {
        if view.names(Section::Host, tool) {
            warnings.push(
                Warning::new(format!(
                    "`{tool}` in host-dependencies is not the one that the build runs"
                ))
                .help("move it to `[package.build-dependencies]`"),
            );
        }
    }
    warnings.extend(refused(view));
    requirements
}

/// A project that CMake 4 refuses.
fn refused(view: &View<'_>) -> Option<Warning> {
    const POLICIES: &str = "CMAKE_POLICY_VERSION_MINIMUM";
    let config = view.request.config;
    let minimum = view.source.project.minimum.as_ref()?;
    let is_allowed = config.define.contains_key(POLICIES)
        || config.env.contains_key(POLICIES)
        || arguments::defines(&config.extra_args, POLICIES)
        || view.has_version(Section::Build, "cmake");
    if is_allowed || !minimum.is_refused_by_cmake_4() {
        return None;
    }
    let asked = &minimum.version;
    let message = format!("this project asks for CMake {asked}, which CMake 4 no longer supports");
    Some(Warning::new(message).help(format!(
        "set `define.{POLICIES} = \"3.5\"`, or `cmake = \"<4\"` in build-dependencies"
    )))
}

/// The languages whose compilers are required.
pub(super) fn compilers(view: &View<'_>, warnings: &mut Vec<Warning>) -> Vec<String> {
    let found = view.source.project.languages.as_deref();
    if let Some(chosen) = &view.request.config.compilers {
        warnings.extend(missing(view, chosen, found.unwrap_or_default()));
        return chosen.clone();
    }
    if view.names_a_compiler() {
        warnings.push(
            Warning::new(
                "a compiler in build-dependencies is installed in addition to that of `compilers`",
            )
            .help("set `compilers = []` to use only your own"),
        );
    }
    // A subdirectory may enable C++ although the top directory does not.
    let mut compilers = match found {
        Some([]) => Vec::new(),
        _ => vec!["cxx".to_string()],
    };
    let added =
        packages(found.unwrap_or_default()).filter(|package| !["c", "cxx"].contains(package));
    compilers.extend(added.map(str::to_string));
    compilers
}

/// The compiler packages for languages of CMake, in the order of [`PACKAGES`].
pub(super) fn packages(languages: &[String]) -> impl Iterator<Item = &'static str> {
    let enabled = |language: &str| languages.iter().any(|found| found == language);
    (PACKAGES.into_iter())
        .filter(move |(language, _)| enabled(language))
        .map(|(_, package)| package)
}

/// Other languages of conda, and compilers that are written instead of a language, each with the
/// language in [`PACKAGES`].
const OTHER_NAMES: [(&str, &str); 8] = [
    ("m2w64_c", "c"),
    ("gcc", "c"),
    ("clang", "c"),
    ("m2w64_cxx", "cxx"),
    ("gxx", "cxx"),
    ("clangxx", "cxx"),
    ("gfortran", "fortran"),
    ("flang", "fortran"),
];

/// The warning about languages that the project enables but `chosen` does not contain.
fn missing(view: &View<'_>, chosen: &[String], languages: &[String]) -> Option<Warning> {
    let has = |package: &str| {
        let mut names = chosen.iter().map(String::as_str);
        names.any(|name| name == package || OTHER_NAMES.contains(&(name, package)))
    };
    let missing: Vec<&str> = packages(languages)
        .filter(|package| !(has(package) || *package == "c" && has("cxx")))
        .collect();
    if missing.is_empty() || view.names_a_compiler() {
        return None;
    }
    let message = format!(
        "the project enables languages whose compilers `compilers` leaves out: {}",
        list(missing.iter().copied())
    );
    Some(
        Warning::new(message)
            .help("add them, or the packages of your own compilers to build-dependencies"),
    )
}
