//! `man-pages`: installs each page into the directory of its section.

use std::path::Path;

use miette::Report;

use super::completions::not_run;
use super::matches::Source;
use super::mistakes::{NoOutput, NoSection};
use super::prefix::PackagePrefix;
use super::programs::{Made, Programs};
use crate::backend::extras::{ManPage, PageSource, section};

/// Installs the pages.
///
/// # Errors
/// Programs that fail or print nothing, files that do not exist or have no section.
pub(super) async fn install(
    all: &[ManPage],
    source: &Source<'_>,
    programs: &Programs<'_>,
    prefix: &mut PackagePrefix<'_>,
) -> Result<(), Report> {
    for page in all {
        let ManPage { at, from } = page;
        match from {
            PageSource::File { path, name } => {
                for it in source.files(path, at)? {
                    let own = it.file.file_name().unwrap_or_default().to_string_lossy();
                    let name = name.as_deref().unwrap_or(&own);
                    copy(page, &it.file, name, programs, prefix)?;
                }
            }
            PageSource::Printed { run, .. } | PageSource::Written(run) if !programs.run_here() => {
                not_run(&run.program, "manual pages", programs);
            }
            PageSource::Printed { run, name } => {
                let made = programs.run(run, "", at).await?;
                if made.printed.trim_ascii().is_empty() {
                    return Err(nothing(made, "printed nothing", page, programs));
                }
                let to = place(page, name, programs)?;
                prefix.write(&to, &made.printed, at)?;
            }
            PageSource::Written(run) => {
                let made = programs.run(run, "", at).await?;
                let files = made.files();
                if files.is_empty() {
                    return Err(nothing(made, "left no file", page, programs));
                }
                for file in files {
                    let name = file.file_name().unwrap_or_default().to_string_lossy();
                    copy(page, &file, &name, programs, prefix)?;
                }
            }
        }
    }
    Ok(())
}

fn copy(
    page: &ManPage,
    file: &Path,
    name: &str,
    programs: &Programs<'_>,
    prefix: &mut PackagePrefix<'_>,
) -> Result<(), Report> {
    let to = place(page, name, programs)?;
    prefix.copy(file, &to, Some(0o644), &page.at)
}

fn nothing(made: Made, what: &str, page: &ManPage, programs: &Programs<'_>) -> Report {
    NoOutput {
        command: made.command,
        what: what.to_string(),
        file: programs.spot.file(),
        at: programs.spot.at(&page.at),
    }
    .into()
}

/// Returns the path of a page with this name, relative to the prefix.
fn place(page: &ManPage, name: &str, programs: &Programs<'_>) -> Result<String, Report> {
    match section(name) {
        Some(section) => Ok(format!("share/man/man{section}/{name}")),
        None => Err(NoSection {
            name: name.to_string(),
            file: programs.spot.file(),
            at: programs.spot.at(&page.at),
        }
        .into()),
    }
}
