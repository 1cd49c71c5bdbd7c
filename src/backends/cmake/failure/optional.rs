//! The option of the project because of which it asks for something that is missing.

use std::path::{Path, PathBuf};

use super::blocks::{self, Message};
use crate::backends::cmake::listfile::{Command, LISTS, commands};
use crate::backends::cmake::view::View;

/// The setting with which the project does without what `message` is about. `None` if no option of
/// the project asks for it.
pub(super) fn setting_without(view: &View<'_>, message: &Message) -> Option<String> {
    let option = option(view, message)?;
    Some(match option.as_str() {
        "BUILD_TESTING" => "`tests = \"skip\"`".to_string(),
        option => format!("`define.{option} = false`"),
    })
}

/// `help` with this setting, if there is one.
pub(super) fn or_without(help: &str, view: &View<'_>, message: &Message) -> String {
    match setting_without(view, message) {
        Some(setting) => format!("{help}; or do without it: set {setting}"),
        None => help.to_string(),
    }
}

/// The option that is on, and without which CMake would not reach the place of `message`.
fn option(view: &View<'_>, message: &Message) -> Option<String> {
    let cache = view.tree.binary().join("CMakeCache.txt");
    let options = Options {
        source: blocks::source(view),
        cache: std::fs::read_to_string(cache).ok()?,
    };
    let mut frames = message.frames.iter();
    frames.find_map(|frame| {
        let file = options.source.join(&frame.file);
        file.starts_with(options.source).then_some(())?;
        let text = std::fs::read_to_string(&file).ok()?;
        let before = text.split_inclusive('\n').take(frame.line.checked_sub(1)?);
        options.around(file, before.map(str::len).sum())
    })
}

struct Options<'a> {
    source: &'a Path,
    /// The text of CMake's cache, with a line such as `NAME:BOOL=ON` for each option.
    cache: String,
}

impl Options<'_> {
    /// The option around the position `at` of a file, or around the call that adds its directory.
    fn around(&self, mut file: PathBuf, mut at: usize) -> Option<String> {
        loop {
            let commands = commands(&std::fs::read_to_string(&file).ok()?);
            let conditions = conditions(&commands, at);
            let option = conditions.iter().rev().find_map(|it| self.named_in(it));
            if let Some(option) = option {
                return Some(option);
            }
            (file, at) = self.call(&file)?;
        }
    }

    /// The file and the position of the call of `add_subdirectory` with the directory of `file`.
    fn call(&self, file: &Path) -> Option<(PathBuf, usize)> {
        let folder = file.parent().filter(|_| file.ends_with(LISTS))?;
        let parents = folder.ancestors().skip(1);
        let mut parents = parents.take_while(|parent| parent.starts_with(self.source));
        parents.find_map(|parent| {
            let lists = parent.join(LISTS);
            let commands = commands(&std::fs::read_to_string(&lists).ok()?);
            let call = commands.iter().find(|command| {
                let first = command.arguments.first();
                command.name == "add_subdirectory"
                    && first.is_some_and(|first| parent.join(&first.text) == folder)
            })?;
            Some((lists, call.at))
        })
    }

    /// The first option in a condition that does not hold when it is off.
    fn named_in(&self, condition: &Command) -> Option<String> {
        let words: Vec<&str> = condition
            .arguments
            .iter()
            .map(|it| it.text.as_str())
            .collect();
        if words.contains(&"OR") {
            return None;
        }
        let parts = words.split(|word| *word == "AND");
        let names = parts.filter_map(|part| match part {
            [name] => Some(*name),
            _ => None,
        });
        let is_on = |name: &&str| {
            let mut lines = self.cache.lines();
            lines.any(|line| {
                let value = line
                    .strip_prefix(name)
                    .and_then(|rest| rest.strip_prefix(":BOOL="));
                value.is_some_and(|value| ["ON", "TRUE", "YES", "1"].contains(&value))
            })
        };
        names.into_iter().find(is_on).map(str::to_string)
    }
}

/// The conditions that hold at the position `at`, the innermost one last. A branch of `else` has
/// none.
fn conditions(commands: &[Command], at: usize) -> Vec<&Command> {
    let mut open: Vec<Option<&Command>> = Vec::new();
    for command in commands.iter().take_while(|command| command.at < at) {
        match command.name.as_str() {
            "if" => open.push(Some(command)),
            "elseif" | "else" => {
                let condition = (command.name == "elseif").then_some(command);
                open.pop();
                open.push(condition);
            }
            "endif" => {
                open.pop();
            }
            _ => {}
        }
    }
    open.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use indoc::indoc;

    use super::*;

    #[test]
    fn the_option_around_a_call_or_a_directory_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let source = folder.path();
        fs_err::create_dir_all(source.join("tests/unit")).expect("writable");
        let top = indoc! {"
            option(APP_TESTS ON)
            if(APP_TESTS AND NOT WIN32)
              add_subdirectory(tests)
            endif()
            if(APP_DOCS OR APP_TESTS)
              find_package(Doxygen)
            elseif(APP_EXTRA)
              find_package(Extra)
            else()
              find_package(Other)
            endif()
        "};
        let write = |path: &str, text: &str| {
            fs_err::write(source.join(path), text).expect("writable");
        };
        write(LISTS, top);
        write("tests/CMakeLists.txt", "add_subdirectory(unit)\n");
        write("tests/unit/CMakeLists.txt", "find_package(GTest)\n");
        let options = Options {
            source,
            cache: "APP_TESTS:BOOL=ON\nAPP_DOCS:BOOL=OFF\nAPP_EXTRA:BOOL=1\n".to_string(),
        };
        let around = |path: &str, at: usize| options.around(source.join(path), at);
        let call = |name: &str| around(LISTS, top.find(name).expect("it is there"));
        assert_eq!(
            around("tests/unit/CMakeLists.txt", 0).as_deref(),
            Some("APP_TESTS")
        );
        assert_eq!(call("find_package(Doxygen)"), None);
        assert_eq!(call("find_package(Extra)").as_deref(), Some("APP_EXTRA"));
        assert_eq!(call("find_package(Other)"), None);
    }
}
