//! Installs packages into a prefix.

use std::path::Path;

use miette::{Diagnostic, Report};
use rattler::install::{Installer, InstallerError};
use rattler_conda_types::{RepoDataRecord, Subdir};
use thiserror::Error;

use crate::diagnostic::create_folder;
use crate::environments::Environment;
use crate::environments::client::{CondaClient, Network};
use crate::environments::environment_spec::EnvironmentKind;
use crate::environments::errors::chain;

impl CondaClient {
    /// Makes the packages in `prefix` exactly those of `environment`. Does not install a package
    /// again that is already there, and keeps files that do not belong to a package.
    ///
    /// # Errors
    /// [`NotInstalled`].
    pub async fn install(
        &self,
        package: &str,
        environment: &Environment,
        prefix: &Path,
    ) -> Result<(), Report> {
        // pixi creates the directory even if it stays empty.
        create_folder(prefix)?;
        let installed = self
            .install_records(&environment.packages, environment.platform, prefix)
            .await;
        Ok(installed.map_err(|error| NotInstalled {
            role: environment.role,
            package: package.to_string(),
            reason: chain(&error),
            help: match self.network {
                Network::Allowed => {
                    "check that the channel is reachable and that the disk has free space"
                }
                Network::Offline => "build once without `--offline` to download it",
            },
        })?)
    }

    async fn install_records(
        &self,
        records: &[RepoDataRecord],
        platform: Subdir,
        prefix: &Path,
    ) -> Result<(), InstallerError> {
        // As with pixi, link scripts of packages are not run.
        let installer = Installer::new()
            .with_download_client(self.client.clone())
            .with_package_cache(self.packages.clone())
            .with_max_concurrent_requests(self.downloads)
            .with_target_platform(platform)
            .with_execute_link_scripts(false);
        installer.install(prefix, records.to_vec()).await?;
        Ok(())
    }
}

/// Packages that could not be fetched or linked.
#[derive(Debug, Error, Diagnostic)]
#[error("the {role} environment of `{package}` cannot be installed: {reason}")]
#[diagnostic(code(environment::not_installed), help("{help}"))]
struct NotInstalled {
    role: EnvironmentKind,
    package: String,
    reason: String,
    help: &'static str,
}
