//! Determines the versions of Python for which a package is built.
//!
//! The file name of a compiled package names a version of Python only if the version is known
//! before the build: from a variant, from an option, or because the manifest and the project
//! allow only one version. Otherwise the solver chooses the version.

use pep440_rs::{VersionSpecifiers, release_specifiers_to_ranges};

use super::Config;
use super::dependency::{self, Specifier};
use super::python_spec::{admit_a_common_one, admitted, as_pep440};
use super::shape::Shape;
use super::source::Source;
use crate::backend::Request;
use crate::protocol::spec::PackageSpec;

/// The variant key.
pub(super) const VARIANT: &str = "python";

/// An upper bound for the minor versions of Python 3, well above any that exists.
const LAST_MINOR: u32 = 60;

/// The versions of Python for which the package is built, and their origin.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pythons {
    /// The versions as values of a variant. Empty if one package serves several versions or
    /// the solver chooses the version.
    pub(super) values: Vec<String>,
    /// Whether the backend chose the versions, because the request does not have the variant.
    pub(super) are_own: bool,
}

impl Pythons {
    /// Determines the versions for a request.
    pub(super) fn of(request: &Request<'_, Config>, source: &Source, shape: &Shape) -> Self {
        if shape.is_python_independent() || source.kind.is_program {
            return Self::default();
        }
        if let Some(values) = request.variants.get(VARIANT) {
            return Self {
                values: values.clone(),
                are_own: false,
            };
        }
        let chosen = &request.config.python_versions;
        let values = if chosen.is_empty() {
            the_only_one(request, source).into_iter().collect()
        } else {
            chosen.iter().map(|value| as_value(value)).collect()
        };
        Self {
            values,
            are_own: true,
        }
    }

    /// Returns the versions that the manifest or the project excludes.
    pub(super) fn excluded(&self, request: &Request<'_, Config>, source: &Source) -> Vec<String> {
        let mut wishes = vec![dependency::pep440(&source.requires_python)];
        wishes.extend(stated(request, "host-dependencies").and_then(|text| as_pep440(&text)));
        let is_excluded = |value: &&String| {
            admitted(value).is_some_and(|admitted| {
                let mut wishes = wishes.iter();
                !wishes.all(|wish| admit_a_common_one(wish, &admitted))
            })
        };
        self.values.iter().filter(is_excluded).cloned().collect()
    }
}

/// Turns a minor version such as `3.12` into the variant value `3.12.*`. Other values remain
/// as they are.
fn as_value(version: &str) -> String {
    let mut numbers = version.split('.');
    let is_number = |part: Option<&str>| part.is_some_and(|part| part.parse::<u32>().is_ok());
    let is_minor = is_number(numbers.next()) && is_number(numbers.next());
    if is_minor && numbers.next().is_none() {
        format!("{version}.*")
    } else {
        version.to_string()
    }
}

/// The minor version of Python, if the manifest and the project allow only one.
fn the_only_one(request: &Request<'_, Config>, source: &Source) -> Option<String> {
    let mut wishes = vec![dependency::pep440(&source.requires_python)];
    wishes.extend(stated(request, "host-dependencies").and_then(|text| as_pep440(&text)));
    let mut candidates = minors(&wishes);
    let first = candidates.next()?;
    candidates.next().is_none().then(|| format!("3.{first}.*"))
}

/// The minor versions of Python, such as `3.12`, for which the output may be built. Empty if its name
/// does not depend on the version, or if nothing restricts it.
pub(super) fn minors_of_output(
    request: &Request<'_, Config>,
    source: &Source,
    shape: &Shape,
) -> Vec<String> {
    let values = Pythons::of(request, source, shape).values;
    let mut wishes: Vec<VersionSpecifiers> = match values.as_slice() {
        [value] => admitted(value).into_iter().collect(),
        _ => Vec::new(),
    };
    wishes.extend(stated(request, "host-dependencies").and_then(|text| as_pep440(&text)));
    if wishes.is_empty() || shape.is_python_independent() {
        return Vec::new();
    }
    minors(&wishes).map(|minor| format!("3.{minor}")).collect()
}

/// The oldest minor version of Python that a project allows. `None` if it allows even the first
/// one, so that no version is the oldest that it is made for.
pub(super) fn oldest(requires: &[Specifier]) -> Option<String> {
    let wishes = [dependency::pep440(requires)];
    let oldest = minors(&wishes).next()?;
    (oldest > 0).then(|| format!("3.{oldest}"))
}

/// The minor versions of Python 3 that satisfy all wishes at least in part.
fn minors(wishes: &[VersionSpecifiers]) -> impl Iterator<Item = u32> {
    (0..LAST_MINOR).filter(|minor| {
        let candidate = as_pep440(&format!("3.{minor}.*")).expect("a version of Python");
        let ranges = release_specifiers_to_ranges(candidate);
        let wishes = wishes.iter().cloned().map(release_specifiers_to_ranges);
        let common = wishes.fold(ranges, |common, wish| common.intersection(&wish));
        !common.is_empty()
    })
}

/// The expression that is true for the output with this value of the variant.
pub(super) fn condition(value: &str) -> String {
    format!("{VARIANT} == '{}'", value.replace('\'', ""))
}

/// The version of `python` in `host-dependencies` or `run-dependencies` of the manifest.
pub(super) fn stated(request: &Request<'_, Config>, table: &str) -> Option<String> {
    let targets = request.project.model.targets.as_ref()?;
    let target = targets.default_target.as_ref()?;
    let dependencies = match table {
        "host-dependencies" => target.host_dependencies.as_ref()?,
        _ => target.run_dependencies.as_ref()?,
    };
    let (_, spec) = dependencies
        .iter()
        .find(|(name, _)| name.as_str() == "python")?;
    match spec {
        PackageSpec::Binary(binary) => binary.version.clone(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stands_for_a_range() {
        for (value, versions) in [
            ("3.12", "==3.12.*"),
            ("3.12.4", "==3.12.4.*"),
            ("3.12.*", "==3.12.*"),
            ("3.13.* *_cp313t", "==3.13.*"),
            (">=3.12,<3.13", ">=3.12, <3.13"),
        ] {
            let found = admitted(value).expect(value);
            assert_eq!(found.to_string(), versions, "{value}");
        }
        assert_eq!(condition("3.12.*"), "python == '3.12.*'");
    }

    #[test]
    fn the_oldest_version_satisfies_each_kind_of_comparison() {
        let found = |text: &str| oldest(&dependency::parse(text).expect(text));
        for (requires, version) in [
            (">=3.10", Some("3.10")),
            ("~=3.10", Some("3.10")),
            ("==3.11.*", Some("3.11")),
            ("<3.14, !=3.12.*, >=3.12", Some("3.13")),
            // 3.9.1 is later than 3.9.
            (">3.9", Some("3.9")),
            (">=2.7", None),
            ("<4", None),
            ("", None),
        ] {
            assert_eq!(found(requires).as_deref(), version, "{requires}");
        }
    }

    #[test]
    fn a_value_is_compared_as_the_range_for_which_it_stands() {
        for (value, requires, has_common) in [
            ("3.9", ">=3.9.1", true),
            ("3.9.* *_cpython", ">=3.9.1", true),
            ("3.9", ">=3.10", false),
        ] {
            let requires = as_pep440(requires).expect(requires);
            let found = admit_a_common_one(&admitted(value).expect(value), &requires);
            assert_eq!(found, has_common, "{value} {requires}");
        }
    }

    #[test]
    fn versions_of_conda_are_understood() {
        for (conda, pep440) in [
            ("3.9.*", "==3.9.*"),
            (">=3.9,<3.12", ">=3.9, <3.12"),
            ("=3.9", "==3.9.*"),
            ("*", ""),
        ] {
            let found = as_pep440(conda).expect(conda);
            assert_eq!(found.to_string(), pep440, "{conda}");
        }
        assert!(as_pep440("3.9.*|3.10.*").is_none());
    }
}
