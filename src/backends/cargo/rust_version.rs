//! The option `rust-version`: the version of the compiler in the build environment.

use miette::{Diagnostic, Report, SourceSpan};
use thiserror::Error;
use toml_edit::{DocumentMut, Item};

use crate::backend::{Request, Requirement, Section};
use crate::backends::cargo::config::Config;
use crate::backends::cargo::context::crate_context::CrateContext;
use crate::backends::cargo::option_checks::is_version;
use crate::backends::cargo::rust_version_conflict::can_be_both;
use crate::diagnostic::SourceFile;
use crate::project::config::written_at;
use crate::protocol::spec::BinarySpec;

const OPTION: &str = "rust-version";

/// The requirement that `rust-version` adds to the build environment.
///
/// # Errors
/// [`NoVersion`], [`AnotherVariant`].
pub(crate) fn requirement(
    request: &Request<'_, Config>,
    context: &CrateContext,
) -> Result<Option<Requirement>, Report> {
    let Some(chosen) = request.config.rust_version.as_deref() else {
        return Ok(None);
    };
    let missing = |place: &str, help: &str| NoVersion {
        place: place.to_string(),
        help: help.to_string(),
        file: request.project.manifest.file(),
        at: written_at(&request.project.manifest, request.platforms.host, &[OPTION]),
    };
    let spec = match chosen {
        "manifest" => {
            let version = context.krate.rust_version().filter(|it| is_version(it));
            let help = "write `rust-version = \"1.85\"` below `[package]` there";
            format!(">={}", version.ok_or_else(|| missing("Cargo.toml", help))?)
        }
        "toolchain-file" => {
            let channel = channel(context).filter(|it| is_version(it));
            let help = "write a version as the channel, as in `channel = \"1.89\"`";
            exactly(&channel.ok_or_else(|| missing("the toolchain file", help))?)
        }
        version => exactly(version),
    };
    let variants = request.variants.get("rust_compiler_version");
    let parsed = spec.parse::<rattler_conda_types::VersionSpec>().ok();
    let other = variants.into_iter().flatten().find(|fixed| {
        let parsed = parsed.as_ref();
        parsed.is_some_and(|spec| !can_be_both(spec, fixed))
    });
    if let Some(fixed) = other {
        return Err(AnotherVariant {
            spec,
            fixed: fixed.clone(),
            file: request.project.manifest.file(),
            at: written_at(&request.project.manifest, request.platforms.host, &[OPTION]),
        }
        .into());
    }
    let spec = BinarySpec {
        version: Some(spec),
        ..BinarySpec::default()
    };
    Ok(Some(Requirement::package(Section::Build, "rust", spec)))
}

fn exactly(version: &str) -> String {
    match version.split('.').count() {
        3 => format!("=={version}"),
        _ => format!("{version}.*"),
    }
}

/// The channel in the toolchain file. A file that is not TOML contains only the channel.
fn channel(context: &CrateContext) -> Option<String> {
    let text = std::fs::read_to_string(context.cargo_config.toolchain_file()?).ok()?;
    let Ok(document) = text.parse::<DocumentMut>() else {
        return Some(text.trim().to_string());
    };
    let channel = document.get("toolchain").and_then(|it| it.get("channel"));
    channel.and_then(Item::as_str).map(str::to_string)
}

/// A file that does not contain a version.
#[derive(Debug, Error, Diagnostic)]
#[error("`rust-version` takes the version of Rust from {place}, which does not name one")]
#[diagnostic(code(config::no_rust_version), help("{help}"))]
struct NoVersion {
    place: String,
    help: String,
    #[source_code]
    file: SourceFile,
    #[label("taken from there")]
    at: Option<SourceSpan>,
}

/// A variant that requires another version of the compiler.
#[derive(Debug, Error, Diagnostic)]
#[error(
    "`rust-version` asks for `rust {spec}`, and the variant `rust_compiler_version` is {fixed}"
)]
#[diagnostic(
    code(dependency::rust_version_conflict),
    help("remove one of the two, or let them name the same version")
)]
struct AnotherVariant {
    spec: String,
    fixed: String,
    #[source_code]
    file: SourceFile,
    #[label("no compiler of version {fixed} satisfies this")]
    at: Option<SourceSpan>,
}
