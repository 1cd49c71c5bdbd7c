//! Explains why the script of a recipe failed.

use std::path::Path;
use std::sync::Arc;

use super::Recipe;
use crate::backend::failure::{Place, QUOTED};
use crate::backend::{Diagnosis, Log};
use crate::diagnostic::SourceFile;

/// The diagnosis from the log, with the line of the recipe or of its script that was
/// running.
pub(super) fn diagnose(recipe: &Recipe, log: &Log) -> Option<Diagnosis> {
    let place = log
        .lines()
        .filter_map(traced)
        .filter_map(|command| place(recipe, command))
        .last();
    let details = log.tail(QUOTED);
    if place.is_none() && advice(log).is_none() {
        return None;
    }
    Some(Diagnosis {
        code: "build::failed",
        details,
        help: advice(log),
        place,
        ..Default::default()
    })
}

/// The command in a trace line of bash.
fn traced(line: &str) -> Option<&str> {
    let command = line.trim_start_matches('+').strip_prefix(' ')?;
    line.starts_with('+').then_some(command)
}

/// The place of the command: in the recipe, or in a script next to it.
fn place(recipe: &Recipe, command: &str) -> Option<Place> {
    let folder = recipe.path.parent().unwrap_or(Path::new(""));
    let script = folder.join("build.sh");
    let texts = [
        Some((recipe.path.clone(), recipe.text.clone())),
        std::fs::read_to_string(&script)
            .ok()
            .map(|text| (script, Arc::from(text))),
    ];
    let (file, text, line) = texts.into_iter().flatten().find_map(|(file, text)| {
        let line = line_of(&text, command)?;
        Some((file, text, line))
    })?;
    Some(Place {
        file: SourceFile::new(file.display().to_string(), text),
        at: line.into(),
        label: "this command".to_string(),
    })
}

/// The line with the command, without its indentation. A trace contains the values of variables
/// and no quotes, so only the text before the first variable is compared, without quotes.
fn line_of(text: &str, command: &str) -> Option<(usize, usize)> {
    let plain = |text: &str| text.replace(['\'', '"'], "");
    let wanted = plain(command);
    let mut start = 0;
    let mut found = None;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_start_matches([' ', '-', '\t']);
        let written = trimmed.trim_end();
        let constant = plain(
            written
                .split(['$', '`', '\\', '|', '>', '<'])
                .next()
                .unwrap_or(""),
        );
        let constant = constant
            .strip_prefix("script: ")
            .unwrap_or(&constant)
            .trim();
        let is_comment = written.starts_with('#');
        let is_whole = constant.len() >= wanted.len().min(4) && wanted.starts_with(constant);
        if !is_comment && !constant.is_empty() && is_whole {
            found = Some((start + line.len() - trimmed.len(), written.len()));
        }
        start += line.len();
    }
    found
}

fn advice(log: &Log) -> Option<String> {
    let missing = log
        .lines()
        .filter_map(|line| line.strip_suffix(": command not found"))
        .last();
    if let Some(program) = missing.and_then(|line| line.rsplit(": ").next()) {
        return Some(format!(
            "write the package of `{program}` into `requirements: build` of the recipe"
        ));
    }
    if log.has("No matching distribution found")
        || log.has("Could not find a version that satisfies")
    {
        return Some(
            "pip cannot use the network in a build: write its packages into `requirements: host`, \
             and call it with `--no-deps --no-build-isolation`"
                .to_string(),
        );
    }
    if log.has("cannot stat") || log.has("No such file or directory") {
        return Some(
            "sources are copied without the files that git ignores: write `use_gitignore: false` \
             into the source to copy them"
                .to_string(),
        );
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traced_command_is_found_where_it_is_written() {
        let text = "build:\n  script:\n    - echo ä\n    - cp \"$SRC_DIR/a b\" $PREFIX\n    - make -j$CPU_COUNT\n";
        let line =
            |command: &str| line_of(text, command).map(|(at, length)| &text[at..at + length]);
        assert_eq!(line("make -j2"), Some("make -j$CPU_COUNT"));
        assert_eq!(line("echo ä"), Some("echo ä"));
        assert_eq!(line("install x"), None);
    }
}
