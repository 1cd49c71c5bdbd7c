//! Errors of CMake, which scikit-build-core and other build backends run.

use std::path::{Path, PathBuf};

use regex::Regex;

use super::{Case, line_of};
use crate::backend::{Diagnosis, Log};

/// An error message of CMake.
#[derive(Debug, Default, PartialEq, Eq)]
struct Message {
    /// The text, with one line for each paragraph.
    paragraphs: Vec<String>,
    /// The places, from the command that failed to the one that led to it.
    places: Vec<(PathBuf, usize)>,
}

/// CMake did not configure the project.
pub(super) fn error(case: &Case<'_>) -> Option<Diagnosis> {
    let message = first_error(case.log)?;
    let folder = &case.source.files.folder;
    let keys = ["tool", "scikit-build", "cmake", "source-dir"];
    let source = case.source.files.toml(&keys);
    let source = source.map_or(folder.clone(), |source| folder.join(source.text));
    let place = message.places.iter().find_map(|(file, line)| {
        let file = source.join(file);
        line_of(&file, *line, "here").filter(|_| file.starts_with(folder))
    });
    if let Some(name) = message.package() {
        let manifest = case.manifest();
        return Some(Diagnosis {
            code: "cmake::missing_package",
            message: format!("CMake did not find the package `{name}`"),
            help: Some(format!("add the conda package that has it to {manifest}")),
            place,
            ..Default::default()
        });
    }
    let mut paragraphs = message.paragraphs.into_iter();
    Some(Diagnosis {
        code: "cmake::configure",
        message: format!("CMake failed: {}", paragraphs.next()?),
        details: paragraphs.collect(),
        place,
        ..Default::default()
    })
}

/// The first error in a log, which begins with `CMake Error at FILE:LINE (COMMAND):`. Its text is
/// indented, and the calls that led to it may follow.
fn first_error(log: &Log) -> Option<Message> {
    let mut lines = log.from("CMake Error at ");
    let first = lines.next()?;
    // pip indents the output of the hook.
    let (before, at) = first.split_once("CMake Error at ")?;
    let mut message = Message {
        places: place(at).into_iter().collect(),
        ..Message::default()
    };
    let mut is_text = true;
    let mut continues = false;
    for line in lines {
        if line.is_empty() {
            continues = false;
            continue;
        }
        let Some(line) = line.strip_prefix(before) else {
            break;
        };
        if line.starts_with("Call Stack") {
            is_text = false;
        } else if !line.starts_with("  ") {
            break;
        } else if !is_text {
            message.places.extend(place(line.trim()));
        } else if let Some(last) = message.paragraphs.last_mut().filter(|_| continues) {
            last.push(' ');
            last.push_str(line.trim());
        } else {
            message.paragraphs.push(line.trim().to_string());
            continues = true;
        }
    }
    Some(message)
}

/// The file and the line of `FILE:LINE (COMMAND)`.
fn place(text: &str) -> Option<(PathBuf, usize)> {
    let (place, _) = text.rsplit_once(" (")?;
    let (file, line) = place.rsplit_once(':')?;
    Some((Path::new(file).to_path_buf(), line.parse().ok()?))
}

impl Message {
    /// The package that `find_package` did not find.
    fn package(&self) -> Option<String> {
        let pattern = r#"package configuration file provided by "([^"]+)"|Could NOT find (\w+) \("#;
        let pattern = Regex::new(pattern).expect("a constant pattern");
        let mut found = self.paragraphs.iter().filter_map(|it| pattern.captures(it));
        let found = found.next()?;
        let name = found.get(1).or(found.get(2))?;
        Some(name.as_str().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backends::python::failure::output_of_the_hook;

    const MODULE: &str = "\
DEBUG CMake Error at /env/share/FindPackageHandleStandardArgs.cmake:227 (message):
DEBUG   Could NOT find ZLIB (missing: ZLIB_LIBRARY
DEBUG   ZLIB_INCLUDE_DIR)
DEBUG Call Stack (most recent call first):
DEBUG   /env/share/FindZLIB.cmake:147 (FIND_PACKAGE_HANDLE_STANDARD_ARGS)
DEBUG   CMakeLists.txt:3 (find_package)
DEBUG
DEBUG -- Configuring incomplete, errors occurred!
";

    /// As pip indents it.
    const MESSAGE: &str = "  CMake Error at cmake/own.cmake:7 (message):
    The option WITH_X needs
    WITH_Y.

    Set both.


  *** CMake configuration failed
";

    #[test]
    fn an_error_has_its_text_and_its_calls() {
        let read = |text: &str| first_error(&output_of_the_hook(&Log::new(text)));
        let module = read(MODULE).expect("an error");
        assert_eq!(module.package().as_deref(), Some("ZLIB"));
        let last = (PathBuf::from("CMakeLists.txt"), 3);
        assert_eq!(module.places.last(), Some(&last));
        let own = read(MESSAGE).expect("an error");
        assert_eq!(own.package(), None);
        assert_eq!(
            own.paragraphs,
            ["The option WITH_X needs WITH_Y.", "Set both."]
        );
        assert_eq!(own.places, [(PathBuf::from("cmake/own.cmake"), 7)]);
        assert_eq!(read("-- Done\n"), None);
    }
}
