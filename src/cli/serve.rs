//! Runs the server until stdin is closed.

use miette::Report;

use crate::backend::{AnyBackend, Env};
use crate::cli::process::{self, end_children};
use crate::server::{self, stdio};

pub(super) fn serve(
    backend: &'static dyn AnyBackend,
    env: Env,
    http_port: Option<u16>,
) -> Result<u8, Report> {
    let methods = server::methods(backend, env);
    process::run(async {
        match http_port {
            Some(port) => server::http::serve(methods, port).await?,
            None => {
                if stdio::serve(methods).await? == stdio::Ended::Abandoned {
                    end_children();
                }
            }
        }
        Ok(0)
    })
}
