//! The files that configuring reads but CMake's file API does not report.
//!
//! The file API reports list files and templates. It does not report the files that
//! `file(READ)`, `file(COPY)` or a command of `execute_process` reads, and the patterns of
//! a plain `file(GLOB)`. CMake writes every command that it evaluates to a trace, with the
//! values of all variables, and these files are taken from there.

mod code;
mod commands;
pub(super) mod git;
mod matches;
mod patterns;

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::file_api::Glob;
use super::tree::Tree;
use crate::diagnostic::{Unreadable, Unwritable};
use crate::disk;
pub(super) use code::of_script;
pub(super) use matches::matches;

/// The name of the trace, next to the tree.
pub(super) const TRACE: &str = "trace.json";

/// The files that the commands of a project name. They may belong to anybody, and may be
/// directories.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Unreported {
    /// Read while configuring.
    pub(super) read: BTreeSet<PathBuf>,
    /// Copied to the tree while configuring. A directory stands for all its files.
    pub(super) copied: BTreeSet<PathBuf>,
    /// Read by code that runs during the installation.
    pub(super) installed: BTreeSet<PathBuf>,
    /// Archives, directories and patches that FetchContent and ExternalProject unpack, by
    /// the name of the dependency.
    pub(super) unpacked: BTreeMap<String, BTreeSet<PathBuf>>,
    /// Files and directories whose existence decides how the project is configured.
    pub(super) checked: BTreeSet<PathBuf>,
    /// Directories in which the project asks Git for the commit.
    pub(super) described: BTreeSet<PathBuf>,
    /// The patterns of `file(GLOB)`.
    pub(super) globs: BTreeSet<Glob>,
    /// The directories of `install(DIRECTORY)`, and the patterns of each of these commands.
    pub(super) patterns: BTreeMap<PathBuf, BTreeSet<Vec<String>>>,
    /// What CMake does report. A build tool that starts CMake for another backend does not
    /// ask for the report.
    #[serde(skip)]
    pub(super) reported: Reported,
}

/// What commands name that CMake reports if it is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Reported {
    /// The files and directories of `install`.
    pub(super) installed: BTreeSet<PathBuf>,
    /// The patterns of `file(GLOB … CONFIGURE_DEPENDS)`.
    pub(super) globs: BTreeSet<Glob>,
}

/// Reads the trace of `tree`. `None` if CMake has not configured since it was forgotten.
///
/// # Errors
/// A trace that cannot be read.
pub(super) fn read(tree: &Tree) -> Result<Option<Unreported>, Unreadable> {
    let path = tree.beside(TRACE);
    match std::fs::read(&path) {
        Ok(trace) => Ok(Some(of_trace(&String::from_utf8_lossy(&trace)))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Unreadable { path, source }),
    }
}

/// Removes the trace of `tree`, which has hundreds of megabytes in a large project. CMake does
/// not write it again before it configures again, so its content must be recorded before.
///
/// # Errors
/// A trace that cannot be removed.
pub(super) fn forget(tree: &Tree) -> Result<(), Unwritable> {
    disk::remove_file(&tree.beside(TRACE))
}

/// The files of a trace of somebody else's run. Without a trace there are none.
pub(super) fn of_file(trace: &Path) -> Unreported {
    let trace = std::fs::read(trace).unwrap_or_default();
    of_trace(&String::from_utf8_lossy(&trace))
}

/// A line of the trace.
#[derive(Deserialize)]
struct Line {
    args: Vec<String>,
    cmd: String,
    file: PathBuf,
}

fn of_trace(trace: &str) -> Unreported {
    let mut found = Unreported::default();
    let mut folder = PathBuf::new();
    for line in trace.lines() {
        // The file of a command is what `CMAKE_CURRENT_SOURCE_DIR` depends on, so it is read
        // from every line.
        if let Some(project) = project_of(line).filter(|project| *project != folder) {
            folder = project;
        }
        if !commands::may_read(line) {
            continue;
        }
        let Ok(line) = serde_json::from_str::<Line>(line) else {
            continue;
        };
        let name = line.cmd.to_ascii_lowercase();
        let beside = line.file.parent().unwrap_or(Path::new("/"));
        found.add(&name, &line.args, &folder, beside);
    }
    found
}

/// The directory of the `CMakeLists.txt` that a line of the trace is from. `None` for a
/// line of another file, which CMake evaluates for the project before, and for a line of a
/// function, which may be called from another directory.
fn project_of(line: &str) -> Option<PathBuf> {
    const START: &str = "\"file\":\"";
    line.contains("\"frame\":1,").then_some(())?;
    let (_, rest) = line.split_once(START)?;
    let end = rest.find("/CMakeLists.txt\",")?;
    // The string may end before, and may contain escapes.
    let file = format!("\"{}\"", &rest[..end]);
    serde_json::from_str(&file).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_of_a_trace_name_files() {
        let called = |frame: usize, file: &str, cmd: &str, args: &[&str]| {
            let line = serde_json::json!({
                "args": args, "cmd": cmd, "file": file, "frame": frame, "line": 1, "time": 1.5,
            });
            line.to_string()
        };
        let line = |file: &str, cmd: &str, args: &[&str]| called(1, file, cmd, args);
        let trace = [
            r#"{"version":{"major":1,"minor":2}}"#.to_string(),
            line(
                "/s/CMakeLists.txt",
                "FILE",
                &["READ", "/s/version.txt", "V"],
            ),
            line(
                "/s/CMakeLists.txt",
                "message",
                &["\"cmd\":\"file\" /s/no.txt"],
            ),
            line("/s/sub/CMakeLists.txt", "own_macro", &[]),
            line(
                "/s/cmake/own.cmake",
                "file",
                &["STRINGS", "in.txt", "X", "REGEX", "a"],
            ),
            called(
                2,
                "/s/CMakeLists.txt",
                "file",
                &["READ", "in-function.txt", "X"],
            ),
            line("/s/CMakeLists.txt", "file", &["MD5", "hashed", "X"]),
            line(
                "/s/CMakeLists.txt",
                "file",
                &["COPY", "a;/s/b", "DESTINATION", "/t"],
            ),
            line(
                "/s/CMakeLists.txt",
                "file",
                &["GLOB", "X", "RELATIVE", "/s", "src/*.c;/s/x/*.h"],
            ),
            line(
                "/s/CMakeLists.txt",
                "file",
                &["GLOB_RECURSE", "X", "LIST_DIRECTORIES", "false", "/s/y/*"],
            ),
            line(
                "/s/CMakeLists.txt",
                "file",
                &["GLOB", "X", "CONFIGURE_DEPENDS", "/s/z/*.c"],
            ),
            line(
                "/s/sub/CMakeLists.txt",
                "install",
                &["FILES", "a.h;/s/b.h", "DESTINATION", "include"],
            ),
            line(
                "/s/sub/CMakeLists.txt",
                "install",
                &["DIRECTORY", "data/", "TYPE", "DATA", "PATTERN", "x"],
            ),
            line("/s/CMakeLists.txt", "install", &["SCRIPT", "after.cmake"]),
            line("/s/CMakeLists.txt", "install", &["TARGETS", "a"]),
            line(
                "/s/CMakeLists.txt",
                "if",
                &[
                    "NOT",
                    "EXISTS",
                    "/s/local",
                    "AND",
                    "EXISTS",
                    "/s/more.cmake",
                ],
            ),
            line("/s/CMakeLists.txt", "if", &["DEFINED", "EXISTS_X"]),
            line("/s/CMakeLists.txt", "include", &["own.cmake", "OPTIONAL"]),
            line("/s/CMakeLists.txt", "include", &["CTest", "OPTIONAL"]),
            line(
                "/s/CMakeLists.txt",
                "FetchContent_Declare",
                &[
                    "dep",
                    "URL",
                    "file:///s/dep.tar.gz",
                    "other",
                    "https://x.example/dep.tar.gz",
                    "URL_HASH",
                    "SHA256=00",
                    "PATCH_COMMAND",
                    "patch",
                    "-i",
                    "/s/fix.patch",
                    "SOURCE_SUBDIR",
                    "sub",
                ],
            ),
        ];
        let found = of_trace(&trace.join("\n"));
        let paths = |paths: &BTreeSet<PathBuf>| -> Vec<String> {
            paths
                .iter()
                .map(|path| path.display().to_string())
                .collect()
        };
        assert_eq!(
            paths(&found.read),
            [
                "/s/hashed",
                "/s/sub/in-function.txt",
                "/s/sub/in.txt",
                "/s/version.txt"
            ]
        );
        assert_eq!(paths(&found.copied), ["/s/a", "/s/b"]);
        let checked = ["/s/local", "/s/more.cmake", "/s/own.cmake"];
        assert_eq!(paths(&found.checked), checked);
        let globs = found.globs.iter().map(|glob| glob.expression.as_str());
        assert_eq!(globs.collect::<Vec<_>>(), ["/s/src/*.c", "/s/x/*.h"]);
        assert_eq!(
            paths(&found.reported.installed),
            ["/s/after.cmake", "/s/b.h", "/s/sub/a.h", "/s/sub/data/"]
        );
        let globs = found.reported.globs.iter();
        let globs = globs.map(|glob| glob.expression.as_str());
        assert_eq!(globs.collect::<Vec<_>>(), ["/s/z/*.c"]);
        assert_eq!(
            paths(&found.unpacked["dep"]),
            ["/s/dep.tar.gz", "/s/fix.patch", "/s/other"]
        );
    }
}
