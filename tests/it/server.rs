//! The real methods of the backend in this process: they parse requests and return errors as
//! usual, but need no pipes and no toolchain.

use pixi_build_backends::backend::Env;
use pixi_build_backends::backends;
use pixi_build_backends::server;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use test_support::strict;

/// A backend before `initialize`.
pub struct Server {
    call: Box<dyn Fn(&str) -> String>,
    next: std::cell::Cell<u64>,
}

impl Server {
    /// Starts a backend without environment variables.
    pub fn start() -> Self {
        Self::start_backend("pixi-build-rust")
    }

    /// Starts the backend `name` without environment variables.
    pub fn start_backend(name: &str) -> Self {
        let backend = backends::by_name(name).expect("a backend of this project");
        let methods = server::methods(backend, Env::default());
        let runtime = Runtime::new().expect("a tokio runtime");
        let call = move |line: &str| {
            let answer = runtime.block_on(methods.raw_json_request(line, 1));
            answer.expect("the line is a request").0.get().to_owned()
        };
        Self {
            call: Box::new(call),
            next: std::cell::Cell::new(0),
        }
    }

    /// Starts a backend and initializes it, which must succeed.
    #[track_caller]
    pub fn initialized(params: Value) -> Self {
        let server = Self::start();
        let answer = server.request("initialize", params);
        assert_eq!(answer, Ok(json!({})), "`initialize`");
        server
    }

    /// The bytes of the response to one request.
    pub fn answer(&self, method: &str, params: &Value) -> String {
        self.raw(method, &params.to_string())
    }

    /// The bytes of the response to one request, whose parameters may be any JSON.
    pub fn raw(&self, method: &str, params: &str) -> String {
        let id = self.next.replace(self.next.get() + 1);
        (self.call)(&format!(
            r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":{params}}}"#
        ))
    }

    /// The result of one request, checked as strictly as the protocol allows.
    ///
    /// # Errors
    ///
    /// The `data` of the error, which is checked too.
    #[track_caller]
    pub fn request(&self, method: &str, params: Value) -> Result<Value, Value> {
        let answer = self.answer(method, &params);
        let mut answer: Value = serde_json::from_str(&answer).expect("answers are JSON");
        if answer.get("error").is_some() {
            strict::error(&answer["error"]).unwrap_or_else(|fault| panic!("{fault}: {answer:#}"));
            return Err(answer["error"]["data"].take());
        }
        let check = match method {
            "initialize" => strict::initialize,
            "conda/outputs" => strict::outputs,
            "conda/build_v1" => strict::build,
            _ => strict::anything,
        };
        check(&answer["result"]).unwrap_or_else(|fault| panic!("{fault}: {answer:#}"));
        Ok(answer["result"].take())
    }

    /// All outputs for these parameters of `conda/outputs`.
    #[track_caller]
    pub fn outputs(&self, params: Value) -> Vec<Value> {
        let answer = self.request("conda/outputs", params);
        let mut answer = answer.unwrap_or_else(|error| panic!("`conda/outputs`: {error:#}"));
        match answer["outputs"].take() {
            Value::Array(outputs) => outputs,
            _ => unreachable!("checked by the strict reader"),
        }
    }

    /// The error of `conda/outputs`, as the user sees it.
    #[track_caller]
    pub fn outputs_error(&self, params: Value) -> Value {
        let answer = self.request("conda/outputs", params);
        answer.expect_err("the request must fail")
    }
}
