//! Runs the tests of packages that were built.

use std::path::{Path, PathBuf};

use miette::{IntoDiagnostic, Report, WrapErr};
use url::Url;

use crate::cli::report::step;
use crate::disk;
use crate::engine::package_test::{self, Testing};
use crate::environments::{CondaClient, channel};

/// A package that was built.
pub(super) struct Tested<'a> {
    /// The name, version and build string.
    pub(super) package: String,
    pub(super) archive: PathBuf,
    /// The channels of its dependencies.
    pub(super) channels: &'a [String],
    /// The work directory of its build.
    pub(super) work: PathBuf,
    /// Whether it can run on this machine.
    pub(super) runs_here: bool,
}

/// Tests all `packages`, which may depend on each other.
///
/// # Errors
/// The first test that fails; archives that cannot be copied.
pub(super) async fn run(packages: &[Tested<'_>], client: &CondaClient) -> Result<(), Report> {
    let mut with_tests = Vec::new();
    for tested in packages {
        if package_test::has_tests(&tested.archive)? {
            with_tests.push(tested);
        }
    }
    let Some(first) = with_tests.first() else {
        return Ok(());
    };
    // A channel in which the packages find each other.
    let channel = first.work.join("test-channel");
    disk::remove_folder(&channel)?;
    for Tested { archive, .. } in packages {
        copy(archive, &channel)
            .into_diagnostic()
            .wrap_err_with(|| format!("{} cannot be copied", archive.display()))?;
    }
    channel::index(&channel).await?;
    let local = Url::from_directory_path(&channel);
    let local = local.map_err(|()| miette::miette!("the folder for tests has no address"))?;
    for tested in with_tests {
        let Tested {
            package,
            archive,
            channels,
            work,
            runs_here,
        } = tested;
        if !runs_here {
            tracing::warn!("{package} is not tested: it is for another platform");
            continue;
        }
        let channels = [&[local.to_string()], *channels].concat();
        let testing = Testing {
            channels: &channels,
            cache: client.cache(),
            client: client.base_client(),
            folder: work.join("test"),
        };
        let title = format!("testing {package}");
        step(&title, Some(package), package_test::test(archive, testing)).await?;
    }
    Ok(disk::remove_folder(&channel)?)
}

/// Copies an archive to the directory of its platform in `channel`.
fn copy(archive: &Path, channel: &Path) -> std::io::Result<()> {
    let folders = archive.parent().and_then(Path::file_name);
    let folder = channel.join(folders.unwrap_or_default());
    std::fs::create_dir_all(&folder)?;
    let copy = folder.join(archive.file_name().unwrap_or_default());
    std::fs::copy(archive, copy).map(drop)
}
