//! Finds problems with libraries of build scripts that appear only when a program runs.
//!
//! A build script can compile a shared library into its own directory and link with it. The
//! program then works only where it was built. A build script can also compile a library that
//! the host environment contains. The program then does not use the library of the environment.
//! Neither problem makes a build fail, so this module warns.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use memchr::memmem::Finder;

use crate::backend::InstalledPackage;
use crate::backends::cargo::build_dir::artifacts::{
    self, build_script_folders, crate_of, directives, state,
};
use crate::backends::cargo::context::crate_context::CrateBuild;
use crate::backends::cargo::context::layout::LATEST;
use crate::diagnostic::Warning;
use crate::disk::{files_below, modified};

/// The variables that make a crate link with the library of the host environment, by crate.
const TAKE_FROM_HOST: [(&str, &str); 7] = [
    ("libgit2-sys", "LIBGIT2_NO_VENDOR"),
    ("libsodium-sys", "SODIUM_USE_PKG_CONFIG"),
    ("libsqlite3-sys", "LIBSQLITE3_SYS_USE_PKG_CONFIG"),
    ("libssh2-sys", "LIBSSH2_SYS_USE_PKG_CONFIG"),
    ("onig_sys", "RUSTONIG_SYSTEM_LIBONIG"),
    ("openssl-sys", "OPENSSL_NO_VENDOR"),
    ("zstd-sys", "ZSTD_SYS_USE_PKG_CONFIG"),
];

/// The warnings about the libraries of a finished package.
pub(crate) fn warnings(build: CrateBuild<'_>, package: &InstalledPackage<'_>) -> Vec<Warning> {
    let runs = build_script_folders(&artifacts::folders(build, package.paths));
    let prefix = package.paths.host_prefix.as_path();
    let mut warnings = left_behind(&runs, prefix, package.files);
    let began = modified(&state(build, package.paths).join(LATEST));
    let fresh = |run: &&PathBuf| modified(&run.join("invoked.timestamp")) >= began;
    warnings.extend(compiled_again(runs.iter().filter(fresh), prefix));
    warnings
}

/// Shared libraries that installed programs need and that no package contains.
fn left_behind(runs: &[PathBuf], prefix: &Path, files: &BTreeSet<PathBuf>) -> Vec<Warning> {
    let mut made: BTreeMap<String, &str> = BTreeMap::new();
    for run in runs {
        let Some(name) = crate_of(run) else { continue };
        let libraries = searched(run).into_iter().filter(|file| is_shared(file));
        let names = libraries.filter_map(|file| Some(file.file_name()?.to_str()?.to_string()));
        made.extend(names.map(|library| (library, name)));
    }
    made.retain(|library, _| !is_in(prefix, library));
    if made.is_empty() {
        return Vec::new();
    }
    let linked = files.iter().filter(|file| may_be_linked(file));
    linked
        .flat_map(|program| {
            let content = std::fs::read(prefix.join(program)).unwrap_or_default();
            let named = made
                .iter()
                .filter(move |(library, _)| names(&content, library));
            named
                .map(|(library, by)| not_packed(program, library, by))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn not_packed(program: &Path, library: &str, by: &str) -> Warning {
    let stem = library.split('.').next().unwrap_or(library);
    let name = stem.strip_prefix("lib").unwrap_or(stem);
    Warning::new(format!(
        "{} needs `{library}`, which the build script of `{by}` creates and no package contains: \
         the program cannot start",
        program.display()
    ))
    .help(format!(
        "make build.rs of `{by}` create a static library (`cargo::rustc-link-lib=static={name}`), \
         or add a package with `{name}` to `[package.host-dependencies]` of pixi.toml and link \
         with that"
    ))
}

/// Static libraries that a build script compiled although the host environment contains the
/// library.
fn compiled_again<'a>(runs: impl Iterator<Item = &'a PathBuf>, prefix: &Path) -> Vec<Warning> {
    let mut found: BTreeMap<&str, String> = BTreeMap::new();
    for run in runs {
        let Some(name) = crate_of(run) else { continue };
        let own = files_below(run.join("out"));
        let archives = own.filter(|file| file.extension().is_some_and(|it| it == "a"));
        let stems = archives.filter_map(|file| Some(file.file_stem()?.to_str()?.to_string()));
        let mut in_host = stems.filter(|stem| has_shared(prefix, stem));
        if let Some(stem) = in_host.next() {
            found.insert(name, stem);
        }
    }
    let warning = |(name, library): (&str, String)| {
        let known = TAKE_FROM_HOST.iter().find(|(known, _)| *known == name);
        let help = match known {
            Some((_, variable)) => format!(
                "write `{variable} = \"1\"` into `[package.build.config.env]` of pixi.toml to link \
                 with the library of the environment"
            ),
            None => format!(
                "turn off the feature of `{name}` that compiles it, such as `vendored`, `bundled` \
                 or `static`, to link with the library of the environment"
            ),
        };
        let message = format!(
            "`{name}` compiles its own `{library}` and links with it, although the host \
             environment has one"
        );
        Warning::new(message).help(help)
    };
    found.into_iter().map(warning).collect()
}

/// The files in the directories that a build script added to the search path of the linker.
fn searched(run: &Path) -> Vec<PathBuf> {
    let output = std::fs::read(run.join("output")).unwrap_or_default();
    let output = String::from_utf8_lossy(&output);
    let folders = directives(&output).filter(|(key, _)| *key == "rustc-link-search");
    let folders = folders.map(|(_, path)| path.split_once('=').map_or(path, |(_, path)| path));
    let entries = folders.filter_map(|folder| std::fs::read_dir(folder).ok());
    entries
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect()
}

fn is_shared(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".so")
        || name.contains(".so.")
        || name.ends_with(".dylib")
        || name.ends_with(".dll")
}

/// Whether an environment contains a library.
fn is_in(prefix: &Path, library: &str) -> bool {
    ["lib", "lib64", "bin", "Library/bin"]
        .iter()
        .any(|folder| prefix.join(folder).join(library).exists())
}

fn has_shared(prefix: &Path, stem: &str) -> bool {
    [".so", ".dylib"]
        .iter()
        .any(|ending| is_in(prefix, &format!("{stem}{ending}")))
}

/// Whether an installed file is in a directory for programs or libraries, which the linker makes.
fn may_be_linked(file: &Path) -> bool {
    ["bin", "lib", "Library/bin"]
        .iter()
        .any(|folder| file.starts_with(folder))
}

/// Whether a program needs a library. In a program, the name of a needed library is followed by
/// a zero byte. It may be the last part of a path.
fn names(program: &[u8], library: &str) -> bool {
    let name = [library.as_bytes(), b"\0"].concat();
    Finder::new(&name).find(program).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory with runs of build scripts and a host prefix, made of these files.
    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        let here = folder.path().display().to_string();
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("below")).expect("writable");
            std::fs::write(path, text.replace("HERE", &here)).expect("writable");
        }
        folder
    }

    const RUN: &str = "build/bell-0123";
    const SEARCH: &str = "cargo::rustc-link-search=native=HERE/build/bell-0123/out\n";

    fn left_behind(files: &[(&str, &str)]) -> Vec<String> {
        let folder = folder(files);
        let runs = [folder.path().join(RUN)];
        let installed = BTreeSet::from([PathBuf::from("bin/tower")]);
        let prefix = folder.path().join("host");
        let warnings = super::left_behind(&runs, &prefix, &installed);
        warnings
            .iter()
            .map(|warning| warning.message.clone())
            .collect()
    }

    #[test]
    fn a_shared_library_that_stays_with_its_build_script_is_named() {
        let run = [
            ("build/bell-0123/output", SEARCH),
            ("build/bell-0123/out/libchime.so", ""),
        ];
        let needs = ("host/bin/tower", "ELF\0libchime.so\0libc.so.6\0");
        let [warning] = left_behind(&[run[0], run[1], needs])
            .try_into()
            .expect("one warning");
        assert!(
            warning.starts_with("bin/tower needs `libchime.so`"),
            "{warning}"
        );
        assert!(warning.contains("the build script of `bell`"), "{warning}");
        // A program that does not need the library, and an environment that contains it.
        let other = ("host/bin/tower", "ELF\0libc.so.6\0");
        assert_eq!(left_behind(&[run[0], run[1], other]), [""; 0]);
        let packed = ("host/lib/libchime.so", "");
        assert_eq!(left_behind(&[run[0], run[1], needs, packed]), [""; 0]);
    }

    #[test]
    fn libraries_have_versions_and_other_endings_elsewhere() {
        for name in ["libchime.so.1.2", "libchime.1.dylib", "chime.dll"] {
            let made = format!("build/bell-0123/out/{name}");
            let text = format!("\0@rpath\0{name}\0");
            let files = [
                ("build/bell-0123/output", SEARCH),
                (made.as_str(), ""),
                ("host/bin/tower", text.as_str()),
            ];
            assert_eq!(left_behind(&files).len(), 1, "{name}");
        }
    }

    #[test]
    fn a_library_that_the_environment_has_is_not_compiled_in_silence() {
        let compiled = |krate: &str, library: &str| {
            let archive = format!("build/{krate}-0123/out/build/{library}.a");
            let files = [
                (archive.as_str(), ""),
                ("host/lib/libgit2.so", ""),
                ("host/lib/liba.dylib", ""),
            ];
            let folder = folder(&files);
            let runs = [folder.path().join(format!("build/{krate}-0123"))];
            let warnings = super::compiled_again(runs.iter(), &folder.path().join("host"));
            warnings
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("\n")
        };
        insta::assert_snapshot!([
            compiled("libgit2-sys", "libgit2"),
            compiled("a-sys", "liba"),
            compiled("b-sys", "libb"),
        ]
        .join("\n"), @r#"
        `libgit2-sys` compiles its own `libgit2` and links with it, although the host environment has one (help: write `LIBGIT2_NO_VENDOR = "1"` into `[package.build.config.env]` of pixi.toml to link with the library of the environment)
        `a-sys` compiles its own `liba` and links with it, although the host environment has one (help: turn off the feature of `a-sys` that compiles it, such as `vendored`, `bundled` or `static`, to link with the library of the environment)
        "#);
    }
}
