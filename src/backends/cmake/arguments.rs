//! Arguments of the configure command: the ones that users may set, and the references in
//! them.

use std::path::PathBuf;

use crate::backend::script::{Part as Piece, Word};
use crate::diagnostic::Warning;
use crate::project::config::{EntryPart, InvalidOption};

/// The effect of an argument, for the purposes of this backend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Argument<'a> {
    /// `-DNAME=VALUE`, in one element or two.
    Define(&'a str, &'a str),
    /// A file that CMake reads, relative to the source directory.
    File(&'static str, &'a str),
    /// Any other argument, unchanged.
    Other(&'a str),
}

/// Parses the arguments, some of which consist of two elements.
pub(super) fn parse(arguments: &[String]) -> Vec<Argument<'_>> {
    let parsed = numbered(arguments).into_iter();
    parsed.map(|(_, argument)| argument).collect()
}

/// The same, each with the number of its first element.
fn numbered(arguments: &[String]) -> Vec<(usize, Argument<'_>)> {
    let mut parsed = Vec::new();
    let mut rest = arguments.iter().map(String::as_str);
    while let Some(argument) = rest.next() {
        let number = arguments.len() - rest.len() - 1;
        let own = argument.strip_prefix("-D").map(|own| {
            if own.is_empty() {
                rest.next().unwrap_or_default()
            } else {
                own
            }
        });
        if let Some(definition) = own {
            let (name, value) = definition.split_once('=').unwrap_or((definition, ""));
            parsed.push((number, Argument::Define(name, value)));
            continue;
        }
        let file = ["-C", "--toolchain"].into_iter().find_map(|option| {
            let joined = argument.strip_prefix(option)?;
            Some((option, joined.trim_start_matches('=')))
        });
        let argument = match file {
            Some((option, "")) => Argument::File(option, rest.next().unwrap_or_default()),
            Some((option, joined)) => Argument::File(option, joined),
            None => Argument::Other(argument),
        };
        parsed.push((number, argument));
    }
    parsed
}

/// The configure preset that `arguments` name.
pub(super) fn preset(arguments: &[String]) -> Option<&str> {
    let mut rest = arguments.iter().map(String::as_str);
    while let Some(argument) = rest.next() {
        match argument
            .strip_prefix(PRESET)
            .map(|rest| rest.strip_prefix('='))
        {
            Some(Some(name)) => return Some(name),
            Some(None) if argument == PRESET => return rest.next(),
            _ => {}
        }
    }
    None
}

/// Whether `arguments` define the variable `name`.
pub(super) fn defines(arguments: &[String], name: &str) -> bool {
    parse(arguments).iter().any(|argument| match argument {
        Argument::Define(defined, _) => bare(defined) == name,
        _ => false,
    })
}

/// The name of a variable without its type.
fn bare(name: &str) -> &str {
    name.split(':').next().unwrap_or(name)
}

/// The files in `arguments`, relative to the source directory.
pub(super) fn files(arguments: &[String]) -> Vec<PathBuf> {
    let parsed = parse(arguments).into_iter();
    let files = parsed.filter_map(|argument| match argument {
        Argument::File(_, file) => Some(PathBuf::from(file)),
        Argument::Define(name, file) if bare(name) == "CMAKE_TOOLCHAIN_FILE" => {
            Some(PathBuf::from(file))
        }
        _ => None,
    });
    files.collect()
}

/// The reason why users must not set a variable to this value.
pub(super) fn reserved(name: &str, value: &str) -> Option<&'static str> {
    match name {
        "CMAKE_GENERATOR" if value != "Ninja" => Some("remove it: the generator is always Ninja"),
        "CMAKE_GENERATOR_PLATFORM" => Some("remove it: Ninja does not have generator platforms"),
        "CMAKE_GENERATOR_TOOLSET" => Some("remove it: Ninja does not have generator toolsets"),
        "CMAKE_INSTALL_PREFIX" => Some("the package contains the files in the prefix: remove it"),
        "CMAKE_HOME_DIRECTORY" => Some("use `source-dir` for another directory"),
        _ => None,
    }
}

/// Options that cannot be given, with their alternatives.
const OWNED: [(&str, &str); 19] = [
    (
        "--fresh",
        "remove it: the backend configures the project again when that is necessary",
    ),
    ("--build", "use `targets` to choose what is built"),
    (
        "--install-prefix",
        "remove it: the prefix is that of the host environment",
    ),
    ("--target", "use `targets` to choose what is built"),
    ("--install", "use `components` to choose what is installed"),
    ("--open", "remove it"),
    ("--find-package", "remove it"),
    ("--version", "remove it"),
    ("--help", "remove it"),
    ("--workflow", "use `preset`, `targets` and `tests`"),
    ("-G", "remove it: the generator is always Ninja"),
    ("-A", "remove it: Ninja does not have generator platforms"),
    ("-T", "remove it: Ninja does not have generator toolsets"),
    ("-B", "remove it: the backend chooses the build tree"),
    ("-S", "use `source-dir`"),
    ("-H", "use `source-dir`"),
    ("-E", "remove it"),
    ("-P", "remove it"),
    ("-N", "remove it: the project must be configured"),
];

/// Arguments that are not allowed.
pub(super) fn validate(arguments: &[String]) -> Vec<InvalidOption> {
    let wrong = |number: usize, message: String, help: &str| InvalidOption {
        keys: vec!["extra-args".to_string(), number.to_string()],
        part: EntryPart::Value,
        message,
        help: help.to_string(),
    };
    let lonely = arguments.last().filter(|last| {
        let takes = |option: &&str| option == &last.as_str();
        let before = arguments
            .len()
            .checked_sub(2)
            .and_then(|at| arguments.get(at));
        let is_value = before.is_some_and(|before| before == "-D" || before == "-C");
        ["-D", "-C", "-U", "--toolchain", PRESET].iter().any(takes) && !is_value
    });
    let lonely = lonely.map(|last| {
        wrong(
            arguments.len() - 1,
            format!("nothing follows `{last}` in `extra-args`"),
            "write its value as the next element",
        )
    });
    let parsed = numbered(arguments).into_iter();
    let found = parsed.scan(false, |takes_value, (number, argument)| {
        let is_value = std::mem::take(takes_value);
        Some(match argument {
            Argument::Define(name, value) => reserved(bare(name), value).map(|help| {
                let message = format!("`{}` is set by the backend", bare(name));
                wrong(number, message, help)
            }),
            Argument::File(..) => None,
            Argument::Other(_) if is_value => None,
            Argument::Other(word) => {
                let names_ninja = || {
                    arguments
                        .get(number + 1)
                        .is_some_and(|next| next == "Ninja")
                };
                if word == "-GNinja" || word == "-G" && names_ninja() {
                    *takes_value = word == "-G";
                    return Some(None);
                }
                *takes_value = TAKING_A_VALUE.contains(&word);
                other(word).map(|(message, help)| wrong(number, message, help))
            }
        })
    });
    lonely.into_iter().chain(found.flatten()).collect()
}

const PRESET: &str = "--preset";

/// Options that take the next element as their value.
const TAKING_A_VALUE: [&str; 6] = [
    PRESET,
    "-U",
    "--graphviz",
    "--log-level",
    "--log-context",
    "--target",
];

fn other(word: &str) -> Option<(String, &'static str)> {
    if word.is_empty() {
        return Some((
            "`extra-args` contains an empty element".to_string(),
            "remove it",
        ));
    }
    if !word.starts_with('-') {
        return Some((
            format!("`{word}` in `extra-args` would replace the source directory"),
            "use `source-dir` for another directory; options begin with `-`",
        ));
    }
    let owned = OWNED.iter().find(|(option, _)| {
        if option.starts_with("--") {
            word.split('=').next() == Some(option)
                || (*option == "--help" && word.starts_with(option))
        } else {
            word.starts_with(option)
        }
    });
    owned.map(|(option, help)| {
        let message = if INSTEAD.contains(option) {
            format!("with `{option}`, CMake does not configure the project")
        } else {
            format!("`{option}` is set by the backend")
        };
        (message, *help)
    })
}

/// Options with which CMake does something else.
const INSTEAD: [&str; 9] = [
    "--build",
    "--install",
    "--open",
    "--find-package",
    "--version",
    "--help",
    "--workflow",
    "-E",
    "-P",
];

/// Warnings about arguments that were written for a shell, because no shell reads them.
pub(super) fn warnings(arguments: &[String]) -> Vec<Warning> {
    let corrected = |argument: &String| {
        let mut text = argument.replace("\\$", "$").replace("\\\"", "\"");
        if let Some((start, quoted)) = text.split_once('=')
            && quoted.len() > 1
            && ["'", "\""]
                .iter()
                .any(|quote| quoted.starts_with(quote) && quoted.ends_with(quote))
        {
            text = format!("{start}={}", &quoted[1..quoted.len() - 1]);
        }
        for name in KNOWN {
            text = text.replace(&format!("%{name}%"), &format!("${name}"));
        }
        (text != *argument).then(|| {
            Warning::new(format!(
                "`{argument}` in `extra-args` is written for a shell"
            ))
            .help(format!(
                "each element is one argument, without quoting: write `{text}`"
            ))
        })
    };
    arguments.iter().filter_map(corrected).collect()
}

/// Variables of every build that arguments can refer to.
const KNOWN: [&str; 16] = [
    "PREFIX",
    "BUILD_PREFIX",
    "SRC_DIR",
    "PYTHON",
    "PY_VER",
    "SP_DIR",
    "STDLIB_DIR",
    "LIBRARY_PREFIX",
    "LIBRARY_BIN",
    "LIBRARY_INC",
    "LIBRARY_LIB",
    "SCRIPTS",
    "CPU_COUNT",
    "target_platform",
    "PKG_NAME",
    "PKG_VERSION",
];

/// `text` with references to variables of the build and to those in `own`. Every other
/// `$` is literal.
pub(super) fn word<'a>(text: &str, own: impl IntoIterator<Item = &'a String>) -> Word {
    let own: Vec<&String> = own.into_iter().collect();
    let is_known = |name: &str| KNOWN.contains(&name) || own.iter().any(|known| *known == name);
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        literal.push_str(before);
        match reference(after).filter(|(name, _)| is_known(name)) {
            Some((name, length)) => {
                if !literal.is_empty() {
                    pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                }
                pieces.push(Piece::Variable(name.to_string()));
                rest = &after[length..];
            }
            None => {
                literal.push('$');
                rest = after;
            }
        }
    }
    literal.push_str(rest);
    if !literal.is_empty() || pieces.is_empty() {
        pieces.push(Piece::Literal(literal));
    }
    Word(pieces)
}

/// The name at the start of `text`, with or without braces, and its length including the
/// braces.
fn reference(text: &str) -> Option<(&str, usize)> {
    let is_in_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
    if let Some(braced) = text.strip_prefix('{') {
        let (name, _) = braced.split_once('}')?;
        return Some((name, name.len() + 2));
    }
    let length = text
        .find(|character| !is_in_name(character))
        .unwrap_or(text.len());
    Some((&text[..length], length))
}

#[cfg(test)]
mod tests;
