//! Fetches sources that are needed to read a manifest completely.

use std::path::PathBuf;

use miette::Report;

use crate::cli::report::step;
use crate::diagnostic::redacted;
use crate::environments::{Checkout, CondaClient};
use crate::project::load::{self, Loaded};
use crate::protocol::spec::SourceLocation;

/// Reads the package that `request` names. If the manifest names a repository or an archive
/// with the code, that is fetched first.
///
/// # Errors
/// Errors in the manifest, a source that cannot be fetched.
pub(in crate::cli) async fn load_fetched(
    request: load::LoadRequest,
    client: &CondaClient,
) -> Result<Loaded, Report> {
    let fetched = match load::remote_source(&request) {
        Some(location) => fetch(&location, client).await?,
        None => None,
    };
    let folder: Option<PathBuf> = fetched.map(|fetched| fetched.folder);
    let request = load::LoadRequest {
        source_directory: request.source_directory.clone().or(folder),
        ..request
    };
    Ok(load::load(&request)?)
}

/// Fetches a source, unless it is on this machine.
///
/// # Errors
/// A source that cannot be fetched.
pub(in crate::cli) async fn fetch(
    location: &SourceLocation,
    client: &CondaClient,
) -> Result<Option<Checkout>, Report> {
    let checkout = match location {
        SourceLocation::Path(_) => return Ok(None),
        SourceLocation::Git(git) => {
            let title = format!("fetching {}", redacted(&git.git));
            step(&title, None, client.check_out(git)).await?
        }
        SourceLocation::Url(url) => {
            let title = format!("fetching {}", redacted(&url.url));
            step(&title, None, client.unpack(url)).await?
        }
    };
    Ok(Some(checkout))
}
