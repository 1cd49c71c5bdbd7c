//! Builds a package and records the result as the server does.

use miette::Report;

use crate::engine::debug::DebugFolder;
use crate::engine::{self, Session};
use crate::protocol::build::{Answer, Params};
use crate::server;

/// Builds a package. Records its inputs and the response, or the error.
///
/// # Errors
/// All errors of the build.
pub(super) async fn build(
    session: &Session,
    params: Params,
    debug: &DebugFolder,
) -> Result<Answer, Report> {
    let built = engine::build(session, params, debug).await;
    let answer = built.map(|built| {
        debug.inputs(&built.inputs);
        built.answer
    });
    server::record(debug, "conda_build_v1", &answer);
    answer
}
