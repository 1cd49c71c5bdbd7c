//! The diagnoses of logs of real failures.

use std::collections::BTreeMap;
use std::path::Path;

use rattler_conda_types::Subdir;

use super::*;
use crate::backend::failure::{CodeError, Place};
use crate::backend::{Env, Folders, Platforms, Request, RunOptions};
use crate::backends::cargo::context::crate_context::CrateContext;
use crate::project::Project;
use crate::project::manifest::Manifest;
use crate::protocol::model::ProjectModel;

/// Calls `then` with a crate that consists of `files`, and with the backend configuration
/// `config`.
fn with_crate<T>(files: &[(&str, &str)], config: &str, then: impl Fn(CrateBuild<'_>) -> T) -> T {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("below")).expect("writable");
        std::fs::write(path, text).expect("writable");
    };
    write(
        "Cargo.toml",
        "[package]\nname = 'tool'\nversion = '1.0.0'\n",
    );
    for (path, text) in files {
        write(path, text);
    }
    let config = toml_edit::de::from_str(config).expect("a configuration");
    let project = Project {
        manifest: Manifest::at(&folder.path().join("pixi.toml")),
        source: folder.path().to_path_buf(),
        model: ProjectModel::default(),
    };
    let request = Request {
        project: &project,
        config: &config,
        platforms: Platforms {
            build: Subdir::Linux64,
            host: Subdir::Linux64,
        },
        variants: &BTreeMap::new(),
        folders: &Folders::default(),
        env: &Env::default(),
        run: &RunOptions::default(),
        editable: false,
    };
    let context = &CrateContext::read(&request).expect("a crate");
    let request = &request;
    then(CrateBuild { request, context })
}

/// The diagnosis of a log as text: code, message, details, help, and the text that the
/// diagnosis points at.
fn told(log: &str, build: CrateBuild<'_>) -> String {
    let Diagnosis {
        code,
        message,
        details,
        help,
        errors: _,
        place,
    } = diagnose(&Log::new(log), build).expect("a known failure");
    let details: String = details.iter().map(|line| format!("\n  {line}")).collect();
    let help = help.map(|help| format!("\nhelp: {help}"));
    let place = place.map(|Place { file, at, label }| {
        let text = &file.inner()[at.offset()..at.offset() + at.len()];
        let name = Path::new(file.name()).strip_prefix(&build.root);
        let name = name.expect("a file of the crate").display();
        format!("\nat {name}: `{text}` {label}")
    });
    let rest = [details, help.unwrap_or_default(), place.unwrap_or_default()].concat();
    format!("{code}: {message}{rest}")
}

fn explained(log: &str) -> String {
    with_crate(&[], "", |build| told(log, build))
}

macro_rules! logs {
    ($($name:ident),* $(,)?) => {$(
        #[test]
        fn $name() {
            let log = include_str!(concat!("logs/", stringify!($name), ".log"));
            insta::assert_snapshot!(explained(log));
        }
    )*};
}

logs! {
    broken_configuration,
    build_script_that_exits,
    build_script_that_panics,
    command_that_is_not_installed,
    compiler_errors,
    edition_of_the_future,
    full_disk,
    full_disk_in_the_linker,
    killed_compiler,
    library_only,
    lock_file_missing,
    lock_file_of_the_future,
    lock_file_stale,
    network_down,
    no_c_compiler,
    no_cargo,
    no_cmake,
    no_libclang,
    no_pkg_config,
    no_protoc,
    offline_and_not_downloaded,
    openssl_missing,
    openssl_missing_without_pkg_config,
    linker_finds_no_library,
    linker_that_is_missing,
    linker_of_binutils_finds_no_library,
    pkg_config_finds_no_library,
    rustc_too_old,
    undefined_symbol,
    unknown_argument,
    virtual_workspace,
    crate_that_no_workspace_lists,
    no_standard_library_for_the_target,
    old_cmake_project,
    openssl_without_perl,
    pkg_config_for_another_target,
    warning_of_a_crate_that_compiles_on,
}

#[test]
fn profiles_that_do_not_exist_are_named_with_those_that_do() {
    const NONE: &str =
        "error: failed to compile `tool v1.0.0`\n\nCaused by:\n  profile `dits` is not defined\n";
    const NO_HEIR: &str = "error: failed to compile `tool v1.0.0`\n\nCaused by:\n  profile `fast` is missing \
                           an `inherits` directive (`inherits` is required for all profiles)\n";
    let files = [(
        ".cargo/config.toml",
        "[profile.dist]\ninherits = 'release'\n",
    )];
    insta::assert_snapshot!(all(&[
        (NONE, &files, "profile = 'dits'\n"),
        (NONE, &files, "extra-args = ['--profile', 'dits']\n"),
        (
            NO_HEIR,
            &[],
            "profile = 'fast'\nprofile-settings = { lto = true }\n"
        ),
    ]));
}

#[test]
fn compiler_errors_have_places() {
    let log = Log::new(include_str!("logs/compiler_errors.log"));
    let places = compiler::places(&log);
    assert_eq!(places.len(), 10);
    let CodeError {
        message,
        file,
        line,
        column,
    } = &places[2];
    assert!(message.starts_with("error[E"), "{message}");
    assert_eq!(file, Path::new("src/main.rs"));
    assert_eq!((*line, *column), (3, 11));
}

/// A log, the files of a crate, and a configuration of the backend.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);

/// The diagnoses of several logs.
fn all(cases: &[Case<'_>]) -> String {
    let told = cases
        .iter()
        .map(|(log, files, config)| with_crate(files, config, |build| told(log, build)));
    told.collect::<Vec<_>>().join("\n\n")
}

#[test]
fn linkers_that_the_project_asks_for_are_named_with_their_place() {
    const CLANG: &str = include_str!("logs/linker_of_the_project.log");
    const GCC: &str = include_str!("logs/linker_that_is_missing.log");
    const LLD: &str = "error: linking with `clang` failed: exit status: 1\n  = note: clang: error: invalid \
                       linker name in argument '-fuse-ld=lld'\n";
    let target = "# clang is fast\n[target.x86_64-unknown-linux-gnu]\nlinker = 'clang'\n";
    let lld = "[build]\nrustflags = ['-Clink-arg=-fuse-ld=lld']\n";
    let mold =
        "[env]\nX = '1'\n[target.'cfg(unix)']\nrustflags = ['-C', 'link-arg=-fuse-ld=mold']\n";
    let variable = "[env]\nRUSTFLAGS = '-Clink-arg=-fuse-ld=mold'\n";
    insta::assert_snapshot!(all(&[
        (CLANG, &[(".cargo/config.toml", target)], ""),
        (LLD, &[(".cargo/config.toml", lld)], ""),
        (GCC, &[(".cargo/config", mold)], ""),
        (GCC, &[], variable),
        (CLANG, &[], ""),
    ]), @r#"
    build::missing_tool: the linker `clang`, which .cargo/config.toml asks for, is not in the build environment
    help: add `clang = "*"` to `[package.build-dependencies]` of pixi.toml, or take it out of the configuration
    at .cargo/config.toml: `clang` asked for here

    build::missing_tool: the linker `lld`, which .cargo/config.toml asks for, is not in the build environment
    help: add `lld = "*"` to `[package.build-dependencies]` of pixi.toml, or take it out of the configuration
    at .cargo/config.toml: `-fuse-ld=lld` asked for here

    build::missing_tool: the linker `mold`, which .cargo/config asks for, is not in the build environment
    help: add `mold = "*"` to `[package.build-dependencies]` of pixi.toml, or take it out of the configuration
    at .cargo/config: `-fuse-ld=mold` asked for here

    build::missing_tool: the linker `mold`, which `RUSTFLAGS` in `[package.build.config.env]` asks for, is not in the build environment
    help: add `mold = "*"` to `[package.build-dependencies]` of pixi.toml

    build::missing_tool: the linker `clang` is not in the build environment
    help: add `clang = "*"` to `[package.build-dependencies]` of pixi.toml
    "#);
}

#[test]
fn features_that_the_crate_has_are_named_where_one_is_misspelled() {
    const LOG: &str = include_str!("logs/no_such_feature.log");
    let manifest = |features: &str| {
        let package = "[package]\nname = 'tool'\nversion = '1.0.0'\n";
        format!("{package}\n[features]\n{features}")
    };
    let near = manifest("nopes = []\ntls = []\n");
    let far = manifest("tls = []\nhttp = []\n");
    let arguments = "extra-args = ['--features', 'tls,nope']\n";
    insta::assert_snapshot!(all(&[
        (LOG, &[("Cargo.toml", &near)], "features = ['nope']\n"),
        (LOG, &[("Cargo.toml", &far)], arguments),
        (LOG, &[("Cargo.toml", &far)], "cargo-test = ['--features=nope']\n"),
        (LOG, &[], "features = ['nope']\n"),
    ]), @"
    build::unknown_name: the crate has no feature `nope`, which `features` names
    help: did you mean `nopes`? The features are `nopes` and `tls`

    build::unknown_name: the crate has no feature `nope`, which `extra-args` names
    help: the features are `tls` and `http`

    build::unknown_name: the crate has no feature `nope`, which `cargo-test` names
    help: the features are `tls` and `http`

    build::unknown_name: the crate has no feature `nope`, which `features` names
    help: Cargo.toml has no `[features]`: remove it from `features`
    ");
}

#[test]
fn targets_and_their_features_are_those_of_the_option_that_names_them() {
    const MISSING: &str = include_str!("logs/no_such_binary.log");
    const NEEDS: &str = "error: failed to compile `tool v1.0.0 (/t)`\n\nCaused by:\n  \
                         target `tool` in package `tool` requires the features: `cli`, `tls`\n  \
                         Consider enabling them by passing, e.g., `--features=\"cli tls\"`\n";
    const NONE: &str = "warning: none of the package's binaries are available for install using the \
                        selected features\n  bin \"tool\" requires the features: `cli`, `tls`\n";
    let example = MISSING.replace("bin target", "example target");
    insta::assert_snapshot!(all(&[
        (MISSING, &[], "binaries = ['nope']\n"),
        (MISSING, &[], "extra-args = ['--bin=nope']\n"),
        (&example, &[], "extra-args = ['--example', 'nope']\n"),
        (NEEDS, &[], "binaries = ['tool']\nextra-args = ['--no-default-features']\n"),
        (NEEDS, &[], "extra-args = ['--bin', 'tool']\nfeatures = ['json']\n"),
        (NONE, &[], ""),
    ]), @r#"
    build::unknown_name: the crate has no binary `nope`, which `binaries` names
    help: the crate has `bin`

    build::unknown_name: the crate has no binary `nope`, which `extra-args` names
    help: the crate has `bin`

    build::unknown_name: the crate has no example `nope`, which `extra-args` names
    help: the crate has `bin`

    build::missing_features: the target `tool`, which `binaries` names, needs features that are not enabled
    help: add `"--features", "cli,tls"` to `extra-args` in `[package.build.config]` of pixi.toml, or make them default features of the crate

    build::missing_features: the target `tool`, which `extra-args` names, needs features that are not enabled
    help: add `"cli", "tls"` to `features` in `[package.build.config]` of pixi.toml, or make them default features of the crate

    build::missing_features: every binary needs features that are not enabled
    help: write `features = ["cli", "tls"]` into `[package.build.config]` of pixi.toml, or make them default features of the crate
    "#);
}

#[test]
fn wrappers_that_the_project_asks_for_are_named_with_their_place() {
    const SCCACHE: &str = include_str!("logs/wrapper_of_the_project.log");
    let other = SCCACHE.replace("sccache ", "/opt/bin/guard ");
    let guard = "[build]\nrustc-workspace-wrapper = '/opt/bin/guard'\n";
    insta::assert_snapshot!(all(&[
        (
            SCCACHE,
            &[(".cargo/config.toml", "[build]\nrustc-wrapper = 'sccache'\n")],
            ""
        ),
        (&other, &[(".cargo/config.toml", guard)], ""),
        (SCCACHE, &[], "[env]\nRUSTC_WRAPPER = 'sccache'\n"),
    ]), @r#"
    build::missing_tool: the wrapper of rustc `sccache`, which .cargo/config.toml asks for, is not in the build environment
    help: set `compiler-cache = "sccache"` in `[package.build.config]`, which also adds it to the build environment, or override it there with `RUSTC_WRAPPER = ""` in `env`
    at .cargo/config.toml: `sccache` asked for here

    build::missing_tool: the wrapper of rustc `/opt/bin/guard`, which .cargo/config.toml asks for, is not in the build environment
    help: add the package that has it to `[package.build-dependencies]` of pixi.toml, or take it out of the configuration
    at .cargo/config.toml: `/opt/bin/guard` asked for here

    build::missing_tool: the wrapper of rustc `sccache`, which `RUSTC_WRAPPER` in `[package.build.config.env]` asks for, is not in the build environment
    help: set `compiler-cache = "sccache"` in `[package.build.config]`, which also adds it to the build environment, or override it there with `RUSTC_WRAPPER = ""` in `env`
    "#);
}

#[test]
fn compilers_and_targets_are_named_with_their_origin() {
    const TARGET: &str = include_str!("logs/no_standard_library_for_the_target.log");
    let clang = "error: failed to run custom build command for `a v1.0.0`\n\nCaused by:\n  no\n  --- stderr\n  \
                 error occurred in cc-rs: failed to find tool \"clang-17\": No such file or directory\n";
    let target = "[build]\ntarget = 'x86_64-unknown-linux-musl'\n";
    insta::assert_snapshot!(all(&[
        (clang, &[(".cargo/config.toml", "[env]\nCC = \"clang-17\"\n")], ""),
        (clang, &[], "[env]\nCC = 'clang-17'\n"),
        (clang, &[], "[env]\nCC = 'clang'\n"),
        (TARGET, &[(".cargo/config.toml", target)], ""),
        (TARGET, &[], "extra-args = ['--target', 'x86_64-unknown-linux-musl']\n"),
    ]), @r#"
    build::missing_tool: `a v1.0.0` needs a C or C++ compiler, and there is no clang-17
    help: .cargo/config.toml asks for it: change that, or name every language the crates are written in with `compilers = ["rust", "c", "cxx"]` in `[package.build.config]`
    at .cargo/config.toml: `"clang-17"` asked for here

    build::missing_tool: `a v1.0.0` needs a C or C++ compiler, and there is no clang-17
    help: `CC` in `[package.build.config.env]` asks for it: change that, or name every language the crates are written in with `compilers = ["rust", "c", "cxx"]` in `[package.build.config]`

    build::missing_tool: `a v1.0.0` needs a C or C++ compiler, and there is no clang-17
    help: name every language the crates are written in with `compilers = ["rust", "c", "cxx"]` in `[package.build.config]`

    build::missing_target: the toolchain has no standard library for `x86_64-unknown-linux-musl`, which .cargo/config.toml asks for
    help: add `rust-std-x86_64-unknown-linux-musl = "*"` to `[package.build-dependencies]` of pixi.toml
    at .cargo/config.toml: `x86_64-unknown-linux-musl` asked for here

    build::missing_target: the toolchain has no standard library for `x86_64-unknown-linux-musl`, which `extra-args` asks for
    help: add `rust-std-x86_64-unknown-linux-musl = "*"` to `[package.build-dependencies]` of pixi.toml
    "#);
}

#[test]
fn a_file_of_the_project_asks_for_a_nightly_toolchain() {
    const FEATURES: &str = include_str!("logs/nightly_features.log");
    const FLAG: &str = "error: the `-Z` flag is only accepted on the nightly channel of Cargo, but this is \
                        the `stable` channel\nSee https://doc.rust-lang.org for more\n";
    const MANIFEST: &str = "error: failed to parse manifest at `/home/user/tool/Cargo.toml`\n\nCaused by:\n  the \
                            cargo feature `codegen-backend` requires a nightly version of Cargo, but this is \
                            the `stable` channel\n";
    let toml = "[toolchain]\nchannel = \"nightly-2026-01-15\"\n";
    insta::assert_snapshot!(all(&[
        (FEATURES, &[("rust-toolchain.toml", toml)], ""),
        (FEATURES, &[("rust-toolchain", "nightly\n")], ""),
        (
            FLAG,
            &[("rust-toolchain.toml", "[toolchain]\nchannel = 'stable'\n")],
            ""
        ),
        (MANIFEST, &[], ""),
        (
            "error: the option `Z` is only accepted on the nightly compiler\n",
            &[(".cargo/config.toml", "[build]\nrustflags = ['-Zshare-generics=y']\n")],
            "",
        ),
    ]), @r#"
    build::nightly_features: the code uses unstable features, and those need a nightly toolchain, which rust-toolchain.toml asks for
      error[E0554]: `#![feature]` may not be used on the stable release channel (src/main.rs:1:1)
    help: conda's `rust` is stable, and a toolchain file does not change it: build with features that are stable, or set `RUSTC_BOOTSTRAP = "1"` in `[package.build.config.env]`, which makes the stable compiler take features of the same age
    at rust-toolchain.toml: `nightly-2026-01-15` not the toolchain of the environment

    build::nightly_features: the code uses unstable features, and those need a nightly toolchain, which rust-toolchain asks for
      error[E0554]: `#![feature]` may not be used on the stable release channel (src/main.rs:1:1)
    help: conda's `rust` is stable, and a toolchain file does not change it: build with features that are stable, or set `RUSTC_BOOTSTRAP = "1"` in `[package.build.config.env]`, which makes the stable compiler take features of the same age
    at rust-toolchain: `nightly` not the toolchain of the environment

    build::nightly_features: the code uses unstable features, and those need a nightly toolchain, which the environment does not have
      error: the `-Z` flag is only accepted on the nightly channel of Cargo, but this is the `stable` channel
    help: conda's `rust` is stable, and a toolchain file does not change it: build with features that are stable, or set `RUSTC_BOOTSTRAP = "1"` in `[package.build.config.env]`, which makes the stable compiler take features of the same age

    build::nightly_features: the code uses unstable features, and those need a nightly toolchain, which the environment does not have
      the cargo feature `codegen-backend` requires a nightly version of Cargo, but this is the `stable` channel
    help: conda's `rust` is stable, and a toolchain file does not change it: build with features that are stable, or set `RUSTC_BOOTSTRAP = "1"` in `[package.build.config.env]`, which makes the stable compiler take features of the same age

    build::nightly_features: the code uses unstable features, and those need a nightly toolchain, which the environment does not have
      error: the option `Z` is only accepted on the nightly compiler
    help: conda's `rust` is stable, and a toolchain file does not change it: build with features that are stable, or set `RUSTC_BOOTSTRAP = "1"` in `[package.build.config.env]`, which makes the stable compiler take features of the same age
    at .cargo/config.toml: `-Z` asked for here
    "#);
}

#[test]
fn python_extension() {
    const EMPTY: &str = include_str!("logs/library_only.log");
    let maturin = [(
        "pyproject.toml",
        "[build-system]\nrequires = ['maturin>=1']\n",
    )];
    insta::assert_snapshot!(with_crate(&maturin, "", |build| told(EMPTY, build)));
}

#[test]
fn nightly_features() {
    const FEATURES: &str = include_str!("logs/nightly_features.log");
    let file = [(
        "rust-toolchain.toml",
        "[toolchain]\nchannel = \"nightly\"\n",
    )];
    insta::assert_snapshot!(with_crate(&file, "", |build| told(FEATURES, build)));
}

#[test]
fn a_library_that_belongs_to_another_backend_is_left_to_it() {
    const EMPTY: &str = include_str!("logs/library_only.log");
    let maturin = "[build-system]\nrequires = ['maturin>=1']\nbuild-backend = 'maturin'\n";
    let setup = "from setuptools import setup\nfrom setuptools_rust import RustExtension\n";
    let pyo3 = "[package]\nname = 'tool'\nversion = '1.0.0'\n[dependencies]\npyo3 = '0.29'\n";
    insta::assert_snapshot!(all(&[
        (EMPTY, &[("pyproject.toml", maturin)], ""),
        (EMPTY, &[("setup.py", setup)], ""),
        (EMPTY, &[("Cargo.toml", pyo3)], ""),
        (
            EMPTY,
            &[("CMakeLists.txt", "find_package(Corrosion)\n")],
            ""
        ),
        (
            EMPTY,
            &[(
                "pyproject.toml",
                "[build-system]\nrequires = ['hatchling']\n"
            )],
            ""
        ),
    ]), @r#"
    build::other_backend: the crate is a library: it has no binary to install, but it is part of a Python extension
    help: pixi-build-python builds a Python extension, with `maturin` or `setuptools-rust` among the host dependencies: write `backend = { name = "pixi-build-python" }` in `[package.build]` of pixi.toml

    build::other_backend: the crate is a library: it has no binary to install, but it is part of a Python extension
    help: pixi-build-python builds a Python extension, with `maturin` or `setuptools-rust` among the host dependencies: write `backend = { name = "pixi-build-python" }` in `[package.build]` of pixi.toml

    build::other_backend: the crate is a library: it has no binary to install, but it is part of a Python extension
    help: pixi-build-python builds a Python extension, with `maturin` or `setuptools-rust` among the host dependencies: write `backend = { name = "pixi-build-python" }` in `[package.build]` of pixi.toml

    build::other_backend: the crate is a library: it has no binary to install, but it is part of a CMake project
    help: pixi-build-cmake builds a CMake project: write `backend = { name = "pixi-build-cmake" }` in `[package.build]` of pixi.toml

    build::library_only: the crate is a library: it has no binary to install
    help: add `src/main.rs` or a `[[bin]]` table to Cargo.toml, or build the directory of another crate with `source = { path = "…" }` in `[package.build]` of pixi.toml; libraries that other crates use need no package
    "#);
}

#[test]
fn a_build_script_is_quoted_however_it_says_why_it_fails() {
    let failed =
        "error: failed to run custom build command for `a v1.0.0 (/a)`\n\nCaused by:\n  no\n";
    let logs = [
        format!(
            "warning: a@1.0.0: the schema is too old\n{failed}  --- stdout\n  cargo:warning=the schema is too old\n"
        ),
        format!("error: a@1.0.0: no schema\n{failed}  --- stdout\n  cargo::error=no schema\n"),
        format!(
            "{failed}  --- stderr\n  Os {{ code: 17, kind: AlreadyExists, message: \"File exists\" }}\n"
        ),
    ];
    insta::assert_snapshot!(logs.map(|log| explained(&log)).join("\n\n"), @r#"
    build::build_script: the build script of `a v1.0.0` failed
      the schema is too old

    build::build_script: the build script of `a v1.0.0` failed
      no schema

    build::build_script: the build script of `a v1.0.0` failed
      Os { code: 17, kind: AlreadyExists, message: "File exists" }
    help: an earlier run of the script may have left it in `OUT_DIR`: build again, which begins with an empty one, or remove the files of all builds with the command `clean`
    "#);
}

#[test]
fn programs_are_named_with_their_packages() {
    let explained = |line: &str| {
        let failed = "error: failed to run custom build command for `native v1.0.0`";
        let log = format!("{failed}\n\nCaused by:\n  no\n  --- stderr\n  {line}\n");
        let told = explained(&log);
        told.split_once("`native v1.0.0` ")
            .map_or(told.clone(), |(_, told)| told.replace('\n', "; "))
    };
    let lines = [
        "sh: 1: flex: not found",
        "./configure: line 12: m4: command not found",
        "make: autoreconf: No such file or directory",
        "make[1]: bison: Command not found",
        "env: 'python3': No such file or directory",
        "Can't locate IPC/Cmd.pm in @INC (you may need to install the IPC::Cmd module)",
        "Command '/usr/bin/perl' not found. Is /usr/bin/perl installed?",
        "thread 'main' panicked: is `ninja` not installed?",
        "error occurred in cc-rs: failed to find tool \"aarch64-linux-gnu-gcc\": No such file",
        "sh: 1: cargo-make: not found",
        "error: file `data.txt` not found",
    ];
    insta::assert_snapshot!(lines.map(explained).join("\n"), @r#"
    needs `flex`, and the environment has none; help: add `flex = "*"` to `[package.build-dependencies]` of pixi.toml
    needs `m4`, and the environment has none; help: add `m4 = "*"` to `[package.build-dependencies]` of pixi.toml
    needs `autoreconf`, and the environment has none; help: add `autoconf = "*"` to `[package.build-dependencies]` of pixi.toml
    needs `bison`, and the environment has none; help: add `bison = "*"` to `[package.build-dependencies]` of pixi.toml
    needs `python3`, and the environment has none; help: add `python = "*"` to `[package.build-dependencies]` of pixi.toml
    needs perl, and the environment has none; help: add `perl = "*"` to `[package.build-dependencies]` of pixi.toml
    needs perl, and the environment has none; help: add `perl = "*"` to `[package.build-dependencies]` of pixi.toml
    needs `ninja`, and the environment has none; help: add `ninja = "*"` to `[package.build-dependencies]` of pixi.toml
    needs a C or C++ compiler, and there is no aarch64-linux-gnu-gcc; help: name every language the crates are written in with `compilers = ["rust", "c", "cxx"]` in `[package.build.config]`
    needs `cargo-make`, and the environment has none; help: add the package that has it to `[package.build-dependencies]` of pixi.toml
    failed;   error: file `data.txt` not found
    "#);
}

#[test]
fn a_newer_cargo_is_named_with_its_version_if_that_is_known() {
    let manifest = "error: failed to parse manifest at `/a/Cargo.toml`\n\nCaused by:\n  ";
    let lock =
        "error: failed to parse lock file at: /a/Cargo.lock\n\nCaused by:\n  lock file version ";
    let logs = [
        format!("{lock}4 requires `-Znext-lockfile-bump`\n"),
        format!(
            "{lock}`4` was found, but this version of Cargo does not understand this lock file\n"
        ),
        format!("{manifest}feature `edition2024` is required\n"),
        format!(
            "{manifest}failed to parse the `edition` key\n\nCaused by:\n  supported edition values are \
             `2015`, `2018`, or `2021`, but `2024` is unknown\n"
        ),
        format!(
            "{manifest}`resolver` setting `3` is not valid, valid options are \"1\" or \"2\"\n"
        ),
    ];
    insta::assert_snapshot!(logs.map(|log| explained(&log)).join("\n\n"), @r#"
    build::old_cargo: Cargo.lock has version 4, which needs a newer cargo than the environment has
      in /a/Cargo.lock
    help: ask for a newer one with `rust_compiler_version = ["1.78"]` in `[workspace.build-variants]` of pixi.toml

    build::old_cargo: Cargo.lock has version 4, which needs a newer cargo than the environment has
      in /a/Cargo.lock
    help: ask for a newer one with `rust_compiler_version = ["1.78"]` in `[workspace.build-variants]` of pixi.toml

    build::old_cargo: the Cargo feature `edition2024` needs a newer cargo than the environment has
      in /a/Cargo.toml
    help: ask for a newer one with `rust_compiler_version = ["1.85"]` in `[workspace.build-variants]` of pixi.toml

    build::old_cargo: the edition 2024 needs a newer cargo than the environment has
      in /a/Cargo.toml
    help: ask for a newer one with `rust_compiler_version = ["1.85"]` in `[workspace.build-variants]` of pixi.toml

    build::old_cargo: the resolver 3 needs a newer cargo than the environment has
      in /a/Cargo.toml
    help: ask for a newer one with `rust_compiler_version = ["1.84"]` in `[workspace.build-variants]` of pixi.toml
    "#);
}

#[test]
fn what_failed_is_the_cause_and_not_what_was_warned_of() {
    let warning = "warning: other@0.1.0: No space left on device, the cache is not used\n\
                   warning: other@0.1.0: is `cmake` not installed? the bundled copy is used\n\
                   warning: other@0.1.0: Could not resolve host: example.org\n";
    let code = "error[E0308]: mismatched types\n --> src/main.rs:2:22\n  |\n";
    let panic = "error: failed to run custom build command for `a v1.0.0 (/a)`\n\nCaused by:\n  process didn't \
                 exit successfully: `/t/build-script-build` (exit status: 101)\n  --- stdout\n  \
                 cargo:warning=is `cmake` not installed? going on\n\n  --- stderr\n  \
                 panicked at build.rs:1:1:\n  no schema\n";
    let link = "error: linking with `cc` failed: exit status: 1\n  = note: ld: cannot find -lz: No such file\n";
    let logs = [code, panic, link].map(|failure| explained(&format!("{warning}{failure}")));
    insta::assert_snapshot!(logs.join("\n\n"), @r#"
    build::compile_error: the code does not compile
      error[E0308]: mismatched types (src/main.rs:2:22)

    build::build_script: the build script of `a v1.0.0` failed
      panicked at build.rs:1:1:
      no schema

    build::missing_library: the build needs the library `z`, which was not found
    help: the package `zlib` has it: add `zlib = "*"` to `[package.host-dependencies]` of pixi.toml
    "#);
}
