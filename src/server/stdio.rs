//! JSON-RPC over stdio, with one line for each message.
//!
//! stdout belongs to the protocol. While the server runs, only this module writes to it,
//! and it writes only responses.

use std::borrow::Cow;
use std::io::Write;
use std::time::Duration;

use jsonrpsee::Methods;
use miette::{Diagnostic, Report};
use serde::Deserialize;
use serde_json::value::RawValue;
use thiserror::Error;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::sync::mpsc;

/// The members of a request that decide how its line is handled.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    method: Option<Cow<'a, str>>,
}

/// How long a request may continue after the end of stdin. This is long enough for a
/// client that pipes a few requests, and too short for a build to continue unnoticed.
const GRACE: Duration = Duration::from_secs(1);

/// How the server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Every request was answered.
    Idle,
    /// The client left during a request.
    Abandoned,
}

/// Answers requests until stdin ends.
///
/// # Errors
/// [`Unanswerable`] for a line that is not a JSON-RPC request, because a response without
/// its id would end the client.
pub async fn serve(methods: Methods) -> Result<Ended, Report> {
    let (send, mut lines) = mpsc::unbounded_channel();
    // stdin is also read during a request, to notice when the client has left.
    let mut reading = tokio::spawn(read(send));
    let mut ended = false;
    while let Some(line) = lines.recv().await {
        let answering = answer(&methods, &line);
        tokio::pin!(answering);
        let answered = loop {
            tokio::select! {
                answered = &mut answering => break answered,
                _ = &mut reading, if !ended => ended = true,
                () = tokio::time::sleep(GRACE), if ended => return Ok(Ended::Abandoned),
            }
        };
        let Some(answer) = answered? else { continue };
        if write(&answer).is_err() {
            // The client has left, so an error cannot be reported.
            return Ok(Ended::Idle);
        }
    }
    Ok(Ended::Idle)
}

async fn read(lines: mpsc::UnboundedSender<Vec<u8>>) {
    let mut stdin = BufReader::new(tokio::io::stdin());
    loop {
        let mut line = Vec::new();
        match stdin.read_until(b'\n', &mut line).await {
            Ok(0) => return,
            Ok(_) => {}
            // The server has ended, and with it the runtime.
            Err(_) if lines.is_closed() => return,
            Err(error) => return tracing::error!("stdin cannot be read: {error}"),
        }
        if lines.send(line).is_err() {
            return;
        }
    }
}

/// The response to a line; `None` for a notification.
///
/// # Errors
/// [`Unanswerable`].
pub async fn answer(methods: &Methods, line: &[u8]) -> Result<Option<String>, Report> {
    let text = line.trim_ascii();
    if text.is_empty() {
        return Ok(None);
    }
    let text = std::str::from_utf8(text).map_err(|error| Unanswerable(error.to_string()))?;
    let envelope: Envelope<'_> =
        serde_json::from_str(text).map_err(|error| Unanswerable(error.to_string()))?;
    let Some(id) = envelope.id else {
        let method = envelope.method.unwrap_or_default();
        tracing::debug!("notification `{method}` ignored");
        return Ok(None);
    };
    if envelope.method.is_none() {
        return Err(Unanswerable(format!("request {id} has no method")).into());
    }
    let (answer, _) = methods
        .raw_json_request(text, 1)
        .await
        .map_err(|error| Unanswerable(error.to_string()))?;
    Ok(Some(answer.get().to_string()))
}

fn write(answer: &str) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(answer.as_bytes())?;
    stdout.write_all(b"\n")?;
    stdout.flush()
}

/// A line that cannot be answered.
#[derive(Debug, Error, Diagnostic)]
#[error("received a line that is not a JSON-RPC request: {0}")]
#[diagnostic(
    code(protocol::unanswerable),
    help(
        "this process speaks JSON-RPC on stdin and stdout; `--help` lists the commands for users"
    )
)]
struct Unanswerable(String);
