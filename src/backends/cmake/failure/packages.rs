//! Packages that CMake did not find.

use std::path::Path;

use super::blocks::{self, Message};
use super::called::{self, HEADERS, MODULES, PACKAGES, PROGRAMS, TOOLS};
use super::optional::or_without;
use crate::backend::Section;
use crate::backend::failure::Diagnosis;
use crate::backend::log::Log;
use crate::backends::cmake::listfile::LISTS;
use crate::backends::cmake::view::View;

/// `find_package` did not find a package.
pub(super) fn missing(view: &View<'_>, log: &Log) -> Option<Diagnosis> {
    let (name, message) = blocks::errors(log)
        .into_iter()
        .find_map(|message| Some((name(&message.text())?, message)))?;
    let says_more = |paragraph: &&String| {
        let marks = ["Could NOT find ", "not accepted", "version:"];
        marks.iter().any(|mark| paragraph.contains(mark))
    };
    let details = message
        .paragraphs
        .iter()
        .filter(says_more)
        .cloned()
        .collect();
    let help = match called::package(&TOOLS, &name) {
        Some(tool) => advice_for_tool(tool, true),
        None if lacks_numpy(view, &name, &message.text()) => {
            "add `numpy` to `[package.host-dependencies]`".to_string()
        }
        None => advice(view, &name, called::package(&PACKAGES, &name)),
    };
    Some(Diagnosis {
        code: "cmake::missing_package",
        message: format!("CMake did not find the package `{name}`"),
        details,
        help: Some(or_without(&help, view, &message)),
        place: place(view, &message),
        ..Default::default()
    })
}

/// Whether Python is there, and only its component NumPy is missing.
fn lacks_numpy(view: &View<'_>, name: &str, text: &str) -> bool {
    name.starts_with("Python")
        && text.contains("NumPy")
        && view.names(Section::Host, "python")
        && !view.names(Section::Host, "numpy")
}

/// `find_program`, `find_library`, `find_path` or `find_file` did not find a file.
pub(super) fn missing_file(view: &View<'_>, log: &Log) -> Option<Diagnosis> {
    let (message, command, names) = blocks::errors(log).into_iter().find_map(|message| {
        let text = message.text();
        let (_, rest) = text.split_once("Could not find ")?;
        let (_, names) = rest.split_once(" using the following ")?;
        let (_, names) = names.split_once(": ")?;
        let command = message.frames.first()?.command.clone();
        let names = names.split(", ").map(|name| name.trim().to_string());
        Some((message, command, names.collect::<Vec<_>>()))
    })?;
    let first = names.first()?;
    let (kind, help) = match command.as_str() {
        "find_program" => {
            let known = called::package(&PROGRAMS, first);
            (
                "program",
                advice_for_tool(known.unwrap_or(first), known.is_some()),
            )
        }
        "find_library" => {
            let library = format!("lib{first}");
            let known = called::package(&MODULES, first);
            (
                "library",
                known.map_or_else(
                    || containing(&library),
                    |known| advice(view, first, Some(known)),
                ),
            )
        }
        _ => ("file", advice_for_header(view, first)),
    };
    Some(Diagnosis {
        code: "cmake::missing_package",
        message: format!("CMake did not find the {kind} `{}`", names.join("`, `")),
        help: Some(or_without(&help, view, &message)),
        place: place(view, &message),
        ..Default::default()
    })
}

/// A target uses what `find_library` or `find_path` did not find.
pub(super) fn not_found(_: &View<'_>, log: &Log) -> Option<Diagnosis> {
    let (variable, used) = unset(log)?;
    let (_, folder) = used.split_once(" in directory ")?;
    let lists = Path::new(folder).join(LISTS);
    let text = std::fs::read_to_string(&lists).unwrap_or_default();
    let sets = |line: &str| {
        let (command, arguments) = line.split_once('(').unwrap_or_default();
        let first = arguments.trim_start().split([' ', ')']).next();
        command.trim_start().to_lowercase().starts_with("find_") && first == Some(variable)
    };
    let line = text.lines().position(sets);
    let place = line.and_then(|line| blocks::place(&lists, line + 1, "it finds nothing"));
    Some(Diagnosis {
        code: "cmake::missing_package",
        message: format!("CMake did not find `{variable}`, which the project uses"),
        details: vec![used.to_string()],
        help: Some(
            "add the package with the file that it looks for to `[package.host-dependencies]`"
                .to_string(),
        ),
        place,
        ..Default::default()
    })
}

/// The first variable that a target uses although it is not set, and the line about its use.
fn unset(log: &Log) -> Option<(&str, &str)> {
    let lines = log.from("they are set to NOTFOUND").skip(1);
    let lines = lines.filter(|line| !blocks::is_of_stdout(line));
    let mut lines = lines.skip_while(|line| line.starts_with("Please set them"));
    let variable = lines.next()?.split(' ').next()?;
    Some((variable, lines.next()?.trim()))
}

/// The way out for a missing program.
fn advice_for_tool(package: &str, is_known: bool) -> String {
    let certainty = if is_known { "is" } else { "is often" };
    format!("add it to `[package.build-dependencies]`; in conda it {certainty} called `{package}`")
}

/// The way out for a missing header of a library.
pub(super) fn advice_for_header(view: &View<'_>, header: &str) -> String {
    let first = header.split('/').next().unwrap_or(header);
    match called::package(&HEADERS, first) {
        Some(package) => match spelled(view, Section::Host, package) {
            Some(named) if is_installed(view, &named) => format!(
                "`{named}` is in the host environment: find it with `find_package`, and name its \
                 target in `target_link_libraries`"
            ),
            _ => advice(view, header, Some(package)),
        },
        None => containing(header),
    }
}

fn containing(file: &str) -> String {
    format!("add the package with `{file}` to `[package.host-dependencies]`")
}

/// The package name in a message about a missing package.
fn name(text: &str) -> Option<String> {
    let configuration = text.split_once("package configuration file provided by \"");
    let quoted = configuration.and_then(|(_, rest)| rest.split_once('"'));
    if let Some((name, _)) = quoted {
        return Some(name.to_string());
    }
    let (_, rest) = text.split_once("Could NOT find ")?;
    let name = rest.split([' ', ':', '(']).next()?;
    (!name.is_empty()).then(|| name.to_string())
}

/// The way out for a missing package.
fn advice(view: &View<'_>, name: &str, called: Option<&str>) -> String {
    if let Some(other) = other_spelling(view, name) {
        return format!("the host environment has `{other}`: `find_package` is case-sensitive");
    }
    let package = called.map_or_else(|| name.to_lowercase(), str::to_string);
    if let Some(named) = spelled(view, Section::Build, &package) {
        return format!(
            "move `{named}` from `[package.build-dependencies]` to `[package.host-dependencies]`: \
             libraries are looked for there"
        );
    }
    if let Some(named) = spelled(view, Section::Host, &package) {
        if !is_installed(view, &named) {
            return format!(
                "`{named}` is not installed: build without `--system-toolchain`, which uses only \
                 what is on the machine"
            );
        }
        return format!(
            "`{named}` is in the host environment, but it does not contain `{name}` for CMake"
        );
    }
    let certainty = if called.is_some() { "is" } else { "is often" };
    format!("add it to `[package.host-dependencies]`; in conda it {certainty} called `{package}`")
}

/// The package as spelled in the manifest, with `_` or `-`.
fn spelled(view: &View<'_>, section: Section, package: &str) -> Option<String> {
    let spellings = [
        package.to_string(),
        package.replace('_', "-"),
        package.replace('-', "_"),
    ];
    spellings
        .into_iter()
        .find(|spelling| view.names(section.clone(), spelling))
}

/// A package of the host environment whose name differs only in case.
fn other_spelling(view: &View<'_>, name: &str) -> Option<String> {
    let folders = ["lib/cmake", "share/cmake", "share"].map(|folder| view.tree.host().join(folder));
    let entries = folders.iter().flat_map(std::fs::read_dir);
    let names = entries.flatten().flatten();
    let names = names.filter_map(|entry| entry.file_name().into_string().ok());
    let mut other = names.filter(|found| found != name && found.eq_ignore_ascii_case(name));
    other.next()
}

/// Whether the host environment contains the package `name`.
fn is_installed(view: &View<'_>, name: &str) -> bool {
    let records = std::fs::read_dir(view.tree.host().join("conda-meta"));
    let names = records.into_iter().flatten().flatten();
    let mut names = names.filter_map(|entry| entry.file_name().into_string().ok());
    names.any(|record| {
        let rest = record
            .strip_prefix(name)
            .and_then(|rest| rest.strip_prefix('-'));
        rest.is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
    })
}

/// pkg-config did not find a package.
pub(super) fn missing_for_pkg_config(view: &View<'_>, log: &Log) -> Option<Diagnosis> {
    let message = blocks::errors(log).into_iter().find(|message| {
        let text = message.text();
        text.contains("required packages were not found")
            || text.contains("A required package was not found")
            || text.contains("None of the required '")
    })?;
    let modules = modules(&message.text(), log);
    let first = modules.first()?;
    // `gstreamer-1.0` is in `gstreamer`.
    let is_version = |text: &str| text.chars().all(|c| c.is_ascii_digit() || c == '.');
    let plain = match first.rsplit_once('-') {
        Some((name, version)) if is_version(version) => name,
        _ => first,
    };
    Some(Diagnosis {
        code: "cmake::missing_package",
        message: format!("pkg-config did not find `{}`", modules.join("`, `")),
        details: said_by_pkg_config(log),
        help: Some(advice(view, plain, called::package(&MODULES, first))),
        place: place(view, &message),
        ..Default::default()
    })
}

/// The modules that pkg-config did not find, without their versions.
fn modules(text: &str, log: &Log) -> Vec<String> {
    let listed = text.split_once("were not found:").map(|(_, names)| names);
    let choice = text.split_once("None of the required '");
    let choice = choice.and_then(|(_, rest)| rest.split('\'').next());
    let names: Vec<&str> = match (listed, choice) {
        (Some(listed), _) => listed.split(" - ").collect(),
        (None, Some(choice)) => choice.split(';').collect(),
        (None, None) => {
            let found = log.lines().filter_map(|line| {
                let (_, rest) = line
                    .split_once("Package '")
                    .or_else(|| line.split_once("No package '"))?;
                let (name, rest) = rest.split_once('\'')?;
                (rest.contains("not found") || rest.contains(" found")).then_some(name)
            });
            let found: Vec<&str> = found.collect();
            let asked = log.lines().filter_map(|line| {
                let (_, rest) = line.split_once("-- Checking for module")?;
                rest.split('\'').nth(1)
            });
            match found.last() {
                Some(last) => vec![*last],
                None => asked
                    .last()
                    .map_or_else(Vec::new, |asked| asked.split(';').collect()),
            }
        }
    };
    let names = names.into_iter().filter_map(|name| {
        let name = name
            .split(['>', '<', '=', ' '])
            .find(|part| !part.is_empty());
        name.map(str::to_string)
    });
    names.collect()
}

/// What pkg-config says about versions and requirements of modules.
fn said_by_pkg_config(log: &Log) -> Vec<String> {
    let marks = [
        "required by '",
        "has version",
        "but version of",
        "Requested '",
    ];
    let lines = log.lines().filter_map(|line| line.strip_prefix("-- "));
    let said = lines.filter(|line| marks.iter().any(|mark| line.contains(mark)));
    let said = said.filter(|line| !line.contains("'virtual:world', not found"));
    said.map(|line| line.trim().to_string()).collect()
}

fn place(view: &View<'_>, message: &Message) -> Option<crate::backend::failure::Place> {
    message.place(blocks::source(view))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_named_in_several_forms() {
        let logs = [
            (
                "A required package was not found",
                "-- Checking for module 'x-1.0>=2'\n--   Package 'x-1.0', required by 'virtual:world', not found\n",
            ),
            (
                "A required package was not found",
                "-- Checking for module 'x-1.0>=2'\n--   No package 'x-1.0' found\n",
            ),
            (
                "A required package was not found",
                "-- Checking for module 'x-1.0>=2'\n--   Package dependency requirement 'x-1.0 >= 2' could not be satisfied.\n",
            ),
            ("None of the required 'x-1.0' found", ""),
            (
                "The following required packages were not found:  - x-1.0>=2",
                "",
            ),
        ];
        for (text, log) in logs {
            assert_eq!(modules(text, &Log::new(log)), ["x-1.0"], "{text} {log}");
        }
    }

    #[test]
    fn a_line_of_the_other_stream_hides_no_variable() {
        let lines = [
            "CMake Error: The following variables are used, but they are set to NOTFOUND.",
            "Please set them or make sure they are set and tested correctly:",
            "FOO (ADVANCED)",
            "    linked by target \"app\" in directory /ws",
            "",
        ];
        for at in 0..=lines.len() {
            let mut log = lines.to_vec();
            log.insert(at, "-- Generating done (0.0s)");
            let expected = Some(("FOO", "linked by target \"app\" in directory /ws"));
            assert_eq!(unset(&Log::new(&log.join("\n"))), expected, "{log:#?}");
        }
    }

    #[test]
    fn the_name_of_a_missing_package_is_found() {
        let texts = [
            "By not providing \"FindFoo.cmake\" in CMAKE_MODULE_PATH this project has asked \
             CMake to find a package configuration file provided by \"Foo\", but CMake did not",
            "Could not find a package configuration file provided by \"Foo\" (requested version 2)",
            "Could NOT find Foo (missing: FOO_LIBRARY)",
            "Could NOT find Foo: Found unsuitable version",
        ];
        for text in texts {
            assert_eq!(name(text).as_deref(), Some("Foo"), "{text}");
        }
        assert_eq!(name("something else"), None);
    }
}
