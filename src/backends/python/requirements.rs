//! The requirements of the environments and of the package.

mod mapped;

use super::Config;
use super::config::Installer;
use super::dependency::{self, Translated};
use super::python_spec;
use super::pythons::{self, Pythons, VARIANT};
use super::shape::Shape;
use super::source::Source;
use crate::backend::{Request, Requirement, Section};
use crate::diagnostic::{Warning, nearest};
use crate::protocol::model::DependencyTable;
use crate::protocol::spec::{BinarySpec, PackageSpec};
pub(super) use mapped::target;

/// Programs that run during a build and do not depend on the Python of the host environment.
const PROGRAMS: [&str; 4] = ["cmake", "ninja", "patchelf", "swig"];

/// The version of `python-abi3` for a project that does not say which Python is the oldest.
const OLDEST: &str = "3.9";

/// The requirements of the project and its build backend, in addition to those of the user.
pub(super) fn all(
    request: &Request<'_, Config>,
    source: &Source,
    shape: &Shape,
    warnings: &mut Vec<Warning>,
) -> Vec<Requirement> {
    let config = request.config;
    let mut requirements: Vec<Requirement> = shape
        .languages
        .iter()
        .map(|language| Requirement::Compiler(language.clone()))
        .collect();
    if request.variants.contains_key("c_stdlib") && !shape.languages.is_empty() {
        requirements.push(Requirement::Stdlib("c".to_string()));
    }
    let user = UserSpecs::of(request);
    warnings.extend(misplaced(&user, source));
    warnings.extend(unknown_names(request, source));
    warnings.extend(source.requires_python_lost.iter().map(Warning::new));
    requirements.extend(installer(config.installer, &user));
    requirements.extend(python(request, source, shape, &user));
    let mapped = mapped::all(
        &mapped::Project {
            request,
            source,
            shape,
            user: &user,
            known: &requirements,
        },
        warnings,
    );
    requirements.extend(mapped);
    requirements
}

/// Warns about requirements of the build backend that the user put into the build environment.
/// The Python of the host environment runs the hooks, and does not find them there.
fn misplaced(user: &UserSpecs<'_>, source: &Source) -> Vec<Warning> {
    // For another platform, the Python of the build environment runs them with such a package.
    let mut build = user.of_section(&Section::Build).iter();
    if build.any(|(name, _)| name.starts_with("cross-python_")) {
        return Vec::new();
    }
    let required = source
        .build
        .iter()
        .map(|entry| entry.requirement.name.as_str());
    let names = required
        .filter(|name| !PROGRAMS.contains(name))
        .chain(["python"]);
    let misplaced = names.filter(|name| {
        let conda = dependency::conda_name(name);
        user.names(&Section::Build, conda) && !user.names(&Section::Host, conda)
    });
    let warnings = misplaced.map(|name| {
        Warning::new(format!(
            "`{name}` is a build dependency, and the build backend does not find it there"
        ))
        .help("move it to `[package.host-dependencies]`")
    });
    warnings.collect()
}

/// Warns about keys of `pypi-conda-map` that are not in a dependency list of the project.
fn unknown_names(request: &Request<'_, Config>, source: &Source) -> Vec<Warning> {
    let entries = source.build.iter().chain(&source.run.entries);
    let known: Vec<&str> = entries
        .map(|entry| entry.requirement.name.as_str())
        .collect();
    let keys = request.config.pypi_conda_map.keys();
    let unknown = keys.filter(|key| !known.contains(&dependency::normalized(key).as_str()));
    let warnings = unknown.map(|key| {
        let warning = Warning::new(format!(
            "`{key}` in `pypi-conda-map` is not a dependency of the project"
        ));
        match nearest(&dependency::normalized(key), known.iter().copied()) {
            Some(meant) => warning.help(format!("did you mean `{meant}`?")),
            None => warning,
        }
    });
    warnings.collect()
}

fn installer(installer: Installer, user: &UserSpecs<'_>) -> Option<Requirement> {
    let spec = Translated {
        name: installer.name().to_string(),
        version: None,
    };
    user.beside(Section::Host, spec)
}

/// The requirements on Python, for the build and for the package.
fn python(
    request: &Request<'_, Config>,
    source: &Source,
    shape: &Shape,
    user: &UserSpecs<'_>,
) -> Vec<Requirement> {
    let version = dependency::conda(&source.requires_python, |_| ());
    let spec = |version: Option<String>| Translated {
        name: VARIANT.to_string(),
        version,
    };
    let mut requirements = Vec::new();
    let varies = !Pythons::of(request, source, shape).values.is_empty();
    if varies && !user.has_bare(&Section::Host, VARIANT) {
        // Only a requirement without a version takes the value of the variant.
        let bare = BinarySpec::default();
        requirements.push(Requirement::package(Section::Host, VARIANT, bare));
    }
    let in_host = match request.variants.get(VARIANT) {
        Some(values) if version.is_none() && !varies => newest(values),
        _ => of_version(version.clone()),
    };
    if in_host.version.is_some() || !varies {
        requirements.extend(user.beside_spec(Section::Host, VARIANT, in_host));
    }
    if !source.kind.is_program {
        requirements.extend(user.beside(Section::Run, spec(version)));
    }
    if shape.abi3 && !user.names(&Section::Host, "python-abi3") {
        let oldest = pythons::oldest(&source.requires_python);
        let oldest = oldest.unwrap_or_else(|| OLDEST.to_string());
        let abi3 = Translated {
            name: "python-abi3".to_string(),
            version: Some(format!("{oldest}.*")),
        };
        requirements.extend(user.beside(Section::Host, abi3));
    }
    requirements
}

/// The newest value of a variant, as a requirement.
fn newest(values: &[String]) -> BinarySpec {
    let number = |value: &&String| {
        let numbers = value.split(['.', ' ', '*']);
        numbers
            .filter_map(|number| number.parse::<u64>().ok())
            .collect::<Vec<_>>()
    };
    let newest = values.iter().max_by_key(number);
    let parts = newest.and_then(|value| python_spec::parts(value));
    let (version, build) = parts.unzip();
    BinarySpec {
        version,
        build: build.flatten().map(str::to_string),
        ..BinarySpec::default()
    }
}

/// The dependencies of the user, by section.
struct UserSpecs<'a> {
    build: Vec<(&'a str, &'a PackageSpec)>,
    host: Vec<(&'a str, &'a PackageSpec)>,
    run: Vec<(&'a str, &'a PackageSpec)>,
}

impl<'a> UserSpecs<'a> {
    fn of(request: &Request<'a, Config>) -> Self {
        let targets = request.project.model.targets.as_ref();
        let target = targets.and_then(|targets| targets.default_target.as_ref());
        let all = |dependencies: Option<&'a DependencyTable>| {
            let pairs = dependencies.into_iter().flatten();
            pairs.map(|(name, spec)| (name.as_str(), spec)).collect()
        };
        Self {
            build: all(target.and_then(|target| target.build_dependencies.as_ref())),
            host: all(target.and_then(|target| target.host_dependencies.as_ref())),
            run: all(target.and_then(|target| target.run_dependencies.as_ref())),
        }
    }

    fn names(&self, section: &Section, name: &str) -> bool {
        self.named(section, name).next().is_some()
    }

    /// The user's entries for a package. Names on PyPI do not distinguish dashes, underscores
    /// and dots, so the user's spelling may differ from the mapped one.
    fn named(
        &self,
        section: &Section,
        name: &str,
    ) -> impl Iterator<Item = (&'a str, &'a PackageSpec)> + use<'_, 'a> {
        let name = dependency::normalized(name);
        let specs = self.of_section(section).iter().copied();
        specs.filter(move |(own, _)| dependency::normalized(own) == name)
    }

    /// Whether the user requests a package without a version.
    fn has_bare(&self, section: &Section, name: &str) -> bool {
        let bare = BinarySpec::default();
        let any_version = BinarySpec {
            version: Some("*".to_string()),
            ..BinarySpec::default()
        };
        self.named(section, name).any(|(_, spec)| {
            matches!(spec, PackageSpec::Binary(spec) if *spec == bare || *spec == any_version)
        })
    }

    fn of_section(&self, section: &Section) -> &[(&'a str, &'a PackageSpec)] {
        match section {
            Section::Build => &self.build,
            Section::Host => &self.host,
            _ => &self.run,
        }
    }

    /// The requirement, unless the user already names the package and it adds nothing to that:
    /// it has no version, or the user says from which source the package is built. Otherwise it
    /// has the name that the user wrote, because a package with the other one may not exist.
    fn beside(&self, section: Section, spec: Translated) -> Option<Requirement> {
        let Translated { name, version } = spec;
        self.beside_spec(section, &name, of_version(version))
    }

    /// The same for a requirement that may have a build string.
    fn beside_spec(&self, section: Section, name: &str, spec: BinarySpec) -> Option<Requirement> {
        let own: Vec<_> = self.named(&section, name).collect();
        let Some((name, _)) = own.first() else {
            return Some(Requirement::package(section, name, spec));
        };
        let mut specs = own.iter().map(|(_, spec)| spec);
        let is_built = specs.any(|spec| matches!(spec, PackageSpec::Source(_)));
        let adds_nothing = spec.version.is_none() || is_built;
        (!adds_nothing).then(|| Requirement::package(section, *name, spec))
    }
}

fn stated(section: Section, spec: Translated) -> Requirement {
    let Translated { name, version } = spec;
    Requirement::package(section, name, of_version(version))
}

fn of_version(version: Option<String>) -> BinarySpec {
    BinarySpec {
        version,
        ..BinarySpec::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_value_of_a_variant_is_a_version_and_a_build_string() {
        let spec = |values: &[&str]| {
            let values: Vec<String> = values.iter().map(|it| it.to_string()).collect();
            let spec = newest(&values);
            (spec.version, spec.build)
        };
        let text = |text: &str| Some(text.to_string());
        assert_eq!(spec(&["3.9", "3.12"]), (text("=3.12"), None));
        assert_eq!(spec(&["3.12.*"]), (text("3.12.*"), None));
        let conda_forge = ["3.9.* *_cpython", "3.13.* *_cp313", "3.12.* *_cpython"];
        assert_eq!(spec(&conda_forge), (text("3.13.*"), text("*_cp313")));
        assert_eq!(spec(&[]), (None, None));
    }
}
