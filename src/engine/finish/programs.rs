//! Runs an installed program for its output or for the files that it writes. It runs in an empty
//! directory, with an empty home directory and without colors, so that the package does not depend
//! on the machine or the user.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use miette::Report;
use tokio::process::Command;

use super::mistakes::{NoProgram, ProgramFailed, Spot};
use crate::backend::extras::{OptionKeys, Run};
use crate::backend::{Env, Platforms};
use crate::diagnostic::{create_folder, list, nearest};
use crate::disk;

/// The prefix with the programs, and the environment in which they run.
pub(super) struct Programs<'a> {
    pub(super) prefix: &'a Path,
    pub(super) work: &'a Path,
    pub(super) platforms: Platforms,
    pub(super) env: &'a Env,
    pub(super) spot: Spot<'a>,
}

/// The result of running a program.
pub(super) struct Made {
    /// The command, as a user would type it.
    pub(super) command: String,
    pub(super) printed: Vec<u8>,
    /// The directory in which it ran. The next program replaces it.
    pub(super) folder: PathBuf,
}

/// The maximum time for a program that only has to print or write files.
const LIMIT: Duration = Duration::from_secs(120);

impl Programs<'_> {
    /// Whether programs of the package run on this machine.
    pub(super) fn run_here(&self) -> bool {
        self.platforms.host == self.platforms.build
    }

    /// Removes the files that the last program wrote.
    ///
    /// # Errors
    /// A directory that cannot be removed.
    pub(super) fn clean(&self) -> Result<(), Report> {
        Ok(disk::remove_folder(&self.work.join("programs"))?)
    }

    /// Directories with programs, relative to the prefix.
    const FOLDERS: [&'static str; 4] = ["bin", "Library/bin", "Scripts", ""];

    /// The endings of files that are programs.
    const ENDINGS: [&'static str; 3] = ["", ".exe", ".bat"];

    /// Returns the program `name` in the prefix.
    pub(super) fn find(&self, name: &str) -> Option<PathBuf> {
        let folders = Self::FOLDERS.iter().map(|folder| self.prefix.join(folder));
        let names = Self::ENDINGS.map(|ending| format!("{name}{ending}"));
        let mut paths = folders.flat_map(|folder| names.clone().map(|name| folder.join(name)));
        paths.find(|path| path.is_file())
    }

    /// Runs a program. `shell` replaces `{shell}` in its arguments and variables.
    ///
    /// # Errors
    /// [`NoProgram`], [`ProgramFailed`].
    pub(super) async fn run(
        &self,
        run: &Run,
        shell: &str,
        by: &OptionKeys,
    ) -> Result<Made, Report> {
        let Some(program) = self.find(&run.program) else {
            return Err(self.missing(run, by).into());
        };
        let folder = self.work.join("programs");
        disk::remove_folder(&folder)?;
        let (dir, home) = (folder.join("files"), folder.join("home"));
        create_folder(&dir)?;
        create_folder(&home)?;
        let filled = |text: &String| {
            let text = text.replace("{shell}", shell);
            text.replace("{dir}", &dir.display().to_string())
        };
        let args: Vec<String> = run.args.iter().map(filled).collect();
        let variables = run.env.iter();
        let variables: Vec<(&str, String)> = variables
            .map(|(name, value)| (name.as_str(), filled(value)))
            .collect();
        let mut words: Vec<String> = variables
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        words.push(run.program.clone());
        words.extend(run.args.iter().map(|text| text.replace("{shell}", shell)));
        let command = words.join(" ");
        let mut process = self.command(&program, &home);
        process.args(&args).envs(variables).current_dir(&dir);
        let failed = |ended: String, stderr: &[u8]| ProgramFailed {
            command: command.clone(),
            ended,
            printed: last_lines(stderr),
            help:
                "it runs in an empty directory, with an empty home directory and without a terminal"
                    .to_string(),
            file: self.spot.file(),
            at: self.spot.at(by),
        };
        let ended = tokio::time::timeout(LIMIT, process.output()).await;
        let ended = match ended {
            Ok(Ok(ended)) => ended,
            Ok(Err(error)) => return Err(failed(format!("cannot run: {error}"), b"").into()),
            Err(_) => {
                let ended = format!("did not end within {} seconds", LIMIT.as_secs());
                return Err(failed(ended, b"").into());
            }
        };
        if !ended.status.success() {
            let ended_with = match ended.status.code() {
                Some(code) => format!("ended with exit code {code}"),
                None => "was ended by a signal".to_string(),
            };
            return Err(failed(ended_with, &ended.stderr).into());
        }
        Ok(Made {
            command,
            printed: ended.stdout,
            folder,
        })
    }

    fn command(&self, program: &Path, home: &Path) -> Command {
        let mut command = Command::new(program);
        let separator = if cfg!(windows) { ";" } else { ":" };
        let folders = Self::FOLDERS.map(|folder| self.prefix.join(folder).display().to_string());
        let inherited = self.env.get("PATH").or_else(|| self.env.get("Path"));
        let path = folders.into_iter().chain(inherited.map(str::to_string));
        let path: Vec<String> = path.collect();
        command
            .env_clear()
            .env("PATH", path.join(separator))
            .env("NO_COLOR", "1")
            .env("CLICOLOR", "0")
            .env("TERM", "dumb")
            .env("LANG", "C.UTF-8")
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .stdin(Stdio::null())
            .kill_on_drop(true);
        for name in [
            "HOME",
            "USERPROFILE",
            "XDG_CONFIG_HOME",
            "XDG_DATA_HOME",
            "XDG_CACHE_HOME",
            "XDG_STATE_HOME",
            "APPDATA",
            "LOCALAPPDATA",
            "TMPDIR",
            "TMP",
            "TEMP",
        ] {
            command.env(name, home);
        }
        // Windows cannot start a program without this variable.
        for name in ["SYSTEMROOT", "SystemRoot"] {
            if let Some(value) = self.env.get(name) {
                command.env(name, value);
            }
        }
        command
    }

    fn missing(&self, run: &Run, by: &OptionKeys) -> NoProgram {
        let names = self.names();
        let names = || names.iter().map(String::as_str);
        NoProgram {
            option: by.join("."),
            program: run.program.clone(),
            help: match nearest(&run.program, names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if names().next().is_none() => "the package has no programs".to_string(),
                None => format!("the programs are {}", list(names())),
            },
            file: self.spot.file(),
            at: self.spot.at(by),
        }
    }

    /// Returns the names of the programs that [`Programs::find`] finds, without duplicates.
    pub(super) fn names(&self) -> BTreeSet<String> {
        names(self.prefix)
    }
}

impl Made {
    /// Returns the files that the program wrote, sorted.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = disk::files_below(self.folder.join("files")).collect();
        files.sort();
        files
    }
}

/// Returns the names of the programs in `prefix`. All files in `bin` are programs; the other
/// directories, which are those of Windows, also have other files.
fn names(prefix: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for folder in Programs::FOLDERS {
        let entries = std::fs::read_dir(prefix.join(folder));
        let files =
            (entries.into_iter().flatten().flatten()).filter(|entry| entry.path().is_file());
        for name in files.filter_map(|entry| entry.file_name().into_string().ok()) {
            let endings = Programs::ENDINGS.iter().filter(|ending| !ending.is_empty());
            match endings
                .copied()
                .find_map(|ending| name.strip_suffix(ending))
            {
                Some(bare) => names.insert(bare.to_string()),
                None => folder == "bin" && names.insert(name),
            };
        }
    }
    names
}

/// Returns the last lines of a program's output, after a colon.
fn last_lines(text: &[u8]) -> String {
    let text = console::strip_ansi_codes(&String::from_utf8_lossy(text)).into_owned();
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let last = &lines[lines.len().saturating_sub(5)..];
    if last.is_empty() {
        String::new()
    } else {
        format!(": {}", last.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_where_each_system_keeps_them() {
        let prefix = tempfile::tempdir().expect("a folder");
        for file in [
            "bin/on-unix",
            "Library/bin/tool.exe",
            "Library/bin/tool.dll",
            "Scripts/launched.exe",
            "Scripts/launched-script.py",
            "base.exe",
            "conda-meta/history",
        ] {
            let path = prefix.path().join(file);
            fs_err::create_dir_all(path.parent().expect("a folder")).expect("own folder");
            fs_err::write(path, "").expect("own folder");
        }
        let found: Vec<String> = names(prefix.path()).into_iter().collect();
        assert_eq!(found, ["base", "launched", "on-unix", "tool"]);
    }
}
