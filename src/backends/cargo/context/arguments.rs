//! What the user's own arguments say about Cargo's configuration.

use std::path::{Path, PathBuf};

use crate::backend::Request;
use crate::backend::inputs::plain;
use crate::backends::cargo::Config;

/// One or two words of `extra-args`.
#[derive(Debug, PartialEq)]
pub(crate) enum Argument<'a> {
    /// `--config` with a file. Cargo takes its value for one where there is one, and looks
    /// from the folder that it runs in. Users mean the folder of their crate.
    ConfigFile(PathBuf),
    /// `--config` with `KEY=VALUE`, and the words as they were.
    Config(&'a str, &'a [String]),
    /// Anything else.
    Other(&'a str),
}

impl Argument<'_> {
    /// The words for the command line.
    pub(crate) fn words(&self) -> Vec<String> {
        match self {
            Self::ConfigFile(path) => vec!["--config".to_string(), path.display().to_string()],
            Self::Config(_, words) => words.to_vec(),
            Self::Other(word) => vec![word.to_string()],
        }
    }
}

/// Takes `extra-args` apart.
pub(crate) fn of<'a>(request: &Request<'a, Config>) -> Vec<Argument<'a>> {
    apart(&request.config.extra_args, &request.project.source)
}

fn apart<'a>(words: &'a [String], folder: &Path) -> Vec<Argument<'a>> {
    let mut arguments = Vec::new();
    let mut rest = words;
    while let Some(first) = rest.first() {
        let joined = first.strip_prefix("--config=").map(|value| (value, 1));
        let separate = (first == "--config").then(|| rest.get(1)).flatten();
        let setting = joined.or(separate.map(|value| (value.as_str(), 2)));
        let count = setting.map_or(1, |(_, count)| count);
        let (words, after) = rest.split_at(count);
        arguments.push(match setting {
            Some((value, _)) => {
                let path = plain(&folder.join(value));
                if path.is_file() {
                    Argument::ConfigFile(path)
                } else {
                    Argument::Config(value, words)
                }
            }
            None => Argument::Other(first),
        });
        rest = after;
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| word.to_string()).collect()
    }

    #[test]
    fn settings_are_found_in_both_spellings() {
        let given = words(&[
            "--config",
            "a=1",
            "--features",
            "x",
            "--config=b=2",
            "--config",
        ]);
        let found = apart(&given, Path::new("/nowhere"));
        let expected = [
            Argument::Config("a=1", &given[..2]),
            Argument::Other("--features"),
            Argument::Other("x"),
            Argument::Config("b=2", &given[4..5]),
            Argument::Other("--config"),
        ];
        assert_eq!(found, expected);
        let back: Vec<String> = found.iter().flat_map(Argument::words).collect();
        assert_eq!(back, given);
    }

    #[test]
    fn files_are_those_of_the_crate() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("ci.toml");
        std::fs::write(&file, "").expect("own folder");
        let given = words(&["--config=ci.toml"]);
        let found = apart(&given, folder.path());
        assert_eq!(found, [Argument::ConfigFile(file.clone())]);
        let expected = ["--config".to_string(), file.display().to_string()];
        assert_eq!(found[0].words(), expected);
    }
}
