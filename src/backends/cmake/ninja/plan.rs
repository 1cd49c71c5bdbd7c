//! Reads `build.ninja`: the outputs, their inputs and their rules.
//!
//! The rules are in another file, which is not needed.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::{command, depfile, fortran};
use crate::backend::inputs::plain;
use crate::backends::cmake::copies::files_of;

/// The plan of a build tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in super::super) struct Plan {
    pub(in super::super) edges: Vec<Edge>,
}

/// One step of a build. Paths are as in ninja: relative to the tree, or absolute.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in super::super) struct Edge {
    pub(in super::super) rule: String,
    pub(in super::super) outputs: Vec<String>,
    /// Explicit, implicit and order-only ones.
    pub(in super::super) inputs: Vec<String>,
    /// Variables of this step, among them `COMMAND`, `FLAGS` and `INCLUDES`.
    pub(in super::super) variables: HashMap<String, String>,
}

impl Edge {
    /// Whether it is a name for other outputs without a command.
    pub(in super::super) fn is_phony(&self) -> bool {
        self.rule == "phony"
    }

    /// The commands of the project in this step: a step of its own, or commands before and
    /// after linking.
    fn commands(&self) -> impl Iterator<Item = &str> {
        let is_own = self.rule.starts_with("CUSTOM_COMMAND");
        let names: &[&str] = if is_own {
            &["COMMAND"]
        } else {
            &["PRE_LINK", "POST_BUILD"]
        };
        let commands = names.iter().filter_map(|name| self.variables.get(*name));
        commands.map(String::as_str)
    }

    /// The options of its compiler or linker.
    fn options(&self) -> impl Iterator<Item = &str> {
        let names = ["FLAGS", "LINK_FLAGS", "LINK_LIBRARIES"].into_iter();
        let options = names.filter_map(|name| self.variables.get(name));
        options.map(String::as_str)
    }

    /// The paths of files that its commands and options name. A script, its data or a version
    /// script of a linker is often missing in `DEPENDS`.
    pub(in super::super) fn named(&self, tree: &Path) -> Vec<PathBuf> {
        let words = self.commands().flat_map(command::words);
        let paths = words.map(|(word, folder)| tree.join(folder).join(word));
        let options = self.options().flat_map(command::words);
        let options = options.map(|(word, _)| PathBuf::from(word));
        // Relative paths are those of objects and libraries, which ninja knows.
        let options = options.filter(|path| path.is_absolute());
        let copied = self.copied(tree).into_iter();
        let copied = copied.flat_map(|folder| files_of(&folder));
        paths.chain(options).chain(copied).collect()
    }

    /// The files that its command has read and that ninja does not record: those in the
    /// dependency file of a command of the project, and those that Fortran includes.
    pub(super) fn recorded_elsewhere(&self, tree: &Path) -> Vec<String> {
        let Some(file) = self.variables.get("depfile") else {
            return fortran::included(self, tree);
        };
        let text = std::fs::read(tree.join(file)).unwrap_or_default();
        depfile::prerequisites(&String::from_utf8_lossy(&text))
    }

    /// The directories outside of the tree whose files its commands copy.
    pub(in super::super) fn copied(&self, tree: &Path) -> Vec<PathBuf> {
        let copied = self.commands().flat_map(command::copied);
        let copied = copied.map(|path| plain(&tree.join(path)));
        copied.filter(|path| !path.starts_with(tree)).collect()
    }

    /// The build trees of other projects in which its command works, as those of
    /// ExternalProject do.
    pub(in super::super) fn nested(&self, tree: &Path) -> BTreeSet<PathBuf> {
        if !self.rule.starts_with("CUSTOM_COMMAND") {
            return BTreeSet::new();
        }
        let command = self.variables.get("COMMAND").map_or("", String::as_str);
        let words = command::words(command).into_iter();
        let paths = words.flat_map(|(word, folder)| [folder.clone(), folder.join(word)]);
        let paths: BTreeSet<PathBuf> = paths.map(|path| plain(&tree.join(path))).collect();
        let paths = paths.into_iter();
        let below = paths.filter(|path| path.starts_with(tree) && path != tree);
        below
            .filter(|path| path.join("build.ninja").is_file())
            .collect()
    }

    /// Whether it links a program or a shared library.
    pub(in super::super) fn links(&self) -> bool {
        self.rule.contains("_LINKER__") && !self.rule.contains("STATIC_LIBRARY_LINKER")
    }
}

impl Plan {
    /// Reads the plan in the build tree `tree`. A missing plan is empty.
    pub(in super::super) fn read(tree: &Path) -> Self {
        let text = std::fs::read(tree.join("build.ninja")).unwrap_or_default();
        parse(&String::from_utf8_lossy(&text))
    }

    /// The steps of ExternalProject of one kind for the dependency `name`.
    pub(in super::super) fn step_of(&self, name: &str, kind: &str) -> impl Iterator<Item = &Edge> {
        let stamp = format!("{name}-{kind}");
        let is_stamp = move |output: &String| {
            let file = output.rsplit('/').next();
            file == Some(stamp.as_str())
        };
        let own = self.edges.iter().filter(|edge| !edge.is_phony());
        own.filter(move |edge| edge.outputs.iter().any(&is_stamp))
    }

    /// The trees in which ExternalProject builds the dependency `name`.
    pub(in super::super) fn trees_of(&self, name: &str, tree: &Path) -> BTreeSet<PathBuf> {
        let steps = self.step_of(name, "build");
        steps.flat_map(|edge| edge.nested(tree)).collect()
    }

    /// All steps that `targets` need, or that `all` needs if there are no targets.
    pub(in super::super) fn needed_by(self, targets: &[String]) -> Vec<Edge> {
        let mut makes: HashMap<&str, usize> = HashMap::new();
        for (number, edge) in self.edges.iter().enumerate() {
            makes.extend(edge.outputs.iter().map(|output| (output.as_str(), number)));
        }
        let mut open: Vec<&str> = targets.iter().map(String::as_str).collect();
        if open.is_empty() {
            open.push("all");
        }
        let mut needed = BTreeSet::new();
        while let Some(output) = open.pop() {
            if let Some(number) = makes.get(output)
                && needed.insert(*number)
            {
                open.extend(self.edges[*number].inputs.iter().map(String::as_str));
            }
        }
        let edges = self.edges.into_iter().enumerate();
        let edges = edges.filter(|(number, _)| needed.contains(number));
        edges.map(|(_, edge)| edge).collect()
    }
}

fn parse(text: &str) -> Plan {
    let mut plan = Plan::default();
    let mut variables: HashMap<String, String> = HashMap::new();
    let mut in_edge = false;
    for line in logical_lines(text) {
        let indented = line.starts_with(' ');
        let line = line.trim_start_matches(' ');
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if !indented {
            in_edge = false;
        }
        if let Some(edge) = line.strip_prefix("build ").filter(|_| !indented) {
            plan.edges.extend(self::edge(edge, &variables));
            in_edge = true;
        } else if let Some((name, value)) = line.split_once(" =") {
            let value = unescaped(value.trim_start_matches(' '), &variables);
            match plan.edges.last_mut().filter(|_| in_edge) {
                Some(edge) => edge.variables.insert(name.to_string(), value),
                None if !indented => variables.insert(name.to_string(), value),
                None => None,
            };
        }
    }
    plan
}

/// Lines, joined where one ends with `$`.
fn logical_lines(text: &str) -> impl Iterator<Item = String> {
    let mut lines = text.lines();
    std::iter::from_fn(move || {
        let mut line = lines.next()?.to_string();
        while line.ends_with('$') && (line.len() - line.trim_end_matches('$').len()) % 2 == 1 {
            line.pop();
            line.push_str(lines.next().unwrap_or_default().trim_start_matches(' '));
        }
        Some(line)
    })
}

/// Parses the text after `build`: outputs, a colon, the rule, inputs.
fn edge(text: &str, variables: &HashMap<String, String>) -> Option<Edge> {
    let mut edge = Edge::default();
    let mut before_colon = true;
    // Validations, which come after `|@`, are not inputs.
    let mut counts = true;
    for word in words(text, variables) {
        match word {
            Token::Colon => before_colon = false,
            Token::Bar(bar) => counts = bar != "|@",
            Token::Path(path) if before_colon => edge.outputs.push(path),
            Token::Path(path) if edge.rule.is_empty() => edge.rule = path,
            Token::Path(path) if counts => edge.inputs.push(path),
            Token::Path(_) => {}
        }
    }
    (!edge.rule.is_empty()).then_some(edge)
}

enum Token {
    Path(String),
    Bar(String),
    Colon,
}

fn words(text: &str, variables: &HashMap<String, String>) -> Vec<Token> {
    let mut words = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(' ');
        if rest.is_empty() {
            return words;
        }
        if let Some(after) = rest.strip_prefix(':') {
            words.push(Token::Colon);
            rest = after;
            continue;
        }
        let (word, after) = rest.split_at(end_of_word(rest));
        rest = after;
        words.push(match word {
            "|" | "||" | "|@" => Token::Bar(word.to_string()),
            _ => Token::Path(unescaped(word, variables)),
        });
    }
}

/// The end of a word: a space or colon that is not after a `$`.
fn end_of_word(text: &str) -> usize {
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '$' => {
                characters.next();
            }
            ' ' | ':' => return at,
            _ => {}
        }
    }
    text.len()
}

/// `text` with its escapes resolved: `$` before a character, or before the name of a
/// variable.
fn unescaped(text: &str, variables: &HashMap<String, String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let is_in_name = |character: char| {
            character.is_ascii_alphanumeric() || character == '_' || character == '-'
        };
        let braced = after
            .strip_prefix('{')
            .and_then(|after| after.split_once('}'));
        let (name, behind) = braced.unwrap_or_else(|| {
            after.split_at(
                after
                    .find(|character| !is_in_name(character))
                    .unwrap_or(after.len()),
            )
        });
        if !name.is_empty() {
            out.push_str(variables.get(name).map_or("", String::as_str));
            rest = behind;
            continue;
        }
        let escaped = after.chars().next();
        out.extend(escaped);
        rest = &after[escaped.map_or(0, char::len_utf8)..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: &str = "\
# a comment
ninja_required_version = 1.5
cmake_ninja_workdir = /t/
include CMakeFiles/rules.ninja

build all: phony app
build app: CXX_EXECUTABLE_LINKER__app_Release a$ b.o | lib$:x.so || order
  FLAGS = -O2 $
      -g
  LINK_FLAGS = -Wl,--version-script,/s/l.map
build a$ b.o: CXX_COMPILER__app_unscanned_Release /s/a$ b.cpp || gen.h
  INCLUDES = -I/s/in$$c
build gen.h | ${cmake_ninja_workdir}gen.h: CUSTOM_COMMAND /s/gen.py |@ check
  COMMAND = cd /t && python /s/gen.py
build test: CXX_EXECUTABLE_LINKER__test_Release /s/test.o
build /s/CMakeLists.txt: phony
default all
";

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn steps_are_read_with_their_variables() {
        let plan = parse(PLAN);
        assert_eq!(plan.edges.len(), 6);
        let app = &plan.edges[1];
        assert_eq!(app.inputs, words(&["a b.o", "lib:x.so", "order"]));
        assert_eq!(app.variables["FLAGS"], "-O2 -g");
        assert!(app.links());
        let named = app.named(Path::new("/t"));
        assert!(named.contains(&PathBuf::from("/s/l.map")), "{named:?}");
        assert_eq!(plan.edges[2].variables["INCLUDES"], "-I/s/in$c");
        let custom = &plan.edges[3];
        assert_eq!(custom.outputs, words(&["gen.h", "/t/gen.h"]));
        assert_eq!(custom.inputs, words(&["/s/gen.py"]));
        assert!(plan.edges[5].is_phony());
    }

    #[test]
    fn trees_of_other_projects_are_below_the_tree() {
        let tree = tempfile::tempdir().expect("a temporary directory can be created");
        let tree = tree.path();
        for folder in ["", "sub/inner", "other", "apart"] {
            let folder = tree.join(folder);
            fs_err::create_dir_all(&folder).expect("writable");
            fs_err::write(folder.join("build.ninja"), "").expect("writable");
        }
        let command = "cd sub && ninja -C inner && ninja -C .. && cd ../other && cmake --build .";
        let edge = Edge {
            rule: "CUSTOM_COMMAND".to_string(),
            variables: HashMap::from([("COMMAND".to_string(), command.to_string())]),
            ..Edge::default()
        };
        let expected = ["other", "sub/inner"].map(|folder| tree.join(folder));
        assert_eq!(edge.nested(tree), expected.into());
    }

    #[test]
    fn only_what_a_target_needs_counts() {
        let plan = parse(PLAN);
        let rules = |targets: &[&str]| -> Vec<String> {
            let edges = plan.clone().needed_by(&words(targets));
            edges
                .into_iter()
                .map(|edge| edge.outputs[0].clone())
                .collect()
        };
        assert_eq!(rules(&[]), ["all", "app", "a b.o", "gen.h"]);
        assert_eq!(rules(&["gen.h"]), ["gen.h"]);
    }
}
