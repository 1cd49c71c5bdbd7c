//! The server, until stdin ends.

use miette::Report;

use crate::backend::{Backend, Env};
use crate::cli::process::{Outcome, adopt_orphans, end_children, until_asked_to_end};
use crate::cli::runtime;
use crate::server::{self, stdio};

pub(super) fn serve<B: Backend + Clone>(
    backend: B,
    env: Env,
    http_port: Option<u16>,
) -> Result<u8, Report> {
    adopt_orphans();
    let methods = server::methods(backend, env);
    let runtime = runtime()?;
    let serving = async {
        match http_port {
            Some(port) => server::http::serve(methods, port).await?,
            None => {
                if stdio::serve(methods).await? == stdio::Ended::Abandoned {
                    end_children();
                }
            }
        }
        Ok(0)
    };
    let result = runtime.block_on(until_asked_to_end(serving));
    // A thread that still waits for stdin must not keep the process alive.
    runtime.shutdown_background();
    match result? {
        Outcome::Done(code) | Outcome::Asked(code) => Ok(code),
    }
}
