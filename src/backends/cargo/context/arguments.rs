//! Parses `extra-args`.
//!
//! The arguments are for `cargo install`, but many users know those of `cargo build`. Those
//! with an equivalent here are accepted. Arguments that cannot be part of `cargo install` are
//! refused when the manifest is read; see `refused_arguments`.

use std::path::Path;

use crate::backend::inputs::plain;
use crate::diagnostic::Warning;

/// Options that take a value, which is the next word if it is not in the same word.
const WITH_VALUE: [&str; 27] = [
    "--artifact-dir",
    "--bench",
    "--branch",
    "--color",
    "--config",
    "--exclude",
    "--features",
    "--git",
    "--index",
    "--jobs",
    "--manifest-path",
    "--message-format",
    "--out-dir",
    "--package",
    "--path",
    "--profile",
    "--registry",
    "--rev",
    "--root",
    "--tag",
    "--target",
    "--target-dir",
    "--test",
    "--vers",
    "--version",
    "--bin",
    "--example",
];

/// Options that decide which crates are linked into the installed files.
const TREE: [&str; 6] = [
    "--config",
    "--target",
    "-Z",
    "--features",
    "--no-default-features",
    "--all-features",
];

/// The short forms of options. The value may follow in the same word.
const SHORT: [(&str, &str); 5] = [
    ("-F", "--features"),
    ("-j", "--jobs"),
    ("-p", "--package"),
    ("-r", "--release"),
    ("-Z", "-Z"),
];

/// One option with its value, or a word that is not an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Argument {
    /// The long name of the option, or the word.
    pub(crate) name: String,
    value: Option<String>,
    /// The words as the user wrote them.
    pub(crate) words: Vec<String>,
}

/// The parsed arguments of the user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Arguments(Vec<Argument>);

/// A setting of Cargo's configuration.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Setting<'a> {
    /// The path of a configuration file.
    File(&'a Path),
    /// `KEY=VALUE`.
    Text(&'a str),
}

impl Arguments {
    /// Parses `words`. Paths of configuration files are resolved against `folder`, the
    /// directory of the crate. Cargo reads the value of `--config` as a path if the file
    /// exists, and resolves it against the directory in which it runs, which is not known here.
    pub(crate) fn of(words: &[String], folder: &Path) -> Self {
        let mut arguments = apart(words);
        for argument in &mut arguments {
            if argument.name != "--config" {
                continue;
            }
            let path = argument
                .value
                .as_ref()
                .map(|value| plain(&folder.join(value)));
            if let Some(path) = path.filter(|path| path.is_file()) {
                let path = path.display().to_string();
                argument.words = vec!["--config".to_string(), path.clone()];
                argument.value = Some(path);
            }
        }
        Self(arguments)
    }

    /// The words for `cargo install`.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        let passed_on = self.0.iter().filter(|argument| !argument.is_understood());
        passed_on.flat_map(|argument| argument.words.iter().map(String::as_str))
    }

    /// The words of the arguments that decide where packages come from and which packages
    /// exist.
    pub(crate) fn words_for_the_lock_file(&self) -> impl Iterator<Item = &str> {
        self.words_of(&["--config", "--target", "-Z", "--offline", "--frozen"])
    }

    /// The words of the arguments that decide which crates are linked into the installed files.
    pub(crate) fn words_for_the_tree(&self) -> impl Iterator<Item = &str> {
        self.words_of(&TREE)
    }

    /// The words of the arguments for cargo commands other than `cargo install`.
    pub(crate) fn words_for_commands(&self) -> impl Iterator<Item = &str> {
        const COMMANDS: [&str; 3] = ["--jobs", "--offline", "--frozen"];
        self.words_of(&TREE).chain(self.words_of(&COMMANDS))
    }

    fn words_of(&self, names: &'static [&'static str]) -> impl Iterator<Item = &str> {
        let counting = self.0.iter();
        let counting = counting.filter(|argument| names.contains(&argument.name.as_str()));
        counting.flat_map(|argument| argument.words.iter().map(String::as_str))
    }

    /// The arguments without the features for which `keeps` is false.
    pub(crate) fn with_features(&self, keeps: impl Fn(&str) -> bool) -> Self {
        let arguments = self.0.iter().filter_map(|argument| {
            if argument.name != "--features" {
                return Some(argument.clone());
            }
            let features = argument.value.as_deref()?.split(',');
            let kept = features.filter(|feature| keeps(feature));
            let kept = kept.collect::<Vec<_>>().join(",");
            (!kept.is_empty()).then(|| Argument {
                name: argument.name.clone(),
                words: vec![argument.name.clone(), kept.clone()],
                value: Some(kept),
            })
        });
        Self(arguments.collect())
    }

    /// Whether the arguments contain an option with this long name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|argument| argument.name == name)
    }

    /// The value of an option. If the option is repeated, the last value.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let mut options = self.0.iter().rev();
        let option = options.find(|argument| argument.name == name)?;
        option.value.as_deref()
    }

    /// The name of the crate that `--package` selects. The argument may also contain a version.
    pub(crate) fn package(&self) -> Option<&str> {
        self.value("--package")?.split('@').next()
    }

    /// The selected profile.
    pub(crate) fn profile(&self) -> &str {
        if self.has("--debug") {
            "dev"
        } else {
            self.value("--profile").unwrap_or("release")
        }
    }

    /// The values of `--config`, in order.
    pub(crate) fn settings(&self) -> impl Iterator<Item = Setting<'_>> {
        let settings = self.0.iter().filter(|argument| argument.name == "--config");
        settings.filter_map(|argument| {
            let value = argument.value.as_deref()?;
            let path = Path::new(value);
            Some(if path.is_absolute() && path.is_file() {
                Setting::File(path)
            } else {
                Setting::Text(value)
            })
        })
    }

    /// Warnings about arguments that are accepted although `cargo install` does not have them.
    pub(crate) fn warnings(&self) -> Vec<Warning> {
        let understood = self.0.iter().filter(|argument| argument.is_understood());
        let warning = |argument: &Argument| {
            let words = argument.words.join(" ");
            let help = match argument.name.as_str() {
                "--release" => {
                    "remove it: release builds are the default, and `--debug` asks for a debug build"
                }
                _ => {
                    "remove it: the member is the one that `name` in `[package]` names, or the \
                     directory in `source = { path = \"…\" }` of `[package.build]`"
                }
            };
            Warning::new(format!(
                "`{words}` in `extra-args` is an argument of `cargo build`, which the backend does \
                 not run"
            ))
            .help(help)
        };
        understood.map(warning).collect()
    }
}

impl Argument {
    /// Whether it is an argument of `cargo build` that this backend evaluates instead of
    /// passing it on.
    fn is_understood(&self) -> bool {
        ["--release", "--package"].contains(&self.name.as_str())
    }
}

/// Splits a list of words into options with their values, and other words.
pub(crate) fn apart(words: &[String]) -> Vec<Argument> {
    let mut arguments = Vec::new();
    let mut rest = words;
    while let Some(first) = rest.first() {
        let (name, mut value) = option(first);
        let mut count = 1;
        // The value of these options is optional.
        let next = rest.get(1);
        let next = match name.as_str() {
            "--bin" | "--example" | "--target" => next.filter(|next| !next.starts_with('-')),
            _ => next,
        };
        let takes_next = WITH_VALUE.contains(&name.as_str()) || name == "-Z";
        if value.is_none()
            && takes_next
            && let Some(next) = next
        {
            value = Some(next.clone());
            count = 2;
        }
        let (words, after) = rest.split_at(count);
        let words = words.to_vec();
        arguments.push(Argument { name, value, words });
        rest = after;
    }
    arguments
}

/// The long name of an option, and the value if it is in the same word.
fn option(word: &str) -> (String, Option<String>) {
    if word.starts_with("--") {
        return match word.split_once('=') {
            Some((name, value)) => (name.to_string(), Some(value.to_string())),
            None => (word.to_string(), None),
        };
    }
    let short = SHORT.iter().find_map(|(short, long)| {
        let rest = word.strip_prefix(short)?;
        (*long != "--release" || rest.is_empty()).then_some((*long, rest))
    });
    match short {
        Some((long, "")) => (long.to_string(), None),
        Some((long, rest)) => {
            let value = rest.strip_prefix('=').unwrap_or(rest);
            (long.to_string(), Some(value.to_string()))
        }
        None => (word.to_string(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| word.to_string()).collect()
    }

    fn of(given: &[&str]) -> Arguments {
        Arguments::of(&words(given), Path::new("/nowhere"))
    }

    fn passed_on(given: &[&str]) -> String {
        of(given).words().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn settings_are_found_in_both_spellings() {
        let given = [
            "--config",
            "a=1",
            "--features",
            "x",
            "--config=b=2",
            "--config",
        ];
        let found = of(&given);
        let settings: Vec<Setting<'_>> = found.settings().collect();
        assert_eq!(settings, [Setting::Text("a=1"), Setting::Text("b=2")]);
        assert_eq!(found.words().collect::<Vec<_>>(), given);
    }

    #[test]
    fn files_are_those_of_the_crate() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("ci.toml");
        std::fs::write(&file, "").expect("own folder");
        let found = Arguments::of(&words(&["--config=ci.toml"]), folder.path());
        assert_eq!(found.settings().collect::<Vec<_>>(), [Setting::File(&file)]);
        let path = file.display().to_string();
        assert_eq!(found.words().collect::<Vec<_>>(), ["--config", &path]);
    }

    #[test]
    fn what_cargo_build_takes_is_understood_and_not_passed_on() {
        for (given, package, rest) in [
            (&["-p", "ladle", "--debug"][..], Some("ladle"), "--debug"),
            (&["-pladle@0.1.0"], Some("ladle"), ""),
            (&["--package=ladle", "-F", "x"], Some("ladle"), "-F x"),
            (&["--release", "--features", "-r"], None, "--features -r"),
            (&["-r", "--bin", "--package", "a"], Some("a"), "--bin"),
        ] {
            assert_eq!(of(given).package(), package, "{given:?}");
            assert_eq!(passed_on(given), rest, "{given:?}");
            assert!(!of(given).warnings().is_empty(), "{given:?}");
        }
        assert_eq!(of(&["--locked", "--bin", "a"]).warnings(), []);
    }

    #[test]
    fn what_decides_about_packages_counts_for_the_lock_file() {
        let found = of(&[
            "--target",
            "x",
            "--bin",
            "a",
            "-Zbuild-std",
            "--offline",
            "-F",
            "b",
        ]);
        let counting: Vec<&str> = found.words_for_the_lock_file().collect();
        assert_eq!(counting, ["--target", "x", "-Zbuild-std", "--offline"]);
    }
}
