//! `capabilities`: prints what the backend supports.

use miette::Report;

use crate::backend::AnyBackend;
use crate::cli::report::Reporter;
use crate::protocol::{API_VERSIONS, Negotiated};

pub(super) fn print(backend: &dyn AnyBackend, reporter: &Reporter) -> Result<u8, Report> {
    let capabilities = Negotiated::default().capabilities;
    let supported = |is: bool| if is { "supported" } else { "not supported" };
    let lines = [
        format!("{} {}", backend.name(), env!("CARGO_PKG_VERSION")),
        format!(
            "pixi build API: {} to {}",
            API_VERSIONS.start(),
            API_VERSIONS.end()
        ),
        format!(
            "conda/outputs: {}",
            supported(capabilities.provides_conda_outputs)
        ),
        format!(
            "conda/build_v1: {}",
            supported(capabilities.provides_conda_build_v1)
        ),
    ];
    reporter.print(&lines.join("\n"))?;
    Ok(0)
}
