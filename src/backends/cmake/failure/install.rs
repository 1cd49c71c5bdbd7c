//! Problems with the installation: nothing was installed, files were installed elsewhere,
//! or the command failed.

use std::path::{Path, PathBuf};

use miette::{Diagnostic, Report, SourceSpan};
use thiserror::Error;

use super::blocks;
use crate::backend::InstalledPackage;
use crate::backend::failure::{Diagnosis, QUOTED};
use crate::backend::log::Log;
use crate::backends::cmake::file_api::{self, Reply};
use crate::backends::cmake::view::View;
use crate::diagnostic::{SourceFile, Warning, nearest};

/// The reason why nothing was installed although every command succeeded.
pub(in super::super) fn nothing_installed(view: &View<'_>) -> Diagnosis {
    if let Some(path) = elsewhere(view, &[]) {
        let place = place_of(view, &path);
        return Diagnosis {
            code: "cmake::installed_outside",
            message: InstalledOutside::message(&path),
            help: Some(InstalledOutside::HELP.to_string()),
            place: place.and_then(|(file, line)| blocks::place(&file, line, "installed here")),
            ..Default::default()
        };
    }
    let reply = file_api::read(&view.tree.binary()).unwrap_or_default();
    let has_installers =
        (reply.directories.iter()).any(|directory| !directory.installers.is_empty());
    if has_installers {
        let components = &view.request.config.components;
        let message = if components.is_empty() {
            "the install rules of the project install nothing".to_string()
        } else {
            format!(
                "nothing belongs to the components `{}`",
                components.join("`, `")
            )
        };
        return Diagnosis {
            code: "cmake::nothing_installed",
            message,
            help: Some(components_of(&reply)),
            ..Default::default()
        };
    }
    let example = example_rule(&reply);
    Diagnosis {
        code: "cmake::no_install_rules",
        message: "the project has no install rules".to_string(),
        help: Some(format!(
            "add to CMakeLists.txt:\n  include(GNUInstallDirs)\n  {example}"
        )),
        ..Default::default()
    }
}

/// An install rule for the first targets of the project.
fn example_rule(reply: &Reply) -> String {
    let kinds = [
        "EXECUTABLE",
        "SHARED_LIBRARY",
        "STATIC_LIBRARY",
        "MODULE_LIBRARY",
    ];
    let targets = reply.targets.iter();
    let targets = targets.filter(|target| kinds.contains(&target.kind.as_str()));
    let names: Vec<&str> = targets.map(|target| target.name.as_str()).collect();
    // Tests and examples are seldom installed, and a project can have hundreds of them.
    let is_usual = |name: &&&str| {
        !["test", "example", "bench"]
            .iter()
            .any(|word| name.contains(word))
    };
    let mut targets: Vec<&str> = names
        .iter()
        .filter(is_usual)
        .take(QUOTED)
        .copied()
        .collect();
    if targets.is_empty() {
        targets = names.into_iter().take(QUOTED).collect();
    }
    if targets.is_empty() {
        "install(DIRECTORY include/ DESTINATION include)".to_string()
    } else {
        format!("install(TARGETS {})", targets.join(" "))
    }
}

fn components_of(reply: &Reply) -> String {
    let installers = reply
        .directories
        .iter()
        .flat_map(|directory| &directory.installers);
    let mut names: Vec<&str> = installers
        .map(|installer| installer.component.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    format!("the components of the project are `{}`", names.join("`, `"))
}

/// `cmake --install` failed.
pub(super) fn failed(view: &View<'_>, log: &Log) -> Option<Diagnosis> {
    let error = blocks::errors(log).into_iter().find(|message| {
        let mut frames = message.frames.iter();
        frames.any(|frame| frame.file.ends_with("cmake_install.cmake"))
    })?;
    let text = error.text();
    let is_outside = text.contains("Permission denied") || text.contains("Read-only file system");
    let path = text.split('"').nth(1).map(PathBuf::from);
    let source = blocks::source(view);
    let is_own = path
        .as_deref()
        .is_some_and(|path| path.starts_with(source) && !path.starts_with(view.tree.folder()));
    let place = path.as_deref().and_then(|path| {
        let copied = is_own.then(|| place_of_copied(view, path)).flatten();
        copied.or_else(|| place_of(view, path))
    });
    let help = if is_outside {
        "every file must be installed below the prefix: make `DESTINATION` relative"
    } else if is_own {
        "the project does not contain the file: restore it, or remove it from the install rules"
    } else {
        "check that the default targets, or those in `targets`, build every file that is installed"
    };
    Some(Diagnosis {
        code: "cmake::install",
        message: text,
        help: Some(help.to_string()),
        place: place.and_then(|(file, line)| blocks::place(&file, line, "installed here")),
        ..Default::default()
    })
}

/// The place in the project that installs to an absolute path near `path`.
fn place_of(view: &View<'_>, path: &Path) -> Option<(PathBuf, usize)> {
    let reply = file_api::read(&view.tree.binary())?;
    let source = reply.files.source();
    reply.directories.iter().find_map(|directory| {
        let installer = directory.installers.iter().find(|installer| {
            let destination = installer.destination.as_deref();
            destination.is_some_and(|folder| folder.is_absolute() && path.starts_with(folder))
        })?;
        let (file, line) = directory.place(installer)?;
        Some((source.join(file), line))
    })
}

/// The place in the project that installs the file `path` of the project.
fn place_of_copied(view: &View<'_>, path: &Path) -> Option<(PathBuf, usize)> {
    let reply = file_api::read(&view.tree.binary())?;
    let source = reply.files.source();
    reply.directories.iter().find_map(|directory| {
        let installer = directory.installers.iter().find(|installer| {
            let mut paths = installer.paths.iter();
            paths.any(|copied| source.join(copied.from()) == path)
        })?;
        let (file, line) = directory.place(installer)?;
        Some((source.join(file), line))
    })
}

/// Checks that all files were installed below the prefix.
///
/// # Errors
/// [`InstalledOutside`].
pub(in super::super) fn outside(
    view: &View<'_>,
    package: &InstalledPackage<'_>,
) -> Result<(), Report> {
    let prefixes = [&package.paths.host_prefix]
        .into_iter()
        .chain(&package.paths.alias);
    let prefixes: Vec<PathBuf> = prefixes.cloned().collect();
    let Some(first) = elsewhere(view, &prefixes) else {
        return Ok(());
    };
    let place = place_of(view, &first);
    let place = place.and_then(|(file, line)| blocks::place(&file, line, ""));
    let (file, at) = match place {
        Some(place) => (place.file, Some(place.at)),
        None => (view.source.file(), None),
    };
    Err(InstalledOutside {
        path: first,
        file,
        at,
    }
    .into())
}

/// A file that was installed neither below the link to the host environment nor below one of
/// `prefixes`.
fn elsewhere(view: &View<'_>, prefixes: &[PathBuf]) -> Option<PathBuf> {
    let mut inside = vec![view.tree.host()];
    inside.extend(prefixes.iter().cloned());
    let real = inside.iter().flat_map(dunce::canonicalize);
    let real: Vec<PathBuf> = real.collect();
    inside.extend(real);
    let binary = view.tree.binary();
    let manifests = std::fs::read_dir(&binary).into_iter().flatten().flatten();
    let manifests = manifests.map(|entry| entry.path()).filter(|path| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with("install_manifest"))
    });
    let texts: Vec<String> = manifests.flat_map(std::fs::read_to_string).collect();
    let files = texts.iter().flat_map(|text| text.lines()).map(Path::new);
    let files = files.filter(|file| !is_registration(file));
    let mut elsewhere = files.filter(|file| !inside.iter().any(|folder| file.starts_with(folder)));
    elsewhere.next().map(Path::to_path_buf)
}

/// Whether a file only tells CMake where the package is. It is in the home directory, which
/// is that of the build, and conda environments do not need it.
fn is_registration(file: &Path) -> bool {
    let parts: Vec<_> = file.components().map(|part| part.as_os_str()).collect();
    let registry = [".cmake", "packages"];
    parts.windows(2).any(|pair| pair == registry)
}

/// A file was installed on the machine instead of in the package.
#[derive(Debug, Error, Diagnostic)]
#[error("{}", Self::message(path))]
#[diagnostic(code(cmake::installed_outside), help("{}", Self::HELP))]
struct InstalledOutside {
    path: PathBuf,
    #[source_code]
    file: SourceFile,
    #[label("installed here")]
    at: Option<SourceSpan>,
}

impl InstalledOutside {
    const HELP: &str =
        "make `DESTINATION` relative; the file still exists and must be removed by hand";

    fn message(path: &Path) -> String {
        format!(
            "{} was installed outside of the prefix and is not in the package",
            path.display()
        )
    }
}

/// Definitions that the project does not use, as CMake reports them in the log.
pub(in super::super) fn unused(view: &View<'_>, log: &Log) -> Option<Warning> {
    let lines = log
        .from("Manually-specified variables were not used")
        .skip(1);
    let mut lines = lines.filter(|line| !blocks::is_of_stdout(line));
    let names = lines.by_ref().skip_while(|line| line.is_empty());
    let names = names.take_while(|line| line.starts_with("    "));
    let names: Vec<&str> = names.map(str::trim).take(QUOTED).collect();
    let first = names.first()?;
    let reply = file_api::read(&view.tree.binary()).unwrap_or_default();
    let options = reply.cache.iter().filter(|entry| {
        let is_own = !entry.name.starts_with("CMAKE_") && entry.name != *first;
        is_own && ["BOOL", "STRING", "PATH", "FILEPATH"].contains(&entry.kind.as_str())
    });
    let meant = nearest(first, options.map(|entry| entry.name.as_str()));
    let message = format!("the project does not read `{}`", names.join("`, `"));
    let help = match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "remove it from `define` and `extra-args`".to_string(),
    };
    Some(Warning::new(message).help(help))
}
