//! Valid names of packages, modules and programs.

/// The problem with a value, and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Flaw {
    pub(super) message: String,
    pub(super) help: String,
}

/// The default name of a library or program. Imports cannot contain dashes or dots.
pub(super) fn normalized(package: &str) -> String {
    package.trim().to_lowercase().replace(['-', '.'], "_")
}

/// Whether `name` is a valid name of a Mojo module.
pub(super) fn is_identifier(name: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit()) && name.chars().all(part)
}

/// The problem with the name of an installed file.
pub(super) fn file_name_flaw(name: &str) -> Option<Flaw> {
    let is_plain = !name.is_empty()
        && name.trim() == name
        && !name.starts_with(['-', '.'])
        && !name.contains(['/', '\\', '\0']);
    (!is_plain).then(|| Flaw {
        message: format!("{name:?} is not the name of a file"),
        help: "write the plain name that the file has when it is installed".to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_name_becomes_a_name_that_can_be_imported() {
        for (package, name) in [
            ("my-project", "my_project"),
            ("Some-Name", "some_name"),
            ("nodashes", "nodashes"),
            ("a.b", "a_b"),
        ] {
            assert_eq!(normalized(package), name);
        }
    }

    #[test]
    fn only_identifiers_can_be_imported() {
        for (name, is) in [
            ("a_1", true),
            ("_", true),
            ("1a", false),
            ("a-b", false),
            ("", false),
        ] {
            assert_eq!(is_identifier(name), is, "{name}");
        }
    }

    #[test]
    fn a_program_has_a_plain_name() {
        for name in ["a/b", "", " a", "-a", ".a", "a\\b", "a\0"] {
            assert!(file_name_flaw(name).is_some(), "{name:?}");
        }
        for name in ["a", "a b", "my-tool", "a.b"] {
            assert_eq!(file_name_flaw(name), None);
        }
    }
}
