//! `completions`: installs completions where pixi and the shells look for them.

use std::path::Path;

use miette::Report;

use super::matches::Source;
use super::mistakes::{NoOutput, UnknownShell};
use super::prefix::PackagePrefix;
use super::programs::Programs;
use crate::backend::extras::{Completion, CompletionSource, Run, Shell};

/// Installs the completions of each command.
///
/// # Errors
/// Programs that fail or print nothing, files that do not exist or whose shell is unknown.
pub(super) async fn install(
    all: &[Completion],
    source: &Source<'_>,
    programs: &Programs<'_>,
    prefix: &mut PackagePrefix<'_>,
) -> Result<(), Report> {
    for completion in all {
        let Completion { at, command, from } = completion;
        match from {
            CompletionSource::Files(paths) => {
                for path in paths {
                    for it in source.files(path, at)? {
                        by_name(completion, &it.file, source, prefix)?;
                    }
                }
            }
            CompletionSource::Named(paths) => {
                for (shell, path) in paths {
                    for it in source.files(path, at)? {
                        prefix.copy(&it.file, &shell.place(command), Some(0o644), at)?;
                    }
                }
            }
            CompletionSource::Printed(run, _) | CompletionSource::Written(run, _)
                if !programs.run_here() =>
            {
                not_run(&run.program, "completions", programs);
            }
            CompletionSource::Printed(run, shells) => {
                for shell in shells {
                    printed(completion, (run, *shell), programs, prefix).await?;
                }
            }
            CompletionSource::Written(run, shells) => {
                let made = Written {
                    completion,
                    run,
                    shells,
                };
                made.install(source, programs, prefix).await?;
            }
        }
    }
    Ok(())
}

/// Warns that `what` is missing from the package, because a program for another platform cannot
/// run.
pub(super) fn not_run(program: &str, what: &str, programs: &Programs<'_>) {
    let host = programs.platforms.host;
    tracing::warn!(
        "the package has no {what} of `{program}`: the program prints them, and it is built for \
         {host} and cannot run on this machine"
    );
}

async fn printed(
    completion: &Completion,
    (run, shell): (&Run, Shell),
    programs: &Programs<'_>,
    prefix: &mut PackagePrefix<'_>,
) -> Result<(), Report> {
    let at = &completion.at;
    let made = programs.run(run, shell.name(), at).await?;
    if made.printed.trim_ascii().is_empty() {
        return Err(NoOutput {
            command: made.command,
            what: "printed nothing".to_string(),
            file: programs.spot.file(),
            at: programs.spot.at(at),
        }
        .into());
    }
    prefix.write(&shell.place(&completion.command), &made.printed, at)?;
    Ok(())
}

/// Completions that a program writes to files.
struct Written<'a> {
    completion: &'a Completion,
    run: &'a Run,
    shells: &'a [Shell],
}

impl Written<'_> {
    async fn install(
        &self,
        source: &Source<'_>,
        programs: &Programs<'_>,
        prefix: &mut PackagePrefix<'_>,
    ) -> Result<(), Report> {
        let says_shell = |text: &String| text.contains("{shell}");
        let Run { args, env, .. } = self.run;
        let depends = args.iter().any(says_shell) || env.iter().any(|(_, it)| says_shell(it));
        let times = if depends { self.shells.len() } else { 1 };
        for shell in &self.shells[..times.min(self.shells.len())] {
            let made = programs
                .run(self.run, shell.name(), &self.completion.at)
                .await?;
            let files = made.files();
            if files.is_empty() {
                return Err(NoOutput {
                    command: made.command,
                    what: "left no file".to_string(),
                    file: programs.spot.file(),
                    at: programs.spot.at(&self.completion.at),
                }
                .into());
            }
            for file in files {
                by_name(self.completion, &file, source, prefix)?;
            }
        }
        Ok(())
    }
}

/// Installs a file for the shell that the name of the file indicates.
fn by_name(
    completion: &Completion,
    file: &Path,
    source: &Source<'_>,
    prefix: &mut PackagePrefix<'_>,
) -> Result<(), Report> {
    let Completion { at, command, .. } = completion;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let is_empty = std::fs::metadata(file).is_ok_and(|about| about.len() == 0);
    if is_empty {
        return Err(NoOutput {
            command: command.clone(),
            what: format!("has an empty file `{name}` for its completions"),
            file: source.spot.file(),
            at: source.spot.at(at),
        }
        .into());
    }
    let Some(shell) = Shell::of_file(&name) else {
        return Err(UnknownShell {
            name: name.into_owned(),
            file: source.spot.file(),
            at: source.spot.at(at),
        }
        .into());
    };
    prefix.copy(file, &shell.place(command), Some(0o644), at)
}
