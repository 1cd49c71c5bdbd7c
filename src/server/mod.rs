//! JSON-RPC: one routing table, served over stdio or HTTP.
//!
//! Handlers get typed parameters and return typed responses. This module handles parsing,
//! debug files, panics and the form of errors for all methods.

mod error;
pub mod http;
pub mod stdio;

use std::sync::{Arc, OnceLock};

use jsonrpsee::types::{ErrorObjectOwned, Params as RawParams};
use jsonrpsee::{Methods, RpcModule};
use miette::{Diagnostic, Report};
use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::backend::{AnyBackend, Env, Platforms};
use crate::engine::debug::DebugFolder;
use crate::engine::recorder::Recorder;
use crate::engine::{self, Built, Described, PlanRecord, PlanRequest, Session};
use crate::protocol::compat::InitializeShape;
use crate::protocol::{Negotiated, build, initialize, outputs};
use crate::recipe::variants::VariantSelection;

/// The state of the server for one backend, before and after `initialize`.
struct Service {
    backend: &'static dyn AnyBackend,
    env: Env,
    session: OnceLock<Session>,
    recorder: OnceLock<Recorder>,
}

impl Service {
    /// The thread that writes debug files after the responses are sent.
    fn recorder(&self) -> &Recorder {
        self.recorder.get_or_init(Recorder::start)
    }
}

/// The methods of the protocol, served by `backend`.
///
/// # Panics
/// Never, because the method names differ.
pub fn methods(backend: &'static dyn AnyBackend, env: Env) -> Methods {
    let mut module = RpcModule::new(Service {
        backend,
        env,
        session: OnceLock::new(),
        recorder: OnceLock::new(),
    });
    macro_rules! route {
        ($($method:literal => $handler:ident),* $(,)?) => {$(
            module
                .register_async_method($method, |params, service, _| {
                    // The parameters are owned, because a handler may outlive the line of its
                    // request.
                    answer($handler(service, params.into_owned()))
                })
                .expect("every method is registered once");
        )*};
    }
    route! {
        "negotiateCapabilities" => negotiate,
        "initialize" => initialize,
        "conda/outputs" => conda_outputs,
        "conda/build_v1" => conda_build,
    }
    module.into()
}

/// Runs a handler. A panic is a bug; it is reported like any other failure, and the
/// process continues.
async fn answer<T>(
    handler: impl Future<Output = Result<T, Report>> + Send + 'static,
) -> Result<T, ErrorObjectOwned>
where
    T: Send + 'static,
{
    match tokio::spawn(handler).await {
        Ok(result) => result.map_err(|report| error::to_wire(report.as_ref())),
        Err(join) => Err(error::to_wire(&Bug::from(join))),
    }
}

async fn negotiate(_: Arc<Service>, _: RawParams<'static>) -> Result<Negotiated, Report> {
    Ok(Negotiated::default())
}

async fn initialize(
    service: Arc<Service>,
    params: RawParams<'static>,
) -> Result<initialize::Answer, Report> {
    let shape: InitializeShape = parse(&params)?;
    if let Some(member) = shape.obsolete_member() {
        return Err(TooOld { member }.into());
    }
    let session = Session::open(service.backend, parse(&params)?, service.env.clone())?;
    service
        .session
        .set(session)
        .map_err(|_| AlreadyInitialized)?;
    Ok(initialize::Answer::default())
}

async fn conda_outputs(
    service: Arc<Service>,
    raw: RawParams<'static>,
) -> Result<outputs::Answer, Report> {
    let session = service.session.get().ok_or(NotInitialized)?;
    let params: outputs::Params = parse(&raw)?;
    let debug = DebugFolder::of(&params.work_directory);
    let ask = PlanRequest {
        platforms: Platforms {
            build: params.build_platform,
            host: params.host_platform,
        },
        choice: VariantSelection::Matrix {
            files: params.variant_files.unwrap_or_default(),
            user: params.variant_configuration.unwrap_or_default(),
        },
        editable: false,
    };
    let (result, plan) = match engine::outputs(session, &ask) {
        Ok(Described { answer, plan }) => (Ok(answer), Some(PlanRecord::from(plan))),
        Err(report) => (Err(report), None),
    };
    let raw = raw.as_str().unwrap_or("null").to_string();
    let (opened, name) = (session.opened(), session.backend().name());
    let outcome = Outcome::of(&result);
    service.recorder().run(move || {
        debug.params("conda_outputs", &raw);
        debug.opened(&opened, name);
        if let Some(plan) = plan {
            debug.record(&plan);
        }
        outcome.record(&debug, "conda_outputs");
    });
    result
}

async fn conda_build(
    service: Arc<Service>,
    raw: RawParams<'static>,
) -> Result<build::Answer, Report> {
    let session = service.session.get().ok_or(NotInitialized)?;
    let params: build::Params = parse(&raw)?;
    let debug = DebugFolder::of(&params.work_directory);
    // The request is written before the build, so that it exists even if the build is killed.
    debug.params("conda_build_v1", raw.as_str().unwrap_or("null"));
    drop(raw);
    let built = engine::build(session, params, &debug).await;
    let result = built.map(|Built { answer, inputs }| {
        let debug = debug.clone();
        service.recorder().run(move || debug.inputs(&inputs));
        answer
    });
    record(&debug, "conda_build_v1", &result);
    result
}

/// The response to a request, or its error.
enum Outcome<T> {
    Answer(T),
    Error(ErrorObjectOwned),
}

impl<T: Serialize + Clone> Outcome<T> {
    fn of(result: &Result<T, Report>) -> Self {
        match result {
            Ok(answer) => Self::Answer(answer.clone()),
            Err(report) => Self::Error(error::to_wire(report.as_ref())),
        }
    }

    fn record(&self, debug: &DebugFolder, method: &str) {
        match self {
            Self::Answer(answer) => debug.response(method, answer),
            Self::Error(error) => debug.error(method, error),
        }
    }
}

/// Records the response to a request, or its error.
pub(crate) fn record<T: Serialize + Clone>(
    debug: &DebugFolder,
    method: &str,
    result: &Result<T, Report>,
) {
    Outcome::of(result).record(debug, method);
}

fn parse<T: DeserializeOwned>(params: &RawParams<'_>) -> Result<T, InvalidParams> {
    let text = params.as_str().unwrap_or("null");
    let mut json = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let reason = error.into_inner().to_string();
        match path.as_str() {
            // The parameters as a whole are invalid.
            "." => InvalidParams(reason),
            _ => InvalidParams(format!("`{path}`: {reason}")),
        }
    })
}

/// Parameters that do not have the form of the protocol.
#[derive(Debug, Error, Diagnostic)]
#[error("the parameters of the request cannot be read: {0}")]
#[diagnostic(
    code(protocol::invalid_params),
    help("this backend speaks pixi build API 4 to 7 (pixi 0.63 and newer)")
)]
struct InvalidParams(String);

/// A request that needs a project was received before `initialize`.
#[derive(Debug, Error, Diagnostic)]
#[error("the backend is not initialized")]
#[diagnostic(code(protocol::not_initialized), help("send `initialize` first"))]
struct NotInitialized;

/// A second `initialize`.
#[derive(Debug, Error, Diagnostic)]
#[error("the backend is already initialized")]
#[diagnostic(
    code(protocol::already_initialized),
    help("start a process for each project")
)]
struct AlreadyInitialized;

/// A client older than API 4.
#[derive(Debug, Error, Diagnostic)]
#[error("this pixi is too old for this backend: it sent `{member}`, which belongs to build API 3")]
#[diagnostic(
    code(protocol::too_old),
    help("use pixi 0.63 or newer, which speaks build API 4")
)]
struct TooOld {
    member: &'static str,
}

/// An internal error.
#[derive(Debug, Error, Diagnostic)]
#[error("this is a bug in pixi-build-backends: {message}")]
#[diagnostic(
    code(bug),
    help("please report it with the files in the `debug` directory of the work directory")
)]
struct Bug {
    message: String,
}

impl From<tokio::task::JoinError> for Bug {
    fn from(join: tokio::task::JoinError) -> Self {
        let message = match join.try_into_panic() {
            Ok(payload) => match payload.downcast::<String>() {
                Ok(text) => *text,
                Err(payload) => payload
                    .downcast::<&str>()
                    .map_or_else(|_| "a panic".to_string(), |text| text.to_string()),
            },
            Err(cancelled) => cancelled.to_string(),
        };
        Self { message }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_answered() {
        let error = answer::<()>(async { panic!("one is {}", 1) }).await;
        let error = error.expect_err("the handler panicked");
        assert_eq!(error.code(), -32000);
        assert_eq!(
            error.message(),
            "this is a bug in pixi-build-backends: one is 1"
        );
    }
}
