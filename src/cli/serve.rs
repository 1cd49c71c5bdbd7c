//! Runs the server until stdin is closed.

use std::io::IsTerminal;

use miette::Report;

use crate::backend::{AnyBackend, Env};
use crate::cli::process::{self, end_children};
use crate::server::{self, stdio};

pub(super) fn serve(
    backend: &'static dyn AnyBackend,
    env: Env,
    http_port: Option<u16>,
) -> Result<u8, Report> {
    if http_port.is_none() && std::io::stdin().is_terminal() {
        // A client starts the server with a pipe, so this is a user.
        let name = backend.name();
        eprintln!(
            "{name} waits for a request of pixi on stdin: JSON-RPC, one message a line. \
             Press Ctrl-D to end it.\nTo build a package, run `{name} build`; `{name} --help` \
             lists all commands."
        );
    }
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
