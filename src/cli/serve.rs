//! The server, until stdin ends.

use miette::Report;

use crate::backend::{Backend, Env};
use crate::cli::runtime;
use crate::server;

pub(super) fn serve<B: Backend + Clone>(
    backend: B,
    env: Env,
    http_port: Option<u16>,
) -> Result<(), Report> {
    let methods = server::methods(backend, env);
    let runtime = runtime()?;
    let result = match http_port {
        Some(port) => runtime.block_on(server::http::serve(methods, port)),
        None => runtime.block_on(server::stdio::serve(methods)),
    };
    // A thread that still waits for stdin must not keep the process alive.
    runtime.shutdown_background();
    result
}
