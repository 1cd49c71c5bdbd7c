//! Explains failures of the build script, from the messages of the compiler.

mod missing_module;
mod test_run;

use std::path::Path;

use super::config::Config;
use super::mistakes::span_of_option;
use super::plan::Plan;
use crate::backend::failure::{self, CodeError, Detector, Place, QUOTED, full_disk};
use crate::backend::{Diagnosis, Log, Request};
use test_run::TEST_CRASHED;

/// The code of an import that was not found.
const UNKNOWN_MODULE: &str = "mojo::unknown_module";

/// The code of a processor that the compiler does not know.
const UNKNOWN_PROCESSOR: &str = "mojo::unknown_processor";

/// Ordered from causes to consequences: an import that is not found also appears as an
/// unknown name.
const DETECTORS: [Detector; 14] = [
    full_disk,
    no_compiler,
    no_linker,
    other_version,
    other_format,
    not_located,
    no_main,
    main_in_library,
    unknown_argument,
    unknown_processor,
    errors_in_code,
    not_linked,
    test_run::failed,
    test_run::crashed,
];

/// The reason why the script of the package failed, if its log contains one.
pub(super) fn of_build(request: &Request<'_, Config>, plan: &Plan, log: &Log) -> Option<Diagnosis> {
    let mut diagnosis = diagnose(log, plan, &request.project.source)?;
    let help = match diagnosis.code {
        UNKNOWN_MODULE => missing(log).and_then(|name| missing_module::help(request, name)),
        TEST_CRASHED if diagnosis.details.is_empty() => {
            test_run::help_about_processor(request.config)
        }
        _ => None,
    };
    diagnosis.help = help.or(diagnosis.help);
    if diagnosis.code == UNKNOWN_PROCESSOR {
        diagnosis.place = place_of_processor(request, log);
    }
    Some(diagnosis)
}

fn diagnose(log: &Log, plan: &Plan, source: &Path) -> Option<Diagnosis> {
    let mut diagnosis = failure::first(&DETECTORS, log)?;
    let found = errors(log);
    let quotes_them = diagnosis.details == quoted(&found);
    diagnosis.errors = found
        .into_iter()
        .map(|error| at_home(error, plan, source))
        .collect();
    if quotes_them {
        diagnosis.details = quoted(&diagnosis.errors);
    }
    Some(diagnosis)
}

/// The error with the real path of the file, if the compiler used a link that has the
/// name of the library.
fn at_home(mut error: CodeError, plan: &Plan, source: &Path) -> CodeError {
    let home = plan.libraries().find_map(|item| {
        let below = error.file.strip_prefix(&item.name).ok()?;
        let file = item.path.join(below);
        let file = file.strip_prefix(source).unwrap_or(&file).to_path_buf();
        item.is_renamed().then_some(file)
    });
    if let Some(home) = home {
        error.file = home;
    }
    error
}

/// The errors of the compiler that have a place in a file.
fn errors(log: &Log) -> Vec<CodeError> {
    let mut errors: Vec<CodeError> = Vec::new();
    for error in log.lines().filter_map(located) {
        if !errors.contains(&error) {
            errors.push(error);
        }
    }
    errors.truncate(QUOTED);
    errors
}

/// Reads `path:line:column: error: message`.
fn located(line: &str) -> Option<CodeError> {
    let (place, message) = line.split_once(": error: ")?;
    let (place, column) = place.rsplit_once(':')?;
    let (file, line) = place.rsplit_once(':')?;
    Some(CodeError {
        message: message.to_string(),
        file: Path::new(file).to_path_buf(),
        line: line.parse().ok()?,
        column: column.parse().ok()?,
    })
}

fn quoted(errors: &[CodeError]) -> Vec<String> {
    let quote = |error: &CodeError| {
        let CodeError {
            message,
            file,
            line,
            column,
        } = error;
        format!("{}:{line}:{column}: {message}", file.display())
    };
    errors.iter().map(quote).collect()
}

/// The diagnosis of a compiler error. It quotes all errors that have a place.
fn meaning(
    log: &Log,
    code: &'static str,
    message: impl Into<String>,
    help: impl Into<String>,
) -> Option<Diagnosis> {
    Some(Diagnosis {
        code,
        message: message.into(),
        details: quoted(&errors(log)),
        help: Some(help.into()),
        ..Diagnosis::default()
    })
}

fn errors_in_code(log: &Log) -> Option<Diagnosis> {
    let errors = errors(log);
    let message = match errors.as_slice() {
        [] => return None,
        [_] => "the compiler found an error",
        _ => "the compiler found errors",
    };
    Some(Diagnosis {
        code: "mojo::compile_error",
        message: message.to_string(),
        details: quoted(&errors),
        ..Diagnosis::default()
    })
}

fn no_compiler(log: &Log) -> Option<Diagnosis> {
    let mut lines = log.lines();
    let is_missing =
        |line: &str| line.ends_with("mojo: command not found") || line.ends_with("mojo: not found");
    lines.any(is_missing).then_some(())?;
    meaning(
        log,
        "mojo::no_compiler",
        "the build environment has no `mojo`",
        "add `mojo-compiler` to `[package.build-dependencies]`",
    )
}

fn no_linker(log: &Log) -> Option<Diagnosis> {
    log.has("error: unable to find suitable c compiler for linking")
        .then_some(())?;
    meaning(
        log,
        "mojo::no_linker",
        "Mojo found no C compiler to link with",
        "write `compilers = [\"c\"]` into `[package.build.config]`",
    )
}

fn other_version(log: &Log) -> Option<Diagnosis> {
    let rest = log.after("Precompiled file '")?;
    let (file, rest) = rest.split_once("' version ")?;
    let (written, rest) = rest.split_once(" is ")?;
    let (_, compiler) = rest.split_once("compiler version ")?;
    let compiler = compiler.split(". ").next()?.trim_end_matches('.');
    let name = Path::new(file).file_stem()?.to_string_lossy().into_owned();
    meaning(
        log,
        "mojo::other_compiler",
        format!(
            "the library `{name}` was precompiled by Mojo {written} and cannot be read by Mojo {compiler}"
        ),
        format!(
            "build the library again with Mojo {compiler}, pin `mojo-compiler` to {written} in `[package.build-dependencies]`, or install the library as sources with `pkg = {{ format = \"source\" }}`"
        ),
    )
}

/// The messages about a library that does not say which compiler wrote it.
fn other_format(log: &Log) -> Option<Diagnosis> {
    let messages = [
        ("error: invalid Mojo package '", "'"),
        ("error: unable to load package '", "'"),
        ("Precompiled file '", "' is missing version information"),
    ];
    let mut files = messages.into_iter();
    let file = files.find_map(|(start, end)| log.between(start, end))?;
    let name = Path::new(file).file_stem()?.to_string_lossy().into_owned();
    meaning(
        log,
        "mojo::other_format",
        format!("the library `{name}` was precompiled by another version of Mojo"),
        "build the library again with this version, pin `mojo-compiler` to the version that compiled it in `[package.build-dependencies]`, or install the library as sources with `pkg = { format = \"source\" }`",
    )
}

/// The name of the first module that the compiler did not find.
fn missing(log: &Log) -> Option<&str> {
    log.between("error: unable to locate module '", "'")
}

fn not_located(log: &Log) -> Option<Diagnosis> {
    let name = missing(log)?;
    if name == "std" {
        return meaning(
            log,
            "mojo::no_standard_library",
            "the compiler does not find its standard library",
            "the package `mojo-compiler` is incomplete, or another installation of Mojo is in the way: look for variables that begin with `MODULAR_`",
        );
    }
    meaning(
        log,
        UNKNOWN_MODULE,
        format!("no module `{name}` was found"),
        format!(
            "add the package that has it to `[package.host-dependencies]`, or the directory that `{name}` is in to `import-paths`; a library that imports `{name}` needs it in its run dependencies"
        ),
    )
}

fn no_main(log: &Log) -> Option<Diagnosis> {
    log.has("error: module does not contain a 'main' function")
        .then_some(())?;
    meaning(
        log,
        "mojo::no_main",
        "a program has no `main` function",
        "add `def main():`; a library is configured with `pkg`, not with `bins`",
    )
}

fn main_in_library(log: &Log) -> Option<Diagnosis> {
    let mut errors = log.lines().filter_map(located);
    let found = errors.find(|error| error.message.starts_with("'main()' is not supported"))?;
    meaning(
        log,
        "mojo::main_in_library",
        format!(
            "{} is part of a library and has a `main` function",
            found.file.display()
        ),
        "move the file out of the directory of the library",
    )
}

fn unknown_argument(log: &Log) -> Option<Diagnosis> {
    let argument = log.between("error: unrecognized argument '", "'")?;
    meaning(
        log,
        "mojo::unknown_argument",
        format!("the compiler does not know the argument `{argument}`"),
        "remove it from `extra-args`",
    )
}

/// The name of a processor that the compiler does not know for the platform.
fn unknown_cpu(log: &Log) -> Option<&str> {
    log.between("unknown target CPU '", "'")
}

fn unknown_processor(log: &Log) -> Option<Diagnosis> {
    let name = unknown_cpu(log)?;
    meaning(
        log,
        UNKNOWN_PROCESSOR,
        format!("the compiler does not know the processor `{name}`"),
        "write another name; one that only some platforms have belongs into their tables, such as `[package.build.target.linux-64.config]`",
    )
}

/// The place of the option that names a processor which the compiler does not know.
fn place_of_processor(request: &Request<'_, Config>, log: &Log) -> Option<Place> {
    let is_configured = request.config.target_cpu.as_deref() == unknown_cpu(log);
    Some(Place {
        file: request.project.manifest.file(),
        at: span_of_option(request, &["target-cpu"]).filter(|_| is_configured)?,
        label: "asked for here".to_string(),
    })
}

fn not_linked(log: &Log) -> Option<Diagnosis> {
    log.has("error: failed to link").then_some(())?;
    let diagnosis = meaning(
        log,
        "mojo::not_linked",
        "a program could not be linked",
        "add a library that `-l` names to `[package.host-dependencies]`, and `-Xlinker \
         -L$PREFIX/lib` to `extra-args`",
    )?;
    let said = |line: &&str| line.contains("ld: ") || line.contains("lld: ");
    let details = log.lines().filter(said).take(QUOTED);
    Some(Diagnosis {
        details: details.map(str::to_string).collect(),
        ..diagnosis
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_an_error_is_read() {
        let found = located("lib/greet/words.mojo:2:5: error: use of unknown declaration 'x'");
        let found = found.expect("an error with a place");
        assert_eq!(found.file, Path::new("lib/greet/words.mojo"));
        assert_eq!((found.line, found.column), (2, 5));
        assert_eq!(located("/p/bin/mojo: error: failed to parse"), None);
    }

    #[test]
    fn both_versions_of_a_precompiled_library_are_named() {
        let line = "/w/app.mojo:1:6: error: Mojo precompiled file is incompatible with the current version of the Mojo compiler. Precompiled file 'stage/lib/mojo/greet.mojoc' version 1.1.0 is older than compiler version 1.2.0. To proceed, recreate the precompiled file with `mojo precompile`, or use the version of the compiler it was created with.";
        let found =
            diagnose(&Log::new(line), &Plan::default(), Path::new("/ws")).expect("it is known");
        assert_eq!(
            found.message,
            "the library `greet` was precompiled by Mojo 1.1.0 and cannot be read by Mojo 1.2.0"
        );
    }

    #[test]
    fn common_errors_are_explained() {
        let told = [
            "build.sh: line 9: mojo: command not found",
            "/p/bin/mojo: error: unable to find suitable c compiler for linking",
            "main.mojo:1:8: error: unable to locate module 'nothere'",
            "main.mojo:1:8: error: unable to locate module 'std'",
            "/p/bin/mojo: error: module does not contain a 'main' function",
            "src/pk/tests/test_a.mojo:2:5: error: 'main()' is not supported within packages",
            "/p/bin/mojo: error: unrecognized argument '-D'",
            "/p/bin/mojo: error: failed to create target info: unknown target CPU 'apple-m1'",
            "a.mojo:1:6: error: Mojo precompiled file is incompatible with the current version of the Mojo \
             compiler. Precompiled file 'lib/mojo/greet.mojoc' version 1.1.0 is older than compiler version 1.2.0.",
            "a.mojo:1:6: error: Mojo precompiled file is incompatible with the current version of the Mojo \
             compiler (1.0.0). Precompiled file 'lib/mojo/greet.mojopkg' is missing version information.",
            "a.mojo:1:6: error: invalid Mojo package '/p/lib/mojo/greet.mojopkg': invalid magic bytes",
            "/p/bin/mojo: error: failed to link executable\nld: cannot find -lm2",
        ]
        .map(|line| {
            let found = diagnose(&Log::new(line), &Plan::default(), Path::new("/ws"));
            let Diagnosis {
                code,
                message,
                details,
                help,
                ..
            } = found.expect(line);
            let details: String = details.iter().map(|line| format!("\n  {line}")).collect();
            format!(
                "{code}: {message}{details}\nhelp: {}",
                help.unwrap_or_default()
            )
        });
        insta::assert_snapshot!(told.join("\n\n"));
    }
}
