//! Finds the version of a project without running its code.
//!
//! A version that a tool computes from Git is computed here as well. The build passes it to the
//! tool, so that the wheel and the package have the same version.

mod attribute;
mod describe;
mod dunamai;
mod git;
mod globs;
mod mistakes;
mod options;
mod refused;
mod rules;
mod scm;
mod tags;

use std::path::{Path, PathBuf};
use std::str::FromStr;

use miette::Report;
use pep440_rs::Version;

use super::config::VersionFrom;
use super::literal;
use super::project::Files;
use crate::backend::variables::Variables;
use crate::diagnostic::{Warning, read_text};
use mistakes::{NotFound, Unusable};
pub(super) use scm::packed_header;

/// The version of a project, and its origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// The version, normalized by the rules of PEP 440.
    pub(super) version: String,
    /// The files that contain it, except for `pyproject.toml`, `setup.cfg` and `setup.py`.
    pub(super) files: Vec<PathBuf>,
    /// A warning about a version that is probably not the one that the user wants.
    pub(super) doubt: Option<Warning>,
}

/// Finds the version of a project. Returns `None` if the project does not say where its version
/// is.
///
/// # Errors
/// [`NotFound`] and [`Unusable`]: the place is known, but it does not contain a valid version.
pub(super) fn find(
    project: &Files,
    from: &VersionFrom,
    top: Option<&Path>,
) -> Result<Option<Found>, Report> {
    match from {
        VersionFrom::Auto => {}
        VersionFrom::Git => return rules::any(project).read(project, top).map(Some),
        VersionFrom::File(file) => {
            let place = Place::Written(file.clone());
            return place.read(project, top).map(Some);
        }
    }
    if let Some(version) = project.toml(&["project", "version"]) {
        let pyproject = project.pyproject.as_ref().expect("the value is in it");
        let parsed = parse(version.text).ok_or_else(|| Unusable {
            version: version.text.to_string(),
            file: pyproject.file(),
            at: Some(version.at),
        })?;
        return Ok(Some(tagged(project, Found::new(parsed, Vec::new()))));
    }
    let place = SOURCES.iter().find_map(|source| source(project));
    let found = place.map(|place| place.read(project, top)).transpose();
    // The `PKG-INFO` of a source distribution contains its version.
    let packed = || {
        let version = scm::packed(&project.folder)?;
        let file = project.folder.join(scm::PACKED);
        Some(Found::new(version, vec![file]))
    };
    match found {
        Ok(Some(found)) => Ok(Some(tagged(project, found))),
        Ok(None) => Ok(packed()),
        Err(mistake) => packed().map(Some).ok_or(mistake),
    }
}

/// The version with the suffix that setuptools adds to versions from every place.
fn tagged(project: &Files, found: Found) -> Found {
    let tag = project.setup_cfg.get("egg_info", "tag_build");
    let version = tag.and_then(|tag| parse(&format!("{}{tag}", found.version)));
    Found {
        version: version.unwrap_or(found.version),
        ..found
    }
}

/// Whether a tool computes the version from Git during the build.
pub(super) fn is_computed(project: &Files) -> bool {
    SOURCES
        .iter()
        .find_map(|source| source(project))
        .is_some_and(|place| matches!(place, Place::Git(_)))
}

/// The variables from which tools take a version instead of asking Git, for the distribution
/// `name`.
pub(super) fn variables(name: &str) -> Vec<String> {
    let name = name.to_uppercase().replace('-', "_");
    vec![
        format!("SETUPTOOLS_SCM_PRETEND_VERSION_FOR_{name}"),
        "SETUPTOOLS_SCM_PRETEND_VERSION".to_string(),
        "PDM_BUILD_SCM_VERSION".to_string(),
        "PBR_VERSION".to_string(),
        "POETRY_DYNAMIC_VERSIONING_BYPASS".to_string(),
        "UV_DYNAMIC_VERSIONING_BYPASS".to_string(),
    ]
}

/// The version that the user chooses with one of these variables.
pub(super) fn chosen(env: &Variables, name: &str) -> Option<Found> {
    let mut values = variables(name).into_iter();
    let value = values.find_map(|variable| env.get(&variable).cloned())?;
    Some(Found::new(parse(&value)?, Vec::new()))
}

impl Found {
    fn new(version: String, files: Vec<PathBuf>) -> Self {
        Self {
            version,
            files,
            doubt: None,
        }
    }
}

/// The place of a version.
#[derive(Debug, Clone)]
enum Place {
    /// The version itself.
    Literal(String),
    /// The version itself, and the files that were read to find it.
    Found(String, Vec<PathBuf>),
    /// The whole content of a file.
    File(PathBuf),
    /// A file that assigns the version to `__version__` or `VERSION`, or contains only the version.
    Written(PathBuf),
    /// An attribute, written as `package.module.name`, and the directory that contains the package.
    Attribute(String, Option<String>),
    /// A file, and the variable to which it assigns the version.
    Assigned(PathBuf, String),
    /// The match of a regular expression in a file.
    Pattern(PathBuf, String),
    /// The history of the checkout, by the rules of a tool.
    Git(Box<rules::Rules>),
    /// Code that only the build runs, with its description.
    Code(String),
    /// A setuptools-scm that the project does not enable.
    Disabled,
    /// A place that only the build backend knows.
    Unknown,
}

/// Functions for the build tools. Each returns the place of the version if the project uses
/// its tool. The first result counts.
const SOURCES: [fn(&Files) -> Option<Place>; 11] = [
    rules::rules,
    hatch,
    setuptools,
    poetry,
    flit,
    pdm,
    attribute::scikit_build,
    attribute::cargo,
    attribute::meson,
    rules::disabled,
    unknown,
];

impl Place {
    fn read(self, project: &Files, top: Option<&Path>) -> Result<Found, Report> {
        let missing = |what: String| -> Report { NotFound::report(project, what) };
        let (text, files) = match self {
            Self::Literal(version) => (version, Vec::new()),
            Self::Found(version, files) => (version, files),
            Self::Git(rules) => return scm::read(&rules, project, top),
            Self::Code(tool) => {
                return Err(missing(format!("{tool} computes it during the build")));
            }
            Self::Disabled => return Err(NotFound::disabled_scm(project)),
            Self::Unknown => return Err(NotFound::unknown(project)),
            Self::File(file) => {
                let text = read_text(&project.folder.join(&file))?;
                (text.trim().to_string(), vec![file])
            }
            Self::Written(file) => {
                let text = read_text(&project.folder.join(&file))?;
                let found = attribute::matched(&text, attribute::HATCH);
                (found.unwrap_or_else(|| text.trim().to_string()), vec![file])
            }
            Self::Assigned(file, name) => {
                let found = assigned_in(&project.folder.join(&file), &name);
                let what = format!("`{}` does not set `{name}`", file.display());
                (found.ok_or_else(|| missing(what))?, vec![file])
            }
            Self::Pattern(file, pattern) => {
                let text = read_text(&project.folder.join(&file))?;
                let found = attribute::matched(&text, &pattern);
                let what = format!(
                    "`{}` does not have a version in the expected place",
                    file.display()
                );
                (found.ok_or_else(|| missing(what))?, vec![file])
            }
            Self::Attribute(name, folder) => {
                let found = attribute::find(&project.folder, &name, folder.as_deref());
                let what = format!("`{name}` is not a literal in any module of the project");
                found.ok_or_else(|| missing(what))?
            }
        };
        let parsed = parse(&text).ok_or_else(|| Unusable {
            version: text.clone(),
            file: NotFound::file(project),
            at: None,
        })?;
        let files = files.iter().map(|file| project.folder.join(file)).collect();
        Ok(Found::new(parsed, files))
    }
}

/// Normalizes a version. Returns `None` for text that is not a version by PEP 440.
pub(super) fn parse(text: &str) -> Option<String> {
    let version = Version::from_str(text.trim()).ok()?;
    Some(version.to_string())
}

fn hatch(project: &Files) -> Option<Place> {
    let source = project.toml(&["tool", "hatch", "version", "source"]);
    let path = project.toml(&["tool", "hatch", "version", "path"]);
    match source.map_or("regex", |source| source.text) {
        "regex" => {
            let pattern = project.toml(&["tool", "hatch", "version", "pattern"]);
            let pattern = match pattern.map(|pattern| pattern.text) {
                None => attribute::HATCH.to_string(),
                Some(pattern) => pattern.to_string(),
            };
            Some(Place::Pattern(PathBuf::from(path?.text), pattern))
        }
        "code" => {
            let name = project.toml(&["tool", "hatch", "version", "expression"]);
            let name = name.map_or("__version__", |name| name.text);
            let file = PathBuf::from(path?.text);
            // The build evaluates the file. A literal has the same value before.
            Some(match assigned_in(&project.folder.join(&file), name) {
                Some(_) => Place::Assigned(file, name.to_string()),
                None => Place::Code("the code that `tool.hatch.version` names".to_string()),
            })
        }
        // The plugin hatch-nodejs-version.
        "nodejs" => {
            let file = path.map_or("package.json", |path| path.text);
            let pattern = r#""version"\s*:\s*"(?P<version>[^"\n]+)""#;
            Some(Place::Pattern(PathBuf::from(file), pattern.to_string()))
        }
        "env" => {
            let what = "an environment variable that hatch reads";
            Some(Place::Code(what.to_string()))
        }
        _ => None,
    }
}

fn setuptools(project: &Files) -> Option<Place> {
    let dynamic = ["tool", "setuptools", "dynamic", "version"];
    let key = |name| project.toml(&[dynamic[0], dynamic[1], dynamic[2], dynamic[3], name]);
    let folder = || {
        let root = project.toml(&["tool", "setuptools", "package-dir", ""]);
        let found = project
            .pyproject
            .as_ref()
            .map(|file| file.texts(&["tool", "setuptools", "packages", "find", "where"]));
        let found = found.and_then(|found| Some(found.first()?.text.to_string()));
        root.map(|root| root.text.to_string()).or(found)
    };
    if let Some(attribute) = key("attr") {
        let name = attribute.text;
        return Some(match in_mapped_directory(project, name) {
            Some(name) => Place::Attribute(name, Some(String::new())),
            None => Place::Attribute(name.to_string(), folder()),
        });
    }
    let files = project.pyproject.as_ref();
    let files =
        files.map(|file| file.texts(&[dynamic[0], dynamic[1], dynamic[2], dynamic[3], "file"]));
    if let Some(file) = files.and_then(|files| Some(files.first()?.text.to_string())) {
        return Some(Place::File(PathBuf::from(file)));
    }
    in_setup_py(project).or_else(|| in_setup_cfg(project))
}

/// The version in the call of `setup()`, which setuptools prefers to that of `setup.cfg`.
fn in_setup_py(project: &Files) -> Option<Place> {
    let setup_py = project.setup_py.as_ref()?;
    if let Some(version) = setup_py.text("version") {
        return Some(Place::Literal(version));
    }
    match setup_py.reference("version") {
        Some(name) => Some(Place::Attribute(name, None)),
        None if setup_py.has("version") => Some(Place::Code("the code in setup.py".to_string())),
        None => None,
    }
}

fn in_setup_cfg(project: &Files) -> Option<Place> {
    let version = project.setup_cfg.get("metadata", "version")?;
    let of = |kind: &str| version.strip_prefix(kind).map(str::trim);
    let package_dir = project.setup_cfg.lines("options", "package_dir");
    let root = package_dir.iter().find_map(|line| line.strip_prefix('='));
    Some(match (of("attr:"), of("file:")) {
        (Some(name), _) => {
            Place::Attribute(name.to_string(), root.map(|root| root.trim().to_string()))
        }
        (_, Some(file)) => Place::File(PathBuf::from(file)),
        _ => Place::Literal(version.to_string()),
    })
}

/// The attribute `name`, with the directory of its package instead of the name of the package, if
/// `package-dir` of setuptools maps it.
fn in_mapped_directory(project: &Files, name: &str) -> Option<String> {
    let (package, rest) = name.split_once('.')?;
    let directory = project.toml(&["tool", "setuptools", "package-dir", package])?;
    let names = directory.text.split('/').filter(|name| *name != ".");
    let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
    Some(format!("{}.{rest}", names.join(".")))
}

fn poetry(project: &Files) -> Option<Place> {
    let version = project.toml(&["tool", "poetry", "version"])?;
    Some(Place::Literal(version.text.to_string()))
}

/// Flit reads `__version__` from the module that has the name of the project.
fn flit(project: &Files) -> Option<Place> {
    if !project.build_backend().starts_with("flit") {
        return None;
    }
    let named = [
        ["tool", "flit", "module", "name"].as_slice(),
        &["tool", "flit", "metadata", "module"],
        &["project", "name"],
    ];
    let name = named.into_iter().find_map(|keys| project.toml(keys))?;
    let module = name.text.replace('-', "_");
    Some(Place::Attribute(format!("{module}.__version__"), None))
}

fn pdm(project: &Files) -> Option<Place> {
    let source = project.toml(&["tool", "pdm", "version", "source"])?;
    match source.text {
        "file" => {
            let path = project.toml(&["tool", "pdm", "version", "path"])?;
            Some(Place::Pattern(
                PathBuf::from(path.text),
                attribute::PDM.to_string(),
            ))
        }
        "call" => {
            let what = "the function that `tool.pdm.version` names";
            Some(Place::Code(what.to_string()))
        }
        _ => None,
    }
}

/// `dynamic` contains the version, and no known setting says where it is.
fn unknown(project: &Files) -> Option<Place> {
    let pyproject = project.pyproject.as_ref()?;
    pyproject.is_dynamic("version").then_some(Place::Unknown)
}

/// The literal that the file of a module assigns to `name` at its top level.
fn assigned_in(file: &Path, name: &str) -> Option<String> {
    literal::assigned(&std::fs::read_to_string(file).ok()?, name)
}
