//! `docs/errors.md` is made of the snapshots, so it shows what users see.
//!
//! After a snapshot changed, run the test with `UPDATE_CATALOGUE=1`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// What each kind of error is about, in the order of the page.
const KINDS: &[(&str, &str)] = &[
    (
        "config::unknown_key",
        "An option the backend does not have.",
    ),
    ("config::wrong_type", "A value of the wrong type."),
    (
        "config::invalid_value",
        "A value of the right type that makes no sense.",
    ),
    (
        "config::not_a_table",
        "Something else where the table of options must be.",
    ),
    (
        "config::unknown_target",
        "A table for a target that no platform matches.",
    ),
    (
        "config::target_twice",
        "A target with a table in both places.",
    ),
    ("config::invalid", "Several mistakes in one configuration."),
    (
        "config::template",
        "A template in `env` that cannot be read or evaluated.",
    ),
    (
        "config::line_end",
        "Text of several lines for a build on Windows.",
    ),
    (
        "package::missing",
        "Neither manifest has a name or a version.",
    ),
    (
        "package::bad_name",
        "A name that no conda package can have.",
    ),
    ("package::bad_version", "A version that conda cannot read."),
    (
        "dependency::bad_expression",
        "A condition that cannot be read or evaluated.",
    ),
    (
        "dependency::unknown_name",
        "A condition with a name that means nothing.",
    ),
    (
        "dependency::rust_version_conflict",
        "A `rust` that the compiler package cannot live with.",
    ),
    ("cargo::no_manifest", "There is no Cargo.toml."),
    (
        "cargo::broken_manifest",
        "Cargo.toml is not what Cargo expects.",
    ),
    ("io::read", "A file that cannot be read."),
    (
        "cargo::not_inherited",
        "A value the Cargo workspace was to supply and does not.",
    ),
    (
        "cargo::missing_inherited_values",
        "Several values the Cargo workspace does not have.",
    ),
    (
        "cargo::no_workspace",
        "`package.workspace` names a folder without a workspace.",
    ),
    (
        "cargo::ambiguous_member",
        "A workspace without a package, and no member stands out.",
    ),
    (
        "variants::ambiguous",
        "Outputs that nothing in their variants tells apart.",
    ),
    (
        "output::unknown",
        "pixi asks for a package that the project does not build.",
    ),
    (
        "output::drift",
        "A manifest was edited between describing and building.",
    ),
    ("build::compile_error", "The code does not compile."),
    ("build::lock_missing", "There is no Cargo.lock."),
    (
        "build::lock_stale",
        "Cargo.lock does not fit the manifests.",
    ),
    ("build::library_only", "The crate has no binary."),
    (
        "build::virtual_workspace",
        "A workspace without a package of its own.",
    ),
    ("build::source_date", "`SOURCE_DATE_EPOCH` is no date."),
    ("build::build_script", "The build script of a crate failed."),
    (
        "build::nothing_installed",
        "Cargo succeeded and installed nothing.",
    ),
    (
        "build::missing_features",
        "Binaries that need features which are not on.",
    ),
    (
        "build::unknown_name",
        "A binary, feature or argument that does not exist.",
    ),
    (
        "build::missing_library",
        "A library that the host environment lacks.",
    ),
    (
        "build::undefined_symbol",
        "A function that no linked library has.",
    ),
    (
        "build::missing_tool",
        "A program that the build environment lacks.",
    ),
    ("build::no_cargo", "The build environment has no cargo."),
    (
        "build::other_backend",
        "Another backend of this family builds the project.",
    ),
    (
        "build::not_a_member",
        "A crate is below a Cargo workspace that does not list it.",
    ),
    (
        "build::nightly_features",
        "The code needs a nightly toolchain.",
    ),
    (
        "build::missing_target",
        "The toolchain has no standard library for a target.",
    ),
    (
        "build::old_cmake_project",
        "A crate has a CMake project that the CMake of the environment refuses.",
    ),
    (
        "build::pkg_config_cross",
        "A crate does not ask pkg-config for another target.",
    ),
    ("build::old_rustc", "A crate needs a newer rustc."),
    (
        "build::old_cargo",
        "A manifest or lock file needs a newer cargo.",
    ),
    ("build::full_disk", "The disk is full."),
    (
        "build::secret_in_package",
        "A package that would give a secret away.",
    ),
    ("build::killed", "A compiler was killed."),
    ("build::network", "Something could not be downloaded."),
    (
        "build::offline",
        "Something is not downloaded, and cargo may not use the network.",
    ),
    (
        "build::failed",
        "Any other failure: the last errors of the log.",
    ),
    (
        "mojo::nothing_to_build",
        "A source without a program or a library of Mojo.",
    ),
    (
        "mojo::wrong_paths",
        "Paths that lead to nothing that Mojo can build.",
    ),
    (
        "mojo::compile_error",
        "Errors that the Mojo compiler found.",
    ),
    (
        "mojo::unknown_module",
        "An import that no directory and no package has.",
    ),
    (
        "mojo::main_in_library",
        "A program in the directory of a library.",
    ),
    ("mojo::no_main", "A program without a `main` function."),
    (
        "environment::no_such_package",
        "An environment asks for a name that no channel has.",
    ),
    (
        "environment::unsolvable",
        "No packages fulfil everything an environment asks for.",
    ),
    (
        "environment::no_platform",
        "The channels have nothing for a platform.",
    ),
    ("environment::no_channels", "No channel was named."),
    ("environment::unreachable", "A channel that cannot be read."),
    (
        "environment::no_run_exports",
        "What packages hand on cannot be found out.",
    ),
    (
        "environment::bad_export",
        "A package hands on something that cannot be read.",
    ),
    (
        "environment::nothing_to_pin",
        "A pin to a package that no environment has.",
    ),
    (
        "environment::not_installed",
        "Packages that cannot be fetched or linked.",
    ),
    (
        "environment::no_lock",
        "`--locked` where nothing was built before.",
    ),
    (
        "environment::lock_outdated",
        "`--locked` although something else is asked for now.",
    ),
    (
        "environment::cycle",
        "Packages from source that need each other.",
    ),
    (
        "environment::duplicate_name",
        "Two packages from source that are called alike.",
    ),
    (
        "environment::other_name",
        "The package at a path is not the one that was asked for.",
    ),
    (
        "build::unknown_backend",
        "A package of a backend that this project does not have.",
    ),
    (
        "environment::source_not_found",
        "A package from source at a path where nothing is.",
    ),
    (
        "environment::invalid_source_manifest",
        "A package from source whose manifest has mistakes.",
    ),
    (
        "environment::not_fetched",
        "A repository or an archive of sources that cannot be had.",
    ),
    (
        "build::no_members",
        "`--all` where there is nothing to build.",
    ),
    (
        "package::not_indexed",
        "A folder of packages that cannot be made a channel.",
    ),
    (
        "recipe::missing",
        "A package of `pixi-build-rattler-build` without a recipe.",
    ),
    (
        "recipe::unknown_key",
        "A key that recipes do not have there.",
    ),
    (
        "recipe::bad_value",
        "A value in a recipe that cannot be read.",
    ),
    (
        "recipe::bad_version",
        "A version of a recipe that no archive can be called after.",
    ),
    (
        "recipe::bare_template",
        "A template without its dollar sign.",
    ),
    (
        "recipe::undefined_name",
        "A name in a template that is neither in `context` nor a variant.",
    ),
    (
        "recipe::no_toolchain",
        "A call for a compiler or library that no variant names.",
    ),
    (
        "recipe::experimental",
        "Something experimental where that is not allowed.",
    ),
    (
        "recipe::no_such_output",
        "A pin to something the recipe does not build.",
    ),
    ("recipe::cycle", "Outputs of a recipe that need each other."),
    (
        "config::same_for_all",
        "An option that cannot differ between targets in a table for one.",
    ),
    (
        "config::unknown_context",
        "A value for a name that the recipe's `context` does not have.",
    ),
    (
        "dependency::belongs_into_recipe",
        "A dependency in `pixi.toml` although the recipe decides.",
    ),
    ("variants::bad_file", "A variant file that cannot be read."),
    (
        "source::no_such_path",
        "A path in a recipe that leads nowhere.",
    ),
    ("source::patch", "A patch that does not fit the sources."),
    ("build::links", "Links in a package for every platform."),
    ("build::no_license", "A license file that is not there."),
    (
        "build::package_contents",
        "Files that a recipe expects in the package and that are not.",
    ),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The snapshots in a folder: their names as sentences, and what they show.
fn snapshots(folder: &str) -> Vec<(String, String)> {
    let entries = fs_err::read_dir(root().join(folder)).expect("the folder with the snapshots");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("the folder is readable").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "snap")
        })
        .collect();
    paths.sort();
    let read = |path: PathBuf| {
        let text = fs_err::read_to_string(&path).expect("snapshots are text");
        let shown = text
            .splitn(3, "---\n")
            .nth(2)
            .expect("a snapshot has a head")
            .to_owned();
        let stem = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .expect("UTF-8");
        let name = stem.rsplit("__").next().expect("a last part");
        // Further snapshots of one test are numbered.
        let name = name.split('-').next().expect("a first part");
        let mut name = name.replace('_', " ");
        name[..1].make_ascii_uppercase();
        (name, shown)
    };
    paths.into_iter().map(read).collect()
}

/// Errors by their code. Logs of failed builds are shown where no test makes the
/// failure happen.
fn by_code() -> BTreeMap<String, Vec<(String, String)>> {
    let mut codes: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    let folders = [
        "tests/it/diagnostics/snapshots",
        "tests/it/recipe/snapshots",
    ];
    for (name, shown) in folders.into_iter().flat_map(snapshots) {
        let code = shown.lines().next().expect("the code").to_owned();
        // Other snapshots show what recipes come to.
        if !code.contains("::") {
            continue;
        }
        codes.entry(code).or_default().push((name, shown));
    }
    for (name, shown) in snapshots("tests/it/mojo/snapshots") {
        let code = shown.lines().next().expect("the code").to_owned();
        if code.starts_with("mojo::") {
            codes.entry(code).or_default().push((name, shown));
        }
    }
    let seen: Vec<String> = codes.keys().cloned().collect();
    for (name, shown) in snapshots("src/backends/cargo/failure/snapshots") {
        let (code, rest) = shown.split_once(": ").expect("the code comes first");
        if !seen.iter().any(|seen| seen == code) {
            let entries = codes.entry(code.to_owned()).or_default();
            entries.push((name, rest.trim_start().to_owned()));
        }
    }
    codes
}

fn page() -> String {
    let mut codes = by_code();
    let mut page = String::from(
        "# Errors\n\nThe errors that users meet, as pixi shows them. The code stands above the \
         message. Several mistakes are\nreported together where that is possible. This page is made \
         of the snapshots of the tests.\n",
    );
    for &(code, about) in KINDS {
        let entries = codes
            .remove(code)
            .unwrap_or_else(|| panic!("no snapshot shows {code}"));
        write!(page, "\n## `{code}`\n\n{about}\n").expect("text can be written");
        for (name, shown) in entries {
            let shown = shown.trim_end();
            write!(page, "\n{name}:\n\n```text\n{shown}\n```\n").expect("text can be written");
        }
    }
    assert!(codes.is_empty(), "nothing is said about {:?}", codes.keys());
    page
}

#[test]
fn the_page_of_errors_shows_every_snapshot() {
    let path = root().join("docs/errors.md");
    let page = page();
    if std::env::var_os("UPDATE_CATALOGUE").is_some() {
        fs_err::write(&path, &page).expect("docs are writable");
    }
    let written = fs_err::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "run this test with UPDATE_CATALOGUE=1");
}
