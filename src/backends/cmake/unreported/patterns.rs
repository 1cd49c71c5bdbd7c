//! The patterns of `install(DIRECTORY)`, as patterns of a client.

/// All files of a directory.
const ALL: &str = "**";

/// The patterns for the files that `install(DIRECTORY)` copies from each of its directories. If
/// they are not certain, these are all files.
pub(super) fn of_directory(arguments: &[&str]) -> Vec<String> {
    let starts = ["FILES_MATCHING", "PATTERN", "REGEX"];
    let start = arguments.iter().position(|arg| starts.contains(arg));
    let rules = start.map_or(&[][..], |start| &arguments[start..]);
    of_rules(rules).unwrap_or_else(|| vec![ALL.to_string()])
}

fn of_rules(rules: &[&str]) -> Option<Vec<String>> {
    // CMake ignores the case of letters there.
    if cfg!(any(windows, target_os = "macos")) {
        return None;
    }
    let (mut rest, only) = match rules {
        ["FILES_MATCHING", rest @ ..] => (rest, true),
        rest => (rest, false),
    };
    let (mut patterns, mut excluded) = (Vec::new(), Vec::new());
    while !rest.is_empty() {
        rest = match rest {
            ["PATTERN", name, "EXCLUDE", rest @ ..] if is_simple(name) => {
                excluded.push(format!("!**/{name}"));
                rest
            }
            ["PATTERN", name, rest @ ..] if only && is_simple(name) => {
                patterns.push(format!("**/{name}"));
                rest
            }
            _ => return None,
        }
    }
    if !only {
        patterns.push(ALL.to_string());
    }
    patterns.extend(excluded);
    Some(patterns)
}

/// Whether a pattern means the same to CMake and to a client.
fn is_simple(name: &str) -> bool {
    let simple = |character: char| character.is_ascii_alphanumeric() || "*._-+".contains(character);
    name.starts_with(|first: char| first != '-') && name.chars().all(simple) && !name.contains("**")
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn only_certain_patterns_restrict_a_directory() {
        let of = |rules: &str| {
            let arguments: Vec<&str> = rules.split(' ').collect();
            of_directory(&arguments).join(" ")
        };
        assert_eq!(of("include/ DESTINATION include"), "**");
        assert_eq!(of("d TYPE DATA PATTERN *.tmp EXCLUDE"), "** !**/*.tmp");
        assert_eq!(
            of("d TYPE DATA FILES_MATCHING PATTERN x EXCLUDE PATTERN *.h PATTERN *.hpp"),
            "**/*.h **/*.hpp !**/x"
        );
        for rules in [
            "PATTERN *.sh PERMISSIONS OWNER_EXECUTE",
            "FILES_MATCHING REGEX x",
            "FILES_MATCHING PATTERN a/*.h",
            "FILES_MATCHING PATTERN [a-z].h",
        ] {
            assert_eq!(of(rules), "**", "{rules}");
        }
    }
}
