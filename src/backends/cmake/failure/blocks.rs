//! Extracts the messages of CMake and ninja from a log.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::view::View;
use crate::backend::failure::Place;
use crate::backend::log::Log;
use crate::diagnostic::SourceFile;

/// A message of CMake.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Message {
    /// The paragraphs, each as one line.
    pub(super) paragraphs: Vec<String>,
    /// The call stack of the message: files, lines, commands.
    pub(super) frames: Vec<Frame>,
}

/// A place in a file of the project or of CMake.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) file: PathBuf,
    pub(super) line: usize,
    pub(super) command: String,
}

impl Message {
    /// The complete text in one line.
    pub(super) fn text(&self) -> String {
        self.paragraphs.join(" ")
    }

    /// The nearest place in a file below `source`.
    pub(super) fn place(&self, source: &Path) -> Option<Place> {
        self.frames.iter().find_map(|frame| {
            let file = source.join(&frame.file);
            file.starts_with(source).then_some(())?;
            place_of_call(&file, frame)
        })
    }
}

/// The place of a frame in a file. `None` if the line does not have the command, because the
/// message is about another project, which this one configures.
fn place_of_call(file: &Path, frame: &Frame) -> Option<Place> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().nth(frame.line.checked_sub(1)?)?;
    let calls = line.to_lowercase().contains(&frame.command.to_lowercase());
    // A message about the syntax has no command.
    let label = match frame.command.as_str() {
        "" => "here",
        command => command,
    };
    calls.then(|| place(file, frame.line, label))?
}

/// The place of a line in a file.
pub(super) fn place(file: &Path, line: usize, label: &str) -> Option<Place> {
    let text = std::fs::read_to_string(file).ok()?;
    let before = text.split_inclusive('\n').take(line.checked_sub(1)?);
    let start: usize = before.map(str::len).sum();
    let content = text[start..].lines().next()?;
    let indentation = content.len() - content.trim_start().len();
    let at = (start + indentation, content.trim().len()).into();
    Some(Place {
        at,
        label: label.to_string(),
        file: SourceFile::new(file.display().to_string(), Arc::from(text)),
    })
}

/// What CMake says when it writes a trace. It may be inside of a line of the other stream.
pub(super) const TRACED: &str = "Running with expanded trace output";

/// The errors of CMake, in their order.
pub(super) fn errors(log: &Log) -> Vec<Message> {
    messages(log, "CMake Error")
}

/// The messages that begin with `start`.
fn messages(log: &Log, start: &str) -> Vec<Message> {
    let lines: Vec<&str> = log.lines().collect();
    let starts = (0..lines.len()).filter(|at| lines[*at].starts_with(start));
    starts.map(|at| message(&lines[at..], start)).collect()
}

/// The message at the start of `lines`.
fn message(lines: &[&str], start: &str) -> Message {
    let mut message = Message::default();
    let head = lines[0][start.len()..].trim_start_matches(" (dev)");
    if let Some(place) = head.strip_prefix(" at ") {
        message.frames.extend(frame(place.trim_end_matches(':')));
    } else if let Some(text) = head.strip_prefix(':') {
        let text = text.split(TRACED).next().unwrap_or_default();
        message.paragraphs.push(text.trim().to_string());
    }
    let mut paragraph = String::new();
    let mut in_stack = false;
    let mut blank = 0;
    for line in lines[1..].iter().filter(|line| !is_of_stdout(line)) {
        blank = if line.is_empty() { blank + 1 } else { 0 };
        let is_stack = line.starts_with("Call Stack");
        if blank == 2 || !(line.is_empty() || line.starts_with("  ") || is_stack) {
            break;
        }
        in_stack |= is_stack;
        if in_stack {
            message.frames.extend(frame(line.trim()));
        } else if line.is_empty() {
            message.paragraphs.extend(taken(&mut paragraph));
        } else {
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(line.trim());
        }
    }
    message.paragraphs.extend(taken(&mut paragraph));
    message
}

/// Two streams become one log, so lines of the other stream may be inside a message.
pub(super) fn is_of_stdout(line: &str) -> bool {
    line.starts_with("-- ") || line.starts_with("See also ")
}

fn taken(paragraph: &mut String) -> Option<String> {
    let paragraph = std::mem::take(paragraph);
    (!paragraph.is_empty()).then_some(paragraph)
}

/// Reads `sub/CMakeLists.txt:5 (find_package)`.
fn frame(text: &str) -> Option<Frame> {
    let (place, command) = match text.rsplit_once(" (") {
        Some((place, command)) => (place, command.trim_end_matches(')')),
        None => (text, ""),
    };
    let (file, line) = place.rsplit_once(':')?;
    Some(Frame {
        file: PathBuf::from(file),
        line: line.parse().ok()?,
        command: command.to_string(),
    })
}

/// A failed step of ninja: its outputs, and its lines in the log without the command.
pub(super) struct FailedStep {
    pub(super) outputs: String,
    pub(super) said: Vec<String>,
}

/// The first step that failed.
pub(super) fn failed_step(log: &Log) -> Option<FailedStep> {
    let mut lines = log.lines().skip_while(|line| !line.starts_with("FAILED: "));
    let outputs = lines.next()?.strip_prefix("FAILED: ")?;
    // Since ninja 1.13 the exit code comes first.
    let outputs = match outputs.strip_prefix("[code=") {
        Some(rest) => rest.split_once("] ")?.1,
        None => outputs,
    };
    let _command = lines.next();
    let ends = |line: &&str| {
        let is_counted = super::super::progress::read(line).is_some();
        !(is_counted || line.starts_with("ninja: ") || line.starts_with("FAILED: "))
    };
    Some(FailedStep {
        outputs: outputs.trim().to_string(),
        said: lines.take_while(ends).map(str::to_string).collect(),
    })
}

/// The directory that relative paths in messages refer to.
pub(super) fn source<'a>(view: &'a View<'_>) -> &'a Path {
    &view.source.folder
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
-- Configuring
CMake Error at /usr/share/cmake/Modules/FindX.cmake:230 (message):
  Could NOT find ZLIB (missing: ZLIB_LIBRARY
-- Configuring incomplete, errors occurred!
  ZLIB_INCLUDE_DIR)

  And more.
Call Stack (most recent call first):
  /usr/share/cmake/Modules/FindX.cmake:600 (_FAIL)
  sub/CMakeLists.txt:4 (find_package)


-- Configuring incomplete, errors occurred!
CMake Error: The source is not there
[1/2] Building a.o
FAILED: [code=1] a.o 
build script: exit code 1 of cmake --build t
c++ -c a.cpp
a.cpp:1:1: error: no
[2/2] Building b.o
ninja: build stopped: subcommand failed.
";

    #[test]
    fn messages_of_cmake_are_taken_apart() {
        let errors = errors(&Log::new(LOG));
        assert_eq!(errors.len(), 2);
        let paragraphs = [
            "Could NOT find ZLIB (missing: ZLIB_LIBRARY ZLIB_INCLUDE_DIR)",
            "And more.",
        ];
        assert_eq!(errors[0].paragraphs, paragraphs);
        let frames: Vec<String> = (errors[0].frames.iter())
            .map(|frame| format!("{}:{} {}", frame.file.display(), frame.line, frame.command))
            .collect();
        let expected = [
            "/usr/share/cmake/Modules/FindX.cmake:230 message",
            "/usr/share/cmake/Modules/FindX.cmake:600 _FAIL",
            "sub/CMakeLists.txt:4 find_package",
        ];
        assert_eq!(frames, expected);
        assert_eq!(errors[1].paragraphs, ["The source is not there"]);
        let log =
            Log::new("CMake Error: Unknown argument --xRunning with expanded trace output on.\n\n");
        assert_eq!(super::errors(&log)[0].paragraphs, ["Unknown argument --x"]);
    }

    #[test]
    fn the_first_failed_step_of_ninja_is_found() {
        let step = failed_step(&Log::new(LOG)).expect("it is there");
        assert_eq!(step.outputs, "a.o");
        assert_eq!(step.said, ["a.cpp:1:1: error: no"]);
    }
}
