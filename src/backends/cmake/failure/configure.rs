//! Errors during configuring.

use std::path::Path;

use super::blocks::{self, Message};
use super::optional::{or_without, setting_without};
use crate::backend::Section;
use crate::backend::failure::{Diagnosis, QUOTED};
use crate::backend::git_folders::GitFolders;
use crate::backend::log::Log;
use crate::backends::cmake::requirements;
use crate::backends::cmake::view::View;
use crate::diagnostic::nearest;

/// CMake is not installed.
pub(super) fn no_program(_: &View<'_>, log: &Log) -> Option<Diagnosis> {
    if log.has("unable to find a build program corresponding to \"Ninja\"") {
        return Some(Diagnosis {
            code: "cmake::no_ninja",
            message: "there is no ninja in the build environment".to_string(),
            help: Some(
                "remove `ninja` from `[package.build-dependencies]`, so that the backend adds it, \
                 or name a package that installs it"
                    .to_string(),
            ),
            ..Default::default()
        });
    }
    let code = log.exit().map(|(_, code)| code)?;
    (code == 127 && log.has("bin/cmake: No such file")).then(|| Diagnosis {
        code: "cmake::no_cmake",
        message: "there is no CMake in the build environment".to_string(),
        help: Some(
            "the package `cmake` in `[package.build-dependencies]` does not contain \
             `bin/cmake`: name another one"
                .to_string(),
        ),
        ..Default::default()
    })
}

/// The first error that contains `text`.
fn saying(log: &Log, text: &str) -> Option<Message> {
    blocks::errors(log)
        .into_iter()
        .find(|message| message.text().contains(text))
}

/// The project requires a policy version that CMake 4 no longer supports.
pub(super) fn old_project(view: &View<'_>, log: &Log) -> Option<Diagnosis> {
    let message = saying(log, "has been removed from CMake")?;
    let minimum = view.source.project.minimum.as_ref();
    let asked = minimum.map_or(String::new(), |minimum| format!(" {}", minimum.version));
    Some(Diagnosis {
        code: "cmake::old_project",
        message: format!("this project asks for CMake{asked}, which CMake 4 no longer supports"),
        help: Some(
            "set `define.CMAKE_POLICY_VERSION_MINIMUM = \"3.5\"` in `[package.build.config]`, or \
             `cmake = \"<4\"` in `[package.build-dependencies]`"
                .to_string(),
        ),
        place: message.place(blocks::source(view)),
        ..Default::default()
    })
}

/// The project requires a newer CMake.
pub(super) fn old_cmake(view: &View<'_>, log: &Log) -> Option<Diagnosis> {
    let message = saying(log, "or higher is required. You are running version")
        .or_else(|| saying(log, "or higher is required.  You are running version"))?;
    let text = message.text();
    let (wanted, _) = text.split_once(" or higher is required")?;
    let running = text.rsplit_once("running version ")?.1;
    Some(Diagnosis {
        code: "cmake::old_cmake",
        message: format!(
            "the project needs {wanted}, and the build environment has {}",
            running.split(' ').next().unwrap_or(running)
        ),
        help: Some(if view.names(Section::Build, "cmake") {
            "remove the limit on `cmake` from `[package.build-dependencies]`".to_string()
        } else {
            "install a newer CMake, or build without `--system-toolchain`".to_string()
        }),
        place: message.place(blocks::source(view)),
        ..Default::default()
    })
}

/// There is no compiler for a language.
pub(super) fn no_compiler(view: &View<'_>, log: &Log) -> Option<Diagnosis> {
    let error = blocks::errors(log).into_iter().find(|message| {
        let text = message.text();
        (text.contains("No CMAKE_") && text.contains("_COMPILER could be found"))
            || text.contains("Failed to find nvcc")
    })?;
    let text = error.text();
    let language = match text.split_once("No CMAKE_") {
        Some((_, rest)) => rest.split_once("_COMPILER")?.0.to_string(),
        None => "CUDA".to_string(),
    };
    let compilers = requirements::compilers(view, &mut Vec::new());
    Some(Diagnosis {
        code: "cmake::no_compiler",
        message: format!("there is no compiler for {language}"),
        help: Some(way_to_compiler(compilers, language.to_lowercase())),
        place: error.place(blocks::source(view)),
        ..Default::default()
    })
}

/// The way to a compiler for the language `name`, in addition to those of `compilers`.
fn way_to_compiler(mut compilers: Vec<String>, name: String) -> String {
    let is_known = compilers.contains(&name);
    if !is_known {
        compilers.push(name);
    }
    let quoted: Vec<String> = compilers.iter().map(|name| format!("\"{name}\"")).collect();
    let setting = format!("`compilers = [{}]`", quoted.join(", "));
    if is_known {
        format!(
            "the packages of {setting} do not contain it: add one that does to \
             `[package.build-dependencies]`"
        )
    } else {
        format!("set {setting} in `[package.build.config]`")
    }
}

/// The project downloads sources, and the network cannot be reached.
pub(super) fn no_network(view: &View<'_>, log: &Log) -> Option<Diagnosis> {
    const WORDS: [&str; 4] = [
        "Could not resolve host",
        "Couldn't resolve host",
        "Failed to connect to",
        "Couldn't connect to server",
    ];
    let said = log
        .lines()
        .find(|line| WORDS.iter().any(|words| line.contains(words)))?;
    let errors = blocks::errors(log);
    let place = |error: &Message| error.place(blocks::source(view));
    Some(Diagnosis {
        code: "build::network",
        message: "the project downloads sources, and the network cannot be reached".to_string(),
        details: vec![said.trim().to_string()],
        help: Some(
            "add the library to `[package.host-dependencies]`, with \
             `define.FETCHCONTENT_TRY_FIND_PACKAGE_MODE = \"ALWAYS\"` for FetchContent of CMake 3.24, \
             or keep its sources in the project"
                .to_string(),
        ),
        place: errors.iter().find_map(place),
        ..Default::default()
    })
}

/// A directory of the project is missing or empty, as Git leaves submodules.
pub(super) fn empty_directory(view: &View<'_>, log: &Log) -> Option<Diagnosis> {
    let source = blocks::source(view);
    let errors = blocks::errors(log);
    errors.iter().find_map(|error| {
        let text = error.text();
        let missing = (text.split_once("add_subdirectory given source \""))
            .and_then(|(_, rest)| rest.split_once("\" which is not an existing directory"));
        let empty = (text.split_once("The source directory "))
            .and_then(|(_, rest)| rest.split_once(" does not contain a CMakeLists.txt file"));
        let (folder, state) = match (missing, empty) {
            (Some((folder, _)), _) => (folder.trim(), "does not exist"),
            (None, Some((folder, _))) => (folder.trim(), "has no CMakeLists.txt"),
            (None, None) => return None,
        };
        let below = Path::new(folder).strip_prefix(source);
        let folder = below.map_or(folder.to_string(), |below| below.display().to_string());
        let modules = std::fs::read_to_string(source.join(".gitmodules")).unwrap_or_default();
        let is_module = modules.lines().any(|line| {
            let path = line
                .trim()
                .strip_prefix("path")
                .map(|it| it.trim_start_matches([' ', '=']));
            path.is_some_and(|path| path.trim() == folder)
        });
        let help = if is_module {
            let way = match GitFolders::around(source) {
                Some(_) => ": `git submodule update --init` checks it out",
                None => ", which archives do not contain: use a checkout of the repository",
            };
            or_without(&format!("it is a Git submodule{way}"), view, error)
        } else {
            let setting = setting_without(view, error);
            let setting = setting.map_or_else(
                || "turn off the option of the project that asks for it, with `define`".to_string(),
                |setting| format!("set {setting}"),
            );
            format!("if the package does without it, {setting} in `[package.build.config]`")
        };
        Some(Diagnosis {
            code: "cmake::empty_directory",
            message: format!("the project asks for the directory `{folder}`, which {state}"),
            help: Some(help),
            place: error.place(source),
            ..Default::default()
        })
    })
}

/// A source of a target does not exist.
pub(super) fn missing_source(view: &View<'_>, log: &Log) -> Option<Diagnosis> {
    const START: &str = "Cannot find source file:";
    let error = saying(log, START)?;
    let mut paragraphs = error.paragraphs.iter().skip_while(|text| *text != START);
    let name = paragraphs.nth(1)?;
    let source = blocks::source(view);
    let mut lists = error.frames.iter().map(|frame| source.join(&frame.file));
    let lists = lists.find(|file| file.starts_with(source));
    let beside = lists.as_deref().and_then(Path::parent).unwrap_or(source);
    let meant = meant(beside, Path::new(name));
    Some(Diagnosis {
        code: "cmake::missing_source",
        message: format!("the source `{name}` does not exist"),
        help: Some(match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "correct its path, or create it; a path is relative to the directory of its \
                     `CMakeLists.txt`"
                .to_string(),
        }),
        place: error.place(source),
        ..Default::default()
    })
}

/// The path of an existing file with a name like that of `path`, which is relative to `folder`.
fn meant(folder: &Path, path: &Path) -> Option<String> {
    let missing = folder.join(path);
    let entries = std::fs::read_dir(missing.parent()?).ok()?.flatten();
    let files = entries.filter(|entry| entry.path().is_file());
    let names = files.filter_map(|entry| entry.file_name().into_string().ok());
    let names: Vec<String> = names.collect();
    let wanted = missing.file_name()?.to_str()?;
    let name = nearest(wanted, names.iter().map(String::as_str))?;
    Some(path.with_file_name(name).display().to_string())
}

/// Frequent errors whose texts do not contain the way out.
const WAYS_OUT: [(&str, &str); 3] = [
    (
        "can not determine linker language for target",
        "name the language of its sources in `project`, as in `LANGUAGES C CXX`",
    ),
    (
        "which is prefixed in the source directory",
        "write `$<BUILD_INTERFACE:…>` around the path, and add the installed one: \
         `$<INSTALL_INTERFACE:include>`",
    ),
    (
        "but the target was not found",
        "call `find_package` for the package that defines the target, and add it to \
         `[package.host-dependencies]`",
    ),
];

/// Any other error of CMake.
pub(super) fn errors(view: &View<'_>, log: &Log) -> Option<Diagnosis> {
    let errors = blocks::errors(log);
    let first = errors.first()?;
    let mut paragraphs = first.paragraphs.iter();
    let message = paragraphs.next().cloned().unwrap_or_default();
    let others = errors.iter().skip(1).map(Message::text);
    let mut details: Vec<String> = paragraphs.cloned().chain(others).collect();
    details.dedup();
    details.truncate(QUOTED);
    Some(Diagnosis {
        code: "cmake::configure",
        message,
        details,
        help: (WAYS_OUT.iter())
            .find(|(text, _)| first.text().contains(text))
            .map(|(_, help)| help.to_string()),
        place: errors
            .iter()
            .find_map(|error| error.place(blocks::source(view))),
        ..Default::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compiler_is_proposed_once() {
        let help = |name: &str| {
            let compilers = ["c", "cxx"].map(str::to_string);
            way_to_compiler(compilers.into(), name.to_string())
        };
        insta::assert_snapshot!(help("swift"), @r#"set `compilers = ["c", "cxx", "swift"]` in `[package.build.config]`"#);
        insta::assert_snapshot!(help("c"), @r#"the packages of `compilers = ["c", "cxx"]` do not contain it: add one that does to `[package.build-dependencies]`"#);
    }
}
