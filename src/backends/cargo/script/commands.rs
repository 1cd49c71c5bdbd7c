//! The Cargo commands other than `cargo install`: tests before it, libraries after it.

use crate::backend::script::Word;
use crate::backends::cargo::context::crate_context::CrateBuild;
use crate::backends::cargo::context::layout::TARGET_DIR;
use crate::backends::cargo::context::tools::Tools;
use crate::backends::cargo::libraries;
use crate::backends::cargo::option_checks;
use crate::backends::cargo::script::environment::ScriptEnvironment;
use crate::backends::cargo::script::{message, rustflags};

/// `cargo test`, if the user enables it and the machine can run the tests.
pub(super) fn test(build: CrateBuild<'_>, tools: &Tools) -> Option<Vec<Word>> {
    let arguments = build.request.config.test_arguments()?;
    if !runs_tests(build) {
        return None;
    }
    let mut command = vec![tools.tool("cargo"), "test".into()];
    command.extend(common(build, tools, build.arguments.profile()));
    command.extend(arguments.iter().map(Word::literal));
    Some(command)
}

/// Whether the user enables tests and the machine can run them.
pub(super) fn runs_tests(build: CrateBuild<'_>) -> bool {
    let platforms = build.request.platforms;
    build.request.config.test_arguments().is_some() && platforms.build == platforms.host
}

/// The command that compiles the libraries that cargo-c does not install.
pub(super) fn library(build: CrateBuild<'_>, tools: &Tools) -> Option<Vec<Word>> {
    let types = &build.request.config.libraries;
    if types.is_empty() {
        return None;
    }
    let mut command = vec![tools.tool("cargo"), "rustc".into(), "--lib".into()];
    command.extend(["--crate-type".into(), Word::literal(types.join(","))]);
    let (profile, setting) = libraries::profile(build);
    let setting = setting.into_iter().map(Word::literal);
    command.extend(setting.flat_map(|setting| ["--config".into(), setting]));
    command.extend(common(build, tools, profile));
    if build.request.config.package.needs_out_dir() {
        command.extend(message::ARGUMENTS.map(Word::from));
    }
    Some(command)
}

/// `cargo cinstall`, if the crate is a library for C.
pub(super) fn c_library(build: CrateBuild<'_>, tools: &Tools) -> Option<Vec<Word>> {
    let types = option_checks::c_types(&build.request.config.c_library)?;
    let prefix = tools.library_prefix("PREFIX");
    let separator = tools.separator();
    let mut command = vec![tools.tool("cargo"), "cinstall".into()];
    command.extend(common(build, tools, build.arguments.profile()));
    command.extend(["--prefix".into(), prefix.clone()]);
    command.extend(["--libdir".into(), prefix.then(format!("{separator}lib"))]);
    for library in types {
        command.extend(["--library-type".into(), Word::literal(library)]);
    }
    Some(command)
}

/// The arguments that these commands share with `cargo install`. The commands run in the directory
/// of the crate, so the paths are absolute.
fn common(build: CrateBuild<'_>, tools: &Tools, profile: &str) -> Vec<Word> {
    let separator = tools.separator();
    let below = |name: &str| Word::variable("SRC_DIR").then(format!("{separator}{name}"));
    let manifest = build.root.join("Cargo.toml").display().to_string();
    let mut words: Vec<Word> = vec!["--locked".into()];
    words.extend(["--manifest-path".into(), Word::literal(manifest)]);
    words.extend(["--target-dir".into(), below(TARGET_DIR)]);
    let chosen = build.arguments.words_for_commands();
    words.extend(chosen.map(Word::literal));
    words.extend(["--profile".into(), Word::literal(profile)]);
    words.extend(build.package_argument().into_iter().map(Word::literal));
    if build.shared_folder.is_some() {
        let [option, file] = ScriptEnvironment::arguments();
        words.extend([option.into(), below(file)]);
    }
    words.extend(rustflags::arguments(build).into_iter().map(Word::literal));
    words
}
