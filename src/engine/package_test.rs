//! Runs the tests of a finished package, in environments with its archive.

use std::path::{Path, PathBuf};

use miette::{Diagnostic, IntoDiagnostic, Report};
use rattler_build_core::console_utils::LoggingOutputHandler;
use rattler_build_core::package_test::{TestConfiguration, TestError, run_test};
use rattler_build_core::tool_configuration::Configuration;
use rattler_build_core::types::PlatformWithVirtualPackages;
use rattler_build_networking::BaseClient;
use rattler_conda_types::package::CondaArchiveType;
use rattler_package_streaming::ExtractError;
use rattler_package_streaming::seek::read_package_file_content;
use rattler_virtual_packages::VirtualPackageOverrides;
use thiserror::Error;

use crate::disk;
use crate::engine::to_rattler_build::channel_urls;

/// The sources of packages for test environments.
pub struct Testing<'a> {
    /// Channels, highest priority first.
    pub channels: &'a [String],
    /// The directory for downloads.
    pub cache: &'a Path,
    /// The client that downloads.
    pub client: BaseClient,
    /// The directory for the environments. Environments of failed tests stay there.
    pub folder: PathBuf,
}

/// Whether the package in `archive` declares tests that need an environment.
///
/// # Errors
/// An archive that cannot be read.
pub fn has_tests(archive: &Path) -> Result<bool, Report> {
    let kind = CondaArchiveType::try_from(archive);
    let kind = kind.ok_or_else(|| miette::miette!("{} is not a package", archive.display()))?;
    let file = std::fs::File::open(archive).into_diagnostic()?;
    let text = match read_package_file_content(file, kind, "info/tests/tests.yaml") {
        Ok(text) => text,
        // Packages that other tools built may not have this file.
        Err(ExtractError::MissingComponent) => return Ok(false),
        Err(error) => return Err(error).into_diagnostic(),
    };
    let tests: Vec<serde_yaml::Value> = serde_yaml::from_slice(&text).map_err(|error| {
        let archive = archive.display();
        miette::miette!("info/tests/tests.yaml in {archive} cannot be read: {error}")
    })?;
    Ok(!tests.is_empty())
}

/// Runs all tests in the recipe of the package in `archive`.
///
/// # Errors
/// [`TestFailed`], an environment that cannot be created.
pub async fn test(archive: &Path, testing: Testing<'_>) -> Result<(), Report> {
    let Testing {
        channels,
        cache,
        client,
        folder,
    } = testing;
    let shown = LoggingOutputHandler::default();
    shown.set_progress_bars_hidden(true);
    let tools = Configuration::builder()
        .with_logging_output_handler(shown)
        .with_cache_dir(cache.to_path_buf())
        .with_reqwest_client(client)
        .finish();
    let current_platform =
        PlatformWithVirtualPackages::detect(&VirtualPackageOverrides::from_env()).map_err(
            |error| {
                miette::miette!("the virtual packages of this machine cannot be detected: {error}")
            },
        )?;
    disk::remove_folder(&folder)?;
    let configuration = TestConfiguration {
        test_prefix: folder.clone(),
        target_platform: None,
        host_platform: None,
        current_platform,
        keep_test_prefix: false,
        test_index: None,
        channels: channel_urls(channels),
        channel_priority: Default::default(),
        solve_strategy: Default::default(),
        tool_configuration: tools,
        output_dir: folder.clone(),
        exclude_newer: None,
        env_isolation: Default::default(),
    };
    let result = run_test(archive, &configuration, None).await;
    let error = match result {
        Ok(()) => return Ok(disk::remove_folder(&folder)?),
        Err(error) => error,
    };
    let package = archive.file_name().unwrap_or_default();
    let package = package.to_string_lossy().into_owned();
    Err(match error {
        TestError::TestEnvironmentSetup(report) => NoTestEnvironment {
            package,
            reason: one_line(&format!("{report:#}")),
        }
        .into(),
        error => TestFailed {
            package,
            reason: one_line(&error.to_string()),
            folder,
        }
        .into(),
    })
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A test of the recipe failed.
#[derive(Debug, Error, Diagnostic)]
#[error("a test of {package} failed: {reason}")]
#[diagnostic(
    code(package::test_failed),
    help(
        "the output of the test is above, its environment is below {}, and the package was built",
        folder.display()
    )
)]
struct TestFailed {
    package: String,
    reason: String,
    folder: PathBuf,
}

/// The environment of a test cannot be created.
#[derive(Debug, Error, Diagnostic)]
#[error("the environment for a test of {package} cannot be created: {reason}")]
#[diagnostic(
    code(environment::no_test_environment),
    help(
        "write the packages that the test needs into its `requirements`; the run dependencies of \
         the package are always installed"
    )
)]
struct NoTestEnvironment {
    package: String,
    reason: String,
}
