//! Finds requirements of the user that contradict those of the backend.
//!
//! A package `rust` among the build dependencies and the compiler package are compatible. The
//! solver finds a version for both, unless a variant sets the version of the compiler. The
//! error of the solver would then name packages that the user did not write.

use miette::{Diagnostic, Report, SourceSpan};
use rattler_conda_types::{ParseStrictness, Version, VersionSpec};
use thiserror::Error;

use crate::backend::Request;
use crate::backends::cargo::config::Config;
use crate::diagnostic::SourceFile;
use crate::protocol::spec::PackageSpec;

/// The variant that sets the version of the compiler package.
const VARIANT: &str = "rust_compiler_version";

/// Compares the user's requirement of `rust` with the version of the compiler package.
///
/// # Errors
/// [`RustTwice`] if no version satisfies both.
pub(crate) fn check(request: &Request<'_, Config>) -> Result<(), Report> {
    let Some(wanted) = own_rust(request) else {
        return Ok(());
    };
    if !request.config.compilers().iter().any(|name| name == "rust") {
        return Ok(());
    }
    let Ok(spec) = VersionSpec::from_str(wanted, ParseStrictness::Lenient) else {
        // A later step that parses the spec reports the error with more detail.
        return Ok(());
    };
    let fixed = request.variants.get(VARIANT);
    let Some(fixed) = fixed
        .into_iter()
        .flatten()
        .find(|fixed| !can_be_both(&spec, fixed))
    else {
        return Ok(());
    };
    let manifest = &request.project.manifest;
    Err(RustTwice {
        wanted: wanted.to_string(),
        fixed: fixed.clone(),
        file: manifest.file(),
        at: manifest.value_span(&["package", "build-dependencies", "rust"]),
    }
    .into())
}

/// The version of `rust` that the user's build dependencies require.
fn own_rust<'a>(request: &Request<'a, Config>) -> Option<&'a str> {
    let targets = request.project.model.targets.as_ref()?;
    let dependencies = targets
        .default_target
        .as_ref()?
        .build_dependencies
        .as_ref()?;
    match dependencies.get("rust")? {
        PackageSpec::Binary(binary) => binary.version.as_deref(),
        _ => None,
    }
}

/// Whether a version that begins with `fixed` satisfies `wanted`. Also `true` if `fixed` is not
/// a version of two or three numbers.
pub(crate) fn can_be_both(wanted: &VersionSpec, fixed: &str) -> bool {
    let numbers = fixed.split('.').filter(|part| part.parse::<u16>().is_ok());
    let versions = match (numbers.count(), fixed.split('.').count()) {
        (3, 3) => vec![fixed.to_string()],
        // `1.80` stands for every `1.80.x`. There are only a few of them.
        (2, 2) => (0..=99).map(|patch| format!("{fixed}.{patch}")).collect(),
        _ => return true,
    };
    let mut versions = versions
        .iter()
        .filter_map(|version| version.parse::<Version>().ok());
    versions.any(|version| wanted.matches(&version))
}

/// The build dependencies and the variant require different compilers.
#[derive(Debug, Error, Diagnostic)]
#[error("`rust = \"{wanted}\"` contradicts the variant `rust_compiler_version`, which is {fixed}")]
#[diagnostic(
    code(dependency::rust_version_conflict),
    help(
        "the compiler package takes its version from the variant: remove `rust` from `[package.build-dependencies]`, or set `rust_compiler_version` in `[workspace.build-variants]` to the version you need"
    )
)]
struct RustTwice {
    wanted: String,
    fixed: String,
    #[source_code]
    file: SourceFile,
    #[label("no compiler of version {fixed} satisfies this")]
    at: Option<SourceSpan>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_that_cannot_be_both_are_told() {
        let both = |wanted: &str, fixed: &str| {
            let spec = VersionSpec::from_str(wanted, ParseStrictness::Lenient).expect("a spec");
            can_be_both(&spec, fixed)
        };
        for (wanted, fixed) in [
            ("1.80.*", "1.80"),
            ("==1.80.1", "1.80"),
            (">=1.70", "1.80.0"),
            ("1.80", "1.80"),
        ] {
            assert!(both(wanted, fixed), "{wanted} and {fixed}");
        }
        for (wanted, fixed) in [
            ("1.70.*", "1.80"),
            (">=1.81", "1.80"),
            ("==1.80.1", "1.80.0"),
        ] {
            assert!(!both(wanted, fixed), "{wanted} and {fixed}");
        }
    }
}
