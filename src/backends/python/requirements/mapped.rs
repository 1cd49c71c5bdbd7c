//! The requirements that are translated from the lists of the project.
//!
//! Markers are decided for each output: an output for one version of Python needs what applies to
//! this version. Requirements that only some of the outputs need get a condition.

use super::{PROGRAMS, UserSpecs, stated};
use crate::backend::{Request, Requirement, Section};
use crate::backends::python::Config;
use crate::backends::python::dependency::{self, Entry, Target, Translated};
use crate::backends::python::extras::{self, Groups};
use crate::backends::python::python_spec;
use crate::backends::python::pythons::{self, Pythons};
use crate::backends::python::shape::Shape;
use crate::backends::python::source::Source;
use crate::diagnostic::Warning;

/// What the requirements are made from.
pub(super) struct Project<'a> {
    pub(super) request: &'a Request<'a, Config>,
    pub(super) source: &'a Source,
    pub(super) shape: &'a Shape,
    pub(super) user: &'a UserSpecs<'a>,
    /// The requirements that the package has for other reasons.
    pub(super) known: &'a [Requirement],
}

/// The systems on which an output runs. `python` is the value of its variant, if it has one.
pub(in super::super) fn target(
    request: &Request<'_, Config>,
    source: &Source,
    shape: &Shape,
    python: Option<&str>,
) -> Target {
    let supported = dependency::pep440(&source.requires_python);
    let own = python.and_then(python_spec::admitted);
    let own = own.iter().flat_map(|own| own.iter());
    Target {
        platform: request.platforms.host,
        noarch: shape.noarch,
        python: supported.iter().chain(own).cloned().collect(),
    }
}

/// The translated requirements of all outputs.
pub(super) fn all(project: &Project<'_>, warnings: &mut Vec<Warning>) -> Vec<Requirement> {
    let Project {
        request,
        source,
        shape,
        ..
    } = project;
    let pythons = Pythons::of(request, source, shape);
    let excluded = pythons.excluded(request, source);
    let values = pythons.values.iter();
    let mut values: Vec<Option<&str>> = values
        .filter(|value| !excluded.contains(value))
        .map(|value| Some(value.as_str()))
        .collect();
    if values.is_empty() {
        values.push(None);
    }
    let mut outputs = Vec::new();
    for python in values {
        let target = target(request, source, shape, python);
        let mut found = Vec::new();
        outputs.push((python, project.for_target(&target, &mut found)));
        // Most warnings are the same for each version of Python.
        found.retain(|warning| !warnings.contains(warning));
        warnings.append(&mut found);
    }
    merged(&outputs)
}

/// The requirements of all outputs in one list. Those that some outputs do not have get a
/// condition on the variant.
fn merged(outputs: &[(Option<&str>, Vec<Requirement>)]) -> Vec<Requirement> {
    let mut different: Vec<&Requirement> = Vec::new();
    for requirement in outputs.iter().flat_map(|(_, requirements)| requirements) {
        if !different.contains(&requirement) {
            different.push(requirement);
        }
    }
    let merged = different.into_iter().map(|requirement| {
        let having = outputs.iter();
        let having = having.filter(|(_, requirements)| requirements.contains(requirement));
        let having: Vec<Option<&str>> = having.map(|(python, _)| *python).collect();
        if having.len() == outputs.len() {
            return requirement.clone();
        }
        let conditions = having.into_iter().flatten().map(pythons::condition);
        let condition = conditions.collect::<Vec<_>>().join(" or ");
        Requirement::When(condition, Box::new(requirement.clone()))
    });
    merged.collect()
}

impl Project<'_> {
    /// The requirements of an output that runs on `target`.
    fn for_target(&self, target: &Target, warnings: &mut Vec<Warning>) -> Vec<Requirement> {
        let Self {
            request,
            source,
            user,
            ..
        } = self;
        let config = request.config;
        let mut requirements = Vec::new();
        if config.maps_build_system() {
            requirements = self.of_the_build(target, warnings);
        }
        let Groups { groups, systems } = extras::all(request, source, target, warnings);
        for (group, specs) in groups {
            let section = Section::Extra(group);
            requirements.extend(specs.into_iter().map(|spec| stated(section.clone(), spec)));
        }
        let mut run = Vec::new();
        if config.maps_dependencies() {
            warnings.extend(source.run.warnings());
            run = self.translated(&source.run.entries, target, warnings);
        }
        for system in systems {
            if !run.contains(&system) {
                run.push(system);
            }
        }
        let run = run.into_iter();
        requirements.extend(run.filter_map(|spec| user.beside(Section::Run, spec)));
        requirements
    }

    /// The requirements of the build backend.
    fn of_the_build(&self, target: &Target, warnings: &mut Vec<Warning>) -> Vec<Requirement> {
        let Self {
            source,
            shape,
            user,
            known,
            ..
        } = self;
        let mut specs = self.translated(&source.build, target, warnings);
        if !source.backend_path().is_empty() {
            // The hooks may import the project, so they need its dependencies.
            specs.extend(self.translated(&source.run.entries, target, warnings));
        }
        // Virtual packages are conditions of the package, and not of its build.
        specs.retain(|spec| !spec.name.starts_with("__"));
        if !shape.languages.is_empty() && source.files.ignored.is_none() {
            specs.extend(programs(source));
        }
        let mut requirements: Vec<Requirement> = Vec::new();
        for spec in specs {
            let is_program = PROGRAMS.contains(&spec.name.as_str());
            let section = if is_program {
                Section::Build
            } else {
                Section::Host
            };
            if user.names(&Section::Host, &spec.name) && is_program && spec.version.is_none() {
                continue;
            }
            let requirement = user.beside(section, spec);
            let is_new = |new: &Requirement| !known.contains(new) && !requirements.contains(new);
            let requirement = requirement.filter(is_new);
            requirements.extend(requirement);
        }
        requirements
    }

    fn translated(
        &self,
        entries: &[Entry],
        target: &Target,
        warnings: &mut Vec<Warning>,
    ) -> Vec<Translated> {
        let mapping = &self.request.config.pypi_conda_map;
        dependency::translate(entries, target, mapping, warnings)
    }
}

/// Programs that a build backend requests in a hook instead of a file.
fn programs(source: &Source) -> Vec<Translated> {
    let names: &[&str] = match source.build_module() {
        "scikit_build_core" => &["cmake", "ninja"],
        "mesonpy" => &["ninja"],
        _ => &[],
    };
    let programs = names.iter().map(|name| {
        let version = source
            .files
            .toml(&["tool", "scikit-build", name, "version"]);
        let version = version.and_then(|text| dependency::parse(text.text).ok());
        Translated {
            name: name.to_string(),
            version: version.and_then(|version| dependency::conda(&version, |_| ())),
        }
    });
    programs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_some_outputs_need_has_a_condition() {
        let spec = |name: &str| {
            stated(
                Section::Run,
                Translated {
                    name: name.to_string(),
                    version: None,
                },
            )
        };
        let outputs = [
            (Some("3.10.*"), vec![spec("click"), spec("tomli")]),
            (Some("3.11.*"), vec![spec("click")]),
            (Some("3.12.* *_cp312"), vec![spec("click"), spec("new")]),
        ];
        let new = "python == '3.12.* *_cp312'".to_string();
        let expected = [
            spec("click"),
            Requirement::When("python == '3.10.*'".to_string(), Box::new(spec("tomli"))),
            Requirement::When(new, Box::new(spec("new"))),
        ];
        assert_eq!(merged(&outputs), expected);
        assert_eq!(merged(&[(None, vec![spec("click")])]), [spec("click")]);
    }
}
