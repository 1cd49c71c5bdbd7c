//! One line in, one line out.
//!
//! stdout belongs to the protocol: this is the only place that writes to it while
//! serving. Nothing that is not an answer to a request may appear there.

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

/// The members of a request that decide what becomes of its line.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    method: Option<Cow<'a, str>>,
}

/// How long a request that is being answered may go on after stdin has ended. Long
/// enough for whoever pipes a few questions in, too short for a build to be missed.
const GRACE: Duration = Duration::from_secs(1);

/// How serving ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Every request was answered.
    Idle,
    /// The client left while a request was being answered.
    Abandoned,
}

/// Answers requests until stdin ends.
///
/// # Errors
/// [`Unanswerable`] for a line that is no JSON-RPC request: an answer without its
/// id would end the client.
pub async fn serve(methods: Methods) -> Result<Ended, Report> {
    let (send, mut lines) = mpsc::unbounded_channel();
    // Read while a request is answered, to notice that the client has left.
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
            // The client is gone; nobody is left to tell.
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
            Err(error) => return tracing::error!("stdin cannot be read: {error}"),
        }
        if lines.send(line).is_err() {
            return;
        }
    }
}

/// The answer to a line; `None` for a line that wants none.
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
#[error("received a line that is no JSON-RPC request: {0}")]
#[diagnostic(
    code(protocol::unanswerable),
    help(
        "this process speaks JSON-RPC on stdin and stdout; run `pixi-build-rust --help` for what people can do with it"
    )
)]
struct Unanswerable(String);
