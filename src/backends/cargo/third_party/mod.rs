//! The option `third-party-licenses`: the licenses of the crates that are linked into the
//! package.
//!
//! After the build, the script asks Cargo for these crates, with the same features and for the
//! same platform. Only normal dependencies count, and no procedural macros. Their license texts
//! are in the directories from which Cargo compiled them. Nothing is downloaded.

mod bundle;
mod crates;
pub(crate) mod options;
mod texts;

use std::path::PathBuf;

use miette::{Diagnostic, Report};
use thiserror::Error;

use crate::backend::BuildPaths;
use crate::backend::script::{Step, Word};
use crate::backends::cargo::context::crate_context::CrateBuild;
use crate::backends::cargo::context::packages::Member;
use crate::backends::cargo::context::tools::Tools;
use crate::backends::cargo::script::environment::ScriptEnvironment;
use crate::diagnostic::Warning;
use crate::disk;
use bundle::Bundle;
use crates::{Linked, Places};
use options::{Missing, ThirdParty};

/// The steps of the script that list the crates: one command for each member. A failure of the
/// command does not fail the build.
pub(crate) fn steps(build: CrateBuild<'_>, tools: &Tools) -> Vec<Step> {
    if build.request.config.third_party().is_none() || !has_any(build) {
        return Vec::new();
    }
    let members = build.members.iter().enumerate();
    let step = |(number, member): (usize, &Member)| {
        let separator = tools.separator();
        let file = Word::variable("SRC_DIR").then(format!("{separator}{}", file_name(number)));
        let root = Word::literal(build.root.display().to_string());
        Step::Keep(root, command(build, member, tools), file)
    };
    members.map(step).collect()
}

fn command(build: CrateBuild<'_>, member: &Member, tools: &Tools) -> Vec<Word> {
    let mut command = vec![tools.tool("cargo"), "tree".into()];
    let format = format!("{{p}}{0}{{l}}{0}{{r}}", crates::BETWEEN);
    let arguments = ["--locked", "--offline", "--prefix", "none", "--edges"];
    command.extend(arguments.map(Word::from));
    command.extend(["normal,no-proc-macro", "--format"].map(Word::from));
    command.push(Word::literal(format));
    let manifest = member.folder.join("Cargo.toml").display().to_string();
    command.extend(["--manifest-path".into(), Word::literal(manifest)]);
    if member.folder == build.root {
        command.extend(build.package_argument().into_iter().map(Word::literal));
    }
    let words = member.arguments.words_for_the_tree();
    command.extend(words.map(Word::literal));
    // With the same build directory as the build, Cargo does not ask rustc again.
    if build.shared_folder.is_some() {
        let [option, file] = ScriptEnvironment::arguments();
        let file = format!("{}{file}", tools.separator());
        command.extend([option.into(), Word::variable("SRC_DIR").then(file)]);
    }
    command
}

/// The file in the directory of the script that contains the output of Cargo for one member.
fn file_name(number: usize) -> String {
    format!("linked-crates-{number}.txt")
}

/// Whether the package may contain crates of other projects: the lock file contains one, or a
/// path crate is outside the Cargo workspace.
fn has_any(build: CrateBuild<'_>) -> bool {
    let lock = std::fs::read_to_string(build.workspace.join("Cargo.lock"));
    let named = lock.map_or(true, |lock| {
        lock.lines().any(|line| line.starts_with("source = "))
    });
    let mut local = build.path_crates.keys();
    named || local.any(|folder| !folder.starts_with(&build.workspace))
}

/// Writes the licenses to a file. `None` if only crates of the project are linked.
///
/// # Errors
/// An earlier bundle that cannot be read, and [`MissingTexts`] if the texts are required.
pub(crate) fn write(
    build: CrateBuild<'_>,
    paths: &BuildPaths,
    warnings: &mut Vec<Warning>,
) -> Result<Option<PathBuf>, Report> {
    let Some(options) = build.request.config.third_party() else {
        return Ok(None);
    };
    let file = paths.script_folder.join(options.format.file_name());
    disk::remove_file(&file)?;
    if !has_any(build) {
        return Ok(None);
    }
    let told = (0..build.members.len()).map(|number| paths.script_folder.join(file_name(number)));
    let told = told.map(|file| std::fs::read_to_string(file).unwrap_or_default());
    let text = told.collect::<Vec<_>>().join("\n");
    if text.trim().is_empty() {
        warnings.push(
            Warning::new(
                "the package does not contain the licenses of its crates: `cargo tree` did not \
                 list them",
            )
            .help("check that `cargo tree --locked` works in the directory of the package"),
        );
        return Ok(None);
    }
    let places = Places::of(build, paths);
    let linked = Linked::all(&text, build, &places);
    let named = project_files_named(build, &options);
    if linked.is_empty() || named {
        return Ok(None);
    }
    let bundle = Bundle::of(
        &build.package,
        &linked,
        &options,
        &build.request.project.source,
    )?;
    let missing = bundle.missing();
    if !missing.is_empty() {
        let list = missing.join(", ");
        match options.missing {
            Missing::Error => return Err(MissingTexts(list).into()),
            Missing::Warn => warnings.push(
                Warning::new(format!("no license text was found for {list}"))
                    .help("`third-party-licenses = { previous = \"…\" }` takes texts from a file that is completed by hand"),
            ),
        }
    }
    disk::write(&file, &bundle.text(options.format)?)?;
    tracing::info!(
        "the licenses of {} crates are in {}",
        linked.len(),
        options.format.file_name()
    );
    Ok(Some(file))
}

/// Whether the project contains its own bundle with the same file name.
fn project_files_named(build: CrateBuild<'_>, options: &ThirdParty) -> bool {
    let name = options.format.file_name();
    let own = build.license_files.iter().any(|file| file.ends_with(name));
    if own {
        tracing::info!("{name} is the project's own");
    }
    own
}

/// License texts that are required and were not found.
#[derive(Debug, Error, Diagnostic)]
#[error("no license text was found for {0}")]
#[diagnostic(
    code(license::missing_texts),
    help(
        "complete the file by hand and name it with `third-party-licenses = {{ previous = \"…\" }}`, or write \
         `missing = \"warn\"`"
    )
)]
struct MissingTexts(String);
