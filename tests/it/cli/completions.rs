//! Completions, requested from the shells themselves.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use pixi_build_backends::backends;

use super::docs::{commands, options_of};
use super::text;
use test_support::toolchain::{Missing, or_skip};

/// A shell that supports completions.
struct Shell {
    name: &'static str,
    /// Returns the offers for a command line after the shell has read a script.
    offers: fn(&Path, &[&str]) -> String,
}

const SHELLS: [Shell; 3] = [
    Shell {
        name: "bash",
        offers: by_bash,
    },
    Shell {
        name: "zsh",
        offers: by_zsh,
    },
    Shell {
        name: "fish",
        offers: by_fish,
    },
];

fn here(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cli/shells");
    folder.join(name)
}

fn output(command: &mut Command) -> String {
    let run = command.output().expect("the shell starts");
    assert!(run.status.success(), "{}", text(&run.stderr));
    text(&run.stdout)
}

fn by_bash(script: &Path, words: &[&str]) -> String {
    let mut bash = Command::new("bash");
    bash.arg("--norc").arg(here("bash.sh"));
    output(bash.arg(script).args(words))
}

fn by_fish(script: &Path, words: &[&str]) -> String {
    let mut fish = Command::new("fish");
    fish.args(["--no-config", "-c"]);
    fish.arg("source $argv[1]; complete -C $argv[2]");
    let lines = output(fish.arg(script).arg(words.join(" ")));
    // A tab separates an offer from its description.
    let offers = lines.lines().filter_map(|line| line.split('\t').next());
    offers.collect::<Vec<_>>().join("\n")
}

fn by_zsh(script: &Path, words: &[&str]) -> String {
    let offered = script.with_extension("offered");
    let mut zsh = Command::new("zsh");
    zsh.arg("-f").arg(here("zsh.zsh")).arg(here("typed.zsh"));
    zsh.arg(words.join(" "));
    output(zsh.env("SCRIPT", script).env("OFFERED", &offered));
    let lines = fs_err::read_to_string(&offered).unwrap_or_default();
    fs_err::remove_file(&offered).unwrap_or_default();
    lines
}

fn run(executable: &str, arguments: &[&str]) -> String {
    let program = assert_cmd::cargo::cargo_bin(executable);
    output(Command::new(program).args(arguments))
}

/// The long options in the help of a command.
fn options(executable: &str, command: &str) -> BTreeSet<String> {
    let options = options_of(&run(executable, &[command, "--help"]));
    options.iter().map(|name| format!("--{name}")).collect()
}

/// The shells that this machine has.
fn shells() -> impl Iterator<Item = &'static Shell> {
    SHELLS.iter().filter(|shell| {
        let version = Command::new(shell.name).arg("--version").output();
        or_skip(version.map_err(|_| Missing(shell.name))).is_some()
    })
}

/// Writes the scripts of all executables for one shell.
fn scripts(shell: &Shell) -> Vec<(&'static str, PathBuf, tempfile::TempDir)> {
    let scripts = backends::ALL.iter().map(|backend| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("script");
        fs_err::write(&path, run(backend.name(), &["completions", shell.name]))
            .expect("own folder");
        (backend.name(), path, folder)
    });
    scripts.collect()
}

#[test]
fn every_option_of_every_command_is_offered_by_every_shell() {
    for shell in shells() {
        for (executable, script, _folder) in scripts(shell) {
            // All executables have the same options, and starting shells takes time.
            let commands = match executable {
                "pixi-build-rust" => commands(),
                _ => vec!["build".to_string()],
            };
            for command in commands {
                let offered = (shell.offers)(&script, &[executable, &command, "--"]);
                let offered: BTreeSet<String> = offered.lines().map(str::to_owned).collect();
                let missing: Vec<String> = options(executable, &command)
                    .difference(&offered)
                    .cloned()
                    .collect();
                assert_eq!(
                    missing, [""; 0],
                    "{} does not offer these of `{executable} {command}`",
                    shell.name
                );
            }
        }
    }
}

#[test]
fn commands_and_beginnings_of_options_are_completed() {
    for shell in shells() {
        for (executable, script, _folder) in scripts(shell) {
            let offered = (shell.offers)(&script, &[executable, "ex"]);
            assert!(
                offered.lines().any(|line| line == "explain"),
                "{}: {offered}",
                shell.name
            );
            let offered = (shell.offers)(&script, &[executable, "build", "--sy"]);
            assert_eq!(offered.trim(), "--system-toolchain", "{}", shell.name);
        }
    }
}
