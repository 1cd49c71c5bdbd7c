//! `schema`: prints the schema with which editors complete and check a manifest.

use miette::Report;

use crate::backend::AnyBackend;
use crate::backends;
use crate::cli::report::Reporter;

pub(super) fn print(backend: &dyn AnyBackend, reporter: &Reporter) -> Result<u8, Report> {
    let schema = backends::schema(backend.name());
    let schema = schema.ok_or_else(|| miette::miette!("{} has no schema", backend.name()))?;
    reporter.print(schema.trim_end())?;
    Ok(0)
}
