//! Prepares the host prefix for an installation, and makes the installed files suitable for a
//! conda package.
//!
//! Metadata about the machine is removed. The files of the project are recorded, because the
//! packer does not recognize a file that replaces one of an installed package as a new file.

use std::io::Read;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use glob::Pattern;
use miette::Report;
use rattler_digest::{Sha256, compute_bytes_digest};

use super::Config;
use super::aside;
use super::binary;
use super::config::excluding;
use super::first_line::{self, is_started_by_shell};
use super::layout::{BUILD, CMAKE_TRACE, DIRECTORY, INSTALLED, SETUPTOOLS, TRACE};
use super::portable::{self, METADATA};
use super::record::{self, Record, Row};
use super::script::uses_setuptools;
use super::shape::Shape;
use super::source::Source;
use crate::backend::extras::Finished;
use crate::backend::inputs::plain;
use crate::backend::{BuildPaths, Request};
use crate::diagnostic::create_folder;
use crate::disk;

/// The file that lists the projects that are in the host prefix before the build, relative to the
/// directory in which the script runs.
const BEFORE: &str = "pixi-build-python/before";

/// Restores the files that the last build replaced, removes the records of that build, and backs
/// up the files that this build replaces.
///
/// # Errors
/// Files that cannot be read, written or removed.
pub(super) fn prepare(source: &Source, paths: &BuildPaths) -> Result<(), Report> {
    aside::put_back(paths)?;
    for leftover in [TRACE, INSTALLED, CMAKE_TRACE] {
        disk::remove_file(&paths.script_folder.join(leftover))?;
    }
    // scikit-build-core splits the arguments for CMake at spaces.
    let splits = paths.script_name.to_string_lossy().contains(' ');
    if source.runs_cmake() && !splits {
        disk::write(&paths.script_folder.join(CMAKE_TRACE), "")?;
    }
    aside::put(paths, &source.name())?;
    let before = record::all_dist_infos(&paths.host_prefix);
    let before: Vec<String> = before.iter().map(|it| it.display().to_string()).collect();
    disk::write(&paths.script_folder.join(BEFORE), &before.join("\n"))?;
    keep_out_of_the_sources(source, paths)
}

/// Writes settings that make setuptools build in the directory of the script instead of the
/// source directory. setuptools replaces `$name` in the paths, which aliases do not contain.
fn keep_out_of_the_sources(source: &Source, paths: &BuildPaths) -> Result<(), Report> {
    let build = paths.script_folder.join(BUILD);
    // setuptools would also pack the modules that an earlier build left here. Meson and CMake have
    // compiled files in directories with such names.
    let folders = uses_setuptools(source).then(|| disk::folders(&build));
    for folder in folders.into_iter().flatten() {
        let name = folder.file_name().and_then(|name| name.to_str());
        if name.is_some_and(|name| name.starts_with("lib") || name.starts_with("bdist")) {
            disk::remove_folder(&folder)?;
        }
    }
    let name = paths.script_name.join(BUILD);
    let mut text = format!("[build]\nbuild_base = {}\n", name.display());
    // A source distribution contains this directory, with the list of its data files.
    if !source.files.folder.join("PKG-INFO").exists() {
        let metadata = paths.script_folder.join("egg-info");
        disk::remove_folder(&metadata)?;
        create_folder(&metadata)?;
        let name = paths.script_name.join("egg-info");
        text += &format!("[egg_info]\negg_base = {}\n", name.display());
    }
    create_folder(&paths.script_folder.join(DIRECTORY))?;
    Ok(disk::write(&paths.script_folder.join(SETUPTOOLS), &text)?)
}

/// Completes the installation of the project.
///
/// # Errors
/// Files that cannot be read, written or removed.
pub(super) fn finish(
    request: &Request<'_, Config>,
    source: &Source,
    shape: &Shape,
    paths: &BuildPaths,
) -> Result<Finished, Report> {
    let prefix = &paths.host_prefix;
    let all = record::dist_infos(prefix, &source.name()).into_iter();
    // The installer removes other versions of the project. If some remain, the newest directory
    // is the one of this build.
    let newest = all.max_by_key(|folder| modified(folder));
    let Some(dist_info) = newest.or_else(|| only_new(paths)) else {
        // `check::package` reports that the project is not installed.
        return Ok(Finished::default());
    };
    let record = Record::read(&dist_info)?;
    let excluded = patterns(&request.config.exclude);
    for path in record.paths().filter(|path| is_program(path, prefix)) {
        first_line::reveal(&path, paths)?;
    }
    let record = cleaned(record, &dist_info, prefix, shape.editable, &excluded)?;
    let listed: Vec<PathBuf> = record.paths().collect();
    record.write(&dist_info)?;
    let compiled = listed.iter().filter(|_| shape.compiles_modules());
    let compiled: Vec<PathBuf> = compiled.flat_map(|path| byte_code(path)).collect();
    let files = [listed, compiled].concat();
    let below = |path: &PathBuf| Some(path.strip_prefix(prefix).ok()?.to_path_buf());
    let files = files.iter().map(|path| plain(path));
    let mut files: Vec<PathBuf> = files
        .filter(|path| path.symlink_metadata().is_ok())
        .filter_map(|path| below(&path))
        .collect();
    files.sort();
    files.dedup();
    note(&dist_info, &files, paths)?;
    let is_incomplete = aside::folder(paths).is_dir() || prefix.join("pyvenv.cfg").exists();
    Ok(Finished {
        package_files: is_incomplete.then_some(files),
        ..Finished::default()
    })
}

/// The only project that the build has installed. Its name is not known before the build if code
/// computes it.
fn only_new(paths: &BuildPaths) -> Option<PathBuf> {
    let before = std::fs::read_to_string(paths.script_folder.join(BEFORE)).ok()?;
    let mut all = record::all_dist_infos(&paths.host_prefix);
    all.retain(|folder| !before.lines().any(|line| Path::new(line) == folder));
    (all.len() == 1).then(|| all.remove(0))
}

fn modified(folder: &Path) -> Option<std::time::SystemTime> {
    folder.metadata().ok()?.modified().ok()
}

/// Removes metadata about the machine and the files that the user excludes, and names conda as
/// the installer.
fn cleaned(
    mut record: Record,
    dist_info: &Path,
    prefix: &Path,
    editable: bool,
    excluded: &[Pattern],
) -> Result<Record, Report> {
    const INSTALLER: &str = "INSTALLER";
    const OWNER: &str = "conda\n";
    let mut unwanted = vec!["REQUESTED", "uv_cache.json", "uv_build.json"];
    if !editable {
        unwanted.push("direct_url.json");
    }
    for name in &unwanted {
        disk::remove_file(&dist_info.join(name))?;
    }
    let own = dist_info.file_name().and_then(|name| name.to_str());
    let own = own.unwrap_or_default();
    let metadata = portable::rewrite(dist_info)?;
    let mut kept = Vec::new();
    for row in &record.rows {
        let path = record.path(row);
        let name = row.path.strip_prefix(own);
        let name = name.and_then(|below| below.strip_prefix('/'));
        match (name, &metadata) {
            (Some(INSTALLER), _) => {}
            (Some(name), _) if unwanted.contains(&name) => {}
            (Some(METADATA), Some(text)) => kept.push(written(&row.path, text)),
            (None, _) if is_excluded(&path, prefix, excluded) => disk::remove_file(&path)?,
            _ if format!("/{}", row.path).contains("/__pycache__/") => {}
            _ if is_rewritten(&path) => kept.push(Row::of(&row.path)),
            _ => kept.push(row.clone()),
        }
    }
    disk::write(&dist_info.join(INSTALLER), OWNER)?;
    kept.push(written(&format!("{own}/{INSTALLER}"), OWNER));
    record.rows = kept;
    Ok(record)
}

/// The row of a file with this content.
fn written(path: &str, content: &str) -> Row {
    let digest = compute_bytes_digest::<Sha256>(content);
    let digest = BASE64_URL_SAFE_NO_PAD.encode(digest);
    Row::with(path, &digest, content.len())
}

/// The patterns of the user, which [`Config`] has checked.
fn patterns(texts: &[String]) -> Vec<Pattern> {
    texts.iter().flat_map(|text| excluding(text)).collect()
}

/// Whether a pattern matches a path, relative to the prefix or to `site-packages`.
fn is_excluded(path: &Path, prefix: &Path, excluded: &[Pattern]) -> bool {
    let path = plain(path);
    let Ok(below) = path.strip_prefix(prefix) else {
        return false;
    };
    let rooted = format!("/{}", below.display()).replace('\\', "/");
    let module = rooted.split_once("site-packages/");
    let names = [&rooted, &rooted[1..], module.unwrap_or_default().1];
    let mut pairs = excluded.iter();
    pairs.any(|pattern| names.iter().any(|name| pattern.matches(name)))
}

/// Whether a file is directly in the directory of programs.
fn is_program(path: &Path, prefix: &Path) -> bool {
    let path = plain(path);
    path.parent() == Some(prefix.join("bin").as_path()) && path.is_file()
}

/// Whether the packer modifies a file: the first line of a script, or the library paths of a
/// binary. `RECORD` must not contain a digest of such a file.
fn is_rewritten(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(300).read_to_end(&mut start));
    if read.is_err() {
        return false;
    }
    let first = start
        .split(|sign| *sign == b'\n')
        .next()
        .unwrap_or_default();
    let is_program = first.starts_with(b"#!") && String::from_utf8_lossy(first).contains("python");
    is_program || is_started_by_shell(&start) || binary::is_native(&start)
}

/// The files with the byte code of a module.
fn byte_code(module: &Path) -> Vec<PathBuf> {
    let stem = module.file_stem().and_then(|stem| stem.to_str());
    let (Some("py"), Some(stem)) = (module.extension().and_then(|it| it.to_str()), stem) else {
        return Vec::new();
    };
    let folder = module.with_file_name("__pycache__");
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let is_of = |name: &str| {
        let rest = name.strip_prefix(stem).and_then(|it| it.strip_prefix('.'));
        rest.is_some_and(|rest| rest.matches('.').count() == 1 && rest.ends_with(".pyc"))
    };
    let entries = entries.filter(|entry| entry.file_name().to_str().is_some_and(is_of));
    entries.map(|entry| entry.path()).collect()
}

/// Records the metadata directory and the files of the project, for the check of the package
/// and for its inputs.
fn note(dist_info: &Path, files: &[PathBuf], paths: &BuildPaths) -> Result<(), Report> {
    let dist_info = dist_info.strip_prefix(&paths.host_prefix);
    let dist_info = dist_info.unwrap_or(Path::new(""));
    let all = std::iter::once(dist_info).chain(files.iter().map(PathBuf::as_path));
    let text: String = all.map(|path| format!("{}\n", path.display())).collect();
    Ok(disk::write(&paths.script_folder.join(INSTALLED), &text)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_cross_directories_below_the_prefix_and_the_modules() {
        let excluded = |pattern: &str| {
            let path = Path::new("/p/lib/python3.13/site-packages/a/tests/b.py");
            is_excluded(path, Path::new("/p"), &patterns(&[pattern.to_string()]))
        };
        assert!(excluded("a/tests/*"));
        assert!(excluded("**/tests/**"));
        assert!(excluded("*.py"));
        assert!(excluded("lib/*/b.p[xy]"));
        assert!(!excluded("tests/*"));
        assert!(!excluded("a/*.txt"));
    }
}
