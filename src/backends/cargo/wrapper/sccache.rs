//! The wrapper that Cargo and the `cc` crate use as sccache; `cc` recognizes this name.
//!
//! sccache includes the current directory, most variables of Cargo, the file of a C compiler
//! and nearly every argument in its key. With paths in them, a build in another checkout would
//! not find any results. This module replaces them with names that are the same everywhere.
//! `rustc` and `compiler.sh` restore them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::backends::cargo::wrapper::arguments::{Findings, Folders, Kind, hidden, kind};
use crate::backends::cargo::wrapper::errors::WrapperError;
use crate::backends::cargo::wrapper::key::Key;
use crate::backends::cargo::wrapper::process;
use crate::backends::cargo::wrapper::rustc::{CALL, Call, KEY};
use crate::backends::cargo::wrapper::state::{CacheState, State};

/// The variable that contains the path of the real C compiler for a stand-in.
const COMPILER: &str = "PIXI_BUILD_RUST_COMPILER";

/// The beginnings of the lines in which sccache reports that sccache itself fails: its client ends
/// with 2 after the first, and its server answers with -2 after the second. The exit codes do not
/// tell: `cl` ends with 2 for an error in the code, and sccache ends with -2 for a compiler that a
/// signal ended.
const CACHE_FAILED: [&[u8]; 2] = [b"sccache: error: ", b"sccache: encountered fatal error"];

/// Runs a compiler, through sccache if the call can be cached.
///
/// # Errors
/// There is no state with a cache, or neither sccache nor the compiler can be started.
pub(super) fn compile(arguments: &[OsString]) -> Result<u8, WrapperError> {
    let cache = State::cache_of_build()?;
    let Some((compiler, arguments)) = arguments.split_first() else {
        return process::replace(Command::new(&cache.sccache));
    };
    let compiler = Path::new(compiler);
    let words: Option<Vec<String>> = arguments
        .iter()
        .map(|argument| argument.to_str().map(str::to_string))
        .collect();
    let kind = words.as_ref().map(|words| self::kind(compiler, words));
    let call = match (kind, words) {
        (Some(Kind::Crate), Some(words)) => crate_call(&cache, compiler, &words)?,
        (Some(Kind::OtherCompiler), _) => other_call(&cache, compiler, arguments),
        _ => None,
    };
    match call {
        Some(call) => call.run(&cache),
        None => {
            let mut command = Command::new(compiler);
            command.args(arguments);
            process::replace(command)
        }
    }
}

/// A call of sccache.
#[derive(Debug)]
struct CachedCall {
    compiler: PathBuf,
    arguments: Vec<OsString>,
    folder: Option<PathBuf>,
    set: BTreeMap<String, String>,
    removed: Vec<String>,
}

impl CachedCall {
    /// Runs sccache. If sccache itself fails, runs the compiler without it, because a failing
    /// cache must not fail the build.
    fn run(&self, cache: &CacheState) -> Result<u8, WrapperError> {
        if let Some(code) = self.through_cache(cache)? {
            return Ok(code);
        }
        let name = self.compiler.file_name().unwrap_or_default();
        eprintln!("warning: compiled without the cache: {}", name.display());
        process::replace(self.complete(Command::new(&self.compiler)))
    }

    /// Runs sccache and returns the exit code of the compiler. `None` if sccache itself fails.
    fn through_cache(&self, cache: &CacheState) -> Result<Option<u8>, WrapperError> {
        let mut command = Command::new(&cache.sccache);
        command.arg(&self.compiler);
        let mut cache_failed = false;
        let code = process::run_watched(self.complete(command), |line| {
            cache_failed |= CACHE_FAILED.iter().any(|begin| line.starts_with(begin));
        })?;
        Ok((code == 0 || !cache_failed).then_some(code))
    }

    fn complete(&self, mut command: Command) -> Command {
        command.args(&self.arguments).envs(&self.set);
        for name in &self.removed {
            command.env_remove(name);
        }
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        command
    }
}

/// A call of a C compiler. conda writes the path of the prefix into compilers, so a compiler of
/// the build environment is replaced with a stand-in that is the same in all environments. The
/// key contains a hash of the build environment instead, see `server`.
fn other_call(cache: &CacheState, compiler: &Path, arguments: &[OsString]) -> Option<CachedCall> {
    let mut call = CachedCall {
        compiler: compiler.to_path_buf(),
        arguments: arguments.to_vec(),
        folder: None,
        set: BTreeMap::new(),
        removed: Vec::new(),
    };
    if let (Some(stand_in), Some(real)) = (stand_in(cache, compiler), compiler.to_str()) {
        call.set.insert(COMPILER.to_string(), real.to_string());
        call.compiler = stand_in;
    }
    Some(call)
}

fn stand_in(cache: &CacheState, compiler: &Path) -> Option<PathBuf> {
    let file = cache.compiler.as_ref()?;
    let folder = compiler.parent().filter(|it| !it.as_os_str().is_empty())?;
    let folder = dunce::canonicalize(folder).ok()?;
    if !folder.starts_with(&cache.build_prefix) {
        return None;
    }
    let stand_in = cache.stand_ins.join(compiler.file_name()?);
    // Another process may create the same link at the same time.
    let _ = link(file, &stand_in);
    stand_in.exists().then_some(stand_in)
}

#[cfg(unix)]
fn link(file: &Path, link: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(file, link)
}

#[cfg(not(unix))]
fn link(file: &Path, link: &Path) -> std::io::Result<()> {
    std::fs::hard_link(file, link)
}

/// A call of rustc without the names of directories. `None` if a directory is not Unicode.
fn crate_call(
    cache: &CacheState,
    rustc: &Path,
    arguments: &[String],
) -> Result<Option<CachedCall>, WrapperError> {
    let folder = std::env::current_dir();
    let folder = folder.map_err(|error| WrapperError::unreadable(".", error))?;
    let all = std::env::vars_os().filter_map(|(name, value)| {
        let name = name.into_string().ok()?;
        hides(&name).then_some((name, value.into_string().ok()?))
    });
    let variables: BTreeMap<String, String> = all.collect();
    let (Some(current), Some(project)) = (folder.to_str(), cache.top.to_str()) else {
        return Ok(None);
    };
    let cargo_home = variables.get("CARGO_HOME").map(String::as_str);
    let cargo_home = cargo_home.filter(|home| !home.is_empty());
    let folders = Folders {
        current,
        cargo_home,
        project,
    };
    let found = Findings::of(arguments);
    let seen = hidden(arguments, folders, found.links);
    let is_of_registry = cargo_home.is_some_and(|home| folder.starts_with(home));
    let package = variables.get("CARGO_MANIFEST_DIR").map(Path::new);
    let package = package.filter(|_| !is_of_registry);
    let key = key(cache, &found, &folder, package);
    let removed = variables.keys().cloned().collect();
    let top = folder.ancestors().last().map(Path::to_path_buf);
    let call = Call {
        rustc: rustc.to_path_buf(),
        top: cache.top.clone(),
        folder,
        variables,
    };
    let call = serde_json::to_string(&call).map_err(|error| WrapperError::BadFile {
        path: CALL.into(),
        reason: error.to_string(),
    })?;
    Ok(Some(CachedCall {
        compiler: cache.rustc.clone(),
        arguments: seen.into_iter().map(OsString::from).collect(),
        folder: top,
        set: [(CALL.to_string(), call), (KEY.to_string(), key)].into(),
        removed,
    }))
}

/// Whether a variable of Cargo is removed for sccache, because it may contain a directory.
/// Variables that describe the package are kept.
fn hides(name: &str) -> bool {
    const KEPT: [&str; 3] = [
        "CARGO_CRATE_NAME",
        "CARGO_PRIMARY_PACKAGE",
        "CARGO_MAKEFLAGS",
    ];
    let kept = name.starts_with("CARGO_PKG_") || KEPT.contains(&name);
    name.starts_with("CARGO_") && !kept
}

/// The part of the key that sccache cannot determine from the lists of rustc. Procedural macros
/// can also read the user's variables and every file of `package`, a crate of the user.
fn key(cache: &CacheState, found: &Findings, current: &Path, package: Option<&Path>) -> String {
    let mut key = Key::default();
    let folders: Vec<PathBuf> = found.folders.iter().map(|it| current.join(it)).collect();
    for library in &found.libraries {
        key.add_library(library, &folders);
    }
    if found.macros {
        key.add_variables(cache.variables.as_deref().unwrap_or_default());
        if let Some(package) = package {
            key.add_files(package);
        }
    }
    key.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache(folder: &Path) -> CacheState {
        CacheState {
            sccache: "/env/bin/sccache".into(),
            rustc: "/job/rustc".into(),
            compiler: Some(folder.join("compiler")),
            stand_ins: folder.join("stand-ins"),
            build_prefix: folder.join("env"),
            top: "/project".into(),
            variables: None,
            server: 1,
        }
    }

    #[test]
    fn variables_that_may_name_a_folder_are_hidden() {
        for name in [
            "CARGO_HOME",
            "CARGO_MANIFEST_DIR",
            "CARGO_ENCODED_RUSTFLAGS",
        ] {
            assert!(hides(name), "{name}");
        }
        for name in [
            "CARGO",
            "CARGO_PKG_NAME",
            "CARGO_CRATE_NAME",
            "OUT_DIR",
            "PATH",
        ] {
            assert!(!hides(name), "{name}");
        }
    }

    #[test]
    fn macros_make_the_files_of_the_users_crate_count() {
        let folder = tempfile::tempdir().expect("a folder");
        fs_err::write(folder.path().join("notes.txt"), "first").expect("writable");
        let cache = cache(folder.path());
        let mut found = Findings::default();
        let key = |found: &Findings, package| key(&cache, found, Path::new("/"), package);
        assert_eq!(key(&found, Some(folder.path())), "");
        found.macros = true;
        let of_registry = key(&found, None);
        let first = key(&found, Some(folder.path()));
        assert_ne!(first, of_registry);
        fs_err::write(folder.path().join("notes.txt"), "second").expect("writable");
        assert_ne!(key(&found, Some(folder.path())), first);
    }

    #[test]
    #[cfg(unix)]
    fn compilers_of_the_build_environment_have_stand_ins() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = dunce::canonicalize(folder.path()).expect("it is there");
        let cache = cache(&root);
        for below in ["env/bin", "stand-ins"] {
            fs_err::create_dir_all(root.join(below)).expect("writable");
        }
        fs_err::write(root.join("compiler"), "").expect("writable");
        let stood_in = stand_in(&cache, &root.join("env/bin/gcc"));
        assert_eq!(stood_in, Some(root.join("stand-ins/gcc")));
        assert_eq!(stand_in(&cache, &root.join("env/bin/gcc")), stood_in);
        assert_eq!(stand_in(&cache, Path::new("gcc")), None);
        assert_eq!(stand_in(&cache, Path::new("/usr/bin/gcc")), None);
    }

    #[test]
    #[cfg(unix)]
    fn only_a_failure_of_the_cache_itself_counts_as_one() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().expect("a folder");
        let sccache = folder.path().join("sccache");
        let mut cache = cache(folder.path());
        cache.sccache.clone_from(&sccache);
        let call = other_call(&cache, Path::new("cl"), &[]).expect("a call");
        let code = |script: &str| {
            fs_err::write(&sccache, format!("#!/bin/sh\n{script}\n")).expect("writable");
            let mode = std::fs::Permissions::from_mode(0o755);
            fs_err::set_permissions(&sccache, mode).expect("own file");
            call.through_cache(&cache).expect("it can be run")
        };
        assert_eq!(code("exit 0"), Some(0));
        assert_eq!(code("echo 'a.c(1): error C2143: x' >&2; exit 2"), Some(2));
        assert_eq!(
            code("echo 'Compiler killed by signal 9'; exit 254"),
            Some(254)
        );
        let client = "sccache: error: failed to execute compile";
        assert_eq!(code(&format!("echo '{client}' >&2; exit 2")), None);
        let server = "sccache: encountered fatal error\nsccache: error: no space";
        assert_eq!(code(&format!("echo '{server}' >&2; exit 254")), None);
        // What is quoted is not what sccache says.
        assert_eq!(code(&format!("echo 'note: {client}' >&2; exit 1")), Some(1));
    }

    #[test]
    fn a_state_without_a_cache_is_named_by_its_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state.json");
        State::default().write(&path).expect("writable");
        let error = State::cache_in(&path).expect_err("there is no cache");
        let message = error
            .to_string()
            .replace(&path.display().to_string(), "state.json");
        insta::assert_snapshot!(message, @"state.json is not what this version of the backend writes: it has no compiler cache");
    }
}
