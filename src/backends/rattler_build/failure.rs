//! Explains why the script of a recipe failed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexSet;

use super::Recipe;
use crate::backend::failure::{Place, QUOTED};
use crate::backend::{Diagnosis, Log};
use crate::diagnostic::SourceFile;

/// The diagnosis from the log, with the line of the recipe or of its script that was
/// running.
pub(super) fn diagnose(recipe: &Recipe, log: &Log) -> Option<Diagnosis> {
    let commands: Vec<&str> = log.lines().filter_map(traced).collect();
    let place = place(recipe, &commands);
    let cause = cause(log);
    let is_quoted = cause.is_some();
    let details = cause.unwrap_or_else(|| log.tail(QUOTED));
    let help = advice(log)
        .or_else(|| no_source(recipe, log))
        .or_else(|| ignored(recipe, log));
    if place.is_none() && help.is_none() && !is_quoted {
        return None;
    }
    Some(Diagnosis {
        code: "build::failed",
        details,
        help,
        place,
        ..Default::default()
    })
}

/// The first error of CMake or of a compiler, if it is further up than the last lines.
fn cause(log: &Log) -> Option<Vec<String>> {
    let is_error = |line: &&str| {
        line.starts_with("CMake Error")
            || [": error: ", ": fatal error: "]
                .iter()
                .any(|mark| line.contains(mark))
    };
    let is_said = |line: &&str| !["-- ", "+"].iter().any(|start| line.starts_with(start));
    let lines = log.lines().filter(|line| !line.is_empty()).filter(is_said);
    let from: Vec<&str> = lines.skip_while(|line| !is_error(line)).collect();
    let is_further_up = from.len() > QUOTED;
    is_further_up.then(|| from[..QUOTED].iter().map(ToString::to_string).collect())
}

/// The command in a trace line of bash.
fn traced(line: &str) -> Option<&str> {
    let command = line.trim_start_matches('+').strip_prefix(' ')?;
    line.starts_with('+').then_some(command)
}

/// The place of the last of the commands that has one: in the recipe, or in a script next to it.
fn place(recipe: &Recipe, commands: &[&str]) -> Option<Place> {
    let scripts = scripts(recipe).into_iter().filter_map(|script| {
        let text = std::fs::read_to_string(&script).ok()?;
        Some((script, Arc::from(text)))
    });
    let own = (recipe.found.path.clone(), recipe.text.clone());
    let texts: Vec<(PathBuf, Arc<str>)> = std::iter::once(own).chain(scripts).collect();
    let of = |command: &&str| {
        let mut texts = texts.iter();
        texts.find_map(|(file, text)| Some((file, text, line_of(text, command)?)))
    };
    let (file, text, line) = commands.iter().rev().find_map(of)?;
    Some(Place {
        file: SourceFile::new(file.display().to_string(), text.clone()),
        at: line.into(),
        label: "this command".to_string(),
    })
}

/// The files that can be scripts of the recipe: `build.sh`, and those that it names.
fn scripts(recipe: &Recipe) -> Vec<PathBuf> {
    let folder = recipe.found.path.parent().unwrap_or(Path::new(""));
    let words = recipe
        .text
        .split(|c: char| c.is_whitespace() || "\"',[]{}".contains(c));
    let named = words.filter(|word| !word.is_empty());
    let named = named.flat_map(|word| [word.to_string(), format!("{word}.sh")]);
    let files = named.filter(|name| name.ends_with(".sh"));
    let files = std::iter::once("build.sh".to_string()).chain(files);
    let files: IndexSet<PathBuf> = files.map(|name| folder.join(name)).collect();
    files.into_iter().filter(|file| file.is_file()).collect()
}

/// The files with which a build tool recognizes a project, and what the tool says without one.
const PROJECTS: [(&str, &str); 5] = [
    ("pyproject.toml", "does not appear to be a Python project"),
    ("pyproject.toml", "is not installable"),
    (
        "CMakeLists.txt",
        "does not appear to contain CMakeLists.txt",
    ),
    ("Cargo.toml", "could not find `Cargo.toml`"),
    ("Makefile", "No targets specified and no makefile found"),
];

/// The way out for a recipe without a source whose script looks for a file beside the recipe.
fn no_source(recipe: &Recipe, log: &Log) -> Option<String> {
    if recipe.text.contains("source:") {
        return None;
    }
    let folder = recipe.found.path.parent().unwrap_or(Path::new(""));
    let named = log.lines().filter_map(not_found);
    let projects = PROJECTS.iter();
    let projects = projects
        .filter(|(_, said)| log.has(said))
        .map(|(file, _)| *file);
    let name = named
        .chain(projects)
        .find(|name| folder.join(name).exists())?;
    Some(format!(
        "the recipe has no `source`, so that its script starts in an empty directory: write `source: \
         {{ path: . }}` to copy `{name}` and what is beside it, or use `$RECIPE_DIR/{name}`"
    ))
}

/// The way out for a file that the script does not find, although it is in a source of the
/// recipe: git may ignore it.
fn ignored(recipe: &Recipe, log: &Log) -> Option<String> {
    let folder = recipe.found.path.parent().unwrap_or(Path::new(""));
    let sources = recipe.text.lines().filter_map(|line| {
        let line = line.trim().trim_start_matches("- ");
        let path = line.split_once("path:")?.1;
        Some(folder.join(path.trim().trim_matches(['"', '\'', '}', ' '])))
    });
    let sources: Vec<PathBuf> = sources.collect();
    let exists = |name: &str| sources.iter().any(|source| source.join(name).exists());
    let missing = log.lines().filter_map(not_found);
    let name = missing.filter(|name| exists(name)).last()?;
    Some(format!(
        "a source is copied without the files that git ignores: if `{name}` is one of them, write \
         `use_gitignore: false` into the source"
    ))
}

/// The relative path in a message about a file that does not exist.
fn not_found(line: &str) -> Option<&str> {
    let (before, _) = line.split_once(": No such file or directory")?;
    let name = before.rsplit(": ").next()?;
    let name = name
        .trim_start_matches("cannot stat ")
        .trim_start_matches("cannot open ");
    let name = name.trim_start_matches("cannot access ");
    let name = name.trim_matches(['\'', '"', '‘', '’', '`']);
    let name = name.strip_prefix("$SRC_DIR/").unwrap_or(name);
    (!name.is_empty() && Path::new(name).is_relative()).then_some(name)
}

/// The line with the command, without its indentation. A trace contains the values of variables
/// and no quotes, so only the text before the first variable is compared, without quotes. Among
/// several lines, such as a requirement with the name of the program, the longest text counts.
fn line_of(text: &str, command: &str) -> Option<(usize, usize)> {
    let plain = |text: &str| text.replace(['\'', '"'], "");
    let wanted = plain(command);
    let mut start = 0;
    let mut found = None;
    let mut longest = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_start_matches([' ', '-', '\t']);
        let written = trimmed.trim_end();
        let constant = plain(
            written
                .split(['$', '`', '\\', '|', '>', '<'])
                .next()
                .unwrap_or(""),
        );
        let keys = ["script: ", "then: ", "else: "];
        let command = keys.iter().find_map(|key| constant.strip_prefix(key));
        let constant = command.unwrap_or(&constant).trim();
        let is_comment = written.starts_with('#');
        let is_whole = constant.len() >= wanted.len().min(4) && wanted.starts_with(constant);
        if !is_comment && constant.len() > longest && is_whole {
            longest = constant.len();
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
        let text =
            "requirements:\n  build:\n    - make\nbuild:\n  script: make -j$N\ntests:\n  - make\n";
        let (at, length) = line_of(text, "make -j2").expect("it is written there");
        assert_eq!(&text[at..at + length], "script: make -j$N");
        let text = "script:\n  - if: linux\n    then: make -j4 V=1\n    else: nmake\n";
        let (at, length) = line_of(text, "make -j4 V=1").expect("it is written there");
        assert_eq!(&text[at..at + length], "then: make -j4 V=1");
    }

    #[test]
    fn an_error_above_the_last_lines_is_the_cause() {
        let log = |after: usize| {
            let mut text =
                "+ cmake .\n-- Detecting\nCMake Error at CMakeLists.txt:3 (find_package):\n\n  \
                            By not providing\n-- Configuring incomplete\n"
                    .to_string();
            text.extend((0..after).map(|number| format!("line {number}\n")));
            cause(&Log::new(&text))
        };
        assert_eq!(log(1), None);
        let found = log(9).expect("there is one");
        assert_eq!(found.len(), QUOTED);
        assert_eq!(
            found[..2],
            [
                "CMake Error at CMakeLists.txt:3 (find_package):",
                "  By not providing"
            ]
        );
    }

    #[test]
    fn the_name_of_a_file_that_does_not_exist_is_found() {
        let lines = [
            (
                "cp: cannot stat 'data/x.bin': No such file or directory",
                Some("data/x.bin"),
            ),
            ("cat: $SRC_DIR/x y: No such file or directory", Some("x y")),
            (
                "x.c:1:10: fatal error: zlib.h: No such file or directory",
                Some("zlib.h"),
            ),
            ("ls: cannot access '/opt': No such file or directory", None),
        ];
        for (line, name) in lines {
            assert_eq!(not_found(line), name, "{line}");
        }
    }
}
