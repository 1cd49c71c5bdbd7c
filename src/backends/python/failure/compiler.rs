//! Failures because of a missing compiler.

use super::Case;
use crate::backend::{Diagnosis, Log};
use crate::backends::python::shape::Shape;

/// Messages of build tools, and the language of the compiler that they do not find.
const MESSAGES: [(&str, &str); 8] = [
    ("CMAKE_CXX_COMPILER not set", "cxx"),
    ("No CMAKE_CXX_COMPILER could be found", "cxx"),
    ("CMAKE_C_COMPILER not set", "c"),
    ("No CMAKE_C_COMPILER could be found", "c"),
    ("linker `cc` not found", "c"),
    ("Microsoft Visual C++ 14.0 or greater is required", "c"),
    ("can't find Rust compiler", "rust"),
    ("rustc, the rust compiler, is not installed", "rust"),
];

/// Programs that compile or link, without the names of platforms, and their languages.
const COMPILERS: [(&str, &str); 9] = [
    ("cc", "c"),
    ("gcc", "c"),
    ("clang", "c"),
    ("cl", "c"),
    ("c++", "cxx"),
    ("g++", "cxx"),
    ("clang++", "cxx"),
    ("gfortran", "fortran"),
    ("rustc", "rust"),
];

/// A compiler that the build does not find.
#[derive(Debug, PartialEq, Eq)]
struct Absent<'a> {
    language: &'static str,
    /// The program that the build tool wanted to start, if it says so.
    program: Option<&'a str>,
}

/// No environment of the build contains a compiler that the project needs.
pub(super) fn absent(case: &Case<'_>) -> Option<Diagnosis> {
    let absent = find(case.log)?;
    let shape = Shape::of(case.request, case.source, &mut Vec::new());
    Some(Diagnosis {
        code: "python::no_compiler",
        message: "the project compiles code, and the build environment has no compiler for it"
            .to_string(),
        help: Some(absent.way_out(&shape.languages, case.request.run.system_tools)),
        ..Default::default()
    })
}

fn find(log: &Log) -> Option<Absent<'_>> {
    let mut messages = MESSAGES.iter();
    let named = messages.find(|(words, _)| log.has(words));
    let named = named.map(|(_, language)| Absent {
        language,
        program: None,
    });
    let mut lines = log.lines();
    named.or_else(|| lines.find_map(|line| unknown_to_meson(line).or_else(|| not_started(line))))
}

/// The compiler that Meson does not find. It lists the programs that it has tried, as in
/// `Unknown compiler(s): [['c++'], ['g++']]`.
fn unknown_to_meson(line: &str) -> Option<Absent<'_>> {
    let (_, tried) = line.split_once("Unknown compiler(s)")?;
    let language = tried.split('\'').find_map(language_of);
    Some(Absent {
        language: language.unwrap_or("c"),
        program: None,
    })
}

/// The compiler that setuptools could not start, in the messages of its versions.
fn not_started(line: &str) -> Option<Absent<'_>> {
    let (_, program) = line
        .split_once("No such file or directory: '")
        .or_else(|| line.split_once("error: command '"))?;
    let (program, rest) = program.split_once('\'')?;
    let has_failed = rest.is_empty() || rest.starts_with(" failed: No such file or directory");
    let language = language_of(program).filter(|_| has_failed)?;
    Some(Absent {
        language,
        program: Some(program),
    })
}

/// The language of a compiler, such as `x86_64-linux-gnu-g++-12`.
fn language_of(program: &str) -> Option<&'static str> {
    let file = program.rsplit(['/', '\\']).next()?;
    let name = file.strip_suffix(".exe").unwrap_or(file);
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let name = name.strip_suffix('-').unwrap_or(name);
    let name = name.rsplit('-').next()?;
    let mut compilers = COMPILERS.iter();
    let (_, language) = compilers.find(|(compiler, _)| *compiler == name)?;
    Some(language)
}

impl Absent<'_> {
    /// The help. `languages` are those whose compilers the package asks for already.
    fn way_out(&self, languages: &[String], system_tools: bool) -> String {
        let has = |language: &str| languages.iter().any(|own| own == language);
        // Other languages need the linker of C.
        let wanted = match self.language {
            "cxx" => ["c", "cxx"],
            language => [language, "c"],
        };
        let mut needed: Vec<&str> = languages.iter().map(String::as_str).collect();
        needed.extend(wanted.iter().filter(|language| !has(language)));
        needed.dedup();
        let has_it = has(self.language);
        let quoted: Vec<String> = needed.iter().map(|name| format!("\"{name}\"")).collect();
        let option = format!(
            "write `compilers = [{}]` into `[package.build.config]`",
            quoted.join(", ")
        );
        let wanted = match (self.program, self.language) {
            (Some(program), _) => format!("`{program}`"),
            (None, "rust") => "Rust".to_string(),
            (None, "cxx") => "a compiler for C++".to_string(),
            (None, _) => "a compiler for C".to_string(),
        };
        match (system_tools, has_it) {
            (true, true) => format!(
                "with `--system-toolchain`, the compilers of this machine are used: install \
                 {wanted} on this machine, or build with a channel"
            ),
            (true, false) => format!(
                "with `--system-toolchain`, the compilers of this machine are used: install \
                 {wanted} on this machine, or build with a channel and {option}"
            ),
            (false, true) => format!(
                "the compilers for {} are in the build environment under other names, which are in \
                 variables such as `CC` and `CXX`: the project has to start those instead of \
                 {wanted}",
                crate::diagnostic::list(languages.iter().map(String::as_str))
            ),
            (false, false) => option,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compiler_that_cannot_be_started_is_recognized() {
        for (line, language) in [
            (
                "error: [Errno 2] No such file or directory: 'gcc'",
                Some("c"),
            ),
            (
                "  error: [Errno 2] No such file or directory: 'x86_64-linux-gnu-g++-12'",
                Some("cxx"),
            ),
            (
                "DEBUG error: [Errno 2] No such file or directory: '/usr/bin/cc'",
                Some("c"),
            ),
            ("No such file or directory: 'clang++'", Some("cxx")),
            (
                "error: command 'gcc' failed: No such file or directory",
                Some("c"),
            ),
            (
                "error: command 'g++' failed: No such file or directory: 'g++'",
                Some("cxx"),
            ),
            (
                "error: command '/usr/bin/gcc' failed with exit code 1",
                None,
            ),
            (
                "error: [Errno 2] No such file or directory: 'README.md'",
                None,
            ),
            (
                "error: [Errno 2] No such file or directory: 'src/gcc.c'",
                None,
            ),
            (
                "-- CMAKE_CXX_COMPILER not set, after EnableLanguage",
                Some("cxx"),
            ),
            ("error: can't find Rust compiler", Some("rust")),
        ] {
            let log = Log::new(line);
            let found = find(&log).map(|absent| absent.language);
            assert_eq!(found, language, "{line}");
        }
    }

    #[test]
    fn the_way_out_depends_on_what_the_build_has() {
        let way_out = |language, has: &[&str], system_tools| {
            let absent = Absent {
                language,
                program: Some("gcc"),
            };
            let has: Vec<String> = has.iter().map(|name| name.to_string()).collect();
            absent.way_out(&has, system_tools)
        };
        let written = |compilers: &str| {
            format!("write `compilers = [{compilers}]` into `[package.build.config]`")
        };
        assert_eq!(way_out("c", &[], false), written("\"c\""));
        assert_eq!(way_out("cxx", &["c"], false), written("\"c\", \"cxx\""));
        assert_eq!(way_out("c", &["rust"], false), written("\"rust\", \"c\""));
        assert_eq!(way_out("rust", &[], false), written("\"rust\", \"c\""));
        let renamed = way_out("c", &["c"], false);
        assert!(
            renamed.contains("`CC`") && !renamed.contains("write"),
            "{renamed}"
        );
        let machine = way_out("c", &["c"], true);
        assert!(
            machine.contains("install `gcc` on this machine"),
            "{machine}"
        );
        assert!(!machine.contains("compilers ="), "{machine}");
        let machine = way_out("c", &[], true);
        assert!(machine.ends_with(&written("\"c\"")), "{machine}");
    }
}
