//! Builds a recipe that a backend drafted: runs the hooks and the script, installs the files that
//! the script does not install, and creates the package.
//!
//! rattler-build's own function for a build runs the script and creates the package in one step.
//! This module calls the parts of that function separately. Sources and environments are ready
//! before it starts.

use std::collections::HashSet;

use miette::{Diagnostic, IntoDiagnostic, Report};
use rattler_build_core::package_test::PackageContentsTestExt;
use rattler_build_core::tool_configuration::Configuration;
use rattler_build_core::types::Output;
use rattler_build_recipe::stage1::TestType;
use rattler_conda_types::package::PathsJson;
use thiserror::Error;

use crate::engine::finish::{Finish, Moment};
use crate::engine::listed_files::ListedFiles;
use crate::engine::relocation;
use crate::engine::steps::{self, Packed};

/// Runs the script of `output` and packages the files that it installed.
///
/// # Errors
/// A script, a hook or a check that fails, files that cannot be read or written.
pub(super) async fn run(
    mut output: Output,
    tools: &Configuration,
    finish: &Finish<'_>,
) -> Result<Packed, Report> {
    let directories = &output.build_configuration.directories;
    directories.create_build_dir(false).into_diagnostic()?;
    output.record_build_start();
    finish.hook(Moment::BeforeBuild, &output, tools).await?;
    let mut listed = ListedFiles::before_script(finish)?;
    steps::script(&output, tools).await?;
    let mut finished = finish.script_ended()?;
    listed.after_script(finished.package_files.take(), finish)?;
    finish.install(&mut output, &finished).await?;
    finish.hook(Moment::AfterInstall, &output, tools).await?;
    let installed = listed.write(&output, finish)?;
    relocation::spare(&mut output, &finish.paths.host_prefix, &installed)?;
    // rattler-build installed no dependencies, so it has no files to exclude from the package.
    let none = HashSet::new();
    let packed = output.create_package(tools, Some(&none)).await;
    let (archive, paths) = packed.into_diagnostic()?;
    output.record_artifact(&archive, &paths);
    check(&output, &paths, finish).map_err(|reason| steps::refuse(&archive, reason))?;
    Ok(Packed {
        output,
        archive,
        installed,
    })
}

/// Checks the contents of a package.
///
/// # Errors
/// [`LinksOnWindows`], files that the tests of the package expect and that are missing.
fn check(output: &Output, paths: &PathsJson, finish: &Finish<'_>) -> Result<(), Report> {
    check_links(output, paths)?;
    for (index, test) in output.recipe.tests().iter().enumerate() {
        if let TestType::PackageContents { package_contents } = test {
            let tested = package_contents.run_test(paths, output);
            tested.map_err(|error| finish.wrong_contents(index, &error.to_string()))?;
        }
    }
    Ok(())
}

/// Checks that a package for Windows has no symbolic links: creating them needs a right that most
/// users of Windows do not have.
fn check_links(output: &Output, paths: &PathsJson) -> Result<(), LinksOnWindows> {
    if !output.build_configuration.target_platform.is_windows() {
        return Ok(());
    }
    let links = steps::links(paths);
    if links.is_empty() {
        Ok(())
    } else {
        Err(LinksOnWindows(links.join(", ")))
    }
}

/// Symbolic links in a package for Windows.
#[derive(Debug, Error, Diagnostic)]
#[error("the package contains symbolic links, which not every user of Windows can create: {0}")]
#[diagnostic(code(build::links), help("install copies instead"))]
struct LinksOnWindows(String);
