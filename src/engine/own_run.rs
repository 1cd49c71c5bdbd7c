//! Builds a recipe that the user wrote: runs the script, collects the license files, and creates
//! the package.
//!
//! rattler-build's own function for a build runs the script and creates the package in one step.
//! The script may write license files, so they have to be collected between these steps.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use miette::{IntoDiagnostic, Report};
use rattler_build_core::package_test::PackageContentsTestExt;
use rattler_build_core::tool_configuration::Configuration;
use rattler_build_core::types::Output;
use rattler_build_recipe::stage1::TestType;
use rattler_build_recipe::stage1::build::BuildPlan;
use rattler_conda_types::Subdir;
use rattler_conda_types::package::PathsJson;

use crate::engine::clean_prefix;
use crate::engine::finish::Finish;
use crate::engine::own::OwnBuild;
use crate::engine::own_failure;
use crate::engine::own_license::Licenses;
use crate::engine::relocation;
use crate::engine::steps::{self, Packed};

/// Runs the script of `output` and packages the files that it installed. Sources and environments
/// are ready before it starts.
///
/// # Errors
/// A script or a check that fails, license files that do not exist, files that cannot be read or
/// written.
pub(super) async fn run(
    mut output: Output,
    tools: &Configuration,
    own: &OwnBuild,
    finish: &Finish<'_>,
) -> Result<Packed, Report> {
    let directories = &output.build_configuration.directories;
    directories.create_build_dir(false).into_diagnostic()?;
    output.record_build_start();
    output.install_environments(tools).await.into_diagnostic()?;
    steps::script(&output, tools).await?;
    let licenses = Licenses {
        text: &own.text,
        pruned: &own.pruned,
    };
    licenses.collect(&mut output)?;
    let prefix = &finish.paths.host_prefix;
    let mut installed = clean_prefix::made(prefix, finish.swept)?;
    warn_if_empty(&output, &installed);
    relocation::spare(&mut output, prefix, &installed)?;
    // rattler-build installed no dependencies, so it has no files to exclude from the package.
    let none = HashSet::new();
    let packed = output.create_package(tools, Some(&none)).await;
    let (archive, paths) = packed.into_diagnostic()?;
    check(&output, &paths, own).map_err(|reason| steps::refuse(&archive, reason))?;
    output.record_artifact(&archive, &paths);
    // The recipe may choose among the files. A package for every Python has other paths.
    let noarch = output.recipe.build.noarch.unwrap_or_default();
    if !noarch.is_python() {
        let paths = paths.paths.iter();
        let packed: BTreeSet<&Path> = paths.map(|entry| entry.relative_path.as_path()).collect();
        installed.retain(|path| packed.contains(path.as_path()));
    }
    Ok(Packed {
        output,
        archive,
        installed,
    })
}

/// Warns about a script that installs nothing. A package without a script may be empty.
fn warn_if_empty(output: &Output, installed: &BTreeSet<PathBuf>) {
    let has_script = match &output.recipe.build.plan {
        BuildPlan::Script(script) => !script.contents().is_default(),
        BuildPlan::Steps(_) => true,
    };
    if has_script && installed.is_empty() {
        tracing::warn!(
            "the package is empty: its script installed nothing below `$PREFIX` (help: copy files \
             there, or remove the script of a package that only has dependencies)"
        );
    }
}

/// Checks the contents of a package.
///
/// # Errors
/// Links that Windows does not have, files that the tests of the recipe expect and that are
/// missing.
fn check(output: &Output, paths: &PathsJson, own: &OwnBuild) -> Result<(), Report> {
    if may_be_on_windows(output) {
        let links = steps::links(paths);
        if !links.is_empty() {
            return Err(own_failure::links(&links, &own.text));
        }
    }
    for test in output.recipe.tests() {
        if let TestType::PackageContents { package_contents } = test {
            let tested = package_contents.run_test(paths, output);
            tested.into_diagnostic()?;
        }
    }
    Ok(())
}

/// Whether the package can be installed on Windows: it is for Windows, or for all platforms and
/// needs no virtual package that Windows does not have.
fn may_be_on_windows(output: &Output) -> bool {
    const NOT_WINDOWS: [&str; 6] = [
        "__unix",
        "__osx",
        "__linux",
        "__glibc",
        "__ios",
        "__android",
    ];
    let platform = output.build_configuration.target_platform;
    let dependencies = output.finalized_dependencies.iter();
    let mut run = dependencies.flat_map(|all| &all.run.depends);
    let needs_another = run.any(|dependency| {
        let name = dependency.spec().name.as_exact();
        name.is_some_and(|name| NOT_WINDOWS.contains(&name.as_normalized()))
    });
    platform.is_windows() || (platform == Subdir::NoArch && !needs_another)
}
