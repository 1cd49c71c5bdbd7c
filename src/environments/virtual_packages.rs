//! Virtual packages: the C library, the kernel and the processor of a platform.

use miette::Report;
use rattler_conda_types::{GenericVirtualPackage, Subdir};
use rattler_virtual_packages::{VirtualPackageOverrides, VirtualPackages};

use crate::project::load::VirtualPackage;

/// The virtual packages of the machine if it runs `platform`, or else those that all machines
/// of the platform have. `CONDA_OVERRIDE_…` variables are respected.
///
/// # Errors
/// A system that cannot be inspected, a variable without a valid version.
pub(super) fn detected(platform: Subdir) -> Result<Vec<GenericVirtualPackage>, Report> {
    let overrides = VirtualPackageOverrides::from_env();
    let found = VirtualPackages::detect_for_platform(platform, &overrides, None);
    let found = found.map_err(|error| {
        miette::miette!(
            code = "environment::unknown_machine",
            "the virtual packages of this machine cannot be detected: {error}"
        )
    })?;
    Ok(found.into_generic_virtual_packages().collect())
}

/// The virtual packages that the workspace declares for its platform.
///
/// # Errors
/// Versions that cannot be read.
pub(super) fn declared(packages: &[VirtualPackage]) -> Result<Vec<GenericVirtualPackage>, Report> {
    let declared = packages.iter().map(|package| {
        let VirtualPackage {
            name,
            version,
            build,
        } = package;
        let unreadable =
            |error: &dyn std::fmt::Display| miette::miette!("`{name} {version} {build}`: {error}");
        Ok(GenericVirtualPackage {
            name: name.parse().map_err(|error| unreadable(&error))?,
            version: version.parse().map_err(|error| unreadable(&error))?,
            build_string: build.parse().map_err(|error| unreadable(&error))?,
        })
    });
    declared.collect()
}
