//! One line in, one line out.
//!
//! stdout belongs to the protocol: this is the only place that writes to it while
//! serving. Nothing that is not an answer to a request may appear there.

use std::borrow::Cow;
use std::io::Write;

use jsonrpsee::Methods;
use miette::{Diagnostic, Report};
use serde::Deserialize;
use serde_json::value::RawValue;
use thiserror::Error;
use tokio::io::{AsyncBufReadExt, BufReader};

/// The members of a request that decide what becomes of its line.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    method: Option<Cow<'a, str>>,
}

/// Answers requests until stdin ends.
///
/// # Errors
/// [`Unanswerable`] for a line that is no JSON-RPC request: an answer without its
/// id would end the client.
pub async fn serve(methods: Methods) -> Result<(), Report> {
    let mut stdin = BufReader::new(tokio::io::stdin());
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = stdin.read_until(b'\n', &mut line).await;
        if read.map_err(|source| Unanswerable(source.to_string()))? == 0 {
            return Ok(());
        }
        let text = line.trim_ascii();
        if text.is_empty() {
            continue;
        }
        let text = std::str::from_utf8(text).map_err(|error| Unanswerable(error.to_string()))?;
        let envelope: Envelope<'_> =
            serde_json::from_str(text).map_err(|error| Unanswerable(error.to_string()))?;
        let Some(id) = envelope.id else {
            tracing::debug!(
                "notification `{}` ignored",
                envelope.method.as_deref().unwrap_or("")
            );
            continue;
        };
        if envelope.method.is_none() {
            return Err(Unanswerable(format!("request {id} has no method")).into());
        }
        let (answer, _) = methods
            .raw_json_request(text, 1)
            .await
            .map_err(|error| Unanswerable(error.to_string()))?;
        if write(answer.get()).is_err() {
            // The client is gone; nobody is left to tell.
            return Ok(());
        }
    }
}

fn write(answer: &str) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(answer.as_bytes())?;
    stdout.write_all(b"\n")?;
    stdout.flush()
}

/// A line that cannot be answered.
#[derive(Debug, Error, Diagnostic)]
#[error("received a line that is no JSON-RPC request: {0}")]
#[diagnostic(
    code(protocol::unanswerable),
    help(
        "this process speaks JSON-RPC on stdin and stdout; run `pixi-build-rust --help` for what people can do with it"
    )
)]
struct Unanswerable(String);
