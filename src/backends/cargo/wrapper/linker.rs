//! Gives the linker a path that is the same in every work directory.
//!
//! The activation of conda puts the paths of the prefixes into the rustflags and into the path
//! of the linker. Cargo includes both in the hash of every unit. This module moves them into
//! the state of the build, from which a wrapper reads them.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::backends::cargo::wrapper::errors::WrapperError;
use crate::backends::cargo::wrapper::process;
use crate::backends::cargo::wrapper::settings::Linking;
use crate::backends::cargo::wrapper::state::{Linker, State};
use crate::backends::cargo::wrapper::variables::Variables;

/// The prefix of the names of wrappers. The target follows.
pub(super) const PREFIX: &str = "linker-";

/// Runs the linker of `target` with the arguments that contain the prefixes of this build.
///
/// # Errors
/// There is no state or no linker for `target`, or the linker cannot be started.
pub(super) fn link(target: &str, arguments: &[OsString]) -> Result<u8, WrapperError> {
    let mut state = State::of_build()?;
    let linker = state.linkers.remove(target);
    let linker = linker.ok_or_else(|| WrapperError::NoLinker(target.to_string()))?;
    let mut command = Command::new(&linker.program);
    let left_out = linker.left_out.as_deref().map(OsStr::new);
    let passed_on = arguments
        .iter()
        .filter(|it| Some(it.as_os_str()) != left_out);
    command.args(passed_on).args(&linker.arguments);
    process::replace(command)
}

/// Replaces every linker that activation has set with a wrapper in `folder`. Without
/// activation, the name of the linker is the same everywhere and does not need a wrapper.
pub(super) fn wrap(variables: &mut Variables, folder: &Path) -> BTreeMap<String, Linker> {
    let mut linkers = BTreeMap::new();
    for name in variables.names(|name| target_in(name, "_LINKER").is_some()) {
        let Some(target) = target_in(&name, "_LINKER") else {
            continue;
        };
        let Some(program) = variables.path(&name).map(Path::to_path_buf) else {
            continue;
        };
        let linker = Linker {
            program,
            arguments: Vec::new(),
            left_out: None,
        };
        linkers.insert(target.to_string(), linker);
        variables.set(&name, wrapper(folder, target).display().to_string());
    }
    linkers
}

/// The path of the wrapper for a target.
pub(super) fn wrapper(folder: &Path, target: &str) -> PathBuf {
    folder.join(format!("{PREFIX}{target}{}", std::env::consts::EXE_SUFFIX))
}

/// Moves link arguments that contain one of `prefixes` from the rustflags to the linker of
/// their target. Run paths into a prefix are replaced with `run_path`, because a reused program
/// must not contain the prefix of another build.
pub(super) fn stabilize_flags(
    variables: &mut Variables,
    linkers: &mut BTreeMap<String, Linker>,
    prefixes: &[&str],
    run_path: Option<&str>,
) {
    let default = variables.get("CARGO_BUILD_TARGET").map(in_variables);
    for name in variables.names(holds_flags) {
        let target = target_in(&name, "_RUSTFLAGS").map(str::to_string);
        let Some(target) = target.or_else(|| default.clone()) else {
            continue;
        };
        let Some((linker, flags)) = linkers.get_mut(&target).zip(variables.get(&name)) else {
            continue;
        };
        let (kept, moved) = move_link_arguments(flags, prefixes);
        linker.arguments.extend(moved);
        variables.set(&name, kept);
    }
    // The linker adds the run path, because Cargo may ignore the rustflags of the environment
    // in favor of those of the project.
    let linker = default.and_then(|target| linkers.get_mut(&target));
    if let Some((linker, run_path)) = linker.zip(run_path) {
        linker.arguments.push(format!("-Wl,-rpath,{run_path}"));
    }
}

/// Replaces the run path of programs in files of the default target. The linker does this, so
/// that flags of rustc are the same for programs and for other files: a different flag would
/// compile every crate again.
///
/// Returns `false` if the linker has no wrapper. The flags of rustc then contain the arguments,
/// and artifacts cannot be shared, because the arguments contain a prefix.
pub(super) fn replace_run_path(
    variables: &mut Variables,
    linkers: &mut BTreeMap<String, Linker>,
    run_path: Option<&str>,
    linking: &Linking,
) -> bool {
    let of_programs = run_path.map(|path| format!("-Wl,-rpath,{path}"));
    let default = variables.get("CARGO_BUILD_TARGET").map(in_variables);
    if let Some(linker) = default.and_then(|target| linkers.get_mut(&target)) {
        linker.left_out = of_programs;
        linker.arguments.extend(linking.arguments.iter().cloned());
        return true;
    }
    let unwanted = of_programs.map(|argument| format!("-Clink-arg={argument}"));
    for name in variables.names(holds_flags) {
        let flags = variables.get(&name).unwrap_or_default();
        let words = flags.split_whitespace();
        let kept: Vec<&str> = words
            .filter(|it| Some(*it) != unwanted.as_deref())
            .collect();
        let kept = kept.join(" ");
        variables.set(&name, kept);
    }
    let own = variables.get(&linking.variable).map(str::to_string);
    let more = linking
        .arguments
        .iter()
        .map(|it| format!("-Clink-arg={it}"));
    let flags: Vec<String> = own.into_iter().chain(more).collect();
    variables.set(&linking.variable, flags.join(" "));
    false
}

/// Whether a variable contains flags of rustc, separated by spaces.
fn holds_flags(name: &str) -> bool {
    ["RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS"].contains(&name)
        || target_in(name, "_RUSTFLAGS").is_some()
}

/// The target in the name of a variable such as `CARGO_TARGET_<target>_LINKER`.
fn target_in<'a>(name: &'a str, ending: &str) -> Option<&'a str> {
    name.strip_prefix("CARGO_TARGET_")?.strip_suffix(ending)
}

/// A target in the spelling that the names of variables use.
fn in_variables(target: &str) -> String {
    target.to_uppercase().replace(['-', '.'], "_")
}

/// The flags that are kept, and the link arguments that contain a prefix. Run paths into a
/// prefix are dropped.
fn move_link_arguments(flags: &str, prefixes: &[&str]) -> (String, Vec<String>) {
    let mut kept = Vec::new();
    let mut moved = Vec::new();
    let mut words = flags.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let (option, value) = match word {
            "-C" => ("-C", words.next()),
            _ => ("", Some(word)),
        };
        let joined = format!("{option}{}", value.unwrap_or_default());
        let argument = joined.strip_prefix("-Clink-arg=");
        match argument.filter(|it| prefixes.iter().any(|prefix| it.contains(prefix))) {
            Some(argument) if argument.starts_with("-Wl,-rpath,") => {}
            Some(argument) => moved.push(argument.to_string()),
            None => {
                kept.extend(Some(option).filter(|it| !it.is_empty()));
                kept.extend(value);
            }
        }
    }
    (kept.join(" "), moved)
}

#[cfg(test)]
mod tests {
    use super::super::variables::tests::{changes, variables};
    use super::*;

    const PREFIXES: [&str; 2] = ["/jobs/host_env", "/jobs/build_env"];

    #[test]
    fn link_arguments_that_name_a_prefix_move_and_others_stay() {
        let moved = |flags| move_link_arguments(flags, &PREFIXES);
        assert_eq!(
            moved("-C link-arg=-L/jobs/host_env/lib -Clink-arg=-Wl,-O2 -g"),
            (
                "-Clink-arg=-Wl,-O2 -g".to_string(),
                vec!["-L/jobs/host_env/lib".to_string()]
            )
        );
        assert_eq!(
            moved("-C opt-level=3  -C link-arg=-Wl,-rpath,/jobs/host_env/lib"),
            ("-C opt-level=3".to_string(), Vec::new())
        );
        assert_eq!(
            moved("-Clink-arg=-Wl,-rpath-link,/jobs/build_env/lib -C"),
            (
                "-C".to_string(),
                vec!["-Wl,-rpath-link,/jobs/build_env/lib".to_string()]
            )
        );
        // A path in another option affects the compilation, so it is kept.
        let native = "-L native=/jobs/host_env/lib";
        assert_eq!(moved(native), (native.to_string(), Vec::new()));
    }

    #[test]
    fn activation_is_replaced_by_paths_that_are_the_same_everywhere() {
        let mut variables = variables(&[
            ("CARGO_BUILD_TARGET", "x86_64-unknown-linux-gnu"),
            (
                "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER",
                "/jobs/build_env/bin/cc",
            ),
            (
                "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS",
                "-C link-arg=-Wl,-rpath-link,/jobs/host_env/lib -C link-arg=-Wl,-rpath,/jobs/host_env/lib",
            ),
            (
                "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
                "-C link-arg=-L/jobs/host_env",
            ),
            ("RUSTFLAGS", "-g -Clink-arg=-L/jobs/host_env/lib"),
        ]);
        let mut linkers = wrap(&mut variables, Path::new("/scratch/plain"));
        stabilize_flags(
            &mut variables,
            &mut linkers,
            &PREFIXES,
            Some("$ORIGIN/../lib"),
        );
        let suffix = std::env::consts::EXE_SUFFIX;
        insta::assert_snapshot!(changes(&variables).replace(suffix, ""), @r"
        CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER=/scratch/plain/linker-X86_64_UNKNOWN_LINUX_GNU
        CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS=
        RUSTFLAGS=-g
        ");
        let (target, linker) = linkers.first_key_value().expect("one");
        assert_eq!(target, "X86_64_UNKNOWN_LINUX_GNU");
        assert_eq!(linker.program, Path::new("/jobs/build_env/bin/cc"));
        insta::assert_snapshot!(linker.arguments.join("\n"), @r"
        -Wl,-rpath-link,/jobs/host_env/lib
        -L/jobs/host_env/lib
        -Wl,-rpath,$ORIGIN/../lib
        ");
        assert_eq!(linkers.len(), 1);
    }

    #[test]
    fn a_linker_that_nobody_has_chosen_stays() {
        let mut variables = variables(&[
            ("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER", ""),
            ("RUSTFLAGS", "-Clink-arg=-L/jobs/host_env/lib"),
        ]);
        let mut linkers = wrap(&mut variables, Path::new("/scratch"));
        stabilize_flags(&mut variables, &mut linkers, &PREFIXES, Some("$ORIGIN"));
        assert!(linkers.is_empty());
        assert_eq!(changes(&variables), "");
    }

    #[test]
    fn the_linker_replaces_the_run_path_of_programs_or_else_the_flags_do() {
        const RUN_PATH: &str = "$ORIGIN/../lib";
        let linking = Linking {
            arguments: vec!["-Wl,-rpath,/jobs/host_env/lib".to_string()],
            variable: "CARGO_BUILD_RUSTFLAGS".to_string(),
        };
        let flags = "-Clink-arg=-Wl,-rpath,$ORIGIN/../lib -g";
        let given = [
            ("CARGO_BUILD_TARGET", "x86_64-unknown-linux-gnu"),
            ("CARGO_BUILD_RUSTFLAGS", flags),
            ("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER", "/b/cc"),
        ];
        let replaced = |given: &[(&str, &str)]| {
            let mut variables = variables(given);
            let mut linkers = wrap(&mut variables, Path::new("/shared"));
            let is_stable =
                replace_run_path(&mut variables, &mut linkers, Some(RUN_PATH), &linking);
            let flags = variables.get("CARGO_BUILD_RUSTFLAGS").map(str::to_string);
            (is_stable, flags.unwrap_or_default(), linkers)
        };
        let (is_stable, same, linkers) = replaced(&given);
        assert!(is_stable);
        assert_eq!(same, flags);
        let linker = &linkers["X86_64_UNKNOWN_LINUX_GNU"];
        assert_eq!(linker.arguments, linking.arguments);
        let left_out = linker.left_out.as_deref();
        assert_eq!(left_out, Some("-Wl,-rpath,$ORIGIN/../lib"));
        let (is_stable, flags, _) = replaced(&given[..2]);
        assert!(!is_stable);
        assert_eq!(flags, "-g -Clink-arg=-Wl,-rpath,/jobs/host_env/lib");
    }
}
