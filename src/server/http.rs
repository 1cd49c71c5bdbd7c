//! The same methods over HTTP, for development. pixi never uses it.
//!
//! A client that can request a build can run commands as this user. The server therefore
//! listens only on this machine, and every request needs a token, which other users of
//! the machine and pages in a browser do not know.

use std::future::ready;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use jsonrpsee::Methods;
use jsonrpsee::server::{HttpBody, HttpRequest, HttpResponse, Server};
use miette::Report;
use tower::{Service, ServiceBuilder, layer::layer_fn};

/// Serves on 127.0.0.1 until the process ends.
///
/// # Errors
/// The port is in use.
pub async fn serve(methods: Methods, port: u16) -> Result<(), Report> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let unable = |error| miette::miette!("cannot listen on {address}: {error}");
    let listener = TcpListener::bind(address).map_err(unable)?;
    listener.set_nonblocking(true).map_err(unable)?;
    let address = listener.local_addr().map_err(unable)?;

    let rules = Arc::new(Rules::new(address.port())?);
    let token = rules.token.clone();
    let guard = layer_fn(move |inner| Guard {
        inner,
        rules: Arc::clone(&rules),
    });
    let server = Server::builder()
        .set_http_middleware(ServiceBuilder::new().layer(guard))
        .build_from_tcp(listener)
        .map_err(unable)?;
    tracing::info!("listening on http://{address}");
    // Printed at every log level, because no request is accepted without the token.
    writeln!(
        std::io::stderr(),
        "send `Authorization: Bearer {token}` with every request"
    )
    .map_err(unable)?;
    server.start(methods).stopped().await;
    Ok(())
}

/// Decides which requests are accepted.
#[derive(Debug)]
struct Rules {
    token: String,
    /// The names under which clients address this server.
    authorities: [String; 2],
}

impl Rules {
    fn new(port: u16) -> Result<Self, Report> {
        let mut secret = [0; 16];
        getrandom::fill(&mut secret)
            .map_err(|error| miette::miette!("cannot create a token: {error}"))?;
        Ok(Self {
            token: hex::encode(secret),
            authorities: ["127.0.0.1", "localhost"].map(|host| format!("{host}:{port}")),
        })
    }

    /// The reason to refuse a request, or `None`.
    fn refuse<B>(&self, request: &HttpRequest<B>) -> Option<(u16, &'static str)> {
        let header = |name: &str| {
            let value = request.headers().get(name)?;
            Some(value.to_str().unwrap_or_default())
        };
        let is_own = |name: &str| self.authorities.iter().any(|own| own == name);
        // The host name is that of another site, which makes it resolve to this machine.
        if !header("host").is_some_and(is_own) {
            return Some((403, "this host is not served\n"));
        }
        // Browsers send the origin of a page; other clients do not send this header.
        let own_page = |origin: &str| origin.strip_prefix("http://").is_some_and(is_own);
        if !header("origin").is_none_or(own_page) {
            return Some((403, "pages of this origin are not served\n"));
        }
        let token = header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        if token != Some(self.token.as_str()) {
            return Some((
                401,
                "the token that was printed at start is missing or wrong\n",
            ));
        }
        None
    }
}

/// Passes a request on, or refuses it.
#[derive(Debug, Clone)]
struct Guard<S> {
    inner: S,
    rules: Arc<Rules>,
}

impl<S, B> Service<HttpRequest<B>> for Guard<S>
where
    S: Service<HttpRequest<B>, Response = HttpResponse>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = HttpResponse;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: HttpRequest<B>) -> Self::Future {
        let Some((status, reason)) = self.rules.refuse(&request) else {
            return Box::pin(self.inner.call(request));
        };
        let mut answer = HttpResponse::new(HttpBody::from(reason));
        *answer.status_mut() = status.try_into().expect("the codes above are valid");
        Box::pin(ready(Ok(answer)))
    }
}
