//! Acts as pixi: starts the executable and communicates over its standard streams.
//!
//! The client is as strict as pixi: one line for each response, no other output on
//! stdout, an error object with exactly its three members, valid UTF-8 on stderr. It is
//! also as lenient as pixi: stderr is not read before the first `conda/` request.

use std::io::Write;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::answer::understand;
use super::archive::Archive;
use super::build::Build;
use super::channel::Channel;
use super::executables::backend;
use super::machine::forget_cargo;
use super::project::Project;
use super::requests::{Initialize, Outputs};
use super::streams::{Stderr, lines};

/// The maximum duration of a request. Compiling with dependencies takes the longest.
const ANSWER: Duration = Duration::from_secs(300);

/// The maximum time between the end of the input and the end of the backend.
const FAREWELL: Duration = Duration::from_secs(15);

/// A running backend.
///
/// Dropping it ends its input and waits for it. It fails the test if there was unexpected
/// output or the backend did not exit successfully.
pub struct Pixi {
    child: Child,
    input: Option<ChildStdin>,
    answers: Receiver<Vec<u8>>,
    stderr: Stderr,
    next: u64,
    unanswered: u64,
    state: State,
}

/// Whether the backend has already been waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Running,
    Ended,
}

/// The end of a backend.
#[derive(Debug)]
pub struct Ended {
    /// Its exit status, which pixi ignores.
    pub status: ExitStatus,
    /// Every line it wrote to stderr.
    pub stderr: Vec<String>,
}

impl Pixi {
    /// Starts the backend as pixi does: without arguments, with three pipes.
    pub fn start() -> Self {
        Self::start_with(|_| {})
    }

    /// Starts the backend of a project.
    pub fn of(project: &Project) -> Self {
        Self::start_backend(project.backend(), |_| {})
    }

    /// Starts the executable `name` with a command that `change` modifies.
    pub fn start_backend(name: &str, change: impl FnOnce(&mut Command)) -> Self {
        let mut command = Command::new(backend(name));
        forget_cargo(&mut command);
        change(&mut command);
        Self::talk_to(command)
    }

    /// Starts the backend with a command that `change` modifies, for example to set the
    /// environment.
    pub fn start_with(change: impl FnOnce(&mut Command)) -> Self {
        Self::start_backend("pixi-build-rust", change)
    }

    /// Starts the backend through another program.
    pub fn start_by(program: &str, arguments: &[&str]) -> Self {
        let mut command = Command::new(program);
        command.args(arguments);
        command.arg(backend("pixi-build-rust"));
        forget_cargo(&mut command);
        Self::talk_to(command)
    }

    /// Communicates with any program that implements the protocol.
    pub fn talk_to(mut command: Command) -> Self {
        command.stdin(Stdio::piped());
        command.stdout(Stdio::piped());
        command.stderr(Stdio::piped());
        let mut child = command.spawn().expect("the backend can be started");
        let output = child.stdout.take().expect("stdout is a pipe");
        let (sender, answers) = mpsc::channel();
        std::thread::spawn(move || {
            for line in lines(output) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self {
            input: child.stdin.take(),
            stderr: Stderr::new(child.stderr.take().expect("stderr is a pipe")),
            child,
            answers,
            next: 0,
            unanswered: 0,
            state: State::Running,
        }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Negotiates and initializes, and expects both to succeed.
    #[track_caller]
    pub fn initialize(&mut self, params: &Initialize) {
        let answer = self.try_initialize(params);
        let answer = answer.unwrap_or_else(|error| panic!("`initialize` failed: {error:#}"));
        assert_eq!(answer, json!({}), "pixi rejects any other response");
    }

    /// Negotiates, and returns the response to `initialize`.
    ///
    /// # Errors
    ///
    /// The error object of `initialize`.
    pub fn try_initialize(&mut self, params: &Initialize) -> Result<Value, Value> {
        let answer = self.request("negotiateCapabilities", json!({"capabilities": {}}));
        let answer = answer.unwrap_or_else(|error| panic!("negotiation failed: {error:#}"));
        for ability in ["providesCondaOutputs", "providesCondaBuildV1"] {
            assert_eq!(answer["capabilities"][ability], true, "{ability}");
        }
        self.request("initialize", params.params())
    }

    /// Requests `conda/outputs` and returns the list.
    #[track_caller]
    pub fn outputs(&mut self, params: &Outputs) -> Vec<Value> {
        let answer = self.request("conda/outputs", params.params());
        let mut answer = answer.unwrap_or_else(|error| panic!("`conda/outputs` failed: {error:#}"));
        match answer["outputs"].take() {
            Value::Array(outputs) => outputs,
            other => panic!("`outputs` is not a list but {other}"),
        }
    }

    /// Requests `conda/build_v1` and checks a successful response as pixi does.
    ///
    /// # Errors
    ///
    /// The error object.
    #[track_caller]
    pub fn build(&mut self, build: &Build) -> Result<Value, Value> {
        let answer = self.request("conda/build_v1", build.params())?;
        build.check(&answer);
        Ok(answer)
    }

    /// Builds the output with the name `package`, or builds it again, as pixi does:
    /// outputs for the work directory of the build, environments, build.
    ///
    /// Panics with the error and the contents of stderr.
    #[track_caller]
    pub fn package(&mut self, project: &Project, channel: &Channel, package: &str) -> Archive {
        let work = project.build_work(package);
        let outputs = self.outputs(&Outputs::new(&work).channel(channel));
        let named = |output: &&Value| output["metadata"]["name"] == package;
        let output = outputs.iter().find(named);
        let output = output.unwrap_or_else(|| panic!("no `{package}` among {outputs:#?}"));
        let build = Build::prepare(output, &work, channel);
        let answer = self.build(&build).unwrap_or_else(|error| {
            panic!("build failed: {error:#}\n{}", self.stderr().join("\n"));
        });
        let archive = answer["output_file"].as_str();
        Archive::open(archive.expect("checked above"))
    }

    /// Sends one request and waits for its response.
    ///
    /// # Errors
    ///
    /// The error object of the response. Panics at every response that would break pixi.
    #[track_caller]
    pub fn request(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        let id = self.send(method, params);
        self.answer_to(id)
    }

    /// Sends one request and returns its id.
    #[track_caller]
    pub fn send(&mut self, method: &str, params: Value) -> u64 {
        if let Ok(line) = self.answers.try_recv() {
            panic!("nobody asked for {:?}", String::from_utf8_lossy(&line));
        }
        if method.starts_with("conda/") {
            self.stderr.read();
        }
        let id = self.next;
        self.next += 1;
        self.unanswered += 1;
        let request = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        self.write_line(&request.to_string());
        id
    }

    /// Writes a line, which does not have to be a request.
    #[track_caller]
    pub fn write_line(&mut self, line: &str) {
        let input = self.input.as_mut().expect("the input has not ended");
        let written = writeln!(input, "{line}").and_then(|()| input.flush());
        if let Err(error) = written {
            panic!(
                "the backend does not read: {error}\n{}",
                self.stderr().join("\n")
            );
        }
    }

    /// Waits for the response to a request.
    ///
    /// # Errors
    ///
    /// The error object of the response. Panics at every response that would break pixi.
    #[track_caller]
    pub fn answer_to(&mut self, id: u64) -> Result<Value, Value> {
        let line = self.answers.recv_timeout(ANSWER).unwrap_or_else(|error| {
            let reason = match error {
                RecvTimeoutError::Timeout => "the backend has not answered in time",
                RecvTimeoutError::Disconnected => "the backend ended without an answer",
            };
            panic!("{reason}\n{}", self.stderr().join("\n"))
        });
        self.unanswered -= 1;
        self.stderr.check();
        understand(&line, id).unwrap_or_else(|fault| {
            panic!("{fault}: {}", String::from_utf8_lossy(&line));
        })
    }

    /// Ends the input, as pixi does when it no longer needs the backend.
    pub fn end_input(&mut self) {
        self.input = None;
    }

    /// Ends the input and waits. Unlike dropping, it accepts any exit status.
    #[track_caller]
    pub fn finish(mut self) -> Ended {
        self.wind_up()
    }

    /// The lines on stderr until now. Call it after a `conda/` request; lines that were
    /// written just before the response are waited for.
    #[track_caller]
    pub fn stderr(&mut self) -> Vec<String> {
        self.stderr.settled()
    }

    #[track_caller]
    fn wind_up(&mut self) -> Ended {
        self.state = State::Ended;
        self.input = None;
        self.stderr.read();
        let Some(status) = wait(&mut self.child, FAREWELL) else {
            self.child.kill().ok();
            self.child.wait().ok();
            panic!("the backend did not exit within {FAREWELL:?} after its input ended");
        };
        loop {
            match self.answers.recv_timeout(FAREWELL) {
                // The input may end during a request.
                Ok(_) if self.unanswered > 0 => self.unanswered -= 1,
                Ok(line) => panic!("nobody asked for {:?}", String::from_utf8_lossy(&line)),
                Err(RecvTimeoutError::Timeout) => panic!("a child of the backend holds its stdout"),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let stderr = self.stderr.all(FAREWELL);
        Ended { status, stderr }
    }
}

impl Drop for Pixi {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.child.kill().ok();
            self.child.wait().ok();
        } else if self.state == State::Running {
            let Ended { status, stderr } = self.wind_up();
            assert!(
                status.success(),
                "the backend ended with {status}\n{}",
                stderr.join("\n")
            );
        }
    }
}

/// Waits for a process to end, for a limited time.
fn wait(child: &mut Child, patience: Duration) -> Option<ExitStatus> {
    let deadline = Instant::now() + patience;
    loop {
        let status = child.try_wait().expect("the test started the process");
        if status.is_some() || Instant::now() > deadline {
            return status;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}
