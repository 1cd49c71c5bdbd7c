//! The same methods over HTTP, for development. pixi never uses it.

use std::net::{Ipv4Addr, SocketAddr};

use jsonrpsee::Methods;
use jsonrpsee::server::Server;
use miette::Report;

/// Serves on 127.0.0.1 until the process ends.
///
/// # Errors
/// A port that is taken.
pub async fn serve(methods: Methods, port: u16) -> Result<(), Report> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let server = Server::builder()
        .build(address)
        .await
        .map_err(|error| miette::miette!("cannot listen on {address}: {error}"))?;
    let address = server
        .local_addr()
        .map_err(|error| miette::miette!("cannot listen: {error}"))?;
    tracing::info!("listening on http://{address}");
    server.start(methods).stopped().await;
    Ok(())
}
