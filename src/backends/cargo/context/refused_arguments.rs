//! Arguments in `extra-args` that cannot be passed to `cargo install`, found when the manifest
//! is read.

use crate::backends::cargo::context::arguments::apart;

/// An argument that cannot be part of the command.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    /// The position of its first word in `extra-args`.
    pub(crate) index: usize,
    /// The option.
    pub(crate) name: String,
    /// The reason, as the rest of a sentence that begins with the name.
    pub(crate) reason: &'static str,
    /// The way out.
    pub(crate) help: &'static str,
}

/// Finds options of other Cargo commands, and options that the backend itself sets.
pub(crate) fn refused(words: &[String]) -> impl Iterator<Item = Refused> {
    let mut next = 0;
    apart(words).into_iter().filter_map(move |argument| {
        let index = next;
        next += argument.words.len();
        let (reason, help) = why_refused(&argument.name)?;
        Some(Refused {
            index,
            name: argument.name,
            reason,
            help,
        })
    })
}

fn why_refused(name: &str) -> Option<(&'static str, &'static str)> {
    const MEMBER: &str = "name another crate with `source = { path = \"…\" }` in \
                          `[package.build]`; each package has a manifest of its own";
    Some(match name {
        "--workspace" | "--all" | "--exclude" => (
            "selects several crates, and a package has the binaries of one",
            MEMBER,
        ),
        "--manifest-path" | "--path" => {
            ("names the crate, which the manifest already names", MEMBER)
        }
        "--git" | "--registry" | "--index" | "--branch" | "--tag" | "--rev" | "--vers"
        | "--version" => ("names the crate, which the manifest already names", MEMBER),
        "--lib" | "--test" | "--tests" | "--bench" | "--benches" | "--all-targets" => (
            "selects targets that `cargo install` does not install: it installs binaries and \
             examples",
            "remove it, or name binaries with `binaries = [\"…\"]`",
        ),
        "--root" | "--target-dir" | "--out-dir" | "--artifact-dir" => (
            "says where files go, which the backend decides",
            "remove it: everything is installed into the host prefix",
        ),
        "--list" | "--dry-run" | "-n" => ("does not install anything", "remove it"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| word.to_string()).collect()
    }

    #[test]
    fn options_of_other_commands_are_refused_where_they_are_written() {
        let refused = |given: &[&str]| -> Vec<String> {
            super::refused(&words(given))
                .map(|it| format!("{} {}", it.index, it.name))
                .collect()
        };
        assert_eq!(refused(&["-F", "--lib", "--workspace"]), ["2 --workspace"]);
        assert_eq!(
            refused(&["--manifest-path", "x/Cargo.toml"]),
            ["0 --manifest-path"]
        );
        assert_eq!(
            refused(&["--tests", "--root=/usr"]),
            ["0 --tests", "1 --root"]
        );
        assert_eq!(
            refused(&["-p", "x", "--release", "--debug", "--bins"]),
            [""; 0]
        );
    }
}
