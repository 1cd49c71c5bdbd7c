//! Determines the files on which the metadata and the package depend.
//!
//! Before a build, only patterns over the project are known. After a build, the inputs are the
//! files that the build backend and the compilers opened, and the directories with packed files,
//! because the next build packs a file that is added to them.

mod named;
mod packed;
mod traces;

use std::collections::BTreeSet;
use std::path::PathBuf;

use miette::Report;

use super::Config;
use super::layout::CMAKE_TRACE;
use super::license;
use super::project::{pyproject, setup_cfg, setup_py};
use super::script::chooses_build_directory;
use super::shape::Shape;
use super::source::Source;
use super::wheel::Wheel;
use named::{licenses, packed_by_name};
use packed::{below, beside, files_to_come, hidden, mapped, packed, tops_to_come};
use traces::{Own, Traces};

use super::own_files::OUTPUT_DIRECTORIES;
use crate::backend::extra_input_globs;
use crate::backend::inputs::plain;
use crate::backend::options::InputTracking;
use crate::backend::{BuildPaths, GlobSet, Request, project_files};
use crate::backends::cmake::guest::Configured;

/// Patterns that exclude the files that build tools create among the sources.
const MADE: [&str; 9] = [
    "!**/*.py[cod]",
    "!**/*.egg-info",
    "!**/*.dist-info",
    "!**/*.so",
    "!**/*.pyd",
    "!**/*.dylib",
    "!**/*.o",
    "!**/*.egg-link",
    "!**/node_modules",
];

/// Files that affect the build as soon as they are added, although no build has read them yet.
const BY_NAME: [&str; 8] = [
    pyproject::NAME,
    setup_cfg::NAME,
    setup_py::NAME,
    "MANIFEST.in",
    pyproject::HATCH,
    "hatch_build.py",
    "CMakeLists.txt",
    "meson.build",
];

/// Files in the directories above a crate that affect its compilation.
const OF_CARGO: [&str; 4] = [
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain",
    "rust-toolchain.toml",
];

/// The inputs that are known before the build.
pub(super) fn drafted(
    request: &Request<'_, Config>,
    source: &Source,
    shape: &Shape,
) -> Vec<GlobSet> {
    let folder = &source.files.folder;
    let mut sets = around(request, source);
    let mut patterns: Vec<String> = if shape.editable {
        COMPILED_SOURCES.map(str::to_string).into()
    } else {
        vec!["**".to_string()]
    };
    let left_out = [
        "tests",
        "test",
        "docs",
        "doc",
        "examples",
        "benchmarks",
        "venv",
    ];
    let left_out = left_out.iter().chain(OUTPUT_DIRECTORIES);
    let left_out: Vec<PathBuf> = left_out.map(|name| folder.join(name)).collect();
    patterns.extend(MADE.map(str::to_string));
    let set = GlobSet::tree(folder, patterns, "anything of the project");
    let set = set.except(left_out.iter().map(PathBuf::as_path));
    sets.push(
        set.except(generated(source).iter().map(PathBuf::as_path))
            .without_leftovers(),
    );
    sets
}

/// Source files whose modifications have no effect in an editable installation without a build.
const COMPILED_SOURCES: [&str; 26] = [
    "**/*.c",
    "**/*.h",
    "**/*.cc",
    "**/*.cpp",
    "**/*.cxx",
    "**/*.hh",
    "**/*.hpp",
    "**/*.hxx",
    "**/*.ipp",
    "**/*.pyx",
    "**/*.pxd",
    "**/*.pxi",
    "**/*.rs",
    "**/*.f",
    "**/*.f90",
    "**/*.cu",
    "**/*.cuh",
    "**/*.zig",
    "**/*.in",
    "**/Cargo.toml",
    "**/Cargo.lock",
    "**/CMakeLists.txt",
    "**/*.cmake",
    "**/meson.build",
    "**/meson.options",
    "**/meson_options.txt",
];

/// The files on which the metadata of the package depends.
pub(super) fn metadata(request: &Request<'_, Config>, source: &Source) -> Vec<GlobSet> {
    let reason = "the metadata of the package";
    let folder = &source.files.folder;
    let mut names = vec![setup_cfg::NAME, setup_py::NAME];
    if !request.config.ignore_pyproject_manifest {
        names.push(pyproject::NAME);
    }
    if source.build_module() == "hatchling" {
        names.push(pyproject::HATCH);
    }
    let mut sets = vec![GlobSet::names(folder, names, reason)];
    let groups = source.groups.iter().map(|(_, group)| group);
    let lists = std::iter::once(&source.run).chain(groups);
    let reason = "the dependencies of the package";
    for file in lists.flat_map(|list| &list.files) {
        sets.extend(GlobSet::file(file, reason));
    }
    let files = source.version.iter().flat_map(|found| &found.files);
    let reason = "the version of the package";
    for file in files {
        // The directories of Git contain one file for each branch or tag.
        if file.is_dir() {
            sets.push(GlobSet::tree(file, ["**"], reason))
        } else {
            sets.extend(GlobSet::file(file, reason))
        }
    }
    for file in &source.kind.files {
        sets.extend(GlobSet::file(file, "what the project compiles"));
    }
    sets
}

/// The inputs other than source files.
fn around(request: &Request<'_, Config>, source: &Source) -> Vec<GlobSet> {
    let folder = &source.files.folder;
    let mut sets = vec![GlobSet::names(folder, BY_NAME, "how the project is built")];
    let Request {
        project, folders, ..
    } = request;
    sets.extend(project_files::manifest_inputs(project, folders));
    sets.extend(licenses(source));
    if source.uses_cargo() {
        let top = source.top(request);
        let folders = folder
            .ancestors()
            .take_while(|folder| folder.starts_with(&top));
        for folder in folders {
            let reason = "how the crate is compiled";
            sets.push(GlobSet::names(folder, OF_CARGO, reason));
            let config = folder.join(".cargo");
            sets.push(GlobSet::names(&config, ["config", "config.toml"], reason));
        }
    }
    let extra = &request.config.common.extra_input_globs;
    sets.extend(extra_input_globs::sets(extra, folder, OUTPUT_DIRECTORIES));
    sets
}

/// The files that the build backend generates among the sources.
fn generated(source: &Source) -> Vec<PathBuf> {
    let keys: [&[&str]; 6] = [
        &["tool", "setuptools_scm", "write_to"],
        &["tool", "setuptools_scm", "version_file"],
        &["tool", "setuptools-scm", "version_file"],
        &["tool", "hatch", "build", "hooks", "vcs", "version-file"],
        &["tool", "pdm", "version", "write_to"],
        &[
            "tool",
            "hatch",
            "build",
            "targets",
            "wheel",
            "hooks",
            "vcs",
            "version-file",
        ],
    ];
    let files = keys.into_iter().filter_map(|keys| source.files.toml(keys));
    files
        .map(|file| source.files.folder.join(file.text))
        .collect()
}

/// The inputs that are known after the build. `None` if the user chose patterns instead, or if the
/// build installed no wheel.
///
/// # Errors
/// Metadata of the wheel that cannot be read.
pub(super) fn built(
    request: &Request<'_, Config>,
    source: &Source,
    shape: &Shape,
    paths: &BuildPaths,
) -> Result<Option<Vec<GlobSet>>, Report> {
    if request.config.common.input_tracking == InputTracking::Globs {
        return Ok(None);
    }
    let Some(wheel) = Wheel::read(paths)? else {
        return Ok(None);
    };
    let own = Own::of(request, source, paths);
    let configured = Configured::of(&paths.script_folder.join(CMAKE_TRACE));
    let traces = Traces::read(paths, &own).with(configured.read, &own);
    let globs = configured.globs.into_iter();
    let globs = globs.filter_map(|set| {
        let root = own.named(&set.root)?;
        Some(GlobSet { root, ..set })
    });
    let absent = configured.absent.iter();
    let absent = absent.filter_map(|path| own.named(&plain(path)));
    let copied = configured.copied.iter();
    let copied = copied.filter_map(|path| own.named(&plain(path)));
    let copied = copied.filter(|path| path.exists());
    let mut left_out = traces.written.clone();
    left_out.extend(generated(source));
    let mut sets = around(request, source);
    let listed = if shape.editable {
        BTreeSet::new()
    } else {
        packed(source, &wheel, &traces)
    };
    for top in &listed {
        sets.push(beside(top, &left_out));
    }
    sets.extend(hidden(&wheel, &listed));
    sets.extend(globs);
    let reason = "decides how the project is configured";
    sets.extend(absent.filter_map(|path| GlobSet::file(&path, reason)));
    let copied = copied.filter(|path| !listed.iter().any(|top| path.starts_with(top)));
    sets.extend(copied.filter_map(|path| below(&path, "copied or installed by CMake", &left_out)));
    sets.extend(packed_by_name(source, shape, &left_out));
    // `compiled.py` does not know the build directory that the user chose, or the tool of a hook.
    let is_unknown = chooses_build_directory(request.config) || !knows_compiled(&traces);
    let is_compiled = source.kind.is_compiled() || !shape.noarch;
    if is_compiled && (shape.editable || is_unknown) {
        sets.push(compiled_sources(source, &left_out));
    }
    if !shape.editable {
        sets.extend(files_to_come(source, &traces, &listed));
    }
    let is_live =
        |path: &&PathBuf| shape.editable && path.extension().is_some_and(|ending| ending == "py");
    let is_listed = |path: &&PathBuf| listed.iter().any(|top| path.starts_with(top));
    let is_made = |path: &&PathBuf| left_out.contains(*path);
    let opened = traces.read.iter();
    let opened = opened.filter(|path| !is_listed(path) && !is_made(path));
    let named = |path: &&PathBuf| path.parent() == Some(&source.files.folder);
    let opened = opened.filter(|path| !is_live(path) || named(path));
    sets.extend(opened.filter_map(|path| GlobSet::file(path, "read by the build")));
    let found: BTreeSet<PathBuf> = if shape.editable {
        let mapped = mapped(&wheel, &paths.host_prefix).into_iter();
        mapped.filter_map(|path| own.named(&path)).collect()
    } else {
        listed
    };
    sets.extend(tops_to_come(source, &found));
    Ok(Some(sets))
}

/// Whether the build recorded what a compiler read. A source may be generated, so a header counts.
fn knows_compiled(traces: &Traces) -> bool {
    const ENDINGS: [&str; 15] = [
        "c", "cc", "cpp", "cu", "cuh", "cxx", "f", "f90", "h", "hh", "hpp", "hxx", "m", "mm", "rs",
    ];
    let mut endings = traces.read.iter().filter_map(|path| path.extension());
    endings.any(|it| ENDINGS.iter().any(|ending| it == *ending))
}

/// The source files that need a build, for an editable installation, and for a build whose compiled
/// files are not known.
fn compiled_sources(source: &Source, left_out: &BTreeSet<PathBuf>) -> GlobSet {
    let folder = &source.files.folder;
    let patterns = COMPILED_SOURCES.into_iter().chain(MADE);
    let set = GlobSet::tree(folder, patterns, "compiled code");
    let outputs: Vec<PathBuf> = OUTPUT_DIRECTORIES
        .iter()
        .map(|name| folder.join(name))
        .collect();
    let set = set.except(outputs.iter().map(PathBuf::as_path));
    set.except(left_out.iter().map(PathBuf::as_path))
        .without_leftovers()
}
