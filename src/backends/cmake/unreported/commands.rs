//! The commands of CMake that read files.

use std::path::{Path, PathBuf};

use super::{Unreported, code, git, patterns};
use crate::backend::inputs::plain;
use crate::backends::cmake::file_api::Glob;
use crate::backends::cmake::ninja::named;

/// The commands that are evaluated if they have a certain argument, in lower case.
const CHECKING: [(&str, &str); 3] = [
    ("if", "\"EXISTS\""),
    ("elseif", "\"EXISTS\""),
    ("include", "\"OPTIONAL\""),
];

/// The other commands that are evaluated, in lower case.
const READING: [&str; 8] = [
    "file",
    "execute_process",
    "externalproject_add",
    "fetchcontent_declare",
    "fetchcontent_populate",
    "install",
    "try_compile",
    "try_run",
];

/// Whether a line of a trace has one of the commands. It avoids the parsing of the others.
pub(super) fn may_read(line: &str) -> bool {
    let name = line.split_once("\"cmd\":\"").map(|(_, rest)| rest);
    let name = name.and_then(|rest| rest.split('"').next());
    name.is_some_and(|name| {
        let is = |command: &str| name.eq_ignore_ascii_case(command);
        let mut checking = CHECKING.iter();
        READING.iter().any(|command| is(command))
            || checking.any(|(command, argument)| is(command) && line.contains(argument))
    })
}

impl Unreported {
    /// Adds the files of one command. Paths are relative to `folder`, the directory of
    /// the project that is configured; scripts are next to `beside`.
    pub(super) fn add(&mut self, name: &str, args: &[String], folder: &Path, beside: &Path) {
        let Some((keyword, rest)) = args.split_first() else {
            return;
        };
        match name {
            "file" => self.add_file(keyword, rest, folder),
            "if" | "elseif" => {
                let pairs = args.windows(2).filter(|pair| pair[0] == "EXISTS");
                self.checked.extend(pairs.map(|pair| folder.join(&pair[1])));
            }
            // A name without an extension is that of a module of CMake.
            "include" if keyword.contains(['.', '/']) => {
                self.checked.insert(folder.join(keyword));
            }
            "include" => {}
            "install" => {
                let paths = copied(keyword, rest).map(|path| folder.join(path));
                self.reported.installed.extend(paths);
                match keyword.as_str() {
                    "DIRECTORY" => self.add_directories(rest, folder),
                    "SCRIPT" | "CODE" => self.add_installation(args, folder, beside),
                    _ => {}
                }
            }
            "externalproject_add" | "fetchcontent_declare" | "fetchcontent_populate" => {
                let named = unpacked(rest, folder);
                let known = self.unpacked.entry(keyword.clone()).or_default();
                known.extend(named);
            }
            _ => {
                let at = args.iter().position(|arg| arg == "WORKING_DIRECTORY");
                let working = at.and_then(|at| args.get(at + 1));
                let folder = working.map_or(folder.to_path_buf(), |path| folder.join(path));
                self.described.extend(git::asked(args, &folder));
                let words = args.iter().flat_map(|arg| named(arg));
                let files = words.map(|word| folder.join(word));
                self.read.extend(files.filter(|file| file.is_file()));
            }
        }
    }

    /// Adds the directories of `install(DIRECTORY)` with their patterns.
    fn add_directories(&mut self, rest: &[String], folder: &Path) {
        let arguments: Vec<&str> = elements(rest).collect();
        let patterns = patterns::of_directory(&arguments);
        for path in copied("DIRECTORY", rest) {
            let directory = plain(&folder.join(path));
            let known = self.patterns.entry(directory).or_default();
            known.insert(patterns.clone());
        }
    }

    /// Adds the scripts and the code of `install(SCRIPT … CODE …)`, which takes any number of both.
    fn add_installation(&mut self, args: &[String], folder: &Path, beside: &Path) {
        for pair in args.windows(2) {
            match pair[0].as_str() {
                "SCRIPT" => {
                    let script = folder.join(&pair[1]);
                    if script.is_file() {
                        self.add_code(code::of_script(&script));
                    }
                    self.reported.installed.insert(script);
                }
                "CODE" => self.add_code(code::of_text(&pair[1], beside)),
                _ => {}
            }
        }
    }

    /// Adds the files of code that runs during the installation.
    fn add_code(&mut self, code: Unreported) {
        self.installed.extend(code.read);
        self.installed.extend(code.copied);
        self.globs.extend(code.globs);
    }

    fn add_file(&mut self, keyword: &str, rest: &[String], folder: &Path) {
        let first = rest.first().map(|path| folder.join(path));
        match keyword {
            "READ" | "STRINGS" | "MD5" | "SHA1" | "SHA224" | "SHA256" | "SHA384" | "SHA512"
            | "SHA3_224" | "SHA3_256" | "SHA3_384" | "SHA3_512" | "SIZE" | "COPY_FILE" => {
                self.read.extend(first);
            }
            "ARCHIVE_EXTRACT" => {
                let at = rest.iter().position(|arg| arg == "INPUT");
                let archive = at.and_then(|at| rest.get(at + 1));
                self.read.extend(archive.map(|path| folder.join(path)));
            }
            "COPY" | "INSTALL" => {
                let sources = copied_by_file(rest);
                self.copied.extend(sources.map(|path| folder.join(path)));
            }
            "GLOB" | "GLOB_RECURSE" => self.add_globs(keyword == "GLOB_RECURSE", rest, folder),
            _ => {}
        }
    }

    fn add_globs(&mut self, recurse: bool, rest: &[String], folder: &Path) {
        // CMake evaluates these itself, and reports them.
        let is_reported = rest.iter().any(|arg| arg == "CONFIGURE_DEPENDS");
        let globs = if is_reported {
            &mut self.reported.globs
        } else {
            &mut self.globs
        };
        let mut args = elements(rest).skip(1);
        while let Some(arg) = args.next() {
            match arg {
                "FOLLOW_SYMLINKS" | "CONFIGURE_DEPENDS" => {}
                "RELATIVE" | "LIST_DIRECTORIES" => {
                    args.next();
                }
                _ if is_reported || is_for_files(arg) => {
                    let expression = folder.join(arg).display().to_string();
                    globs.insert(Glob {
                        expression,
                        recurse,
                    });
                }
                _ => {}
            }
        }
    }
}

/// The paths that `install` copies, of files and directories that exist before the build.
fn copied<'a>(keyword: &str, rest: &'a [String]) -> impl Iterator<Item = &'a str> {
    let ends: &[&str] = match keyword {
        "FILES" | "PROGRAMS" => &["TYPE", "DESTINATION", "PERMISSIONS"],
        "DIRECTORY" => &[
            "TYPE",
            "DESTINATION",
            "FILE_PERMISSIONS",
            "DIRECTORY_PERMISSIONS",
            "USE_SOURCE_PERMISSIONS",
            "MESSAGE_NEVER",
            "FILES_MATCHING",
            "PATTERN",
            "REGEX",
        ],
        _ => &[],
    };
    let common = [
        "COMPONENT",
        "CONFIGURATIONS",
        "EXCLUDE_FROM_ALL",
        "OPTIONAL",
        "RENAME",
    ];
    let is_path =
        move |arg: &&str| !ends.is_empty() && !ends.contains(arg) && !common.contains(arg);
    elements(rest).take_while(is_path)
}

/// The paths that `file(COPY)` or `file(INSTALL)` copies: those at the beginning and those after
/// `FILES`. CMake itself writes `file(INSTALL DESTINATION … TYPE FILE FILES …)`.
fn copied_by_file(rest: &[String]) -> impl Iterator<Item = &str> {
    let ends = [
        "DESTINATION",
        "TYPE",
        "RENAME",
        "OPTIONAL",
        "PERMISSIONS",
        "FILE_PERMISSIONS",
        "DIRECTORY_PERMISSIONS",
        "USE_SOURCE_PERMISSIONS",
        "NO_SOURCE_PERMISSIONS",
        "FOLLOW_SYMLINK_CHAIN",
        "FILES_MATCHING",
        "PATTERN",
        "REGEX",
        "EXCLUDE",
    ];
    let mut counts = true;
    elements(rest).filter(move |arg| {
        let begins = *arg == "FILES";
        counts = begins || counts && !ends.contains(arg) && !arg.starts_with("MESSAGE_");
        counts && !begins
    })
}

/// The arguments, where each element of a list is one: CMake writes the value of `${LIST}` to the
/// trace as one argument.
fn elements(args: &[String]) -> impl Iterator<Item = &str> {
    let elements = args.iter().flat_map(|arg| arg.split(';'));
    elements.filter(|element| !element.is_empty())
}

/// What the arguments of `FetchContent_Declare` or `ExternalProject_Add` unpack and apply:
/// the values of `URL` that are no addresses, and absolute paths in commands.
fn unpacked(args: &[String], folder: &Path) -> Vec<PathBuf> {
    let mut keyword = "";
    let mut found = Vec::new();
    for arg in args {
        let is_keyword = |character: char| character.is_ascii_uppercase() || character == '_';
        if arg.len() > 2 && arg.chars().all(is_keyword) {
            keyword = arg;
        } else if keyword == "URL" {
            let path = arg.strip_prefix("file://").unwrap_or(arg);
            if !path.contains("://") {
                found.push(folder.join(path));
            }
        } else if ["PATCH_COMMAND", "DOWNLOAD_COMMAND"].contains(&keyword) {
            let paths = named(arg).map(PathBuf::from);
            found.extend(paths.filter(|path| path.is_absolute()));
        }
    }
    found
}

/// Whether a pattern is for files of a kind. `*` often lists subdirectories, and every
/// file next to them would be an input.
fn is_for_files(expression: &str) -> bool {
    let name = expression.rsplit('/').next().unwrap_or_default();
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    ending.is_some_and(|ending| ending.starts_with(|first: char| first.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_call_installs_with_scripts_and_code() {
        let folder = tempfile::tempdir().expect("a temporary directory can be created");
        let script = folder.path().join("a.cmake");
        fs_err::write(&script, "file(READ \"/s/by-script\" text)\n").expect("writable");
        let expected = ["/s/by-code", "/s/by-script"].map(PathBuf::from);
        let script = ["SCRIPT", "a.cmake"];
        let code = ["CODE", "file(READ \"/s/by-code\" text)"];
        let component = ["COMPONENT", "CODE"];
        for args in [
            [script, component, code].concat(),
            [code, script, component].concat(),
        ] {
            let args: Vec<String> = args.iter().map(ToString::to_string).collect();
            let mut found = Unreported::default();
            found.add("install", &args, folder.path(), folder.path());
            assert_eq!(found.installed, expected.clone().into());
            let scripts = found.reported.installed;
            assert_eq!(scripts, [folder.path().join("a.cmake")].into());
        }
    }

    #[test]
    fn only_patterns_for_a_kind_of_file_count() {
        assert!(is_for_files("src/*.cpp"));
        assert!(is_for_files("/s/**/x*.h"));
        assert!(!is_for_files("/s/*"));
        assert!(!is_for_files("/s/v1.2/*"));
        assert!(!is_for_files("*.*"));
    }
}
