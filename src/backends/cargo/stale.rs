//! Drops artefacts that Cargo would wrongly call fresh.
//!
//! Clients decide by content, Cargo by time, and Cargo knows of a variable only
//! when a build script declares it. So a file that was put back from a copy, or a
//! changed variable that a script reads without saying so, would end in a build
//! that compiles nothing, and yesterday's package would be kept for good.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use miette::Report;
use rattler_digest::{Sha256, compute_bytes_digest};

use super::closure::Local;
use super::dep_info;
use super::inputs::View;
use super::script::TARGET_DIR;
use crate::backend::Built;
use crate::diagnostic::{Unwritable, create_folder};

/// Says when the last build began, and with which variables.
const STAMP: &str = ".last-build";

/// Removes what earlier builds compiled if it cannot be trusted, and notes that a
/// build begins.
///
/// # Errors
/// Folders that cannot be removed or written.
pub(super) fn drop_stale(view: &View<'_>, built: &Built) -> Result<(), Report> {
    let target_dir = built.script_folder.join(TARGET_DIR);
    let stamp = built.script_folder.join(STAMP);
    let variables = variables(view);
    match std::fs::read_to_string(&stamp) {
        Ok(before) if before == variables => {
            if let Some(path) = hidden_from_cargo(view, &target_dir, &stamp) {
                tracing::info!("{} was replaced by an older file", path.display());
                forget_local_crates(view, &target_dir)?;
            }
        }
        // Crates from elsewhere may read variables too.
        _ => remove_folder(&target_dir)?,
    }
    create_folder(&built.script_folder)?;
    std::fs::write(&stamp, variables).map_err(|source| Unwritable {
        path: stamp,
        source,
    })?;
    Ok(())
}

/// Makes Cargo compile the crates on this disk again, and no others.
fn forget_local_crates(view: &View<'_>, target_dir: &Path) -> Result<(), Unwritable> {
    let names: Vec<&str> = view.closure.values().filter_map(Local::name).collect();
    let units = dep_info::fingerprints(target_dir);
    let mut local = units.iter().filter(|unit| {
        let unit = unit.file_name().and_then(|name| name.to_str());
        let name = unit.and_then(|unit| Some(unit.rsplit_once('-')?.0));
        name.is_some_and(|name| names.contains(&name))
    });
    let Some(first) = local.next() else {
        // Cargo keeps them elsewhere, so everything has to go.
        return remove_folder(target_dir);
    };
    std::iter::once(first)
        .chain(local)
        .try_for_each(|unit| remove_folder(unit))
}

fn remove_folder(folder: &Path) -> Result<(), Unwritable> {
    match std::fs::remove_dir_all(folder) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(Unwritable {
            path: folder.to_path_buf(),
            source,
        }),
        _ => Ok(()),
    }
}

/// A fingerprint of the variables that build scripts and macros see and that the
/// user sets: in the options, on Cargo's command line, in Cargo's configuration.
fn variables(view: &View<'_>) -> String {
    let config = view.request.config;
    let settings = settings(&config.extra_args);
    let text = format!(
        "{:?}\n{settings:?}\n{}",
        config.env,
        view.surroundings.env()
    );
    hex::encode(compute_bytes_digest::<Sha256>(text))
}

/// The values of `--config`, and the content of the files it names.
fn settings(args: &[String]) -> Vec<String> {
    let mut settings = Vec::new();
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        let value = match arg.strip_prefix("--config") {
            Some("") => rest.next().map(String::as_str),
            Some(joined) => joined.strip_prefix('='),
            None => None,
        };
        let Some(value) = value else { continue };
        settings.push(value.to_string());
        settings.extend(std::fs::read_to_string(value).ok());
    }
    settings
}

/// A file that the last build read and that changed since, although the time of
/// its content is earlier than that of the build.
fn hidden_from_cargo(view: &View<'_>, target_dir: &Path, stamp: &Path) -> Option<PathBuf> {
    let build = std::fs::metadata(stamp).ok()?.modified().ok()?;
    let mut open: Vec<PathBuf> = dep_info::everything(target_dir)
        .iter()
        .map(|path| dep_info::absolute(path, view.surroundings.folders()))
        .filter(|path| !path.starts_with(target_dir))
        .collect();
    while let Some(path) = open.pop() {
        let Ok(about) = std::fs::metadata(&path) else {
            continue;
        };
        if about.is_dir() {
            let entries = std::fs::read_dir(&path).into_iter().flatten().flatten();
            open.extend(entries.map(|entry| entry.path()));
        } else if changed(&about).is_some_and(|changed| changed >= build)
            && about.modified().is_ok_and(|modified| modified < build)
        {
            return Some(path);
        }
    }
    None
}

/// When anything about a file changed, its name and times included.
#[cfg(unix)]
fn changed(about: &std::fs::Metadata) -> Option<SystemTime> {
    use std::os::unix::fs::MetadataExt;
    use std::time::Duration;

    let seconds = Duration::from_secs(about.ctime().try_into().ok()?);
    let rest = Duration::from_nanos(about.ctime_nsec().try_into().ok()?);
    Some(SystemTime::UNIX_EPOCH + seconds + rest)
}

/// When a file came to be: the nearest thing there is.
#[cfg(not(unix))]
fn changed(about: &std::fs::Metadata) -> Option<SystemTime> {
    about.created().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_found_in_both_spellings() {
        let args = ["--config", "a=1", "--features", "x", "--config=b=2"];
        assert_eq!(settings(&args.map(String::from)), ["a=1", "b=2"]);
    }
}
