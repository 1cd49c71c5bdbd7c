//! `extra-args`: the options that are not allowed, and the files that they name.

use std::path::Path;

use super::names::Flaw;

/// Options of `mojo build` that `mojo precompile` does not have.
const OF_BUILD: [&str; 17] = [
    "-D",
    "-O",
    "-g",
    "-j",
    "-Xlinker",
    "--optimization-level",
    "--no-optimization",
    "--debug-level",
    "--num-threads",
    "--target-triple",
    "--target-cpu",
    "--target-features",
    "--march",
    "--mcpu",
    "--mtune",
    "--target-accelerator",
    "--fp-mode",
];

/// Options that choose the processor. If the user sets one, the backend does not choose.
const OF_THE_PROCESSOR: [&str; 6] = [
    "--target-triple",
    "--target-cpu",
    "--target-features",
    "--march",
    "--mcpu",
    "--mtune",
];

/// The problem with the arguments of a program or library.
pub(super) fn flaw(arguments: &[String], of_library: bool) -> Option<Flaw> {
    let flaw = |message: String, help: &str| Flaw {
        message,
        help: help.to_string(),
    };
    let mut words = arguments.iter().map(String::as_str);
    while let Some(word) = words.next() {
        if word.is_empty() || word.contains('\0') {
            let message = format!("{word:?} cannot be an argument");
            return Some(flaw(message, "remove it"));
        }
        let taken = |help: &str| Some(flaw(format!("`{word}` cannot be passed on"), help));
        match name(word) {
            "-o" => return taken("the file is called after `name`"),
            "--emit" => return taken("use `libs` for shared libraries"),
            "-h" | "--help" | "--help-hidden" | "--version" => {
                return taken("it makes the compiler do something else");
            }
            "--target-triple" => {
                return taken("a package is built on the platform that it is for");
            }
            _ => {}
        }
        if of_library && let Some(option) = OF_BUILD.iter().find(|option| is(word, option)) {
            let message = format!("`mojo precompile` does not have the option `{option}`");
            return Some(flaw(
                message,
                "a library is compiled further in the program that imports it: set the option there",
            ));
        }
        if takes_value(word) {
            words.next();
        } else if !word.starts_with('-') && is_source(word) {
            return taken("the file to compile is named by `path`");
        }
    }
    None
}

/// Whether the arguments choose a processor.
pub(super) fn choose_processor(arguments: &[String]) -> bool {
    let mut words = arguments.iter();
    words.any(|word| OF_THE_PROCESSOR.contains(&name(word)))
}

/// The directories of `-I` options.
pub(super) fn import_paths(arguments: &[String]) -> Vec<&str> {
    let mut words = arguments.iter().map(String::as_str);
    let mut paths = Vec::new();
    while let Some(word) = words.next() {
        match word {
            "-I" | "-mojo-search-paths" => paths.extend(words.next()),
            _ => paths.extend(word.strip_prefix("-I").filter(|path| !path.is_empty())),
        }
    }
    paths
}

/// Files that the arguments name, if they exist below `source`.
pub(super) fn files<'a>(
    arguments: &'a [String],
    source: &'a Path,
) -> impl Iterator<Item = std::path::PathBuf> + 'a {
    let values = arguments.iter().map(|word| match word.split_once('=') {
        Some((option, value)) if option.starts_with('-') => value,
        _ => word.as_str(),
    });
    let named = values.filter(|value| !value.is_empty() && !value.starts_with('-'));
    named
        .map(|value| source.join(value))
        .filter(|path| path.is_file())
}

/// The option without a value after `=`.
fn name(word: &str) -> &str {
    word.split_once('=').map_or(word, |(name, _)| name)
}

/// Whether `word` is the option, possibly followed by its value, such as `-DA=1`.
fn is(word: &str, option: &str) -> bool {
    match option.strip_prefix("--") {
        Some(_) => name(word) == option,
        None if option.len() == 2 => word.starts_with(option),
        None => name(word) == option,
    }
}

fn takes_value(word: &str) -> bool {
    const SHORT: [&str; 6] = ["-I", "-D", "-Xlinker", "-j", "-O", "-strip-file-prefix"];
    const FLAGS: [&str; 10] = [
        "--Werror",
        "--Wno-error",
        "--disable-warnings",
        "--disable-builtins",
        "--no-optimization",
        "--shared-libasan",
        "--experimental-fixit",
        "--diagnose-missing-doc-strings",
        "--warn-on-unstable-apis",
        "--ignore-incompatible-precompiled-file-errors",
    ];
    let long = word.starts_with("--") && !word.contains('=') && !FLAGS.contains(&word);
    long || SHORT.contains(&word)
}

fn is_source(word: &str) -> bool {
    Path::new(word)
        .extension()
        .is_some_and(|extension| extension == "mojo")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_string).collect()
    }

    #[test]
    fn arguments_that_change_the_command_are_refused() {
        for (text, of_library) in [
            ("-o x", false),
            ("--emit=asm", false),
            ("--version", false),
            ("main.mojo", false),
            ("--target-triple x", false),
            ("-D X=1", true),
            ("-DX=1", true),
            ("-O0", true),
            ("--mcpu=x", true),
        ] {
            assert!(flaw(&words(text), of_library).is_some(), "{text}");
        }
        for (text, of_library) in [
            ("-I a.mojo", false),
            ("-D X=1 -O1 --mcpu x -Xlinker -lz", false),
            ("-I . --Werror", true),
        ] {
            assert_eq!(flaw(&words(text), of_library), None, "{text}");
        }
    }

    #[test]
    fn import_paths_are_found_in_both_spellings() {
        assert_eq!(import_paths(&words("-I a -Ib --Werror -I")), ["a", "b"]);
    }

    #[test]
    fn a_choice_of_processor_is_seen() {
        assert!(choose_processor(&words("--mcpu=x")));
        assert!(!choose_processor(&words("-D --mcpu_=1")));
    }
}
