//! Checks the elements of options that are lists.

use glob::{Pattern, PatternError};
use pep440_rs::VersionSpecifiers;
use rattler_conda_types::package::EntryPoint;
use rattler_conda_types::{ParseStrictness, VersionSpec};

use super::Config;
use crate::backends::python::python_spec::{admit_a_common_one, as_pep440, parts};
use crate::project::config::{EntryPart, InvalidOption};

/// The elements that have no meaning.
pub(super) fn wrong(config: &Config) -> Vec<InvalidOption> {
    let programs = config.entry_points.iter().flatten();
    let programs = programs.enumerate().filter_map(|(at, text)| {
        let wrong = text.parse::<EntryPoint>().is_err();
        let help = "write `name = module:function`";
        wrong.then(|| {
            element(
                "entry-points",
                at,
                format!("`{text}` is not a program"),
                help,
            )
        })
    });
    let excluded = config.exclude.iter().enumerate().filter_map(|(at, text)| {
        let error = excluding(text).err()?;
        let message = format!("`{text}` is not a pattern: {}", error.msg);
        let help = "`[[]` and `[]]` match brackets";
        Some(element("exclude", at, message, help))
    });
    let versions = config.python_versions.iter().enumerate();
    let versions = versions.filter(|(_, text)| !is_version_of_python(text));
    let versions = versions.map(|(at, text)| {
        let message = format!("`{text}` is not a version of Python");
        let help = "write a version such as `3.12`, perhaps with a build string after a space";
        element("python-versions", at, message, help)
    });
    programs.chain(excluded).chain(versions).collect()
}

/// A pattern of the option `exclude`. In it, `*` also matches `/`.
///
/// # Errors
/// A bracket without its counterpart.
pub(in super::super) fn excluding(text: &str) -> Result<Pattern, PatternError> {
    let mut text = text.to_string();
    while text.contains("**") {
        text = text.replace("**", "*");
    }
    Pattern::new(&text)
}

fn element(option: &str, at: usize, message: String, help: &str) -> InvalidOption {
    InvalidOption {
        keys: vec![option.to_string(), at.to_string()],
        part: EntryPart::Value,
        message,
        help: help.to_string(),
    }
}

/// Whether a value can stand for versions of Python 2 or 3.
fn is_version_of_python(value: &str) -> bool {
    let Some((version, _)) = parts(value) else {
        return false;
    };
    // Alternatives have no equivalent in PEP 440.
    let Some(admitted) = as_pep440(&version) else {
        let is_word = version.starts_with(|c: char| c.is_ascii_alphabetic());
        return !is_word && VersionSpec::from_str(&version, ParseStrictness::Lenient).is_ok();
    };
    let all: VersionSpecifiers = ">=2,<4".parse().expect("constant specifiers");
    admit_a_common_one(&admitted, &all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_python_are_recognized() {
        for value in [
            "3.12",
            "3.12.4",
            "3.13.* *_cp313t",
            ">=3.12,<3.13",
            "3.9.*|3.10.*",
            "2.7",
        ] {
            assert!(is_version_of_python(value), "{value}");
        }
        for value in ["312", "", "py312", "3,12"] {
            assert!(!is_version_of_python(value), "{value}");
        }
    }
}
