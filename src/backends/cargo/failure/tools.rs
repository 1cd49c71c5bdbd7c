//! Programs that a build script tries to run and that the environment does not contain.

use super::evidence::culprit;
use super::libraries::NO_OPENSSL;
use crate::backend::failure::Diagnosis;
use crate::backend::log::Log;

/// The conda packages of programs that builds use.
const PACKAGES: [(&str, &str); 53] = [
    ("ar", "binutils"),
    ("as", "binutils"),
    ("autoconf", "autoconf"),
    ("automake", "automake"),
    ("autoreconf", "autoconf"),
    ("bison", "bison"),
    ("capnp", "capnproto"),
    ("ccache", "ccache"),
    ("clang", "clang"),
    ("clang++", "clangxx"),
    ("cmake", "cmake"),
    ("curl", "curl"),
    ("flatc", "flatbuffers"),
    ("flex", "flex"),
    ("git", "git"),
    ("gmake", "make"),
    ("go", "go"),
    ("gperf", "gperf"),
    ("ld", "binutils"),
    ("ld.gold", "binutils"),
    ("ld.lld", "lld"),
    ("libclang", "libclang"),
    ("libtool", "libtool"),
    ("libtoolize", "libtool"),
    ("lld", "lld"),
    ("llvm-ar", "llvm-tools"),
    ("llvm-config", "llvmdev"),
    ("m4", "m4"),
    ("make", "make"),
    ("meson", "meson"),
    ("mold", "mold"),
    ("nasm", "nasm"),
    ("ninja", "ninja"),
    ("node", "nodejs"),
    ("npm", "nodejs"),
    ("patch", "patch"),
    ("patchelf", "patchelf"),
    ("perl", "perl"),
    ("pkg-config", "pkg-config"),
    ("pkgconf", "pkg-config"),
    ("protoc", "libprotobuf"),
    ("python", "python"),
    ("python3", "python"),
    ("rust-lld", "lld"),
    ("sccache", "sccache"),
    ("strip", "binutils"),
    ("swig", "swig"),
    ("thrift", "thrift-compiler"),
    ("unzip", "unzip"),
    ("wasm-ld", "lld"),
    ("wget", "wget"),
    ("wild", "wild-linker"),
    ("yasm", "yasm"),
];

/// Messages about a missing program: the text before its name, and the text after it.
const SIGNS: [(&str, &str); 10] = [
    ("is `", "` not installed?"),
    ("Command '", "' not found."),
    ("error occurred in cc-rs: failed to find tool \"", "\""),
    ("Failed to find tool. Is `", "` installed?"),
    ("failed to execute command: ", ": No such file or directory"),
    ("failed to run `", "`: No such file or directory"),
    ("command `", "` not found"),
    ("could not find program `", "`"),
    ("env: '", "': No such file"),
    ("env: \u{2018}", "\u{2019}: No such file"),
];

/// Messages of crates that name what is missing, the program, and its description for users.
const KNOWN: [(&str, &str, &str); 7] = [
    (
        "Could not find `protoc`",
        "protoc",
        "protoc, the compiler of protocol buffers",
    ),
    (
        "Unable to find libclang",
        "libclang",
        "libclang, which bindgen reads headers with",
    ),
    (
        "couldn't find any valid shared libraries matching: ['libclang",
        "libclang",
        "libclang, which bindgen reads headers with",
    ),
    (
        "The pkg-config command could not be found",
        "pkg-config",
        "pkg-config",
    ),
    ("failed to find nasm", "nasm", "nasm, an assembler"),
    ("NASM command not found", "nasm", "nasm, an assembler"),
    ("Can't find perl", "perl", "perl"),
];

/// The help for adding a program to the build environment.
pub(super) fn how_to_add(program: &str) -> String {
    let known = PACKAGES.iter().find(|(name, _)| *name == program);
    let package = match known {
        Some((_, package)) => format!("`{package} = \"*\"`"),
        None => "the package that has it".to_string(),
    };
    format!("add {package} to `[package.build-dependencies]` of pixi.toml")
}

/// A missing Cargo subcommand that an option of this backend runs.
pub(super) fn subcommand(log: &Log) -> Option<Diagnosis> {
    const OPTIONS: [(&str, &str, &str); 2] = [
        ("cinstall", "cargo-c", "c-library"),
        ("auditable", "cargo-auditable", "auditable"),
    ];
    let missing = log.between("no such command: `", "`")?;
    let (_, package, option) = OPTIONS.iter().find(|(name, ..)| *name == missing)?;
    Some(Diagnosis {
        code: "build::missing_tool",
        message: format!("`{option}` needs `{package}`, and the environment does not have it"),
        help: Some(format!(
            "write `{package} = \"*\"` into `[package.build-dependencies]`; for \
             `--system-toolchain`, install it with `cargo install {package}`"
        )),
        ..Default::default()
    })
}

/// A missing program that a build script tries to run.
pub(super) fn missing(log: &Log) -> Option<Diagnosis> {
    if log.has(NO_OPENSSL) {
        // The message about pkg-config is not the cause: openssl-sys does not need pkg-config
        // if OpenSSL is in the environment.
        return None;
    }
    let program = program(log)?;
    let name = describe(&program);
    let culprit = culprit(log);
    if let Some(diagnosis) = compilers(&program, &culprit) {
        return Some(diagnosis);
    }
    let mut help = how_to_add(&program);
    if program == "perl" && log.has("openssl") {
        help += "; or take OpenSSL from the environment: `openssl = \"*\"` in \
                 `[package.host-dependencies]`, and `OPENSSL_NO_VENDOR = \"1\"` in \
                 `[package.build.config.env]` where the crate compiles its own";
    }
    Some(Diagnosis {
        code: "build::missing_tool",
        message: format!("{culprit} needs {name}, and the environment has none"),
        help: Some(help),
        ..Default::default()
    })
}

/// The program that a build script cannot find.
pub(super) fn program(log: &Log) -> Option<String> {
    let known = KNOWN.iter().find(|(sign, ..)| log.has(sign));
    let known = known.map(|(_, program, _)| program.to_string());
    known.or_else(|| compiler(log)).or_else(|| named(log))
}

fn describe(program: &str) -> String {
    let known = KNOWN.iter().find(|(_, name, _)| *name == program);
    known.map_or_else(|| format!("`{program}`"), |(_, _, name)| name.to_string())
}

/// A compiler that the `cc` crate cannot find.
fn compiler(log: &Log) -> Option<String> {
    let name = log.between("error occurred in cc-rs: failed to find tool \"", "\"")?;
    Some(name.to_string())
}

/// A missing compiler. Compilers are added with the option `compilers`, not with the name of a
/// package.
fn compilers(program: &str, culprit: &str) -> Option<Diagnosis> {
    // For example: `/opt/bin/x86_64-linux-gnu-gcc`, `gcc-13`.
    let is_c = |program: &str| {
        const NAMES: [&str; 7] = ["cc", "c++", "gcc", "g++", "clang", "clang++", "cl"];
        let name = program.rsplit(['/', '\\']).next().unwrap_or(program);
        name.split('-')
            .any(|part| NAMES.contains(&part.trim_end_matches(".exe")))
    };
    is_c(program).then(|| Diagnosis {
        code: "build::missing_tool",
        message: format!("{culprit} needs a C or C++ compiler, and there is no {program}"),
        help: Some(
            "name every language the crates are written in with `compilers = [\"rust\", \"c\", \
             \"cxx\"]` in `[package.build.config]`"
                .to_string(),
        ),
        ..Default::default()
    })
}

/// The program in a message that many tools use.
fn named(log: &Log) -> Option<String> {
    let between = SIGNS
        .iter()
        .find_map(|(before, after)| log.between(before, after));
    let by_shell = || log.lines().find_map(said_by_shell);
    let module = || log.has("Can't locate ").then_some("perl");
    let module = || module().filter(|_| log.has("in @INC"));
    let program = between.or_else(by_shell).or_else(module)?;
    let program = program.rsplit(['/', '\\']).next().unwrap_or(program);
    let is_program = |sign: char| sign.is_ascii_alphanumeric() || "-_.+".contains(sign);
    let fits = !program.is_empty() && program.chars().all(is_program);
    fits.then(|| program.trim_end_matches(".exe").to_string())
}

/// The program in a message of a shell or of make, such as `sh: 1: perl: not found`,
/// `build.sh: line 3: perl: command not found` and `make: perl: No such file or directory`.
fn said_by_shell(line: &str) -> Option<&str> {
    const ENDS: [(&str, &str); 4] = [
        (": command not found", ""),
        (": Command not found", "make"),
        (": No such file or directory", "make"),
        (": not found", "sh: "),
    ];
    let fitting = ENDS.iter().filter(|(_, by)| line.contains(by));
    let end = fitting.filter_map(|(end, _)| line.find(end)).next()?;
    line[..end].rsplit([' ', '\'']).next()
}

/// A CMake project that the CMake of the environment refuses.
pub(super) fn old_cmake_project(log: &Log) -> Option<Diagnosis> {
    let removed = log.between("Compatibility with CMake < ", " has been removed")?;
    Some(Diagnosis {
        code: "build::old_cmake_project",
        message: format!(
            "{} has a CMake project from before CMake {removed}, which the CMake of the \
             environment refuses",
            culprit(log)
        ),
        help: Some(format!(
            "set `CMAKE_POLICY_VERSION_MINIMUM = \"{removed}\"` in `[package.build.config.env]`, or \
             add `cmake = \"<4\"` to `[package.build-dependencies]`"
        )),
        ..Default::default()
    })
}

/// The `pkg-config` crate refuses to search for libraries of another target, unless a variable
/// allows it.
pub(super) fn pkg_config_for_another_target(log: &Log) -> Option<Diagnosis> {
    let signs = [
        "pkg-config has not been configured to support cross-compilation",
        "Cross compilation detected. Use PKG_CONFIG_ALLOW_CROSS",
    ];
    signs.iter().any(|sign| log.has(sign)).then(|| Diagnosis {
        code: "build::pkg_config_cross",
        message: format!(
            "{} does not ask pkg-config for libraries of another target",
            culprit(log)
        ),
        help: Some(
            "set `PKG_CONFIG_ALLOW_CROSS = \"1\"` in `[package.build.config.env]` where the host \
             environment has the libraries of that target"
                .to_string(),
        ),
        ..Default::default()
    })
}
