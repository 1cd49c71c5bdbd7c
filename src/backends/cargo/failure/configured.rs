//! Programs that the project's own configuration selects: linkers and wrappers.
//!
//! They are usually installed on the machines of the developers, but a build environment
//! contains them only if a dependency adds them.

use std::path::Path;

use super::tools::{self, how_to_add};
use crate::backend::failure::{Diagnosis, Place};
use crate::backend::log::Log;
use crate::backends::cargo::context::crate_context::CrateBuild;

/// A linker that is missing, or a linker that the compiler was told to use with `-fuse-ld`.
pub(super) fn missing_linker(log: &Log, build: CrateBuild<'_>) -> Option<Diagnosis> {
    if let Some(linker) = log.between("error: linker `", "` not found") {
        let asked = Asked::of(build, linker);
        return Some(missing("the linker", linker, &asked));
    }
    let refused = [
        ("invalid linker name in argument '-fuse-ld=", "'"),
        ("invalid linker name in '-fuse-ld=", "'"),
        ("unrecognized command-line option '-fuse-ld=", "'"),
        (
            "unrecognized command-line option \u{2018}-fuse-ld=",
            "\u{2019}",
        ),
    ];
    let refused = refused
        .iter()
        .find_map(|(before, after)| log.between(before, after));
    let linker = match refused {
        Some(linker) => linker.to_string(),
        // gcc does not print the name of the linker that it searched for. It prints `ld`
        // instead.
        None => {
            let unknown = log.has("cannot find 'ld'");
            let passed_on = || log.between("-fuse-ld=", "\"").map(str::to_string);
            chosen(build).or_else(passed_on).filter(|_| unknown)?
        }
    };
    let asked = Asked::of(build, &format!("-fuse-ld={linker}"));
    Some(missing("the linker", &linker, &asked))
}

/// The linker that flags of the project select with `-fuse-ld`.
fn chosen(build: CrateBuild<'_>) -> Option<String> {
    const FLAG: &str = "-fuse-ld=";
    let values = build.request.config.env.values();
    let arguments = build.request.config.extra_args.iter();
    let own = values.chain(arguments).map(String::as_str);
    let files = build.cargo_config.texts();
    let mut texts = own.chain(files.iter().map(|(_, text)| text.as_str()));
    texts.find_map(|text| {
        let (_, rest) = text.split_once(FLAG)?;
        let end = rest.find(['"', '\'', ' ', ',', ']']).unwrap_or(rest.len());
        Some(rest[..end].to_string())
    })
}

/// A missing program that Cargo runs around rustc or instead of rustc.
pub(super) fn missing_wrapper(log: &Log, build: CrateBuild<'_>) -> Option<Diagnosis> {
    let command = log.between("could not execute process `", "`")?;
    let never = log.lines().any(|line| {
        line.contains("could not execute process `") && line.contains("(never executed)")
    });
    let program = command.split(' ').next().filter(|_| never)?;
    let name = program.rsplit(['/', '\\']).next().unwrap_or(program);
    // Another detector handles a missing toolchain.
    if ["cargo", "rustc", "rustdoc"].contains(&name) && !command.contains(" rustc") {
        return None;
    }
    let asked = Asked::of(build, program);
    let mut diagnosis = missing("the wrapper of rustc", program, &asked);
    if name == "sccache" {
        let cache = "set `compiler-cache = \"sccache\"` in `[package.build.config]`, which also adds \
                     it to the build environment";
        let other = "or override it there with `RUSTC_WRAPPER = \"\"` in `env`";
        diagnosis.help = Some(format!("{cache}, {other}"));
    }
    Some(diagnosis)
}

/// A toolchain without the standard library for the target.
pub(super) fn missing_target(log: &Log, build: CrateBuild<'_>) -> Option<Diagnosis> {
    let target = log.between("note: the `", "` target may not be installed")?;
    let asked = Asked::of(build, target);
    let asks = asked.by.map(|by| format!(", which {by} asks for"));
    let help = if build.request.run.system_tools {
        format!("add it to the toolchain of this machine with `rustup target add {target}`")
    } else {
        format!("add `rust-std-{target} = \"*\"` to `[package.build-dependencies]` of pixi.toml")
    };
    Some(Diagnosis {
        code: "build::missing_target",
        message: format!(
            "the toolchain has no standard library for `{target}`{}",
            asks.unwrap_or_default()
        ),
        help: Some(help),
        place: asked.place,
        ..Default::default()
    })
}

/// Adds to the diagnosis of a missing tool which setting of the project selects the tool, such
/// as `CC = "clang-17"`.
pub(super) fn with_asker(diagnosis: Diagnosis, log: &Log, build: CrateBuild<'_>) -> Diagnosis {
    let program = tools::program(log).filter(|_| diagnosis.code == "build::missing_tool");
    let Some(program) = program else {
        return diagnosis;
    };
    let quoted = ['"', '\''].map(|quote| format!("{quote}{program}{quote}"));
    let place = quoted
        .iter()
        .find_map(|word| build.cargo_config.mention(word));
    let by = match &place {
        Some(place) => Some(by_file(build, place)),
        None => by_variable(build, |value| value == program),
    };
    let Some(by) = by else {
        return diagnosis;
    };
    let help = diagnosis.help.unwrap_or_default();
    Diagnosis {
        help: Some(format!("{by} asks for it: change that, or {help}")),
        place,
        ..diagnosis
    }
}

/// The setting that selects a program or target.
struct Asked {
    by: Option<String>,
    place: Option<Place>,
}

impl Asked {
    /// Searches for `word` in Cargo's configuration, in `extra-args` and in the variables of
    /// the user.
    fn of(build: CrateBuild<'_>, word: &str) -> Self {
        let place = build.cargo_config.mention(word);
        if let Some(place) = place {
            return Self {
                by: Some(by_file(build, &place)),
                place: Some(place),
            };
        }
        let arguments = &build.request.config.extra_args;
        let argument = arguments.iter().any(|argument| argument.contains(word));
        let argument = argument.then(|| "`extra-args`".to_string());
        Self {
            by: by_variable(build, |value| value.contains(word)).or(argument),
            place: None,
        }
    }
}

fn by_file(build: CrateBuild<'_>, place: &Place) -> String {
    let path = Path::new(place.file.name());
    let path = path.strip_prefix(build.cargo_config.top()).unwrap_or(path);
    path.display().to_string()
}

fn by_variable(build: CrateBuild<'_>, asks: impl Fn(&str) -> bool) -> Option<String> {
    let mut env = build.request.config.env.iter();
    let (name, _) = env.find(|(_, value)| asks(value))?;
    Some(format!("`{name}` in `[package.build.config.env]`"))
}

fn missing(what: &str, program: &str, asked: &Asked) -> Diagnosis {
    let asks = match &asked.by {
        Some(by) => format!("{what} `{program}`, which {by} asks for,"),
        None => format!("{what} `{program}`"),
    };
    let otherwise = match &asked.place {
        Some(_) => ", or take it out of the configuration",
        None => "",
    };
    let name = program.rsplit(['/', '\\']).next().unwrap_or(program);
    Diagnosis {
        code: "build::missing_tool",
        message: format!("{asks} is not in the build environment"),
        help: Some(format!("{}{otherwise}", how_to_add(name))),
        place: asked.place.clone(),
        ..Default::default()
    }
}
