//! Drops artefacts that Cargo would wrongly call fresh.
//!
//! Clients decide by content, Cargo by time, and Cargo knows of a variable only
//! when a build script declares it. So a file that was put back from a copy, or a
//! changed variable that a script reads without saying so, would end in a build
//! that compiles nothing, and yesterday's package would be kept for good.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use miette::Report;
use rattler_digest::{Sha256, compute_bytes_digest};

use crate::backend::BuildPaths;
use crate::backends::cargo::Config;
use crate::backends::cargo::build_dir::changed_prefixes;
use crate::backends::cargo::context::cargo_config::Surroundings;
use crate::backends::cargo::context::crate_context::View;
use crate::backends::cargo::context::path_dependencies::Local;
use crate::backends::cargo::inputs::dep_info;
use crate::backends::cargo::script::install::TARGET_DIR;
use crate::diagnostic::Unwritable;
use crate::disk::{files_below, remove_folder, write};

/// Notes about the last build of a package, beside what Cargo compiled.
struct Notes {
    /// As old as the beginning of the build.
    began: PathBuf,
    /// The paths that were read, one a line.
    read: PathBuf,
}

impl Notes {
    fn of(view: &View<'_>, built: &BuildPaths) -> Self {
        Self::called(&view.package, state(view, built))
    }

    fn called(package: &str, folder: &Path) -> Self {
        Self {
            began: folder.join(format!("{package}.began")),
            read: folder.join(format!("{package}.read")),
        }
    }

    /// Those of every package that was built with the same artefacts.
    fn all(folder: &Path) -> Vec<Self> {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        names
            .filter_map(|name| Some(Self::called(name.strip_suffix(".read")?, folder)))
            .collect()
    }
}

/// Where notes about builds are kept.
pub(crate) fn state<'a>(view: &'a View<'_>, built: &'a BuildPaths) -> &'a Path {
    match &view.shared {
        Some(shared) => shared.folder(),
        None => &built.script_folder,
    }
}

/// Removes what earlier builds compiled if it cannot be trusted, and notes that a
/// build begins.
///
/// # Errors
/// Folders that cannot be removed or written.
pub(crate) fn drop_stale(view: &View<'_>, built: &BuildPaths) -> Result<(), Report> {
    let variables = view.variables.clone().unwrap_or_default();
    let stamp = built.script_folder.join(".variables");
    if std::fs::read_to_string(&stamp).ok() != Some(variables.clone()) {
        // Crates from elsewhere may read variables too.
        remove_folder(&built.script_folder.join(TARGET_DIR))?;
        write(&stamp, &variables)?;
    }
    let own = Notes::of(view, built);
    let matters = |notes: &Notes, path: &Path| {
        notes.read == own.read
            || path
                .ancestors()
                .any(|above| view.closure.contains_key(above))
    };
    let all = Notes::all(state(view, built));
    let mut hidden = all
        .iter()
        .filter_map(|notes| hidden_from_cargo(notes, |path| matters(notes, path)));
    if let Some(path) = hidden.next() {
        tracing::info!("{} was replaced by an older file", path.display());
        let names: Vec<&str> = view.closure.values().filter_map(Local::name).collect();
        forget(view, built, &names)?;
    }
    changed_prefixes::enter(view, built)?;
    Ok(write(&own.began, "")?)
}

/// Notes what a build has read.
pub(crate) fn remember(view: &View<'_>, built: &BuildPaths, read: &BTreeSet<PathBuf>) {
    let paths: Vec<&str> = read.iter().filter_map(|path| path.to_str()).collect();
    if let Err(error) = write(&Notes::of(view, built).read, &paths.join("\n")) {
        tracing::warn!("{error}");
    }
}

/// Makes Cargo compile these crates again, and no others.
pub(crate) fn forget(
    view: &View<'_>,
    built: &BuildPaths,
    names: &[&str],
) -> Result<(), Unwritable> {
    let units = dep_info::fingerprints(&view.artefacts(built));
    if units.is_empty() {
        // Nothing is there, or Cargo arranges it in a way that is not known here.
        let own = view.own_artefacts(built);
        return own.iter().try_for_each(|folder| remove_folder(folder));
    }
    for unit in units {
        if dep_info::crate_of(&unit).is_some_and(|name| names.contains(&name)) {
            remove_folder(&unit)?;
        }
    }
    Ok(())
}

/// A fingerprint of the variables that build scripts and macros see and that the
/// user sets: in the options, in Cargo's configuration.
/// `None` when there are none.
pub(crate) fn variables(config: &Config, surroundings: &Surroundings) -> Option<String> {
    // Cargo and its helpers know about their own.
    let known = |name: &str| name.starts_with("CARGO_") || name.starts_with("SCCACHE_");
    let own = config.env.iter().filter(|(name, _)| !known(name));
    let mut set: Vec<String> = own.map(|(name, value)| format!("{name}={value}")).collect();
    set.extend(Some(surroundings.env()).filter(|env| !env.is_empty()));
    let hash = || hex::encode(compute_bytes_digest::<Sha256>(format!("{set:?}")));
    (!set.is_empty()).then(|| hash()[..16].to_string())
}

/// A file that a build read, that matters and that changed since, although the time
/// of its content is earlier than that of the build.
fn hidden_from_cargo(notes: &Notes, matters: impl Fn(&Path) -> bool) -> Option<PathBuf> {
    let build = std::fs::metadata(&notes.began).ok()?.modified().ok()?;
    let read = std::fs::read_to_string(&notes.read).ok()?;
    let mut files = read.lines().map(PathBuf::from).flat_map(files_below);
    files.find(|path| {
        if !matters(path) {
            return false;
        }
        let Ok(about) = std::fs::metadata(path) else {
            return false;
        };
        changed(&about).is_some_and(|changed| changed >= build)
            && about.modified().is_ok_and(|modified| modified < build)
    })
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
