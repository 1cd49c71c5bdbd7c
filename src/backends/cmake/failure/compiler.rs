//! Errors of compilers, linkers and the commands of a project.

use std::path::{Path, PathBuf};

use super::blocks::{self, failed_step};
use super::packages::advice_for_header;
use crate::backend::failure::{CodeError, Diagnosis, QUOTED};
use crate::backend::inputs::plain;
use crate::backend::log::Log;
use crate::backends::cmake::view::View;
use crate::disk::files_below;

/// C++ modules need a program that is not in conda's clang packages.
pub(super) fn no_scanner(view: &View<'_>, log: &Log) -> Option<Diagnosis> {
    log.has("SCAN_DEPS-NOTFOUND").then(|| Diagnosis {
        code: "cmake::no_scanner",
        message: "there is no `clang-scan-deps`, which finds the modules of C++ sources"
            .to_string(),
        help: Some(
            "add `clang-tools` of the version of your clang to `[package.build-dependencies]`, or \
             set `define.CMAKE_CXX_SCAN_FOR_MODULES = false` where the project has no modules"
                .to_string(),
        ),
        place: blocks::errors(log)
            .first()
            .and_then(|message| message.place(blocks::source(view))),
        ..Default::default()
    })
}

/// A compiler was killed, which usually means that the kernel ran out of memory.
pub(super) fn killed(_: &View<'_>, log: &Log) -> Option<Diagnosis> {
    let is_killed = log.has("Killed signal terminated program")
        || log.lines().any(|line| line.trim() == "Killed")
        || log.exit().is_some_and(|(_, code)| code == 137);
    is_killed.then(|| Diagnosis {
        code: "build::killed",
        message: "a compiler was killed, most likely because the memory ran out".to_string(),
        details: failed_step(log)
            .map(|step| step.outputs)
            .into_iter()
            .collect(),
        help: Some(
            "compile fewer units at a time with `jobs = 1` in `[package.build.config]`, or close \
             other programs"
                .to_string(),
        ),
        ..Default::default()
    })
}

/// A program for another platform was run.
pub(super) fn foreign_program(view: &View<'_>, log: &Log) -> Option<Diagnosis> {
    let step = failed_step(log)?;
    let is_foreign = step
        .said
        .iter()
        .any(|line| line.contains("Exec format error"));
    let platforms = view.request.platforms;
    (is_foreign && platforms.build != platforms.host).then(|| Diagnosis {
        code: "cmake::foreign_program",
        message: format!(
            "making `{}` runs a program that is built for {}",
            step.outputs, platforms.host
        ),
        help: Some(
            "build that program for this machine, or name an emulator with \
             `define.CMAKE_CROSSCOMPILING_EMULATOR`"
                .to_string(),
        ),
        ..Default::default()
    })
}

/// The first errors that compilers found in the code.
pub(super) fn errors(view: &View<'_>, log: &Log) -> Option<Diagnosis> {
    let step = failed_step(log)?;
    let lines: Vec<&str> = step.said.iter().map(String::as_str).collect();
    let mut errors: Vec<CodeError> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let found = code_error(line).or_else(|| of_fortran(&lines[at..]));
        if let Some(mut error) = found {
            // ccache passes paths relative to the build tree to compilers.
            error.file = plain(&view.tree.binary().join(&error.file));
            if !errors.contains(&error) {
                errors.push(error);
            }
        }
    }
    if errors.is_empty() {
        return None;
    }
    let shown = |error: &CodeError| {
        let file = error
            .file
            .strip_prefix(blocks::source(view))
            .unwrap_or(&error.file);
        let (line, column) = (error.line, error.column);
        format!("{} ({}:{line}:{column})", error.message, file.display())
    };
    let count = errors.len();
    let message = match count {
        1 => "the code does not compile".to_string(),
        count if count > QUOTED => {
            format!("the code does not compile (the first {QUOTED} of {count} errors follow)")
        }
        count => format!("the code does not compile ({count} errors)"),
    };
    let first = &errors[0];
    Some(Diagnosis {
        code: "build::compile_error",
        message,
        details: errors.iter().take(QUOTED).map(shown).collect(),
        help: missing_header(&first.message).map(|header| {
            let source = blocks::source(view);
            if let Some(folder) = own_header(source, header) {
                return format!(
                    "add the directory `{folder}` of the project with `target_include_directories`"
                );
            }
            match incomplete(source, header) {
                Some((folder, rest)) => format!(
                    "`{folder}` of the project has no `{rest}`: check it out or generate it, or select \
                     another copy with an option of the project"
                ),
                None => advice_for_header(view, header),
            }
        }),
        place: blocks::place(&first.file, first.line, "here"),
        errors,
    })
}

/// The header that a compiler does not find.
fn missing_header(message: &str) -> Option<&str> {
    let of_gcc = message.strip_suffix(": No such file or directory");
    let of_clang = message.strip_suffix("' file not found");
    let of_clang = of_clang.and_then(|rest| rest.strip_prefix('\''));
    let of_cl = message.split_once("Cannot open include file: '");
    let of_cl = of_cl.and_then(|(_, rest)| rest.split('\'').next());
    of_gcc.or(of_clang).or(of_cl)
}

/// The directory of the project, relative to it, in which `header` is found.
fn own_header(source: &Path, header: &str) -> Option<String> {
    let mut files = files_below(source.to_path_buf());
    let file = files.find(|file| {
        let below = file.strip_prefix(source).unwrap_or(file);
        file.ends_with(header) && !below.starts_with(".pixi")
    })?;
    let depth = Path::new(header).components().count();
    let folder = file.ancestors().nth(depth)?.strip_prefix(source).ok()?;
    let folder = folder.display().to_string();
    Some(if folder.is_empty() {
        ".".to_string()
    } else {
        folder
    })
}

/// The directory of the project for headers such as `header`, which does not contain it, and the
/// rest of its path.
fn incomplete<'a>(source: &Path, header: &'a str) -> Option<(String, &'a str)> {
    let (first, rest) = header.split_once('/')?;
    let folders = ["include/", "src/", ""].map(|folder| format!("{folder}{first}"));
    let folder = folders
        .into_iter()
        .find(|folder| source.join(folder).is_dir())?;
    Some((folder, rest))
}

/// Reads `a.cpp:3:5: error: message`, and the form of Microsoft's compiler and nvcc:
/// `a.cpp(3): error C2065: message`.
fn code_error(line: &str) -> Option<CodeError> {
    let at = [": error: ", ": fatal error: ", ": error ", ": fatal error "]
        .into_iter()
        .filter_map(|mark| Some((line.find(mark)?, mark.len())))
        .min()?;
    let (place, message) = (&line[..at.0], &line[at.0 + at.1..]);
    let (file, line, column) = match place.strip_suffix(')') {
        Some(open) => {
            let (file, numbers) = open.rsplit_once('(')?;
            let (line, column) = numbers.split_once(',').unwrap_or((numbers, "1"));
            (file, line, column)
        }
        None => {
            let mut parts = place.rsplitn(3, ':');
            let (column, line) = (parts.next()?, parts.next()?);
            (parts.next()?, line, column)
        }
    };
    Some(CodeError {
        message: message.trim().to_string(),
        file: PathBuf::from(file),
        line: line.parse().ok()?,
        column: column.trim().parse().ok()?,
    })
}

/// gfortran prints the place in one line, then the source, and then the message in
/// another line.
fn of_fortran(lines: &[&str]) -> Option<CodeError> {
    let mut parts = lines.first()?.strip_suffix(':')?.rsplitn(3, ':');
    let column = parts.next()?.parse().ok()?;
    let line = parts.next()?.parse().ok()?;
    let file = PathBuf::from(parts.next()?);
    let message = lines[1..].iter().take(12);
    let message = message.filter_map(|line| {
        let fatal = line.strip_prefix("Fatal Error: ");
        fatal.or_else(|| line.strip_prefix("Error: "))
    });
    Some(CodeError {
        message: message.take(1).collect::<Vec<_>>().first()?.to_string(),
        file,
        line,
        column,
    })
}

/// A file that a step needs does not exist, and ninja does not know how to make it.
pub(super) fn no_rule(_: &View<'_>, log: &Log) -> Option<Diagnosis> {
    const END: &str = "missing and no known rule to make it";
    let line = log.lines().find(|line| line.contains(END))?;
    let mut names = line.split('\'').skip(1).step_by(2);
    let (missing, user) = (names.next()?, names.next()?);
    let help = if Path::new(missing).is_absolute() {
        "restore the file, or remove it from the project"
    } else {
        "if a step of ExternalProject makes the file, name it in `BUILD_BYPRODUCTS`; if a command \
         makes it, name it in `OUTPUT` or `BYPRODUCTS`"
    };
    Some(Diagnosis {
        code: "cmake::no_rule",
        message: format!(
            "`{user}` needs `{missing}`, which does not exist and which no step makes"
        ),
        help: Some(help.to_string()),
        ..Default::default()
    })
}

/// A step failed without a compiler error, for example a linker or a command of the
/// project.
pub(super) fn step(_: &View<'_>, log: &Log) -> Option<Diagnosis> {
    let step = failed_step(log)?;
    let is_undefined = |line: &&String| {
        [
            "undefined reference to",
            "unresolved external symbol",
            "Undefined symbols",
        ]
        .iter()
        .any(|mark| line.contains(mark))
    };
    let said = step.said.iter().filter(|line| !line.trim().is_empty());
    let undefined: Vec<String> = said.clone().filter(is_undefined).cloned().collect();
    let missing = said.clone().find_map(|line| {
        let (_, name) = line.split_once("cannot find -l")?;
        Some(name.split([':', ' ']).next().unwrap_or(name).to_string())
    });
    let import = said
        .clone()
        .any(|line| line.contains("LNK1104") && line.contains(".lib"));
    let help = if let Some(name) = &missing {
        Some(format!(
            "add the package with `lib{name}` to `[package.host-dependencies]`"
        ))
    } else if import {
        Some(
            "a DLL that exports nothing has no import library: set \
             `define.CMAKE_WINDOWS_EXPORT_ALL_SYMBOLS = true`"
                .to_string(),
        )
    } else {
        (!undefined.is_empty()).then(|| {
            "a library is missing in `target_link_libraries`, or a source in its target".to_string()
        })
    };
    let mut details = if undefined.is_empty() {
        said.cloned().collect()
    } else {
        undefined
    };
    details.truncate(QUOTED);
    Some(Diagnosis {
        code: "cmake::step",
        message: format!("`{}` could not be built", step.outputs),
        details,
        help,
        ..Default::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_that_is_missing_is_named() {
        for message in [
            "a/b.h: No such file or directory",
            "'a/b.h' file not found",
            "C1083: Cannot open include file: 'a/b.h': No such file",
        ] {
            assert_eq!(missing_header(message), Some("a/b.h"), "{message}");
        }
        assert_eq!(missing_header("expected ';'"), None);
    }

    #[test]
    fn a_header_that_the_project_should_have_is_not_that_of_a_package() {
        let folder = tempfile::tempdir().expect("a folder");
        fs_err::create_dir_all(folder.path().join("include/spdlog")).expect("writable");
        let found = incomplete(folder.path(), "spdlog/fmt/core.h");
        assert_eq!(found, Some(("include/spdlog".to_string(), "fmt/core.h")));
        assert_eq!(incomplete(folder.path(), "zlib.h"), None);
        assert_eq!(incomplete(folder.path(), "fmt/core.h"), None);
    }

    #[test]
    fn errors_of_every_compiler_have_a_place() {
        let of = |line: &str| {
            code_error(line).map(|error| {
                let file = error.file.display().to_string();
                (file, error.line, error.column, error.message)
            })
        };
        let expect = |file: &str, line, column, message: &str| {
            Some((file.to_string(), line, column, message.to_string()))
        };
        assert_eq!(
            of("/s/a.cpp:3:5: error: no"),
            expect("/s/a.cpp", 3, 5, "no")
        );
        assert_eq!(
            of("a.cpp:3:5: fatal error: x.h: No"),
            expect("a.cpp", 3, 5, "x.h: No")
        );
        assert_eq!(
            of("C:\\a.cpp(3): error C2065: no"),
            expect("C:\\a.cpp", 3, 1, "C2065: no")
        );
        assert_eq!(of("a.cu(3,7): error: no"), expect("a.cu", 3, 7, "no"));
        assert_eq!(of("c++: fatal error: Killed"), None);
        let fortran = [
            "/s/a.f90:2:7:",
            "",
            "    2 |   x = y",
            "      |       1",
            "Error: Symbol",
        ];
        let error = of_fortran(&fortran).expect("an error");
        assert_eq!((error.line, error.message.as_str()), (2, "Symbol"));
    }
}
